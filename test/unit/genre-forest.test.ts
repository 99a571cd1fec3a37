import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { RandomForestRegression } from 'ml-random-forest';
import { UNKNOWN } from '../../notebooks-ts/genre/corpus.js';
import { trainForest } from '../../notebooks-ts/genre/forest-trainer.js';
import { forestAnswer } from '../../notebooks-ts/genre/forest.js';
import { trainHiddenHeads, averageHeads } from '../../notebooks-ts/genre/hidden-heads.js';
import { trainLinearHeads, genreShares } from '../../notebooks-ts/genre/linear-heads.js';
import { rowOf, rowsOf, timesTransposed } from '../../notebooks-ts/genre/matrix.js';
import { fromMlForest } from '../../notebooks-ts/genre/ml-forest.js';
import { createRandom } from '../../notebooks-ts/genre/random.js';
import { openGenreModel } from '../../src/genre/genre-model.js';
import { networkAnswer } from '../../src/genre/word-vectors.js';
import { createModels } from '../../src/inference/registry.js';

const GENRES = ['Action', 'Comedy', 'Drama', 'Western'];
const WIDTH = 6;

/** Pictures whose genres follow from their values: genre g where value g is above a limit. */
function pictures(count: number, seed: number) {
  const random = createRandom(seed);
  const rows = rowsOf(
    count,
    WIDTH,
    Float32Array.from({ length: count * WIDTH }, () => random() * 2 - 1),
  );
  const labels = Int8Array.from({ length: count * GENRES.length }, (_, i) =>
    Number(rows.data[Math.floor(i / GENRES.length) * WIDTH + (i % GENRES.length)]! > 0.3),
  );
  return { rows, labels, weights: new Float32Array(count).fill(1) };
}

describe('a forest', () => {
  it('answers as that of ml-random-forest that it was made from', () => {
    const { rows, labels } = pictures(200, 1);
    const table = Array.from({ length: rows.count }, (_, n) =>
      Array.from(rows.data.subarray(n * WIDTH, (n + 1) * WIDTH)),
    );
    const original = new RandomForestRegression({
      nEstimators: 12,
      maxFeatures: 0.7,
      replacement: false,
      useSampleBagging: true,
      noOOB: true,
      seed: 3,
    });
    original.train(
      table,
      table.map((_, n) => labels[n * GENRES.length]!),
    );
    const served = fromMlForest(original.toJSON() as never);
    // Leaves hold steps of 1/255 and thresholds 32 bits; the rows are 32-bit numbers, so no row changes its way.
    original.predict(table).forEach((expected, n) => {
      expect(forestAnswer(served, Float32Array.from(table[n]!))[0]!).toBeCloseTo(expected, 2);
    });
  });

  it('learns what the pictures show, the same at every run', () => {
    const forest = trainForest([pictures(600, 2)], GENRES.length, {
      trees: 30,
      tried: 4,
      leafRows: 5,
      sample: 0.7,
      seed: 5,
    });
    const again = trainForest([pictures(600, 2)], GENRES.length, {
      trees: 30,
      tried: 4,
      leafRows: 5,
      sample: 0.7,
      seed: 5,
    });
    expect(again).toEqual(forest);
    const unseen = pictures(200, 9);
    const right = Array.from({ length: unseen.rows.count }, (_, n) => {
      const row = unseen.rows.data.subarray(n * WIDTH, (n + 1) * WIDTH);
      return Array.from(forestAnswer(forest, row)).filter(
        (p, g) => p > 0.5 === (unseen.labels[n * GENRES.length + g] === 1),
      ).length;
    }).reduce((sum, count) => sum + count, 0);
    expect(right / (unseen.rows.count * GENRES.length)).toBeGreaterThan(0.9);
  });
});

it('the committed model is the one that the manifest names, and knows the genres', async () => {
  const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
  const { meta } = await openGenreModel(models);
  await models.close();
  expect(meta.genres).toEqual(JSON.parse(await readFile('data/genres.json', 'utf8')));
});

