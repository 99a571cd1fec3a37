import { splitInline } from './inline.js';
import { straysOf } from './strays.js';
import { tell, type Told } from './styles.js';
import type { Row } from './types.js';

/** Finds the columns of rows: what was read as one text although a gutter parts it, and what was found apart although it is one line. */

/** A row with what its parts may be. */
export interface ToldRow {
  readonly row: Row;
  readonly parts: readonly Told[];
  /** It follows the row before without a gap. */
  readonly close: boolean;
}

/** Rows are apart where their distance is so much of that of close ones. */
const GAP = 1.45;
/** Shares of the distances that are those of close rows, at most; a row is at least so much of its box away from the next. */
const CLOSE = { share: 0.25, least: 0.75, most: 1.9 };
/** Edges of one column agree to this share of the picture's width. */
export const EDGE = 0.014;
/** A gutter is at least so wide; where the recogniser's letters begin is not told more finely. */
const GUTTER = -0.004;

/** Sentences: so likely, with so many words. */
const SENTENCE = { probability: 0.6, words: 6 };

/** Distance of rows that follow each other without a gap, picture heights. */
function closeDistance(rows: readonly Row[]): number {
  const distances = rows
    .slice(1)
    .flatMap((row, k) => {
      const before = rows[k]!;
      const distance = row.y - before.y;
      return row.page === before.page && distance > CLOSE.least * Math.min(row.height, before.height) ? [distance] : [];
    })
    .sort((a, b) => a - b);
  return distances[Math.floor(CLOSE.share * distances.length)] ?? Infinity;
}

const isSentence = ({ kinds, text }: Told): boolean =>
  kinds.sentence > SENTENCE.probability && text.split(/\s+/).length >= SENTENCE.words && !kinds.ofSong;

/** What stands above a list of actors or songs. */
export const isHeading = ({ kinds }: Told): boolean => kinds.headsCast || kinds.headsSongs;

function toldRows(rows: readonly Row[]): ToldRow[] {
  const told: ToldRow[] = [];
  const strays = straysOf(rows);
  const pages = [...new Set(rows.map(({ page }) => page))];
  for (const page of pages) {
    const own = rows.filter((row) => row.page === page);
    const pitch = closeDistance(own);
    own.forEach((row, k) => {
      const before = own[k - 1];
      const distance = before === undefined ? Infinity : row.y - before.y;
      const limit = Math.min(GAP * pitch, CLOSE.most * Math.max(row.height, before?.height ?? 0));
      const parts = row.parts
        .filter((part) => !strays.has(part))
        .map(tell)
        .filter(({ text }) => text !== '');
      if (parts.length === 0 || (parts.length === 1 && isSentence(parts[0]!))) return;
      told.push({
        row,
        parts: parts.flatMap(splitInline),
        close: distance > 0 && distance < Math.max(limit, GAP * Math.min(pitch, limit)),
      });
    });
  }
  return told;
}

/** What rows of two columns have in common. */
export interface Gutter {
  low: number;
  high: number;
  readonly rows: ToldRow[];
}

function fits({ low, high }: Gutter, [left, right]: readonly Told[]): { low: number; high: number } | null {
  const [from, to] = [Math.max(low, left!.x + left!.width), Math.min(high, right!.x)];
  return to - from >= GUTTER ? { low: from, high: to } : null;
}

export const right = ({ x, width }: Told): number => x + width;
const centre = ({ x, width }: Told): number => x + width / 2;

/** Whether a text stands where those of a column stand: at their left or right edge, or in their middle. */
export function isAligned(part: Told, column: readonly Told[]): boolean {
  const median = (of: (one: Told) => number): number => column.map(of).sort((a, b) => a - b)[column.length >> 1]!;
  const spread = (of: (one: Told) => number): number => {
    const middle = median(of);
    return column.reduce((sum, one) => sum + Math.min(3 * EDGE, Math.abs(of(one) - middle)), 0);
  };
  const edges = [({ x }: Told): number => x, right, centre];
  const best = edges.reduce((least, edge) => (spread(edge) < spread(least) ? edge : least));
  return Math.abs(best(part) - median(best)) < 2 * EDGE;
}

/** Runs of rows whose two columns share a gutter; lone texts between them do not end one. */
export function guttersOf(rows: readonly ToldRow[]): Map<ToldRow, Gutter> {
  const of = new Map<ToldRow, Gutter>();
  let gutter: Gutter | null = null;
  for (const one of rows) {
    if (one.parts.length === 1) continue;
    if (one.parts.length > 2) {
      gutter = null;
      continue;
    }
    const common: { low: number; high: number } | null =
      gutter === null || gutter.rows.at(-1)!.row.page !== one.row.page ? null : fits(gutter, one.parts);
    if (gutter === null || common === null) gutter = { low: right(one.parts[0]!), high: one.parts[1]!.x, rows: [] };
    else Object.assign(gutter, common);
    gutter.rows.push(one);
    of.set(one, gutter);
  }
  return of;
}

/** Rows around one that tell whether all stand around one middle; so many of them, and so many at least. */
const CENTRED = { rows: 8, share: 0.75, least: 3 };

/** Whether a row and most of those around it stand around one middle: what looks like a gutter is between words. */
function isCentred(rows: readonly ToldRow[], at: number): boolean {
  const middleOf = ({ parts }: ToldRow): number => (parts[0]!.x + right(parts.at(-1)!)) / 2;
  const own = middleOf(rows[at]!);
  const near = rows.slice(Math.max(0, at - CENTRED.rows), at + CENTRED.rows + 1).filter((one) => one !== rows[at]);
  const same = near.filter((one) => Math.abs(middleOf(one) - own) < EDGE);
  return same.length >= CENTRED.least && same.length >= CENTRED.share * near.length;
}

