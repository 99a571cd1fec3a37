import type { Steps } from '../core/slices.js';
import type { Names, OnScreenTrack } from './names.js';
import { type By, headsOf, type Present, presentFrom } from './present.js';
import { type CastChunk, CHUNK_SECONDS } from './stored.js';

/** Everybody's way through a film: what {@link presentFrom} answers, for all times. */

/** Somebody's stretch on screen, as long as what tells who it is stays the same. */
export interface PresentTrack extends OnScreenTrack {
  /** For corrections: the face track; null where no face was seen on the body. `id` is of the stretch alone. */
  readonly track: string | null;
  readonly by: By;
  readonly perhaps: Present['perhaps'];
}

type Chunk = Pick<CastChunk, 'index' | 'tracks' | 'bodies'>;

/** In order of time, a chunk a step. @param chunks in order of time */
export function* presentTrackSteps(chunks: readonly Chunk[], names: Names): Steps<PresentTrack[]> {
  const done: PresentTrack[] = [];
  let open = new Map<string, PresentTrack>();
  for (const chunk of chunks) {
    for (const [start, end] of stretchesOf(chunk)) {
      const next = new Map<string, PresentTrack>();
      for (const piece of piecesOf(chunk, names, start, end)) {
        const key = [piece.id, piece.personId, piece.by, piece.perhaps?.personId].join();
        const before = open.get(key);
        next.set(key, before?.end === start ? joined(before, piece) : { ...piece, id: `${piece.id}@${start}` });
      }
      for (const [key, track] of open) if (next.get(key)?.id !== track.id) done.push(track);
      open = next;
    }
    yield;
  }
  return [...done, ...open.values()].sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
}

/** Stretches of a chunk's time in which nobody comes or goes. What touches two chunks is in both. */
function stretchesOf({ index, tracks, bodies = [] }: Chunk): [start: number, end: number][] {
  const [from, to] = [index * CHUNK_SECONDS, (index + 1) * CHUNK_SECONDS];
  const changes = [...tracks, ...bodies].flatMap(({ start, end }) => [start, end]);
  const inside = changes.filter((time) => time > from && time < to);
  const times = [...new Set([from, ...inside, to])].sort((a, b) => a - b);
  return times.slice(1).map((end, i) => [times[i]!, end]);
}

function piecesOf(chunk: Chunk, names: Names, start: number, end: number): PresentTrack[] {
  return presentFrom(chunk, names, (start + end) / 2).map(({ present, face, source }) => {
    const { personId, name, label, confidence, track, by, perhaps } = present;
    return {
      id: source.id,
      appearance: face?.appearance ?? present.key,
      shot: source.shot,
      ...{ start, end, personId, name, label, confidence, track, by, perhaps },
      samples: face ? face.samples : headsOf(source.samples),
    };
  });
}

function joined(before: PresentTrack, after: PresentTrack): PresentTrack {
  const samples = new Map([...before.samples, ...after.samples].map((sample) => [sample[0], sample]));
  return {
    ...before,
    end: after.end,
    confidence: Math.min(before.confidence, after.confidence),
    samples: [...samples.values()].sort((a, b) => a[0] - b[0]),
  };
}
