import { type BodiesResult, MOST_BETWEEN_LOOKS } from '../bodies/analyzer.js';
import { type ColourLayout, decodeLayout, encodeLayout } from '../bodies/colour-layout.js';
import { atOnce, type Steps } from '../core/slices.js';
import type { FacesResult } from '../faces/analyzer.js';
import { type ColourHistogram, lightnessOf } from '../faces/colour-histogram.js';
import { decodeEmbedding, encodeEmbedding } from '../faces/embedding-text.js';
import type { Span, Track } from '../faces/tracks.js';
import type { CollectionSpec, Document, Write } from '../storage/collection.js';
import {
  byStart,
  type CastChunk,
  joinBodies,
  joinChunks,
  type StoredBody,
  type StoredTrack,
  type TrackEmbeddings,
} from './stored.js';
import { wholeBodies } from './torn-bodies.js';

/** All that a film's cast is made of, exactly as it is stored: making it again, without the film, gives the same. */
export interface Watched {
  readonly shots: readonly (Span & {
    /** Mean colours; null when no sampled frame fell into it. */
    readonly colours: ColourHistogram | null;
  })[];
  /** In order of time. */
  readonly tracks: readonly WatchedTrack[];
  /** In order of time. */
  readonly bodies: readonly WatchedBody[];
}

export interface WatchedBody extends Omit<StoredBody, 'faces' | 'worn'> {
  readonly colours: ColourLayout;
}

export interface WatchedTrack extends Omit<StoredTrack, 'appearance' | 'clear'> {
  /** Of unit length; null when it was erased. */
  readonly embedding: Float32Array | null;
}

/** The shots of a film that was watched; its tracks and their embeddings are stored for the answers. */
export interface StoredShots extends Document {
  readonly contentHash: string;
  /** Of the rules and networks that it was watched with. */
  readonly watchedBy: string;
  readonly truncated: boolean;
  /** Seconds, and the mean colours as base64 of float32. */
  readonly shots: readonly (readonly [start: number, end: number, colours: string | null])[];
}

export const CAST_SHOTS: CollectionSpec = {
  name: 'cast_shots',
  fields: { contentHash: 'string', watchedBy: 'string', truncated: 'boolean', shots: 'array' },
  indexes: [{ paths: ['contentHash'], unique: true }],
};

export function shotWrite(contentHash: string, { shots }: Watched, watchedBy: string, truncated: boolean): Write {
  const document: Omit<StoredShots, 'version'> = {
    id: contentHash,
    contentHash,
    watchedBy,
    truncated,
    shots: shots.map(({ start, end, colours }) => [
      start,
      end,
      colours && Buffer.from(colours.buffer, colours.byteOffset, colours.byteLength).toString('base64'),
    ]),
  };
  return { kind: 'upsert', collection: CAST_SHOTS.name, document };
}

/** What was watched, from what is stored of it. */
export function readWatched(
  { shots }: StoredShots,
  chunks: readonly CastChunk[],
  embeddings: readonly TrackEmbeddings[],
): Watched {
  const texts = new Map(embeddings.flatMap((part) => Object.entries(part.embeddings)));
  const worn = new Map(embeddings.flatMap((part) => Object.entries(part.colours ?? {})));
  return {
    shots: shots.map(([start, end, colours]) => ({
      start,
      end,
      colours: colours === null ? null : decodeColours(colours),
    })),
    tracks: joinChunks(chunks).map(({ appearance: _appearance, clear: _clear, ...track }) => {
      const text = texts.get(track.id);
      return { ...track, embedding: text === undefined ? null : decodeEmbedding(text) };
    }),
    bodies: wholeBodies(joinBodies(chunks)).map(({ faces: _faces, worn: _worn, ...body }) => ({
      ...body,
      colours: decodeLayout(worn.get(body.id) ?? ''),
    })),
  };
}

function decodeColours(text: string): ColourHistogram {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
}

/** What an analysis saw, as far as the cast wants it. @param bodies default: nobody looked for them */
export function watchedOf(result: FacesResult, bodies?: BodiesResult): Watched {
  return atOnce(watchedSteps(result, bodies));
}

