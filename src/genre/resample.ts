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
  const triangle = new Float32Array(reach);
  for (let place = 0; place < to; place++) {
    const centre = (place + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - radius));
    const count = Math.min(from, Math.ceil(centre + radius)) - start;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      triangle[i] = Math.max(0, 1 - Math.abs(start + i + 0.5 - centre) / radius);
      sum += triangle[i]!;
    }
    found.start[place] = start;
    found.count[place] = count;
    for (let i = 0; i < count; i++) found.weights[place * reach + i] = triangle[i]! / sum;
  }
  return found;
}

/** The window of a picture, scaled to exactly width x height (the aspect is not kept). */
export function resample({ data: source, width: sourceWidth }: RgbImage, window: PixelWindow, width: number, height: number): RgbImage {
  const stride = width * 3;
  // One row more than there are, of zeros: a picture one pixel high has no second row.
  const narrow = new Float32Array((window.height + 1) * stride);
  const columns = taps(window.width, width);
  for (let y = 0, to = 0; y < window.height; y++) {
    const line = ((window.top + y) * sourceWidth + window.left) * 3;
    for (let x = 0; x < width; x++, to += 3) {
      const first = x * columns.reach;
      const end = first + columns.count[x]!;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let i = first, at = line + columns.start[x]! * 3; i < end; i++, at += 3) {
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
    // Two rows count when a picture is enlarged, as films' are: a loop over them would be most of the work.
    const [above, below] = [rows.weights[first]!, rows.weights[first + 1]!];
    for (let x = 0; x < stride; x++) {
      let sum = 0.5 + above * narrow[line + x]! + below * narrow[line + stride + x]!;
      for (let i = first + 2, at = line + 2 * stride + x; i < end; i++, at += stride) sum += rows.weights[i]! * narrow[at]!;
      data[y * stride + x] = sum;
    }
  }
  return { width, height, data };
}
