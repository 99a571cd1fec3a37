import { type Box, containment } from '../core/boxes.js';
import { boxAt, type StoredTrack } from './stored.js';
import type { WatchedBody } from './watched.js';

/** Which faces are on which bodies. */

/** A face lies in the head of its body by at least so much of the smaller of them. */
const LEAST_INSIDE = 0.5;
/** And is this tall beside it: of faces that fill the picture the head is told too small. */
const [LEAST_HEIGHT, MOST_HEIGHT] = [0.25, 2.5];

/** Where the head of a body is at a time, fractions of the frame. */
export function headAt({ samples }: Pick<WatchedBody, 'samples'>, time: number): Box {
  return boxAt(
    samples.map(([at, , , , , x, y, w, h]) => [at, x, y, w, h]),
    time,
  );
}

/** How well a face sits on a head, 0 to 1; 0 where it does not. */
function fit(face: Box, head: Box): number {
  const taller = face[3] / head[3];
  const inside = containment(face, head);
  if (inside < LEAST_INSIDE || taller < LEAST_HEIGHT || taller > MOST_HEIGHT) return 0;
  const away = Math.hypot(
    (face[0] + face[2] / 2 - head[0] - head[2] / 2) / head[2],
    (face[1] + face[3] / 2 - head[1] - head[3] / 2) / head[3],
  );
  return inside * Math.max(0, 1 - away / 2);
}

const TIME_APART = 1e-6;
const isThere = ({ start, end }: { readonly start: number; readonly end: number }, time: number): boolean =>
  start - TIME_APART <= time && time < end;

/**
 * The body of each face track, by the track's id: the one on whose head most of its detections sit. A body has one face at a time.
 * @param bodies and `tracks` in order of time
 */
export function bodiesOfFaces(bodies: readonly WatchedBody[], tracks: readonly StoredTrack[]): Map<string, string> {
  const byShot = new Map<number, WatchedBody[]>();
  for (const body of bodies) byShot.set(body.shot, [...(byShot.get(body.shot) ?? []), body]);
  const pairs = tracks.flatMap((track) =>
    (byShot.get(track.shot) ?? []).flatMap((body) => {
      const votes = track.samples
        .filter(([time]) => isThere(body, time))
        .reduce((sum, [time, x, y, w, h]) => sum + fit([x, y, w, h], headAt(body, time)), 0);
      return votes > 0 ? [{ track, body, votes }] : [];
    }),
  );
  pairs.sort((a, b) => b.votes - a.votes);
  const found = new Map<string, string>();
  const faces = new Map<string, StoredTrack[]>();
  for (const { track, body } of pairs) {
    const own = faces.get(body.id) ?? [];
    const times = new Set(track.samples.map(([time]) => time));
    const together = own.some(({ samples }) => samples.some(([time]) => times.has(time)));
    if (found.has(track.id) || together) continue;
    found.set(track.id, body.id);
    faces.set(body.id, [...own, track]);
  }
  return found;
}
