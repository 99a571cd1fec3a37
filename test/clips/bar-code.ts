import type { Orientation } from '../../src/frames/geometry.js';
import type { RgbImage } from '../../src/frames/types.js';
import { openVideoWriter, type VideoWriterOptions } from '../../src/frames/writer.js';

/** Bits of a frame number in a picture: one column each, the lowest on the left; the lower half shows them inverted. */
const BITS = 10;

/** A picture that says its number in black and white columns. */
export function drawNumber(number: number, width: number, height: number): RgbImage {
  const data = Buffer.alloc(width * height * 3);
  const [upper, lower] = [Buffer.alloc(width * 3), Buffer.alloc(width * 3)];
  for (let x = 0; x < width; x++) {
    const bit = (number >> Math.floor((x * BITS) / width)) & 1;
    upper.fill(bit === 1 ? 235 : 20, x * 3, x * 3 + 3);
    lower.fill(bit === 1 ? 20 : 235, x * 3, x * 3 + 3);
  }
  for (let y = 0; y < height; y++) data.set(y < height / 2 ? upper : lower, y * width * 3);
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

/** The coded picture that players show as `image`: what they do to it, undone. */
function undone(image: RgbImage, { mirrored, rotation }: Orientation): RgbImage {
  const { width, height, data } = image;
  if (!mirrored && rotation === 0) return image;
  const sideways = rotation % 180 !== 0;
  const out = { width: sideways ? height : width, height: sideways ? width : height, data: Buffer.alloc(data.length) };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [turnedX, codedY] = (
        { 0: [x, y], 90: [y, width - 1 - x], 180: [width - 1 - x, height - 1 - y], 270: [height - 1 - y, x] } as const
      )[rotation];
      const codedX = mirrored ? out.width - 1 - turnedX : turnedX;
      const [from, to] = [(y * width + x) * 3, (codedY * out.width + codedX) * 3];
      for (let channel = 0; channel < 3; channel++) out.data[to + channel] = data[from + channel]!;
    }
  }
  return out;
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
  const orientation = options.orientation ?? { mirrored: false, rotation: 0 };
  const sideways = orientation.rotation % 180 !== 0;
  const writer = await openVideoWriter(file, {
    ...options,
    width: sideways ? height : width,
    height: sideways ? width : height,
    frameRate: 25,
  });
  for (const [number, time] of times.entries())
    await writer.write(undone(drawNumber(number, width, height), orientation), time);
  await writer.close();
  return { file, times };
}

/** Times of `count` frames at a constant rate. */
export function steady(count: number, rate: number, start = 0): number[] {
  return Array.from({ length: count }, (_, index) => start + index / rate);
}
