import type { TimeWindow } from '../frames/types.js';
import type { Model } from '../inference/types.js';
import { sampleOf } from './evidence.js';
import type { Evidence, Sample } from './evidence.js';
import { creditTextProbability, isBlack, isPlain } from './look.js';
import type { LookModel } from './look.js';
import type { TextLayout } from './layout.js';
import { stretchesOf } from './search.js';
import type { Search } from './search.js';
import { isCredits, isRolling } from './segmenter.js';
import { besideStanding } from './standing.js';
import { examine } from './watch.js';
import type { PlainFrame } from './watch.js';

/** Where a boundary lies between two samples; without a window it is not sought any closer. */
export interface Edge {
  readonly window: TimeWindow | null;
  /** The answer where nothing closer is found. */
  readonly near: number;
}

/** Reads one frame. */
export type Read = (sample: Sample) => Promise<Evidence>;

/** Reads frames as they were read in a search: thoroughly, and beside its overlays. */
export const readerOf = (text: Model, { overlays }: Pick<Search, 'overlays'>): Read =>
  async (sample) => besideStanding(await examine(text, sample, null, true), overlays);

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
/** Taller is no line of text; a fraction of the picture's height. */
const TALLEST = 0.2;
/** So long before the segmentation's credits a frame over footage may be theirs, seconds. */
const UNSURE_SECONDS = 1.5;

/** The first of the frames up to `sure` whose text may be the first line of what is sure. */
function firstLine(samples: readonly Evidence[], sure: number, begun: number, look: LookModel): number {
  const mayBe = (sample: Evidence): boolean => sample.layout !== null && sample.layout.boxes > 0 && sample.layout.tallest < TALLEST &&
    samples[sure]!.time - sample.time < FIRST_LINE_SECONDS && (isRolling(sample) || creditTextProbability(sample, look) > 0.1) &&
    (isPlain(sample) || sample.time > begun - UNSURE_SECONDS);
  let at = sure;
  while (at > 0 && mayBe(samples[at - 1]!)) at--;
  return at;
}

/** Between names over a story nothing may be read for so long, and so long before they are sure their first may show, seconds. */
const NAMES = { pause: 2.1, seconds: 12, alike: 1.6, width: 0.04 };
/** At the picture's foot a single line or a wider one is a subtitle; a fraction of the picture's width. */
const SUBTITLE_WIDTH = 0.25;

/** The first of the frames up to `sure` that show lines as high as those of the names that are sure, with pauses. */
function firstNames(samples: readonly Evidence[], sure: number, look: LookModel): number {
  const height = samples[sure]!.layout?.lineHeight ?? 0;
  const mayBe = (sample: Evidence): boolean => sample.layout !== null && creditTextProbability(sample, look) > 0.1 && isLike(sample.layout);
  const isLike = (layout: TextLayout): boolean => layout.boxes > 0 && layout.lineWidth > NAMES.width &&
    (layout.atFoot <= 0.5 || (layout.boxes > 1 && layout.lineWidth < SUBTITLE_WIDTH)) &&
    layout.lineHeight < NAMES.alike * height && height < NAMES.alike * layout.lineHeight;
  let at = sure;
  for (let k = sure - 1; k >= 0; k--) {
    const { time } = samples[k]!;
    if (samples[at]!.time - time > NAMES.pause || samples[sure]!.time - time > NAMES.seconds) break;
    if (mayBe(samples[k]!)) at = k;
  }
  return at;
}

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
  for (const sample of samples.slice(from, from + ENTRY.frames)) {
    const { time, layout, rise } = sample;
    if (layout === null || layout.boxes === 0 || rise === null || !isRolling(sample)) continue;
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

export function startEdge(search: Search, look: LookModel, near: number): StartEdge {
  const { samples } = search;
  const isText = (sample: Evidence): boolean => creditTextProbability(sample, look) > 0.5;
  const from = samples.findIndex(({ time, layout }) => time >= near - 1.2 && layout !== null);
  const sure = samples.findIndex((sample, k) => k >= from && isText(sample));
  if (sure < 0 || samples[sure]!.time > near + 8) return { window: null, near, boxesBefore: 0, entry: null };
  const run = stretchesOf(search).findLast(({ state, start }) => isCredits(state) && start <= near + 1);
  const overStory = run?.state === 'names' || (run?.state === 'cards' && !isPlain(samples[sure]!));
  const at = overStory ? firstNames(samples, sure, look) : firstLine(samples, sure, run?.start ?? near, look);
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
export async function exactStart(read: Read, frames: readonly PlainFrame[], edge: StartEdge, look: LookModel): Promise<number> {
  const { boxesBefore, entry } = edge;
  const exact = await firstFrame(frames, edge, async (sample) => readable(await read(sample), boxesBefore, look));
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
export function exactEnd(read: Read, frames: readonly PlainFrame[], edge: Edge, look: LookModel): Promise<number> {
  return firstFrame(frames, edge, async (sample) => !readable(await read(sample), 0, look));
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
