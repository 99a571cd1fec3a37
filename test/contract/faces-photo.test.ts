import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFaces } from '../../src/faces/detect.js';
import { type Box, iou } from '../../src/faces/geometry.js';
import { endIdleDecoders, readPicture } from '../../src/frames/picture.js';
import type { RgbImage } from '../../src/frames/types.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';

const photo = join(
  createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'),
  '..',
  'demo',
  'sample4.jpg',
);

let models: ModelRegistry;
let image: RgbImage;
beforeAll(async () => {
  models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
  image = await readPicture(photo);
}, 60_000);
afterAll(() => Promise.all([models.close(), endIdleDecoders()]));

/** The picture with a patch on each box. */
function covered(boxes: readonly Box[]): RgbImage {
  const data = Uint8Array.from(image.data);
  for (const [left, top, width, height] of boxes.map((box) => box.map(Math.round)))
    for (let y = top!; y < top! + height!; y++)
      for (let x = left!; x < left! + width!; x++) data.set([70, 90, 140], (y * image.width + x) * 3);
  return { ...image, data };
}

test('of faces whose mouths and chins are covered less is to be seen', async () => {
  const faces = await readFaces(models, image);
  const lower = faces.map(({ box: [x, y, width, height] }): Box => [x, y + 0.62 * height, width, 0.35 * height]);
  const behind = await readFaces(models, covered(lower), { minScore: 0.1 });
  const pairs = faces.flatMap((face) =>
    behind.flatMap((other) => (iou(face.box, other.box) > 0.4 ? [{ face, other }] : [])),
  );
  expect(pairs.length).toBeGreaterThan(0);
  for (const { face, other } of pairs) expect(other.quality.visible).toBeLessThan(face.quality.visible);
}, 60_000);
