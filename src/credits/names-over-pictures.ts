import type { TimeWindow } from '../frames/types.js';
import type { Evidence } from './evidence.js';
import { creditTextProbability, isPlain, type FrameClassifier } from './frame-classifier.js';
import { grid } from './gaps.js';
import { SLOT_SECONDS, stretchesOf, type Search } from './search-result.js';
import { isCredits, type Segmentation } from './segmenter.js';
import { besideOverlays, overlap, overlaysOf } from './static-overlay.js';
import type { TextBox } from './text-boxes.js';
import { rollSpeed } from './text-motion.js';

/** More than this share of frames with text on a plain ground is no text over pictures: some of these are dark. */
const ON_PLAIN = 0.6;

/** Whether the credits are mostly text over pictures, as captions and overlays are: they need more evidence. */
export function isOverPictures(samples: readonly Evidence[], segmentation: Segmentation, window: TimeWindow): boolean {
  const credits = stretchesOf({ segmentation, window }).filter(({ state }) => isCredits(state));
  const text = samples.filter(
    ({ time, boxes }) => (boxes?.length ?? 0) > 0 && credits.some(({ start, end }) => time >= start && time < end),
  );
  return text.filter(isPlain).length < ON_PLAIN * text.length;
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
/** Where none is sure, names over a picture may be: a frame that shows as likely text of credits, at least. */
const LIKELY = 0.15;

/** The first frame with credits' text at a time that the segmentation gave or after it, or the likeliest; -1 where there is none. */
export function firstSure(samples: readonly Evidence[], near: number, classifier: FrameClassifier): number {
  let likeliest = { at: -1, p: LIKELY };
  for (const [at, sample] of samples.entries()) {
    if (sample.time < near - 0.05 || sample.layout === null || sample.layout.boxes === 0) continue;
    if (sample.time > near + LATEST_TEXT) break;
    const p = creditTextProbability(sample, classifier);
    if (p > 0.5) return at;
    if (p > likeliest.p) likeliest = { at, p };
  }
  return likeliest.at;
}

/**
 * Names over pictures are read closely: back from the first that is sure, at such distances, for so long at most, seconds; and some
 * frames of the story, up to so long before it, and of the credits, to tell whether such text is all through the film.
 */
const CLOSE = { before: 24, step: 1, story: 12, storyEnds: 12, credits: 8, creditsSeconds: 40 };

/** Times of frames that are read closely, in order; of `before` the latest come first. */
export interface CloseTimes {
  readonly sure: Evidence;
  readonly story: readonly number[];
  readonly before: readonly number[];
  readonly credits: readonly number[];
}

/** Times at which text over pictures tells, read closely, when it began and whether the story has the like; null where it need not be read so. */
export function timesToReadClosely(found: Omit<Search, 'close'>, classifier: FrameClassifier): CloseTimes | null {
  const { samples, segmentation, window } = found;
  if (segmentation.start === null || !isOverPictures(samples, segmentation, window)) return null;
  const near = window.start + segmentation.start * SLOT_SECONDS;
  const at = firstSure(samples, near, classifier);
  const sure = samples[at];
  const run = stretchesOf(found).find(({ state, end }) => isCredits(state) && end > (sure?.time ?? near));
  // What rises as a roll does is neither remarks nor names.
  if (sure === undefined || run?.state === 'roll' || rollSpeed(samples, at) !== null) return null;
  const from = Math.max(sureStory(found, near), sure.time - CLOSE.before);
  const until = Math.min(run?.end ?? window.end, sure.time + CLOSE.creditsSeconds);
  return {
    sure,
    story: spread(window.start, storyEnd(found, classifier), CLOSE.story),
    before: grid(CLOSE.step, sure.time - from + 0.01, CLOSE.step).map((before) => sure.time - before),
    credits: [sure.time, ...spread(sure.time, until, CLOSE.credits)],
  };
}

/** From when frames before the credits may be of these, seconds. */
function storyEnd(found: Omit<Search, 'close'>, classifier: FrameClassifier): number {
  const near = found.window.start + (found.segmentation.start ?? 0) * SLOT_SECONDS;
  const sure = found.samples[firstSure(found.samples, near, classifier)]?.time ?? near;
  return Math.max(sureStory(found, near), sure - CLOSE.storyEnds);
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

/** Between names nothing may be read for so long, seconds; widths of one and of all, and in the mean, wider than which are sentences. */
const NAMES = { pause: 4.2, alike: 1.5, width: 0.05, together: 0.1, mean: 0.36 };
/** At the picture's foot a single line or a wider one is a subtitle, where lines are centred; fractions of the picture's width. */
const SUBTITLE = { foot: 0.75, width: 0.25, centred: 0.05 };

/** Whether a line is as high as those of the credits. */
const isAsHigh = (box: TextBox, height: number): boolean =>
  box.height < NAMES.alike * height && height < NAMES.alike * box.height;

/** Lines as high as those of the credits. */
const namesOf = ({ boxes }: Evidence, height: number): TextBox[] =>
  (boxes ?? []).filter((box) => box.width > NAMES.width && isAsHigh(box, height));

/** Whether a frame shows lines as high as those of the credits, beside subtitles and sentences. */
function showsNames(frame: Evidence, height: number): boolean {
  const names = namesOf(frame, height);
  const atFoot = names.every((box) => box.y + box.height / 2 > SUBTITLE.foot);
  const together = names.reduce((sum, { width }) => sum + width, 0);
  if (together < NAMES.together || together > NAMES.mean * names.length) return false;
  const isCentred = ({ x, width }: TextBox): boolean => Math.abs(x + width / 2 - 0.5) < SUBTITLE.centred;
  return (
    !atFoot || (names.length > 1 && (names.every(({ width }) => width < SUBTITLE.width) || !names.every(isCentred)))
  );
}

/** How high most lines of the credits are, in frames that were read closely. */
function lineHeight(close: readonly Evidence[], sure: Evidence): number | undefined {
  const credits = close.filter(({ time }) => time > sure.time - SAME_FRAME);
  const heights = credits.flatMap(({ boxes }) => boxes!.map(({ height }) => height)).sort((a, b) => a - b);
  return heights[heights.length >> 1];
}

/** Times of one frame differ by less, seconds. */
const SAME_FRAME = 0.1;

/** How much of what two lines cover together both cover, for one that stays. */
const SAME_LINE = 0.3;

/** Whether a line of a frame stands in another near it as well: a sign in a picture that moves on does not. */
const stays = (sample: Evidence, frames: readonly Evidence[], height: number): boolean =>
  frames.some(
    (other) =>
      other !== sample &&
      !isPause(Math.min(other.time, sample.time), Math.max(other.time, sample.time)) &&
      namesOf(sample, height).some((box) => (other.boxes ?? []).some((place) => overlap(box, place) > SAME_LINE)),
  );

/**
 * Whether a line of a frame stands where one of names does that were read later: over a bright picture a card is read in part only,
 * and the next one stands at its place.
 */
const isPartOfNames = ({ boxes }: Evidence, names: readonly Evidence[], height: number): boolean =>
  names.some((other) =>
    namesOf(other, height).some((place) =>
      (boxes ?? []).some((box) => isAsHigh(box, height) && overlap(box, place) > SAME_LINE),
    ),
  );

/** The first frame of those that were read closely before `sure` that shows such names, with pauses, and the frame before it. */
export function firstNames(
  close: readonly Evidence[],
  sure: Evidence,
): { readonly first: Evidence; readonly before: Evidence | undefined } {
  const height = lineHeight(close, sure) ?? sure.layout?.lineHeight ?? 0;
  let first = sure;
  let before: Evidence | undefined;
  const names = close.filter((sample) => sample.time > sure.time - SAME_FRAME && showsNames(sample, height));
  for (const sample of close.filter(({ time }) => time < sure.time - SAME_FRAME).reverse()) {
    if (isPause(sample.time, first.time)) break;
    const isNames = showsNames(sample, height) && stays(sample, close, height);
    if (isNames) names.push(sample);
    if (isNames || isPartOfNames(sample, names, height)) [first, before] = [sample, undefined];
    else before ??= sample;
  }
  return { first, before };
}

/** Whether a frame without names, so long before the first with them, shows that there are none before. */
export const isPause = (time: number, first: number): boolean => first - time > NAMES.pause;

/**
 * How often frames show text, as beta distributions: those of a story before credits and those of the credits, or those of both
 * where remarks are all through the film. Frames of one film are alike: many say no more than `most` nats for credits.
 */
const RATES = { story: [1, 12], credits: [4, 2], all: [2, 2], frames: 4, most: 2 } as const;

/**
 * What frames that were read closely say of text over the pictures all through: log-odds for credits; null where too few were read.
 * @param close in order of time, beside overlays
 */
export function favourOfCredits(
  close: readonly Evidence[],
  found: Omit<Search, 'close'>,
  sure: Evidence,
  classifier: FrameClassifier,
): number | null {
  const until = storyEnd(found, classifier);
  const story = close.filter(({ time }) => time < until);
  const credits = close.filter(({ time }) => time > sure.time - SAME_FRAME);
  const height = lineHeight(close, sure);
  if (story.length < RATES.frames || credits.length < RATES.frames || height === undefined) return null;
  const count = (frames: readonly Evidence[]): number => frames.filter((frame) => showsNames(frame, height)).length;
  const [before, after] = [count(story), count(credits)];
  return (
    logRate(before, story.length, RATES.story) +
    logRate(after, credits.length, RATES.credits) -
    logRate(before + after, story.length + credits.length, RATES.all)
  );
}

/** How likely there are credits at all, after what frames that were read closely say. @param favour log-odds */
export function presentBesides(present: number, favour: number | null): number {
  if (favour === null || favour >= 0) return present;
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
