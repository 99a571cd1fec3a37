/**
 * The segmenter on 91 hand-marked episodes and films of which only a table of features a second is known, 5-fold over
 * titles. `--no-baselines` leaves out the rows that are there to compare with.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { logOddsOf, trainBoostedTrees } from '../src/credits/boosting.js';
import type { BoostedTrees, BoostingSettings } from '../src/credits/boosting.js';
import { quantileSlot } from '../src/credits/segmenter.js';
import { crossings } from '../src/credits/semi-markov.js';
import type { SemiMarkovModel } from '../src/credits/semi-markov.js';
import { writeSection } from './results.js';

const DATA = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const FOLDS = 5;

/** One title: its columns a second, from `first` on (the tail), and the marked start of its credits. */
interface Timeline {
  readonly title: string;
  readonly first: number;
  readonly seconds: number;
  readonly start: number;
  readonly end: number;
  readonly columns: readonly Float32Array[];
}

const COLUMNS = ['letters', 'pixelDiff', 'histDiff', 'sideways', 'rise', 'points', 'steady', 'scroll', 'restless'] as const;

function readTimelines(): Timeline[] {
  const lines = (text: string): string[][] => text.trim().split('\n').slice(1).map((line) => line.split(','));
  const folder = join(DATA, 'credits-timelines');
  const rows = new Map<string, number[][]>();
  for (const [id, ...values] of lines(gunzipSync(readFileSync(join(folder, 'features-1hz.csv.gz'))).toString())) {
    const known = rows.get(id!);
    if (known === undefined) rows.set(id!, [values.map(Number)]);
    else known.push(values.map(Number));
  }
  return lines(readFileSync(join(folder, 'cuepoints.csv'), 'utf8')).map(([id, ...rest]) => {
    const title = rest.slice(0, -3).join(',');
    const [start, end] = rest.slice(-3).map(Number) as [number, number];
    const seen = rows.get(id!)!;
    const seconds = Math.max(...seen.map(([t]) => t!)) + 1;
    const columns = COLUMNS.map(() => new Float32Array(seconds).fill(NaN));
    for (const [t, letters, pixels, histogram, x, y, points] of seen as [number, number, number, number, number, number, number][]) {
      [Math.log1p(Math.max(0, letters)), Math.log1p(pixels), Math.log1p(histogram), Math.abs(x), y, Math.log1p(points)]
        .forEach((value, c) => { columns[c]![t] = value; });
      // Text that stands, text that rises evenly (as flow sees it, upwards is negative).
      columns[6]![t] = Math.abs(x) < 0.2 && Math.abs(y) < 0.2 ? 1 : 0;
      columns[7]![t] = Math.abs(x) < 0.5 && y < -1 ? 1 : 0;
    }
    const [, , , , , points, , , restless] = columns;
    for (let t = 1; t < seconds; t++) restless![t] = Math.abs(points![t]! - points![t - 1]!);
    return { title, first: Math.max(0, Math.floor(seconds - Math.max(600, 0.25 * seconds))), seconds, start, end, columns };
  });
}

/** Windows of seconds around the second in question, `from <= offset < to`. */
const WINDOWS = [[-60, -15], [-15, -5], [-5, -1], [-1, 0], [0, 1], [1, 2], [2, 6], [6, 15], [15, 40]] as const;

const FEATURES = [
  ...COLUMNS.flatMap((name) => [...WINDOWS.map(([a, b]) => `${name}[${a},${b})`), `${name} step`, `${name} rest`, `${name} rank`]),
];

