import type { RgbImage } from '../frames/types.js';
import type { Model, Tensor } from '../inference/types.js';

/** A piece of text, as fractions of the picture. */
export interface TextBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Mean text probability inside, 0 to 1. */
  readonly score: number;
}

/** A map of text probabilities, row by row, `data.length === width * height`. */
export interface ProbabilityMap {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * Settings of differentiable binarization (Liao et al. 2020), as PP-OCR ships them: a pixel is text above `threshold`,
 * a component is text when its mean is above `boxThreshold`, and because the network is trained on shrunken words, the
 * box grows by `area * unclipRatio / perimeter` on each side.
 */
const DB = { threshold: 0.3, boxThreshold: 0.6, unclipRatio: 1.5, minSide: 3 };

/** The network halves its picture five times. */
const STRIDE = 32;

/** Boxes of a probability map, of which the first `validWidth` x `validHeight` pixels are picture, not padding. */
export function boxesFromMap(map: ProbabilityMap, validWidth = map.width, validHeight = map.height): TextBox[] {
  const { width, data } = map;
  const seen = new Uint8Array(data.length);
  const stack: number[] = [];
  const boxes: TextBox[] = [];
  for (let seed = 0; seed < data.length; seed++) {
    if (seen[seed] === 1 || data[seed]! <= DB.threshold) continue;
    let [left, right, top, bottom, sum, count] = [width, -1, map.height, -1, 0, 0];
    seen[seed] = 1;
    stack.push(seed);
    while (stack.length > 0) {
      const at = stack.pop()!;
      const x = at % width;
      const y = (at - x) / width;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
      sum += data[at]!;
      count++;
      const lastX = x + 1 < width ? x + 1 : x;
      const lastY = y + 1 < map.height ? y + 1 : y;
      for (let ny = y > 0 ? y - 1 : y; ny <= lastY; ny++) {
        for (let nx = x > 0 ? x - 1 : x; nx <= lastX; nx++) {
          const next = ny * width + nx;
          if (seen[next] === 0 && data[next]! > DB.threshold) {
            seen[next] = 1;
            stack.push(next);
          }
        }
      }
    }
    const w = right - left + 1;
    const h = bottom - top + 1;
    const score = sum / count;
    if (Math.min(w, h) < DB.minSide || score < DB.boxThreshold) continue;
    const grow = (w * h * DB.unclipRatio) / (2 * (w + h));
    const x0 = Math.max(0, left - grow);
    const y0 = Math.max(0, top - grow);
    const x1 = Math.min(validWidth, right + 1 + grow);
    const y1 = Math.min(validHeight, bottom + 1 + grow);
    if (x1 <= x0 || y1 <= y0) continue;
    boxes.push({
      x: x0 / validWidth,
      y: y0 / validHeight,
      width: (x1 - x0) / validWidth,
      height: (y1 - y0) / validHeight,
      score,
    });
  }
  return boxes;
}

/** Black below and to the right, so that both sides become multiples of the network's stride. */
export function padToStride(image: RgbImage): RgbImage {
  const width = Math.ceil(image.width / STRIDE) * STRIDE;
  const height = Math.ceil(image.height / STRIDE) * STRIDE;
  if (width === image.width && height === image.height) return image;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < image.height; y++) {
    data.set(image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3), y * width * 3);
  }
  return { width, height, data };
}

/** Text boxes of pictures of one size. */
export async function findText(model: Model, images: readonly RgbImage[]): Promise<TextBox[][]> {
  const first = images[0];
  if (first === undefined) return [];
  const outputs = await model.runImages(images.map(padToStride));
  const map = Object.values(outputs)[0] as Tensor;
  const [height, width] = map.dims.slice(-2) as [number, number];
  const size = width * height;
  return images.map((image, k) => {
    const data = (map.data as Float32Array).subarray(k * size, (k + 1) * size);
    return boxesFromMap({ width, height, data }, image.width, image.height);
  });
}
