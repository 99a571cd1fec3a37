import type { DescribedFile } from './ffprobe.js';
import { scanFrames, scanPackets } from './packet-scan.js';
import { type Place, placesOf } from './places.js';
import { keyFrameChoice, windowOf } from './plan.js';
import type { FrameSettings } from './settings.js';
import { entersAnywhere } from './timeline.js';
import type { SamplingPlan } from './types.js';

/** Which runs of ffmpeg, and which frames of each, give what a plan wants. */

/** Seconds by which seeking stays before, and reading goes on after, what is wanted: frames are not stored in order. */
const MARGIN = 2;
/** Wanted frames that are further apart than this, in seconds, are decoded apart. */
const APART = 10;
/** Wanted frames that one run of ffmpeg looks for: each is a term of its filter's expression. */
const FRAMES_A_RUN = 200;
/** Timestamps of broadcasts have 33 bits: where one begins to read decides what is added to those that have wrapped. */
export const WRAP = 2 ** 33;

/** One run of ffmpeg: from where on, which frames, until when (seconds on the container's timeline). */
export interface Run {
  readonly from: number | null;
  readonly select: string;
  readonly until: number;
  readonly skip: 'noref' | 'nokey' | 'default';
  /** Where the clock jumps: the byte from which the frames can be decoded. */
  readonly places?: {
    readonly byte: number;
    /** What ffmpeg selects, in order: others may have the timestamps of those that are wanted. */
    readonly selected: readonly Place[];
    readonly wanted: ReadonlySet<Place>;
  };
}

export async function planRuns(
  file: DescribedFile,
  plan: SamplingPlan,
  settings: FrameSettings,
  signal: AbortSignal | undefined,
): Promise<Run[]> {
  const { origin, info } = file;
  const { num, den } = file.timeBase;
  if (plan.kind === 'exactAt') return exactRuns(file, await shownAt(file, plan.times, settings, signal));
  const { start, end } = windowOf(plan);
  if (plan.kind === 'keyframes' && file.keysNeedOthers && !file.unordered)
    return exactRuns(file, await keysOf(file, plan, settings, signal));
  const time = (pts: string): string => `(${pts}-${origin})*${num}/${den}`;
  // Before the first whole second of the window there is nothing to choose.
  const first = plan.kind === 'everySecond' ? Math.max(0, Math.ceil(start)) : start;
  const inside = `gte(${time('pts')},${first})` + (end === Infinity ? '' : `*lt(${time('pts')},${end})`);
  const next = `(isnan(prev_selected_pts)+gt(floor(${time('pts')}),floor(${time('prev_selected_pts')})))`;
  return [
    {
      from: first > APART ? info.startTime + first - MARGIN : null,
      select: { everySecond: `${inside}*${next}`, keyframes: `${inside}*eq(key,1)`, every: inside }[plan.kind],
      until: info.startTime + end + MARGIN,
      // Key frames alone come too early where their times are told by the frames around them.
      skip: file.unordered
        ? 'default'
        : ({ everySecond: 'noref', keyframes: 'nokey', every: 'default' } as const)[plan.kind],
    },
  ];
}

/** Timestamps, in order, of the key frames that a plan wants. */
async function keysOf(
  { input, streamIndex, origin, info, timeBase: { num, den } }: DescribedFile,
  plan: Extract<SamplingPlan, { kind: 'keyframes' }>,
  settings: FrameSettings,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const { start, end } = windowOf(plan);
  const keys: number[] = [];
  const from = start > APART ? info.startTime + start - MARGIN : undefined;
  await scanPackets(
    input,
    ({ stream, keyframe, hidden, pts }) => {
      if (stream === streamIndex && keyframe && !hidden && pts !== null && pts >= origin) keys.push(pts);
    },
    settings,
    { from, signal },
  );
  const isWanted = keyFrameChoice(plan, info.duration);
  return keys
    .sort((a, b) => a - b)
    .filter((ticks) => {
      const time = ((ticks - origin) * num) / den;
      return time >= start && time < end && isWanted(time);
    });
}

