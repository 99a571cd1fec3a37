import { type ShrinkageParameters, shrinkageOf, effectiveSampleSize } from '../../src/genre/shrinkage.js';
import { calibrate, type Domain, forestAnswer } from '../../src/genre/genre-model.js';
import { fitCalibration } from './calibrate.js';
import { type Corpus, filterPart, labelsOf, type Part } from './corpus.js';
import { GENRES, type SetName } from './dataset.js';
import type { Labelled } from './linear-heads.js';
import { rowOf } from './matrix.js';
import {
  auc,
  averagePrecision,
  differentTopThrees,
  expectedCalibrationError,
  macro,
  topThreeRecall,
} from './metrics.js';
import { createRandom, shuffled } from './random.js';
import { evidenceOf, type HeadOptions, networkAnswers, SEED, trainHeads, unseenEvidence } from './train.js';

/** Scores of the pictures of films (or of single posters) that took no part in training. */
export interface Held {
  /** [items][pictures], each [genres]. */
  readonly evidence: readonly (readonly Float32Array[])[];
  /** Of a learner that is compared with the forest, where one was given. */
  readonly rival: readonly (readonly Float32Array[])[];
  readonly forest: readonly (readonly Float32Array[])[];
  readonly network: readonly (readonly Float32Array[])[];
  /** [items], each [genres]. */
  readonly labels: readonly (readonly number[])[];
}

/** Scores of every item's pictures, the forest's and the network's mixed. */
export const mixed = ({ network, forest }: Held, forestShare: number): Float32Array[][] =>
  network.map((pictures, i) =>
    pictures.map((row, n) => row.map((value, g) => forestShare * forest[i]![n]![g]! + (1 - forestShare) * value)),
  );

export const meanOf = (rows: readonly Float32Array[]): Float32Array =>
  Float32Array.from(GENRES, (_, g) => rows.reduce((sum, row) => sum + row[g]!, 0) / Math.max(rows.length, 1));

/** Pictures of all items as items of their own. */
export function singly(
  scores: readonly (readonly Float32Array[])[],
  labels: Held['labels'],
): { scores: Float32Array[]; labels: (readonly number[])[] } {
  return { scores: scores.flat(), labels: scores.flatMap((pictures, i) => pictures.map(() => labels[i]!)) };
}

/** What the frames of films say about how far a mean has to be shrunk. */
export function fitShrinkage(scores: readonly (readonly Float32Array[])[]): ShrinkageParameters {
  const means = scores.map(meanOf);
  const centre = meanOf(means);
  const squares = (rows: readonly Float32Array[], around: Float32Array): number =>
    rows.reduce((sum, row) => row.reduce((all, value, g) => all + (value - around[g]!) ** 2, sum), 0) / rows.length;
  const sampleSizes = scores.map(effectiveSampleSize);
  const within = scores.map((rows, i) => squares(rows, means[i]!));
  const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  // The means of films differ by chance too: that part is not between films.
  const between = squares(means, centre) - average(within.map((value, i) => value / sampleSizes[i]!));
  const middle = sampleSizes.toSorted((a, b) => a - b)[sampleSizes.length >> 1]!;
  return { ratio: average(within) / Math.max(between, average(within) / 100), effectiveSampleSize: middle };
}

export const shrinkageOfFilms = (
  scores: readonly (readonly Float32Array[])[],
  measure: ShrinkageParameters,
): number[] => scores.map((rows) => shrinkageOf(effectiveSampleSize(rows), measure));

/** The corpus without some films, in whatever set they occur. */
export function without(corpus: Corpus, titles: ReadonlySet<string>): Corpus {
  const keep = (part: Part): Part => filterPart(part, ({ title }) => !titles.has(title));
  return { trailers: keep(corpus.trailers), stills: keep(corpus.stills), posters: keep(corpus.posters) };
}

/** Learns from the same evidence as the forest; answers a row of evidence, [genres]. */
export type Rival = (unseen: Labelled[]) => (row: Float32Array) => Float32Array;
const NO_RIVAL: Rival = () => (row) => row;

async function hold(part: Part, training: Corpus, options: HeadOptions, rival = NO_RIVAL): Promise<Held> {
  const unseen = unseenEvidence(training, options);
  const { linear, forest, network } = await trainHeads(training, options, unseen);
  const answer = rival(unseen);
  const evidence = evidenceOf(part, linear);
  const rows = Array.from({ length: evidence.count }, (_, n) => rowOf(evidence, n));
  const byItem = (values: readonly Float32Array[]): Float32Array[][] => {
    const grouped = part.items.map((): Float32Array[] => []);
    values.forEach((row, n) => grouped[part.itemOf[n]!]!.push(row));
    return grouped;
  };
  return {
    evidence: byItem(rows),
    forest: byItem(rows.map((row) => forestAnswer(forest, row))),
    network: byItem(networkAnswers(part, network)),
    rival: byItem(rows.map(answer)),
    labels: part.items.map(labelsOf),
  };
}

/** Every trailer, scored by heads that saw no picture of any of the trailers' films. */
export function holdTrailers(corpus: Corpus, options: HeadOptions, rival?: Rival): Promise<Held> {
  const titles = new Set(corpus.trailers.items.map(({ title }) => title));
  return hold(corpus.trailers, without(corpus, titles), options, rival);
}

