import { inSlices } from '../core/slices.js';
import type { MediaInfo, SamplingPlan, TimeWindow } from '../frames/types.js';
import { chapterWitnesses, type ChapterWitness } from './chapters.js';
import type { Evidence } from './evidence.js';
import { filmSettingsSteps } from './film-kinds.js';
import { creditTextProbability, isPlain, type LookModel } from './look.js';
import { LinePictures } from './recognition.js';
import { isCredits, segmentSteps, type Segmentation, type SegmenterSettings, type State } from './segmenter.js';
import { besideStanding, overlaysOf, type Standing } from './standing.js';
import { readLater, watch, type Eye, type Unread } from './watch.js';
import { framesToRead, withWords, wordsOf, type ReadFrame } from './words-read.js';
import type { WordsModel } from './words.js';

/** A stretch of one state on the film's own clock. */
export interface Stretch {
  readonly state: State;
  readonly start: number;
  readonly end: number;
}

export interface Search {
  readonly window: TimeWindow;
  /** What frames show beside overlays. */
  readonly samples: readonly Evidence[];
  readonly overlays: Standing;
  readonly segmentation: Segmentation;
  readonly chapters: readonly ChapterWitness[];
  readonly truncated: boolean;
}

export interface Knowledge {
  readonly segmenter: SegmenterSettings;
  readonly look: LookModel;
  readonly words: WordsModel;
}

/** The tail that is searched: at least this long, and at least this share of the film. */
const TAIL_SECONDS = 600;
const TAIL_SHARE = 0.25;
/** No tail is longer, whatever a film's length: work does not grow with it. Closing credits of an hour do not exist. */
const LONGEST_TAIL_SECONDS = 3600;
/** Credits that begin this close to the tail's edge may have begun before it, seconds. */
const EDGE_SECONDS = 30;
/** One key frame is read in so many seconds, and in the last minute. */
const READ_SECONDS = { usual: 10, last: 6 };
/** Near the end one in so many seconds is decoded; those that are not read wait until it is clear which of them matter. */
const KEPT_SECONDS = 2;
/**
 * Between two samples so close together, in seconds, a boundary is told to the frame. Where it is not sure that there are
 * credits at all, one frame a second is read.
 */
const CLOSE_SECONDS = { sure: 2.2, unsure: 1.5 };
const SURE_PRESENCE = 0.95;
/** So close to the end every frame is read thoroughly, seconds: names over footage are small. */
const THOROUGH_SECONDS = 180;
/** So close to the end every frame at which text that looks like credits comes or goes is followed up, seconds. */
const LAST_SECONDS = 60;
/** So many frames before text over pictures are read thoroughly: they show whether it is there all through the film. */
const EARLIER_FRAMES = 8;
/** Refinement goes on while the segmentation still moves, at most so often. */
const ROUNDS = 3;
export const SLOT_SECONDS = 1;

const grid = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, k) => from + k * step);

const byTime = (a: Evidence, b: Evidence): number => a.time - b.time;

/**
 * Some key frames of the tail are read first, then those around every place where the segmentation changes, then one
 * frame a second where key frames are far apart, until it stays as it is.
 */
