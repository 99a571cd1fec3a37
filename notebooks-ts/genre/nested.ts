import { combine, type Product } from '../../src/genre/combine.js';
import { effectiveSampleSize } from '../../src/genre/shrinkage.js';
import { logOdds } from './calibrate.js';
import type { Labels } from './corpus.js';
import { applyDecision, decide, calibrateFolds, type Decision, foldsOf, FOLDS, type Held, select } from './evaluate.js';
import { sureFrom } from './figures.js';
import { SEED } from './train.js';
import { add, fitProduct } from './witnesses.js';

/** Log-odds of films and what is needed to call an answer sure. Words and both: null where there are no words. */
export interface Witnessed {
  readonly pictures: Float32Array[];
  /** As if each first picture were all there is. */
  readonly single: Float32Array[];
  readonly words: (Float32Array | null)[];
  readonly both: (Float32Array | null)[];
  /** Least probability of a sure answer, of each film. */
  readonly sure: { readonly pictures: number; readonly words: number; readonly both: number }[];
}

/** Everything that is chosen on films which took no part in training the heads. */
export interface Choice {
  readonly decision: Decision;
  readonly product: Product;
  readonly sure: { readonly pictures: number; readonly words: number; readonly both: number };
}

const defined = <T>(values: readonly (T | null)[]): T[] => values.filter((value) => value !== null);

/** The words' own answer: what they add to how common the genres are. */
export const wordsAnswer = (prior: Float64Array, evidence: Float32Array): Float32Array =>
  add(Float32Array.from(prior, logOdds), evidence);

/** @param words what words say of each film, null where there are none */
export function choose(held: Held, words: readonly (Float32Array | null)[]): Choice {
  const decision = decide(held);
  // Answers that took no part in their own decision: what is chosen next must not be chosen on better ones.
  const logits = calibrateFolds(held, decision, SEED + 7);
  const spoken = words.flatMap((row, n) => (row ? [n] : []));
  const of = <T>(values: readonly T[]): T[] => spoken.map((n) => values[n]!);
  const [pictures, evidence, labels] = [of(logits), defined(words), of(held.labels)];
  const product = fitProduct(pictures, evidence, labels);
  return {
    decision,
    product,
    sure: {
      pictures: sureFrom(logits, held.labels),
      words: sureFrom(
        evidence.map((row) => wordsAnswer(decision.prior, row)),
        labels,
      ),
      both: sureFrom(
        pictures.map((row, n) => combine(row, evidence[n]!, product)),
        labels,
      ),
    },
  };
}

/** What a choice that was made on other films says of these. @param kind stills, or the frames of a film, which repeat each other */
export function witness(
  held: Held,
  words: readonly (Float32Array | null)[],
  { decision, product, sure }: Choice,
  kind: 'pictures' | 'frames' = 'pictures',
): Witnessed {
  const pictures = applyDecision(held, decision, kind === 'frames' ? effectiveSampleSize : undefined);
  const first = {
    ...held,
    forest: held.forest.map((rows) => rows.slice(0, 1)),
    network: held.network.map((rows) => rows.slice(0, 1)),
  };
  return {
    pictures,
    single: applyDecision(first, decision),
    words: words.map((row) => row && wordsAnswer(decision.prior, row)),
    both: words.map((row, n) => row && combine(pictures[n]!, row, product)),
    sure: held.titles.map(() => sure),
  };
}

/** Five folds by title; each is answered by what was chosen on the other four. In the order of `labels`. */
export function witnessFolds(
  held: Held,
  words: readonly (Float32Array | null)[],
): Witnessed & { labels: Labels; titles: string[]; folds: number[] } {
  const foldOf = foldsOf(held.titles);
  const parts = Array.from({ length: FOLDS }, (_, fold) => {
    const inside = (i: number): boolean => foldOf.get(held.titles[i]!) === fold;
    const choice = choose(
      select(held, (i) => !inside(i)),
      words.filter((_row, i) => !inside(i)),
    );
    const test = select(held, inside);
    return {
      ...witness(
        test,
        words.filter((_row, i) => inside(i)),
        choice,
      ),
      labels: test.labels,
      titles: test.titles,
      folds: test.titles.map(() => fold),
    };
  });
  return {
    pictures: parts.flatMap((part) => part.pictures),
    single: parts.flatMap((part) => part.single),
    words: parts.flatMap((part) => part.words),
    both: parts.flatMap((part) => part.both),
    sure: parts.flatMap((part) => part.sure),
    labels: parts.flatMap((part) => part.labels),
    titles: parts.flatMap((part) => part.titles),
    folds: parts.flatMap((part) => part.folds),
  };
}
