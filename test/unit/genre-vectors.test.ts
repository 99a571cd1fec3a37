import { describe, expect, test } from '@jest/globals';
import { inSteps } from '../../notebooks-ts/genre/steps.js';
import { openVectors, type VectorReader, type WordVectors } from '../../src/genre/word-vectors.js';
import { createWordsModel, trustIn, type WordsMeta } from '../../src/genre/words-model.js';

/** Says nothing of any text. */
const silent: VectorReader = {
  mean: new Float32Array(2),
  scale: new Float32Array(2).fill(1),
  network: {
    linear: new Float32Array(4),
    units: new Float32Array(2),
    bias: new Float32Array(1),
    answers: new Float32Array(2),
  },
  offset: new Float32Array(2),
};
// The first direction is that of ghosts, the second that of weddings: what lies along it speaks for the genre.
const reader: VectorReader = { ...silent, network: { ...silent.network, linear: Float32Array.of(1, 0, 0, 1) } };
const vectors: WordVectors = {
  words: ['ghost', 'spectre', 'wedding'],
  values: Uint8Array.of(228, 128, 208, 128, 128, 248),
  steps: Float32Array.of(0.01, 0.02, 0.01),
  reader,
};
const read = openVectors(vectors);

describe('a text is read by the vectors of its words', () => {
  test('a word near to another says the same', () => {
    expect(Array.from(read(['spectre']))).toEqual([1, 0]);
    expect(read(['ghost'])).toEqual(read(['spectre']));
    expect(Array.from(read(['wedding']))).toEqual([0, 1]);
  });

  test('longer vectors count more, words said again a little more, and unknown words not at all', () => {
    const [ghost, wedding] = read(['spectre', 'wedding', 'wedding', 'unheard']);
    const across = 1.2 * (1 + Math.log(2));
    expect(ghost).toBeCloseTo(1.6 / Math.hypot(1.6, across), 5);
    expect(wedding).toBeCloseTo(across / Math.hypot(1.6, across), 5);
    expect(Array.from(read(['unheard']))).toEqual([0, 0]);
  });

  test('what all texts share is taken away, and the network reads the rest', () => {
    const network = {
      linear: new Float32Array(4),
      units: Float32Array.of(0, 1),
      bias: Float32Array.of(-0.5),
      answers: Float32Array.of(0, 2),
    };
    const shared = { mean: Float32Array.of(1, -1), scale: Float32Array.of(7, 0.5), offset: Float32Array.of(0.25, 0) };
    expect(Array.from(openVectors({ ...vectors, reader: { ...shared, network } })(['ghost']))).toEqual([0.25, 1]);
  });

  test('is weighed beside the terms', () => {
    const meta: WordsMeta = {
      genres: ['Horror', 'Romance'],
      base: [-1, -0.5],
      steps: [0.5, 0.25],
      slopes: { terms: 2, vectors: 3 },
      halfAt: 4,
      dimensions: 2,
      units: 1,
      product: { pictures: 1, words: 1, offset: 0, most: 8 },
      sureFrom: { words: 0.5, both: 0.5 },
      training: {},
    };
    const terms = ['the', 'ghost', 'haunts', 'night'];
    const parameters = {
      meta,
      terms,
      idf: Float32Array.of(1, 2, 2, 1),
      weights: Uint8Array.from([128, 128, 138, 118, 138, 118, 133, 128]),
    };
    const evidenceOf = (own: VectorReader): Float32Array =>
      createWordsModel({ ...parameters, vectors: { ...vectors, reader: own } }).evidence('the ghost haunts night')!;
    const [alone, both] = [evidenceOf(silent), evidenceOf(reader)];
    const length = Math.hypot(1, 2, 2, 1);
    expect(alone[0]).toBeCloseTo(((2 * 10 + 2 * 10 + 5) / length) * 0.5 * 2 * trustIn(4, 4), 5);
    expect(both[0]! - alone[0]!).toBeCloseTo(3 * trustIn(4, 4), 5);
    expect(both[1]).toBeCloseTo(alone[1]!, 5);
  });
});

test('weights in steps err by half a step at most, of a size that each row has for itself', () => {
  const matrix = Float32Array.of(1, -0.3, 0.004, 100, 99.7, -100, 0, 0, 0);
  const rows = inSteps(matrix, 3);
  rows.values.forEach((value, i) => {
    const back = (value - 128) * rows.steps[Math.floor(i / 3)]!;
    expect(Math.abs(back - matrix[i]!)).toBeLessThanOrEqual((i < 3 ? 1 : 100) / 253);
  });
  expect(Array.from(rows.values.subarray(6))).toEqual([128, 128, 128]);
});
