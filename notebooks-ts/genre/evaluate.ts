import { type Calibration, calibrate } from '../../src/genre/genre-model.js';
import { type ShrinkageParameters, shrinkageOf } from '../../src/genre/shrinkage.js';
import { calibratedLoss, fitCalibration, least, logOdds } from './calibrate.js';
import { type Corpus, filterPart, hasGenre, isKnown, type Labels, labelsOf, type Part } from './corpus.js';
import { GENRES, type Item, type SetName } from './dataset.js';
import { forestAnswer } from './forest.js';
import { rowOf } from './matrix.js';
import { createRandom, shuffled } from './random.js';
import { evidenceOf, type HeadOptions, networkAnswers, SEED, trainHeads, unseenEvidence } from './train.js';

/** Scores of the pictures of films (or of single posters) that took no part in training. */
export interface Held {
  /** [items][pictures], each [genres]. */
  readonly forest: readonly (readonly Float32Array[])[];
  readonly network: readonly (readonly Float32Array[])[];
  /** [items] */
  readonly items: readonly Item[];
  readonly titles: readonly string[];
  readonly labels: Labels;
}

/** Scores of every item's pictures, the forest's and the network's mixed. */
export const mixed = ({ network, forest }: Held, forestShare: number): Float32Array[][] =>
  network.map((pictures, i) =>
    pictures.map((row, n) => row.map((value, g) => forestShare * forest[i]![n]![g]! + (1 - forestShare) * value)),
  );

export const meanOf = (rows: readonly Float32Array[]): Float32Array =>
  Float32Array.from(GENRES, (_, g) => rows.reduce((sum, row) => sum + row[g]!, 0) / Math.max(rows.length, 1));

/** Variance of pictures inside films over the variance between films, from the films with several pictures. */
export function fitShrinkage(scores: readonly (readonly Float32Array[])[]): ShrinkageParameters {
  const several = scores.filter((pictures) => pictures.length > 1);
  if (several.length < 2) return { ratio: 0 };
  const means = several.map(meanOf);
  const squares = (row: Float32Array, around: Float32Array): number =>
    row.reduce((sum, value, g) => sum + (value - around[g]!) ** 2, 0);
  const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const within = several.map(
    (pictures, i) => pictures.reduce((sum, row) => sum + squares(row, means[i]!), 0) / (pictures.length - 1),
  );
  const centre = meanOf(means);
  // The means of films differ by chance too: that part is not between films.
  const between =
    average(means.map((mean) => squares(mean, centre))) - average(within.map((value, i) => value / several[i]!.length));
  return { ratio: average(within) / Math.max(between, average(within) / 100) };
}

/** The corpus without some films, in whatever set they occur. */
export function without(corpus: Corpus, titles: ReadonlySet<string>): Corpus {
  const keep = (part: Part): Part => filterPart(part, ({ title }) => !titles.has(title));
  return { trailers: keep(corpus.trailers), stills: keep(corpus.stills), posters: keep(corpus.posters) };
}

async function hold(part: Part, training: Corpus, options: HeadOptions): Promise<Held> {
  const { linear, forest, network } = await trainHeads(training, options, unseenEvidence(training, options));
  const evidence = evidenceOf(part, linear);
  const byItem = (values: readonly Float32Array[]): Float32Array[][] => {
    const grouped = part.items.map((): Float32Array[] => []);
    values.forEach((row, n) => grouped[part.itemOf[n]!]!.push(row));
    return grouped;
  };
  return {
    forest: byItem(Array.from({ length: evidence.count }, (_, n) => forestAnswer(forest, rowOf(evidence, n)))),
    network: byItem(networkAnswers(part, network)),
    items: part.items,
    titles: part.items.map(({ title }) => title),
    labels: part.items.map(labelsOf),
  };
}

/** Every trailer, scored by heads that saw no picture of any of the trailers' films. */
export function holdTrailers(corpus: Corpus, options: HeadOptions): Promise<Held> {
  const titles = new Set(corpus.trailers.items.map(({ title }) => title));
  return hold(corpus.trailers, without(corpus, titles), options);
}

export const FOLDS = 5;

/** The fold of each title, the same whatever the order and for all who ask with these titles. */
export function foldsOf(titles: readonly string[], seed = SEED): ReadonlyMap<string, number> {
  const sorted = [...new Set(titles)].sort();
  const order = shuffled(sorted.length, createRandom(seed));
  return new Map(sorted.map((title, i) => [title, order[i]! % FOLDS]));
}