/** A text as two, at one of its spaces. */
function splitAt(part: Told, space: number): readonly [Told, Told] {
  const before = part.spaces.indexOf(space);
  const words = part.text.split(' ');
  const left = { text: words.slice(0, before + 1).join(' '), spaces: part.spaces.slice(0, before) };
  const after = { text: words.slice(before + 1).join(' '), spaces: part.spaces.slice(before + 1) };
  return [
    tell({ ...part, ...left, width: space - part.x }),
    tell({ ...part, ...after, x: space, width: right(part) - space }),
  ];
}

const nearestSpace = ({ spaces }: Told, x: number): number =>
  spaces.reduce((best, space) => (Math.abs(space - x) < Math.abs(best - x) ? space : best), -1);

/** Columns that were read as one text are two where its space stands in the gutter of the rows around it. */
function splitAtGutter(rows: readonly ToldRow[], gutters: ReadonlyMap<ToldRow, Gutter>): ToldRow[] {
  return rows.map((one, at): ToldRow => {
    const [part, ...others] = one.parts;
    if (part === undefined || others.length > 0 || isHeading(part) || isCentred(rows, at)) return one;
    for (const { low, high, rows: own } of guttersAround(rows, at, gutters)) {
      if (own.length < 2 || part.x > low || right(part) < high) continue;
      const space = nearestSpace(part, (low + high) / 2);
      if (space < low - EDGE || space > high + EDGE) continue;
      const parts = splitAt(part, space);
      const [lefts, rights] = [own.map((row) => row.parts[0]!), own.map((row) => row.parts[1]!)];
      if (isAligned(parts[0], lefts) && isAligned(parts[1], rights)) return { ...one, parts };
    }
    return one;
  });
}

/** Rows around one that tell whether a space is a gutter; so many have one there, and hardly any has a letter. */
const RIVER = { rows: 8, least: 4, letters: 0.2 };

/** Where all rows were read as one text each: a space that stands at one place in many of them is a gutter. */
function splitAtRiver(rows: readonly ToldRow[]): ToldRow[] {
  return rows.map((one, at): ToldRow => {
    const [part, ...others] = one.parts;
    if (part === undefined || others.length > 0 || isHeading(part) || isCentred(rows, at)) return one;
    const near = rows
      .slice(Math.max(0, at - RIVER.rows), at + RIVER.rows + 1)
      .filter(({ row }) => row.page === one.row.page);
    const scores = part.spaces.map((space) => {
      const crossing = near.filter(
        ({ parts: [first, ...rest] }) => rest.length === 0 && first!.x < space && right(first!) > space,
      );
      const hits = crossing.filter(({ parts }) => Math.abs(nearestSpace(parts[0]!, space) - space) < EDGE).length;
      // First names of a list that begins at one place end at one place, too.
      const begin = crossing.filter(({ parts }) => Math.abs(parts[0]!.x - part.x) < EDGE).length;
      const isList = begin > crossing.length / 2;
      const isGutter = !isList && hits >= RIVER.least && crossing.length - hits <= RIVER.letters * hits;
      return { space, hits: isGutter ? hits : 0 };
    });
    const best = scores.reduce((most, score) => (score.hits > most.hits ? score : most), { space: 0, hits: 0 });
    return best.hits === 0 ? one : { ...one, parts: splitAt(part, best.space) };
  });
}

/** Words stand closer than columns, heights of their line (of a picture of 16 to 9). */
const WORDS_GAP = 0.6 / (16 / 9);

/** Words of a line that were found apart, where no other row has a gutter, are one text. */
function withWordsJoined(rows: readonly ToldRow[], gutters: ReadonlyMap<ToldRow, Gutter>): ToldRow[] {
  return rows.map((one, at): ToldRow => {
    const [left, after, ...others] = one.parts;
    if (left === undefined || after === undefined || others.length > 0 || one.row.parts.length < 2) return one;
    const gap = after.x - right(left);
    const alone = (gutters.get(one)?.rows.length ?? 0) < 2 || isCentred(rows, at);
    if (!alone || gap > WORDS_GAP * Math.min(left.height, after.height)) return one;
    const text = `${left.text} ${after.text}`;
    const spaces = [...left.spaces, right(left) + gap / 2, ...after.spaces];
    const confidence = left.confidence * after.confidence;
    return { ...one, parts: [tell({ ...left, text, spaces, confidence, width: right(after) - left.x })] };
  });
}

/** The gutter of the rows around a lone text. */
export function guttersAround(rows: readonly ToldRow[], at: number, of: ReadonlyMap<ToldRow, Gutter>): Gutter[] {
  const { page } = rows[at]!.row;
  const found: Gutter[] = [];
  for (const step of [-1, 1]) {
    for (let k = at + step; k >= 0 && k < rows.length && rows[k]!.row.page === page; k += step) {
      if (rows[k]!.parts.length === 1) continue;
      const gutter = of.get(rows[k]!);
      if (gutter !== undefined && !found.includes(gutter)) found.push(gutter);
      break;
    }
  }
  return found;
}

/** Rows with their columns, top to bottom; sentences are left out. */
export function inColumns(rows: readonly Row[]): ToldRow[] {
  const found = toldRows(rows);
  const words = splitAtRiver(withWordsJoined(found, guttersOf(found)));
  return splitAtGutter(words, guttersOf(words));
}

/** What stands on the screen, row by row, each text of its column. */
export function linesOf(rows: readonly Row[]): Row[] {
  const told = new Map(inColumns(rows).map(({ row, parts }) => [row, parts]));
  return rows.map((row) => ({ ...row, parts: told.get(row) ?? row.parts }));
}
