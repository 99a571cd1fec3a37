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
  const sum = [0, 0, 0];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      sum.fill(0);
      for (let s = 0; s < samples * samples; s++) {
        const u = column + ((s % samples) + 0.5) / samples;
        const v = row + (Math.floor(s / samples) + 0.5) / samples;
        addSample(source, a * u - b * v + tx - 0.5, b * u + a * v + ty - 0.5, sum);
      }
      const at = (row * width + column) * 3;
      for (let c = 0; c < 3; c++) data[at + c] = Math.round(sum[c]! * share);
    }
  }
  return { width, height, data };
}

function addSample({ width, height, data }: RgbImage, x: number, y: number, sum: number[]): void {
  if (x <= -1 || y <= -1 || x >= width || y >= height) return;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - left, y - top];
  for (let dy = 0; dy < 2; dy++) {
    const row = top + dy;
    if (row < 0 || row >= height) continue;
    for (let dx = 0; dx < 2; dx++) {
      const column = left + dx;
      if (column < 0 || column >= width) continue;
      const weight = (dx ? fx : 1 - fx) * (dy ? fy : 1 - fy);
      const at = (row * width + column) * 3;
      sum[0]! += weight * data[at]!;
      sum[1]! += weight * data[at + 1]!;
      sum[2]! += weight * data[at + 2]!;
    }
  }
}

/** The picture scaled to width x height. */
export function resize(image: RgbImage, width: number, height: number): RgbImage {
  if (image.width === width && image.height === height) return image;
  // One similarity cannot scale the axes differently; callers keep the aspect, up to the rounding of a pixel.
  return drawWarped(image, { a: image.width / width, b: 0, tx: 0, ty: 0 }, width, height);
}