it('linear heads find what tells a genre, and not that one set has it more often', () => {
  const often = pictures(300, 3);
  const rare = { ...pictures(300, 4), labels: new Int8Array(300 * GENRES.length) };
  const heads = trainLinearHeads([often, rare], GENRES.length, 1);
  GENRES.forEach((_, g) => {
    const own = Array.from(heads.subarray(g * WIDTH, (g + 1) * WIDTH));
    expect(own.indexOf(Math.max(...own))).toBe(g);
  });
});

it('a hidden layer finds what only two values together tell, the same at every run', async () => {
  const options = { units: 16, dropout: 0, epochs: 30, rate: 0.04, batch: 50, seed: 4 };
  const both = (count: number, seed: number) => {
    const { rows, weights } = pictures(count, seed);
    const labels = Int8Array.from({ length: count }, (_, n) => Number(rowOf(rows, n)[0]! * rowOf(rows, n)[1]! > 0));
    return { rows, weights, labels };
  };
  const network = await trainHiddenHeads([both(500, 1)], 1, options);
  expect(await trainHiddenHeads([both(500, 1)], 1, options)).toEqual(network);
  const unseen = both(200, 2);
  const times = (matrix: Float32Array<ArrayBuffer>) =>
    timesTransposed(unseen.rows, rowsOf(matrix.length / WIDTH, WIDTH, matrix));
  const [linear, units] = [times(network.linear), times(network.units)];
  const right = Array.from(unseen.labels).filter(
    (label, n) => networkAnswer(network, rowOf(linear, n), rowOf(units, n))[0]! > 0 === (label === 1),
  ).length;
  expect(right / unseen.labels.length).toBeGreaterThan(0.9);
});

it('a label that does not tell whether a film has a genre teaches nothing', async () => {
  const { rows, labels, weights } = pictures(400, 11);
  const column = (other: Int8Array): Int8Array =>
    labels.map((label, i) => (i % GENRES.length === 1 ? other[i]! : label));
  // The labels of the second genre, known of every other picture; the rest hidden, or wrong.
  const half = (hidden: number) =>
    column(labels.map((label, i) => (Math.floor(i / GENRES.length) % 2 === 0 ? label : hidden)));
  const own = (heads: Float32Array) => Array.from(heads.subarray(WIDTH, 2 * WIDTH));
  const heads = (hidden: number) => own(trainLinearHeads([{ rows, weights, labels: half(hidden) }], GENRES.length, 1));
  expect(genreShares({ rows, weights, labels: half(UNKNOWN) }, GENRES.length)[1]).toBeCloseTo(
    genreShares({ rows, weights, labels }, GENRES.length)[1]!,
    1,
  );
  expect(genreShares({ rows, weights, labels: half(0) }, GENRES.length)[1]).toBeLessThan(0.2);
  expect(heads(UNKNOWN).indexOf(Math.max(...heads(UNKNOWN)))).toBe(1);
  const options = { units: 8, dropout: 0, epochs: 30, rate: 0.02, batch: 50, seed: 4 };
  const none = { rows, weights, labels: column(new Int8Array(labels.length).fill(UNKNOWN)) };
  const network = await trainHiddenHeads([none], GENRES.length, options);
  expect(network.linear.subarray(WIDTH, 2 * WIDTH).every((weight) => weight === 0)).toBe(true);
});

it('networks of several seeds answer with their mean', () => {
  const network = (shift: number) => ({
    linear: Float32Array.from({ length: 2 * WIDTH }, (_, i) => i + shift),
    units: Float32Array.from({ length: 3 * WIDTH }, (_, i) => (i % 5) - shift),
    bias: Float32Array.of(shift, 1, -1),
    answers: Float32Array.of(1, 2, 3, 4, shift, 6),
  });
  const row = Float32Array.from({ length: WIDTH }, (_, i) => Math.sin(i));
  const answer = (heads: ReturnType<typeof network>) => {
    const times = (matrix: Float32Array<ArrayBuffer>) =>
      timesTransposed(rowsOf(1, WIDTH, row), rowsOf(matrix.length / WIDTH, WIDTH, matrix)).data;
    return networkAnswer(heads, times(heads.linear), times(heads.units));
  };
  const [a, b] = [network(1), network(-2)];
  const mean = answer(averageHeads([a, b]));
  answer(a).forEach((value, g) => expect(mean[g]).toBeCloseTo((value + answer(b)[g]!) / 2, 4));
});
