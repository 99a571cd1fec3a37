import { termVector } from '../../src/genre/words-model.js';
import { countWords, type WordCounts } from '../../src/genre/words.js';
import { GENRES } from './dataset.js';
import type { Description } from './descriptions.js';
import { createRandom, shuffled } from './random.js';

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

/** Heads as they come from training: not quantised, not calibrated. */
export interface TrainedWords {
  readonly terms: readonly string[];
  readonly rowOf: ReadonlyMap<string, number>;
  readonly idf: Float32Array;
  /** [terms, genres] */
  readonly weights: Float32Array;
}

/** Counting costs as much as training, so folds share it. */
const counted = new WeakMap<Description, WordCounts>();
export function countsOf(description: Description): WordCounts {
  const counts = counted.get(description) ?? countWords(description.text);
  counted.set(description, counts);
  return counts;
}

function chooseTerms(films: readonly Description[], least: number): Pick<TrainedWords, 'terms' | 'rowOf' | 'idf'> {
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
export function trainWords(films: readonly Description[], options: WordsOptions = WORDS_OPTIONS): TrainedWords {
  const { leastFilms, ridge, epochs, rate, seed } = options;
  const { terms, rowOf, idf } = chooseTerms(films, leastFilms);
  const vectors = films.map((film) => termVector(countsOf(film).terms, rowOf, idf));
  const labels = films.map(({ genres: own, unknown }) =>
    Int8Array.from(GENRES, (genre) => (unknown.includes(genre) ? -1 : Number(own.includes(genre)))),
  );
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
  return { terms, rowOf, idf, weights };
}

/** What trained heads add to the log-odds of each genre, for words that are known by `known` of their number. */
export function rawEvidence(
  { rowOf, idf, weights }: TrainedWords,
  { words, terms }: WordCounts,
): { sums: Float32Array; known: number; share: number } {
  const sums = new Float32Array(GENRES.length);
  const { rows, values } = termVector(terms, rowOf, idf);
  rows.forEach((row, i) => {
    for (let g = 0; g < sums.length; g++) sums[g] = sums[g]! + values[i]! * weights[row * sums.length + g]!;
  });
  const known = words.filter((word) => rowOf.has(word)).length;
  return { sums, known, share: known / Math.max(words.length, 1) };
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
