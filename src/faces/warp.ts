import type { RgbImage } from '../frames/types.js';
import type { FivePoints, Point } from './geometry.js';

/** A similarity (turn, scale, shift): `x' = a x - b y + tx`, `y' = b x + a y + ty`. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/** Where the five points lie in an aligned face of 112 x 112 (the template of ArcFace, Deng et al. 2019). */
export const TEMPLATE_112: FivePoints = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];

/** The similarity that takes `from` to `to` with the least squared error (Umeyama 1991, without reflection). */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity {
  const n = from.length;
  const mean = (points: readonly Point[], axis: 0 | 1): number =>
    points.reduce((sum, point) => sum + point[axis], 0) / n;
  const [fx, fy, gx, gy] = [mean(from, 0), mean(from, 1), mean(to, 0), mean(to, 1)];
  let [dot, cross, spread] = [0, 0, 0];
  from.forEach(([x, y], i) => {
    const [u, v] = to[i]!;
    dot += (x - fx) * (u - gx) + (y - fy) * (v - gy);
    cross += (x - fx) * (v - gy) - (y - fy) * (u - gx);
    spread += (x - fx) ** 2 + (y - fy) ** 2;
  });
  const [a, b] = spread > 0 ? [dot / spread, cross / spread] : [1, 0];
  return { a, b, tx: gx - a * fx + b * fy, ty: gy - b * fx - a * fy };
}

export function apply({ a, b, tx, ty }: Similarity, [x, y]: Point): Point {
  return [a * x - b * y + tx, b * x + a * y + ty];
}

export function invert({ a, b, tx, ty }: Similarity): Similarity {
  const norm = a * a + b * b;
  const [ia, ib] = [a / norm, -b / norm];
  return { a: ia, b: ib, tx: -(ia * tx - ib * ty), ty: -(ib * tx + ia * ty) };
}

/** Root mean squared distance between the moved points and their targets, in the targets' unit. */
export function residual(map: Similarity, from: readonly Point[], to: readonly Point[]): number {
  const squares = from.map((point, i) => {
    const [x, y] = apply(map, point);
    return (x - to[i]![0]) ** 2 + (y - to[i]![1]) ** 2;
  });
  return Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / squares.length);
}

/**
 * Draws a picture of width x height whose pixel centres `back` takes into the source. Each pixel is the mean of as many
 * bilinear samples a side as source pixels fall on it, so shrinking does not alias. Outside the source it is black.
 */
export function drawWarped(source: RgbImage, back: Similarity, width: number, height: number): RgbImage {
  const { a, b, tx, ty } = back;
  const samples = Math.min(16, Math.max(1, Math.round(Math.hypot(a, b))));
  const data = new Uint8Array(width * height * 3);
  const share = 1 / (samples * samples);
  const sum = new Float64Array(3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      sum[0] = sum[1] = sum[2] = 0;
      for (let down = 0; down < samples; down++) {
        const v = row + (down + 0.5) / samples;
        for (let across = 0; across < samples; across++) {
          const u = column + (across + 0.5) / samples;
          addSample(source, a * u - b * v + tx - 0.5, b * u + a * v + ty - 0.5, sum);
        }
      }
      const at = (row * width + column) * 3;
      data[at] = sum[0]! * share + 0.5;
      data[at + 1] = sum[1]! * share + 0.5;
      data[at + 2] = sum[2]! * share + 0.5;
    }
  }
  return { width, height, data };
}

/** Adds the bilinear sample at x, y. Written out: it runs a million times a frame. */
function addSample({ width, height, data }: RgbImage, x: number, y: number, sum: Float64Array): void {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const fx = x - left;
  const fy = y - top;
  if (left >= 0 && top >= 0 && left < width - 1 && top < height - 1) {
    const at = (top * width + left) * 3;
    const below = at + width * 3;
    const w00 = (1 - fx) * (1 - fy);
    const w10 = fx * (1 - fy);
    const w01 = (1 - fx) * fy;
    const w11 = fx * fy;
    sum[0]! += w00 * data[at]! + w10 * data[at + 3]! + w01 * data[below]! + w11 * data[below + 3]!;
    sum[1]! += w00 * data[at + 1]! + w10 * data[at + 4]! + w01 * data[below + 1]! + w11 * data[below + 4]!;
    sum[2]! += w00 * data[at + 2]! + w10 * data[at + 5]! + w01 * data[below + 2]! + w11 * data[below + 5]!;
    return;
  }
  for (let corner = 0; corner < 4; corner++) {
    const column = left + (corner & 1);
    const row = top + (corner >> 1);
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const weight = (corner & 1 ? fx : 1 - fx) * (corner >> 1 ? fy : 1 - fy);
    const at = (row * width + column) * 3;
    sum[0]! += weight * data[at]!;
    sum[1]! += weight * data[at + 1]!;
    sum[2]! += weight * data[at + 2]!;
  }
}

/** The picture scaled to width x height. */
export function resize(image: RgbImage, width: number, height: number): RgbImage {
  if (image.width === width && image.height === height) return image;
  // One similarity cannot scale the axes differently; callers keep the aspect, up to the rounding of a pixel.
  return drawWarped(image, { a: image.width / width, b: 0, tx: 0, ty: 0 }, width, height);
}
