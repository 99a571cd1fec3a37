import { inSlices, type Steps } from '../core/slices.js';
import type { FrameConsumer } from '../frames/pass.js';
import { createShotDetector, type Measured } from '../frames/shots.js';
import type { Frame, FrameSize, SamplingPlan, TimeWindow } from '../frames/types.js';
import type { Models } from '../inference/types.js';
import { colourHistogramOf, type ColourHistogram, spansOfColour } from './colour-histogram.js';
import { DETECTION_SIDES, type DetectOptions, readFaces } from './detect.js';
import { toFractions } from './geometry.js';
import { linkSteps, type Detection, type Span, type Track } from './tracks.js';

export interface FacesAnalyzerOptions extends Pick<DetectOptions, 'minScore'> {
  readonly models: Models;
  /** What was seen by others, stretch by stretch; the frames of a second look are all that is missing. */
  readonly seen?: readonly FacesSeen[];
  /** Of the film, seconds, which no shot is longer than. Default: not known. */
  readonly duration?: number;
}

/** What was seen in the sampled frames. */
export interface FacesResult {
  /** Every sampled frame's time (seconds) and colours, in order of time. */
  readonly samples: readonly { readonly time: number; readonly histogram: ColourHistogram }[];
  /** The shots that tracks lie in; without thumbnails of the film, stretches of like colours. */
  readonly shots: readonly Span[];
  readonly tracks: readonly Track[];
}

/** What the frames of a film, or of a stretch of it, show. */
export interface FacesSeen {
  readonly samples: FacesResult['samples'];
  readonly detections: readonly Detection[];
  /** What tells its shots. */
  readonly thumbnails: readonly Measured[];
}

export interface FacesAnalyzer extends FrameConsumer {
  /**
   * After the pass, the times (seconds, in order) at which a second look pays: where a shot begins long before its first
   * sample, and beside what was seen once or badly. The frames there go to `push` before `finish`.
   */
  secondLook(): Promise<number[]>;
  /** What was seen so far, in no order. */
  readonly seen: FacesSeen;
  /** Links what was seen. */
  finish(): Promise<FacesResult>;
}

/** Seconds around a stretch of a film that its frames are compared with: far more than shots.ts looks, unless frames are rare. */
const SURROUNDINGS = 5;

/**
 * What a film is watched by. Of a stretch of it the pass begins and ends a little outside, because a shot's boundary is told by
 * the frames around it.
 */
export const samplingPlan = (window?: TimeWindow): SamplingPlan => ({
  kind: 'everySecond',
  ...(window && { window: { start: Math.max(0, window.start - SURROUNDINGS), end: window.end + SURROUNDINGS } }),
});

/** What {@link FacesAnalyzer.secondLook} asks for. */
export const secondPlan = (times: readonly number[]): SamplingPlan => ({ kind: 'exactAt', times });

/** The detector's sizes, scaled by the decoder, and one to draw faces from for landmarks and recognition. */
const SIZES: readonly FrameSize[] = [...DETECTION_SIDES, 1280].map((side) => ({
  width: side,
  height: side,
  fit: 'inside',
}));
/** A shot is looked at this soon after it begins, seconds: past the blur that a cut leaves in a compressed film. */
const AFTER_CUT = 0.1;
/** Where the first sample comes later than this after the cut, seconds, the shot gets one of its own. */
const LATE = 0.5;
/** Detections times quality below which it is not sure whom a track shows, and where else to look for them, seconds. */
const SURE = 0.8;
const ASIDE = 0.4;
/** Samples are not taken closer together than this, seconds. */
const APART = 0.2;
/** Smallest face, as a share of the frame's height: 18 pixels of 360. */
const MIN_FACE = 0.05;

/** Watches a pass of about a frame a second and answers who was seen. */
export function createFacesAnalyzer(options: FacesAnalyzerOptions): FacesAnalyzer {
  const pass = new FacesPass(options);
  const { samples, detections, detector } = pass;
  return {
    sizes: SIZES,
    push: (frame) => pass.push(frame),
    seen: { samples, detections, thumbnails: detector.measured },
    thumbnail: {
      size: detector.sizes[0]!,
      push: (time, image) => detector.push({ time, containerTime: time, keyframe: false, images: [image] }),
    },
    secondLook: () => inSlices(pass.missing()),
    async finish() {
      const { shots, tracks } = await inSlices(pass.link());
      return { samples, shots, tracks };
    },
  };
}

