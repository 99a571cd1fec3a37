import { type BodiesResult, createBodiesAnalyzer, type SeenFace } from '../bodies/analyzer.js';
import type { SegmentSeen } from '../cast/segments.js';
import { createFacesAnalyzer, type FacesResult } from '../faces/analyzer.js';
import type { FrameConsumer } from '../frames/pass.js';
import type { Models } from '../inference/types.js';

/** Faces and bodies, seen in the frames of one pass. */
export interface CastWatcher extends FrameConsumer {
  readonly seen: SegmentSeen;
  /** After the pass, the times (seconds, in order) at which a second look pays. The frames there go to `push` before `finish`. */
  secondLook(): Promise<number[]>;
  finish(): Promise<{ readonly faces: FacesResult; readonly bodies: BodiesResult }>;
}

/**
 * @param duration of the film, seconds
 * @param seen what was seen by others, stretch by stretch; the frames of a second look are all that is missing
 */
export function createCastWatcher(models: Models, duration: number, seen: readonly SegmentSeen[] = []): CastWatcher {
  const faces = createFacesAnalyzer({ models, seen, duration });
  const bodies = createBodiesAnalyzer({ models, changes: faces.seen.thumbnails, seen: seen.map((one) => one.bodies) });
  const count = faces.sizes.length;
  return {
    ...faces,
    sizes: [...faces.sizes, ...bodies.sizes],
    seen: { ...faces.seen, bodies: bodies.seen },
    async push(frame) {
      await Promise.all([
        faces.push({ ...frame, images: frame.images.slice(0, count) }),
        bodies.push({ ...frame, images: frame.images.slice(count) }),
      ]);
    },
    async secondLook() {
      const times = await faces.secondLook();
      const found = await faces.finish();
      const added = bodies.secondLook(found.shots, times, seenIn(found)).filter((time) => !times.includes(time));
      return [...times, ...added].sort((a, b) => a - b);
    },
    async finish() {
      const found = await faces.finish();
      return { faces: found, bodies: await bodies.finish(found.shots, seenIn(found)) };
    },
  };
}

const seenIn = ({ tracks }: FacesResult): SeenFace[] => tracks.flatMap(({ detections }) => detections);