export async function search(
  given: Eye,
  info: MediaInfo,
  knowledge: Knowledge,
  onProgress: (done: number) => void,
): Promise<Search> {
  const eye: Eye = { ...given, pictures: new LinePictures() };
  const earliest = Math.max(0, info.duration - LONGEST_TAIL_SECONDS);
  let start = Math.max(earliest, info.duration - Math.max(TAIL_SECONDS, TAIL_SHARE * info.duration));
  const chapters = chapterWitnesses(info.chapters, info.duration);
  let seen: Evidence[] = [];
  let samples: Evidence[] = [];
  let overlays: Standing = { places: [], regions: null };
  const words = new Map<number, ReadFrame>();
  let truncated = false;
  let end = info.duration;
  let unread: Unread[] = [];
  const thorough = (time: number): boolean => time > info.duration - THOROUGH_SECONDS;
  // A little less, for key frames that come a little early.
  const readGap = (time: number): number =>
    (time > info.duration - LAST_SECONDS ? READ_SECONDS.last : READ_SECONDS.usual) - 1;
  const sweep = async (from: number, to: number): Promise<void> => {
    const near = Math.max(from, Math.min(to, info.duration - THOROUGH_SECONDS));
    const times = [...grid(from, near, READ_SECONDS.usual), ...grid(near, to, KEPT_SECONDS)];
    const swept = await watch(
      eye,
      { kind: 'keyframes', window: { start: from, end: to }, times },
      {
        wanted: ({ time }, last) => !thorough(time) || last === null || time - last.time >= readGap(time),
        thorough,
        onTime: (time) => onProgress(0.7 * Math.min(1, (time - from) / Math.max(1, to - from))),
      },
    );
    truncated ||= swept.truncated;
    end = Math.min(end, swept.duration);
    unread = [...swept.unread, ...unread];
    seen = [...seen, ...swept.evidence].sort(byTime);
  };
  await sweep(start, end + 1);
  const decode = async (): Promise<Segmentation> => {
    overlays = overlaysOf(seen, (start + end) / 2);
    samples = withWords(
      seen.map((sample) => besideStanding(sample, overlays)),
      words,
      knowledge.look,
    );
    const settings = await inSlices(filmSettingsSteps(samples, knowledge, { start, end }));
    return inSlices(segmentSteps(samples, settings, knowledge.look, { start, end }, SLOT_SECONDS, chapters));
  };
  let segmentation = await decode();
  while (start > earliest && segmentation.starts.some((p, slot) => p > 0.05 && slot * SLOT_SECONDS < EDGE_SECONDS)) {
    const earlier = Math.max(earliest, start - TAIL_SECONDS);
    await sweep(earlier, start);
    start = earlier;
    segmentation = await decode();
  }
  if (isOverPictures(samples, segmentation, { start, end })) {
    const until = stretchesOf({ segmentation, window: { start, end } }).find(({ state }) => isCredits(state))!.start;
    const times = grid(start, until, Math.max(KEPT_SECONDS, (until - start) / EARLIER_FRAMES));
    const earlier = await watch(
      eye,
      { kind: 'keyframes', window: { start, end: until }, times },
      { wanted: () => true, thorough: () => true },
    );
    const read = new Set(earlier.evidence.map(({ time }) => time));
    seen = [...seen.filter(({ time }) => !read.has(time)), ...earlier.evidence].sort(byTime);
    segmentation = await decode();
  }
  const recognise = async (): Promise<boolean> => {
    const frames = framesToRead(samples, segmentation, start, SLOT_SECONDS, words, knowledge.look);
    for (const frame of frames) {
      words.set(frame.time, {
        odds: await wordsOf(frame, eye.pictures!, eye.lines, knowledge.words),
        plain: isPlain(frame),
      });
    }
    if (frames.length > 0) segmentation = await decode();
    return frames.length > 0;
  };
  await recognise();
  const refined: TimeWindow[] = [];
  let doubted = false;
  for (let round = 0; round < ROUNDS;) {
    const gaps = openGaps(samples, segmentation, { start, end }, refined, knowledge.look);
    if (gaps.length === 0) {
      if (await recognise()) continue;
      const times = doubted ? [] : timesInDoubt(samples, segmentation, { start, end });
      if (times.length === 0) break;
      doubted = true;
      const filled = await watch(eye, { kind: 'exactAt', times }, { wanted: () => true, thorough: () => true });
      seen = [...seen, ...filled.evidence].sort(byTime);
      segmentation = await decode();
      continue;
    }
    const kept = new Set(gaps.flatMap((gap) => middleOf(gap, unread) ?? []));
    if (kept.size > 0) {
      seen = [...seen, ...(await readLater(eye, [...kept]))].sort(byTime);
      unread = unread.filter((frame) => !kept.has(frame));
    } else {
      const filled = await watch(eye, secondsOf(joined(gaps)), {
        wanted: (sample) => samples.every(({ time }) => Math.abs(time - sample.time) > 0.3),
        thorough: () => true,
      });
      seen = [...seen, ...filled.evidence].sort(byTime);
      refined.push(...gaps);
      round++;
    }
    segmentation = await decode();
    onProgress(0.7 + (0.2 * round) / ROUNDS);
  }
  while (await recognise());
  return { window: { start, end }, samples, overlays, segmentation, chapters, truncated };
}

