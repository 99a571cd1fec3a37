import type { Box } from '../faces/geometry.js';
import type { Write } from '../storage/collection.js';
import type { CollectionSpec, Document } from '../storage/collection.js';

/** A track as it is stored: enough to answer who is where at any time, and to name it anew without decoding. */
export interface StoredTrack {
  readonly id: string;
  /** Key of the person in the cast's `people`. */
  readonly key: string;
  readonly name: string | null;
  readonly personId: string | null;
  readonly confidence: number;
  /** Seconds between which the face is on screen, `start <= t < end`. */
  readonly start: number;
  readonly end: number;
  /** `[time, x, y, width, height]`, seconds and fractions of the frame, in order of time. */
  readonly samples: readonly (readonly [number, number, number, number, number])[];
}

/** The tracks that touch one stretch of a film. */
export interface CastChunk extends Document {
  readonly contentHash: string;
  /** Index of the stretch: it covers `index * CHUNK_SECONDS <= t < (index + 1) * CHUNK_SECONDS`. */
  readonly index: number;
  readonly tracks: readonly StoredTrack[];
}

/** Five minutes: about 400 samples of a few people, some 50 KB. */
export const CHUNK_SECONDS = 300;

export const CAST_CHUNKS: CollectionSpec = {
  name: 'cast_chunks',
  indexes: [{ paths: ['contentHash', 'index'], unique: true }],
};

export function chunkId(contentHash: string, time: number): string {
  return `${contentHash}:${Math.floor(Math.max(0, time) / CHUNK_SECONDS)}`;
}

/** The writes that replace a film's chunks. */
export function chunkWrites(contentHash: string, tracks: readonly StoredTrack[]): Write[] {
  const chunks = new Map<number, StoredTrack[]>();
  for (const track of tracks) {
    const last = Math.floor(Math.max(track.start, track.end - 1e-6) / CHUNK_SECONDS);
    for (let index = Math.floor(track.start / CHUNK_SECONDS); index <= last; index++) {
      const part = partOf(track, index * CHUNK_SECONDS, (index + 1) * CHUNK_SECONDS);
      chunks.set(index, [...(chunks.get(index) ?? []), part]);
    }
  }
  return [
    { kind: 'delete', collection: CAST_CHUNKS.name, filter: { contentHash } },
    ...[...chunks].map(([index, part]): Write => ({
      kind: 'upsert',
      collection: CAST_CHUNKS.name,
      document: { id: `${contentHash}:${index}`, contentHash, index, tracks: part } as { readonly id: string },
    })),
  ];
}

/** The track with the samples of this stretch and the ones next to it, so that boxes interpolate across its ends. */
function partOf(track: StoredTrack, start: number, end: number): StoredTrack {
  const { samples } = track;
  const inside = samples.filter(
    ([time], i) => (samples[i + 1]?.[0] ?? time) >= start && (samples[i - 1]?.[0] ?? time) < end,
  );
  return { ...track, samples: inside.length > 0 ? inside : samples.slice(0, 1) };
}

/** Somebody on screen at one moment. */
export interface OnScreen {
  readonly key: string;
  readonly name: string | null;
  readonly personId: string | null;
  readonly confidence: number;
  /** `[x, y, width, height]`, fractions of the frame. */
  readonly box: Box;
}

/**
 * Who is on screen at `time` (seconds), by confidence, from the chunk that covers it (null: nobody was seen in that
 * stretch). Between two samples the box moves evenly; before the first and after the last it stays.
 */
export function castAt(chunk: Pick<CastChunk, 'tracks'> | null, time: number): OnScreen[] {
  return (chunk?.tracks ?? [])
    .filter(({ start, end }) => start <= time && time < end)
    .map(({ key, name, personId, confidence, samples }) => ({
      key,
      name,
      personId,
      confidence,
      box: boxAt(samples, time),
    }))
    .sort((a, b) => b.confidence - a.confidence);
}

function boxAt(samples: StoredTrack['samples'], time: number): Box {
  const next = samples.findIndex(([at]) => at > time);
  const [before, after] = [
    samples[next < 0 ? samples.length - 1 : Math.max(0, next - 1)]!,
    samples[next < 0 ? samples.length - 1 : next]!,
  ];
  const span = after[0] - before[0];
  const share = span > 0 ? Math.min(1, Math.max(0, (time - before[0]) / span)) : 0;
  const mix = (i: 1 | 2 | 3 | 4): number => before[i] + (after[i] - before[i]) * share;
  return [mix(1), mix(2), mix(3), mix(4)];
}
