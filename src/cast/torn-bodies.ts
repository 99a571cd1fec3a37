import { similarity } from '../faces/embed.js';
import { isClear, type StoredBody, type StoredTrack } from './stored.js';

/**
 * Bodies on which faces of different people were seen: two people whom the track of a body has taken for one, as they passed each
 * other. Each is cut between the faces; ids of the later pieces end in their number, so that {@link wholeBodies} can join them.
 */

const SEPARATOR = '.';

/** Appearances of the clear faces among these, each once. */
export const clearAppearances = (faces: readonly StoredTrack[]): string[] => [
  ...new Set(faces.filter(isClear).map(({ appearance }) => appearance)),
];

/**
 * Best quality of a face that can tell that it is not a clear one's, and the likeness below which it does: of photos that are as little
 * alike one pair in twenty is one person's (data/face-calibration.json).
 */
const [FAIRLY_SEEN, UNLIKE] = [0.3, 0.1];
const isFair = ({ samples }: StoredTrack): boolean => samples.some(([, , , , , quality]) => quality >= FAIRLY_SEEN);

/** Different people: two clear faces of two appearances, or a clear and a fair one that have nothing in common. */
function areOthers(a: StoredTrack, b: StoredTrack, embeddings: ReadonlyMap<string, Float32Array>): boolean {
  if (a.appearance === b.appearance || (!isClear(a) && !isClear(b))) return false;
  if (isClear(a) && isClear(b)) return true;
  const [mine, theirs] = [embeddings.get(a.id), embeddings.get(b.id)];
  return mine !== undefined && theirs !== undefined && similarity(mine, theirs) < UNLIKE;
}

/** Times at which a body shows somebody else than before. @param faces the face tracks on it */
export function cutsOf(faces: readonly StoredTrack[], embeddings: ReadonlyMap<string, Float32Array>): number[] {
  const inOrder = faces.filter(isFair).sort((a, b) => a.samples[0]![0] - b.samples[0]![0]);
  return inOrder.flatMap((face, i) => {
    const before = inOrder[i - 1];
    const clear = isClear(face) ? inOrder.slice(0, i).findLast(isClear) : undefined;
    if (!before || ![before, clear].some((other) => other && areOthers(other, face, embeddings))) return [];
    return [(before.samples.at(-1)![0] + face.samples[0]![0]) / 2];
  });
}

/**
 * @param cuts times between which its faces are of different people
 * @param faces the face tracks on the body
 */
export function cutBody(body: StoredBody, faces: readonly StoredTrack[], cuts: readonly number[]): StoredBody[] {
  if (cuts.length === 0) return [body];
  const startOf = new Map(faces.map(({ id, samples }) => [id, samples[0]![0]]));
  const edges = [body.start, ...cuts, body.end];
  return edges.slice(1).flatMap((end, i): StoredBody[] => {
    const start = edges[i]!;
    const isInside = (time: number): boolean => time >= start && (time < end || end === body.end);
    const samples = body.samples.filter(([time]) => isInside(time));
    if (samples.length === 0) return [];
    return [
      {
        ...body,
        id: i === 0 ? body.id : `${body.id}${SEPARATOR}${i + 1}`,
        start,
        end,
        samples,
        faces: body.faces.filter(({ track }) => isInside(startOf.get(track)!)),
      },
    ];
  });
}

type Piece = Pick<StoredBody, 'id' | 'start' | 'end' | 'samples'>;

/** The bodies as they were watched. */
export function wholeBodies<T extends Piece>(pieces: readonly T[]): T[] {
  const whole = new Map<string, T>();
  for (const piece of pieces) {
    const [id = piece.id] = piece.id.split(SEPARATOR);
    const known = whole.get(id);
    const samples = [...(known?.samples ?? []), ...piece.samples].sort((a, b) => a[0] - b[0]);
    const [start, end] = [Math.min(known?.start ?? Infinity, piece.start), Math.max(known?.end ?? 0, piece.end)];
    whole.set(id, { ...piece, id, start, end, samples });
  }
  return [...whole.values()];
}
