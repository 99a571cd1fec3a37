/** Boxes and points in the plane of a picture. */

/** `[x, y, width, height]`, x to the right and y downwards; pixels or fractions of the picture, as the user says. */
export type Box = readonly [x: number, y: number, width: number, height: number];
export type Point = readonly [x: number, y: number];

function intersection(a: Box, b: Box): number {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Intersection over union, 0 to 1. */
export function iou(a: Box, b: Box): number {
  const shared = intersection(a, b);
  return shared === 0 ? 0 : shared / (a[2] * a[3] + b[2] * b[3] - shared);
}

/** Intersection over the smaller area, 0 to 1: 1 when one box lies inside the other. */
export function containment(a: Box, b: Box): number {
  const smaller = Math.min(a[2] * a[3], b[2] * b[3]);
  return smaller > 0 ? intersection(a, b) / smaller : 0;
}

/** The part of the box inside `[0, width] x [0, height]`. */
export function clip([x, y, w, h]: Box, width: number, height: number): Box {
  const left = Math.min(Math.max(x, 0), width);
  const top = Math.min(Math.max(y, 0), height);
  return [left, top, Math.min(x + w, width) - left, Math.min(y + h, height) - top];
}

/** Pixels as fractions of a picture, inside it. */
export function toFractions(box: Box, width: number, height: number): Box {
  const [x, y, w, h] = clip(box, width, height);
  return [x / width, y / height, w / width, h / height];
}

export interface Scored {
  readonly box: Box;
  readonly score: number;
}

/**
 * Greedy non-maximum suppression: of boxes that overlap by more than `overlap` (intersection over union) the one of the
 * highest score stays. So does of two boxes of which one lies inside the other by more than `inside`.
 * @returns by score, highest first
 */
export function suppress<T extends Scored>(candidates: readonly T[], overlap: number, inside = 0.8): T[] {
  const kept: T[] = [];
  for (const one of [...candidates].sort((a, b) => b.score - a.score)) {
    if (!kept.some(({ box }) => iou(box, one.box) > overlap || containment(box, one.box) > inside)) kept.push(one);
  }
  return kept;
}
