import { atOnce, type Steps } from '../core/slices.js';
import { meanEmbedding, similarity } from './embed.js';
import { type Box, iou } from './geometry.js';
import { demandOf } from './recognizers.js';

/** One face in one frame. */
export interface Detection {
  /** Seconds. */
  readonly time: number;
  /** Fractions of the frame. */
  readonly box: Box;
  readonly score: number;
  /** 0 to 1, how well it can be recognised. */
  readonly quality: number;
  /** Of unit length. */
  readonly embedding: Float32Array;
}

/** A stretch of time, seconds, `start <= t < end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One face followed through a shot. */
export interface Track {
  readonly id: string;
  /** Index of the shot that it lies in. */
  readonly shot: number;
  /** In order of time, at least one. */
  readonly detections: readonly Detection[];
  /** Mean of the detections' embeddings weighted by quality, of unit length. */
  readonly embedding: Float32Array;
}

interface Open {
  readonly shot: number;
  readonly detections: Detection[];
  embedding: Float32Array;
}

/** Seconds that a face may be out of sight (turned away, somebody in front of it) and still be the same track. */
const LONGEST_GAP = 3.5;
/** The same face wherever it is: 0.1 % of pairs of different people are as similar (data/face-calibration.json). */
const SAME_FACE = 0.47;
/** The same face if it is also about where the track was last seen. */
const SAME_FACE_NEARBY = 0.2;
const NEARBY = 0.25;
/** How much place counts beside likeness when two tracks want one face. */
const PLACE_WEIGHT = 0.3;
/** Keeps faces that are hard to recognise in a track's mean, at little weight. */
const LEAST_WEIGHT = 0.05;

/** The weight of a detection in its track's mean and in its votes. */
export function weightOf({ quality }: Pick<Detection, 'quality'>): number {
  return LEAST_WEIGHT + quality;
}

/**
 * Links detections to tracks inside shots, by likeness and place. A frame's detections go to different tracks. The
 * likeliest pair of track and detection is linked first, and so on: with the few faces of a frame this differs from the
 * best assignment only where pairs are equally likely.
 * @param detections in order of time
 * @param shots in order of time; a detection outside all of them belongs to the one before
 */
export function linkTracks(detections: readonly Detection[], shots: readonly Span[]): Track[] {
  return atOnce(linkSteps(detections, shots));
}

/** {@link linkTracks}, a frame a step. */
export function* linkSteps(detections: readonly Detection[], shots: readonly Span[]): Steps<Track[]> {
  const done: Open[] = [];
  let open: Open[] = [];
  let shot = 0;
  for (const frame of groupByTime(detections)) {
    yield;
    const time = frame[0]!.time;
    let moved = false;
    while (shot + 1 < shots.length && shots[shot + 1]!.start <= time + 1e-3) {
      shot++;
      moved = true;
    }
    const over = open.filter((track) => moved || time - track.detections.at(-1)!.time > LONGEST_GAP);
    done.push(...over);
    open = open.filter((track) => !over.includes(track));
    const left = linkFrame(open, frame);
    open.push(...left.map((detection) => ({ shot, detections: [detection], embedding: detection.embedding })));
  }
  return [...done, ...open]
    .sort((a, b) => a.detections[0]!.time - b.detections[0]!.time)
    .map((track, index) => ({ id: `t${index + 1}`, ...track }));
}

function groupByTime(detections: readonly Detection[]): Detection[][] {
  const frames: Detection[][] = [];
  for (const detection of detections) {
    const last = frames.at(-1);
    if (last && last[0]!.time === detection.time) last.push(detection);
    else frames.push([detection]);
  }
  return frames;
}

/** Adds detections to the tracks that they continue; returns those that continue none. */
function linkFrame(open: readonly Open[], frame: readonly Detection[]): Detection[] {
  const pairs = open.flatMap((track) =>
    frame.flatMap((detection) => {
      const likeness = similarity(track.embedding, detection.embedding);
      const place = iou(track.detections.at(-1)!.box, detection.box);
      const demand = demandOf(track.embedding);
      const linked = likeness >= SAME_FACE + demand || (likeness >= SAME_FACE_NEARBY && place >= NEARBY);
      return linked ? [{ track, detection, affinity: likeness + PLACE_WEIGHT * place }] : [];
    }),
  );
  pairs.sort((a, b) => b.affinity - a.affinity);
  const taken = new Set<Open | Detection>();
  for (const { track, detection } of pairs) {
    if (taken.has(track) || taken.has(detection)) continue;
    taken.add(track).add(detection);
    track.detections.push(detection);
    track.embedding = meanEmbedding(
      track.detections.map(({ embedding }) => embedding),
      track.detections.map(weightOf),
    );
  }
  return frame.filter((detection) => !taken.has(detection));
}
