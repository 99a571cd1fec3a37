import { baseOf } from './families.js';
import { textOf } from './letters.js';
import type { Letter, Reading } from './types.js';

/** Several readings of one line become one. */

/** A letter against none, and none against a letter, in the alignment; unlike letters cost a little less than both. */
const COST = { gap: 1, unlike: 1.6 };
/** A missing letter speaks as loudly as one that was read with this probability. */
const SILENCE = 0.6;

/** How two readings lie beside each other: for every letter of the first the one of the second; what the second has more of stands between. */
function align(a: Reading, b: Reading): [Letter | null, Letter | null][] {
  const width = b.length + 1;
  const cost = new Float32Array((a.length + 1) * width);
  for (let j = 1; j <= b.length; j++) cost[j] = j * COST.gap;
  const step = (i: number, j: number): number => (a[i - 1]!.text === b[j - 1]!.text ? 0 : COST.unlike);
  for (let i = 1; i <= a.length; i++) {
    cost[i * width] = i * COST.gap;
    for (let j = 1; j <= b.length; j++)
      cost[i * width + j] = Math.min(
        cost[(i - 1) * width + j - 1]! + step(i, j),
        cost[(i - 1) * width + j]! + COST.gap,
        cost[i * width + j - 1]! + COST.gap,
      );
  }
  const pairs: [Letter | null, Letter | null][] = [];
  for (let i = a.length, j = b.length; i > 0 || j > 0;) {
    const here = cost[i * width + j]!;
    if (i > 0 && j > 0 && Math.abs(here - cost[(i - 1) * width + j - 1]! - step(i, j)) < 1e-3)
      pairs.push([a[--i]!, b[--j]!]);
    else if (i > 0 && Math.abs(here - cost[(i - 1) * width + j]! - COST.gap) < 1e-3) pairs.push([a[--i]!, null]);
    else pairs.push([null, b[--j]!]);
  }
  return pairs.reverse();
}

/** 0 to 1: share of the letters of two readings that are the same, in order. */
export function likeness(a: Reading, b: Reading): number {
  if (a.length + b.length === 0) return 1;
  const same = align(a, b).filter(([x, y]) => x !== null && x.text === y?.text).length;
  return (2 * same) / (a.length + b.length);
}

/** The mean of a letter's probabilities, logarithmic. */
export const clearness = (letters: Reading): number =>
  letters.length === 0
    ? 0
    : Math.exp(letters.reduce((sum, { probability }) => sum + Math.log(probability), 0) / letters.length);

/** One place of the line: what each reading has there, null where it has nothing. */
type Column = (Letter | null)[];

/** All readings beside the clearest one. */
function columnsOf(readings: readonly Reading[]): Column[] {
  const [first = [], ...others] = [...readings].sort((a, b) => clearness(b) - clearness(a));
  let columns: Column[] = first.map((letter) => [letter]);
  for (const [k, reading] of others.entries()) {
    const backbone = columns.map((column) => column.find((letter) => letter !== null)!);
    let at = 0;
    columns = align(backbone, reading).map(([own, letter]): Column => {
      if (own !== null) return [...columns[at++]!, letter];
      return [...Array.from({ length: k + 1 }, () => null), letter];
    });
  }
  return columns;
}

/** What a place of the line says: the letter for which the readings speak loudest together, whatever its marks, or nothing. */
function elected(column: Column): Letter | null {
  const votes = new Map<string, { weight: number; letters: Letter[] }>();
  let all = 0;
  for (const letter of column) {
    const weight = letter?.probability ?? SILENCE;
    const base = letter === null ? '' : baseOf(letter.text);
    const vote = votes.get(base) ?? { weight: 0, letters: [] };
    votes.set(base, vote);
    vote.weight += weight;
    if (letter !== null) vote.letters.push(letter);
    all += weight;
  }
  const [base, { weight, letters }] = [...votes].sort(([, a], [, b]) => b.weight - a.weight)[0]!;
  if (base === '') return null;
  const best = Math.max(...letters.map(({ probability }) => probability));
  const x = letters.reduce((sum, letter) => sum + letter.x, 0) / letters.length;
  return { ...together(letters), probability: (best * weight) / all, x };
}

/** Letters of one family as one, with how much likelier its marks are than none: what the readings say on average, and the clearest of them. */
function together(letters: readonly Letter[]): Pick<Letter, 'text' | 'family'> {
  const base = baseOf(letters[0]!.text);
  const families = letters.flatMap(({ family }) => (family?.[base] === undefined ? [] : [family]));
  if (families.length === 0) return { text: letters.reduce((a, b) => (b.probability > a.probability ? b : a)).text };
  const odds = (letter: string): number => {
    const all = families.map((family) => family[letter]! - family[base]!);
    return (all.reduce((sum, one) => sum + one, 0) / all.length + Math.max(...all)) / 2;
  };
  const family = Object.fromEntries(Object.keys(families[0]!).map((letter) => [letter, odds(letter)]));
  const [text] = Object.entries(family).reduce((a, b) => (b[1] > a[1] ? b : a));
  return { text, family };
}

/** Small letters that look like their capitals, but for their size. */
const ALIKE = /^[cosuvwxz]$/;
/** Words that are shorter may be particles: von, zu. */
const LONG = 4;

/** Where some readings say that a word begins with a capital that looks like the small letter, it does. */
function withCapital(letter: Letter, at: number, line: readonly (Letter | null)[], column: Column): Letter {
  const isSpace = (k: number): boolean => k < 0 || k >= line.length || line[k]?.text === ' ';
  if (!ALIKE.test(letter.text) || !isSpace(at - 1)) return letter;
  for (let k = at + 1; k < at + LONG; k++) if (isSpace(k)) return letter;
  const capital = letter.text.toUpperCase();
  const capitals = column.filter((one): one is Letter => one?.text === capital);
  return capitals.length === 0 ? letter : { ...letter, ...together(capitals) };
}

/** The line that several readings tell together. Of one reading it is that one. */
export function vote(readings: readonly Reading[]): Reading {
  const columns = columnsOf(readings);
  const line = columns.map(elected);
  return line.flatMap((letter, k) => (letter === null ? [] : withCapital(letter, k, line, columns[k]!)));
}

/** Whether the last two readings say the same: a further one would hardly tell more. */
export function isAgreed(readings: readonly Reading[]): boolean {
  const [a, b] = readings.slice(-2);
  return a !== undefined && b !== undefined && textOf(a) === textOf(b);
}
