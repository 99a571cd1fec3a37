import type { RgbImage } from '../frames/types.js';
import type { Model } from '../inference/types.js';
import type { Box, FivePoints, Point } from './geometry.js';
import { apply, drawWarped, fitSimilarity, invert, type Similarity, TEMPLATE_112 } from './warp.js';

/**
 * Five points of a face from a network of 68 (the numbering of iBUG 300-W): eyes from the lids' points without the
 * corners, nose tip, corners of the mouth from their outer and inner points.
 */
function fivePoints(points: Float32Array, toPicture: Similarity, side: number): FivePoints {
  const mean = (...indices: number[]): Point => {
    const sum = (axis: 0 | 1): number => indices.reduce((total, i) => total + points[i * 2 + axis]!, 0);
    return apply(toPicture, [(sum(0) / indices.length) * side, (sum(1) / indices.length) * side]);
  };
  return [mean(37, 38, 40, 41), mean(43, 44, 46, 47), mean(30), mean(48, 60), mean(54, 64)];
}

/** From a crop's pixels to the picture's: the square of the box's height about its centre. */
function squareOf([x, y, width, height]: Box, side: number): Similarity {
  return { a: height / side, b: 0, tx: x + width / 2 - height / 2, ty: y };
}

/** The crop that the network saw, turned and scaled so that these points lie as in an upright face. */
function uprightOf(points: FivePoints, side: number): Similarity {
  // Where the template lies in a detector's square: eyes at .32 and .68 of its width, .39 of its height.
  const unit = side / 112;
  return invert(
    fitSimilarity(
      points,
      TEMPLATE_112.map(([x, y]): Point => [x * unit, (y - 6) * unit]),
    ),
  );
}

/**
 * The five points of the face in each box, pixels. The network was trained on upright faces: the points found first
 * turn the face upright, and those found in that crop are the answer.
 */
export async function findLandmarks(model: Model, image: RgbImage, boxes: readonly Box[]): Promise<FivePoints[]> {
  const side = model.input.width ?? 64;
  const locate = async (crops: readonly Similarity[]): Promise<FivePoints[]> => {
    const { landmarks } = await model.runImages(crops.map((crop) => drawWarped(image, crop, side, side)));
    if (!landmarks) throw new Error(`${model.id} does not answer landmarks`);
    const size = landmarks.data.length / crops.length;
    return crops.map((crop, i) =>
      fivePoints((landmarks.data as Float32Array).subarray(i * size, (i + 1) * size), crop, side),
    );
  };
  if (boxes.length === 0) return [];
  const first = await locate(boxes.map((box) => squareOf(box, side)));
  return locate(first.map((points) => uprightOf(points, side)));
}
