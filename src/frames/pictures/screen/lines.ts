import type { Point } from '../../../core/boxes.js';

/** A grey picture, a byte a pixel. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Where a picture changes: the gradient of each pixel, grey levels a pixel, and how strong it is where it is a ridge, else 0. */
export interface Edges {
  readonly width: number;
  readonly height: number;
  readonly across: Float32Array;
  readonly down: Float32Array;
  readonly ridge: Float32Array;
  /** From which an edge counts. */
  readonly least: number;
}

/** The points with `x cos(angle) + y sin(angle) = offset`, pixels; towards `angle` (radians) the picture gets brighter. */
export interface Line {
  readonly angle: number;
  readonly offset: number;
}

/** Weaker edges than these are noise, and from these on all are edges, grey levels a pixel; between, half of what the weaker part of all are. */
const [LEAST_EDGE, SURE_EDGE] = [5, 12];
const WEAKER = 0.8;

/** Sobel's gradients, thinned to their ridges. */
export function findEdges({ width, height, data }: GreyImage): Edges {
  const [across, down] = [new Float32Array(width * height), new Float32Array(width * height)];
  const size = new Float32Array(width * height);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const [above, below] = [at - width, at + width];
      const right = data[above + 1]! + 2 * data[at + 1]! + data[below + 1]!;
      const left = data[above - 1]! + 2 * data[at - 1]! + data[below - 1]!;
      const bottom = data[below - 1]! + 2 * data[below]! + data[below + 1]!;
      const top = data[above - 1]! + 2 * data[above]! + data[above + 1]!;
      across[at] = (right - left) / 8;
      down[at] = (bottom - top) / 8;
      size[at] = Math.hypot(across[at]!, down[at]!);
    }
  }
  const ridge = new Float32Array(width * height);
  const sizes: number[] = [];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const [gx, gy] = [Math.abs(across[at]!), Math.abs(down[at]!)];
      const step = gx > 2.4 * gy ? 1 : gy > 2.4 * gx ? width : across[at]! * down[at]! > 0 ? width + 1 : width - 1;
      if (size[at]! < 2 || size[at]! < size[at - step]! || size[at]! < size[at + step]!) continue;
      ridge[at] = size[at]!;
      sizes.push(size[at]!);
    }
  }
  sizes.sort((a, b) => a - b);
  const usual = 0.5 * (sizes[Math.floor(sizes.length * WEAKER)] ?? 0);
  const least = Math.min(SURE_EDGE, Math.max(LEAST_EDGE, usual));
  return { width, height, across, down, ridge, least };
}

/** Bins of the Hough transform: so many angles over a turn, and pixels of a step of the offset. */
const ANGLES = 240;
const STEP = 2;
/** An edge votes for lines so many bins beside its own angle: short pieces tell theirs badly. */
const SPREAD = 2;
/** A strong edge counts as so many weak ones at most. */
const STRONGEST = 3;
/** Votes of a line at least, of the picture's shorter side. */
const LEAST_VOTES = 0.05;

const turned = (angle: number): number => (((angle % (2 * Math.PI)) + 3 * Math.PI) % (2 * Math.PI)) - Math.PI;

/**
 * The strongest straight edges that get brighter towards `normal` (radians) or up to `lean` beside it, at most `most`: Hough's
 * transform, each edge voting for its own direction alone (Ballard 1981).
 */
export function findLines(edges: Edges, normal: number, lean: number, most: number): Line[] {
  const { width, height, across, down, ridge, least } = edges;
  const reach = Math.ceil(Math.hypot(width, height));
  const columns = Math.ceil((2 * reach) / STEP) + 1;
  const angles = Array.from({ length: ANGLES }, (_, bin) => (2 * bin * Math.PI) / ANGLES);
  const [cosines, sines] = [angles.map(Math.cos), angles.map(Math.sin)];
  const wanted = angles.map((angle) => Math.abs(turned(angle - normal)) <= lean);
  const votes = new Float32Array(ANGLES * columns);
  const vote = (x: number, y: number, sign: 1 | -1): void => {
    const at = y * width + x;
    const own = Math.round((Math.atan2(down[at]!, across[at]!) / (2 * Math.PI)) * ANGLES) + ANGLES;
    const weight = sign * Math.min(STRONGEST, ridge[at]! / least);
    for (let bin = own - SPREAD; bin <= own + SPREAD; bin++) {
      const angle = bin % ANGLES;
      if (!wanted[angle]) continue;
      votes[angle * columns + Math.round((x * cosines[angle]! + y * sines[angle]! + reach) / STEP)]! += weight;
    }
  };
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (ridge[y * width + x]! >= least) vote(x, y, 1);
  const counted = new Set<number>();
  const lines: Line[] = [];
  while (lines.length < most) {
    let at = 0;
    for (let i = 0; i < votes.length; i++) if (votes[i]! > votes[at]!) at = i;
    if (votes[at]! < LEAST_VOTES * Math.min(width, height)) break;
    const line = refine(edges, { angle: angles[Math.floor(at / columns)]!, offset: (at % columns) * STEP - reach });
    lines.push(line);
    votes[at] = 0;
    // what is on a line tells of no other one
    walk(edges, line, 2 * ON_LINE, (_along, x, y) => {
      if (counted.has(y * width + x)) return;
      counted.add(y * width + x);
      vote(x, y, -1);
    });
  }
  return lines;
}

