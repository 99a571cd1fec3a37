import { type ColourLayout, encodeLayout } from '../bodies/colour-layout.js';
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
  /** Whether its appearance has a face in the film that is clear enough to be named by itself; absent: nobody asked. */
  readonly clear?: boolean;
}

/** Best quality of a track's detections from which its face is clear: about 40 pixels high, sharp and turned to the camera. */
const CLEAR = 0.5;
export const isClear = ({ samples }: Pick<StoredTrack, 'samples'>): boolean =>
  samples.some(([, , , , , quality]) => quality >= CLEAR);

/** A body on its way through a shot as it is stored, and whom it may show. */
export interface StoredBody {
  readonly id: string;
  /** Index of the shot that it lies in. */
  readonly shot: number;
  /** Seconds between which the body is on screen, `start <= t < end`. */
  readonly start: number;
  readonly end: number;
  /**
   * `[time, x, y, width, height, x, y, width, height]` of body and head, seconds and fractions of the frame, in order of time. The
   * head may leave the frame.
   */
  readonly samples: readonly (readonly [
    time: number,
    ...body: [number, number, number, number],
    ...head: [number, number, number, number],
  ])[];
  /**
   * The face tracks on it. `clear`: a face that is large, sharp and frontal enough to be named by itself; `known`: one of its
   * appearance is.
   */
  readonly faces: readonly {
    readonly track: string;
    readonly appearance: string;
    readonly clear: boolean;
    readonly known: boolean;
  }[];
  /** Whose clothes it wears, of the people with a clear face in its scene, the likeliest first; none where its own face is clear. */
  readonly worn: readonly { readonly track: string; readonly appearance: string; readonly probability: number }[];
}

/** The tracks that touch one stretch of a film. */
export interface CastChunk extends Document {
  readonly contentHash: string;
  /** Index of the stretch: it covers `index * CHUNK_SECONDS <= t < (index + 1) * CHUNK_SECONDS`. */
  readonly index: number;
  readonly tracks: readonly StoredTrack[];
  /** Absent: the film was watched before bodies were looked for. */
  readonly bodies?: readonly StoredBody[];
}

/** The embeddings of the tracks that start in one stretch of a film, apart from what the pause query reads. */
export interface TrackEmbeddings extends Document {
  readonly contentHash: string;
  readonly index: number;
  /** By track: a byte a number, base64. */
  readonly embeddings: Readonly<Record<string, string>>;
  /** Of bodies, what they wear (`bodies/colour-layout.ts`). */
  readonly colours?: Readonly<Record<string, string>>;
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
export function chunkWrites(
  contentHash: string,
  tracks: readonly StoredTrack[],
  bodies: readonly StoredBody[] = [],
): Write[] {
  const chunks = new Map<number, { tracks: StoredTrack[]; bodies: StoredBody[] }>();
  const chunkOf = (index: number): { tracks: StoredTrack[]; bodies: StoredBody[] } => {
    const chunk = chunks.get(index) ?? { tracks: [], bodies: [] };
    chunks.set(index, chunk);
    return chunk;
  };
  for (const track of tracks) for (const { index, part } of partsOf(track)) chunkOf(index).tracks.push(part);
  for (const body of bodies) for (const { index, part } of partsOf(body)) chunkOf(index).bodies.push(part);
  return [
    { kind: 'delete', collection: CAST_CHUNKS.name, filter: { contentHash } },
    ...[...chunks].map(([index, part]): Write => ({
      kind: 'upsert',
      collection: CAST_CHUNKS.name,
      document: { id: `${contentHash}:${index}`, contentHash, index, ...part } as { readonly id: string },
    })),
  ];
}

interface Timed {
  readonly start: number;
  readonly end: number;
  readonly samples: readonly (readonly [time: number, ...rest: number[]])[];
}

/** What is stored of a track in each stretch that it touches. */
function partsOf<T extends Timed>(track: T): { index: number; part: T }[] {
  const first = Math.floor(track.start / CHUNK_SECONDS);
  const last = Math.floor(Math.max(track.start, track.end - 1e-6) / CHUNK_SECONDS);
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    index: first + i,
    part: partOf(track, (first + i) * CHUNK_SECONDS, (first + i + 1) * CHUNK_SECONDS),
  }));
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
  bodies: readonly { readonly id: string; readonly start: number; readonly colours: ColourLayout }[] = [],
): Steps<Write[]> {
  type Part = { readonly embeddings: Record<string, string>; readonly colours: Record<string, string> };
  const parts = new Map<number, Part>();
  const partAt = (start: number): Part => {
    const index = Math.floor(start / EMBEDDINGS_SECONDS);
    const part = parts.get(index) ?? { embeddings: {}, colours: {} };
    parts.set(index, part);
    return part;
  };
  for (const { id, start } of tracks) {
    const part = partAt(start);
    const embedding = embeddings.get(id);
    if (embedding) part.embeddings[id] = encodeEmbedding(embedding);
    yield;
  }
  for (const { id, start, colours } of bodies) {
    partAt(start).colours[id] = encodeLayout(colours);
    yield;
  }
  return [
    { kind: 'delete', collection: TRACK_EMBEDDINGS.name, filter: { contentHash } },
    ...[...parts].map(([index, part]): Write => ({
      kind: 'upsert',
      collection: TRACK_EMBEDDINGS.name,
      document: { id: `${contentHash}:${index}`, contentHash, index, ...part } as { readonly id: string },
    })),
  ];
}

/**
 * The track with the samples of this stretch and the ones next to it, so that boxes interpolate across its ends. Beyond the first
 * and the last sample a track may be on screen for a while: they are next to all that lies there.
 */
function partOf<T extends Timed>(track: T, start: number, end: number): T {
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
  return joinParts(chunks.flatMap(({ tracks }) => tracks));
}

/** All bodies of a film's chunks, each whole again, in order of time. */
export function joinBodies(chunks: readonly Pick<CastChunk, 'bodies'>[]): StoredBody[] {
  return joinParts(chunks.flatMap(({ bodies = [] }) => bodies));
}

function joinParts<T extends Timed & { readonly id: string }>(parts: readonly T[]): T[] {
  const whole = new Map<string, T>();
  for (const part of parts) {
    const known = whole.get(part.id);
    const samples = new Map([...(known?.samples ?? []), ...part.samples].map((sample) => [sample[0], sample]));
    whole.set(part.id, { ...part, samples: [...samples.values()].sort((a, b) => a[0] - b[0]) });
  }
  return [...whole.values()].sort(byStart);
}

/** In order of time; always the same order. */
export function byStart(a: Pick<StoredTrack, 'id' | 'start'>, b: Pick<StoredTrack, 'id' | 'start'>): number {
  return a.start - b.start || (a.id < b.id ? -1 : 1);
}

/** Where the face (or the body) is at a time, fractions of the frame. */
export function boxAt(samples: readonly (readonly [time: number, ...box: number[]])[], time: number): Box {
  const next = samples.findIndex(([at]) => at > time);
  const [before, after] = [
    samples[next < 0 ? samples.length - 1 : Math.max(0, next - 1)]!,
    samples[next < 0 ? samples.length - 1 : next]!,
  ];
  const span = after[0] - before[0];
  const share = span > 0 ? Math.min(1, Math.max(0, (time - before[0]) / span)) : 0;
  const mix = (i: 1 | 2 | 3 | 4): number => before[i]! + (after[i]! - before[i]!) * share;
  return [mix(1), mix(2), mix(3), mix(4)];
}
