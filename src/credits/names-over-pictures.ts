import type { TimeWindow } from '../frames/types.js';
import type { Evidence } from './evidence.js';
import { creditTextProbability, isPlain, type FrameClassifier } from './frame-classifier.js';
import { grid } from './gaps.js';
import { SLOT_SECONDS, stretchesOf, type Search } from './search-result.js';
import { isCredits, type Segmentation } from './segmenter.js';
import { besideOverlays, overlaysOf } from './static-overlay.js';
import type { TextBox } from './text-boxes.js';
import { rollSpeed } from './text-motion.js';

/** Whether the credits are mostly text over pictures, as captions and overlays are: they need more evidence. */
export function isOverPictures(samples: readonly Evidence[], segmentation: Segmentation, window: TimeWindow): boolean {
  const credits = stretchesOf({ segmentation, window }).filter(({ state }) => isCredits(state));
  const text = samples.filter(
    ({ time, boxes }) => (boxes?.length ?? 0) > 0 && credits.some(({ start, end }) => time >= start && time < end),
  );
  return text.filter(isPlain).length < text.length / 2;
}

/** Less likely than this the credits have not begun. */
const SURE_STORY = 0.01;

/** The time up to which the segmentation is sure that the credits have not begun. */
export function sureStory(
  { segmentation: { starts }, window }: Pick<Search, 'segmentation' | 'window'>,
  near: number,
): number {
  let begun = 0;
  const slot = starts.findIndex((p) => (begun += p) > SURE_STORY);
  return Math.min(near, window.start + (slot - 1) * SLOT_SECONDS);
}

/** No frame of credits' text later than this after their start, seconds, is their first. */
const LATEST_TEXT = 8;

/** The first frame with credits' text at a time that the segmentation gave or after it; -1 where there is none. */
export function firstSure(samples: readonly Evidence[], near: number, classifier: FrameClassifier): number {
  const sure = samples.findIndex(
    (sample) => sample.time >= near - 0.05 && sample.layout !== null && creditTextProbability(sample, classifier) > 0.5,
  );
  return sure >= 0 && samples[sure]!.time <= near + LATEST_TEXT ? sure : -1;
}

/**
 * Names over pictures are read closely: for so long before the first that is sure, seconds, at such distances, and so many
 * frames of the story and of the credits, to tell whether such text is all through the film.
 */
const CLOSE = { before: 12, step: 1, story: 12, credits: 8, creditsSeconds: 40 };

/** Times at which text over pictures tells, read closely, when it began and whether the story has the like. */
export function timesToReadClosely(found: Omit<Search, 'close'>, classifier: FrameClassifier): number[] {
  const { samples, segmentation, window } = found;
  if (segmentation.start === null || !isOverPictures(samples, segmentation, window)) return [];
  const near = window.start + segmentation.start * SLOT_SECONDS;
  const at = firstSure(samples, near, classifier);
  const sure = samples[at];
  // What rises as a roll does is neither remarks nor names.
  if (sure === undefined || rollSpeed(samples, at) !== null) return [];
  const from = Math.max(sureStory(found, near), sure.time - CLOSE.before);
  const run = stretchesOf(found).find(({ state, end }) => isCredits(state) && end > sure.time);
  const until = Math.min(run?.end ?? window.end, sure.time + CLOSE.creditsSeconds);
  return [
    ...spread(window.start, from, CLOSE.story),
    ...grid(0, sure.time - from + 0.01, CLOSE.step)
      .map((before) => sure.time - before)
      .reverse(),
    ...spread(sure.time, until, CLOSE.credits),
  ];
}

/** From when frames before the credits may be of these, seconds. */
function storyEnd(found: Omit<Search, 'close'>, classifier: FrameClassifier): number {
  const near = found.window.start + (found.segmentation.start ?? 0) * SLOT_SECONDS;
  const sure = found.samples[firstSure(found.samples, near, classifier)]?.time ?? near;
  return Math.max(sureStory(found, near), sure - CLOSE.before);
}

/** Frames that were read closely, beside overlays: those that were known, and what stays through the story that was read so. */
export function besideAllOverlays(
  close: readonly Evidence[],
  found: Omit<Search, 'close'>,
  classifier: FrameClassifier,
): Evidence[] {
  const beside = close.map((sample) => besideOverlays(sample, found.overlays));
  const more = overlaysOf(beside, storyEnd(found, classifier));
  return beside.map((sample) => besideOverlays(sample, more));
}

