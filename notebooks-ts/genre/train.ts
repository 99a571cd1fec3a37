import { networkAnswer } from '../../src/genre/word-vectors.js';
import { type Corpus, filterPart, labelsOf, type Part } from './corpus.js';
import { GENRES, type SetName } from './dataset.js';
import { OUTPUTS } from './features.js';
import { type ForestOptions, trainForest } from './forest-trainer.js';
import { averageHeads, type HiddenHeads, type HiddenOptions, movesOf, trainHiddenHeads } from './hidden-heads.js';
import { genreShares, type Labelled, trainLinearHeads } from './linear-heads.js';
import {
  concatRows,
  type Rows,
  rowOf,
  rowsOf,
  selectRows,
  timesTransposed,
  transpose,
  transposedTimes,
} from './matrix.js';
import { principalDirections } from './principal.js';
import { product } from './product.js';
import { createRandom, shuffled } from './random.js';
import type { Heads, Kind } from './scorer-graph.js';

export const SEED = 20261121;
export const DIMENSIONS = 256;

/** How the heads are trained. Chosen on the stills and posters by 5-fold cross-validation, and kept. */
export interface HeadOptions {
  readonly ridge: number;
  /** Weight of a set's pictures against a film still's, on average. */
  readonly setWeight: Readonly<Record<SetName, number>>;
  readonly forest: ForestOptions;
  readonly network: EnsembleOptions;
}

export interface EnsembleOptions extends HiddenOptions {
  /** How many, of seeds that follow each other. */
  readonly networks: number;
}

const FOREST: ForestOptions = { trees: 200, tried: 8, leafRows: 20, sample: 0.7, seed: SEED };
const NETWORK: EnsembleOptions = {
  networks: 3,
  units: 64,
  dropout: 0.4,
  epochs: 8,
  rate: 2e-3,
  batch: 128,
  seed: SEED,
};

/**
 * The frames of trailers align and calibrate, but do not train the heads: with 23 trailers, leaving one out moves the
 * shares of its genres against it, and the measured ranking falls (bench/genre.ts has the row).
 */
export const HEAD_OPTIONS: Readonly<Record<Kind, HeadOptions>> = {
  scene: { ridge: 10, setWeight: { stills: 1, posters: 0.5, trailers: 0 }, forest: FOREST, network: NETWORK },
  poster: { ridge: 10, setWeight: { stills: 0.3, posters: 1, trailers: 0 }, forest: FOREST, network: NETWORK },
};

export interface Standard {
  readonly mean: Float32Array;
  readonly spread: Float32Array;
}

/** A picture counts less, the more its film has of them. */
export function pictureWeights({ items, itemOf }: Part, power: number): Float32Array {
  const counts = new Float32Array(items.length);
  for (const item of itemOf) counts[item] = counts[item]! + 1;
  const weights = Float32Array.from(itemOf, (item) => counts[item]! ** -power);
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / Math.max(weights.length, 1);
  return weights.map((weight) => weight / mean);
}

/** Below this spread a value is noise: it is not blown up. */
const LEAST_SPREAD = 1e-3;

/**
 * Mean and spread of every value over a domain, each film counting the same. The spread carries the weight of its
 * output: its say in a descriptor is its share, however many values it has.
 */
export function standardOf(part: Part): Standard {
  const { rows } = part;
  const weights = pictureWeights(part, 1);
  const sum = new Float64Array(rows.width);
  const squares = new Float64Array(rows.width);
  for (let n = 0; n < rows.count; n++) {
    for (let i = 0; i < rows.width; i++) {
      const value = rows.data[n * rows.width + i]!;
      sum[i] = sum[i]! + weights[n]! * value;
      squares[i] = squares[i]! + weights[n]! * value * value;
    }
  }
  const mean = Float32Array.from(sum, (value) => value / rows.count);
  const spread = Float32Array.from(squares, (value, i) =>
    Math.sqrt(Math.max(value / rows.count - (sum[i]! / rows.count) ** 2, 0)),
  );
  let at = 0;
  for (const { size, share } of OUTPUTS) {
    const block = Math.sqrt(size / share);
    for (let i = 0; i < size; i++, at++) spread[at] = (spread[at]! + LEAST_SPREAD) * block;
  }
  return { mean, spread };
}

