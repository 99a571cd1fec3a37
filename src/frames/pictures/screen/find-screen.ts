import type { Point } from '../../../core/boxes.js';
import type { Quad } from './homography.js';
import { type Edges, findEdges, findLines, type GreyImage, type Line, refine, Support } from './lines.js';

/** How far a side of a screen may lean, radians: photos are taken by hand, from where one sits. */
const LEAN = Math.PI / 5;
/** Lines of each of the four directions that are combined. */
const LINES = 12;
/** Least part of the picture's area that a screen takes. */
const LEAST_AREA = 0.05;
/** Cosine of the angle at a corner at most: seen from the side, corners are no right angles. */
const SHARPEST = Math.cos(Math.PI / 4);
/** Width by height, as it is seen. */
const [NARROWEST, WIDEST] = [0.5, 3.2];
/** A corner may be so far outside, a part of the picture's longer side. */
const OUTSIDE = 0.01;
/** From which score on it is a screen: bench/screen-photos.ts. */
const LEAST_SCORE = 0.6;

export interface FoundScreen {
  /** Pixels of the picture. */
  readonly corners: Quad;
  /** 0 to 1. */
  readonly score: number;
}

/** The four sides of a quad: top, right, bottom, left. */
type Sides = readonly [Support, Support, Support, Support];

function crossing(a: Line, b: Line): Point | null {
  const [ca, sa, cb, sb] = [Math.cos(a.angle), Math.sin(a.angle), Math.cos(b.angle), Math.sin(b.angle)];
  const area = ca * sb - cb * sa;
  if (Math.abs(area) < 1e-6) return null;
  return [(a.offset * sb - b.offset * sa) / area, (ca * b.offset - cb * a.offset) / area];
}

const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

function areaOf(quad: Quad): number {
  return quad.reduce((sum, [x, y], i) => {
    const [u, v] = quad[(i + 1) % 4]!;
    return sum + (x * v - u * y) / 2;
  }, 0);
}

/** Whether a screen can look so. */
function isPlausible(quad: Quad, width: number, height: number): boolean {
  if (areaOf(quad) < LEAST_AREA * width * height) return false;
  const [p, q, r, s] = quad;
  // what is brighter above its edge can be the frame's upper edge, or the lower one of what is lit
  if (p[1] + q[1] > r[1] + s[1] || p[0] + s[0] > q[0] + r[0]) return false;
  const aspect = (distance(p, q) + distance(s, r)) / (distance(p, s) + distance(q, r));
  if (aspect < NARROWEST || aspect > WIDEST) return false;
  return quad.every((corner, i) => {
    const [before, after] = [quad[(i + 3) % 4]!, quad[(i + 1) % 4]!];
    const [ux, uy, vx, vy] = [before[0] - corner[0], before[1] - corner[1], after[0] - corner[0], after[1] - corner[1]];
    const sharp = (ux * vx + uy * vy) / (Math.hypot(ux, uy) * Math.hypot(vx, vy));
    return Math.abs(sharp) < SHARPEST && vx * uy - vy * ux > 0;
  });
}

/** Of a side, so much beside each corner tells nothing: corners are rounded, and lines cross there. */
const CORNER = 0.04;
/** A side that goes on behind its corners is a shelf's or a window's; of such a stretch of its length. */
const BEYOND = 0.12;
const GOES_ON = 0.15;
/** How much the worst side counts, and how much more large screens are likely, being what a photo is taken of. */
const WORST = 0.35;
const LARGER = 0.06;

function scoreOf(quad: Quad, sides: Sides, area: number): number {
  let [sum, worst, beyond] = [0, 1, 0];
  sides.forEach((side, i) => {
    const [from, to] = [side.along(quad[i]!), side.along(quad[(i + 1) % 4]!)];
    const inner = CORNER * (to - from);
    const support = side.between(Math.min(from + inner, to - inner), Math.max(from + inner, to - inner));
    const out = BEYOND * (to - from);
    const on = [
      side.between(Math.min(from - out, from - inner), Math.max(from - out, from - inner)),
      side.between(Math.min(to + inner, to + out), Math.max(to + inner, to + out)),
    ];
    sum += support / 4;
    worst = Math.min(worst, support);
    beyond += (on[0]! + on[1]!) / 8;
  });
  return (1 - WORST) * sum + WORST * worst - GOES_ON * beyond + LARGER * Math.log(area);
}

/** The best quad whose sides all get brighter towards the inside, or all towards the outside. */
function bestQuad(edges: Edges, inward: boolean): { quad: Quad; sides: Sides; score: number } | null {
  const { width, height } = edges;
  const turn = inward ? 0 : Math.PI;
  const lines = (normal: number): Support[] =>
    findLines(edges, normal + turn, LEAN, LINES).map((line) => new Support(edges, line));
  const [tops, rights, bottoms, lefts] = [lines(Math.PI / 2), lines(Math.PI), lines(-Math.PI / 2), lines(0)] as const;
  const out = OUTSIDE * Math.max(width, height);
  const isIn = ([x, y]: Point): boolean => x >= -out && y >= -out && x <= width + out && y <= height + out;
  const corners = (a: readonly Support[], b: readonly Support[]): (Point | null)[][] =>
    a.map((one) =>
      b.map((other) => {
        const corner = crossing(one.line, other.line);
        return corner && isIn(corner) ? corner : null;
      }),
    );
  const [topLeft, topRight] = [corners(tops, lefts), corners(tops, rights)];
  const [bottomLeft, bottomRight] = [corners(bottoms, lefts), corners(bottoms, rights)];
  let best: { quad: Quad; sides: Sides; score: number } | null = null;
  for (const [t, top] of tops.entries())
    for (const [b, bottom] of bottoms.entries())
      for (const [l, left] of lefts.entries())
        for (const [r, right] of rights.entries()) {
          const [p, q, s, e] = [topLeft[t]![l], topRight[t]![r], bottomLeft[b]![l], bottomRight[b]![r]];
          if (!p || !q || !s || !e) continue;
          const quad: Quad = [p, q, e, s];
          if (!isPlausible(quad, width, height)) continue;
          const sides: Sides = [top, right, bottom, left];
          const score = scoreOf(quad, sides, areaOf(quad) / (width * height));
          if (!best || score > best.score) best = { quad, sides, score };
        }
  return best;
}

/** The sides' lines once more through the edges between the corners alone. */
function refined(edges: Edges, quad: Quad, sides: Sides): Quad {
  const lines = sides.map((side, i) => {
    const [from, to] = [side.along(quad[i]!), side.along(quad[(i + 1) % 4]!)];
    return refine(edges, side.line, Math.min(from, to), Math.max(from, to));
  });
  const at = (i: number, j: number, k: number): Point => crossing(lines[i]!, lines[j]!) ?? quad[k]!;
  return [at(0, 3, 0), at(0, 1, 1), at(2, 1, 2), at(2, 3, 3)];
}

/**
 * The screen in a photo: the quadrilateral of straight edges that is best supported, a lit picture in a dark frame or the frame before a
 * brighter wall; null where nothing looks like one.
 * @param grey some 400 pixels long: smaller hides edges, larger shows texture
 */
export function findScreen(grey: GreyImage, leastScore = LEAST_SCORE): FoundScreen | null {
  const edges = findEdges(grey);
  const best = [true, false].flatMap((inward) => bestQuad(edges, inward) ?? []).sort((a, b) => b.score - a.score)[0];
  if (!best || best.score < leastScore) return null;
  return { corners: refined(edges, best.quad, best.sides), score: best.score };
}
