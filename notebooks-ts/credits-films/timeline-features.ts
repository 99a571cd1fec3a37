/** Reads hand-marked timelines and says of every second of a title's tail what is around it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * The rows count 30 (or 24) frames to the second of films that run at 29.97 (23.976), the marks are real seconds: a row
 * lasts 1.001 s. Seen where the marked end of the credits lies past the last row, by one part in a thousand, and where
 * text and pictures change at the marked starts.
 */
export const ROW_SECONDS = 1.001;

const COLUMNS = [
  'letters',
  'pixels',
  'histogram',
  'sideways',
  'rise',
  'points',
  'steady',
  'scroll',
  'calm',
  'text',
  'restless',
  'spelling',
] as const;

/** One title: a column a measure, a row a second, and the marks in rows. */
export interface Timeline {
  readonly title: string;
  /** Begins with the distributor's leader of `LEADER_ROWS`. */
  readonly leader: boolean;
  /** Where the tail begins that is searched. */
  readonly first: number;
  readonly seconds: number;
  /** Start of the credits in rows, with a fraction. */
  readonly start: number;
  readonly end: number;
  readonly columns: readonly Float32Array[];
}

const lines = (text: string): string[][] =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));

/** @param folder holds `cuepoints.csv` and `features-1hz.csv.gz` */
export function readTimelines(folder: string): Timeline[] {
  const rows = new Map<string, number[][]>();
  for (const [id, ...values] of lines(gunzipSync(readFileSync(join(folder, 'features-1hz.csv.gz'))).toString())) {
    const known = rows.get(id!);
    if (known === undefined) rows.set(id!, [values.map(Number)]);
    else known.push(values.map(Number));
  }
  return lines(readFileSync(join(folder, 'cuepoints.csv'), 'utf8')).flatMap(([id, ...rest]) => {
    const seen = rows.get(id!);
    if (seen === undefined) return [];
    const [start, end] = rest.slice(-3).map((mark) => Number(mark) / ROW_SECONDS) as [number, number];
    const seconds = Math.max(...seen.map(([t]) => t!)) + 1;
    const first = tailOf(seconds);
    return [
      {
        leader: hasLeader(seen),
        title: rest.slice(0, -3).join(','),
        first,
        seconds,
        start,
        end,
        columns: columnsOf(seen, seconds),
      },
    ];
  });
}

/**
 * A leader of five seconds stands before a fifth of the titles, the same for all of them by its histogram differences.
 * More than half of these were marked on a copy without it: their credits end five seconds before the file does.
 */
export const LEADER_ROWS = 5;
const LEADER = [
  [1500, 3300],
  [200, 400],
  [40, 160],
  [40, 160],
  [40, 250],
] as const;

const hasLeader = (seen: readonly number[][]): boolean =>
  LEADER.every(([least, most], t) => seen[t]![3]! >= least && seen[t]![3]! <= most);

/** How much changes at a row, against the rows around it. */
function changeAt(columns: readonly Float32Array[], t: number): number {
  const [letters, pixels, histogram, , , points] = columns as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const above = (column: Float32Array): number => column[t]! - column.slice(Math.max(0, t - 8), t + 9).sort()[8]!;
  const step = (column: Float32Array): number => Math.abs(column[t]! - column[t - 1]!);
  return above(pixels) + above(histogram) + step(letters) + step(points);
}

/** Where the credits of a title to learn from start on its own rows: its mark, or that moved by the leader. */
export function startOnRows({ leader, start, end, seconds, columns }: Timeline): number {
  if (!leader || seconds - end < LEADER_ROWS - 0.5) return start;
  const change = (at: number): number => {
    const t = Math.min(seconds - 10, Math.floor(at));
    return Math.max(changeAt(columns, t), changeAt(columns, t + 1));
  };
  return change(start + LEADER_ROWS) > change(start) ? start + LEADER_ROWS : start;
}

/** A title's rows with the marks that learning needs. */
export type Marked = Pick<Timeline, 'columns' | 'seconds' | 'start' | 'end'>;

/** The rows of one title before `to`, then those of another from `from` on. */
function joined(before: Marked, to: number, after: Marked, from: number): Float32Array[] {
  return before.columns.map((column, c) => {
    const rows = new Float32Array(to + after.seconds - from);
    rows.set(column.subarray(0, to));
    rows.set(after.columns[c]!.subarray(from), to);
    return rows;
  });
}

/**
 * The story of one title, followed by the credits of another: what both have in common is what changes at a start, not
 * what either looks like. Both starts are whole rows with the fraction of the second title's.
 */
export function spliced(story: Marked, credits: Marked): Timeline {
  const [from, to] = [Math.floor(credits.start), Math.floor(story.start)];
  const moved = to - from;
  const seconds = credits.seconds + moved;
  return {
    title: '',
    leader: false,
    first: tailOf(seconds),
    seconds,
    start: credits.start + moved,
    end: credits.end + moved,
    columns: joined(story, to, credits, from),
  };
}