class FacesPass {
  readonly samples: { time: number; histogram: ColourHistogram }[];
  readonly detections: Detection[];
  readonly detector: ReturnType<typeof createShotDetector>;

  constructor(private readonly options: FacesAnalyzerOptions) {
    const { seen = [], duration } = options;
    this.samples = seen.flatMap(({ samples }) => samples);
    this.detections = seen.flatMap(({ detections }) => detections);
    const thumbnails = seen.flatMap((one) => one.thumbnails);
    this.detector = createShotDetector(thumbnails, duration);
  }

  async push({ time, images }: Frame): Promise<void> {
    const { models, seen: _seen, duration: _duration, ...options } = this.options;
    const image = images.at(-1);
    const [smallest, ...larger] = images.slice(0, -1);
    if (!image || !smallest) throw new RangeError(`a frame in ${images.length} sizes instead of ${SIZES.length}`);
    this.samples.push({ time, histogram: colourHistogramOf(smallest) });
    // A film of few pixels comes in the same size twice.
    const scaled = [smallest, ...larger.filter(({ width }) => width > smallest.width)];
    const settings = { ...options, minSize: image.height * MIN_FACE, recognisable: true };
    for (const { box, score, quality, embedding } of await readFaces(models, image, settings, scaled)) {
      this.detections.push({
        time,
        box: toFractions(box, image.width, image.height),
        score,
        quality: quality.score,
        embedding,
      });
    }
  }

  /** Shots and tracks of what was seen so far. */
  *link(): Steps<Pick<FacesResult, 'shots' | 'tracks'>> {
    const { samples, detections } = this;
    // Frames are read side by side and may end out of order.
    samples.sort((a, b) => a.time - b.time);
    detections.sort((a, b) => a.time - b.time || b.score - a.score);
    yield;
    const found = (yield* this.detector.conclude()).shots;
    const shots = found.length > 0 ? found.map(({ start, end }) => ({ start, end })) : spansOfColour(samples);
    return { shots, tracks: yield* linkSteps(detections, shots) };
  }

  /** Times of a second look: shots without an early sample, tracks that are not sure. */
  *missing(): Steps<number[]> {
    const { shots, tracks } = yield* this.link();
    const seen = timesNear(this.samples.map(({ time }) => time));
    const added: number[] = [];
    const add = (time: number, { start, end }: Span): void => {
      const near = seen.some(time - APART, time + APART, (other) => Math.abs(other - time) < APART);
      if (time < start || time >= end || near) return;
      seen.add(time);
      added.push(time);
    };
    for (const shot of shots) {
      const looked = seen.some(shot.start, shot.start + LATE, (time) => time >= shot.start && time < shot.start + LATE);
      if (!looked) add(shot.start + AFTER_CUT, shot);
      yield;
    }
    for (const track of tracks) {
      yield;
      if (track.detections.reduce((sum, { quality }) => sum + quality, 0) >= SURE) continue;
      const best = track.detections.reduce((a, b) => (b.quality > a.quality ? b : a));
      const shot = shots[track.shot]!;
      for (const time of [Math.max(best.time - ASIDE, shot.start + AFTER_CUT), best.time + ASIDE]) add(time, shot);
    }
    return added.sort((a, b) => a - b);
  }
}

/** Times, kept by whole seconds so that those near another are found without asking all. */
function timesNear(times: readonly number[]): {
  add(time: number): void;
  some(from: number, to: number, is: (time: number) => boolean): boolean;
} {
  const bySecond = new Map<number, number[]>();
  const add = (time: number): void => {
    const second = Math.floor(time);
    const known = bySecond.get(second);
    if (known) known.push(time);
    else bySecond.set(second, [time]);
  };
  times.forEach(add);
  return {
    add,
    some(from, to, is) {
      for (let second = Math.floor(from); second <= to; second++) if (bySecond.get(second)?.some(is)) return true;
      return false;
    },
  };
}
