import type { Row } from './types.js';

/** Rows that were followed twice: where a roll was lost for a frame, what stood on the screen is found anew on the next page. */

/** Rows may be the same where they are seen so soon after each other, seconds. */
const SOON = 2.2;
/** Their outer edges differ by less, shares of the picture's width. */
const EDGE = 0.03;

const lettersOf = ({ parts }: Row): string =>
  parts
    .map(({ text }) => text)
    .join('')
    .normalize('NFD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
const left = ({ parts }: Row): number => parts[0]!.x;
const right = ({ parts }: Row): number => parts.at(-1)!.x + parts.at(-1)!.width;

const isAgain = (a: Row, b: Row): boolean =>
  a.page !== b.page &&
  Math.max(a.start, b.start) - Math.min(a.end, b.end) < SOON &&
  Math.abs(left(a) - left(b)) < EDGE &&
  Math.abs(right(a) - right(b)) < EDGE &&
  lettersOf(a) === lettersOf(b);

/** Of two such rows the one whose columns were found apart, or that was seen for longer. */
const isBetter = (a: Row, b: Row): boolean =>
  a.parts.length === b.parts.length ? a.end - a.start > b.end - b.start : a.parts.length > b.parts.length;

/** Each row once. */
export function withoutRepeats(rows: readonly Row[]): Row[] {
  const kept: Row[] = [];
  for (const row of rows) {
    const before = kept.findIndex((one) => isAgain(one, row));
    if (before >= 0 && !isBetter(row, kept[before]!)) continue;
    if (before >= 0) kept.splice(before, 1);
    kept.push(row);
  }
  return kept;
}
