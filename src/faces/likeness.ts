import { join } from 'node:path';
import { DATA, loadLearnt } from '../parameters/learnt.js';
import { similarity } from './embed.js';

/** Faces of many people, as far as telling two faces apart needs them: nobody's face is among the numbers. */
interface Cohort {
  /** The mean embedding. */
  readonly centre: Float32Array;
  /** How embeddings scatter: their longest axes, and the variance along every other direction, which is part of the axes', too. */
  readonly axes: readonly Float32Array[];
  readonly variance: number;
  /** Median over faces of the deviation of their likeness to the others. */
  readonly deviation: number;
}

/** Float32, little endian: variance, deviation, centre, axes. @throws Error when it has another size */
export function decodeCohort(content: Buffer, size: number): Cohort {
  const numbers = Float32Array.from({ length: content.length >> 2 }, (_, i) => content.readFloatLE(4 * i));
  const rows = (numbers.length - 2) / size;
  if (!Number.isInteger(rows) || rows < 1) throw new Error(`${content.length} bytes for rows of ${size} numbers`);
  const row = (index: number): Float32Array => numbers.subarray(2 + index * size, 2 + (index + 1) * size);
  const axes = Array.from({ length: rows - 1 }, (_, index) => row(index + 1));
  return { variance: numbers[0]!, deviation: numbers[1]!, centre: row(0), axes };
}

/** By the number of an embedding's numbers: which network it is of. Learnt by bench/faces-cohort.ts. */
const COHORTS: ReadonlyMap<number, Cohort> = new Map([
  [512, loadLearnt(join(DATA, 'face-cohort-512.bin'), (content) => decodeCohort(content, 512)).value],
]);

/** How alike a face is to everybody's: the mean of its likeness to others, and their deviation, 1 being usual. */
interface Usual {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Makes likenesses as large as cosines that as few pairs of two people reach. Chosen by hand with the films of bench/strangers.ts in view,
 * which tells what thresholds find that those of other films set.
 */
const SCALE = 1.08;

const NOTHING_KNOWN: Usual = { mean: 0, deviation: 1 };
const known = new WeakMap<Float32Array, Usual>();

/** Worked out once for each vector. */
function usualOf(embedding: Float32Array): Usual {
  const cohort = COHORTS.get(embedding.length);
  if (!cohort) return NOTHING_KNOWN;
  const before = known.get(embedding);
  if (before) return before;
  const { centre, axes, variance, deviation } = cohort;
  const scatter = axes.reduce((sum, axis) => sum + similarity(axis, embedding) ** 2, variance);
  const usual = { mean: similarity(centre, embedding), deviation: Math.sqrt(scatter) / deviation / SCALE };
  known.set(embedding, usual);
  return usual;
}

/**
 * How much more alike two faces are than either is to everybody's, on the scale of {@link similarity}: a poor face is like any other,
 * and of some looks there are many (symmetric score normalisation, as of speakers: Kenny 2010, against a normal cohort). Of a network
 * whose faces are not known it is their cosine.
 * @param a and `b` of unit length; not changed afterwards
 */
export function likeness(a: Float32Array, b: Float32Array): number {
  const cosine = similarity(a, b);
  const over = ({ mean, deviation }: Usual): number => (cosine - mean) / deviation;
  return (over(usualOf(a)) + over(usualOf(b))) / 2;
}
