import { CHAPTER_SECONDS, type Edge, firstFrame, settled, sharesText, stands, WINDOW_SECONDS } from './boundary.js';
import type { Evidence } from './evidence.js';
import { creditTextProbability, isPlain, type FrameClassifier } from './frame-classifier.js';
import type { TextLayout } from './layout.js';
import { firstNames, firstSure, sureStory } from './names-over-pictures.js';
import { SLOT_SECONDS, stretchesOf, type Search } from './search-result.js';
import { isCredits } from './segmenter.js';
import { footOf } from './static-overlay.js';
import type { TextBox } from './text-boxes.js';
import { rollSpeed, rollsTo } from './text-motion.js';

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
