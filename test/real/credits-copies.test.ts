import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { detectCredits } from '../../src/credits/detect.js';
import { openMedia } from '../../src/frames/media.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';

const film = resolve(process.env['KINOSCOPE_DATA'] ?? '../shared/data', 'video/big-buck-bunny-360p.mp4');
const there = existsSync(film);
const PATIENCE = 240_000;
if (!there) console.warn(`SKIPPED: copies of a film need ${film}`);

/** A minute of Big Buck Bunny in which the first credit card shows at 490.5 s. */
const [FROM, SECONDS, START] = [470, 60, 20.5];

/** The same minute as others would have it: sizes, a coarse re-encode, another codec, other distances of key frames. */
const COPIES: readonly (readonly [string, string, readonly string[]])[] = [
  ['240p', 'mp4', ['-vf', 'scale=-2:240', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '48']],
  ['360p, coarse, few key frames', 'mkv', ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '33', '-g', '240']],
  ['480p in MPEG-4 part 2', 'mkv', ['-vf', 'scale=-2:480', '-c:v', 'mpeg4', '-q:v', '6', '-g', '120']],
  [
    '720p at half the frame rate',
    'mp4',
    ['-vf', 'scale=-2:720,fps=12', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '24'],
  ],
  ['1080p', 'mp4', ['-vf', 'scale=-2:1080', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '96']],
];

(there ? describe : describe.skip)('the credits of copies of one film start at the same time', () => {
  const media = openMedia({});
  let models: ModelRegistry;
  let folder: string;
  beforeAll(async () => {
    models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
    folder = await mkdtemp(join(tmpdir(), 'kinoscope-copies-'));
  });
  afterAll(async () => {
    await models.close();
    await rm(folder, { recursive: true });
  });

  test.each(COPIES)(
    '%s',
    async (name, container, how) => {
      const file = join(folder, `${name.replace(/\W+/g, '-')}.${container}`);
      await promisify(execFile)('ffmpeg', [
        '-v',
        'error',
        '-ss',
        String(FROM),
        '-t',
        String(SECONDS),
        '-i',
        film,
        '-an',
        ...how,
        file,
      ]);
      const info = await media.probe(file);
      const found = await detectCredits({ file, info, source: media.source, models });
      expect(Math.abs(found.creditsStart! - START)).toBeLessThan(0.5);
    },
    PATIENCE,
  );
});
