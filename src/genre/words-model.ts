import { join } from 'node:path';
import { z } from 'zod';
import { KinoscopeError } from '../core/errors.js';
import { DATA, loadLearnt } from '../parameters/learnt.js';
import { decodeArrays, encodeArrays, fromHalves, halves, type NumberArray } from './array-file.js';
import { openVectors, type WordVectors } from './word-vectors.js';
import { countWords } from './words.js';

const MetaSchema = z.object({
  genres: z.array(z.string()).min(1),
  /** Log-odds of each genre among films in general. [genres] */
  base: z.array(z.number()),
  /** What a step of a quantised weight is worth, by genre. [genres] */
  steps: z.array(z.number()),
  /** What terms and vectors say, times these and added, is log-odds, for a text of many words; half of it for one of `halfAt` words. */
  slopes: z.object({ terms: z.number(), vectors: z.number() }),
  halfAt: z.number(),
  /** Of a word's vector; and the units of the network that reads a text's (word-vectors.ts). */
  dimensions: z.number().int().positive(),
  units: z.number().int().positive(),
  /** How far pictures and words count where both speak, and what is added, log-odds (combine.ts). */
  product: z.object({ pictures: z.number(), words: z.number(), offset: z.number(), most: z.number().positive() }),
  /** A first probability below this is not sure: of words alone, of pictures and words. */
  sureFrom: z.object({ words: z.number(), both: z.number() }),
  training: z.record(z.string(), z.unknown()),
});
export type WordsMeta = z.infer<typeof MetaSchema>;

/** Everything that is learnt of words. */
export interface WordsParameters {
  readonly meta: WordsMeta;
  /** Words and pieces of words, in the order of their rows. */
  readonly terms: readonly string[];
  /** Inverse document frequency. [terms] */
  readonly idf: Float32Array;
  /** In steps of `meta.steps`, 128 for 0. [terms, genres] */
  readonly weights: Uint8Array;
  readonly vectors: WordVectors;
}

export interface WordsModel {
  readonly meta: WordsMeta;
  /** Changes whenever it may say something else. */
  readonly version: string;
  /**
   * How far a text speaks for each genre, log-odds that its words add to what is usual [genres]; null where it says nothing: too
   * few words, or of another language than the model knows.
   */
  evidence(text: string): Float32Array | null;
}

/** With fewer words that are known, nothing is said. */
const FEWEST_KNOWN = 4;
/**
 * Known words and those of the {@link GRAMMAR} of English, as shares of all, added: less is another language (`bench/genre-words.ts` counts
 * the descriptions that speak). A headline has little grammar, a story with many names few known words.
 */
const LEAST_ENGLISH = 0.8;
/** Frequent English words of which other languages in Latin letters have few. */
const GRAMMAR = new Set(
  (
    'the of and to his her with who from that they she their by when after is are it into but this has up while him them not be have an which its ' +
    'in a on for at as was were or there where what how all out can one must will about before between over through while during against these'
  ).split(' '),
);

/** The terms of a text that have a row, and their tf-idf, of length 1. */
export function termVector(
  counts: ReadonlyMap<string, number>,
  rowOf: ReadonlyMap<string, number>,
  idf: Float32Array,
): { rows: number[]; values: number[] } {
  const rows: number[] = [];
  const values: number[] = [];
  let squares = 0;
  for (const [term, count] of counts) {
    const row = rowOf.get(term);
    if (row === undefined) continue;
    const value = (1 + Math.log(count)) * idf[row]!;
    rows.push(row);
    values.push(value);
    squares += value * value;
  }
  const scale = 1 / Math.sqrt(squares || 1);
  return { rows, values: values.map((value) => value * scale) };
}

/** How much of the slope a text of so many known words gets. */
export const trustIn = (known: number, halfAt: number): number => (known === 0 ? 0 : known / (known + halfAt));

