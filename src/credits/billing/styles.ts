import { kindsOf, wordsOf, type Kinds } from './text-kinds.js';
import type { PlacedText } from './types.js';

/** What a piece of text is worth as a name or as what somebody does, by its letters and its case. */

/** A text with what it may be. */
export interface Told extends PlacedText {
  readonly kinds: Kinds;
  /** Natural logarithm: how much likelier a name (of a person or a company) than a role (a character or a job). */
  readonly nameOdds: number;
  /** Of a role: how much likelier a job than a character. */
  readonly jobOdds: number;
}

/** A word of the list counts so much, natural logarithm. */
const TERM = { role: 2.5, job: 2.5 };
/** Letters alone say at most so much. */
const MOST = 5;

/** What letters say, at most so much. */
export const bounded = (odds: number): number => Math.max(-MOST, Math.min(MOST, odds));

const LEADER = new Set('.·…_:–—-');
const isLeader = (letter: string | undefined): boolean =>
  letter !== undefined && (letter === ' ' || LEADER.has(letter));

/** Without the leaders between two columns: "Waiter . . . ." is "Waiter", "Kamera:" is "Kamera", "Sr." stays. */
export function withoutLeaders(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && isLeader(text[from])) from++;
  while (to > from && isLeader(text[to - 1])) to--;
  const tail = text.slice(to).replaceAll(' ', '');
  const isMark = tail.length === 1 && '.-'.includes(tail);
  return text.slice(from, isMark ? to + 1 : to);
}

export function tell(part: PlacedText): Told {
  const text = withoutLeaders(part.text);
  const kinds = kindsOf(text);
  const isTerm = kinds.namesJob && !kinds.namesCompany;
  const name = kinds.person + kinds.company;
  const role = kinds.character + kinds.job;
  return {
    ...part,
    text,
    kinds,
    nameOdds: bounded(Math.log((name + 1e-3) / (role + 1e-3))) - (isTerm ? TERM.role : 0),
    jobOdds: bounded(Math.log((kinds.job + 1e-3) / (kinds.character + 1e-3))) + (kinds.namesJob ? TERM.job : 0),
  };
}

/** Whether all letters of a text are capitals; null where it has too few to tell. */
export function isCapitals(text: string): boolean | null {
  const letters = text.match(/\p{L}/gu) ?? [];
  if (letters.length < 3) return null;
  const upper = letters.filter((letter) => letter === letter.toUpperCase() && letter !== letter.toLowerCase()).length;
  // "McDONALD" and "von TRIER" are capitals, too.
  return upper >= 0.7 * letters.length;
}

/** Share of texts in capitals. */
export function capitals(texts: readonly { readonly text: string }[]): number {
  const known = texts.flatMap(({ text }) => isCapitals(text) ?? []);
  return known.length === 0 ? 0.5 : known.filter(Boolean).length / known.length;
}

/** Between names in one line; "and" only between two full names. */
const BETWEEN = /[,;•·●|/+]|\s[-–—]\s|\s(?:&|and|und|et|y|e|en|och|og|i|a)\s/giu;
/** What follows a name and belongs to it. */
const SUFFIX =
  /^(?:jr|sr|[ivx]{2,4}|a\.?s\.?c|a\.?c\.?e|b\.?s\.?c|c\.?s\.?a|b\.?v\.?k|m\.?d|ph\.?d|inc|ltd|llc|gmbh|p\.?g\.?a|s\.?a|d\.?d\.?s)\.?$/iu;

/** The names of one text: "A. Ace, B. Bell & C. Cole" holds three. */
export function namesIn(text: string): string[] {
  const pieces: string[] = [];
  // Where the next piece begins, and where the last of the pieces does.
  let [from, first] = [0, 0];
  const add = (to: number): void => {
    const piece = text.slice(from, to).trim();
    if (pieces.length > 0 && SUFFIX.test(piece)) pieces[pieces.length - 1] = text.slice(first, to).trim();
    else {
      first = from;
      pieces.push(piece);
    }
  };
  for (const match of text.matchAll(BETWEEN)) {
    add(match.index);
    from = match.index + match[0].length;
  }
  add(text.length);
  const several = pieces.length > 1 && pieces.every((piece) => SUFFIX.test(piece) || wordsOf(piece).length > 1);
  return several ? pieces.filter(Boolean) : [text];
}
