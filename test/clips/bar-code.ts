import type { RgbImage } from '../../src/frames/types.js';
import { openVideoWriter, type VideoWriterOptions } from '../../src/frames/writer.js';

/** Bits of a frame number in a picture: one column each, the lowest on the left; the lower half shows them inverted. */
const BITS = 10;

/** A picture that says its number in black and white columns. */
export function drawNumber(number: number, width: number, height: number): RgbImage {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = (number >> Math.floor((x * BITS) / width)) & 1;
      data.fill((bit === 1) === y < height / 2 ? 235 : 20, (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
  return { width, height, data };
}

/** The number in a picture; null when the picture is not an upright bar code. */
export function readNumber({ width, height, data }: RgbImage): number | null {
  const bright = (column: number, row: number): boolean =>
    (data[(Math.floor(row * height) * width + Math.floor(((column + 0.5) * width) / BITS)) * 3] ?? 0) > 127;
  let number = 0;
  for (let column = 0; column < BITS; column++) {
    if (bright(column, 0.2) === bright(column, 0.8)) return null;
    if (bright(column, 0.2)) number |= 1 << column;
  }
  return number;
}

/** Turns a picture by a quarter, counter-clockwise: what a camera held on its side records. */
function turned({ width, height, data }: RgbImage): RgbImage {
  const out = Buffer.alloc(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = ((width - 1 - x) * height + y) * 3;
      out.set(data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3), to);
    }
  }
  return { width: height, height: width, data: out };
}

export interface Clip {
  readonly file: string;
  /** Presentation time of each frame on the container's timeline, seconds. Frame n shows the number n. */
  readonly times: readonly number[];
}

/** Writes a clip whose frame n, at `times[n]`, shows the bar code of n, upright when displayed. */
export async function writeClip(
  file: string,
  times: readonly number[],
  options: Omit<VideoWriterOptions, 'width' | 'height' | 'frameRate'> = {},
): Promise<Clip> {
  const [width, height] = [160, 96];
  const sideways = options.rotation === 90;
  const coded = sideways ? { width: height, height: width } : { width, height };
  const writer = await openVideoWriter(file, { ...options, ...coded, frameRate: 25 });
  for (const [number, time] of times.entries()) {
    const picture = drawNumber(number, width, height);
    await writer.write(sideways ? turned(picture) : picture, time);
  }
  await writer.close();
  return { file, times };
}

/** Times of `count` frames at a constant rate. */
export function steady(count: number, rate: number, start = 0): number[] {
  return Array.from({ length: count }, (_, index) => start + index / rate);
}
