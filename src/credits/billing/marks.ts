import type { RgbImage } from '../../frames/types.js';
import type { Reading } from './types.js';

/**
 * Sees the marks above capitals in the picture of a line: the network tells them badly, as they lie above the lines that it was taught with. What
 * stands higher than the capitals do is a mark of the letter below it.
 */

/** Ink is nearer to the letters' brightness than to the ground's, by so much. */
const INK = 0.45;
/** Letters and ground differ by so much, 0 to 255; otherwise nothing is told. */
const CONTRAST = 40;
/** Letters that tell how high capitals are: at least. */
const REFERENCES = 3;
/** A mark begins so much of a capital's height above it, and is so wide and so high at least, and so wide at most. */
const MARK = { above: 0.1, width: 0.08, height: 0.06, most: 1.1 };
/** Strokes nearer than this, in capitals' heights, are of one mark. */
const STROKES = 0.28;
/** A mark is above its letter's middle, or so much of a capital's height beside it. */
const BESIDE = 0.36;
/** Where so much of the line has something above it, the ground is no ground. */
const CROWDED = 0.4;

const isTall = (letter: string): boolean => /^[\p{Lu}bdfhkl\d]$/u.test(letter);
const isCapital = (letter: string): boolean => /^\p{Lu}$/u.test(letter);
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** 1 where there is ink, row by row; null where the picture does not tell. */
function inkOf({ width, height, data }: RgbImage): Uint8Array | null {
  const grey = new Uint8Array(width * height);
  const counts = new Uint32Array(256);
  for (let k = 0; k < grey.length; k++) {
    const value = (2 * data[3 * k]! + 5 * data[3 * k + 1]! + data[3 * k + 2]!) >> 3;
    grey[k] = value;
    counts[value]!++;
  }
  const at = (share: number): number => {
    let sum = 0;
    return counts.findIndex((count) => (sum += count) > share * grey.length);
  };
  const [dark, ground, light] = [at(0.03), at(0.5), at(0.97)];
  const letters = light - ground > ground - dark ? light : dark;
  if (Math.abs(letters - ground) < CONTRAST) return null;
  return grey.map((value) => ((value - ground) / (letters - ground) > INK ? 1 : 0));
}

/** How high capitals reach, and their height, in rows; null where too few letters tell. */
function capitalsOf(
  ink: Uint8Array,
  { width, height }: RgbImage,
  letters: Reading,
): [top: number, height: number] | null {
  const edges = letters.flatMap(({ text, x }, k) => {
    if (!isTall(text)) return [];
    const gaps = [letters[k - 1], letters[k + 1]].flatMap((other) =>
      other === undefined ? [] : Math.abs(other.x - x),
    );
    const reach = 0.4 * Math.min(...gaps, height / width) * width;
    const rows: number[] = [];
    for (let row = 0; row < height; row++)
      for (let column = Math.ceil(x * width - reach); column <= x * width + reach; column++)
        if (ink[row * width + column] === 1) rows.push(row);
    return rows.length === 0 ? [] : [[rows[0]!, rows.at(-1)!] as const];
  });
  if (edges.length < REFERENCES) return null;
  const [top, foot] = [median(edges.map(([first]) => first)), median(edges.map(([, last]) => last))];
  return foot - top < height / 5 ? null : [top, foot - top + 1];
}

/** What stands above the capitals: from which column to which. */
function strokesAbove(ink: Uint8Array, width: number, top: number, capital: number): [from: number, to: number][] {
  const strokes: [number, number][] = [];
  const rows = Math.floor(top - MARK.above * capital);
  for (let column = 0; column < width; column++) {
    let high = 0;
    for (let row = 0; row < rows; row++) high += ink[row * width + column]!;
    if (high < MARK.height * capital) continue;
    const last = strokes.at(-1);
    if (last !== undefined && column - last[1] < STROKES * capital) last[1] = column;
    else strokes.push([column, column]);
  }
  return strokes.filter(([from, to]) => to - from + 1 >= MARK.width * capital);
}

/**
 * Whether a mark stands above each letter.
 * @param line as it was read, with room above its letters
 * @returns null for what is no capital, and where the picture does not tell
 */
export function marksAbove(line: RgbImage, letters: Reading): (boolean | null)[] {
  const unknown = letters.map(() => null);
  if (!letters.some(({ text }) => isCapital(text))) return unknown;
  const ink = inkOf(line);
  const capitals = ink === null ? null : capitalsOf(ink, line, letters);
  if (ink === null || capitals === null) return unknown;
  const [top, height] = capitals;
  // Without room above the capitals there is nothing to be seen.
  if (top < 2 * MARK.above * height) return unknown;
  const strokes = strokesAbove(ink, line.width, top, height);
  const covered = strokes.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  if (covered > CROWDED * line.width || strokes.some(([from, to]) => to - from > MARK.most * height)) return unknown;
  const middles = strokes.map(([from, to]) => (from + to + 1) / 2 / line.width);
  return letters.map(({ text, x }, k) => {
    if (!isCapital(text)) return null;
    const own = middles.filter((middle) => Math.abs(middle - x) * line.width < BESIDE * height);
    return own.some((middle) =>
      letters.every((other, j) => j === k || Math.abs(other.x - middle) >= Math.abs(x - middle)),
    );
  });
}
