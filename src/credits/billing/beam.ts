import { BEGIN, END, foldedLetter, ORDER, type LetterSequences } from './letter-sequences.js';
import type { Letter, Reading } from './types.js';

/**
 * Prefix beam search over what the recogniser says of every step (Graves 2012; Hannun et al. 2014), with a say of which letters follow
 * each other in names.
 */

/** Texts that are followed at a time; classes less likely than `least` at a step are not followed. */
const BEAM = { width: 8, least: 0.004 };
/**
 * What letters that follow each other count, beside what is seen; and what a further letter is worth, natural logarithm, as sequences
 * would have texts short. Tried on every second still of bench/credits-reading-stills.ts: 0, 0.2, 0.35,
 * 0.5 and 0.7, a letter worth twice that; this lies between two of them and was not tried itself.
 */
const SEQUENCES = { weight: 0.3, letter: 0.6 };

interface Prefix {
  readonly before: Prefix | null;
  readonly letter: string;
  /** The last letters, folded. */
  readonly context: string;
  /** What its letters say by themselves: natural logarithm. */
  readonly worth: number;
  readonly next: Map<string, Prefix>;
  /** Of its last letter: how clear it is at its clearest step. */
  probability: number;
  /** The step where it is clearest, and from where to where no other class is likelier. */
  clearest: number;
  from: number;
  to: number;
  /** Probabilities of all ways that lead here: ending in a blank, or in the letter. */
  blank: number;
  letterEnd: number;
}

/** A step's likely classes: [class, probability], class 0 the blank. */
export type Step = readonly (readonly [number, number])[];

export function stepsOf(all: Float32Array, classes: number): Step[] {
  return Array.from({ length: all.length / classes }, (_, step) => {
    const likely: [number, number][] = [];
    for (let c = 0; c < classes; c++) {
      const p = all[step * classes + c]!;
      if (p > BEAM.least) likely.push([c, p]);
    }
    return likely;
  });
}

/** Makes prefixes: what their letters say by themselves is summed up once. */
type Prefixes = (before: Prefix | null, letter: string) => Prefix;

const prefixes =
  (sequences: LetterSequences | null): Prefixes =>
  (before, letter) => {
    const folded = letter === '' ? BEGIN : foldedLetter(letter);
    const own =
      before === null || sequences === null
        ? 0
        : SEQUENCES.weight * sequences.after(before.context, folded) + SEQUENCES.letter;
    return {
      before,
      letter,
      context: ((before?.context ?? '') + folded).slice(1 - ORDER),
      worth: (before?.worth ?? 0) + own,
      next: new Map(),
      probability: 0,
      clearest: 0,
      from: -1,
      to: -1,
      blank: 0,
      letterEnd: 0,
    };
  };

type Ways = Map<Prefix, { blank: number; letterEnd: number }>;

function add(found: Ways, prefix: Prefix, blank: number, letterEnd: number): void {
  const sums = found.get(prefix) ?? { blank: 0, letterEnd: 0 };
  found.set(prefix, sums);
  sums.blank += blank;
  sums.letterEnd += letterEnd;
}

/** The likeliest prefixes after a further step. */
function followed(
  beam: readonly Prefix[],
  at: number,
  likely: Step,
  alphabet: readonly string[],
  fresh: Prefixes,
): Prefix[] {
  const most = Math.max(...likely.map(([, p]) => p));
  const found: Ways = new Map();
  for (const prefix of beam)
    for (const [c, p] of likely) {
      const all = prefix.blank + prefix.letterEnd;
      const letter = c === 0 ? '' : alphabet[c - 1]!;
      if (c === 0) {
        add(found, prefix, all * p, 0);
        continue;
      }
      const isAgain = letter === prefix.letter;
      if (isAgain) {
        add(found, prefix, 0, prefix.letterEnd * p);
        if (prefix.letterEnd > prefix.blank) seen(prefix, at, p, p === most);
      }
      const ways = isAgain ? prefix.blank : all;
      if (ways === 0) continue;
      const next = prefix.next.get(letter) ?? fresh(prefix, letter);
      prefix.next.set(letter, next);
      add(found, next, 0, ways * p);
      seen(next, at, p, p === most);
    }
  const sum = [...found.values()].reduce((total, { blank, letterEnd }) => total + blank + letterEnd, 0);
  for (const [prefix, { blank, letterEnd }] of found)
    Object.assign(prefix, { blank: blank / sum, letterEnd: letterEnd / sum });
  return [...found.keys()].sort((a, b) => scoreOf(b) - scoreOf(a)).slice(0, BEAM.width);
}

/** The likeliest text. @param alphabet class k + 1 is `alphabet[k]` @param sequences null where all letters are as likely */
export function bestText(
  steps: readonly Step[],
  alphabet: readonly string[],
  sequences: LetterSequences | null,
): Reading {
  const fresh = prefixes(sequences);
  let beam: Prefix[] = [{ ...fresh(null, ''), blank: 1 }];
  for (const [at, likely] of steps.entries()) beam = followed(beam, at, likely, alphabet, fresh);
  const ended = (prefix: Prefix): number =>
    scoreOf(prefix) + (sequences === null ? 0 : SEQUENCES.weight * sequences.after(prefix.context, END));
  const best = beam.reduce((most, prefix) => (ended(prefix) > ended(most) ? prefix : most));
  const letters: Letter[] = [];
  for (let prefix: Prefix | null = best; prefix !== null && prefix.before !== null; prefix = prefix.before)
    letters.unshift({
      text: prefix.letter,
      probability: prefix.probability,
      x: (middleOf(prefix) + 0.5) / steps.length,
    });
  return letters;
}

function seen(prefix: Prefix, step: number, p: number, isMost: boolean): void {
  if (p > prefix.probability) Object.assign(prefix, { probability: p, clearest: step });
  if (!isMost) return;
  if (prefix.from < 0) prefix.from = step;
  prefix.to = step;
}

const middleOf = ({ from, to, clearest }: Prefix): number => (from < 0 ? clearest : (from + to) / 2);

const scoreOf = ({ blank, letterEnd, worth }: Prefix): number => Math.log(blank + letterEnd) + worth;
