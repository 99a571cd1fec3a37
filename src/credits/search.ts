import type { MediaInfo, SamplingPlan } from '../frames/types.js';
import type { Evidence, Sample } from './evidence.js';
import { creditTextProbability, isBlack, isPlain } from './look.js';
import type { LookModel } from './look.js';
import { ROLL_SPEEDS, segment } from './segmenter.js';
import type { Segmentation, SegmenterSettings, State } from './segmenter.js';
import { examine, everyFrame, watch } from './watch.js';
import type { Eye } from './watch.js';

/** A stretch of one state on the film's own clock. */
export interface Stretch {
  readonly state: State;
  readonly start: number;
  readonly end: number;
}

export interface Search {
  readonly window: { readonly start: number; readonly end: number };
  readonly samples: readonly Evidence[];
  readonly segmentation: Segmentation;
  readonly truncated: boolean;
}

export interface Knowledge {
  readonly segmenter: SegmenterSettings;
  readonly look: LookModel;
}

/** The tail that is searched: at least this long, and at least this share of the film. */
const TAIL_SECONDS = 600;
const TAIL_SHARE = 0.25;
/** Credits that begin this close to the tail's edge may have begun before it, seconds. */
const EDGE_SECONDS = 30;
/** A plain or dark frame is examined this long after the last one, any other frame that long; seconds. */
const PLAIN_GAP_SECONDS = 1.9;
const BUSY_GAP_SECONDS = 5.9;
/** So close to the end every frame is read thoroughly, seconds: names over footage are small. */
const THOROUGH_SECONDS = 180;
/** So close to the end every frame at which text that looks like credits comes or goes is followed up, seconds. */
const LAST_SECONDS = 60;
/** Refinement goes on while the segmentation still moves, at most so often. */
const ROUNDS = 3;
export const SLOT_SECONDS = 1;

/** Decides which key frames are worth reading: all that could be a card, and enough of the others. */
function worthReading(sample: Sample, last: Sample | null): boolean {
  if (last === null) return true;
  return sample.time - last.time >= (isPlain(sample) ? PLAIN_GAP_SECONDS : BUSY_GAP_SECONDS);
}

const byTime = (a: Evidence, b: Evidence): number => a.time - b.time;

/**
 * Key frames of the tail first, then one frame a second around every place where the segmentation changes, until it
 * stays as it is.
 */
export async function search(
  eye: Eye,
  info: MediaInfo,
  knowledge: Knowledge,
  onProgress: (done: number) => void,
): Promise<Search> {
  let start = Math.max(0, info.duration - Math.max(TAIL_SECONDS, TAIL_SHARE * info.duration));
  let samples: Evidence[] = [];
  let truncated = false;
  let end = info.duration;
  const sweep = async (from: number, to: number): Promise<void> => {
    const seen = await watch(eye, { kind: 'keyframes', window: { start: from, end: to } }, worthReading,
      (time) => time > info.duration - THOROUGH_SECONDS,
      (time) => onProgress(0.7 * Math.min(1, (time - from) / Math.max(1, to - from))));
    truncated ||= seen.truncated;
    samples = [...seen.evidence, ...samples].sort(byTime);
  };
  await sweep(start, end + 1);
  if (truncated) end = Math.min(end, (samples.at(-1)?.time ?? 0) + 1);
  const decode = (): Segmentation =>
    segment(samples, knowledge.segmenter, knowledge.look, { start, end }, SLOT_SECONDS, info.chapters);
  let segmentation = decode();
  while (start > 0 && segmentation.starts.some((p, slot) => p > 0.05 && slot * SLOT_SECONDS < EDGE_SECONDS)) {
    const earlier = Math.max(0, start - TAIL_SECONDS);
    await sweep(earlier, start);
    start = earlier;
    segmentation = decode();
  }
  const refined: { start: number; end: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const gaps = openGaps(samples, segmentation, { start, end }, refined, knowledge.look);
    if (gaps.length === 0) break;
    const seen = await watch(eye, secondsOf(gaps), (sample) =>
      samples.every(({ time }) => Math.abs(time - sample.time) > 0.3), () => true);
    samples = [...samples, ...seen.evidence].sort(byTime);
    refined.push(...gaps);
    segmentation = decode();
    onProgress(0.7 + (0.2 * (round + 1)) / ROUNDS);
  }
  return { window: { start, end }, samples, segmentation, truncated };
}

