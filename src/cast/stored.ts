import { atOnce, type Steps } from '../core/slices.js';
import { encodeEmbedding } from '../faces/embedding-text.js';
import type { Box } from '../faces/geometry.js';
import type { CollectionSpec, Document, Write } from '../storage/collection.js';

/** A track as it is stored: enough to answer who is where at any time. Who it shows is said by its appearance. */
export interface StoredTrack {
  readonly id: string;
  /** Key of the appearance that it belongs to. */
  readonly appearance: string;
  /** Index of the shot that it lies in. */
  readonly shot: number;
  /** Seconds between which the face is on screen, `start <= t < end`. */
  readonly start: number;
  readonly end: number;
  /** `[time, x, y, width, height, quality]`, seconds, fractions of the frame and 0 to 1, in order of time. */
  readonly samples: readonly (readonly [number, number, number, number, number, number])[];
}

/** The tracks that touch one stretch of a film. */
export interface CastChunk extends Document {
  readonly contentHash: string;
  /** Index of the stretch: it covers `index * CHUNK_SECONDS <= t < (index + 1) * CHUNK_SECONDS`. */
  readonly index: number;
  readonly tracks: readonly StoredTrack[];
}

/** The embeddings of the tracks that start in one stretch of a film, apart from what the pause query reads. */
export interface TrackEmbeddings extends Document {
  readonly contentHash: string;
  readonly index: number;
  /** By track: a byte a number, base64. */
  readonly embeddings: Readonly<Record<string, string>>;
}

/**
 * A quarter of a minute: a few people's samples, some 3 KB, read for every pause. With a minute reading them was a third
 * of what a pause query over HTTP took of the processor (`npm run bench -- api`).
 */
export const CHUNK_SECONDS = 15;
/** A minute: the embeddings of 40 tracks, some 30 KB. */
const EMBEDDINGS_SECONDS = 60;

export const CAST_CHUNKS: CollectionSpec = {
  name: 'cast_chunks',
  fields: { contentHash: 'string', index: 'number', tracks: 'array' },
  indexes: [{ paths: ['contentHash', 'index'], unique: true }],
};
export const TRACK_EMBEDDINGS: CollectionSpec = {
  name: 'track_embeddings',
  fields: { contentHash: 'string', index: 'number', embeddings: 'object' },
  vectors: ['embeddings.*'],
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

/** The writes that replace the embeddings of a film's tracks. @param embeddings of unit length, by track */
export function embeddingWrites(...about: Parameters<typeof embeddingSteps>): Write[] {
  return atOnce(embeddingSteps(...about));
}

/** {@link embeddingWrites} in steps. */
export function* embeddingSteps(
  contentHash: string,
  tracks: readonly StoredTrack[],
  embeddings: ReadonlyMap<string, Float32Array>,
): Steps<Write[]> {
  const parts = new Map<number, Record<string, string>>();
  for (const { id, start } of tracks) {
    const index = Math.floor(start / EMBEDDINGS_SECONDS);
    const part = parts.get(index) ?? {};
    parts.set(index, part);
    const embedding = embeddings.get(id);
    if (embedding) part[id] = encodeEmbedding(embedding);
    yield;
  }
  return [
    { kind: 'delete', collection: TRACK_EMBEDDINGS.name, filter: { contentHash } },
    ...[...parts].map(([index, part]): Write => ({
      kind: 'upsert',
      collection: TRACK_EMBEDDINGS.name,
      document: { id: `${contentHash}:${index}`, contentHash, index, embeddings: part } as { readonly id: string },
    })),
  ];
}

/**
 * The track with the samples of this stretch and the ones next to it, so that boxes interpolate across its ends. Beyond the first
 * and the last sample a track may be on screen for a while: they are next to all that lies there.
 */
function partOf(track: StoredTrack, start: number, end: number): StoredTrack {
  const { samples } = track;
  return {
    ...track,
    samples: samples.filter(
      (_, i) => (samples[i + 1]?.[0] ?? Infinity) >= start && (samples[i - 1]?.[0] ?? -Infinity) < end,
    ),
  };
}

/** All tracks of a film's chunks, each whole again, in order of time. */
export function joinChunks(chunks: readonly Pick<CastChunk, 'tracks'>[]): StoredTrack[] {
  const tracks = new Map<string, StoredTrack>();
  for (const track of chunks.flatMap((chunk) => chunk.tracks)) {
    const known = tracks.get(track.id);
    const samples = new Map([...(known?.samples ?? []), ...track.samples].map((sample) => [sample[0], sample]));
    tracks.set(track.id, { ...track, samples: [...samples.values()].sort((a, b) => a[0] - b[0]) });
  }
  return [...tracks.values()].sort(byStart);
}

/** In order of time; always the same order. */
export function byStart(a: Pick<StoredTrack, 'id' | 'start'>, b: Pick<StoredTrack, 'id' | 'start'>): number {
  return a.start - b.start || (a.id < b.id ? -1 : 1);
}

/** Where the face is at a time, fractions of the frame. */
export function boxAt(samples: StoredTrack['samples'], time: number): Box {
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
