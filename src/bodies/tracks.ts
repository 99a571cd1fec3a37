import { type Box, iou } from '../core/boxes.js';
import { atOnce, type Steps } from '../core/slices.js';
import type { TimeWindow } from '../frames/types.js';
import { type ColourLayout, layoutDistance, meanLayout } from './colour-layout.js';

/** One body in one frame. */
export interface BodyDetection {
  /** Seconds. */
  readonly time: number;
  /** Fractions of the frame. */
  readonly box: Box;
  /** Where the head is, or would be; fractions of the frame, which it may leave. */
  readonly head: Box;
  /** 0 to 1. */
  readonly score: number;
  readonly colours: ColourLayout;
}

/** One body followed through a shot. */
export interface BodyTrack {
  readonly id: string;
  /** Index of the shot that it lies in. */
  readonly shot: number;
  /** In order of time, at least one. */
  readonly detections: readonly BodyDetection[];
  readonly colours: ColourLayout;
}

interface Open {
  readonly shot: number;
  readonly detections: BodyDetection[];
}

/** Seconds that a body may go unseen (behind somebody, missed) and still be the same track. */
const LONGEST_GAP = 4.5;
/** The same body if it is about where the track was last seen and its colours are not quite others. */
const NEARBY = 0.3;
const UNLIKE = 0.45;
/** The same body further away if it is dressed alike, about as large, and not far off, in widths and heights of the frame. */
const ALIKE = 0.35;
const SAME_SIZE = 1.6;
const AWAY = 0.3;
/**
 * How much colours count beside place when two tracks want one body: cameras move and people pass each other, clothes stay. Set by hand
 * with the first ten ways of bench/presence-variants.ts in view.
 */
const COLOUR_WEIGHT = 4;

/**
 * Links detections to tracks inside shots, by place and colours; a frame's detections go to different tracks, the likeliest pair of
 * track and detection first.
 * @param detections in order of time
 * @param shots in order of time; a detection outside all of them belongs to the one before
 */
export function linkBodies(detections: readonly BodyDetection[], shots: readonly TimeWindow[]): BodyTrack[] {
  return atOnce(linkBodySteps(detections, shots));
}

/** {@link linkBodies}, a frame a step. */
export function* linkBodySteps(detections: readonly BodyDetection[], shots: readonly TimeWindow[]): Steps<BodyTrack[]> {
  const done: Open[] = [];
  let open: Open[] = [];
  let shot = 0;
  for (const frame of byFrame(detections)) {
    const { time } = frame[0]!;
    while (shot + 1 < shots.length && shots[shot + 1]!.start <= time) shot++;
    const goesOn = (track: Open): boolean => track.shot === shot && time - track.detections.at(-1)!.time <= LONGEST_GAP;
    done.push(...open.filter((track) => !goesOn(track)));
    open = open.filter(goesOn);
    open.push(...link(open, frame).map((detection) => ({ shot, detections: [detection] })));
    yield;
  }
  return [...done, ...open]
    .sort((a, b) => a.detections[0]!.time - b.detections[0]!.time)
    .map((track, index) => ({
      id: `b${index + 1}`,
      ...track,
      colours: meanLayout(track.detections.map(({ colours }) => colours)),
    }));
}

function byFrame(detections: readonly BodyDetection[]): BodyDetection[][] {
  const frames: BodyDetection[][] = [];
  for (const detection of detections) {
    const last = frames.at(-1);
    if (last && last[0]!.time === detection.time) last.push(detection);
    else frames.push([detection]);
  }
  return frames;
}

/** How likely a detection continues a track, more is likelier; null: it does not. */
function affinity(track: Open, detection: BodyDetection): number | null {
  const last = track.detections.at(-1)!;
  const unlike = layoutDistance(last.colours, detection.colours) ?? ALIKE;
  const place = iou(last.box, detection.box);
  const near = place >= NEARBY && unlike < UNLIKE;
  const alike = unlike < ALIKE && sameSize(last.box, detection.box) && apart(last.box, detection.box) < AWAY;
  return near || alike ? place + COLOUR_WEIGHT * (1 - unlike) : null;
}

const sameSize = (a: Box, b: Box): boolean => Math.max(a[3] / b[3], b[3] / a[3]) < SAME_SIZE;
const apart = (a: Box, b: Box): number =>
  Math.hypot(a[0] + a[2] / 2 - b[0] - b[2] / 2, a[1] + a[3] / 2 - b[1] - b[3] / 2);

/** Adds detections to the tracks that they continue; returns those that continue none. */
function link(open: readonly Open[], frame: readonly BodyDetection[]): BodyDetection[] {
  const pairs = open
    .flatMap((track) =>
      frame.flatMap((detection) => {
        const likely = affinity(track, detection);
        return likely === null ? [] : [{ track, detection, likely }];
      }),
    )
    .sort((a, b) => b.likely - a.likely);
  const taken = new Set<Open | BodyDetection>();
  for (const { track, detection } of pairs) {
    if (taken.has(track) || taken.has(detection)) continue;
    taken.add(track).add(detection);
    track.detections.push(detection);
  }
  return frame.filter((detection) => !taken.has(detection));
}
