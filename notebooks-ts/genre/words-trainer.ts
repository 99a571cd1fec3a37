import {
  readVector,
  standardVector,
  textVector,
  type VectorReader,
  type WordVectors,
} from '../../src/genre/word-vectors.js';
import { termVector } from '../../src/genre/words-model.js';
import { countWords, type WordCounts } from '../../src/genre/words.js';
import { GENRES } from './dataset.js';
import type { Description } from './descriptions.js';
import { type Glove } from './glove.js';
import { averageHeads, type HiddenOptions, type TrainedHeads, trainHiddenHeads } from './hidden-heads.js';
import { type Rows, rowsOf, timesTransposed } from './matrix.js';
import { principalDirections } from './principal.js';
import { createRandom, shuffled } from './random.js';
import { inSteps } from './steps.js';

export interface WordsOptions {
  /** Films that a term must occur in. */
  readonly leastFilms: number;
  /** Penalty on the squared weights, in films. */
  readonly ridge: number;
  readonly epochs: number;
  readonly rate: number;
  readonly seed: number;
}

export const WORDS_OPTIONS: WordsOptions = { leastFilms: 4, ridge: 0.3, epochs: 10, rate: 0.4, seed: 20261129 };

/** How the vectors of texts are read. */
export const VECTORS_OPTIONS = {
  /** Principal components of the texts' vectors. */
  dimensions: 64,
  networks: 3,
  /** Words whose vectors are kept: the most frequent of English, and those that so many films are told with. */
  frequent: 15_000,
  leastFilms: 2,
  hidden: { units: 128, dropout: 0.4, epochs: 15, rate: 3e-3, batch: 128, seed: 20261129 } satisfies HiddenOptions,
} as const;

/** Heads as they come from training: not quantised, not calibrated. */
export interface TrainedWords {
  readonly terms: readonly string[];
  readonly rowOf: ReadonlyMap<string, number>;
  readonly idf: Float32Array;
  /** [terms, genres] */
  readonly weights: Float32Array;
  readonly reader: VectorReader;
  /** A word's vector; null where it has none. [dimensions] */
  vectorOf(word: string): Float32Array | null;
}

type Terms = Pick<TrainedWords, 'terms' | 'rowOf' | 'idf'>;

/** Counting costs as much as training, so folds share it. */
const counted = new WeakMap<Description, WordCounts>();
export function countsOf(description: Description): WordCounts {
  const counts = counted.get(description) ?? countWords(description.text);
  counted.set(description, counts);
  return counts;
}

function chooseTerms(films: readonly Description[], least: number): Terms {
  const frequency = new Map<string, number>();
  for (const film of films)
    for (const term of countsOf(film).terms.keys()) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  const terms = [...frequency.keys()].filter((term) => frequency.get(term)! >= least).sort();
  return {
    terms,
    rowOf: new Map(terms.map((term, row) => [term, row])),
    idf: Float32Array.from(terms, (term) => Math.log((1 + films.length) / (1 + frequency.get(term)!)) + 1),
  };
}

/** Log-odds of each genre among those films whose label tells of it. */
function logOdds(labels: readonly Int8Array[]): Float64Array {
  return Float64Array.from(GENRES, (_, g) => {
    const known = labels.filter((row) => row[g]! >= 0);
    const share = (known.filter((row) => row[g] === 1).length + 0.5) / (known.length + 1);
    return Math.log(share / (1 - share));
  });
}

/**
 * One logistic regression for each genre on tf-idf of words and pieces of words, by stochastic gradient descent with a step of its
 * own for each weight (AdaGrad, Duchi et al. 2011). What a label does not tell trains nothing.
 */
