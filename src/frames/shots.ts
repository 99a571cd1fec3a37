import { atOnce, type Steps } from '../core/slices.js';
import type { FrameConsumer } from './pass.js';
import { pictureHash, type PictureHash } from './picture-hash.js';
import type { Frame, FrameSize, RgbImage, SamplingPlan } from './types.js';

/** Frames between two cuts (or the middle of a dissolve, or of the black between two fades). */
export interface Shot {
  /** Seconds, `start <= t < end`. */
  readonly start: number;
  readonly end: number;
  /** Number of its first frame, from 0. */
  readonly startFrame: number;
  /** How it begins: where a dissolve or the black of a fade has its middle; the film's first shot with a cut. */
  readonly transition: 'cut' | 'fade' | 'dissolve';
}

export interface ShotList {
  /** Frames a second, on average. */
  readonly fps: number;
  /** They cover the film without a gap; none when it has no frame. */
  readonly shots: readonly Shot[];
}

export interface ShotDetector extends FrameConsumer {
  push(frame: Frame): void;
  /** The frames so far, in order of time. */
  readonly measured: readonly Measured[];
  finish(): ShotList;
  /** {@link finish} in steps. */
  conclude(): Steps<ShotList>;
}

/** What a film is watched by. */
export const EVERY_FRAME: SamplingPlan = { kind: 'every' };

const SIZE: FrameSize = { width: 64, height: 36, fit: 'fill' };
/** A cut differs this many times more than its neighbours, plus a little for noise, and by this many grey levels. */
const CUT_RATIO = 3.5;
const CUT_NOISE = 1.5;
const CUT_LEAST = 7;
/** Frames to each side that a difference is compared with: a third of a second of motion. */
const NEIGHBOURS = 8;
/** After a flash the picture is back: it differs from the one before by less than this share of the jump. */
const FLASH_SHARE = 0.5;
const FLASH_FRAMES = 3;
/** Seconds from the middle of a dissolve to the two frames that it is compared with. */
const DISSOLVE_REACH = 0.5;
/** How exactly its middle is their mean, as a share of their difference: .5 for a cut, about .4 for motion. */
const DISSOLVE_ERROR = 0.2;
const DISSOLVE_LEAST = 16;
/** A change of light keeps the picture: its ends correlate, those of a dissolve hardly do. */
const DISSOLVE_CORRELATION = 0.6;
/** Least standard deviation, grey levels, of a frame that shows something rather than one colour. */
const PLAIN_DEVIATION = 12;
/** Black: mean and standard deviation of the grey levels below these (12 is PySceneDetect's threshold for fades). */
const BLACK_MEAN = 12;
const BLACK_DEVIATION = 8;
/** Frames that are looked at in a step. */
const STEP_FRAMES = 1000;
/** No shot is shorter, seconds. */
const SHORTEST = 0.4;

/** What is remembered of a frame. */
export interface Measured {
  readonly time: number;
  /** Mean absolute difference to the frame before, grey levels. */
  readonly change: number;
  /** The same to the frame three before. */
  readonly change3: number;
  readonly black: boolean;
  /** How far it is from being the mean of the frames around it, 0 (a dissolve) and up; null where those say nothing. */
  dissolve: number | null;
  /** What it shows; missing in what was stored before it was kept. */
  readonly hash?: PictureHash;
}

/**
 * Finds shot boundaries in a pass over every frame: cuts by differences that stand out from their surroundings, so that
 * neither a fast pan nor a dark scene needs another threshold; dissolves by a frame that is the mean of two unlike
 * frames around it; fades by the black between them.
 * @param measured frames that others have seen already, in order of time
 * @param duration of the film, seconds: where frames are left out, the last one is not seen for as long as it is apart from others
 */
