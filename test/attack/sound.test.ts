import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openMedia } from '../../src/frames/media.js';
import { createModels } from '../../src/inference/registry.js';
import { hearFilm } from '../../src/sound/hear.js';
import type { SoundResult } from '../../src/sound/types.js';
import { frameAdapters } from '../clips/adapters.js';
import { sparseMatroska } from '../films/hostile.js';

/** Sound that is to cost more than it holds, or to take the answers about the pictures with it. */

const models = createModels({
  modelsDir: fileURLToPath(new URL('../../models', import.meta.url)),
  provider: 'cpu',
  threads: 1,
});
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-bad-sound-'));
});
afterAll(async () => {
  await models.close();
  await rm(folder, { recursive: true, force: true });
});

const tenths = (count: number): number[] => Array.from({ length: count }, (_, k) => k / 10);

describe.each(frameAdapters())('hostile sound by %s', (kind) => {
  const media = openMedia({ kind });

  async function hear(name: string, bytes: Buffer): Promise<{ result: SoundResult; truncated: boolean }> {
    const file = join(folder, `${kind}-${name}`);
    await writeFile(file, bytes);
    const { audio } = await media.probe(file);
    return hearFilm({ file, track: audio, media, models });
  }

  it('of a hundred channels is an answer that says so, or a mix of them', async () => {
    const bytes = await sparseMatroska([0, 1, 2], { sound: tenths(20), rate: 8000, channels: 100 });
    const { result } = await hear('hundred.mkv', bytes);
    expect(result.track).toMatchObject({ channels: 100 });
    if (result.duration === 0)
      expect(result).toMatchObject({ loudness: null, speech: null, reason: expect.stringMatching(/sound/) });
    else expect(result).toMatchObject({ reason: '', silence: 1, speech: 0 });
  }, 60_000);

  it('that goes on in ten years is heard to where it stops', async () => {
    const years = 10 * 365 * 24 * 3600;
    const { result } = await hear('years.mkv', await sparseMatroska([0, 1, 2, 3], { sound: [...tenths(20), years] }));
    expect(result.duration).toBeLessThan(5);
  }, 60_000);

  it('that claims millions of samples a second is no crash', async () => {
    const { result } = await hear('rate.mkv', await sparseMatroska([0, 1, 2], { sound: tenths(10), rate: 3_000_000 }));
    expect(result.track).not.toBeNull();
    expect(result.duration).toBeLessThan(5);
  }, 60_000);

  it('of noise in place of packets leaves an answer', async () => {
    const bytes = await sparseMatroska([0, 1, 2], { sound: tenths(20), rate: 48_000, channels: 2 });
    const at = bytes.indexOf('A_PCM/INT/LIT');
    // the same bytes, said to be AC-3
    bytes.write('A_AC3\0\0\0\0\0\0\0\0', at);
    const { result } = await hear('noise.mkv', bytes);
    expect(result.duration).toBeLessThan(3);
    expect(result.reason !== '' || result.silence === 1).toBe(true);
  }, 60_000);

  it.each([NaN, Infinity, -1e30])(
    'of a sample that is %s is heard up to there',
    async (bad) => {
      const film = async (name: string, first: number) => {
        const tenth = (start: number): Buffer => {
          const samples = new Float32Array(4800).map((_, k) => 0.3 * Math.sin(k / 10));
          if (start >= first) samples[7] = bad;
          return Buffer.from(samples.buffer);
        };
        const sound = { rate: 48_000, floats: true, sound: tenths(60), tenth };
        return hear(`${bad}-${name}.mkv`, await sparseMatroska([0, 1, 2, 3, 4, 5, 6], sound));
      };
      const { result, truncated } = await film('late', 4);
      expect([truncated, result.reason]).toEqual([true, '']);
      expect(result.duration).toBeGreaterThan(1.9);
      expect(result.duration).toBeLessThan(4.1);
      // of the system's ffmpeg what was measured comes another way than the samples, and may be later
      expect(result.loudness ?? (kind === 'ffmpeg' ? -14 : null)).toBeCloseTo(-14, 0);
      expect(result.truePeak ?? (kind === 'ffmpeg' ? -10.5 : null)).toBeCloseTo(-10.5, 0);
      expect((await film('first', 0)).result).toMatchObject({
        ...{ duration: 0, loudness: null, truePeak: null, silence: null },
        reason: expect.stringMatching(/no numbers/),
      });
    },
    60_000,
  );
});
