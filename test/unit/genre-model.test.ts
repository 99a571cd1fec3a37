import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Forest, forestAnswer, LEAF } from '../../notebooks-ts/genre/forest.js';
import { createRandom } from '../../notebooks-ts/genre/random.js';
import {
  type DomainArrays,
  encodeGenreModel,
  type GenreParameters,
  type Heads,
} from '../../notebooks-ts/genre/scorer-graph.js';
import { decodeArrays, encodeArrays, fromHalves, halves } from '../../src/genre/array-file.js';
import type { Features } from '../../src/genre/feature-extractor.js';
import {
  calibrate,
  type Domain,
  DOMAINS,
  GENRE_MODEL,
  openGenreModel,
  type GenreModel,
} from '../../src/genre/genre-model.js';
import { networkAnswer } from '../../src/genre/word-vectors.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';

const GENRES = ['Action', 'Comedy', 'Drama', 'Western'];
const OUTPUTS = [
  { network: 'one', name: 'a', size: 30 },
  { network: 'two', name: 'a', size: 7 },
];
const LENGTH = 37;
const UNITS = 5;

const random = createRandom(8);
const floats = (length: number, from = -1, to = 1): Float32Array =>
  Float32Array.from({ length }, () => from + (to - from) * random());
/** Rows of whole numbers from -127 to 127 times a size of their own, as the file holds them. */
const stepped = (rows: number): Float32Array =>
  Float32Array.from({ length: rows }, () => 0.01 * random()).reduce(
    (all, size, row) => {
      for (let i = 0; i < LENGTH; i++)
        all[row * LENGTH + i] = size * (i === 3 ? 127 : Math.round(254 * random() - 127));
      return all;
    },
    new Float32Array(rows * LENGTH),
  );

/** Trees of three questions about the evidence for any of the genres. */
function forestOf(trees: number): Forest {
  const each = Array.from({ length: trees }, (_, tree) => tree);
  return {
    outputs: GENRES.length,
    roots: Uint32Array.from(each, (tree) => 7 * tree),
    feature: Uint16Array.from(
      each.flatMap(() => [0, 0, 0, LEAF, LEAF, LEAF, LEAF].map((f) => f || Math.floor(4 * random()))),
    ),
    threshold: floats(7 * trees, -0.5, 0.5),
    next: Uint32Array.from(
      each.flatMap((t) => [7 * t + 1, 7 * t + 3, 7 * t + 5, 4 * t, 4 * t + 1, 4 * t + 2, 4 * t + 3]),
    ),
    leaves: Uint8Array.from({ length: 4 * trees * GENRES.length }, () => Math.floor(256 * random())),
  };
}

const heads = (): Heads => ({
  linear: stepped(GENRES.length),
  forest: forestOf(9),
  network: {
    linear: stepped(GENRES.length),
    units: stepped(UNITS),
    bias: floats(UNITS),
    answers: floats(GENRES.length * UNITS),
  },
});
const domain = (): DomainArrays => ({
  mean: floats(LENGTH, 0, 1),
  spread: floats(LENGTH, 0.5, 2),
  slope: Float32Array.of(2, 2, 2, 2),
  centre: new Float32Array(GENRES.length),
  base: Float32Array.of(0, 0, 0.2, -3),
  saturation: new Float32Array(GENRES.length).fill(100),
});
const parameters: GenreParameters = {
  meta: {
    genres: GENRES,
    outputs: OUTPUTS,
    sureFrom: { film: 0.5, still: 0.6, poster: 0.7 },
    shrinkage: { ratio: 2 },
    training: { seed: 1 },
  },
  heads: { scene: heads(), poster: heads() },
  forestShare: { scene: 0.5, poster: 0.25 },
  domains: { film: domain(), still: domain(), poster: domain() },
};

const standardOf = (descriptor: Float32Array, { mean, spread }: DomainArrays): Float32Array =>
  descriptor.map((value, i) => (Math.sqrt(Math.max(value, 0)) - mean[i]!) / spread[i]!);

/** What the graph is to answer, reckoned plainly. [genres] */
function plainScores({ heads, forestShare, domains }: GenreParameters, descriptor: Float32Array, name: Domain) {
  const kind = name === 'poster' ? 'poster' : 'scene';
  const { linear, forest, network } = heads[kind];
  const standard = standardOf(descriptor, domains[name]);
  const times = (matrix: Float32Array): Float32Array =>
    Float32Array.from({ length: matrix.length / LENGTH }, (_, row) =>
      standard.reduce((sum, value, i) => sum + value * matrix[row * LENGTH + i]!, 0),
    );
  const ofNetwork = networkAnswer(network, times(network.linear), times(network.units));
  const share = forestShare[kind];
  return forestAnswer(forest, times(linear)).map((value, g) => share * value + (1 - share) * ofNetwork[g]!);
}

const seenAs = (descriptor: Float32Array): Features => ({
  one: { a: { dims: [30], data: descriptor.subarray(0, 30) } },
  two: { a: { dims: [7], data: descriptor.subarray(30) } },
});