function trainTerms(
  films: readonly Description[],
  labels: readonly Int8Array[],
  { terms, rowOf, idf }: Terms,
): Float32Array {
  const { ridge, epochs, rate, seed } = WORDS_OPTIONS;
  const vectors = films.map((film) => termVector(countsOf(film).terms, rowOf, idf));
  const prior = logOdds(labels);
  const genres = GENRES.length;
  const penalty = new Float32Array(terms.length);
  for (const { rows } of vectors) for (const row of rows) penalty[row] = penalty[row]! + 1;
  penalty.forEach((films_, row) => (penalty[row] = ridge / films_));
  const weights = new Float32Array(terms.length * genres);
  const squares = new Float32Array(terms.length * genres).fill(1e-4);
  const random = createRandom(seed);
  const miss = new Float64Array(genres);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const step = rate * (1 - epoch / epochs);
    for (const n of shuffled(films.length, random)) {
      const { rows, values } = vectors[n]!;
      miss.set(prior);
      for (let i = 0; i < rows.length; i++) {
        const [value, at] = [values[i]!, rows[i]! * genres];
        for (let g = 0; g < genres; g++) miss[g] = miss[g]! + value * weights[at + g]!;
      }
      const own = labels[n]!;
      for (let g = 0; g < genres; g++) miss[g] = own[g]! < 0 ? 0 : 1 / (1 + Math.exp(-miss[g]!)) - own[g]!;
      for (let i = 0; i < rows.length; i++) {
        const [value, at, pull] = [values[i]!, rows[i]! * genres, penalty[rows[i]!]!];
        for (let w = at; w < at + genres; w++) {
          const slope = miss[w - at]! * value + pull * weights[w]!;
          squares[w] = squares[w]! + slope * slope;
          weights[w] = weights[w]! - (step * slope) / Math.sqrt(squares[w]!);
        }
      }
    }
  }
  return weights;
}

/** How many films are told with each word. */
function frequencies(films: readonly Description[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const film of films)
    for (const word of new Set(countsOf(film).words)) found.set(word, (found.get(word) ?? 0) + 1);
  return found;
}

/** A network of one hidden layer, from several seeds, on the standardised vectors of texts. */
async function trainReader(
  films: readonly Description[],
  labels: readonly Int8Array[],
  glove: Glove,
): Promise<Pick<TrainedWords, 'reader' | 'vectorOf'>> {
  const { dimensions, networks, hidden } = VECTORS_OPTIONS;
  const frequency = frequencies(films);
  const idfOf = (word: string): number => Math.log((1 + films.length) / (1 + (frequency.get(word) ?? 0))) + 1;
  const width = glove.rows.width;
  const raw = rowsOf(films.length, width);
  films.forEach((film, n) =>
    raw.data.set(
      textVector(countsOf(film).words, width, (word, factor, sum) => {
        const vector = glove.vectorOf(word);
        const weight = factor * idfOf(word);
        vector?.forEach((value, i) => (sum[i] = sum[i]! + weight * value));
      }),
      n * width,
    ),
  );
  const mean = meanRow(raw);
  const centred = rowsOf(
    raw.count,
    width,
    raw.data.map((value, i) => value - mean[i % width]!),
  );
  const directions = await principalDirections(centred, dimensions, hidden.seed);
  const vectorOf = (word: string): Float32Array | null => {
    const vector = glove.vectorOf(word);
    if (!vector) return null;
    const weight = idfOf(word);
    return timesTransposed(rowsOf(1, width, Float32Array.from(vector)), directions).data.map((value) => value * weight);
  };
  const add = adding(vectorOf);
  const texts = films.map((film) => textVector(countsOf(film).words, dimensions, add));
  const standard = standardOf(texts);
  const rows = rowsOf(films.length, dimensions);
  texts.forEach((text, n) => rows.data.set(standardVector(text, standard), n * dimensions));
  const part = {
    rows,
    labels: Int8Array.from(labels.flatMap((row) => Array.from(row))),
    weights: new Float32Array(films.length).fill(1),
  };
  const heads: TrainedHeads[] = [];
  for (let n = 0; n < networks; n++)
    heads.push(await trainHiddenHeads([part], GENRES.length, { ...hidden, seed: hidden.seed + n }));
  const prior = logOdds(labels);
  const offset = Float32Array.from(
    prior,
    (usual, g) => heads.reduce((sum, { intercepts }) => sum + intercepts[g]!, 0) / networks - usual,
  );
  return { reader: { ...standard, network: averageHeads(heads), offset }, vectorOf };
}

