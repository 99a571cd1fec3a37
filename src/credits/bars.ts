import type { PictureSketch } from './picture.js';

/**
 * Wide black bars around a film's picture, as where a wide film lies in a 4:3 one in a 16:9 one: half of such a frame is black whatever
 * the film shows, and would be taken for the black that credits stand on.
 */

/** A part of a frame; fractions of it. */
export interface Inside {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Darker pixels may be of a bar: black of 16 in video range, and a codec's noise. Of 255. */
const LIT = 28;
/** A line of which no more is ever lit is of a bar. */
const BAR_LIT = 0.02;
/** A frame shows a picture, and not letters, where so much inside the bars is lit; so many frames have to. */
const PICTURE = { lit: 0.4, frames: 3 };
/** Bars that leave more of the frame are left as they are: they are narrow, and a dark story may look like them. */
const MOST_INSIDE = 0.8;
/** A line of letters fills its own rectangle, too; an upright film in a wide one, the smallest picture, has .32 of the frame. */
const LEAST_INSIDE = 0.25;

/** What the frames of a film light: where its picture is, if wide bars are about it. */
export class LitFrames {
  private size: { readonly width: number; readonly height: number } | null = null;
  private ever = new Uint8Array();
  /** Lit pixels of each frame. */
  private readonly counts: number[] = [];

  /** @param frame others than the first count where they are of its size */
  add({ width, height, luma }: PictureSketch): void {
    if (!this.size) {
      this.size = { width, height };
      this.ever = new Uint8Array(width * height);
    }
    if (this.size.width !== width || this.size.height !== height) return;
    let sum = 0;
    for (let i = 0; i < luma.length; i++) {
      if (luma[i]! <= LIT) continue;
      this.ever[i] = 1;
      sum++;
    }
    this.counts.push(sum);
  }

  /** null where there are no wide bars. */
  inside(): Inside | null {
    if (!this.size) return null;
    const { ever } = this;
    const { width, height } = this.size;
    const rows = span(height, (y) => count(ever, y * width, 1, width) > BAR_LIT * width);
    const columns = span(width, (x) => count(ever, x, width, height) > BAR_LIT * height);
    if (!rows || !columns) return null;
    const area = (rows.to - rows.from) * (columns.to - columns.from);
    if (area > MOST_INSIDE * width * height || area < LEAST_INSIDE * width * height) return null;
    if (this.counts.filter((lit) => lit > PICTURE.lit * area).length < PICTURE.frames) return null;
    return {
      x: columns.from / width,
      y: rows.from / height,
      width: (columns.to - columns.from) / width,
      height: (rows.to - rows.from) / height,
    };
  }
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function count(of: Uint8Array, from: number, step: number, many: number): number {
  let sum = 0;
  for (let k = 0; k < many; k++) sum += of[from + k * step]!;
  return sum;
}

/** From the first to behind the last line that is no bar. */
function span(size: number, isPicture: (line: number) => boolean): Span | null {
  let [from, to] = [0, size];
  while (from < to && !isPicture(from)) from++;
  while (to > from && !isPicture(to - 1)) to--;
  return to > from ? { from, to } : null;
}