/** {@link watchedOf} in steps. */
export function* watchedSteps(
  { samples, shots, tracks }: FacesResult,
  bodies: BodiesResult = { times: [], tracks: [] },
): Steps<Watched> {
  const ordered = samples.toSorted((a, b) => a.time - b.time);
  const times = ordered.map(({ time }) => time);
  const reach = reachOf(times, EVERY_SECOND);
  const described: Watched['shots'][number][] = [];
  for (const { start, end } of shots) {
    described.push({ start, end, colours: meanColours(ordered.slice(firstFrom(times, start), firstFrom(times, end))) });
    yield;
  }
  const watched: WatchedTrack[] = [];
  for (const track of tracks) {
    watched.push({
      id: track.id,
      shot: track.shot,
      ...onScreen(track, shots[track.shot], times, reach),
      samples: samplesOf(track),
      embedding: decodeEmbedding(encodeEmbedding(track.embedding)),
    });
    yield;
  }
  const seen: WatchedBody[] = [];
  const longest = reachOf(bodies.times, MOST_BETWEEN_LOOKS);
  for (const body of bodies.tracks) {
    seen.push({
      id: body.id,
      shot: body.shot,
      ...onScreen(body, shots[body.shot], bodies.times, longest),
      samples: body.detections.map(({ time, box, head }) => {
        const [x, y, w, h] = box.map(rounded) as [number, number, number, number];
        return [time, x, y, w, h, ...(head.map(rounded) as [number, number, number, number])] as const;
      }),
      colours: decodeLayout(encodeLayout(body.colours)),
    });
    yield;
  }
  return { shots: described, tracks: watched.sort(byStart), bodies: seen.sort(byStart) };
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

/** Index of the first time at or after this one. */
function firstFrom(times: readonly number[], time: number): number {
  let [from, to] = [0, times.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (times[middle]! < time) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Nothing is said of whom a film shows further from a detection, seconds, however rare its pictures are. */
const LONGEST_REACH = 10;
/** Faces are looked for this often, seconds; more often where it pays, which says nothing of the stretches between. */
const EVERY_SECOND = 1;

/** How far from a detection somebody is still said to be there, seconds. @param plan most seconds between two looks, as planned */
const reachOf = (times: readonly number[], plan: number): number =>
  Math.min(Math.max(medianGap(times), plan), LONGEST_REACH);

/** Median time between samples, seconds. */
function medianGap(times: readonly number[]): number {
  const gaps = times
    .slice(1)
    .map((time, i) => time - times[i]!)
    .sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length / 2)] ?? 1;
}

/**
 * A second shows whom the shot's nearest sample shows: from the middle between the first detection and the sample before it to the
 * middle between the last one and the sample after it; where the shot has no such sample, from its cut or to its cut.
 * @param times of all samples, seconds, in order
 * @param reach seconds from a detection that nothing is said beyond
 */
function onScreen(
  { detections }: { readonly detections: readonly { readonly time: number }[] },
  shot: Span | undefined,
  times: readonly number[],
  reach: number,
): Span {
  const [first, last] = [detections[0]!.time, detections.at(-1)!.time];
  const { start, end } = shot ?? { start: 0, end: Infinity };
  const before = times[firstFrom(times, first) - 1] ?? -Infinity;
  let next = firstFrom(times, last);
  while (times[next] === last) next++;
  const after = times[next] ?? Infinity;
  return {
    start: Math.min(first, Math.max(0, first - reach, before < start ? start : (before + first) / 2)),
    end: Math.max(last + 1e-3, Math.min(last + reach, after < end ? (last + after) / 2 : end)),
  };
}

function samplesOf({ detections }: Track): StoredTrack['samples'] {
  return detections.map(
    ({ time, box: [x, y, w, h], quality }) =>
      [time, rounded(x), rounded(y), rounded(w), rounded(h), rounded(quality)] as const,
  );
}

/** A frame this much darker than the shot's lightest is of a fade, which tells no place. */
const FADED = 0.5;

function meanColours(samples: FacesResult['samples']): ColourHistogram | null {
  const lightness = samples.map(({ histogram }) => lightnessOf(histogram));
  const least = FADED * Math.max(...lightness);
  const inside = samples.filter((_, i) => lightness[i]! >= least);
  if (inside.length === 0) return null;
  return inside[0]!.histogram.map(
    (_, i) => inside.reduce((sum, { histogram }) => sum + histogram[i]!, 0) / inside.length,
  );
}