/** One frame a second of some windows, in one pass: to start a decoder takes longer than to decode a few seconds. */
function secondsOf(windows: readonly { start: number; end: number }[]): SamplingPlan {
  const [only, ...others] = windows;
  if (only !== undefined && others.length === 0) return { kind: 'everySecond', window: only };
  return {
    kind: 'exactAt',
    times: windows.flatMap(({ start, end }) => {
      const first = Math.ceil(start);
      return Array.from({ length: Math.max(0, Math.ceil(end) - first) }, (_, k) => first + k);
    }),
  };
}

/** The stretches of the most likely segmentation. */
export function stretchesOf({ segmentation, window }: Pick<Search, 'segmentation' | 'window'>): Stretch[] {
  return segmentation.runs.map(({ state, from, to }) => ({
    state,
    start: window.start + from * SLOT_SECONDS,
    end: Math.min(window.end, window.start + to * SLOT_SECONDS),
  }));
}

/** Windows of more than a second between two samples in which a boundary lies, that were not decoded yet. */
function openGaps(
  samples: readonly Evidence[],
  segmentation: Segmentation,
  window: { start: number; end: number },
  refined: readonly { start: number; end: number }[],
  look: LookModel,
): { start: number; end: number }[] {
  const places = stretchesOf({ segmentation, window }).slice(1).map(({ start }) => start);
  segmentation.starts.forEach((p, slot) => {
    if (p > 0.02) places.push(window.start + slot * SLOT_SECONDS);
  });
  // Short credits may have shown on one key frame only, or lie between two. Between frames of credits are credits.
  const late = samples.filter(({ time }) => time > window.end - LAST_SECONDS);
  const isText = late.map((sample) => creditTextProbability(sample, look) > 0.5);
  late.forEach(({ time }, k) => {
    if (isText[k] && !(isText[k - 1] && isText[k + 1])) places.push(time);
  });
  // A scene after the credits may have its only key frame at its start.
  const last = samples.at(-1)?.time ?? window.end;
  if (window.end - last < LAST_SECONDS) places.push((last + window.end) / 2);
  const gaps: { start: number; end: number }[] = [];
  for (const place of places.sort((a, b) => a - b)) {
    const before = samples.findLast(({ time }) => time < place - 0.5)?.time ?? window.start;
    const after = samples.find(({ time }) => time > place + 0.5)?.time ?? window.end;
    const gap = { start: Math.max(0, before - 1), end: after + 1.05 };
    const previous = gaps.at(-1);
    if (after - before < 1.5 || refined.some((done) => done.start <= before && after <= done.end)) continue;
    if (previous !== undefined && gap.start <= previous.end + 2) gaps[gaps.length - 1] = { start: previous.start, end: Math.max(previous.end, gap.end) };
    else gaps.push(gap);
  }
  return gaps;
}

/**
 * The first frame, between two sampled ones, on which `holds` is true, by halving: it must be false up to some frame
 * and true from there on. Null where the window has no frame.
 */
async function firstFrame(
  samples: readonly Sample[],
  holds: (sample: Sample, before: Sample | null) => Promise<boolean>,
): Promise<number | null> {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (await holds(samples[middle]!, samples[middle - 1] ?? null)) high = middle;
    else low = middle + 1;
  }
  return samples[low]?.time ?? null;
}

/** Text that was not there before counts as credits already when a frame's look is not that sure yet (a first line). */
function readable(evidence: Evidence, boxesBefore: number, look: LookModel): boolean {
  return creditTextProbability(evidence, look) > 0.5 || (evidence.layout?.boxes ?? 0) > boxesBefore;
}

/** Seconds that a first line may stand alone before a frame looks like credits. */
const FIRST_LINE_SECONDS = 6;

/**
 * Frames by which a roll's entry is reckoned, how well these must agree and how much earlier than what was read it may be,
 * seconds, and how high the first line may stand.
 */
