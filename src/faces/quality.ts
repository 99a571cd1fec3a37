import type { RgbImage } from '../frames/types.js';
import type { Box, FivePoints } from './geometry.js';
import { fitSimilarity, residual, TEMPLATE_112 } from './warp.js';

/** What makes a face easy or hard to recognise, each part 0 to 1. */
export interface FaceQuality {
  /** Height of the box: 0 at 16 pixels and less, 1 at 80 and more (the recogniser sees 112). */
  readonly size: number;
  /** Contrast between neighbouring pixels of the aligned face. */
  readonly sharpness: number;
  /** How frontal: the nose between the eyes, and the points as in the template. */
  readonly pose: number;
  /**
   * How much of it is to be seen: 1 where nothing covers it, about .4 where nearly everything does. It has its say before:
   * the same length decides what is a face, and which faces films leave out.
   */
  readonly visible: number;
  /** Cube root of size, sharpness and pose. */
  readonly score: number;
}

/**
 * Lengths of embeddings before scaling, of 172 gallery photos: three in four of the faces that nothing covers are longer than
 * 3.2, half of those with eyes, mouth or half a face under a patch shorter than 2.9, half of those nearly all covered
 * shorter than 2. Below 1.25 it is no face (recognizers.ts).
 */
const [COVERED, IN_VIEW] = [1.25, 3.2];

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

/**
 * @param aligned the face as the recogniser sees it
 * @param box in pixels of the picture that it was drawn from
 * @param strength length of its embedding before scaling; null where that does not tell faces
 */
export function faceQuality(aligned: RgbImage, box: Box, points: FivePoints, strength: number | null): FaceQuality {
  const size = clamp((box[3] - 16) / 64);
  const sharpness = clamp(contrast(aligned) / 10);
  const pose = clamp(1 - yaw(points)) * clamp(1 - misfit(points) / 20);
  const visible = strength === null ? 1 : clamp((strength - COVERED) / (IN_VIEW - COVERED));
  return { size, sharpness, pose, visible, score: Math.cbrt(size * sharpness * pose) };
}
