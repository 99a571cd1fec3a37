import type { RgbImage } from '../frames/types.js';
import type { Model } from '../inference/types.js';
import type { Box, FivePoints, Point } from './geometry.js';
import { apply, drawWarped, type Similarity } from './warp.js';

/** What the mesh network says of a box. */
export interface MeshFace {
  readonly points: FivePoints;
  /** Probability of a face, 0 to 1. */
  readonly face: number;
}

/** How much larger than the box (or than the mesh of the first look) the square is that the network sees. */
const AROUND = 1.5;

/** Points of the mesh (MediaPipe's numbering): corners and lids of the eyes on the left and right of the picture, nose tip, mouth. */
const [LEFT_EYE, RIGHT_EYE] = [[33, 133, 159, 145], [362, 263, 386, 374]] as const; // prettier-ignore
const [NOSE_TIP, MOUTH_LEFT, MOUTH_RIGHT] = [1, 61, 291] as const;
const [OUTER_LEFT, OUTER_RIGHT] = [33, 263] as const;

/** From the network's pixels to the picture's: a square about the box's middle. */
function squareOf([x, y, width, height]: Box, side: number): Similarity {
  const a = (height * AROUND) / side;
  return { a, b: 0, tx: x + width / 2 - (a * side) / 2, ty: y + height / 2 - (a * side) / 2 };
}

/** The same about the mesh, turned so that the eyes lie on a level. */
function uprightOf(mesh: readonly Point[], side: number): Similarity {
  const [left, right] = [mesh[OUTER_LEFT]!, mesh[OUTER_RIGHT]!];
  const angle = Math.atan2(right[1] - left[1], right[0] - left[0]);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const along = mesh.map(([x, y]) => x * cos + y * sin);
  const across = mesh.map(([x, y]) => y * cos - x * sin);
  const [fromX, toX, fromY, toY] = [Math.min(...along), Math.max(...along), Math.min(...across), Math.max(...across)];
  const scale = (Math.max(toX - fromX, toY - fromY) * AROUND) / side;
  const [u, v] = [(fromX + toX) / 2, (fromY + toY) / 2];
  const [a, b] = [cos * scale, sin * scale];
  const half = side / 2;
  return { a, b, tx: u * cos - v * sin - (a - b) * half, ty: u * sin + v * cos - (b + a) * half };
}

function fivePoints(mesh: readonly Point[]): FivePoints {
  const mean = (indices: readonly number[]): Point => {
    const sum = (axis: 0 | 1): number => indices.reduce((total, i) => total + mesh[i]![axis], 0);
    return [sum(0) / indices.length, sum(1) / indices.length];
  };
  return [mean(LEFT_EYE), mean(RIGHT_EYE), mesh[NOSE_TIP]!, mesh[MOUTH_LEFT]!, mesh[MOUTH_RIGHT]!];
}

/**
 * The five points of the face in each box, pixels, by MediaPipe's face mesh. As with {@link findLandmarks} the points found first turn
 * the face upright, and those found in that crop are the answer.
 */
export async function findMesh(model: Model, image: RgbImage, boxes: readonly Box[]): Promise<MeshFace[]> {
  const side = model.input.width ?? 192;
  const look = async (crops: readonly Similarity[]): Promise<{ mesh: Point[]; face: number }[]> => {
    const { points, face } = await model.runImages(crops.map((crop) => drawWarped(image, crop, side, side)));
    if (!points || !face) throw new Error(`${model.id} does not answer points and whether they are a face`);
    const size = points.data.length / crops.length;
    return crops.map((crop, n) => ({
      mesh: Array.from({ length: size / 3 }, (_, i) =>
        apply(crop, [Number(points.data[n * size + i * 3]), Number(points.data[n * size + i * 3 + 1])]),
      ),
      face: Number(face.data[n]),
    }));
  };
  if (boxes.length === 0) return [];
  const first = await look(boxes.map((box) => squareOf(box, side)));
  const upright = await look(first.map(({ mesh }) => uprightOf(mesh, side)));
  return upright.map(({ mesh, face }) => ({ points: fivePoints(mesh), face }));
}