/** k-fold by title: every picture of a set, scored by heads that never saw its film. */
export async function holdFolds(
  corpus: Corpus,
  set: SetName,
  options: HeadOptions,
  rival?: Rival,
  folds = 5,
): Promise<Held> {
  const titles = [...new Set(corpus[set].items.map(({ title }) => title))].sort();
  const order = shuffled(titles.length, createRandom(SEED));
  const parts: Held[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const out = new Set(titles.filter((_title, i) => order[i]! % folds === fold));
    parts.push(
      await hold(
        filterPart(corpus[set], ({ title }) => out.has(title)),
        without(corpus, out),
        options,
        rival,
      ),
    );
  }
  return {
    evidence: parts.flatMap(({ evidence }) => evidence),
    forest: parts.flatMap(({ forest }) => forest),
    network: parts.flatMap(({ network }) => network),
    rival: parts.flatMap(({ rival: own }) => own),
    labels: parts.flatMap(({ labels }) => labels),
  };
}

export interface Answers {
  readonly probabilities: readonly Float32Array[];
  /** Logits less the prior correction: what the top three are chosen by. */
  readonly ranking: readonly Float32Array[];
}

const answersOf = (rows: readonly ReturnType<typeof calibrate>[]): Answers => ({
  probabilities: rows.map(({ logits }) => logits.map((value) => 1 / (1 + Math.exp(-value)))),
  ranking: rows.map(({ ranking }) => ranking),
});

/** Calibrates each film on all the others (leave one out), in the domain of films. */
export function calibrateLeavingOneOut(
  scores: readonly Float32Array[],
  labels: Held['labels'],
  prior: Float64Array,
  shrinkage: readonly number[] = scores.map(() => 1),
): Answers {
  return answersOf(
    scores.map((row, n) => {
      const others = (_: unknown, other: number): boolean => other !== n;
      return calibrate(
        row,
        fitCalibration(scores.filter(others), labels.filter(others), prior, 'film', shrinkage.filter(others)),
        shrinkage[n],
      );
    }),
  );
}

/** Calibrates each of five parts on the other four. @param groups rows with the same number stay together */
export function calibrateFolds(
  scores: readonly Float32Array[],
  labels: Held['labels'],
  prior: Float64Array,
  domain: Domain,
  groups: readonly number[] = scores.map((_, n) => n),
  folds = 5,
): Answers {
  const order = shuffled(Math.max(...groups) + 1, createRandom(SEED + 1));
  const foldOf = (n: number): number => order[groups[n]!]! % folds;
  const calibrations = Array.from({ length: folds }, (_, fold) => {
    const others = (_row: unknown, n: number): boolean => foldOf(n) !== fold;
    return fitCalibration(scores.filter(others), labels.filter(others), prior, domain);
  });
  return answersOf(scores.map((row, n) => calibrate(row, calibrations[foldOf(n)]!)));
}

/** The least probability from which the first answer was right `share` of the time; null where there is none. */
export function sureFrom({ probabilities }: Answers, labels: Held['labels'], share = 0.8): number | null {
  const firsts = probabilities.map((row, n) => {
    const probability = Math.max(...row);
    return { probability, right: labels[n]![row.indexOf(probability)] === 1 };
  });
  const grid = Array.from({ length: 13 }, (_, i) => 0.3 + i * 0.05);
  return (
    grid.find((from) => {
      const own = firsts.filter(({ probability }) => probability >= from);
      return own.length >= 5 && own.filter(({ right }) => right).length >= share * own.length;
    }) ?? null
  );
}

/** Share of items with each genre. */
export function sharesOf(labels: Held['labels']): Float64Array {
  return Float64Array.from(GENRES, (_, g) => labels.reduce((sum, row) => sum + row[g]!, 0) / labels.length);
}

export interface Figures {
  readonly macroAuc: number;
  readonly macroAp: number;
  /** Of genres that at least five of the items have: a genre of one film cannot be learnt while that film is held out. */
  readonly macroApOfFive: number;
  readonly topThreeRecall: number;
  readonly differentTopThrees: number;
  /** Expected calibration error over all 26 genres, and over those that occur. null for scores that are no probabilities. */
  readonly ece: number | null;
  readonly eceOccurring: number | null;
}

export function figuresOf(
  { probabilities, ranking }: Answers,
  labels: Held['labels'],
  areProbabilities = true,
): Figures {
  const occurring = GENRES.map((_, g) => g).filter((g) => labels.some((row) => row[g] === 1));
  const only = (row: Float32Array | readonly number[]): number[] => occurring.map((g) => row[g]!);
  return {
    macroAuc: macro(auc, probabilities, labels),
    macroAp: macro(averagePrecision, probabilities, labels),
    macroApOfFive: macro(averagePrecision, probabilities, labels, 5),
    topThreeRecall: topThreeRecall(ranking, labels),
    differentTopThrees: differentTopThrees(ranking),
    ece: areProbabilities ? expectedCalibrationError(probabilities, labels) : null,
    eceOccurring: areProbabilities ? expectedCalibrationError(probabilities.map(only), labels.map(only)) : null,
  };
}
