import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { detectCredits } from '../../src/credits/detect.js';
import { creditProbability } from '../../src/credits/stills.js';
import type { CreditsResult, NextEpisodePolicy } from '../../src/credits/types.js';
import { openMedia } from '../../src/frames/media.js';
import { endIdleDecoders, readPicture } from '../../src/frames/picture.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';

const videos = join(process.env['KINOSCOPE_DATA'] ?? '../shared/data', 'video');
const there = existsSync(videos);
/** A busy machine decodes and reads several times slower than an idle one. */
const PATIENCE = 240_000;
/** Of the fifth of the stills that the shipped model was not trained on. */
const HELD_OUT = [
  ['credits/00000026.jpg', true],
  ['film/00000014.jpg', false],
] as const;
if (!there) console.warn(`SKIPPED: credits of real films need ${videos}`);

(there ? describe : describe.skip)('credits of real films', () => {
  const media = openMedia({});
  let models: ModelRegistry;
  beforeAll(() => {
    models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
  });
  afterAll(() => Promise.all([models.close(), endIdleDecoders()]));

  async function detect(name: string, policy?: NextEpisodePolicy): Promise<CreditsResult> {
    const file = join(videos, name);
    const info = await media.probe(file);
    return detectCredits({ file, info, source: media.source, models, ...(policy === undefined ? {} : { policy }) });
  }

  test(
    'Big Buck Bunny: start, end and the scene after',
    async () => {
      const found = await detect('big-buck-bunny-360p.mp4');
      expect(Math.abs(found.creditsStart! - 490.5)).toBeLessThan(0.5);
      expect(Math.abs(found.frame! - 490.5 * 24)).toBeLessThan(12);
      expect(found.timecode).toMatch(/^00:08:(09|10)\.\d{3}$/);
      const credits = found.segments.filter(({ kind }) => kind === 'cards' || kind === 'roll');
      expect(Math.abs(credits.at(-1)!.end - 580)).toBeLessThan(1);
      const scene = found.segments.find(({ kind }) => kind === 'scene-after');
      expect(Math.abs(scene!.start - 581)).toBeLessThan(1.5);
      expect(found.nextEpisodeAt).toBeNull();
      expect(found.reason).toContain('a scene follows');
      expect(found.truncated).toBe(false);
    },
    PATIENCE,
  );

  // Others without credits are tried as copies: credits-verdicts.test.ts.
  test(
    'pages of text that are no credits have none, and a reason',
    async () => {
      const found = await detect('hard-negative-kinetic-text.webm');
      expect(found).toMatchObject({
        creditsStart: null,
        nextEpisodeAt: null,
        frame: null,
        timecode: null,
        segments: [],
      });
      expect(found.reason).toMatch(/^none: /);
    },
    PATIENCE,
  );

  test.each([
    ['credits-roll-16s.mp4', 'roll'],
    ['credits-cards-10s.mp4', 'cards'],
  ])(
    '%s is nothing but credits',
    async (name, kind) => {
      const found = await detect(name);
      expect(found.creditsStart).toBeLessThan(1.5);
      expect(found.segments[0]!.kind).toBe(kind);
      expect(found.segments[0]!.evidence).toMatch(/\d+ text box/);
    },
    PATIENCE,
  );

  test(
    'an aborted search ends as cancelled or aborted, and soon',
    async () => {
      const file = join(videos, 'big-buck-bunny-360p.mp4');
      const info = await media.probe(file);
      const controller = new AbortController();
      const work = detectCredits({
        file,
        info,
        source: media.source,
        models,
        signal: controller.signal,
        onProgress: () => controller.abort(),
      });
      await expect(work).rejects.toThrow();
    },
    PATIENCE,
  );

  test('a plain picture is no credits', async () => {
    const plain = { width: 320, height: 180, data: new Uint8Array(320 * 180 * 3).fill(120) };
    const [probability] = await creditProbability(models, [plain]);
    expect(probability).toBeLessThan(0.5);
  });

  test('lone pictures: a card and a scene, however large they are', async () => {
    const stills = join(process.env['KINOSCOPE_DATA'] ?? '../shared/data', 'credits-stills');
    for (const [name, credits] of HELD_OUT) {
      const file = join(stills, name);
      const large = await sharp(file).resize({ width: 1920 }).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      const pictures = [
        await readPicture(file),
        { width: large.info.width, height: large.info.height, data: new Uint8Array(large.data) },
      ];
      for (const probability of await creditProbability(models, pictures)) expect(probability > 0.5).toBe(credits);
    }
  });
});