/** The first rows of one title's credits, then all of another's: credits that change their kind begin with the first. */
export function chained(opening: Marked, rows: number, credits: Marked): Marked {
  const [from, to] = [Math.floor(credits.start), Math.floor(opening.start) + rows];
  const moved = to - from;
  return {
    columns: joined(opening, to, credits, from),
    seconds: credits.seconds + moved,
    start: opening.start,
    end: credits.end + moved,
  };
}

/** The last quarter of a title, or its last ten minutes. */
const tailOf = (seconds: number): number => Math.max(0, Math.floor(seconds - Math.max(600, 0.25 * seconds)));

function columnsOf(seen: readonly number[][], seconds: number): Float32Array[] {
  const columns = COLUMNS.map(() => new Float32Array(seconds).fill(NaN));
  for (const [t, letters, pixels, histogram, x, y, points] of seen as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ][]) {
    [
      Math.log1p(Math.max(0, letters)),
      Math.log1p(pixels),
      Math.log1p(histogram),
      Math.abs(x),
      y,
      Math.log1p(points),
    ].forEach((value, c) => {
      columns[c]![t] = value;
    });
    // Text that stands, text that rises evenly (as flow sees it, upwards is negative).
    columns[6]![t] = Math.abs(x) < 0.2 && Math.abs(y) < 0.2 ? 1 : 0;
    columns[7]![t] = Math.abs(x) < 0.5 && y < -1 ? 1 : 0;
    // A cut gives 50,000 and more, a card that stands some hundreds.
    columns[8]![t] = histogram < 1500 ? 1 : 0;
    columns[9]![t] = letters > 15 ? 1 : 0;
  }
  for (let t = 1; t < seconds; t++) {
    columns[10]![t] = Math.abs(columns[5]![t]! - columns[5]![t - 1]!);
    columns[11]![t] = columns[0]![t]! - columns[0]![t - 1]!;
  }
  return columns;
}

/** Windows of seconds around the second in question, `from <= offset < to`. */
const WINDOWS = [
  [-60, -20],
  [-20, -8],
  [-8, -3],
  [-3, -2],
  [-2, -1],
  [-1, 0],
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 8],
  [8, 20],
  [20, 60],
] as const;
/** A second stands out when it is above so many on either side. */
const NEIGHBOURS = 6;
const PEAKED = [1, 2, 5, 11];

export const FEATURES: readonly string[] = [
  ...COLUMNS.flatMap((name) => [
    ...WINDOWS.map(([a, b]) => `${name} ${a}..${b}`),
    `${name} step`,
    `${name} rest`,
    `${name} rank`,
    `${name} rank rest`,
  ]),
  ...PEAKED.flatMap((c) => [`${COLUMNS[c]} above before`, `${COLUMNS[c]} above after`]),
  'left',
  'length',
];

/**
 * Context of seconds of the tail, a row each; means over windows, and how the title's other seconds compare.
 * @param asked the seconds; by default all of the tail
 */
export function contextRows(
  { columns, first, seconds }: Timeline,
  asked: readonly number[] = Array.from({ length: seconds - first }, (_, k) => first + k),
): Float32Array[] {
  const sums = columns.map((column) => {
    const total = new Float64Array(seconds + 1);
    const count = new Float64Array(seconds + 1);
    column.forEach((value, t) => {
      const known = !Number.isNaN(value);
      total[t + 1] = total[t]! + (known ? value : 0);
      count[t + 1] = count[t]! + (known ? 1 : 0);
    });
    return { total, count };
  });
  const mean = (c: number, from: number, to: number): number => {
    const [a, b] = [Math.max(0, Math.min(seconds, from)), Math.max(0, Math.min(seconds, to))];
    const n = sums[c]!.count[b]! - sums[c]!.count[a]!;
    return n > 0 ? (sums[c]!.total[b]! - sums[c]!.total[a]!) / n : NaN;
  };
  const body = columns.map((column) => column.filter((value) => !Number.isNaN(value)).sort());
  const rank = (c: number, value: number): number => {
    let [low, high] = [0, body[c]!.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (body[c]![middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low / body[c]!.length;
  };
  const highest = (c: number, from: number, to: number): number => {
    let best = -Infinity;
    for (let t = Math.max(0, from); t < Math.min(seconds, to); t++) best = Math.max(best, columns[c]![t]!);
    return best === -Infinity ? NaN : best;
  };
  return asked.map((t) => {
    const row = columns.flatMap((_column, c) => [
      ...WINDOWS.map(([a, b]) => mean(c, t + a, t + b)),
      mean(c, t, t + 10) - mean(c, t - 10, t),
      mean(c, t, seconds),
      rank(c, mean(c, t, t + 5)),
      rank(c, mean(c, t, seconds)),
    ]);
    for (const c of PEAKED) {
      const here = Math.abs(columns[c]![t]!);
      row.push(here - highest(c, t - NEIGHBOURS, t), here - highest(c, t + 1, t + NEIGHBOURS + 1));
    }
    row.push(Math.log(seconds - t), Math.log(seconds));
    return Float32Array.from(row);
  });
}
