import type { TimeWindow } from '../frames/types.js';
import type { Model } from '../inference/types.js';
import { sampleOf } from './evidence.js';
import type { Evidence, Sample } from './evidence.js';
import { creditTextProbability, isBlack, isPlain } from './look.js';
import type { LookModel } from './look.js';
import type { Search } from './search.js';
import { ROLL_SPEEDS } from './segmenter.js';
import { examine } from './watch.js';
import type { PlainFrame } from './watch.js';

/** Where a boundary lies between two samples; without a window it is not sought any closer. */
export interface Edge {
  readonly window: TimeWindow | null;
  /** The answer where nothing closer is found. */
  readonly near: number;
}

/** The longest window that is looked through frame by frame, seconds. */
const WINDOW_SECONDS = 2.5;

/**
 * The first frame of an edge's window on which `holds` is true, by halving: it must be false up to some frame and true
 * from there on. `near` where none is.
 */
async function firstFrame(frames: readonly PlainFrame[], { window, near }: Edge, holds: (sample: Sample) => Promise<boolean>): Promise<number> {
  if (window === null) return near;
  const inside = frames.filter(({ time }) => time >= window.start && time < window.end);
  let [low, high] = [0, inside.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const { time, image } = inside[middle]!;
    if (await holds(sampleOf(time, image))) high = middle;
    else low = middle + 1;
  }
  return inside[low]?.time ?? near;
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

/** The credits' start, near a slot that the segmentation gave. */
export interface StartEdge extends Edge {
  readonly boxesBefore: number;
  /** When the first line of a roll came in, and null for what is no roll over footage. */
  readonly entry: number | null;
}

export function startEdge({ samples }: Search, look: LookModel, near: number): StartEdge {
  const isText = (sample: Evidence): boolean => creditTextProbability(sample, look) > 0.5;
  const from = samples.findIndex(({ time, layout }) => time >= near - 1.2 && layout !== null);
  const sure = samples.findIndex((sample, k) => k >= from && isText(sample));
  if (sure < 0 || samples[sure]!.time > near + 8) return { window: null, near, boxesBefore: 0, entry: null };
  let at = sure;
  while (at > 0 && (samples[at - 1]!.layout?.boxes ?? 0) > 0 && creditTextProbability(samples[at - 1]!, look) > 0.1 &&
    samples[sure]!.time - samples[at - 1]!.time < FIRST_LINE_SECONDS) at--;
  const first = samples[at]!;
  const before = samples[at - 1];
  if (before === undefined) return { window: null, near: first.time < 1.5 ? 0 : first.time, boxesBefore: 0, entry: null };
  return {
    window: { start: Math.max(before.time, first.time - WINDOW_SECONDS), end: first.time + 0.001 },
    near: first.time,
    boxesBefore: before.layout?.boxes ?? 0,
    // On a plain ground the first line is read as it comes in, and a cut to a page that already rolls has no entry.
    entry: isPlain(first) ? null : rollEntry(samples, at),
  };
}

/** The time of the first frame with credit text. */
export async function exactStart(text: Model, frames: readonly PlainFrame[], edge: StartEdge, look: LookModel): Promise<number> {
  const { boxesBefore, entry } = edge;
  const exact = await firstFrame(frames, edge, async (sample) => readable(await examine(text, sample, null, true), boxesBefore, look));
  return entry !== null && entry < exact && exact - entry < ENTRY.earliest ? Math.max(0, entry) : exact;
}

export function endEdge({ samples, window }: Search, look: LookModel, near: number): Edge {
  const last = samples.findLast((sample) => sample.time <= near + 1.2 && creditTextProbability(sample, look) > 0.5);
  const next = samples.find(({ time }) => last !== undefined && time > last.time);
  if (last === undefined || near - last.time > 8) return { window: null, near };
  const end = next?.time ?? window.end;
  return { window: { start: last.time, end: Math.min(end, last.time + WINDOW_SECONDS) + 0.001 }, near: end };
}

/** The time of the first frame after the credits that shows none of their text any more. */
export function exactEnd(text: Model, frames: readonly PlainFrame[], edge: Edge, look: LookModel): Promise<number> {
  return firstFrame(frames, edge, async (sample) => !readable(await examine(text, sample, null, true), 0, look));
}

export function lightEdge({ samples }: Search, near: number): Edge {
  const dark = samples.findLast((sample) => sample.time <= near + 1.2 && isBlack(sample));
  const light = samples.find(({ time }) => dark !== undefined && time > dark.time);
  if (dark === undefined || light === undefined || near - dark.time > 3) return { window: null, near };
  return { window: { start: dark.time, end: light.time + 0.001 }, near: light.time };
}

/** The time of the first frame that is not black. */
export function exactLight(frames: readonly PlainFrame[], edge: Edge): Promise<number> {
  return firstFrame(frames, edge, (sample) => Promise.resolve(sample.stats.lumaHigh >= 0.09));
}
