import { namesIn, tell, type Told } from './styles.js';
import type { PlacedText } from './types.js';

/** Names that run on from line to line, parted by commas or points: a name may begin on one line and end on the next. */

/** What parts names of a paragraph. */
const BETWEEN = /[,;•·●|/]|(?<= )[-–—](?= )/gu;
/** A line of a paragraph has so many of them, or ends with one; so great a share of its words begin as names do. */
const LINE = { marks: 2, names: 0.7 };

const marksOf = (text: string): number => text.match(BETWEEN)?.length ?? 0;
const endsOpen = (text: string): boolean => /(?:[,;•·●|/]| [-–—])\s*$/u.test(text);

/** Whether a text looks like a line of such a paragraph, and not like a sentence with commas. */
export function runsOn({ text }: { readonly text: string }): boolean {
  const words = text.match(/\p{L}[\p{L}'’.-]*/gu) ?? [];
  const names = words.filter((word) => /^\p{Lu}/u.test(word)).length;
  return (marksOf(text) >= LINE.marks || endsOpen(text)) && names >= LINE.names * words.length;
}

/** A piece of a line, as a text of its own. */
function pieceOf(line: PlacedText, from: number, to: number): Told {
  const text = line.text.slice(from, to).trim();
  const begin = line.text.indexOf(text, from);
  const share = (at: number): number => line.x + (line.width * at) / line.text.length;
  return tell({ ...line, text, spaces: [], x: share(begin), width: share(begin + text.length) - share(begin) });
}

/** Whether lines end where names do, without a mark: a full name stands on both sides of each end of a line. */
const endWithNames = (lines: readonly PlacedText[]): boolean =>
  lines.slice(1).every(({ text }, k) => {
    const sides = [lines[k]!.text.split(BETWEEN).at(-1)!, text.split(BETWEEN)[0]!];
    return sides.every((side) => side.trim().includes(' '));
  });

/** The names of a paragraph of lines, each with the line that it begins on. */
export function namesOfParagraph(lines: readonly PlacedText[]): Told[] {
  const names: Told[] = [];
  const isOver = endWithNames(lines);
  let open: Told | null = null;
  for (const line of lines) {
    let from = 0;
    const marks = [...line.text.matchAll(BETWEEN)].map(({ index }) => index);
    for (const to of [...marks, line.text.length]) {
      const piece = pieceOf(line, from, to);
      from = to + 1;
      if (piece.text === '' || !/\p{L}/u.test(piece.text)) {
        if (open !== null && to < line.text.length) names.push(open);
        if (to < line.text.length) open = null;
        continue;
      }
      const whole: Told = open === null ? piece : joined(open, piece);
      open = isOver || to < line.text.length ? null : whole;
      if (open === null) names.push(whole);
    }
  }
  if (open !== null) names.push(open);
  return names.flatMap(parted);
}

function joined(first: Told, rest: Told): Told {
  return tell({
    ...first,
    text: `${first.text} ${rest.text}`,
    spaces: [],
    confidence: Math.min(first.confidence, rest.confidence),
    end: rest.end,
  });
}

/** "and Jane Roe" at the end of a list, and "A. Ace and B. Bell" inside it. */
const parted = (one: Told): Told[] =>
  namesIn(one.text.replace(/^(?:and|und|et|y|e|en|och|og|&) /iu, '')).map((text) => tell({ ...one, text, spaces: [] }));

/** A line is full of names whose marks were not read: so wide, of so many words, so many of them in one text. */
const DENSE = { width: 0.5, words: 7, inOne: 4, odds: -1 };
/** Of a block of them so many stand together; between two that are so near, others belong to it. */
const BLOCK = { least: 3, near: 8 };
/** A name has so many words, at most. */
const NAME_WORDS = 4;

const wordCount = ({ text }: Told): number => text.split(' ').length;

/** Whether a row is full of names, of which nothing tells where they end. */
function isDense(parts: readonly Told[]): boolean {
  const [first, last] = [parts[0]!, parts.at(-1)!];
  return (
    last.x + last.width - first.x >= DENSE.width &&
    parts.reduce((sum, part) => sum + wordCount(part), 0) >= DENSE.words &&
    parts.some((part) => wordCount(part) >= DENSE.inOne && part.nameOdds > DENSE.odds && !runsOn(part))
  );
}

/** Of such a row the names that stand apart from others on both sides: the first and the last may go on in another line. */
export const namesAmong = (parts: readonly Told[]): Told[] =>
  parts.slice(1, -1).filter((part) => wordCount(part) > 1 && wordCount(part) <= NAME_WORDS);

/** Which rows are of a block that is full of names. */
export function denseRows(rows: readonly (readonly Told[])[]): boolean[] {
  const dense = rows.map(isDense);
  const count = (from: number, to: number): number => dense.slice(Math.max(0, from), to).filter(Boolean).length;
  return dense.map((is, k) => {
    const [before, behind] = [count(k - BLOCK.near, k), count(k + 1, k + 1 + BLOCK.near)];
    return is ? before + behind + 1 >= BLOCK.least : before > 0 && behind > 0 && before + behind >= BLOCK.least;
  });
}