/** Timestamps, in order, of the frames that are on screen at the given times. */
async function shownAt(
  file: DescribedFile,
  times: readonly number[],
  settings: FrameSettings,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const { origin } = file;
  const { num, den } = file.timeBase;
  const wanted = [...times].sort((a, b) => a - b);
  const ticks = await shownTicks(file, settings, signal);
  let index = 0;
  const shown = wanted.map((time) => {
    while (index + 1 < ticks.length && (((ticks[index + 1] ?? 0) - origin) * num) / den <= time) index++;
    return ticks[index] ?? origin;
  });
  return [...new Set(shown)];
}

/** Timestamps of all frames that are shown, in order. */
export async function shownTicks(
  file: DescribedFile,
  settings: FrameSettings,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const { input, streamIndex, origin } = file;
  let ticks: number[] = [];
  let complete = true;
  await scanPackets(
    input,
    ({ stream, hidden, pts }) => {
      if (stream !== streamIndex || hidden) return;
      if (pts === null) complete = false;
      else if (pts >= origin) ticks.push(pts);
    },
    settings,
    { signal },
  );
  if (!complete) {
    ticks = [];
    await scanFrames(file, (at) => ticks.push(at), settings, signal);
  }
  return ticks.sort((a, b) => a - b);
}

function exactRuns({ timeBase: { num, den } }: DescribedFile, ticks: readonly number[]): Run[] {
  const groups: number[][] = [];
  for (const at of ticks) {
    const group = groups.at(-1);
    const near = group && ((at - (group.at(-1) ?? at)) * num) / den < APART && group.length < FRAMES_A_RUN;
    if (near) group.push(at);
    else groups.push([at]);
  }
  return groups.map((group) => ({
    // To seek to the start may lead past it.
    from: ((group[0] ?? 0) * num) / den > MARGIN ? ((group[0] ?? 0) * num) / den - MARGIN : null,
    select: anyOf(group.map((at) => `eq(pts,${at})`)),
    until: ((group.at(-1) ?? 0) * num) / den + MARGIN,
    skip: 'default',
  }));
}

/** Sums, paired so that they nest as little as possible: FFmpeg refuses sums of a hundred terms, which it nests each in the next. */
function anyOf(terms: readonly string[]): string {
  const [first = '0', ...others] = terms;
  if (others.length === 0) return first;
  const half = terms.length >> 1;
  return `(${anyOf(terms.slice(0, half))}+${anyOf(terms.slice(half))})`;
}

/** Frames by their place in the file. */
export function jumpingRuns(
  { timeBase: { num, den }, origin, info, ...file }: DescribedFile,
  plan: SamplingPlan,
): Run[] {
  const frames = placesOf(file.places, plan, (ticks) => ((ticks - origin) * num) / den, info.duration);
  const skip = plan.kind === 'keyframes' && !file.keysNeedOthers ? 'nokey' : 'default';
  const groups: Place[][] = [];
  for (const frame of frames) {
    const group = groups.at(-1);
    const near = group && ((frame.ticks - group.at(-1)!.ticks) * num) / den < APART && group.length < FRAMES_A_RUN;
    if (near) group.push(frame);
    else groups.push([frame]);
  }
  return groups.map((group) => {
    const margin = group[0]!.ticks - (MARGIN * den) / num;
    const key = entersAnywhere(info.format)
      ? file.places.findLastIndex(({ keyframe, ticks }) => keyframe && ticks <= margin)
      : -1;
    const stamps = new Set(group.map(({ raw }) => raw % WRAP));
    const passed = file.places.slice(Math.max(0, key), file.places.indexOf(group.at(-1)!) + 1);
    const selected = passed.filter(({ raw, keyframe }) => stamps.has(raw % WRAP) && (keyframe || skip === 'default'));
    return {
      from: null,
      select: anyOf([...stamps].map((stamp) => `eq(mod(pts,${WRAP}),${stamp})`)),
      until: Infinity,
      skip,
      places: { byte: file.places[key]?.position ?? 0, selected, wanted: new Set(group) },
    };
  });
}
