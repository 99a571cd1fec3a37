import type { Point } from '../../../core/boxes.js';

/** Top left, top right, bottom right and bottom left, as the viewer sees them. */
export type Quad = readonly [Point, Point, Point, Point];

/** A projective map of the plane: the rows of a matrix that takes `(x, y, 1)`. */
export type Homography = readonly [number, number, number, number, number, number, number, number, number];

export function project([a, b, c, d, e, f, g, h, i]: Homography, [x, y]: Point): Point {
  const w = g * x + h * y + i;
  return [(a * x + b * y + c) / w, (d * x + e * y + f) / w];
}

/** Takes the rectangle of `width` x `height` at the origin to the quad (Heckbert 1989, section 2.2). */
export function rectangleTo([p, q, r, s]: Quad, width: number, height: number): Homography {
  const [dx, dy] = [p[0] - q[0] + r[0] - s[0], p[1] - q[1] + r[1] - s[1]];
  const [ux, uy, vx, vy] = [q[0] - r[0], q[1] - r[1], s[0] - r[0], s[1] - r[1]];
  const area = ux * vy - vx * uy;
  const g = (dx * vy - vx * dy) / area;
  const h = (ux * dy - dx * uy) / area;
  return [
    (q[0] - p[0] + g * q[0]) / width,
    (s[0] - p[0] + h * s[0]) / height,
    p[0],
    (q[1] - p[1] + g * q[1]) / width,
    (s[1] - p[1] + h * s[1]) / height,
    p[1],
    g / width,
    h / height,
    1,
  ];
}

/** The way back, up to a factor, which a projective map does not have. */
export function inverse([a, b, c, d, e, f, g, h, i]: Homography): Homography {
  return [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ];
}

const length = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Nearer to 1 than this, the vanishing points are too far away to tell anything. */
const AFFINE = 0.03;

/**
 * Width by height of the rectangle that a camera without skew, its axis through `centre`, sees as the quad (Zhang and He 2007,
 * "Whiteboard scanning and image enhancement", equations 11 to 21); that of the mean sides where the perspective is too weak.
 */
export function aspectOf(quad: Quad, centre: Point): number {
  const [p, q, r, s] = quad;
  const flat = (length(p, q) + length(s, r)) / (length(p, s) + length(q, r));
  const m = (point: Point): readonly [number, number, number] => [point[0] - centre[0], point[1] - centre[1], 1];
  const [m1, m2, m3, m4] = [m(p), m(q), m(s), m(r)];
  const k2 = dot(cross(m1, m4), m3) / dot(cross(m2, m4), m3);
  const k3 = dot(cross(m1, m4), m2) / dot(cross(m3, m4), m2);
  const n2 = m2.map((value, axis) => k2 * value - m1[axis]!);
  const n3 = m3.map((value, axis) => k3 * value - m1[axis]!);
  if (Math.abs(k2 - 1) < AFFINE || Math.abs(k3 - 1) < AFFINE) return flat;
  // the square of the focal length, pixels
  const focal2 = -(n2[0]! * n3[0]! + n2[1]! * n3[1]!) / (n2[2]! * n3[2]!);
  if (!(focal2 > 0)) return flat;
  const side = (n: readonly number[]): number => Math.sqrt((n[0]! ** 2 + n[1]! ** 2) / focal2 + n[2]! ** 2);
  const aspect = side(n2) / side(n3);
  // corners that are a little off tell an aspect that is far off
  return Number.isFinite(aspect) ? Math.min(flat * 1.4, Math.max(flat / 1.4, aspect)) : flat;
}

type Vector = readonly [number, number, number];
const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