export function standardise({ count, width, data }: Rows, { mean, spread }: Standard): Rows {
  const out = rowsOf(count, width);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < width; i++) out.data[n * width + i] = (data[n * width + i]! - mean[i]!) / spread[i]!;
  }
  return out;
}

/** Pictures on which the principal directions are found: more do not change them. */
const PRINCIPAL_SAMPLE = 2400;

/** The directions of stills and posters alone; no trailer takes part. */
export function findProjection(corpus: Corpus): Promise<Rows> {
  const random = createRandom(SEED);
  const halves = (['stills', 'posters'] as const).map((set) => {
    const { rows } = corpus[set];
    return standardise(
      selectRows(rows, shuffled(rows.count, random).slice(0, PRINCIPAL_SAMPLE / 2)),
      standardOf(corpus[set]),
    );
  });
  return principalDirections(concatRows(halves), DIMENSIONS, SEED);
}

/** Every picture standardised for its domain and projected. Labels play no part, so this is done once for all folds. */
export async function projectCorpus(corpus: Corpus, projection: Rows): Promise<Corpus> {
  const project = async (part: Part): Promise<Part> => ({
    ...part,
    rows: await product(standardise(part.rows, standardOf(part)), projection, 'second'),
  });
  return {
    trailers: await project(corpus.trailers),
    stills: await project(corpus.stills),
    posters: await project(corpus.posters),
  };
}

/** Every item's pictures standardised by what the other items look like, and projected. [pictures, dimensions] */
export async function projectLeavingOut(part: Part, projection: Rows): Promise<Rows> {
  const out = rowsOf(part.rows.count, projection.count);
  for (const [item] of part.items.entries()) {
    const others = standardOf(filterPart(part, (_, index) => index !== item));
    const own = filterPart(part, (_, index) => index === item);
    const projected = await product(standardise(own.rows, others), projection, 'second');
    let next = 0;
    part.itemOf.forEach((of, n) => {
      if (of === item) out.data.set(rowOf(projected, next++), n * projection.count);
    });
  }
  return out;
}

/** Heads over projected pictures: [dimensions] where those that are served have [descriptor]. */
export interface ProjectedHeads extends Heads {
  readonly linear: Float32Array<ArrayBuffer>;
  readonly network: HiddenHeads;
}

export function labelledOf(part: Part, weight: number): Labelled {
  const perItem = part.items.map(labelsOf);
  return {
    rows: part.rows,
    labels: Int8Array.from(Array.from(part.itemOf).flatMap((item) => perItem[item]!)),
    weights: pictureWeights(part, 0.5).map((value) => value * weight),
  };
}

/** Linear evidence of every picture, [pictures, genres]. */
export const evidenceOf = ({ rows }: Part, linear: Float32Array<ArrayBuffer>): Rows =>
  timesTransposed(rows, rowsOf(GENRES.length, rows.width, linear));

/** What a network answers for every picture, [pictures][genres]. */
export function networkAnswers({ rows }: Part, network: HiddenHeads): Float32Array[] {
  const [linear, units] = [network.linear, network.units].map((matrix) =>
    timesTransposed(rows, rowsOf(matrix.length / rows.width, rows.width, matrix)),
  ) as [Rows, Rows];
  return Array.from({ length: rows.count }, (_, n) => networkAnswer(network, rowOf(linear, n), rowOf(units, n)));
}

/** Heads over projected pictures as heads over standardised descriptors. */
export function unproject({ linear, forest, network }: ProjectedHeads, projection: Rows): Heads {
  const widen = (matrix: Float32Array<ArrayBuffer>): Float32Array =>
    transposedTimes(transpose(rowsOf(matrix.length / projection.count, projection.count, matrix)), projection).data;
  return {
    linear: widen(linear),
    forest,
    network: { ...network, linear: widen(network.linear), units: widen(network.units) },
  };
}

