import type { RgbImage } from '../frames/types.js';
import type { Box, FivePoints } from './geometry.js';
import { fitSimilarity, residual, TEMPLATE_112 } from './warp.js';

/** What makes a face easy or hard to recognise; each part 0 to 1, `score` their product's cube root. */
export interface FaceQuality {
  /** Height of the box: 0 at 16 pixels and less, 1 at 80 and more (the recogniser sees 112). */
  readonly size: number;
  /** Contrast between neighbouring pixels of the aligned face. */
  readonly sharpness: number;
  /** How frontal: the nose between the eyes, and the points as in the template. */
  readonly pose: number;
  readonly score: number;
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/** Turned to the side: 0 for a frontal face, about 1 when the nose lies over an eye. */
export function yaw([left, right, nose]: FivePoints): number {
  const eyes = Math.hypot(right[0] - left[0], right[1] - left[1]);
  if (eyes === 0) return 1;
  const along =
    ((nose[0] - left[0]) * (right[0] - left[0]) + (nose[1] - left[1]) * (right[1] - left[1])) / (eyes * eyes);
  return Math.min(1, Math.abs(along - 0.5) * 2);
}

/** Root mean squared distance of the points from the template's, in pixels of the aligned face of 112. */
export function misfit(points: FivePoints): number {
  return residual(fitSimilarity(points, TEMPLATE_112), points, TEMPLATE_112);
}

/** Mean of the absolute Laplacian of the green channel, grey levels: about 2 when blurred, 10 and more when crisp. */
function contrast({ width, height, data }: RgbImage): number {
  let sum = 0;
  const row = width * 3;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * row + x * 3 + 1;
      sum += Math.abs(4 * data[at]! - data[at - 3]! - data[at + 3]! - data[at - row]! - data[at + row]!);
    }
  }
  return sum / ((width - 2) * (height - 2));
}

/** @param aligned the face as the recogniser sees it @param box in pixels of the picture that it was drawn from */
export function faceQuality(aligned: RgbImage, box: Box, points: FivePoints): FaceQuality {
  const size = clamp((box[3] - 16) / 64);
  const sharpness = clamp(contrast(aligned) / 10);
  const pose = clamp(1 - yaw(points)) * clamp(1 - misfit(points) / 20);
  return { size, sharpness, pose, score: Math.cbrt(size * sharpness * pose) };
}