const folder = mkdtempSync(join(tmpdir(), 'kinoscope-genre-'));
const opened: ModelRegistry[] = [];
afterAll(async () => {
  await Promise.all(opened.map((models) => models.close()));
  rmSync(folder, { recursive: true, force: true });
});

/** A folder of networks with this one. */
function modelsWith(file: Uint8Array): { models: ModelRegistry; path: string } {
  const modelsDir = mkdtempSync(join(folder, 'models-'));
  const entry = {
    id: GENRE_MODEL,
    description: 'test',
    source: { trained: 'train.ts', data: 'none', seed: 1, license: 'Apache-2.0' },
    file: 'genre.onnx',
    sha256: createHash('sha256').update(file).digest('hex'),
    input: null,
    outputs: { scores: 'scores' },
    batchLimit: 16,
  };
  writeFileSync(join(modelsDir, 'manifest.json'), JSON.stringify({ format: 1, models: [entry] }));
  const path = join(modelsDir, 'genre.onnx');
  writeFileSync(path, file);
  const models = createModels({ modelsDir, provider: 'cpu', threads: 1 });
  opened.push(models);
  return { models, path };
}

describe('the genre model as an ONNX graph', () => {
  let model: GenreModel;
  beforeAll(async () => {
    model = await openGenreModel(modelsWith(encodeGenreModel(parameters)).models);
  });

  test.each(DOMAINS)('scores every %s as its parameters say', async (name) => {
    // Some values below nothing, which no network should give.
    const descriptors = Array.from({ length: 20 }, () => floats(LENGTH, -0.3, 4));
    const scores = await model.score(descriptors.map(seenAs), name);
    expect(scores).toHaveLength(20);
    for (const [n, descriptor] of descriptors.entries()) {
      const [alone] = await model.score([seenAs(descriptor)], name);
      plainScores(parameters, descriptor, name).forEach((score, g) => {
        expect(scores[n]![g]).toBeCloseTo(score, 5);
        expect(alone![g]).toBeCloseTo(score, 5);
      });
    }
    expect(await model.score([], name)).toEqual([]);
  });

  test('rounds other weights to the nearest of 255 steps', async () => {
    const { scene, poster } = parameters.heads;
    const linear = floats(GENRES.length * LENGTH);
    const fine = { ...parameters, heads: { poster, scene: { ...scene, network: { ...scene.network, linear } } } };
    const descriptor = floats(LENGTH, 0, 4);
    const [scores] = await (
      await openGenreModel(modelsWith(encodeGenreModel(fine)).models)
    ).score([seenAs(descriptor)], 'film');
    const far = standardOf(descriptor, fine.domains.film).reduce((sum, value) => sum + Math.abs(value), 0);
    plainScores(fine, descriptor, 'film').forEach((score, g) =>
      // Half of it is the network's, and no weight is more than 1: half a step is 1 / 254.
      expect(Math.abs(scores![g]! - score)).toBeLessThan((0.5 * far) / 254),
    );
  });

  test('says what the rest of what was learnt is', () => {
    const { calibration, ...meta } = model.meta;
    expect(meta).toEqual(parameters.meta);
    for (const name of DOMAINS) expect(parameters.domains[name]).toMatchObject(calibration[name]);
    expect(model.version).toMatch(/^genre-pictures@[0-9a-f]{12}$/);
  });

  test('goes the further from what is usual, the more independent frames say so; a poster is all there is', () => {
    const scores = Float32Array.of(0.5, 0.1, 0, 0.9);
    // Of n frames n / (n + 2) of the distance 1 counts, a third, two thirds, nearly all.
    const distances = [1, 4, 998].map((frames) => model.logits(scores, 'film', frames)[0]!);
    distances.forEach((value, i) => expect(value).toBeCloseTo([1 / 3, 2 / 3, 0.998][i]!, 3));
    expect(model.logits(scores, 'still')[0]).toBeCloseTo(1 / 3, 3);
    expect(model.logits(scores, 'poster')[0]).toBeCloseTo(1, 3);
    expect(model.logits(scores, 'poster', 1)[3]).toBeCloseTo(-3 + 1.8, 3);
  });

  test('refuses outputs of other networks', async () => {
    const { one, two } = seenAs(floats(LENGTH));
    await expect(model.score([{ one: one!, three: two! }], 'film')).rejects.toThrow(/network two gives no output a/);
  });

  test('is refused where its file is another one or is gone, and where it does not say how it is read', async () => {
    const file = encodeGenreModel(parameters);
    const damaged = modelsWith(file);
    writeFileSync(damaged.path, file.subarray(0, file.length - 40));
    await expect(openGenreModel(damaged.models)).rejects.toMatchObject({
      code: 'unavailable',
      message:
        'The file genre.onnx of the model genre-pictures is not the one that manifest.json names by its sha256: restore both, or train it (train.ts)',
    });
    rmSync(damaged.path);
    await expect(openGenreModel(damaged.models)).rejects.toThrow(/^The file genre\.onnx .* is missing: /);
    const { sureFrom: _, ...less } = parameters.meta;
    const silent = encodeGenreModel({ ...parameters, meta: less as GenreParameters['meta'] });
    await expect(openGenreModel(modelsWith(silent).models)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/^The metadata of the network genre-pictures are wrong at sureFrom: /),
    });
  });

  test('cannot be made of a tree that asks nothing', () => {
    const { scene } = parameters.heads;
    const forest = { ...scene.forest, feature: scene.forest.feature.map((f, n) => (n === 7 ? LEAF : f)) };
    expect(() =>
      encodeGenreModel({ ...parameters, heads: { ...parameters.heads, scene: { ...scene, forest } } }),
    ).toThrow(RangeError);
  });
});

