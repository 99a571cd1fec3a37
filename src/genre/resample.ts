import type { RgbImage } from '../frames/types.js';

/** A rectangle of whole pixels. */
export interface PixelWindow {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** For every place of the scaled line: where its source begins, and the weights of the source places from there. */
interface Tap {
  readonly start: number;
  readonly weights: Float32Array;
}

/** Triangle filter, as wide as the reduction (bilinear when enlarging), so that a reduced picture does not alias. */
function taps(from: number, to: number): Tap[] {
  const scale = from / to;
  const reach = Math.max(1, scale);
  return Array.from({ length: to }, (_, place) => {
    const centre = (place + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - reach));
    const end = Math.min(from, Math.ceil(centre + reach));
    const weights = Float32Array.from({ length: end - start }, (_unused, i) =>
      Math.max(0, 1 - Math.abs(start + i + 0.5 - centre) / reach));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { start, weights: weights.map((weight) => weight / sum) };
  });
}

/** The window of a picture, scaled to exactly width x height (the aspect is not kept). */
export function resample(image: RgbImage, window: PixelWindow, width: number, height: number): RgbImage {
  const columns = taps(window.width, width);
  const rows = taps(window.height, height);
  const narrow = new Float32Array(window.height * width * 3);
  for (let y = 0; y < window.height; y++) {
    const line = ((window.top + y) * image.width + window.left) * 3;
    columns.forEach(({ start, weights }, x) => {
      let [red, green, blue] = [0, 0, 0];
      for (let i = 0; i < weights.length; i++) {
        const at = line + (start + i) * 3;
        red += weights[i]! * image.data[at]!;
        green += weights[i]! * image.data[at + 1]!;
        blue += weights[i]! * image.data[at + 2]!;
      }
      const to = (y * width + x) * 3;
      narrow[to] = red;
      narrow[to + 1] = green;
      narrow[to + 2] = blue;
    });
  }
  const stride = width * 3;
  const data = new Uint8Array(height * stride);
  rows.forEach(({ start, weights }, y) => {
    for (let x = 0; x < stride; x++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * narrow[(start + i) * stride + x]!;
      data[y * stride + x] = Math.round(sum);
    }
  });
  return { width, height, data };
}
