import type { TimeWindow } from '../frames/types.js';
import type { Model } from '../inference/types.js';
import { sampleOf, type Evidence, type Sample } from './evidence.js';
import { creditTextProbability, isBlack, isPlain, type FrameClassifier } from './frame-classifier.js';
import type { TextLayout } from './layout.js';
import { firstNames, firstSure, sureStory } from './names-over-pictures.js';
import { isSamePicture } from './picture.js';
import { examine, type PlainFrame } from './read-frames.js';
import { SLOT_SECONDS, stretchesOf, type Search } from './search-result.js';
import { isCredits, isRolling } from './segmenter.js';
import { besideOverlays, footOf, overlap } from './static-overlay.js';
import type { TextBox } from './text-boxes.js';
import { rollSpeed, rollsTo } from './text-motion.js';

/** Reads one frame. */
export type Read = (sample: Sample) => Promise<Evidence>;

/** Where a boundary lies between two samples. */
export interface Edge {
  /** Whose every frame is wanted; null where it is not sought any closer. */
  readonly window: TimeWindow | null;
  /** The boundary's time, from frames that hold the window's. */
  readonly find: (read: Read, frames: readonly PlainFrame[]) => Promise<number>;
}

const settled = (time: number): Edge => ({ window: null, find: () => Promise.resolve(time) });

/** Reads frames as they were read in a search: thoroughly, and beside its overlays; a picture that stands still once. */
export function readerOf(text: Model, { overlays }: Pick<Search, 'overlays'>): Read {
  const read: { readonly sample: Sample; readonly evidence: Promise<Evidence> }[] = [];
  return async (sample) => {
    const same = read.find((one) => isSamePicture(one.sample.image, sample.image));
    if (same !== undefined) return { ...(await same.evidence), time: sample.time };
    const evidence = examine(text, sample, null, true).then((seen) => besideOverlays(seen, overlays));
    read.push({ sample, evidence });
    return evidence;
  };
}

/** The longest window that is looked through frame by frame, seconds. */
const WINDOW_SECONDS = 2.5;

/** Frames are read at such distances until one shows something else, seconds: a test that is wrong here and there finds another boundary by halving. */
const STEP_SECONDS = 0.5;

/**
 * The first frame of those that show what `holds` says, up to the window's end or from its start on: they are followed from
 * the end that is sure to where they stop, then the frame is found by halving. `near` where none holds.
 */
