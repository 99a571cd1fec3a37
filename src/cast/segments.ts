import type { BodiesSeen } from '../bodies/analyzer.js';
import { eachRegion, REGIONS } from '../bodies/parts.js';
import type { FacesSeen } from '../faces/analyzer.js';
import type { Box } from '../faces/geometry.js';
import type { TimeWindow } from '../frames/types.js';
import { renamed } from '../storage/changed-documents.js';
import type { CollectionSpec, Document, Write } from '../storage/collection.js';

/**
 * What was seen in a segment of a long film, until the others are there too. Nothing is rounded: joined, they give the
 * same tracks as one pass over the whole film.
 */
export interface CastSegment extends Document {
  readonly contentHash: string;
  /** The analysis that the segment belongs to: the parent job. */
  readonly parentJob: string;
  /** Second at which the segment starts; a segment lies in several documents. */
  readonly start: number;
  readonly truncated: boolean;
  /** Time, and the colour histogram as base64 of float32. */
  readonly samples: readonly (readonly [time: number, histogram: string])[];
  /** What tells the shots, base64 of float64: time, change, change3, black (0 or 1), dissolve (NaN for none) of each thumbnail. */
  readonly thumbnails: string;
  /** Their hashes, base64 of two uint32 each, zeros for a plain picture; missing in what earlier versions stored. */
  readonly hashes?: string;
  /** Time, score, quality, box, and the embedding as base64 of float32. */
  readonly detections: readonly (readonly [
    time: number,
    score: number,
    quality: number,
    box: Box,
    embedding: string,
  ])[];
  /** Times that were looked at for bodies. Absent, as `bodies`: watched before bodies were looked for. */
  readonly bodyTimes?: readonly number[];
  /** Time, score, boxes of body and head, and the colours of each part as base64 of float32 (empty: not to be seen). */
  readonly bodies?: readonly StoredBodyDetection[];
}

type StoredBodyDetection = readonly [time: number, score: number, box: Box, head: Box, ...colours: string[]];

/** What the frames of a segment show. */
export interface SegmentSeen extends FacesSeen {
  readonly bodies: BodiesSeen;
}

export const CAST_SEGMENTS: CollectionSpec = {
  name: 'cast_parts',
  fields: { contentHash: 'string', parentJob: 'string', start: 'number', truncated: 'boolean' },
  indexes: [{ paths: ['contentHash'] }, { paths: ['parentJob'] }],
  retired: [{ paths: ['flow'] }],
  changes: [renamed('names', { flow: 'parentJob', glimpses: 'thumbnails', sightings: 'detections' })],
};

/**
 * What one document holds at most, 1 to 2 MB of each: a segment may be as long as its film, and a film have any number of
 * frames and faces a second. No database takes a document of any size (MongoDB 16 MB).
 */
const MOST = { samples: 4_000, thumbnails: 30_000, detections: 500, bodies: 500 } as const;

const encode = (numbers: Float32Array): string =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');

function decode(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
}

export function segmentWrites(
  contentHash: string,
  parentJob: string,
  { start }: TimeWindow,
  seen: SegmentSeen,
  truncated: boolean,
): Write[] {
  const kinds = ['samples', 'thumbnails', 'detections'] as const;
  const documents = Math.max(
    1,
    Math.ceil(seen.bodies.detections.length / MOST.bodies),
    Math.ceil(seen.bodies.times.length / MOST.samples),
    ...kinds.map((kind) => Math.ceil(seen[kind].length / MOST[kind])),
  );
  return Array.from({ length: documents }, (_, index): Write => {
    const of = <T>(items: readonly T[], most: number): readonly T[] => items.slice(index * most, (index + 1) * most);
    const document: Omit<CastSegment, 'version'> = {
      id: `${parentJob}:${start}:${String(index).padStart(4, '0')}`,
      contentHash,
      parentJob,
      start,
      truncated,
      samples: of(seen.samples, MOST.samples).map(({ time, histogram }) => [time, encode(histogram)]),
      thumbnails: encodeThumbnails(of(seen.thumbnails, MOST.thumbnails)),
      hashes: encodeHashes(of(seen.thumbnails, MOST.thumbnails)),
      detections: of(seen.detections, MOST.detections).map(({ time, score, quality, box, embedding }) => [
        time,
        score,
        quality,
        box,
        encode(embedding),
      ]),
      bodyTimes: of(seen.bodies.times, MOST.samples),
      bodies: of(seen.bodies.detections, MOST.bodies).map(({ time, score, box, head, colours }) => [
        time,
        score,
        box,
        head,
        ...REGIONS.map((region) => (colours[region] ? encode(colours[region]) : '')),
      ]),
    };
    return { kind: 'upsert', collection: CAST_SEGMENTS.name, document };
  });
}

/** What the segments show, in order of time. */
export function readSegments(segments: readonly CastSegment[]): SegmentSeen[] {
  return segments
    .toSorted((a, b) => a.start - b.start)
    .map(({ samples, thumbnails, hashes, detections, bodyTimes = [], bodies = [] }) => ({
      samples: samples.map(([time, histogram]) => ({ time, histogram: decode(histogram) })),
      thumbnails: withHashes(decodeThumbnails(thumbnails), hashes),
      detections: detections.map(([time, score, quality, box, embedding]) => ({
        time,
        score,
        quality,
        box,
        embedding: decode(embedding),
      })),
      bodies: {
        times: bodyTimes,
        detections: bodies.map(([time, score, box, head, ...colours]) => {
          const parts = eachRegion((_, index) => (colours[index] ? decode(colours[index]) : null));
          return { time, score, box, head, colours: parts };
        }),
      },
    }));
}

const NUMBERS_OF_A_THUMBNAIL = 5;

function encodeThumbnails(thumbnails: FacesSeen['thumbnails']): string {
  const numbers = thumbnails.flatMap(({ time, change, change3, black, dissolve }) => [
    time,
    change,
    change3,
    Number(black),
    dissolve ?? NaN,
  ]);
  return Buffer.from(Float64Array.from(numbers).buffer).toString('base64');
}

function decodeThumbnails(text: string): FacesSeen['thumbnails'] {
  const bytes = Buffer.from(text, 'base64');
  return Array.from({ length: bytes.length / 8 / NUMBERS_OF_A_THUMBNAIL }, (_, i) => {
    const number = (n: number): number => bytes.readDoubleLE((i * NUMBERS_OF_A_THUMBNAIL + n) * 8);
    const dissolve = number(4);
    return {
      time: number(0),
      change: number(1),
      change3: number(2),
      black: number(3) === 1,
      dissolve: Number.isNaN(dissolve) ? null : dissolve,
    };
  });
}

const encodeHashes = (thumbnails: FacesSeen['thumbnails']): string =>
  Buffer.from(Uint32Array.from(thumbnails.flatMap(({ hash }) => hash ?? [0, 0])).buffer).toString('base64');

function withHashes(thumbnails: FacesSeen['thumbnails'], text: string | undefined): FacesSeen['thumbnails'] {
  if (text === undefined) return thumbnails;
  const bytes = Buffer.from(text, 'base64');
  return thumbnails.map((one, i) => {
    const [high, low] = [bytes.readUInt32LE(8 * i), bytes.readUInt32LE(8 * i + 4)];
    return { ...one, hash: high === 0 && low === 0 ? null : [high, low] };
  });
}

/** The writes that remove the segments of an analysis, or all of the tenant's. */
export function segmentRemovals(parentJob?: string): Write[] {
  return [{ kind: 'delete', collection: CAST_SEGMENTS.name, filter: parentJob === undefined ? {} : { parentJob } }];
}
