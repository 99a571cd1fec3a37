import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { detectCredits } from '../../src/credits/detect.js';
import type { SegmentKind } from '../../src/credits/types.js';
import { openMedia } from '../../src/frames/media.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';
import { keptFilm } from '../films/film.js';

const videos = resolve(process.env['KINOSCOPE_DATA'] ?? '../shared/data', 'video');
const there = existsSync(videos);
const PATIENCE = 600_000;
if (!there) console.warn(`SKIPPED: copies of clips need ${videos}`);

/** Whether a clip has closing credits, and their start, seconds; of a long film a minute, from a second on, and what they are. */
const CLIPS: readonly (readonly [string, number | null, number?, SegmentKind?])[] = [
  ['trailer-avatar-the-last-airbender.mp4', null],
  ['trailer-joker.mp4', null],
  ['hard-negative-kinetic-text.webm', null],
  ['../shots/friends-scene.mp4', null],
  ['chaplin.mp4', null],
  ['trailer-sintel.mp4', 47.6],
  ['credits-roll-16s.mp4', 0],
  ['credits-cards-10s.mp4', 0],
  ['big-buck-bunny-360p.mp4', 20.5, 470, 'roll'],
];

/** Sizes, codecs, distances of key frames, noise and black bars, as copies differ. */
const ENCODES: readonly (readonly string[])[] = [
  ['-vf', 'scale=-2:240', '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '33', '-g', '240'],
  ['-vf', 'scale=-2:360,fps=15', '-c:v', 'mpeg4', '-q:v', '8', '-g', '12'],
  ['-vf', 'scale=-2:480,noise=alls=6:allf=t', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '60'],
  ['-vf', 'scale=480:-2,pad=640:480:(ow-iw)/2:(oh-ih)/2', '-c:v', 'libx264', '-preset', 'ultrafast'],
];

(there ? describe : describe.skip)('one film has one verdict, however it is encoded', () => {
  const media = openMedia({});
  let models: ModelRegistry;
  beforeAll(() => {
    models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
  });
  afterAll(() => models.close());

  test.each(CLIPS.map(([name, start, from, kind], turn) => ({ name, start, from, kind, turn })))(
    '$name',
    async ({ name, start, from, kind, turn }) => {
      const cut = from === undefined ? [] : ['-ss', String(from), '-t', '60'];
      // credits as two of them; a film without any as one, which costs most; each of them of films with and without
      const copies = start === null ? [turn] : [turn, turn + 1];
      for (const k of copies.map((copy) => copy % ENCODES.length)) {
        const how = ENCODES[k]!;
        const film = join(videos, name);
        const args = [...cut, '-i', film, '-an', ...how];
        const file = await keptFilm([args, (await stat(film)).mtimeMs], '.mkv', (made) =>
          promisify(execFile)('ffmpeg', ['-v', 'error', ...args, made]),
        );
        const found = await detectCredits({ file, info: await media.probe(file), source: media.source, models });
        if (start === null) expect(found.creditsStart).toBeNull();
        else expect(Math.abs((found.creditsStart ?? Infinity) - start)).toBeLessThan(1.5);
        if (kind) expect(found.segments[0]?.kind).toBe(kind);
      }
    },
    PATIENCE,
  );
});