/** So many times in the middles of equal parts of a stretch, no closer than two seconds. */
function spread(from: number, to: number, count: number): number[] {
  const step = Math.max(2, (to - from) / count);
  return grid(from + step / 2, to, step);
}

/** Between names nothing may be read for so long, and so long before they are sure their first may show, seconds; widths of one and of all. */
const NAMES = { pause: 4.2, seconds: 12, alike: 1.5, width: 0.05, together: 0.1 };
/** At the picture's foot a single line or a wider one is a subtitle; a fraction of the picture's width. */
const SUBTITLE = { foot: 0.75, width: 0.25 };

/** Whether a frame shows lines as high as those of the credits, beside subtitles. */
function showsNames({ boxes }: Evidence, height: number): boolean {
  const isName = (box: TextBox): boolean =>
    box.width > NAMES.width && box.height < NAMES.alike * height && height < NAMES.alike * box.height;
  const names = (boxes ?? []).filter(isName);
  const atFoot = names.every((box) => box.y + box.height / 2 > SUBTITLE.foot);
  if (names.reduce((sum, { width }) => sum + width, 0) < NAMES.together) return false;
  return !atFoot || (names.length > 1 && names.every(({ width }) => width < SUBTITLE.width));
}

/** How high most lines of the credits are, in frames that were read closely. */
function lineHeight(close: readonly Evidence[], sure: Evidence): number | undefined {
  const credits = close.filter(({ time }) => time >= sure.time);
  const heights = credits.flatMap(({ boxes }) => boxes!.map(({ height }) => height)).sort((a, b) => a - b);
  return heights[heights.length >> 1];
}

/** The first frame of those that were read closely before `sure` that shows such names, with pauses, and the frame before it. */
export function firstNames(
  close: readonly Evidence[],
  sure: Evidence,
): { readonly first: Evidence; readonly before: Evidence | undefined } {
  const height = lineHeight(close, sure) ?? sure.layout?.lineHeight ?? 0;
  let first = sure;
  let before: Evidence | undefined;
  for (const sample of close.filter(({ time }) => time < sure.time - 0.1).reverse()) {
    if (first.time - sample.time > NAMES.pause || sure.time - sample.time > NAMES.seconds) break;
    if (showsNames(sample, height)) [first, before] = [sample, undefined];
    else before ??= sample;
  }
  return { first, before };
}

/**
 * How often frames show text, as beta distributions: those of a story before credits and those of the credits, or those of both
 * where remarks are all through the film. Frames of one film are alike: many say no more than `most` nats for credits.
 */
const RATES = { story: [1, 12], credits: [4, 2], all: [2, 2], frames: 4, most: 2 } as const;

/** How likely there are credits at all, after what frames that were read closely say of text over the pictures all through. */
export function presentBesides(found: Search, classifier: FrameClassifier): number {
  const { segmentation, window, close } = found;
  const { present, start } = segmentation;
  if (start === null || close.length === 0) return present;
  const near = window.start + start * SLOT_SECONDS;
  const sure = found.samples[firstSure(found.samples, near, classifier)]!;
  const until = storyEnd(found, classifier);
  const story = close.filter(({ time }) => time < until);
  const credits = close.filter(({ time }) => time >= sure.time);
  const height = lineHeight(close, sure);
  if (story.length < RATES.frames || credits.length < RATES.frames || height === undefined) return present;
  const count = (frames: readonly Evidence[]): number => frames.filter((frame) => showsNames(frame, height)).length;
  const [before, after] = [count(story), count(credits)];
  const favour =
    logRate(before, story.length, RATES.story) +
    logRate(after, credits.length, RATES.credits) -
    logRate(before + after, story.length + credits.length, RATES.all);
  if (favour >= 0) return present;
  const odds = Math.min(RATES.most, Math.log(present / Math.max(1e-9, 1 - present))) + favour;
  return 1 / (1 + Math.exp(-odds));
}

/** Log-probability of a certain `shown` of `frames` where the rate has a beta distribution. */
function logRate(shown: number, frames: number, [a, b]: readonly [number, number]): number {
  return logBeta(shown + a, frames - shown + b) - logBeta(a, b);
}

/** Logarithm of the beta function of whole numbers. */
function logBeta(a: number, b: number): number {
  const logFactorial = (n: number): number =>
    Array.from({ length: n }, (_, k) => Math.log(k + 1)).reduce((sum, value) => sum + value, 0);
  return logFactorial(a - 1) + logFactorial(b - 1) - logFactorial(a + b - 1);
}