const ENTRY = { frames: 6, agreement: 0.8, earliest: 4, highest: 0.2 };

/**
 * When the first line of a roll came in at the picture's foot, reckoned from where it stands in the first frames and how
 * fast it rises: over footage it is read only when some lines are in. Null where the text does not come from below.
 */
function rollEntry(samples: readonly Evidence[], from: number): number | null {
  const entries: number[] = [];
  for (const { time, layout, rise } of samples.slice(from, from + ENTRY.frames)) {
    if (layout === null || layout.boxes === 0 || rise === null || rise < ROLL_SPEEDS.slowest || rise > ROLL_SPEEDS.fastest) continue;
    // A first line that has left the picture, or a page that was cut to in the middle of a roll, tells nothing.
    if (layout.top > ENTRY.highest) entries.push(time - (1 - layout.top) / rise);
  }
  const middle = entries.sort((a, b) => a - b)[entries.length >> 1];
  if (middle === undefined) return null;
  const agreeing = entries.filter((entry) => Math.abs(entry - middle) < ENTRY.agreement);
  return agreeing.length >= 2 && agreeing.length > entries.length / 2 ? middle : null;
}

/** The time of the first frame with credit text, near a slot that the segmentation gave. */
export async function exactStart(eye: Eye, { samples }: Search, look: LookModel, near: number): Promise<number> {
  const isText = (sample: Evidence): boolean => creditTextProbability(sample, look) > 0.5;
  let at = samples.findIndex(({ time, layout }) => time >= near - 1.2 && layout !== null);
  const sure = samples.findIndex((sample, k) => k >= at && isText(sample));
  if (sure < 0 || samples[sure]!.time > near + 8) return near;
  at = sure;
  while (at > 0 && (samples[at - 1]!.layout?.boxes ?? 0) > 0 && creditTextProbability(samples[at - 1]!, look) > 0.1 &&
    samples[sure]!.time - samples[at - 1]!.time < FIRST_LINE_SECONDS) at--;
  const first = samples[at]!;
  const before = samples[at - 1];
  if (before === undefined) return first.time < 1.5 ? 0 : first.time;
  const frames = await everyFrame(eye, Math.max(before.time, first.time - 2.5), first.time + 0.001);
  const boxesBefore = before.layout?.boxes ?? 0;
  const exact = await firstFrame(frames, async (sample, previous) =>
    readable(await examine(eye, sample, previous, true), boxesBefore, look)) ?? first.time;
  // On a plain ground the first line is read as it comes in, and a cut to a page that already rolls has no entry.
  const entry = isPlain(first) ? null : rollEntry(samples, at);
  return entry !== null && entry < exact && exact - entry < ENTRY.earliest ? Math.max(0, entry) : exact;
}

/** The time of the first frame after the credits that shows none of their text any more. */
export async function exactEnd(eye: Eye, { samples, window }: Search, look: LookModel, near: number): Promise<number> {
  const lastText = samples.findLast((sample) => sample.time <= near + 1.2 && creditTextProbability(sample, look) > 0.5);
  const next = samples.find(({ time }) => lastText !== undefined && time > lastText.time);
  if (lastText === undefined || near - lastText.time > 8) return near;
  const frames = await everyFrame(eye, lastText.time, Math.min(next?.time ?? window.end, lastText.time + 2.5) + 0.001);
  const exact = await firstFrame(frames, async (sample, previous) => !readable(await examine(eye, sample, previous, true), 0, look));
  return exact ?? next?.time ?? window.end;
}

/** The time of the first frame that is not black between two sampled ones. */
export async function exactLight(eye: Eye, { samples }: Search, near: number): Promise<number> {
  const dark = samples.findLast((sample) => sample.time <= near + 1.2 && isBlack(sample));
  const light = samples.find(({ time }) => dark !== undefined && time > dark.time);
  if (dark === undefined || light === undefined || near - dark.time > 3) return near;
  const frames = await everyFrame(eye, dark.time, light.time + 0.001);
  return (await firstFrame(frames, (sample) => Promise.resolve(sample.stats.lumaHigh >= 0.09))) ?? light.time;
}
