import { mixScores } from '../../src/genre/genre-model.js';
import { type Calibration, fitCalibration } from './calibrate.js';
import { type Corpus, filterPart, labelsOf, meanByItem, type Part } from './corpus.js';
import { GENRES } from './dataset.js';
import { rowOf } from './matrix.js';
import {
  auc, averagePrecision, differentTopThrees, expectedCalibrationError, macro, topThreeRecall,
} from './metrics.js';
import { createRandom, shuffled } from './random.js';
import { evidenceOf, type HeadOptions, SEED, trainHeads } from './train.js';

/** Scores of films (or of single posters) that took no part in training: each the mean over its pictures. */
export interface Held {
  readonly evidence: readonly Float32Array[];
  readonly forest: readonly Float32Array[];
  readonly labels: readonly (readonly number[])[];
}

export const mixed = ({ evidence, forest }: Held, forestShare: number): Float32Array[] =>
  evidence.map((row, n) => row.map((value, g) => forestShare * forest[n]![g]! + (1 - forestShare) * value));

/** The corpus without some films, in whatever set they occur. */
export function without(corpus: Corpus, titles: ReadonlySet<string>): Corpus {
  const keep = (part: Part): Part => filterPart(part, ({ title }) => !titles.has(title));
  return { trailers: keep(corpus.trailers), stills: keep(corpus.stills), posters: keep(corpus.posters) };
}

function hold(part: Part, training: Corpus, options: HeadOptions): Held {
  const { linear, forest } = trainHeads(training, options);
  const evidence = evidenceOf(part, linear);
  const rows = Array.from({ length: evidence.count }, (_, n) => rowOf(evidence, n));
  return {
    evidence: meanByItem(part, rows),
    forest: meanByItem(part, rows.map((row) => mixScores(forest, row, 1))),
    labels: part.items.map(labelsOf),
  };
}

/** Every trailer, scored by heads that saw no picture of any of the trailers' films. */
export function holdTrailers(corpus: Corpus, options: HeadOptions): Held {
  const titles = new Set(corpus.trailers.items.map(({ title }) => title));
  return hold(corpus.trailers, without(corpus, titles), options);
}

/** k-fold by title: each film's mean scores over its stills (or each poster's), from heads that never saw the film. */
export function holdFolds(corpus: Corpus, set: 'stills' | 'posters', options: HeadOptions, folds = 5): Held {
  const titles = [...new Set(corpus[set].items.map(({ title }) => title))].sort();
  const order = shuffled(titles.length, createRandom(SEED));
  const parts = Array.from({ length: folds }, (_, fold) => {
    const out = new Set(titles.filter((_title, i) => order[i]! % folds === fold));
    return hold(filterPart(corpus[set], ({ title }) => out.has(title)), without(corpus, out), options);
  });
  return {
    evidence: parts.flatMap(({ evidence }) => evidence),
    forest: parts.flatMap(({ forest }) => forest),
    labels: parts.flatMap(({ labels }) => labels),
  };
}

export interface Answers {
  readonly probabilities: readonly Float32Array[];
  /** Logits less the handicap: what the top three are chosen by. */
  readonly telling: readonly Float32Array[];
}

export function applyCalibration(row: Float32Array, { slope, offset, handicap }: Calibration): { probabilities: Float32Array; telling: Float32Array } {
  const logits = row.map((value, g) => slope[g]! * value + offset[g]!);
  return { probabilities: logits.map((value) => 1 / (1 + Math.exp(-value))), telling: logits.map((value, g) => value - handicap[g]!) };
}

/** Calibrates each film on all the others (leave one out). */
export function calibrateLeavingOneOut(scores: readonly Float32Array[], labels: Held['labels'], prior: Float64Array): Answers {
  const answers = scores.map((row, n) => {
    const others = (_: unknown, other: number): boolean => other !== n;
    return applyCalibration(row, fitCalibration(scores.filter(others), labels.filter(others), prior));
  });
  return { probabilities: answers.map(({ probabilities }) => probabilities), telling: answers.map(({ telling }) => telling) };
}

/** Calibrates each of five parts on the other four. */
export function calibrateFolds(scores: readonly Float32Array[], labels: Held['labels'], prior: Float64Array, folds = 5): Answers {
  const order = shuffled(scores.length, createRandom(SEED + 1));
  const calibrations = Array.from({ length: folds }, (_, fold) => {
    const others = (_row: unknown, n: number): boolean => order[n]! % folds !== fold;
    return fitCalibration(scores.filter(others), labels.filter(others), prior);
  });
  const answers = scores.map((row, n) => applyCalibration(row, calibrations[order[n]! % folds]!));
  return { probabilities: answers.map(({ probabilities }) => probabilities), telling: answers.map(({ telling }) => telling) };
}

/** Share of items with each genre. */
export function sharesOf(labels: Held['labels']): Float64Array {
  return Float64Array.from(GENRES, (_, g) => labels.reduce((sum, row) => sum + row[g]!, 0) / labels.length);
}

export interface Figures {
  readonly macroAuc: number;
  readonly macroAp: number;
  readonly topThreeRecall: number;
  readonly differentTopThrees: number;
  /** Expected calibration error over all 26 genres, and over those that occur. null for scores that are no probabilities. */
  readonly ece: number | null;
  readonly eceOccurring: number | null;
}

export function figuresOf({ probabilities, telling }: Answers, labels: Held['labels'], areProbabilities = true): Figures {
  const occurring = GENRES.map((_, g) => g).filter((g) => labels.some((row) => row[g] === 1));
  const only = (row: Float32Array | readonly number[]): number[] => occurring.map((g) => row[g]!);
  return {
    macroAuc: macro(auc, probabilities, labels),
    macroAp: macro(averagePrecision, probabilities, labels),
    topThreeRecall: topThreeRecall(telling, labels),
    differentTopThrees: differentTopThrees(telling),
    ece: areProbabilities ? expectedCalibrationError(probabilities, labels) : null,
    eceOccurring: areProbabilities ? expectedCalibrationError(probabilities.map(only), labels.map(only)) : null,
  };
}
