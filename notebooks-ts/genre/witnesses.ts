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
import { countsOf, rawEvidence, type TrainedWords, trainWords, WORDS_OPTIONS } from './words-trainer.js';

/** What words say of some films by heads that never saw their descriptions, before it is scaled. */
export interface HeldWords {
  readonly sums: readonly Float32Array[];
  /** Known words of each. */
  readonly known: readonly number[];
  readonly labels: Labels;
}

/** The factor from sums to log-odds. */
export interface WordsScale {
  readonly slope: number;
  readonly halfAt: number;
}

/** Descriptions are cut to so many words, evenly, when the scale is fitted: titles and taglines come, too. */
const CUTS = [4, 6, 10, 20, Infinity];

/** Where what was scored is kept between runs. */
const FILE = 'models/.training/genre-held-words.json';

/** {@link scoreWords}, or what is there of the same films and options. */
export function holdWords(films: readonly Description[]): HeldWords {
  const key = createHash('sha256')
    .update(JSON.stringify([WORDS_OPTIONS, CUTS.length, films]))
    .digest('hex');
  if (existsSync(FILE)) {
    const kept = JSON.parse(readFileSync(FILE, 'utf8')) as { key: string; held: HeldWords };
    if (kept.key === key) return { ...kept.held, sums: kept.held.sums.map((row) => Float32Array.from(row)) };
  }
  const held = scoreWords(films);
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, JSON.stringify({ key, held: { ...held, sums: held.sums.map((row) => Array.from(row)) } }));
  return held;
}

/** By title: each description, and what is left of it when it is short, scored by heads that never saw the film. */
function scoreWords(films: readonly Description[]): HeldWords {
  const foldOf = foldsOf(films.map(({ title }) => title));
  const found = Array.from({ length: FOLDS }, (_, fold) => {
    const inside = ({ title }: Description): boolean => foldOf.get(title) === fold;
    const heads = trainWords(films.filter((film) => !inside(film)));
    return films.filter(inside).map((film, n) => {
      const { words } = countsOf(film);
      const most = CUTS[n % CUTS.length]!;
      const counts = most >= words.length ? countsOf(film) : countWords(words.slice(-most).join(' '));
      return { ...rawEvidence(heads, counts), labels: labelsOf(film) };
    });
  }).flat();
  return {
    sums: found.map(({ sums }) => sums),
    known: found.map(({ known }) => known),
    labels: found.map(({ labels }) => labels),
  };
}

/** The scale of the least loss, where the genres are as common as among these films. */
export function fitWordsScale({ sums, known, labels }: HeldWords): WordsScale {
  const base = Float32Array.from(sharesOf(labels), logOdds);
  const slopes = Array.from({ length: 12 }, (_, i) => 0.4 + 0.1 * i);
  return least(
    slopes.flatMap((slope) => [0, 2, 4, 8, 16].map((halfAt) => ({ slope, halfAt }))),
    (scale) =>
      lossOf(
        sums.map((_, n) => add(base, scaled({ sums: sums[n]!, known: known[n]! }, scale))),
        labels,
      ),
  );
}

export const scaled = (
  { sums, known }: { sums: Float32Array; known: number },
  { slope, halfAt }: WordsScale,
): Float32Array => sums.map((value) => value * slope * trustIn(known, halfAt));

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
