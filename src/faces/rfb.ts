import type { RgbImage } from '../frames/types.js';
import { padded } from '../inference/padding.js';
import type { Model } from '../inference/types.js';
import { type Box, type Scored } from './geometry.js';

/**
 * The Ultra-Light RFB face detector (Linzaer's Ultra-Light-Fast-Generic-Face-Detector-1MB) as a fully convolutional
 * network: any width and height that are multiples of 32.
 */

/** Sides of the priors at each of the four strides, pixels of the network's input. */
const PRIORS: readonly { stride: number; sizes: readonly number[] }[] = [
  { stride: 8, sizes: [10, 16, 24] },
  { stride: 16, sizes: [32, 48] },
  { stride: 32, sizes: [64, 96] },
  { stride: 64, sizes: [128, 192, 256] },
];
const [CENTRE_VARIANCE, SIZE_VARIANCE] = [0.1, 0.2];
const STEP = 32;

/**
 * Boxes of faces in one picture at its own scale, before suppression. The network sees faces with sides from about 8 to
 * 300 pixels.
 * @returns boxes in pixels of the picture, scores of `minScore` to 1
 */
export async function proposeFaces(model: Model, image: RgbImage, minScore: number): Promise<Scored[]> {
  const canvas = padded(image, STEP);
  const { scores, offsets } = await model.runImage(canvas);
  if (!scores || !offsets) throw new Error(`${model.id} does not answer scores and offsets`);
  return decode(scores.data as Float32Array, offsets.data as Float32Array, canvas.width, canvas.height, minScore);
}

/**
 * @param scores background and face for every prior
 * @param offsets centre x, y and logarithm of width, height of every prior, scaled by the variances
 */
export function decode(
  scores: Float32Array,
  offsets: Float32Array,
  width: number,
  height: number,
  minScore: number,
): Scored[] {
  const found: Scored[] = [];
  let prior = 0;
  for (const { stride, sizes } of PRIORS) {
    const [columns, rows] = [Math.ceil(width / stride), Math.ceil(height / stride)];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (const size of sizes) {
          const score = scores[prior * 2 + 1]!;
          if (score >= minScore) {
            const box = decodeBox(offsets.subarray(prior * 4, prior * 4 + 4), column, row, stride, size, width, height);
            found.push({ box, score });
          }
          prior++;
        }
      }
    }
  }
  return found;
}

function decodeBox(
  offset: Float32Array,
  column: number,
  row: number,
  stride: number,
  size: number,
  width: number,
  height: number,
): Box {
  // The priors' centres were laid out on the rounded-up grid of cells, not on the pixels: they differ at stride 64.
  const cellX = width / Math.ceil(width / stride);
  const cellY = height / Math.ceil(height / stride);
  const x = (column + 0.5) * cellX + offset[0]! * CENTRE_VARIANCE * size;
  const y = (row + 0.5) * cellY + offset[1]! * CENTRE_VARIANCE * size;
  const [w, h] = [size * Math.exp(offset[2]! * SIZE_VARIANCE), size * Math.exp(offset[3]! * SIZE_VARIANCE)];
  return [x - w / 2, y - h / 2, w, h];
}
