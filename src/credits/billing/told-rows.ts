import { splitInline } from './inline.js';
import { denseRows, namesAmong, namesOfParagraph, runsOn } from './running.js';
import { straysOf } from './strays.js';
import { tell, type Told } from './styles.js';
import type { Row } from './types.js';

/** Rows with what their texts may be: where gaps are, what one text holds both of, and paragraphs of names. */

/** A row with what its parts may be. */
export interface ToldRow {
  readonly row: Row;
  readonly parts: readonly Told[];
  /** It follows the row before without a gap. */
  readonly close: boolean;
  /** It stands far below it. */
  readonly isFar: boolean;
  /** Texts that stand apart; role and name in one text, or a paragraph of names, which tell nothing of columns. */
  readonly form: 'apart' | 'inline' | 'paragraph';
}

/** Rows are apart where their distance is so much of that of close ones. */
const GAP = 1.45;
const FAR = 2.6;
/** Shares of the distances that are those of close rows, at most; a row is at least so much of its box away from the next. */
const CLOSE = { share: 0.25, least: 0.75, most: 3 };

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

/** What stands above a list of actors or songs. */
export const isHeading = ({ kinds }: Told): boolean => kinds.headsCast || kinds.headsSongs;

function tellRows(rows: readonly Row[]): ToldRow[] {
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
      if (parts.length === 0) return;
      const close = distance > 0 && distance < Math.max(limit, GAP * Math.min(pitch, limit));
      told.push({ row, parts, close, isFar: !close && distance > FAR * pitch, form: 'apart' });
    });
  }
  return told;
}

/** Role and name in one text are two. */
const withInlineSplit = (rows: readonly ToldRow[]): ToldRow[] =>
  rows.map((one) => {
    const split = one.parts.map(splitInline);
    return {
      ...one,
      parts: split.flatMap(({ parts }) => parts),
      form: split.length === 1 && split[0]!.isInline ? 'inline' : one.form,
    };
  });

/** Lines of a paragraph of names are one row. */
function withParagraphs(rows: readonly ToldRow[]): ToldRow[] {
  const dense = denseRows(rows.map(({ parts }) => parts));
  const joined: ToldRow[] = [];
  for (let k = 0; k < rows.length; k++) {
    if (dense[k]!) {
      joined.push({ ...rows[k]!, parts: namesAmong(rows[k]!.parts), close: true, form: 'paragraph' });
      continue;
    }
    const lines = [rows[k]!];
    const isLine = (row: ToldRow | undefined): boolean => row?.row.parts.length === 1;
    // The last line may hold a single name.
    while (isLine(lines.at(-1)) && runsOn(lines.at(-1)!.row.parts[0]!) && isLine(rows[k + 1]) && rows[k + 1]!.close)
      lines.push(rows[++k]!);
    const isParagraph = isLine(lines[0]) && runsOn(lines[0]!.row.parts[0]!);
    const names = isParagraph ? namesOfParagraph(lines.map(({ row }) => row.parts[0]!)) : lines[0]!.parts;
    joined.push({ ...lines[0]!, parts: names, form: isParagraph ? 'paragraph' : lines[0]!.form });
  }
  return joined.filter(({ parts }) => parts.length > 0);
}

/** Rows with what their parts may be, top to bottom. */
export const toldRows = (rows: readonly Row[]): ToldRow[] => withInlineSplit(withParagraphs(tellRows(rows)));
