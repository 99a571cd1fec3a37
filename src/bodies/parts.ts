import type { Box, Point } from '../core/boxes.js';
import type { Person } from './persons.js';

/** Where the parts of a body lie in a picture: hair, torso and limbs, whose colours tell people apart. */

/**
 * Sleeves and bare arms tell people who wear the same colour, and so do a shirt under a jacket (`chest`) and the jacket (`sides`).
 * `upperLegs` and `lowerLegs` tell trousers, skirts and bare legs.
 */
export const REGIONS = ['hair', 'chest', 'sides', 'belly', 'upperArms', 'forearms', 'upperLegs', 'lowerLegs'] as const;
export type Region = (typeof REGIONS)[number];

export const eachRegion = <T>(of: (region: Region, index: number) => T): Record<Region, T> =>
  Object.fromEntries(REGIONS.map((region, index) => [region, of(region, index)])) as Record<Region, T>;

/** Upper left, upper right, lower left and lower right corner; fractions of the frame, which they may leave. */
export type Quad = readonly [Point, Point, Point, Point];

const [SHOULDERS, ELBOWS, WRISTS, HIPS, KNEES, ANKLES] = [5, 7, 9, 11, 13, 15] as const;
const FACE = [0, 1, 2, 3, 4] as const;

const mean = (points: readonly Point[], axis: 0 | 1): number =>
  points.reduce((sum, point) => sum + point[axis], 0) / points.length;
const between = (a: Point, b: Point, share: number): Point => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
];

/** Breadth of a limb as a share of the torso's length. */
const [ARM, FOREARM, THIGH, SHIN] = [0.16, 0.13, 0.21, 0.16];

/**
 * Head of a body, from where nose, eyes and ears lie and how broad the shoulders are: a face's box and the hair around it.
 * @param aspect width of the frame over its height
 * @returns fractions of the frame, which it may leave
 */
export function headOf({ points, box }: Pick<Person, 'points' | 'box'>, aspect: number): Box {
  const face = FACE.map((at) => points[at]!);
  const shoulders = [points[SHOULDERS]!, points[SHOULDERS + 1]!];
  const [x, y] = [mean(face, 0), mean(face, 1)];
  // In heights of the frame: from the shoulders' middle to the face's, and half the breadth of the shoulders.
  const neck = Math.hypot((mean(shoulders, 0) - x) * aspect, mean(shoulders, 1) - y);
  const breadth = Math.hypot((shoulders[0]![0] - shoulders[1]![0]) * aspect, shoulders[0]![1] - shoulders[1]![1]);
  const height = Math.min(Math.max(neck, breadth / 2, 0.02), box[3]) * 1.2;
  const width = (height * 0.8) / aspect;
  return [x - width / 2, y - height * 0.55, width, height];
}

/** The parts of a body. @param aspect width of the frame over its height */
export function partsOf(
  person: Pick<Person, 'points' | 'box'>,
  aspect: number,
): Readonly<Record<Region, readonly Quad[]>> {
  const { points } = person;
  const pair = (left: number): [Point, Point] => {
    const [a, b] = [points[left]!, points[left + 1]!];
    // Somebody seen from behind has the left one on the left.
    return a[0] < b[0] ? [a, b] : [b, a];
  };
  const [shoulders, hips] = [pair(SHOULDERS), pair(HIPS)];
  const [neck, waist] = [between(...shoulders, 0.5), between(...hips, 0.5)];
  const length = Math.hypot((neck[0] - waist[0]) * aspect, neck[1] - waist[1]);
  const torso = torsoOf(shoulders, hips, (length * 0.35) / aspect);
  const limbs = (from: number, to: number, breadth: number): Quad[] =>
    [0, 1].map((side) => limbOf(points[from + side]!, points[to + side]!, breadth * length, aspect));
  const [x, y, w, h] = headOf(person, aspect);
  return {
    hair: [corners(x + w * 0.1, y - h * 0.05, x + w * 0.9, y + h * 0.3)],
    chest: [torso(0.3, 0, 0.7, 0.45)],
    sides: [torso(0, 0.08, 0.3, 0.6), torso(0.7, 0.08, 1, 0.6)],
    belly: [torso(0.15, 0.5, 0.85, 0.95)],
    upperArms: limbs(SHOULDERS, ELBOWS, ARM),
    forearms: limbs(ELBOWS, WRISTS, FOREARM),
    upperLegs: limbs(HIPS, KNEES, THIGH),
    lowerLegs: limbs(KNEES, ANKLES, SHIN),
  };
}

const corners = (left: number, top: number, right: number, bottom: number): Quad => [
  [left, top],
  [right, top],
  [left, bottom],
  [right, bottom],
];

/**
 * Parts of the torso, by shares of its breadth and length.
 * @param least its least breadth: somebody seen from the side is still about a third as broad as the torso is long
 */
function torsoOf(
  shoulders: readonly [Point, Point],
  hips: readonly [Point, Point],
  least: number,
): (left: number, top: number, right: number, bottom: number) => Quad {
  const edge = ([a, b]: readonly [Point, Point]): [Point, Point] => {
    const half = Math.max((b[0] - a[0]) * 0.9, least) / 2;
    const middle = (a[0] + b[0]) / 2;
    return [
      [middle - half, a[1]],
      [middle + half, b[1]],
    ];
  };
  const [above, below] = [edge(shoulders), edge(hips)];
  const at = (across: number, down: number): Point =>
    between(between(...above, across), between(...below, across), down);
  return (left, top, right, bottom) => [at(left, top), at(right, top), at(left, bottom), at(right, bottom)];
}

function limbOf(from: Point, to: Point, breadth: number, aspect: number): Quad {
  const [dx, dy] = [(to[0] - from[0]) * aspect, to[1] - from[1]];
  const length = Math.hypot(dx, dy) || 1;
  const [x, y] = [((-dy / length) * breadth) / 2 / aspect, ((dx / length) * breadth) / 2];
  return [
    [from[0] + x, from[1] + y],
    [from[0] - x, from[1] - y],
    [to[0] + x, to[1] + y],
    [to[0] - x, to[1] - y],
  ];
}