/** @param version of the file that holds the parameters */
export function createWordsModel(
  { meta, terms, idf, weights, vectors }: WordsParameters,
  version = 'unnamed',
): WordsModel {
  const meaningOf = openVectors(vectors);
  const rowOf = new Map(terms.map((term, row) => [term, row]));
  const genres = meta.genres.length;
  return {
    meta,
    version,
    evidence(text) {
      const { words, terms: counts } = countWords(text);
      const known = words.filter((word) => rowOf.has(word)).length;
      const grammar = words.filter((word) => GRAMMAR.has(word)).length;
      if (known < FEWEST_KNOWN || known + grammar < LEAST_ENGLISH * words.length) return null;
      const sums = new Float32Array(genres);
      const { rows, values } = termVector(counts, rowOf, idf);
      rows.forEach((row, i) => {
        for (let g = 0; g < genres; g++) sums[g] = sums[g]! + values[i]! * (weights[row * genres + g]! - 128);
      });
      const meaning = meaningOf(words);
      const { slopes, steps } = meta;
      const trust = trustIn(known, meta.halfAt);
      return sums.map((sum, g) => trust * (slopes.terms * steps[g]! * sum + slopes.vectors * meaning[g]!));
    },
  };
}

const separator = '\n';

const textOf = (names: readonly string[]): Uint8Array => new TextEncoder().encode(names.join(separator));

export function encodeWords({ meta, terms, idf, weights, vectors }: WordsParameters): Uint8Array {
  const { mean, scale, network, offset } = vectors.reader;
  const { linear, units, bias, answers } = network;
  return encodeArrays(meta, {
    'terms': textOf(terms),
    'idf': halves(idf),
    weights,
    'vectors.words': textOf(vectors.words),
    'vectors.values': vectors.values,
    'vectors.steps': halves(vectors.steps),
    ...Object.fromEntries(
      Object.entries({ mean, scale, linear, units, bias, answers, offset }).map(([name, array]) => [
        `reader.${name}`,
        array,
      ]),
    ),
  });
}

/** @throws KinoscopeError `unavailable` when the bytes are no such parameters */
export function decodeWords(file: Uint8Array): WordsParameters {
  const { meta: header, arrays } = decodeArrays(file);
  const damaged = new KinoscopeError('unavailable', 'The parameters of the words are damaged');
  const parsed = MetaSchema.safeParse(header);
  if (!parsed.success) throw damaged;
  const meta = parsed.data;
  const of = <T extends NumberArray>(Type: abstract new (...args: never) => T, name: string, length?: number): T => {
    const array = arrays[name];
    if (array instanceof Type && (length === undefined || array.length === length)) return array;
    throw damaged;
  };
  const namesIn = (name: string): string[] => new TextDecoder().decode(of(Uint8Array, name)).split(separator);
  const terms = namesIn('terms');
  const words = namesIn('vectors.words');
  const { genres, dimensions, units } = { ...meta, genres: meta.genres.length };
  const reader = (name: string, length: number): Float32Array => of(Float32Array, `reader.${name}`, length);
  return {
    meta,
    terms,
    idf: fromHalves(of(Uint16Array, 'idf', terms.length)),
    weights: of(Uint8Array, 'weights', terms.length * genres),
    vectors: {
      words,
      values: of(Uint8Array, 'vectors.values', words.length * dimensions),
      steps: fromHalves(of(Uint16Array, 'vectors.steps', words.length)),
      reader: {
        mean: reader('mean', dimensions),
        scale: reader('scale', dimensions),
        network: {
          linear: reader('linear', genres * dimensions),
          units: reader('units', units * dimensions),
          bias: reader('bias', units),
          answers: reader('answers', genres * units),
        },
        offset: reader('offset', genres),
      },
    },
  };
}

let shared: WordsModel | null = null;

/** That of data/, read once. */
export function wordsModel(): WordsModel {
  if (!shared) {
    const { value, version } = loadLearnt(join(DATA, 'genre-words.bin'), decodeWords);
    shared = createWordsModel(value, version);
  }
  return shared;
}
