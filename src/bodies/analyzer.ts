import { type Box, containment } from '../core/boxes.js';
import { inSlices } from '../core/slices.js';
import type { FrameConsumer } from '../frames/pass.js';
import type { Frame, FrameSize, TimeWindow } from '../frames/types.js';
import type { Models } from '../inference/types.js';
import { colourLayoutOf } from './colour-layout.js';
import { headOf } from './parts.js';
import { findPersons } from './persons.js';
import { type BodyDetection, type BodyTrack, linkBodySteps } from './tracks.js';

export const PERSON_NETWORK = 'person-movenet.int8';

/** What the frames of a film, or of a stretch of it, show. */
export interface BodiesSeen {
  /** Of every frame that was looked at for bodies, seconds. */
  readonly times: readonly number[];
  readonly detections: readonly BodyDetection[];
}

export interface BodiesResult {
  /** Of every frame that was looked at for bodies, seconds, in order. */
  readonly times: readonly number[];
  readonly tracks: readonly BodyTrack[];
}

export interface BodiesAnalyzer extends FrameConsumer {
  /** What was seen so far, in no order. */
  readonly seen: BodiesSeen;
  /**
   * Of the times at which a frame comes anyway those that show something new, and one in every shot in which no frame was looked at;
   * frames there are, when they go to `push`.
   * @param shots in order of time
   * @param others times (seconds) at which a frame comes anyway, in order
   * @param faces that were seen. Default: nobody looked for faces
   */
  secondLook(shots: readonly TimeWindow[], others: readonly number[], faces?: readonly SeenFace[]): number[];
  /**
   * Links what was seen.
   * @param shots in order of time
   * @param faces that were seen in the same frames: some bodies are none. Default: nobody looked for faces
   */
  finish(shots: readonly TimeWindow[], faces?: readonly SeenFace[]): Promise<BodiesResult>;
}

/** The longer side, in pixels, at which persons are found best (bench/persons.ts). */
const SIDE = 384;
const SIZES: readonly FrameSize[] = [{ width: SIDE, height: SIDE, fit: 'inside' }];
/** Least score of a person, 0 to 1 (bench/persons.ts). */
const LEAST = 0.3;
/**
 * Bodies move less than faces turn. Of a frame a second every fourth is looked at, every second where something has changed since
 * (grey levels a second), and all where the camera moves.
 */
const [SELDOM, EVERY] = [4, 2];
/** Where a shot is this long, somebody looked at it at least once in as many seconds. */
export const MOST_BETWEEN_LOOKS = SELDOM;
const [STILL, MOVING] = [12, 60];
/** A cut or a flash counts as no more, grey levels. */
const MOST_CHANGE = 12;
/** A shot that is looked at for bodies alone is looked at this soon after it begins, seconds: past the blur of a cut. */
const AFTER_CUT = 0.1;
/**
 * A frame of the second look that is nearer to another one shows nothing new, seconds. With .45 a tenth of the looks is saved, and by the
 * clear networks seven in a hundred of a sitcom's people are named wrong instead of one (bench/presence.ts).
 */
const APART = 0.35;
/** A frame that was asked for may be this far from its time, seconds: half a frame at 10 a second. */
const NEAR = 0.05;

export interface BodiesAnalyzerOptions {
  readonly models: Models;
  /** How much pictures differ from those before, grey levels, in order of time: it grows during a pass. Default: not known. */
  readonly changes?: readonly { readonly time: number; readonly change: number }[];
  /** What was seen by others, stretch by stretch; the frames of a second look are all that is missing. */
  readonly seen?: readonly BodiesSeen[];
}

/** Watches a pass of about a frame a second, some of its frames, and answers where bodies are. */
export function createBodiesAnalyzer({
  models,
  changes = [],
  seen: before = [],
}: BodiesAnalyzerOptions): BodiesAnalyzer {
  const times = before.flatMap((one) => one.times);
  const detections = before.flatMap((one) => one.detections);
  let asked: number[] | null = null;
  const isWanted = (time: number): boolean =>
    asked ? asked.some((other) => Math.abs(other - time) < NEAR) : isDue(time, changes);
  return {
    sizes: SIZES,
    seen: { times, detections },
    async push({ time, images: [image] }: Frame): Promise<void> {
      if (!image || !isWanted(time)) return;
      times.push(time);
      const persons = await findPersons(await models.load(PERSON_NETWORK, 2), image, LEAST);
      for (const person of persons) {
        const head = headOf(person, image.width / image.height);
        detections.push({ time, box: person.box, head, score: person.score, colours: colourLayoutOf(image, person) });
      }
    },
    secondLook(shots, others, faces = []) {
      times.sort((a, b) => a - b);
      const shown = [...detections, ...faces].map(({ time }) => time).sort((a, b) => a - b);
      const chosen: number[] = [];
      for (const shot of shots) {
        const looked = inside(times, shot);
        const before = looked.length;
        // A shot that showed nobody is not looked at again.
        if (before === 0 || inside(shown, shot).length > 0)
          for (const time of inside(others, shot))
            if (looked.every((other) => Math.abs(other - time) >= APART)) looked.push(time);
        if (looked.length === 0 && shot.end - shot.start >= AFTER_CUT)
          looked.push(Math.min(shot.start + AFTER_CUT, (shot.start + shot.end) / 2));
        chosen.push(...looked.slice(before));
      }
      asked = chosen;
      return [...chosen];
    },
    async finish(shots, faces = []) {
      times.sort((a, b) => a - b);
      const bodies = withoutFaces(detections, faces).sort((a, b) => a.time - b.time || b.score - a.score);
      return { times, tracks: await inSlices(linkBodySteps(bodies, shots)) };
    },
  };
}

/** Of times in order those in a shot. */
function inside(times: readonly number[], { start, end }: TimeWindow): number[] {
  let [from, to] = [0, times.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (times[middle]! < start) from = middle + 1;
    else to = middle;
  }
  const found: number[] = [];
  for (let at = from; at < times.length && times[at]! < end; at++) found.push(times[at]!);
  return found;
}

/** A face in a frame. */
export interface SeenFace {
  /** Seconds. */
  readonly time: number;
  /** Fractions of the frame. */
  readonly box: Box;
}

/** A body lies on a face, and not beside it, with at least this part of itself. */
const ON_FACE = 0.5;

/** Bodies that are no taller than the face they lie on are parts of it: in a close-up the network takes eyes and mouth for somebody. */
function withoutFaces(bodies: readonly BodyDetection[], faces: readonly SeenFace[]): BodyDetection[] {
  const byTime = new Map<number, Box[]>();
  for (const { time, box } of faces) byTime.set(time, [...(byTime.get(time) ?? []), box]);
  return bodies.filter(
    ({ time, box }) => !(byTime.get(time) ?? []).some((face) => box[3] <= face[3] && containment(box, face) >= ON_FACE),
  );
}

/** Whether a frame of the pass is looked at: by nothing but the two seconds before it, which passes over parts of a film know, too. */
function isDue(time: number, changes: NonNullable<BodiesAnalyzerOptions['changes']>): boolean {
  const second = Math.floor(time + 1e-6);
  if (second % SELDOM === 0) return true;
  const isEven = second % EVERY === 0;
  const span = isEven ? EVERY : 1;
  let [sum, known] = [0, false];
  for (let at = changes.length - 1; at >= 0 && changes[at]!.time > time - span; at--) {
    if (changes[at]!.time > time) continue;
    sum += Math.min(MOST_CHANGE, changes[at]!.change);
    known = true;
  }
  return known ? sum / span >= (isEven ? STILL : MOVING) : isEven;
}