/** Edges so near to a line, in pixels, and so parallel to it, belong to it. */
const ON_LINE = 2;
const PARALLEL = Math.cos(Math.PI / 15);

/** How an edge's pixel stands to a line: whether it is on it and gets brighter the same way. */
function isOn(
  { width, height, across, down, ridge, least }: Edges,
  x: number,
  y: number,
  c: number,
  s: number,
): boolean {
  if (x < 0 || y < 0 || x >= width || y >= height) return false;
  const at = y * width + x;
  return ridge[at]! >= least && across[at]! * c + down[at]! * s >= PARALLEL * ridge[at]!;
}

/** Calls for every edge on the line: how far along it is, and where. Those of one step come nearest first. */
function walk(
  edges: Edges,
  { angle, offset }: Line,
  band: number,
  tell: (along: number, x: number, y: number) => void,
): void {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const reach = Math.ceil(Math.hypot(edges.width, edges.height));
  for (let along = -reach; along <= reach; along++) {
    const [x, y] = [offset * c - along * s, offset * s + along * c];
    if (x < -band || y < -band || x > edges.width + band || y > edges.height + band) continue;
    for (let k = 0; k <= 2 * band; k++) {
      const beside = k % 2 === 0 ? k / 2 : -(k + 1) / 2;
      const [column, row] = [Math.round(x + beside * c), Math.round(y + beside * s)];
      if (isOn(edges, column, row, c, s)) tell(along, column, row);
    }
  }
}

/** The line through the edges on it, with the least squared distance: bins are coarse. */
export function refine(edges: Edges, line: Line, from = -Infinity, to = Infinity): Line {
  const [c, s] = [Math.cos(line.angle), Math.sin(line.angle)];
  let [last, n, t, e, tt, te] = [NaN, 0, 0, 0, 0, 0];
  walk(edges, line, ON_LINE, (along, x, y) => {
    if (along === last || along < from || along > to) return;
    const edge = x * c + y * s;
    last = along;
    n++;
    t += along;
    e += edge;
    tt += along * along;
    te += along * edge;
  });
  const spread = n * tt - t * t;
  if (n < 8 || spread === 0) return line;
  const slope = (n * te - t * e) / spread;
  const [turn, stretch] = [Math.atan(slope), Math.hypot(1, slope)];
  return { angle: turned(line.angle - turn), offset: (e - slope * t) / n / stretch };
}

/** How much of a line has an edge on it. */
export class Support {
  private readonly edges: Float64Array;
  private readonly reach: number;

  constructor(
    edges: Edges,
    readonly line: Line,
  ) {
    this.reach = Math.ceil(Math.hypot(edges.width, edges.height));
    this.edges = new Float64Array(2 * this.reach + 2);
    walk(edges, line, ON_LINE, (along) => {
      this.edges[along + this.reach + 1] = 1;
    });
    for (let i = 1; i < this.edges.length; i++) this.edges[i]! += this.edges[i - 1]!;
  }

  /** Where a point on it lies along it, pixels. */
  along([x, y]: Point): number {
    return y * Math.cos(this.line.angle) - x * Math.sin(this.line.angle);
  }

  /** The share of a stretch that has edges, 0 to 1; what lies outside the picture has none. */
  between(from: number, to: number): number {
    const [low, high] = [from, to].map((along) =>
      Math.min(this.edges.length - 1, Math.max(0, Math.round(along) + this.reach)),
    ) as [number, number];
    return high > low ? (this.edges[high]! - this.edges[low]!) / (high - low) : 0;
  }
}
