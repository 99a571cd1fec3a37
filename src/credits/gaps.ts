import type { SamplingPlan, TimeWindow } from '../frames/types.js';
import type { Evidence } from './evidence.js';
import { creditTextProbability, type FrameClassifier } from './frame-classifier.js';
import type { Unread } from './read-frames.js';
import { SLOT_SECONDS, stretchesOf, type Stretch } from './search-result.js';
import { isCredits, type Segmentation } from './segmenter.js';

export const grid = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, k) => from + k * step);

/**
 * Between two samples so close together, in seconds, a boundary is told to the frame. Where it is not sure that there are
 * credits at all, one frame a second is read.
 */
const CLOSE_SECONDS = { sure: 2.2, unsure: 1.5, logo: 1.1 };
const SURE_PRESENCE = 0.95;
/** So close to the end every frame is read thoroughly, seconds: names over footage are small. */
export const THOROUGH_SECONDS = 180;
/** So close to the end every frame at which text that looks like credits comes or goes is followed up, seconds. */
export const LAST_SECONDS = 60;

/** Less likely than this a frame inside credits that are sure is one of theirs. */
const NO_TEXT = 0.1;
/** Frames with names lie no further apart, seconds, where there is only a pause between them. */
const PAUSE_SECONDS = 12;

/** The frame that halves a gap best. */
export function middleOf({ start, end }: TimeWindow, frames: readonly Unread[]): Unread | undefined {
  const away = ({ sample: { time } }: Unread): number => Math.abs(time - (start + end) / 2);
  return frames.filter(({ sample: { time } }) => time > start && time < end).sort((a, b) => away(a) - away(b))[0];
}

/** Long before the end frames are read far apart. Where a boundary may lie, or inside the credits, so many seconds at most are left between two of them. */
const FAR = { gap: 20, spacing: 10 };

/** Times between frames that are far apart, where a boundary may lie or where credits are, that hide a scene. */
export function timesBetween(
  samples: readonly Evidence[],
  gaps: readonly TimeWindow[],
  stretches: readonly Stretch[],
): number[] {
  const credits = stretches.filter(({ state }) => isCredits(state));
  return samples.slice(1).flatMap(({ time: end }, k) => {
    const start = samples[k]!.time;
    const matters =
      gaps.some((gap) => gap.start < end && gap.end > start) ||
      credits.some((credit) => credit.start < end && credit.end > start);
    return matters && end - start > FAR.gap ? grid(start + FAR.spacing, end - FAR.spacing / 2, FAR.spacing) : [];
  });
}

/** Windows with a margin around gaps, one for gaps that nearly touch. */
export function joined(gaps: readonly TimeWindow[]): TimeWindow[] {
  const windows: TimeWindow[] = [];
  for (const { start, end } of gaps) {
    const window = { start: Math.max(0, start - 1), end: end + 1.05 };
    const previous = windows.at(-1);
    if (previous !== undefined && window.start <= previous.end + 2)
      windows[windows.length - 1] = { start: previous.start, end: window.end };
    else windows.push(window);
  }
  return windows;
}

/** One frame a second of some windows, in one pass: to start a decoder takes longer than to decode a few seconds. */
export function secondsOf(windows: readonly TimeWindow[]): SamplingPlan {
  const [only, ...others] = windows;
  if (only !== undefined && others.length === 0) return { kind: 'everySecond', window: only };
  return { kind: 'exactAt', times: windows.flatMap(({ start, end }) => grid(Math.ceil(start), Math.ceil(end), 1)) };
}

/**
 * Where it is in doubt whether the credits have begun, frames are read at times that do not depend on where key frames are:
 * two copies of a film must not differ by those. That doubt lies between these probabilities, and longer than a boundary's.
 */
const DOUBT = { least: 0.2, leastOfNone: 0.03, most: 0.9, seconds: 8, spacing: 2, frames: 60, near: 0.7 };