async function firstFrame(
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
const isAt = (frame: PlainFrame | undefined, time: number): boolean =>
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

const stands = (box: TextBox, places: readonly TextBox[]): boolean =>
  places.some((place) => overlap(box, place) > SAME_TEXT.overlap);

/** Whether some of a frame's text is that of another frame: it stands there, or it is of the same lines that roll. */
function sharesText(boxes: readonly TextBox[], like: Evidence): boolean {
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

/** Few lines so wide, a fraction of the picture's width, are sentences; and how much alike the lines of credits are high. */
const FOREIGN = { lines: 5, width: 0.36, height: 2 };

/** Whether the text of a frame is no part of what another shows: sentences where that shows none, or lines of another size. */
function isForeign({ layout, words }: Evidence, like: Evidence): boolean {
  if (layout === null || like.layout === null || layout.boxes === 0) return false;
  const areSentences = ({ boxes, lineWidth }: TextLayout): boolean =>
    boxes <= FOREIGN.lines && lineWidth > FOREIGN.width;
  return (
    (words !== null && words < 0) ||
    (areSentences(layout) && !areSentences(like.layout)) ||
    layout.lineHeight > FOREIGN.height * like.layout.lineHeight
  );
}

/**
 * Whether a frame shows credits' text where `like` is sure to: it looks like that itself, or shows some of the same text, or
 * any on the same plain ground (a first line). A face in the story that was read as text is none of these.
 * @param before what stood there already
 */
function readable(
  evidence: Evidence,
  like: Evidence,
  before: readonly TextBox[],
  classifier: FrameClassifier,
): boolean {
  const boxes = (evidence.boxes ?? []).filter((box) => !stands(box, before));
  if (boxes.length > 0 && sharesText(boxes, like)) return true;
  if ((isPlain(like) && !isPlain(evidence)) || isForeign(evidence, like)) return false;
  return creditTextProbability(evidence, classifier) > 0.5 || (boxes.length > 0 && isPlain(like));
}

/** Seconds that a first line may stand alone before a frame looks like credits. */
const FIRST_LINE_SECONDS = 6;
/** Taller is no line of text; a fraction of the picture's height. */
const TALLEST = 0.2;
/** So long before the segmentation's credits a frame over footage may be theirs, seconds. */
const UNSURE_SECONDS = 1.5;

/** So near to a side and to the top or the foot, fractions of the picture, stands a channel's name or a clock, but no first line. */
const CORNER = 0.15;

function isInCorner({ x, y, width, height }: TextBox): boolean {
  const isAtEdge = (middle: number): boolean => middle < CORNER || middle > 1 - CORNER;
  return isAtEdge(x + width / 2) && isAtEdge(y + height / 2);
}

/** The first of the frames up to `sure` whose text may be the first of what is sure. */
function firstLine(samples: readonly Evidence[], sure: number, begun: number, classifier: FrameClassifier): number {
  const like = samples[sure]!;
  const mayBe = (sample: Evidence): boolean =>
    sample.layout !== null &&
    sample.boxes!.some((box) => !isInCorner(box)) &&
    sample.layout.tallest < TALLEST &&
    like.time - sample.time < FIRST_LINE_SECONDS &&
    !isForeign(sample, like) &&
    creditTextProbability(sample, classifier) > 0.1 &&
    (isPlain(sample) || sample.time > begun - UNSURE_SECONDS);
  let at = sure;
  while (at > 0 && mayBe(samples[at - 1]!)) at--;
  return at;
}

/** Over a going picture, names come and go: a chapter named so, so near to where they were read, knows the credits' start and end better, seconds. */
const CHAPTER_SECONDS = { early: 4, late: 1 };

/** Where credits start, near a slot that the segmentation gave: at the first frame with their text. */
export function startEdge(search: Search, classifier: FrameClassifier, near: number): Edge {
  const { samples } = search;
  const sure = firstSure(samples, near, classifier);
  if (sure < 0) return settled(near);
  const speed = rollSpeed(samples, sure);
  const edge = speed === null ? cardsEdge(search, classifier, near, sure) : rollEdge(search, near, sure, speed);
  // Names in the slot after the chapter's beginning make the one before look like story.
  const story = sureStory(search, near) - SLOT_SECONDS;
  const named = search.chapters.flatMap(({ kind, start }) =>
    kind === 'credits' && start >= story && !isPlain(samples[sure]!) ? [start] : [],
  );
  return {
    window: edge.window,
    find: async (read, frames) => {
      const exact = await edge.find(read, frames);
      return named.find((time) => exact - time < CHAPTER_SECONDS.early && time - exact < CHAPTER_SECONDS.late) ?? exact;
    },
  };
}

/** Where cards or names start: at the first frame that shows text like that of the frame that is sure. */
function cardsEdge(search: Search, classifier: FrameClassifier, near: number, sure: number): Edge {
  const { samples } = search;
  const run = stretchesOf(search).findLast(({ state, start }) => isCredits(state) && start <= near + 1);
  let first = samples[sure]!;
  let before: Evidence | undefined;
  if (search.close.length > 0) {
    const names = firstNames(search.close, first);
    ({ first } = names);
    before = names.before ?? samples.findLast(({ time }) => time < first.time - 0.1);
  } else {
    const at = firstLine(samples, sure, run?.start ?? near, classifier);
    [first, before] = [samples[at]!, samples[at - 1]];
  }
  if (before === undefined) return settled(first.time < 1.5 ? 0 : first.time);
  const window = {
    start: Math.max(before.time, first.time - WINDOW_SECONDS, sureStory(search, near)),
    end: first.time + 0.001,
  };
  const stood = before.boxes ?? [];
  return {
    window,
    find: (read, frames) =>
      firstFrame(frames, window, first.time, 'end', async (sample) =>
        readable(await read(sample), first, stood, classifier),
      ),
  };
}

/**
 * How much earlier than what was read a roll's first line may have come in at the picture's foot: over footage it is read only
 * when some lines are in; seconds. How much later than where an overlay ends, and how high the first line may stand.
 */
const ENTRY = { earliest: 4, behindOverlay: 1.2, highest: 0.2 };

/** Lines are followed past the next frame no further than so many seconds. */
const LIKE_SECONDS = 4;

/**
 * Where a roll starts: with the first frame whose lines stand where the roll's speed puts them. Where its first line cannot be
 * read as it comes in, over footage or behind an overlay at the foot, that is reckoned from where it stands later.
 */
function rollEdge(search: Search, near: number, sure: number, speed: number): Edge {
  const { samples, overlays } = search;
  // Over footage a frame may be read badly: what the one after it shows counts as well.
  const isOfRoll = (sample: Evidence, next: number): boolean =>
    samples
      .slice(next, next + 2)
      .some((like, k) => (k === 0 || like.time - sample.time < LIKE_SECONDS) && rollsTo(sample, like, speed));
  let at = sure;
  while (at > 0 && isOfRoll(samples[at - 1]!, at)) at--;
  const first = samples[at]!;
  const before = samples[at - 1];
  if (before === undefined) return settled(first.time < 1.5 ? 0 : first.time);
  const story = sureStory(search, near);
  const window = { start: Math.max(before.time, first.time - WINDOW_SECONDS, story), end: first.time + 0.001 };
  const next = samples[at + 1];
  const rolling = (first.boxes ?? []).filter(
    (box) => next === undefined || rollsTo({ ...first, boxes: [box] }, next, speed),
  );
  const top = Math.min(...rolling.map(({ y }) => y));
  const entry = first.time - (1 - top) / speed;
  const hidden = footOf(overlays);
  const earliest = !isPlain(first) ? ENTRY.earliest : hidden > 0 ? hidden / speed + ENTRY.behindOverlay : 0;
  return {
    window,
    find: async (read, frames) => {
      const exact = await firstFrame(frames, window, first.time, 'end', async (sample) =>
        isOfRoll(await read(sample), at),
      );
      // A first line that has left the picture tells nothing of when it came.
      const known = rolling.length > 0 && top > ENTRY.highest && entry < exact && exact - entry < earliest;
      return known ? Math.max(0, story, entry) : exact;
    },
  };
}

/** Where credits end, near a slot: at the first frame after them that shows none of their text any more. */
export function endEdge(
  { samples, window: { end }, chapters }: Search,
  classifier: FrameClassifier,
  near: number,
): Edge {
  const isText = (sample: Evidence): boolean => creditTextProbability(sample, classifier) > 0.5;
  const isPicture = (sample: Evidence): boolean => !isPlain(sample) && sample.layout?.boxes === 0;
  // Text that a scene shows at its start is none of the credits'.
  const scene = samples.findIndex((sample) => sample.time >= near && isPicture(sample));
  let at = samples.findLastIndex(
    (sample, k) => sample.time <= near + 1.2 && (scene < 0 || k < scene) && isText(sample),
  );
  if (at < 0 || near - samples[at]!.time > 8) return settled(near);
  // A last card that looks less like one has lines as high as the others'; the title of what follows has not.
  const lineHeight = samples[at]!.layout?.lineHeight ?? 0;
  for (
    let next = samples[at + 1];
    next !== undefined && next.time < near && isAlike(next.layout, lineHeight);
    next = samples[at + 1]
  )
    at++;
  const last = samples[at]!;
  const next = samples[at + 1]?.time ?? end;
  const window = { start: last.time, end: Math.min(next, last.time + WINDOW_SECONDS) + 0.001 };
  const named = isPlain(last)
    ? []
    : chapters.flatMap(({ kind, start, end: to }) =>
        kind === 'credits' ? [to] : kind === 'preview' || kind === 'scene' ? [start] : [],
      );
  const find = async (read: Read, frames: readonly PlainFrame[]): Promise<number> => {
    const exact = await firstFrame(
      frames,
      window,
      next,
      'start',
      async (sample) => !showsStill(await read(sample), last, classifier),
    );
    return named.find((time) => time - exact < CHAPTER_SECONDS.early && exact - time < CHAPTER_SECONDS.late) ?? exact;
  };
  return { window, find };
}

/** Lines of cards that follow each other differ less in height. */
const CARD_HEIGHT = 1.3;

const isAlike = (layout: TextLayout | null, height: number): boolean =>
  layout !== null &&
  layout.boxes > 0 &&
  layout.lineHeight < CARD_HEIGHT * height &&
  height < CARD_HEIGHT * layout.lineHeight;

/** Whether a frame after the last that is sure still shows its text, or more of its kind. */
function showsStill(evidence: Evidence, like: Evidence, classifier: FrameClassifier): boolean {
  return (
    sharesText(evidence.boxes ?? [], like) ||
    (isPlain(evidence) === isPlain(like) && creditTextProbability(evidence, classifier) > 0.5)
  );
}

/** Where black ends, near a slot: at the first frame that is not black. */
export function lightEdge({ samples }: Search, near: number): Edge {
  const dark = samples.findLast((sample) => sample.time <= near + 1.2 && isBlack(sample));
  const light = samples.find(({ time }) => dark !== undefined && time > dark.time);
  if (dark === undefined || light === undefined || near - dark.time > 3) return settled(near);
  const window = { start: dark.time, end: light.time + 0.001 };
  return {
    window,
    find: (_read, frames) =>
      firstFrame(frames, window, light.time, 'start', (sample) => Promise.resolve(sample.stats.lumaHigh >= 0.09)),
  };
}
