import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { answerVersions } from '../../src/analyses/detectors.js';
import { FACE_NETWORKS } from '../../src/config/face-networks.js';
import { type Face, readFaces } from '../../src/faces/detect.js';
import { similarity } from '../../src/faces/embed.js';
import { iou } from '../../src/faces/geometry.js';
import { FACE_READERS } from '../../src/faces/recognizers.js';
import { openMedia } from '../../src/frames/media.js';
import { endIdleDecoders, readPicture } from '../../src/frames/picture.js';
import type { RgbImage } from '../../src/frames/types.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';

/** Two sets of networks read faces: which of them is told once, and all that rests on it follows. */

const photos = join(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'), '..', 'demo');

const registries = FACE_NETWORKS.map((faces) =>
  createModels({ modelsDir: 'models', provider: 'cpu', threads: 1, faces }),
);
afterAll(() => Promise.all([...registries.map((one) => one.close()), endIdleDecoders()]));
const registryOf = (faces: (typeof FACE_NETWORKS)[number]): ModelRegistry =>
  registries.find((one) => one.faces === faces)!;

const largest = (faces: readonly Face[]): Face => faces.reduce((a, b) => (b.box[3] > a.box[3] ? b : a));

/** In a mirror, darker, and half as large: the same people in another picture. */
function changed({ width, height, data }: RgbImage): RgbImage {
  const [w, h] = [Math.floor(width / 2), Math.floor(height / 2)];
  const turned = new Uint8Array(w * h * 3);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++)
      for (let c = 0; c < 3; c++)
        turned[(y * w + x) * 3 + c] = data[(2 * y * width + width - 1 - 2 * x) * 3 + c]! * 0.7;
  return { width: w, height: h, data: turned };
}

describe.each(FACE_NETWORKS)('the %s networks', (networks) => {
  const models = registryOf(networks);

  test('find the faces of a photo and tell people apart, with embeddings of their own', async () => {
    const image = await readPicture(join(photos, 'sample4.jpg'));
    const faces = await readFaces(models, image);
    expect(faces.length).toBeGreaterThanOrEqual(3);
    const length = { clear: 128, best: 512 }[networks];
    for (const { embedding, landmarks, box, quality } of faces) {
      expect(embedding).toHaveLength(length);
      expect(similarity(embedding, embedding)).toBeCloseTo(1, 5);
      for (const [x, y] of landmarks)
        expect([x > box[0], x < box[0] + box[2], y > box[1], y < box[1] + box[3]]).toEqual([true, true, true, true]);
      const [left, right, nose, mouthLeft, mouthRight] = landmarks;
      expect([left[0] < right[0], mouthLeft[0] < mouthRight[0], nose[1] < mouthLeft[1]]).toEqual([true, true, true]);
      expect(quality.visible).toBeGreaterThan(0.3);
    }
    const again = await readFaces(models, changed(image));
    const [own, others]: [number[], number[]] = [[], []];
    for (const a of faces)
      for (const b of again) {
        const [x, y, w, h] = b.box.map((value) => 2 * value) as [number, number, number, number];
        const same = iou(a.box, [image.width - x - w, y, w, h]) > 0.4;
        (same ? own : others).push(similarity(a.embedding, b.embedding));
      }
    expect(own.length).toBeGreaterThanOrEqual(3);
    expect(Math.min(...own)).toBeGreaterThan(0.5);
    expect(Math.max(...others)).toBeLessThan(Math.min(...own));
  }, 120_000);

  test('are named in the version of a cast, the others are not', async () => {
    const { cast, genre } = await answerVersions(models, openMedia({ kind: 'node-av' }));
    const { landmarks, recognizer } = FACE_READERS[networks];
    const other = FACE_READERS[networks === 'best' ? 'clear' : 'best'];
    for (const id of ['face-rfb', landmarks, recognizer, 'person-movenet.int8']) expect(cast).toContain(` ${id}@`);
    for (const id of [other.landmarks, other.recognizer]) expect(cast).not.toContain(id);
    expect(genre).not.toContain('face');
  });
});

test('both find a face and its points at about the same place', async () => {
  const image = await readPicture(join(photos, 'sample1.jpg'));
  const [one, other] = await Promise.all(registries.map(async (models) => largest(await readFaces(models, image))));
  expect(iou(one!.box, other!.box)).toBeGreaterThan(0.9);
  one!.landmarks.forEach(([x, y], i) => {
    const [u, v] = other!.landmarks[i]!;
    expect(Math.hypot(x - u, y - v) / one!.box[3]).toBeLessThan(0.12);
  });
}, 60_000);