export function createShotDetector(measured: readonly Measured[] = [], duration = Infinity): ShotDetector {
  const frames: Measured[] = [...measured];
  /** The latest pictures, for a second: `recent.at(-1)` belongs to `frames.at(-1)`. */
  let recent: { readonly index: number; readonly time: number; readonly pixels: Uint8Array }[] = [];
  let middle = frames.length;

  /** Measures the frames whose surroundings are now complete. */
  function measureDissolves(): void {
    const last = recent.at(-1)!;
    for (; middle < frames.length && frames[middle]!.time + DISSOLVE_REACH <= last.time; middle++) {
      const time = frames[middle]!.time;
      const centre = recent.find(({ index }) => index === middle);
      const before = recent.findLast((one) => one.time <= time - DISSOLVE_REACH);
      const after = recent.find((one) => one.time >= time + DISSOLVE_REACH);
      if (centre && before && after)
        frames[middle]!.dissolve = dissolveError(before.pixels, centre.pixels, after.pixels);
    }
    recent = recent.filter(({ time }) => time >= (frames[middle]?.time ?? last.time) - 2 * DISSOLVE_REACH);
  }

  return {
    sizes: [SIZE],
    measured: frames,
    push({ time, images: [image] }) {
      if (!image) throw new RangeError('a frame without a picture');
      const pixels = image.data;
      const back = (n: number): Uint8Array => recent.at(-n)?.pixels ?? recent[0]?.pixels ?? pixels;
      frames.push({
        time,
        change: difference(pixels, back(1)),
        change3: difference(pixels, back(FLASH_FRAMES)),
        black: isBlack(image),
        dissolve: null,
        hash: pictureHash(image),
      });
      recent.push({ index: frames.length - 1, time, pixels });
      measureDissolves();
    },
    finish: () => atOnce(listShots(frames, duration)),
    conclude: () => listShots(frames, duration),
  };
}

const distance = (a: number, b: number): number => (a < b ? b - a : a - b);

function difference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += distance(a[i]!, b[i]!);
  return sum / a.length;
}

function isBlack({ data }: RgbImage): boolean {
  let [sum, squares] = [0, 0];
  for (const value of data) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / data.length;
  return mean < BLACK_MEAN && Math.sqrt(Math.max(0, squares / data.length - mean * mean)) < BLACK_DEVIATION;
}

/** See {@link Measured.dissolve}. */
function dissolveError(before: Uint8Array, middle: Uint8Array, after: Uint8Array): number | null {
  let [error, spread] = [0, 0];
  for (let i = 0; i < middle.length; i++) {
    error += distance(middle[i]!, (before[i]! + after[i]!) / 2);
    spread += distance(before[i]!, after[i]!);
  }
  if (spread / middle.length < DISSOLVE_LEAST || error / spread > DISSOLVE_ERROR) return null;
  // A fade from or to one colour is no boundary, only the colour between two fades is.
  return correlation(before, after) < DISSOLVE_CORRELATION ? error / spread : null;
}

/** -1 to 1; 1 where one of them shows nothing. */
function correlation(a: Uint8Array, b: Uint8Array): number {
  const mean = (values: Uint8Array): number => {
    let sum = 0;
    for (const value of values) sum += value;
    return sum / values.length;
  };
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  const plain = a.length * PLAIN_DEVIATION ** 2;
  return aa > plain && bb > plain ? ab / Math.sqrt(aa * bb) : 1;
}

interface Boundary extends Pick<Shot, 'transition'> {
  readonly at: number;
}

