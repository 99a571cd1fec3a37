import { textConfidence } from './confidence.js';
import { withDiacritics } from './diacritics.js';
import { letterSequences } from './letter-sequences.js';
import { textOf } from './letters.js';
import { asWritten } from './orthography.js';
import { withoutRepeats } from './repeated.js';
import { onePerPlace } from './same-place.js';
import type { Track } from './stitch.js';
import type { Letter, PlacedText, Reading, Row } from './types.js';
import { vote } from './vote.js';

/** Letters further apart than so many heights of their line, from middle to middle, and so many times their usual distance, are of two columns. */
const COLUMN_GAP = { heights: 1.7, usual: 3.4 };
/** Boxes are so much higher than what stands in them. */
const BOX = 1.3;
/** Pieces are of one row where their middles differ by less of the lower one's height. */
const SAME_ROW = 0.5;
/** What is less likely to be right is not told at all. */
const LEAST_CONFIDENCE = 0.05;

/** A line whose columns were found as one piece falls apart where its letters do. @param aspect width of the piece for its height */
function columnsOf(letters: Reading, aspect: number): Letter[][] {
  const pitches = letters
    .slice(1)
    .map(({ x }, k) => x - letters[k]!.x)
    .sort((a, b) => a - b);
  const usual = pitches[pitches.length >> 1] ?? 0;
  const columns: Letter[][] = [];
  let last: Letter | null = null;
  for (const letter of letters) {
    if (letter.text === ' ') {
      columns.at(-1)?.push(letter);
      continue;
    }
    const gap = last === null ? 0 : letter.x - last.x;
    if (last === null || (gap * aspect * BOX > COLUMN_GAP.heights && gap > COLUMN_GAP.usual * usual)) columns.push([]);
    columns.at(-1)!.push(letter);
    last = letter;
  }
  return columns;
}

/** The letters of a piece, column by column. @param aspect of the picture, width for height */
export const columnsRead = ({ box, readings }: Pick<Track, 'box' | 'readings'>, aspect: number): Letter[][] =>
  columnsOf(asWritten(withDiacritics(vote(readings), letterSequences().value)), (box.width * aspect) / box.height);

/** The texts of a piece: one, or one a column. @param aspect of the picture, width for height */
function partsOf({ page, box, y, start, end, readings }: Track, aspect: number): PlacedText[] {
  const columns = columnsRead({ box, readings }, aspect);
  return columns.flatMap((letters): PlacedText[] => {
    const kept = letters.filter(
      (letter, k) => letter.text !== ' ' || (k > 0 && k < letters.length - 1 && letters[k - 1]!.text !== ' '),
    );
    const text = textOf(kept).trim();
    const confidence = textConfidence(kept, readings);
    if (text === '' || confidence < LEAST_CONFIDENCE) return [];
    const alone = columns.length === 1;
    const margin = 0.25 / ((box.width * aspect) / box.height);
    const from = alone ? 0 : Math.max(0, letters[0]!.x - margin);
    const to = alone ? 1 : Math.min(1, letters.findLast((letter) => letter.text !== ' ')!.x + margin);
    return [
      {
        text,
        confidence,
        start,
        end,
        page,
        x: box.x + from * box.width,
        width: (to - from) * box.width,
        spaces: kept.filter((letter) => letter.text === ' ').map(({ x }) => box.x + x * box.width),
        y,
        height: box.height,
      },
    ];
  });
}

const overlaps = (a: PlacedText, b: PlacedText): boolean => a.start <= b.end && b.start <= a.end;

/** The rows of what was read, in order. @param aspect of the picture, width for height */
export function rowsOf(tracks: readonly Track[], aspect: number): Row[] {
  const parts = onePerPlace(tracks, aspect).flatMap((track) => partsOf(track, aspect));
  const rows: PlacedText[][] = [];
  for (const part of parts) {
    const row = rows.find((others) =>
      others.every(
        (other) =>
          other.page === part.page &&
          Math.abs(other.y - part.y) < SAME_ROW * Math.min(other.height, part.height) &&
          overlaps(other, part) &&
          (other.x + other.width <= part.x + 0.01 || part.x + part.width <= other.x + 0.01),
      ),
    );
    if (row === undefined) rows.push([part]);
    else row.push(part);
  }
  const placed = rows.map((row): Row => {
    const mean = (of: (part: PlacedText) => number): number =>
      row.reduce((sum, part) => sum + of(part), 0) / row.length;
    return {
      page: row[0]!.page,
      y: mean(({ y }) => y),
      height: mean(({ height }) => height),
      start: Math.min(...row.map(({ start }) => start)),
      end: Math.max(...row.map(({ end }) => end)),
      parts: [...row].sort((a, b) => a.x - b.x),
    };
  });
  const pages = [...new Set(placed.map(({ page }) => page))];
  const turns = pages.flatMap((page) => turnsOf(placed.filter((row) => row.page === page)));
  return withoutRepeats(turns.flatMap(asPage));
}

/** Rows that are numbered as one page. */
const asPage = (rows: readonly Row[], page: number): Row[] =>
  rows.map((row) => ({ ...row, page, parts: row.parts.map((part) => ({ ...part, page })) }));

/** Of two rows that stand on one card, so much of the shorter one's time is shared: cards that fade into each other share a frame. */
const TOGETHER = 0.5;
/** Frames are so far apart, seconds: what was seen once was there for one. */
const FRAME = 1;

function stoodTogether(a: Row, b: Row): boolean {
  const shared = Math.min(a.end, b.end) - Math.max(a.start, b.start) + FRAME;
  return shared > TOGETHER * (Math.min(a.end - a.start, b.end - b.start) + FRAME);
}

/** A roll is one page, from top to bottom; of a page that stands, what was seen at one time. */
function turnsOf(rows: readonly Row[]): Row[][] {
  const down = (a: Row, b: Row): number => a.y - b.y || a.start - b.start;
  if (rows.some(({ y }) => y > 1)) return [[...rows].sort(down)];
  const turns: Row[][] = [];
  for (const row of [...rows].sort((a, b) => a.start - b.start)) {
    const turn = turns.at(-1);
    if (turn?.some((other) => stoodTogether(row, other))) turn.push(row);
    else turns.push([row]);
  }
  return turns.map((turn) => turn.sort(down));
}
