import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { similarity } from '../../src/faces/embed.js';
import { endIdleDecoders } from '../../src/frames/picture.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';
import { enrolPhotos } from '../../src/people/enrol.js';
import type { Photo } from '../../src/people/photo.js';

const data = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const cast = join(data, 'faces/friends');
const present = existsSync(cast);
if (!present) process.stderr.write('enrol.test.ts: SKIPPED, no real data at KINOSCOPE_DATA\n');

(present ? describe : describe.skip)('learning a person from a folder as people keep them', () => {
  let models: ModelRegistry;
  let photos: ReadonlyMap<string, Photo>;
  let mean: Float32Array;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kinoscope-'));
    const [own, others] = ['Ross Geller', 'Rachel Green'].map((name) =>
      readdirSync(join(cast, name))
        .sort()
        .map((file) => join(cast, name, file)),
    );
    const put = (name: string, file: string): void => copyFileSync(file, join(folder, name));
    for (const i of [0, 1, 2, 3]) put(`${i}.jpg`, own![i]!);
    put('copy.jpg', own![0]!);
    await sharp(own![1]).resize({ width: 500 }).jpeg({ quality: 80 }).toFile(join(folder, 'saved-again.jpg'));
    put('somebody-else.jpg', others![0]!);
    const [left, right] = await Promise.all(
      [others![1]!, own![5]!].map((file) => sharp(file).resize({ height: 400 }).toBuffer({ resolveWithObject: true })),
    );
    await sharp({
      create: { width: left!.info.width + right!.info.width, height: 400, channels: 3, background: 'black' },
    })
      .composite([
        { input: left!.data, left: 0, top: 0 },
        { input: right!.data, left: left!.info.width, top: 0 },
      ])
      .jpeg()
      .toFile(join(folder, 'two-people.jpg'));
    await sharp({ create: { width: 300, height: 300, channels: 3, background: 'grey' } })
      .jpeg()
      .toFile(join(folder, 'wall.jpg'));
    writeFileSync(join(folder, 'broken.jpg'), 'not a picture');
    models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2 });
    const enrolled = await enrolPhotos(
      models,
      'Ross',
      readdirSync(folder)
        .sort()
        .map((file) => join(folder, file)),
    );
    photos = new Map(enrolled.photos.map((photo) => [photo.file, photo]));
    mean = enrolled.mean!;
  }, 120_000);
  afterAll(async () => {
    await Promise.all([models.close(), endIdleDecoders()]);
    rmSync(folder, { recursive: true });
  });

  it('says of each photo that does not count why', () => {
    const flags = Object.fromEntries([...photos].map(([file, { flag }]) => [file, flag]));
    expect(flags).toMatchObject({
      '0.jpg': null,
      '2.jpg': null,
      '3.jpg': null,
      'two-people.jpg': null,
      'copy.jpg': 'duplicate',
      'somebody-else.jpg': 'outlier',
      'wall.jpg': 'no-face',
      'broken.jpg': 'unreadable',
    });
    // Of two versions of one picture the first by name counts.
    expect([flags['1.jpg'], flags['saved-again.jpg']]).toEqual([null, 'duplicate']);
  });

  it('takes the face that is like the others where a photo shows several people', () => {
    const { faces, box, embedding } = photos.get('two-people.jpg')!;
    expect(faces).toBe(2);
    expect(box![0]).toBeGreaterThan(0.4);
    expect(similarity(embedding!, mean)).toBeGreaterThan(0.5);
  });
});
