import type { FrameSize, FrameSource, RgbImage } from '../frames/types.js';
import { sketch } from './picture.js';

/**
 * Wide black bars around a film's picture, as where a wide film lies in a 4:3 one in a 16:9 one: half of such a frame is black whatever
 * the film shows, and would be taken for the black that credits stand on.
 */

/** A part of a frame; fractions of it. */
export interface Inside {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const SIZE: FrameSize = { width: 160, height: 160, fit: 'inside' };
/** Frames that are looked at, of the film's second half: story enough, and credits that may stand outside its picture. */
const FRAMES = 24;
/** A shorter film may have too few key frames, seconds; it costs little to decode those between. */
const SHORT = 120;
/** Darker pixels may be of a bar: black of 16 in video range, and a codec's noise. Of 255. */
const LIT = 28;
/** A line of which no more is ever lit is of a bar. */
const BAR_LIT = 0.02;
/** A frame shows a picture, and not letters, where so much inside the bars is lit; so many frames have to. */
const PICTURE = { lit: 0.4, frames: 3 };
/** Bars that leave more of the frame are left as they are: letterboxed films tell credits from story without help. */
const MOST_INSIDE = 0.8;
/** A line of letters fills its own rectangle, too; an upright film in a wide one, the smallest picture, has .32 of the frame. */
const LEAST_INSIDE = 0.25;

/** Where the picture of a film with wide bars is; null where there are none. */
export async function insideBars(
  source: FrameSource,
  file: string,
  duration: number,
  signal?: AbortSignal,
): Promise<Inside | null> {
  const times = Array.from({ length: FRAMES }, (_, k) => (duration / 2) * (1 + k / FRAMES));
  const plan = { kind: duration < SHORT ? 'exactAt' : 'keyframes', times } as const;
  const pictures: RgbImage[] = [];
  for await (const { images } of source.frames(file, { plan, sizes: [SIZE], ...(signal ? { signal } : {}) }))
    pictures.push(images[0]!);
  return insideOf(pictures);
}

/** @param pictures of one film, of one size */
export function insideOf(pictures: readonly RgbImage[]): Inside | null {
  const [first] = pictures;
  if (!first) return null;
  const { width, height } = first;
  const lit = pictures.map((picture) => sketch(picture).luma.map((luma) => (luma > LIT ? 1 : 0)));
  const ever = new Uint8Array(width * height);
  for (const picture of lit) picture.forEach((is, i) => is && (ever[i] = 1));
  const rows = span(height, (y) => count(ever, y * width, 1, width) > BAR_LIT * width);
  const columns = span(width, (x) => count(ever, x, width, height) > BAR_LIT * height);
  if (!rows || !columns) return null;
  const area = (rows.to - rows.from) * (columns.to - columns.from);
  if (area > MOST_INSIDE * width * height || area < LEAST_INSIDE * width * height) return null;
  const shown = lit.filter((picture) => count(picture, 0, 1, picture.length) > PICTURE.lit * area);
  if (shown.length < PICTURE.frames) return null;
  return {
    left: columns.from / width,
    top: rows.from / height,
    width: (columns.to - columns.from) / width,
    height: (rows.to - rows.from) / height,
  };
}

/** The part of a picture. */
export function cut({ data, width, height }: RgbImage, inside: Inside): RgbImage {
  const [left, top] = [Math.round(inside.left * width), Math.round(inside.top * height)];
  const [columns, rows] = [Math.round(inside.width * width), Math.round(inside.height * height)];
  const part = new Uint8Array(columns * rows * 3);
  for (let y = 0; y < rows; y++) {
    const from = ((top + y) * width + left) * 3;
    part.set(data.subarray(from, from + columns * 3), y * columns * 3);
  }
  return { width: columns, height: rows, data: part };
}

function count(of: Uint8Array, from: number, step: number, many: number): number {
  let sum = 0;
  for (let k = 0; k < many; k++) sum += of[from + k * step]!;
  return sum;
}

/** From the first to behind the last line that is no bar. */
function span(size: number, isPicture: (line: number) => boolean): { from: number; to: number } | null {
  let [from, to] = [0, size];
  while (from < to && !isPicture(from)) from++;
  while (to > from && !isPicture(to - 1)) to--;
  return to > from ? { from, to } : null;
}