/** Folds of the pictures on whose evidence the forest is trained. */
const FOLDS = 5;

type Used = readonly (readonly [SetName, Part])[];

const usedOf = (parts: Partial<Corpus>, { setWeight }: HeadOptions): Used =>
  (Object.entries(parts) as [SetName, Part][]).filter(([set, part]) => setWeight[set] > 0 && part.rows.count > 0);

const labelledAll = (used: Used, { setWeight }: HeadOptions): Labelled[] =>
  used.map(([set, part]) => labelledOf(part, setWeight[set]));

/** Shares of the genres in all parts together. */
function sharesOfAll(parts: readonly Labelled[]): Float64Array {
  const joined = {
    rows: rowsOf(
      parts.reduce((sum, { rows }) => sum + rows.count, 0),
      0,
    ),
    labels: Int8Array.from(parts.flatMap(({ labels }) => Array.from(labels))),
    weights: Float32Array.from(parts.flatMap(({ weights }) => Array.from(weights))),
  };
  return genreShares(joined, GENRES.length);
}

/** One draw of seeds moves the ranking of two dozen trailers by .015: the mean of several moves it less. */
async function trainEnsemble(
  parts: readonly Labelled[],
  { networks, ...options }: EnsembleOptions,
): Promise<HiddenHeads> {
  const heads: HiddenHeads[] = [];
  for (let n = 0; n < networks; n++)
    heads.push(await trainHiddenHeads(parts, GENRES.length, { ...options, seed: options.seed + n }));
  return movesOf(averageHeads(heads), sharesOfAll(parts));
}

const trainLinear = (used: Used, options: HeadOptions): Float32Array<ArrayBuffer> =>
  trainLinearHeads(labelledAll(used, options), GENRES.length, options.ridge);

/** Every picture's linear evidence from heads that did not see its film: what a second stage may be trained on. */
export function unseenEvidence(parts: Partial<Corpus>, options: HeadOptions): Labelled[] {
  const used = usedOf(parts, options);
  const titles = [...new Set(used.flatMap(([, { items }]) => items.map(({ title }) => title)))].sort();
  const order = shuffled(titles.length, createRandom(SEED + 2));
  const foldOf = new Map(titles.map((title, i) => [title, order[i]! % FOLDS]));
  return Array.from({ length: FOLDS }, (_, fold) => {
    const split = (inside: boolean): Used =>
      used.map(([set, part]) => [set, filterPart(part, ({ title }) => (foldOf.get(title) === fold) === inside)]);
    const linear = trainLinear(split(false), options);
    return split(true).map(([set, part]) => ({
      ...labelledOf(part, options.setWeight[set]),
      rows: evidenceOf(part, linear),
    }));
  }).flat();
}

/**
 * Linear heads and a network on all pictures, and a forest on the evidence that linear heads give for pictures they were not trained
 * on (the heads of the other folds): the forest learns how far evidence holds, and which go together.
 * @param parts projected; each is weighted as its set is
 */
export async function trainHeads(
  parts: Partial<Corpus>,
  options: HeadOptions,
  unseen = unseenEvidence(parts, options),
): Promise<ProjectedHeads> {
  const used = usedOf(parts, options);
  return {
    linear: trainLinear(used, options),
    forest: trainForest(unseen, GENRES.length, options.forest),
    network: await trainEnsemble(labelledAll(used, options), options.network),
  };
}

/** How common each genre is among films in general: the mean of its shares of the stills' films and of the posters. */
export function filmPrior({ stills, posters }: Corpus): Float64Array {
  const shares = [stills, posters].map((part) => {
    const perItem = part.items.map(labelsOf);
    return genreShares(
      {
        rows: rowsOf(part.items.length, 0),
        labels: Int8Array.from(perItem.flat()),
        weights: new Float32Array(part.items.length).fill(1),
      },
      GENRES.length,
    );
  });
  return shares[0]!.map((share, g) => (share + shares[1]![g]!) / 2);
}
