import { type Box, type Point, type Scored, suppress, toFractions } from '../core/boxes.js';
import type { RgbImage } from '../frames/types.js';
import { padded } from '../inference/padding.js';
import type { Model } from '../inference/types.js';

/**
 * Persons by MoveNet MultiPose Lightning (Google, 2021): CenterNet on MobileNet V2. Its graph ends in the six surest people;
 * here every peak of the map of centres counts, by the same reckoning.
 */

/** A body in one frame. */
export interface Person extends Scored {
  /** `[x, y, width, height]`, fractions of the picture, inside it. */
  readonly box: Box;
  /** 0 to 1. */
  readonly score: number;
  /**
   * Where the network puts the 17 points of COCO (nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles; left before
   * right, the person's own), fractions of the picture, whether or not they are to be seen.
   */
  readonly points: readonly Point[];
}

/** Pixels of a cell of the maps, and what sides are multiples of. */
const STRIDE = 4;
const STEP = 32;
/** A centre is the highest within so many cells. */
const REACH = 2;
/** Boxes that overlap by more are of one person. */
const OVERLAP = 0.6;
const POINTS = 17;

/** @param minScore least score of a person, 0 to 1 */
export async function findPersons(model: Model, image: RgbImage, minScore: number): Promise<Person[]> {
  const canvas = padded(image, STEP);
  const outputs = await model.runImage(canvas);
  const map = (name: string): Float32Array => {
    const tensor = outputs[name];
    if (!tensor) throw new Error(`${model.id} does not answer ${name}`);
    return tensor.data as Float32Array;
  };
  const maps = { centers: map('centers'), sizes: map('sizes'), offsets: map('offsets'), points: map('points') };
  const found = decodePersons(maps, canvas.width / STRIDE, canvas.height / STRIDE, minScore);
  return suppress(found, OVERLAP, 1).map(({ box, score, points }) => ({
    box: toFractions(box, image.width, image.height),
    score,
    points: points.map(([x, y]): Point => [x / image.width, y / image.height]),
  }));
}

/** What the network answers, row by row: a score, height and width, y and x of the centre, y and x of each point in every cell. */
export interface PersonMaps {
  readonly centers: Float32Array;
  readonly sizes: Float32Array;
  readonly offsets: Float32Array;
  readonly points: Float32Array;
}

/** @returns boxes and points in pixels of the network's input, before suppression */
export function decodePersons(maps: PersonMaps, columns: number, rows: number, minScore: number): Person[] {
  const found: Person[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const cell = row * columns + column;
      const score = maps.centers[cell]!;
      if (score < minScore || !isPeak(maps.centers, columns, rows, column, row)) continue;
      const [y, x] = [row + maps.offsets[cell * 2]!, column + maps.offsets[cell * 2 + 1]!];
      const [height, width] = [maps.sizes[cell * 2]!, maps.sizes[cell * 2 + 1]!].map((size) => Math.max(0, size));
      const points = Array.from({ length: POINTS }, (_, point): Point => {
        const at = (cell * POINTS + point) * 2;
        return [(column + maps.points[at + 1]!) * STRIDE, (row + maps.points[at]!) * STRIDE];
      });
      const box: Box = [(x - width! / 2) * STRIDE, (y - height! / 2) * STRIDE, width! * STRIDE, height! * STRIDE];
      found.push({ box, score, points });
    }
  }
  return found;
}

function isPeak(centers: Float32Array, columns: number, rows: number, column: number, row: number): boolean {
  const score = centers[row * columns + column]!;
  for (let y = Math.max(0, row - REACH); y <= Math.min(rows - 1, row + REACH); y++)
    for (let x = Math.max(0, column - REACH); x <= Math.min(columns - 1, column + REACH); x++)
      if (centers[y * columns + x]! > score) return false;
  return true;
}