function* listShots(frames: readonly Measured[], duration: number): Steps<ShotList> {
  const [first, last] = [frames[0], frames.at(-1)];
  if (!first || !last) return { fps: 0, shots: [] };
  const span = last.time - first.time;
  const fps = span > 0 ? (frames.length - 1) / span : 0;
  const end = Math.max(last.time, Math.min(last.time + (fps > 0 ? 1 / fps : 0), duration));
  const fades = fadeMiddles(frames);
  yield;
  const inFade = coveredBy(
    fades.map(({ from, to }) => ({ from, to: to + 1 })),
    frames.length,
  );
  const cuts = (yield* findCuts(frames)).filter((cut) => !inFade[cut]);
  const hard: Boundary[] = [
    ...fades.map(({ at }): Boundary => ({ at, transition: 'fade' })),
    ...cuts.map((at): Boundary => ({ at, transition: 'cut' })),
  ];
  const times = hard.map(({ at }) => frames[at]!.time).sort((a, b) => a - b);
  const soft: Boundary[] = [];
  let next = 0;
  for (const at of findDissolves(frames)) {
    const { time } = frames[at]!;
    while (next < times.length && times[next]! < time - DISSOLVE_REACH) next++;
    if (!(Math.abs((times[next] ?? Infinity) - time) <= DISSOLVE_REACH)) soft.push({ at, transition: 'dissolve' });
  }
  yield;
  const starts: [Boundary, ...Boundary[]] = [{ at: 0, transition: 'cut' }];
  for (const boundary of [...hard, ...soft].sort((a, b) => a.at - b.at)) {
    const { time } = frames[boundary.at]!;
    if (time - frames[starts.at(-1)!.at]!.time >= SHORTEST && end - time >= SHORTEST) starts.push(boundary);
  }
  const shots = starts.map(({ at, transition }, i): Shot => {
    const next = starts[i + 1];
    return { start: frames[at]!.time, end: next ? frames[next.at]!.time : end, startFrame: at, transition };
  });
  return { fps, shots };
}

/** Which of so many frames lie in one of these runs. */
function coveredBy(stretches: readonly { readonly from: number; readonly to: number }[], count: number): Uint8Array {
  const covered = new Uint8Array(count);
  for (const { from, to } of stretches) covered.fill(1, from, to + 1);
  return covered;
}

function* findCuts(frames: readonly Measured[]): Steps<number[]> {
  const cuts: number[] = [];
  for (let i = 1; i < frames.length; i++) {
    if (isCut(frames, i)) cuts.push(i);
    if (i % STEP_FRAMES === 0) yield;
  }
  return cuts;
}

function isCut(frames: readonly Measured[], i: number): boolean {
  const { change } = frames[i]!;
  if (change < CUT_LEAST) return false;
  const around = [...frames.slice(Math.max(1, i - NEIGHBOURS), i), ...frames.slice(i + 1, i + 1 + NEIGHBOURS)].map(
    (one) => one.change,
  );
  const usual = around.sort((a, b) => a - b)[Math.floor(around.length / 2)] ?? 0;
  if (change < CUT_RATIO * (usual + CUT_NOISE)) return false;
  // Within three frames of a flash's beginning, and at its end, the picture is as it was three frames before.
  return !frames.slice(i, i + FLASH_FRAMES).some(({ change3 }) => change3 < FLASH_SHARE * change);
}

/** The best middle of every run of frames that look like one. */
function findDissolves(frames: readonly Measured[]): number[] {
  return runs(frames, ({ dissolve }) => dissolve !== null).map(({ from, to }) => {
    let best = from;
    for (let i = from; i <= to; i++) if (frames[i]!.dissolve! < frames[best]!.dissolve!) best = i;
    return best;
  });
}

/** The middles of black runs; black at the film's end begins no shot. */
function fadeMiddles(
  frames: readonly Measured[],
): { readonly at: number; readonly from: number; readonly to: number }[] {
  return runs(frames, ({ black }) => black)
    .filter(({ to }) => to < frames.length - 1)
    .map(({ from, to }) => ({ at: Math.round((from + to + 1) / 2), from, to }));
}

function runs(frames: readonly Measured[], holds: (frame: Measured) => boolean): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  frames.forEach((frame, i) => {
    if (!holds(frame)) return;
    const last = found.at(-1);
    if (last && last.to === i - 1) last.to = i;
    else found.push({ from: i, to: i });
  });
  return found;
}
