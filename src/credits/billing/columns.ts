import { type Gutter, guttersOf, isCentred, right, splitAtGutters } from './gutters.js';
import { tell, type Told } from './styles.js';
import { toldRows, type ToldRow } from './told-rows.js';
import type { Row } from './types.js';

/** Finds the columns of rows: what was read as one text although a gutter parts it, and what was found apart although it is one line. */

/** Words stand closer than columns, heights of their line (of a picture of 16 to 9); in lines around one middle gutters are rare. */
const WORDS_GAP = { usual: 0.75 / (16 / 9), centred: 1.25 / (16 / 9) };

const asOne = (left: Told, after: Told): Told =>
  tell({
    ...left,
    text: `${left.text} ${after.text}`,
    spaces: [...left.spaces, (right(left) + after.x) / 2, ...after.spaces],
    confidence: left.confidence * after.confidence,
    width: right(after) - left.x,
  });

/** Words of a line that were found apart, where no other row has a gutter, are one text. */
function withWordsJoined(rows: readonly ToldRow[], gutters: ReadonlyMap<ToldRow, Gutter>): ToldRow[] {
  return rows.map((one, at): ToldRow => {
    if (one.parts.length < 2 || one.row.parts.length < 2 || one.form !== 'apart') return one;
    const centred = isCentred(rows, at);
    if (!centred && (one.parts.length > 2 || (gutters.get(one)?.rows.length ?? 0) > 1)) return one;
    const parts: Told[] = [];
    for (const part of one.parts) {
      const last = parts.at(-1);
      const gap = last === undefined ? Infinity : part.x - right(last);
      const most = (centred ? WORDS_GAP.centred : WORDS_GAP.usual) * Math.min(part.height, last?.height ?? 0);
      if (gap > most) parts.push(part);
      else parts[parts.length - 1] = asOne(last!, part);
    }
    return { ...one, parts };
  });
}

/** Rows with their columns, top to bottom. */
export function inColumns(rows: readonly Row[]): ToldRow[] {
  const found = toldRows(rows);
  return splitAtGutters(withWordsJoined(found, guttersOf(found)));
}

/** What stands on the screen, row by row, each text of its column; the lines of a paragraph as they are. */
export function linesOf(rows: readonly Row[]): Row[] {
  const apart = inColumns(rows).filter(({ form }) => form !== 'paragraph');
  const told = new Map(apart.map(({ row, parts }) => [row, parts]));
  return rows.map((row) => ({ ...row, parts: told.get(row) ?? row.parts }));
}
