import { describe, expect, it, test } from '@jest/globals';
import { trainForest } from '../../notebooks-ts/genre/forest-trainer.js';
import { rowsOf } from '../../notebooks-ts/genre/matrix.js';
import { createRandom } from '../../notebooks-ts/genre/random.js';
import { decodeArrays, encodeArrays, fromHalves, halves } from '../../src/genre/array-file.js';
import { startEvidence } from '../../src/genre/evidence.js';
import { addForestAnswer, type Forest, forestArrays, forestFromArrays, LEAF } from '../../src/genre/forest.js';
import {
  calibrate,
  createGenreModel,
  decodeGenreModel,
  type DomainArrays,
  encodeGenreModel,
  type GenreParameters,
  type Heads,
  networkAnswer,
  transform,
} from '../../src/genre/genre-model.js';

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

describe('the model file', () => {
  const descriptor = WIDTH;
  const domain = (shift: number): DomainArrays => ({
    mean: new Float32Array(descriptor).fill(shift),
    spread: new Float32Array(descriptor).fill(1),
    slope: Float32Array.of(2, 2, 2, 2),
    centre: new Float32Array(GENRES.length),
    base: Float32Array.of(0, 0, 0.2, -3),
    saturation: new Float32Array(GENRES.length).fill(100),
  });
  const heads = (seed: number): Heads => ({
    linear: Float32Array.from({ length: GENRES.length * descriptor }, (_, i) =>
      Number(i % descriptor === Math.floor(i / descriptor)),
    ),
    forest: trainForest(
      [{ ...pictures(200, seed), rows: rowsOf(200, 4, pictures(200, seed).rows.data.slice(0, 800)) }],
      GENRES.length,
      { trees: 5, tried: 4, leafRows: 5, sample: 0.7, seed: 5 },
    ),
    network: {
      linear: Float32Array.from({ length: GENRES.length * descriptor }, (_, i) => (i % 5) / 8 - 0.25),
      units: Float32Array.from({ length: 3 * descriptor }, (_, i) => (i % 4) / 8 - 0.125),
      bias: Float32Array.of(0.1, -0.1, 0.2),
      answers: Float32Array.from({ length: GENRES.length * 3 }, (_, i) => ((i + seed) % 7) / 7),
    },
  });
  const parameters: GenreParameters = {
    meta: {
      genres: GENRES,
      outputs: [
        { network: 'one', name: 'a', size: 4 },
        { network: 'two', name: 'a', size: 2 },
      ],
      forestShare: { scene: 0.5, poster: 0.25 },
      units: 3,
      sureFrom: { film: 0.5, still: 0.5, poster: 0.5 },
      shrinkage: { ratio: 2 },
      training: { seed: 1 },
    },
    heads: { scene: heads(6), poster: heads(7) },
    domains: { film: domain(0), still: domain(0.1), poster: domain(0.2) },
  };
  const seen = {
    one: { a: { dims: [4], data: Float32Array.of(1, 0.25, 0, 0.04) } },
    two: { a: { dims: [2], data: Float32Array.of(0, 0) } },
  };
  const other = { ...seen, one: { a: { dims: [4], data: Float32Array.of(0, 1, 4, 9) } } };

  it('is read as it was written, its matrices to two digits', () => {
    const file = encodeGenreModel(parameters);
    // A view at an odd place, as one gets from a buffer of several files.
    const moved = new Uint8Array(file.length + 3);
    moved.set(file, 3);
    for (const bytes of [file, moved.subarray(3)]) {
      const model = createGenreModel(decodeGenreModel(bytes));
      const original = createGenreModel(parameters);
      for (const name of ['film', 'still', 'poster'] as const) {
        const scores = model.score([seen, other, seen], name);
        original
          .score([seen, other, seen], name)
          .forEach((row, n) => row.forEach((score, g) => expect(scores[n]![g]).toBeCloseTo(score, 2)));
        // Each picture is scored as it is alone.
        expect(scores).toEqual([seen, other, seen].flatMap((one) => model.score([one], name)));
        expect(scores[1]).not.toEqual(scores[0]);
        expect(model.logits(scores[0]!, name, 5)).toEqual(original.logits(scores[0]!, name, 5));
      }
    }
    const third = {
      ...parameters,
      heads: { ...parameters.heads, scene: { ...heads(6), linear: heads(6).linear.map((value) => value / -3) } },
    };
    decodeGenreModel(encodeGenreModel(third)).heads.scene.linear.forEach((value, i) =>
      expect(Math.abs(value - third.heads.scene.linear[i]!)).toBeLessThan(1 / 3 / 250),
    );
  });

  it('weighs the roots of all values, standardised', () => {
    const random = createRandom(8);
    const floats = (length: number): Float32Array => Float32Array.from({ length }, () => 4 * random() - 1);
    const length = 37;
    const standard = { mean: floats(length), scale: floats(length) };
    const matrices = [floats(length * 5), floats(length * 2)];
    const rows = Array.from({ length: 7 }, (_, r) =>
      r < 5 ? matrices[0]!.subarray(r * length) : matrices[1]!.subarray((r - 5) * length),
    );
    const pictures = Array.from({ length: 6 }, () => floats(length));
    const evidenceOf = startEvidence(matrices, length);
    // What an earlier call leaves behind counts nothing.
    evidenceOf({ mean: floats(length), scale: floats(length) }, 3, (_, into) => into.set(floats(length)));
    const evidence = evidenceOf(standard, pictures.length, (n, into) => into.set(pictures[n]!));
    pictures.forEach((picture, n) => {
      rows.forEach((row, r) => {
        const expected = picture.reduce(
          (sum, value, i) => sum + (transform(value) - standard.mean[i]!) * standard.scale[i]! * row[i]!,
          0,
        );
        expect(evidence[n]![r]).toBeCloseTo(expected, 4);
      });
    });
  });

  it('is refused when it is damaged', () => {
    const file = encodeGenreModel(parameters);
    expect(() => decodeGenreModel(file.slice(0, file.length - 40))).toThrow(/damaged/);
    expect(() => decodeGenreModel(new TextEncoder().encode('no genre model at all'))).toThrow(/damaged/);
    const { forest } = parameters.heads.poster;
    const endless = { ...parameters.heads.poster, forest: { ...forest, next: new Uint32Array(forest.next.length) } };
    expect(() =>
      decodeGenreModel(encodeGenreModel({ ...parameters, heads: { ...parameters.heads, poster: endless } })),
    ).toThrow(/damaged/);
  });

  it('goes the further from what is usual, the more independent frames say so; a poster is all there is', () => {
    const { logits } = createGenreModel(parameters);
    const scores = Float32Array.of(0.5, 0.1, 0, 0.9);
    // Of n frames n / (n + 2) of the distance 1 counts, a third, two thirds, nearly all.
    const distances = [1, 4, 998].map((frames) => logits(scores, 'film', frames)[0]!);
    distances.forEach((value, i) => expect(value).toBeCloseTo([1 / 3, 2 / 3, 0.998][i]!, 3));
    expect(logits(scores, 'still')[0]).toBeCloseTo(1 / 3, 3);
    expect(logits(scores, 'poster')[0]).toBeCloseTo(1, 3);
    expect(logits(scores, 'poster', 1)[3]).toBeCloseTo(-3 + 1.8, 3);
  });

  it('refuses outputs of other networks', () => {
    expect(() => createGenreModel(parameters).score([{ one: seen.one, three: seen.two }], 'film')).toThrow(
      /network two gives no output a/,
    );
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
    const answer = Float32Array.of(1, 0);
    addForestAnswer(forest, Float32Array.from(row), answer);
    expect(answer[0]).toBeCloseTo(1 + sums[0]! / 2, 6);
    expect(answer[1]).toBeCloseTo(sums[1]! / 2, 6);
  });

  test('is read as it was written', () => {
    expect(forestFromArrays(forestArrays(forest), 2)).toEqual(forest);
  });

  test.each([
    ['an array is missing', { roots: undefined }],
    ['an array is of another type', { feature: new Uint32Array(6) }],
    ['a root points outside', { roots: Uint32Array.of(0, 6) }],
    ['a child comes before its parent', { next: Uint32Array.of(1, 0, 2, 1, 2, 3) }],
    ['a child points outside', { next: Uint32Array.of(5, 0, 3, 1, 2, 3) }],
    ['a leaf has no answer', { next: Uint32Array.of(1, 0, 3, 1, 2, 4) }],
  ])('is refused where %s', (_, about) => {
    expect(() => forestFromArrays({ ...forestArrays(forest), ...about } as never, 2)).toThrow(/genre model/);
  });
});

describe('a file of arrays', () => {
  const arrays = {
    a: Float32Array.of(1.5, -2),
    b: Uint8Array.of(1, 2, 3),
    c: Uint16Array.of(500),
    d: Uint32Array.of(70_000, 1),
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
    const file = encodeArrays({ name: 'x' }, { a: Uint32Array.of(1, 2), b: Uint32Array.of(3, 4) });
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

  test('the roots of what the networks saw; nothing is less than nothing', () => {
    expect([4, 0.25, 0, -3].map(transform)).toEqual([2, 0.5, 0, 0]);
  });
});
