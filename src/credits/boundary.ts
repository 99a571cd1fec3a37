import type { TimeWindow } from '../frames/types.js';
import type { Model } from '../inference/types.js';
import { sampleOf, type Evidence, type Sample } from './evidence.js';
import { isSamePicture } from './picture.js';
import { examine, type PlainFrame } from './read-frames.js';
import type { Search } from './search-result.js';
import { isRolling } from './segmenter.js';
import { besideOverlays, overlap } from './static-overlay.js';
import type { TextBox } from './text-boxes.js';

/** Reads one frame. */
export type Read = (sample: Sample) => Promise<Evidence>;

/** Where a boundary lies between two samples. */
export interface Edge {
  /** Whose every frame is wanted; null where it is not sought any closer. */
  readonly window: TimeWindow | null;
  /** The boundary's time, from frames that hold the window's. */
  readonly find: (read: Read, frames: readonly PlainFrame[]) => Promise<number>;
}

export const settled = (time: number): Edge => ({ window: null, find: () => Promise.resolve(time) });

/** Reads frames as they were read in a search, thoroughly and beside its overlays: those that it read no more, and a picture that stands still once. */
export function readerOf(text: Model, { samples, overlays }: Pick<Search, 'samples' | 'overlays'>): Read {
  const read: { readonly sample: Sample; readonly evidence: Promise<Evidence> }[] = [];
  return async (sample) => {
    const known = samples.find(({ time, thorough, boxes }) => thorough && boxes !== null && isAt(sample, time));
    if (known !== undefined) return known;
    const same = read.find((one) => isSamePicture(one.sample.image, sample.image));
    if (same !== undefined) return { ...(await same.evidence), time: sample.time };
    const evidence = examine(text, sample, null, true).then((seen) => besideOverlays(seen, overlays));
    read.push({ sample, evidence });
    return evidence;
  };
}
/** The longest window that is looked through frame by frame, seconds. */
export const WINDOW_SECONDS = 2.5;

/** Frames are read at such distances until one shows something else, seconds: a test that is wrong here and there finds another boundary by halving. */
const STEP_SECONDS = 0.5;

/**
 * The first frame of those that show what `holds` says, up to the window's end or from its start on: they are followed from
 * the end that is sure to where they stop, then the frame is found by halving. `near` where none holds.
 */
export async function firstFrame(
  frames: readonly PlainFrame[],
  window: TimeWindow,
  near: number,
  sure: 'end' | 'start',
  holds: (sample: Sample) => Promise<boolean>,
): Promise<number> {
  const inside = frames.filter(({ time }) => time >= window.start && time < window.end);
  const shows = (k: number): Promise<boolean> => holds(sampleOf(inside[k]!.time, inside[k]!.image));
  // Between these lies the boundary: up to `low` it does not hold, from `high` on it does; at the sure start of what ends it is the
  // other way about. The frame that is sure was read in the search.
  let [low, high] = [-1, inside.length];
  if (sure === 'end') {
    for (let k = inside.length - 1; k >= 0; k = earlier(inside, k)) {
      if (isAt(inside[k], window.end) || (await shows(k))) high = k;
      else {
        low = k;
        break;
      }
    }
  } else {
    for (let k = 0; k < inside.length; k = later(inside, k)) {
      if (!isAt(inside[k], window.start) && (await shows(k))) {
        high = k;
        break;
      }
      low = k;
    }
  }
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (await shows(middle)) high = middle;
    else low = middle;
  }
  return inside[high]?.time ?? near;
}

/** Whether a frame is that at a time; decoders and containers round times. */
const isAt = (frame: Pick<PlainFrame, 'time'> | undefined, time: number): boolean =>
  frame !== undefined && Math.abs(frame.time - time) < 0.002;

/** The index of the frame that lies a step before another, -1 where there is none. */
function earlier(frames: readonly PlainFrame[], k: number): number {
  const time = frames[k]!.time - STEP_SECONDS;
  const at = frames.findLastIndex((frame, index) => index < k && frame.time <= time);
  return at < 0 && k > 0 ? 0 : at;
}

/** The index of the frame that lies a step after another; that of the last one before none. */
function later(frames: readonly PlainFrame[], k: number): number {
  const time = frames[k]!.time + STEP_SECONDS;
  const at = frames.findIndex((frame, index) => index > k && frame.time >= time);
  return at >= 0 ? at : k < frames.length - 1 ? frames.length - 1 : frames.length;
}

/** How much of what two boxes cover together both cover, for text that stays; how alike the lines of a roll are high. */
const SAME_TEXT = { overlap: 0.3, height: 1.6 };

export const stands = (box: TextBox, places: readonly TextBox[]): boolean =>
  places.some((place) => overlap(box, place) > SAME_TEXT.overlap);

/** Whether some of a frame's text is that of another frame: it stands there, or it is of the same lines that roll. */
export function sharesText(boxes: readonly TextBox[], like: Evidence): boolean {
  const places = like.boxes ?? [];
  if (boxes.some((box) => stands(box, places))) return true;
  const height = like.layout?.lineHeight ?? 0;
  return (
    isRolling(like) &&
    boxes.some(
      (box) =>
        box.height < SAME_TEXT.height * height &&
        height < SAME_TEXT.height * box.height &&
        places.some((place) => box.x < place.x + place.width && place.x < box.x + box.width),
    )
  );
}
/** Over a going picture, names come and go: a chapter named so, so near to where they were read, knows the credits' start and end better, seconds. */
export const CHAPTER_SECONDS = { early: 4, late: 1 };