/** Whether the credits are mostly text over pictures, as captions and overlays are: they need more evidence. */
function isOverPictures(samples: readonly Evidence[], segmentation: Segmentation, window: TimeWindow): boolean {
  const credits = stretchesOf({ segmentation, window }).filter(({ state }) => isCredits(state));
  const text = samples.filter(
    ({ time, boxes }) => (boxes?.length ?? 0) > 0 && credits.some(({ start, end }) => time >= start && time < end),
  );
  return text.filter(isPlain).length < text.length / 2;
}

/** The frame that halves a gap best. */
function middleOf({ start, end }: TimeWindow, frames: readonly Unread[]): Unread | undefined {
  const away = ({ sample: { time } }: Unread): number => Math.abs(time - (start + end) / 2);
  return frames.filter(({ sample: { time } }) => time > start && time < end).sort((a, b) => away(a) - away(b))[0];
}

/** Windows with a margin around gaps, one for gaps that nearly touch. */
function joined(gaps: readonly TimeWindow[]): TimeWindow[] {
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
function secondsOf(windows: readonly TimeWindow[]): SamplingPlan {
  const [only, ...others] = windows;
  if (only !== undefined && others.length === 0) return { kind: 'everySecond', window: only };
  return { kind: 'exactAt', times: windows.flatMap(({ start, end }) => grid(Math.ceil(start), Math.ceil(end), 1)) };
}

/** The stretches of the most likely segmentation. */
export function stretchesOf({ segmentation, window }: Pick<Search, 'segmentation' | 'window'>): Stretch[] {
  return segmentation.runs.map(({ state, from, to }) => ({
    state,
    start: window.start + from * SLOT_SECONDS,
    end: Math.min(window.end, window.start + to * SLOT_SECONDS),
  }));
}

/**
 * Where it is in doubt whether the credits have begun, frames are read at times that do not depend on where key frames are:
 * two copies of a film must not differ by those. That doubt lies between these probabilities, and longer than a boundary's.
 */
const DOUBT = { least: 0.03, most: 0.97, seconds: 8, spacing: 2, frames: 60, near: 0.7 };

/** Times of frames to read where it stays unclear on which side of the credits' start they are, or whether there are any. */
function timesInDoubt(samples: readonly Evidence[], { starts }: Segmentation, window: TimeWindow): number[] {
  let begun = 0;
  const open = Array.from(starts).flatMap((p, slot) => {
    begun += p;
    return begun > DOUBT.least && begun < DOUBT.most ? [window.start + slot * SLOT_SECONDS] : [];
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
function openGaps(
  samples: readonly Evidence[],
  segmentation: Segmentation,
  window: TimeWindow,
  refined: readonly TimeWindow[],
  look: LookModel,
): TimeWindow[] {
  const places = stretchesOf({ segmentation, window })
    .slice(1)
    .map(({ start }) => start);
  segmentation.starts.forEach((p, slot) => {
    if (p > 0.02) places.push(window.start + slot * SLOT_SECONDS);
  });
  // Short credits may have shown on one key frame only, or lie between two. Between frames of credits are credits.
  const isText = (sample: Evidence | undefined): boolean =>
    sample !== undefined && creditTextProbability(sample, look) > 0.5;
  samples.forEach((sample, k) => {
    if (sample.time <= window.end - LAST_SECONDS || !isText(sample)) return;
    if (!isText(samples[k - 1]) || !isText(samples[k + 1])) places.push(sample.time);
  });
  // A frame without text inside the credits may be of a scene.
  const credits = stretchesOf({ segmentation, window }).filter(({ state }) => isCredits(state));
  for (const sample of samples) {
    const inside =
      sample.time > window.end - THOROUGH_SECONDS &&
      credits.some(({ start, end }) => sample.time >= start && sample.time < end);
    if (inside && !isText(sample)) places.push(sample.time);
  }
  // A scene after the credits may have its only key frame at its start.
  const last = samples.at(-1)?.time ?? window.end;
  if (window.end - last < LAST_SECONDS) places.push((last + window.end) / 2);
  const close = segmentation.present > SURE_PRESENCE ? CLOSE_SECONDS.sure : CLOSE_SECONDS.unsure;
  const times = [window.start, ...samples.map(({ time }) => time), window.end];
  return times
    .slice(1)
    .map((end, k) => ({ start: times[k]!, end }))
    .filter(
      ({ start, end }) =>
        end - start >= close &&
        places.some((place) => place > start - 0.5 && place < end + 0.5) &&
        !refined.some((done) => done.start <= start && end <= done.end),
    );
}
