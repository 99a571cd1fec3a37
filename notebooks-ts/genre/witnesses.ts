import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { combine, type Product } from '../../src/genre/combine.js';
import { trustIn } from '../../src/genre/words-model.js';
import { countWords } from '../../src/genre/words.js';
import { least, logisticLoss, logOdds } from './calibrate.js';
import { hasGenre, isKnown, type Labels, labelsOf } from './corpus.js';
import type { Description } from './descriptions.js';
import { foldsOf, FOLDS, sharesOf } from './evaluate.js';
import type { Glove } from './glove.js';
import {
  countsOf,
  type RawEvidence,
  rawEvidence,
  type TrainedWords,
  trainWords,
  VECTORS_OPTIONS,
  WORDS_OPTIONS,
} from './words-trainer.js';

/** What words say of some films by heads that never saw their descriptions, before it is scaled. */
export interface HeldWords {
  readonly evidence: readonly RawEvidence[];
  readonly labels: Labels;
}

/** The factors to log-odds. */
export interface WordsScale {
  readonly slopes: { readonly terms: number; readonly vectors: number };
  readonly halfAt: number;
}

/** Descriptions are cut to so many words, evenly, when the scale is fitted: titles and taglines come, too. */
const CUTS = [4, 6, 10, 20, Infinity];

/** Where what was scored is kept between runs. */
const FILE = 'models/.training/genre-held-words.json';

/** {@link scoreWords}, or what is there of the same films and options. */
export async function holdWords(films: readonly Description[], glove: Glove): Promise<HeldWords> {
  const key = createHash('sha256')
    .update(JSON.stringify([WORDS_OPTIONS, VECTORS_OPTIONS, CUTS.length, films]))
    .digest('hex');
  if (existsSync(FILE)) {
    const kept = JSON.parse(readFileSync(FILE, 'utf8')) as Kept;
    if (kept.key === key) return { labels: kept.labels, evidence: kept.evidence.map(fromLists) };
  }
  const { evidence, labels } = await scoreWords(films, glove);
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, JSON.stringify({ key, evidence: evidence.map(toLists), labels } satisfies Kept));
  return { evidence, labels };
}

type Lists = Record<'sums' | 'meaning', number[]> & { known: number };
interface Kept {
  readonly key: string;
  readonly evidence: Lists[];
  readonly labels: Labels;
}
const toLists = ({ sums, meaning, known }: RawEvidence): Lists => ({
  sums: Array.from(sums),
  meaning: Array.from(meaning),
  known,
});
const fromLists = ({ sums, meaning, known }: Lists): RawEvidence => ({
  sums: Float32Array.from(sums),
  meaning: Float32Array.from(meaning),
  known,
});

/** By title: each description, and what is left of it when it is short, scored by heads that never saw the film. */
async function scoreWords(films: readonly Description[], glove: Glove): Promise<HeldWords> {
  const foldOf = foldsOf(films.map(({ title }) => title));
  const found: { evidence: RawEvidence; labels: number[] }[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const inside = ({ title }: Description): boolean => foldOf.get(title) === fold;
    const heads = await trainWords(
      films.filter((film) => !inside(film)),
      glove,
    );
    films.filter(inside).forEach((film, n) => {
      const { words } = countsOf(film);
      const most = CUTS[n % CUTS.length]!;
      const counts = most >= words.length ? countsOf(film) : countWords(words.slice(-most).join(' '));
      found.push({ evidence: rawEvidence(heads, counts), labels: labelsOf(film) });
    });
  }
  return { evidence: found.map(({ evidence }) => evidence), labels: found.map(({ labels }) => labels) };
}

/** The scale of the least loss, where the genres are as common as among these films. */
export function fitWordsScale({ evidence, labels }: HeldWords): WordsScale {
  const base = Float32Array.from(sharesOf(labels), logOdds);
  const candidates = [0.2, 0.35, 0.5, 0.65, 0.8, 1].flatMap((terms) =>
    [0.4, 0.6, 0.8, 1, 1.2].flatMap((vectors) =>
      [0, 2, 4, 8].map((halfAt) => ({ slopes: { terms, vectors }, halfAt })),
    ),
  );
  return least(candidates, (scale) =>
    lossOf(
      evidence.map((raw) => add(base, scaled(raw, scale))),
      labels,
    ),
  );
}

export const scaled = ({ sums, meaning, known }: RawEvidence, { slopes, halfAt }: WordsScale): Float32Array => {
  const trust = trustIn(known, halfAt);
  return sums.map((value, g) => trust * (slopes.terms * value + slopes.vectors * meaning[g]!));
};

export const add = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, g) => value + b[g]!);

function lossOf(logits: readonly Float32Array[], labels: Labels): number {
  let sum = 0;
  logits.forEach((row, n) =>
    row.forEach((value, g) => {
      if (isKnown(labels[n]!, g)) sum += logisticLoss(value, hasGenre(labels[n]!, g));
    }),
  );
  return sum;
}

/** How far pictures and words count together, by the loss on films that have both. */
export function fitProduct(
  pictures: readonly Float32Array[],
  evidence: readonly Float32Array[],
  labels: Labels,
): Product {
  const range = (from: number, to: number, step: number): number[] =>
    Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);
  const candidates = range(0.6, 1.2, 0.1).flatMap((ofPictures) =>
    range(0.5, 1.5, 0.1).flatMap((words) =>
      range(-0.3, 0.3, 0.15).flatMap((offset) =>
        [2, 2.5, 3, 4, 8].map((most): Product => ({ pictures: ofPictures, words, offset, most })),
      ),
    ),
  );
  return least(candidates, (product) =>
    lossOf(
      pictures.map((row, n) => combine(row, evidence[n]!, product)),
      labels,
    ),
  );
}

/** What words say of each item; null where it has no description or that says nothing. */
export function wordsOf(
  described: readonly (Description | null)[],
  heads: TrainedWords,
  scale: WordsScale,
): (Float32Array | null)[] {
  return described.map((film) => (film ? scaled(rawEvidence(heads, countsOf(film)), scale) : null));
}