/** Times of frames to read where it stays unclear on which side of the credits' start they are, or whether there are any. */
export function timesInDoubt(
  samples: readonly Evidence[],
  { starts, start }: Segmentation,
  window: TimeWindow,
): number[] {
  const least = start === null ? DOUBT.leastOfNone : DOUBT.least;
  let begun = 0;
  const open = Array.from(starts).flatMap((p, slot) => {
    begun += p;
    return begun > least && begun < DOUBT.most ? [window.start + slot * SLOT_SECONDS] : [];
  });
  if (open.length * SLOT_SECONDS < DOUBT.seconds) return [];
  const spacing = Math.max(DOUBT.spacing, (open.length * SLOT_SECONDS) / DOUBT.frames);
  const times: number[] = [];
  for (const time of open) {
    const middle = time + SLOT_SECONDS / 2;
    if (middle >= window.end || middle - (times.at(-1) ?? -Infinity) < spacing) continue;
    if (samples.every((sample) => Math.abs(sample.time - middle) > DOUBT.near)) times.push(middle);
  }
  return times;
}

/** What lies between two samples that are not close together, where a boundary may be, and was not decoded yet. */
export function openGaps(
  samples: readonly Evidence[],
  segmentation: Segmentation,
  window: TimeWindow,
  refined: readonly TimeWindow[],
  classifier: FrameClassifier,
): TimeWindow[] {
  const places = stretchesOf({ segmentation, window })
    .slice(1)
    .map(({ start }) => start);
  segmentation.starts.forEach((p, slot) => {
    if (p > 0.02) places.push(window.start + slot * SLOT_SECONDS);
  });
  const credits = stretchesOf({ segmentation, window }).filter(({ state }) => isCredits(state));
  const stretchAt = (time: number): Stretch | undefined =>
    credits.find(({ start, end }) => time >= start && time < end);
  // Short credits may have shown on one key frame only, or lie between two. Between frames of credits are credits.
  const isText = (sample: Evidence | undefined): boolean =>
    sample !== undefined && creditTextProbability(sample, classifier) > 0.5;
  const isSure = segmentation.present > SURE_PRESENCE;
  samples.forEach((sample, k) => {
    if (sample.time <= window.end - LAST_SECONDS || !isText(sample)) return;
    if (isSure && stretchAt(sample.time) !== undefined) return;
    if (!isText(samples[k - 1]) || !isText(samples[k + 1])) places.push(sample.time);
  });
  // A frame without text inside the credits may be of a scene; names over a picture look less like credits, and pause.
  const isBare = (sample: Evidence | undefined): boolean => sample?.layout?.boxes === 0;
  const isPause = (k: number): boolean =>
    !isBare(samples[k - 1]) &&
    !isBare(samples[k + 1]) &&
    (samples[k + 1]?.time ?? window.end) - (samples[k - 1]?.time ?? window.start) < PAUSE_SECONDS;
  samples.forEach((sample, k) => {
    const stretch = stretchAt(sample.time);
    if (stretch === undefined || sample.time <= window.end - THOROUGH_SECONDS) return;
    const isNames = isSure && stretch.state === 'names';
    const mayBeScene = isNames
      ? isBare(sample) && !isPause(k)
      : creditTextProbability(sample, classifier) < (isSure ? NO_TEXT : 0.5);
    if (mayBeScene) places.push(sample.time);
  });
  // A few frames of a short scene look like a logo, which lets a player go on.
  const logos = stretchesOf({ segmentation, window }).filter(({ state }) => state === 'logo');
  const isOfLogo = ({ start: from, end: to }: TimeWindow): boolean =>
    logos.some(({ start, end }) => from < end && to > start);
  // A scene after the credits may have its only key frame at its start.
  const last = samples.at(-1)?.time ?? window.end;
  if (window.end - last < LAST_SECONDS) places.push((last + window.end) / 2);
  const close = isSure ? CLOSE_SECONDS.sure : CLOSE_SECONDS.unsure;
  const times = [window.start, ...samples.map(({ time }) => time), window.end];
  return times
    .slice(1)
    .map((end, k) => ({ start: times[k]!, end }))
    .filter(
      ({ start, end }) =>
        (isOfLogo({ start, end })
          ? end - start >= CLOSE_SECONDS.logo
          : end - start >= close && places.some((place) => place > start - 0.5 && place < end + 0.5)) &&
        !refined.some((done) => done.start <= start && end <= done.end),
    );
}