describe('a forest', () => {
  /** One tree asks twice, the other is a leaf; answers in steps of 1/255. */
  const forest: Forest = {
    outputs: 2,
    roots: Uint32Array.of(0, 5),
    feature: Uint16Array.of(1, LEAF, 0, LEAF, LEAF, LEAF),
    threshold: Float32Array.of(0.5, 0, -1, 0, 0, 0),
    next: Uint32Array.of(1, 0, 3, 1, 2, 3),
    leaves: Uint8Array.of(255, 0, 0, 51, 102, 204, 51, 51),
  };

  test.each([
    ['below the first threshold', [9, 0.4], [1.2, 0.2]],
    ['at it is above it, below the second', [-2, 0.5], [0.2, 0.4]],
    ['above both', [-1, 7], [0.6, 1]],
  ])('answers the mean of its trees: %s', (_, row, sums) => {
    const answer = forestAnswer(forest, Float32Array.from(row));
    expect(answer[0]).toBeCloseTo(sums[0]! / 2, 6);
    expect(answer[1]).toBeCloseTo(sums[1]! / 2, 6);
  });
});

describe('a file of arrays', () => {
  const arrays = {
    a: Float32Array.of(1.5, -2),
    b: Uint8Array.of(1, 2, 3),
    c: Uint16Array.of(500),
    e: new Uint8Array(0),
  };

  test('is read as it was written, wherever it lies', () => {
    const file = encodeArrays({ name: 'x' }, arrays);
    expect(decodeArrays(file)).toEqual({ meta: { name: 'x' }, arrays });
    for (const offset of [3, 8]) {
      const moved = new Uint8Array(file.length + offset);
      moved.set(file, offset);
      expect(decodeArrays(moved.subarray(offset))).toEqual({ meta: { name: 'x' }, arrays });
    }
    // A part of a larger array is written as that part.
    expect(decodeArrays(encodeArrays(null, { a: Uint8Array.of(1, 2, 3, 4).subarray(1, 3) })).arrays['a']).toEqual(
      Uint8Array.of(2, 3),
    );
  });

  test('is refused where it is none, or cut anywhere', () => {
    const file = encodeArrays({ name: 'x' }, { a: Float32Array.of(1, 2), b: Float32Array.of(3, 4) });
    for (const length of [0, 10, 16, 40, file.length - 1])
      expect(() => decodeArrays(file.slice(0, length))).toThrow(/damaged/);
    expect(() => decodeArrays(file)).not.toThrow();
    expect(() => decodeArrays(file.with(0, 0))).toThrow(/damaged/);
    expect(() => encodeArrays(null, { a: new Float64Array(1) as never })).toThrow(/Float64Array/);
  });

  test('keeps the upper halves of numbers, rounded', () => {
    const back = (value: number): number => fromHalves(halves(Float32Array.of(value)))[0]!;
    expect([0, 1, -2.5, 0.00390625].map(back)).toEqual([0, 1, -2.5, 0.00390625]);
    for (const value of [0.1, 3.14159, -1234.5]) expect(Math.abs(back(value) / value - 1)).toBeLessThan(1 / 256);
    // Half of a step more is up.
    expect(back(1 + 1 / 256)).toBe(1 + 1 / 128);
    expect(back(1 + 1 / 257)).toBe(1);
  });
});

describe('what a genre model answers', () => {
  test('a unit of the network speaks where it is open', () => {
    const network = { bias: Float32Array.of(-1, 0.5), answers: Float32Array.of(2, 4, -1, 3) };
    expect([...networkAnswer(network, Float32Array.of(10, 20), Float32Array.of(3, -1))]).toEqual([14, 18]);
    expect([...networkAnswer(network, Float32Array.of(10, 20), Float32Array.of(0, 1))]).toEqual([16, 24.5]);
  });

  test('scores become log-odds by their distance from the usual, bounded', () => {
    const calibration = {
      centre: Float32Array.of(1, 1),
      slope: Float32Array.of(2, 2),
      base: Float32Array.of(-1, -1),
      saturation: Float32Array.of(4, 4),
    };
    const [some, much] = calibrate(Float32Array.of(2, 100), calibration);
    expect(some).toBeCloseTo(-1 + 4 * Math.tanh(2 / 4), 6);
    expect(much).toBeCloseTo(3, 6);
    expect(calibrate(Float32Array.of(2, 0), calibration, 0.5)[0]).toBeCloseTo(-1 + 4 * Math.tanh(1 / 4), 6);
  });
});
