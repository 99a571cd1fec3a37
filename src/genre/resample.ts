import type { RgbImage } from '../frames/types.js';

/** A rectangle of whole pixels. */
export interface PixelWindow {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** For every place of the scaled line: where its source begins, how many source places count, and their weights. */
interface Taps {
  readonly start: Int32Array;
  readonly count: Int32Array;
  /** [places, reach] */
  readonly weights: Float32Array;
  readonly reach: number;
}

/** Triangle filter, as wide as the reduction (bilinear when enlarging), so that a reduced picture does not alias. */
function taps(from: number, to: number): Taps {
  const scale = from / to;
  const radius = Math.max(1, scale);
  const reach = Math.ceil(2 * radius) + 1;
  const found: Taps = { start: new Int32Array(to), count: new Int32Array(to), weights: new Float32Array(to * reach), reach };
  for (let place = 0; place < to; place++) {
    const centre = (place + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - radius));
    const count = Math.min(from, Math.ceil(centre + radius)) - start;
    const weights = Float32Array.from({ length: count }, (_, i) => Math.max(0, 1 - Math.abs(start + i + 0.5 - centre) / radius));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    found.start[place] = start;
    found.count[place] = count;
    found.weights.set(weights.map((weight) => weight / sum), place * reach);
  }
  return found;
}

/** The window of a picture, scaled to exactly width x height (the aspect is not kept). */
export function resample({ data: source, width: sourceWidth }: RgbImage, window: PixelWindow, width: number, height: number): RgbImage {
  const stride = width * 3;
  const narrow = new Float32Array(window.height * stride);
  const columns = taps(window.width, width);
  for (let x = 0; x < width; x++) {
    const first = x * columns.reach;
    const end = first + columns.count[x]!;
    let line = (window.top * sourceWidth + window.left + columns.start[x]!) * 3;
    for (let to = x * 3; to < narrow.length; to += stride, line += sourceWidth * 3) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let i = first, at = line; i < end; i++, at += 3) {
        const weight = columns.weights[i]!;
        red += weight * source[at]!;
        green += weight * source[at + 1]!;
        blue += weight * source[at + 2]!;
      }
      narrow[to] = red;
      narrow[to + 1] = green;
      narrow[to + 2] = blue;
    }
  }
  const data = new Uint8Array(height * stride);
  const rows = taps(window.height, height);
  for (let y = 0; y < height; y++) {
    const first = y * rows.reach;
    const end = first + rows.count[y]!;
    const line = rows.start[y]! * stride;
    for (let x = 0; x < stride; x++) {
      let sum = 0.5;
      for (let i = first, at = line + x; i < end; i++, at += stride) sum += rows.weights[i]! * narrow[at]!;
      data[y * stride + x] = sum;
    }
  }
  return { width, height, data };
}