/** Each word's vector is asked for once. */
function adding(vectorOf: TrainedWords['vectorOf']): (word: string, factor: number, sum: Float32Array) => void {
  const known = new Map<string, Float32Array | null>();
  return (word, factor, sum) => {
    const vector = known.has(word) ? known.get(word)! : vectorOf(word);
    known.set(word, vector);
    vector?.forEach((value, i) => (sum[i] = sum[i]! + factor * value));
  };
}

function meanRow(rows: Rows): Float32Array {
  const sum = new Float64Array(rows.width);
  rows.data.forEach((value, i) => (sum[i % rows.width] = sum[i % rows.width]! + value));
  return Float32Array.from(sum, (value) => value / rows.count);
}

/** Half-way between leaving the components as they are, and giving all the same say. */
function standardOf(texts: readonly Float32Array[]): Pick<VectorReader, 'mean' | 'scale'> {
  const mean = texts[0]!.map((_, i) => texts.reduce((sum, text) => sum + text[i]!, 0) / texts.length);
  const scale = mean.map(
    (middle, i) => (texts.reduce((sum, text) => sum + (text[i]! - middle) ** 2, 0) / texts.length) ** -0.25,
  );
  return { mean, scale };
}

/** Linear heads on tf-idf, and a network on the vectors of texts. */
export async function trainWords(films: readonly Description[], glove: Glove): Promise<TrainedWords> {
  const labels = films.map(({ genres: own, unknown }) =>
    Int8Array.from(GENRES, (genre) => (unknown.includes(genre) ? -1 : Number(own.includes(genre)))),
  );
  const terms = chooseTerms(films, WORDS_OPTIONS.leastFilms);
  return { ...terms, weights: trainTerms(films, labels, terms), ...(await trainReader(films, labels, glove)) };
}

/** The vectors that are kept. */
export function keptVectors(
  { vectorOf, reader }: TrainedWords,
  films: readonly Description[],
  glove: Glove,
): WordVectors {
  const { frequent, leastFilms } = VECTORS_OPTIONS;
  const frequency = frequencies(films);
  const words = glove.words.filter((word, rank) => rank < frequent || (frequency.get(word) ?? 0) >= leastFilms);
  const vectors = words.flatMap((word) => Array.from(vectorOf(word)!));
  return { words, ...inSteps(Float32Array.from(vectors), reader.mean.length), reader };
}

/** What trained heads say of a text, before it is scaled: terms, and vectors. [genres] */
export interface RawEvidence {
  readonly sums: Float32Array;
  readonly meaning: Float32Array;
  /** Words of the text that are terms. */
  readonly known: number;
}

export function rawEvidence(
  { rowOf, idf, weights, reader, vectorOf }: TrainedWords,
  { words, terms }: WordCounts,
): RawEvidence {
  const sums = new Float32Array(GENRES.length);
  const { rows, values } = termVector(terms, rowOf, idf);
  rows.forEach((row, i) => {
    for (let g = 0; g < sums.length; g++) sums[g] = sums[g]! + values[i]! * weights[row * sums.length + g]!;
  });
  const meaning = readVector(textVector(words, reader.mean.length, adding(vectorOf)), reader);
  return { sums, meaning, known: words.filter((word) => rowOf.has(word)).length };
}

/** Weights in 255 steps of one size for each genre. */
export function quantise(weights: Float32Array): { weights: Uint8Array; steps: number[] } {
  const genres = GENRES.length;
  const steps = GENRES.map((_, g) => {
    let most = 0;
    for (let w = g; w < weights.length; w += genres) most = Math.max(most, Math.abs(weights[w]!));
    return most / 127 || 1;
  });
  return { weights: Uint8Array.from(weights, (weight, w) => 128 + Math.round(weight / steps[w % genres]!)), steps };
}