/** By title: every picture of a set, scored by heads that never saw its film. */
export async function holdFolds(
  corpus: Corpus,
  set: SetName,
  options: HeadOptions,
  onFold: (fold: number) => void = () => undefined,
): Promise<Held> {
  const foldOf = foldsOf(corpus[set].items.map(({ title }) => title));
  const parts: Held[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    onFold(fold);
    const out = new Set([...foldOf].filter(([, own]) => own === fold).map(([title]) => title));
    parts.push(
      await hold(
        filterPart(corpus[set], ({ title }) => out.has(title)),
        without(corpus, out),
        options,
      ),
    );
  }
  return {
    forest: parts.flatMap(({ forest }) => forest),
    network: parts.flatMap(({ network }) => network),
    items: parts.flatMap(({ items }) => items),
    titles: parts.flatMap(({ titles }) => titles),
    labels: parts.flatMap(({ labels }) => labels),
  };
}

export const select = (held: Held, keep: (item: number) => boolean): Held => {
  const some = <T>(rows: readonly T[]): T[] => rows.filter((_, i) => keep(i));
  return {
    forest: some(held.forest),
    network: some(held.network),
    items: some(held.items),
    titles: some(held.titles),
    labels: some(held.labels),
  };
};

/** Share of items with each genre, of those whose label tells. */
export function sharesOf(labels: Labels): Float64Array {
  return Float64Array.from(GENRES, (_, g) => {
    const told = labels.filter((row) => isKnown(row, g));
    return told.filter((row) => hasGenre(row, g)).length / Math.max(told.length, 1);
  });
}

/** All that is chosen after the heads are trained, for one kind of pictures. */
export interface Decision {
  readonly forestShare: number;
  readonly shrinkage: ShrinkageParameters;
  readonly prior: Float64Array;
  readonly calibration: Calibration;
}

const FOREST_SHARES = [0, 1 / 4, 1 / 2];
/** Log-odds by which pictures can move a genre away from how common it is. */
const SATURATIONS = [3, 4, 6, 10];

/**
 * Chooses everything by the loss on held scores: the mixture, the bound, the calibration. A film has as many samples as pictures.
 * @param forestShares @param saturations to choose from
 */
export function decide(held: Held, forestShares = FOREST_SHARES, saturations = SATURATIONS): Decision {
  const prior = sharesOf(held.labels);
  const candidates = forestShares.flatMap((forestShare) => {
    const pictures = mixed(held, forestShare);
    const shrinkage = fitShrinkage(pictures);
    const factors = pictures.map(({ length }) => shrinkageOf(length, shrinkage));
    const scores = pictures.map(meanOf);
    return saturations.map((saturation) => {
      const calibration = fitCalibration(scores, held.labels, { prior, saturation, shrinkage: factors });
      const loss = calibratedLoss(scores, held.labels, calibration, factors);
      return { decision: { forestShare, shrinkage, prior, calibration }, loss };
    });
  });
  return least(candidates, ({ loss }) => loss).decision;
}

/** Log-odds of every genre for held items, by what was decided elsewhere. [items] */
export const applyDecision = (
  held: Held,
  { forestShare, shrinkage, calibration }: Decision,
  sampleSizeOf: (pictures: readonly Float32Array[]) => number = ({ length }) => length,
): Float32Array[] =>
  mixed(held, forestShare).map((pictures) =>
    calibrate(meanOf(pictures), calibration, shrinkageOf(sampleSizeOf(pictures), shrinkage)),
  );

/** What was decided on stills, for the frames of films: other films are usual, and other scores. */
export function forFilms(decision: Decision, prior: Float64Array, scores: readonly Float32Array[]): Decision {
  const { calibration } = decision;
  const shift = (share: number, g: number): number => logOdds(share) - logOdds(decision.prior[g]!);
  return {
    ...decision,
    prior,
    calibration: {
      ...calibration,
      centre: meanOf(scores),
      base: calibration.base.map((value, g) => value + shift(prior[g]!, g)),
    },
  };
}

/** Log-odds of every item, each calibrated by the folds that it is not in; mixture and bound are those of a decision. */
export function calibrateFolds(held: Held, { forestShare, calibration }: Decision, seed = SEED): Float32Array[] {
  const foldOf = foldsOf(held.titles, seed);
  const answers: Float32Array[] = new Array<Float32Array>(held.titles.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const inside = (i: number): boolean => foldOf.get(held.titles[i]!) === fold;
    const decision = decide(
      select(held, (i) => !inside(i)),
      [forestShare],
      [calibration.saturation[0]!],
    );
    const logits = applyDecision(select(held, inside), decision);
    let next = 0;
    held.titles.forEach((_, i) => {
      if (inside(i)) answers[i] = logits[next++]!;
    });
  }
  return answers;
}