/** Context of every second of the tail: means over the windows, step at the second, and mean of all that follows. */
function contextRows({ columns, first, seconds }: Timeline): Float32Array[] {
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
  const body = columns.map((column) => [...column].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b));
  const rank = (c: number, value: number): number => {
    let [low, high] = [0, body[c]!.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (body[c]![middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low / body[c]!.length;
  };
  return Array.from({ length: seconds - first }, (_, k) => {
    const t = first + k;
    const row = columns.flatMap((_column, c) => [
      ...WINDOWS.map(([a, b]) => mean(c, t + a, t + b)),
      mean(c, t, t + 10) - mean(c, t - 10, t), mean(c, t, seconds), rank(c, mean(c, t, t + 5)),
    ]);
    return Float32Array.from(row);
  });
}

const STATES = ['story', 'entry', 'credits', 'after'] as const;

/** Story, one slot that is the credits' first, credits, and whatever follows them. */
function tailModel(slots: number, remaining: { median: number; spread: number }): SemiMarkovModel<(typeof STATES)[number]> {
  const { log } = Math;
  const normal = (x: number, median: number, spread: number): number =>
    -0.5 * ((log(x) - log(median)) / spread) ** 2 - log(x * spread);
  return {
    states: STATES,
    start: [0, -Infinity, -Infinity, -Infinity],
    end: [-Infinity, -Infinity, 0, 0],
    next: [
      [-Infinity, 0, -Infinity, -Infinity], [-Infinity, -Infinity, 0, -Infinity],
      [-Infinity, -Infinity, -Infinity, log(0.3)], [-Infinity, -Infinity, -Infinity, -Infinity],
    ],
    longest: [slots, 1, 900, 120],
    duration: (s, count) => {
      if (s === 0) return normal(slots - count, remaining.median, remaining.spread);
      if (s === 1) return 0;
      return s === 2 ? normal(count, remaining.median, remaining.spread + 0.3) : normal(count, 4, 1.2);
    },
  };
}

interface Prepared {
  readonly timeline: Timeline;
  readonly rows: readonly Float32Array[];
}

interface Trained {
  readonly inside: BoostedTrees;
  readonly entry: BoostedTrees;
  readonly remaining: { median: number; spread: number };
}

const INSIDE: BoostingSettings = { rounds: 120, depth: 4, rate: 0.08, leafWeight: 8, ridge: 4, rowShare: 0.5, seed: 7 };
const ENTRY: BoostingSettings = { rounds: 100, depth: 3, rate: 0.08, leafWeight: 3, ridge: 4, rowShare: 0.6, seed: 9 };

/** Far from the start every fourth second is enough. */
const telling = (t: number, { start }: Timeline): boolean => Math.abs(t - start) < 90 || t % 4 === 0;

function train(set: readonly Prepared[]): Trained {
  const used = set.map(({ timeline, rows: own }) => ({
    timeline, seconds: own.map((_, k) => timeline.first + k).filter((t) => telling(t, timeline)), own,
  }));
  const rows = used.flatMap(({ timeline, seconds, own }) => seconds.map((t) => own[t - timeline.first]!));
  const per = (label: (t: number, one: Timeline) => number): number[] =>
    used.flatMap(({ timeline, seconds }) => seconds.map((t) => label(t, timeline)));
  const logs = set.map(({ timeline: { seconds, start } }) => Math.log(Math.max(2, seconds - start)));
  const middle = logs.reduce((a, b) => a + b, 0) / logs.length;
  const spread = Math.sqrt(logs.reduce((a, b) => a + (b - middle) ** 2, 0) / logs.length);
  return {
    inside: trainBoostedTrees(FEATURES, rows, per((t, one) => (t >= one.start - 0.5 && t < one.end ? 1 : 0)),
      per((t, one) => (Math.abs(t - one.start) < 1.5 ? 0.2 : 1)), INSIDE),
    entry: trainBoostedTrees(FEATURES, rows, per((t, one) => (Math.abs(t - one.start) <= 1 ? 1 : 0)),
      per((t, one) => (Math.abs(t - one.start) <= 1 ? 3 : Math.abs(t - one.start) < 3 ? 0.3 : 1)), ENTRY),
    // Films are few among the titles, and their credits long: a wider spread than the titles' own.
    remaining: { median: Math.exp(middle), spread: 1.7 * spread },
  };
}

interface Weights {
  /** Share of a second's log-odds that is counted: neighbours are not independent. */
  readonly inside: number;
  readonly entry: number;
  readonly earlyCost: number;
}

/** Log-odds of every second of the tail. */
interface Read {
  readonly timeline: Timeline;
  readonly inside: Float64Array;
  readonly entry: Float64Array;
  readonly remaining: Trained['remaining'];
}

const read = ({ timeline, rows }: Prepared, { inside, entry, remaining }: Trained): Read => ({
  timeline,
  remaining,
  inside: Float64Array.from(rows, (row) => logOddsOf(inside, row)),
  entry: Float64Array.from(rows, (row) => logOddsOf(entry, row)),
});

function startOf(one: Read, weights: Weights): number {
  const { timeline } = one;
  const inside = one.inside.map((value) => weights.inside * Math.max(-6, Math.min(6, value)));
  const entry = one.entry.map((value) => weights.entry * value);
  const none = new Float64Array(inside.length);
  const model = tailModel(inside.length, one.remaining);
  const starts = crossings(model, [none, entry.map((value, t) => value + inside[t]!), inside, none], (_from, to) => to === 1);
  return timeline.first + quantileSlot(starts, weights.earlyCost);
}

function table(name: string, errors: readonly number[]): string {
  const share = (test: (error: number) => boolean): string => ((100 * errors.filter(test).length) / errors.length).toFixed(1);
  const early = errors.filter((error) => error < -10).length;
  return `| ${name} | ${[2, 5, 10].map((limit) => share((error) => Math.abs(error) <= limit)).join(' | ')} | ${early} | ${share((error) => error < -2)} |`;
}

const set: Prepared[] = readTimelines().map((timeline) => ({ timeline, rows: contextRows(timeline) }));
const kept: Weights = { inside: 0.3, entry: 1.5, earlyCost: 1.5 };
const variants: [string, Weights][] = [
  ['segmenter', kept],
  ['without durations’ weighting (all of every second)', { ...kept, inside: 1 }],
  ['without the first-second model', { ...kept, entry: 0 }],
  ['without the per-second model', { ...kept, inside: 0 }],
  ['early second costs as much as a late one', { ...kept, earlyCost: 1 }],
  ['early second costs ten late ones', { ...kept, earlyCost: 10 }],
];
const dump: Read[] = [];
const errors = variants.map(() => [] as number[]);
for (let fold = 0; fold < FOLDS; fold++) {
  const trained = train(set.filter((_, k) => k % FOLDS !== fold));
  for (const one of set.filter((_, k) => k % FOLDS === fold)) {
    const seen = read(one, trained);
    dump.push(seen);
    variants.forEach(([, weights], v) => {
      const error = startOf(seen, weights) - one.timeline.start;
      errors[v]!.push(error);
      if (v === 0 && Math.abs(error) > 5) console.error(`${one.timeline.title}: ${error.toFixed(1)} s, credits at ${one.timeline.start} of ${one.timeline.seconds}`);
    });
  }
}
const always = set.map(({ timeline: { seconds, start } }) => seconds - 34 - start);
writeSection('credits-timelines', [
  '### Credits start on hand-marked timelines', '',
  `${set.length} titles, ${FOLDS}-fold over titles; per cent of the titles within 2, 5, 10 s; titles more than 10 s early; per cent more than 2 s early.`, '',
  '| | 2 s | 5 s | 10 s | > 10 s early | > 2 s early % |', '|---|---|---|---|---|---|',
  ...variants.map(([name], v) => table(name, errors[v]!)),
  table('reference: always 34 s before the end', always),
].join('\n'));
if (process.env['DUMP'] !== undefined) {
  writeFileSync(process.env['DUMP'], JSON.stringify(dump.map((one) => ({ ...one, inside: [...one.inside], entry: [...one.entry], timeline: { ...one.timeline, columns: [] } }))));
}
