import { describe, expect, test } from '@jest/globals';
import { castAt } from '../../src/cast/names.js';
import { type CastSegment, readSegments, segmentRemovals, segmentWrites } from '../../src/cast/segments.js';
import {
  boxAt,
  byStart,
  CHUNK_SECONDS,
  chunkId,
  chunkWrites,
  embeddingWrites,
  joinChunks,
  type StoredTrack,
} from '../../src/cast/stored.js';
import { readWatched, type StoredShots } from '../../src/cast/watched.js';
import { faceOf, seconds } from '../library/library.js';

/** A face that wanders to the right, at these times. */
const track = (id: string, start: number, end: number, times: readonly number[]): StoredTrack => ({
  id,
  appearance: 'u1',
  shot: 0,
  start,
  end,
  samples: times.map((time) => [time, time / 1000, 0.1, 0.1, 0.1, 0.5] as const),
});

type Chunk = { readonly id: string; readonly index: number; readonly tracks: readonly StoredTrack[] };
const chunksOf = (...tracks: StoredTrack[]): Chunk[] =>
  chunkWrites('film', tracks).flatMap((write) => (write.kind === 'upsert' ? [write.document as unknown as Chunk] : []));

describe('stretches of a film', () => {
  test.each([
    ['inside one', 1, 4, [0]],
    ['from one to the next', 14, 16, [0, 1]],
    ['to the very end of one', 1, 15, [0]],
    ['from the very beginning of one', 15, 16, [1]],
    ['over three', 10, 40, [0, 1, 2]],
    ['of no length', 30, 30, [2]],
  ])('hold a track %s', (_, start, end, expected) => {
    expect(chunksOf(track('t1', start, end, [start])).map(({ index }) => index)).toEqual(expected);
  });

  test('are found by their time', () => {
    expect(CHUNK_SECONDS).toBe(15);
    expect([-0.04, 0, 14.9, 15, 44].map((time) => chunkId('film', time))).toEqual([
      'film:0',
      'film:0',
      'film:0',
      'film:1',
      'film:2',
    ]);
    expect(chunksOf(track('t1', 31, 32, [31]))[0]!.id).toBe(chunkId('film', 31));
  });

  test('replace those of the film, and of no other', () => {
    expect(chunkWrites('film', [])).toEqual([
      { kind: 'delete', collection: 'cast_chunks', filter: { contentHash: 'film' } },
    ]);
    expect(embeddingWrites('film', [], new Map())).toEqual([
      { kind: 'delete', collection: 'track_embeddings', filter: { contentHash: 'film' } },
    ]);
    expect(segmentRemovals('job')).toEqual([
      { kind: 'delete', collection: 'cast_parts', filter: { parentJob: 'job' } },
    ]);
    expect(segmentRemovals()).toEqual([{ kind: 'delete', collection: 'cast_parts', filter: {} }]);
  });

  test('hold the samples that they need, no more', () => {
    const samples = chunksOf(track('t1', 0, 60, seconds(0, 60))).map(({ tracks }) =>
      tracks[0]!.samples.map(([time]) => time),
    );
    expect(samples).toEqual([seconds(0, 15), seconds(14, 30), seconds(29, 45), seconds(44, 60)]);
  });

  test.each([
    ['whose samples go on', 5, 25, seconds(5, 25)],
    ['that was last seen just before', 5, 15.3, [5, 6, 14.8]],
    ['that was first seen just after', 14.7, 20, [15.2, 16, 17]],
    ['seen seldom', 1, 40, [1, 40]],
    ['seen once', 10, 20, [12]],
  ])('show a track %s where the whole track is', (_, start, end, times) => {
    const whole = track('t1', start, end, times);
    for (const time of [14.75, 14.99, 15, 15.1, 15.25]) {
      const chunk = chunksOf(whole).find(({ id }) => id === chunkId('film', time))!;
      expect(castAt(chunk, {}, time)).toEqual(castAt({ tracks: [whole] }, {}, time));
    }
  });

  test('give the tracks again, by their start, then by their names', () => {
    const tracks = [track('t2', 1, 40, [1, 20, 40]), track('t3', 1, 3, [1]), track('t1', 2, 3, [2])];
    expect(joinChunks(chunksOf(...tracks.toReversed()).reverse())).toEqual(tracks);
    expect([tracks[1]!, tracks[0]!].sort(byStart)).toEqual([tracks[0], tracks[1]]);
  });

  test('hold the embeddings of tracks that begin in a minute; of an erased one none', () => {
    const tracks = [0, 59.9, 60, 130].map((start, i) => track(`t${i}`, start, start + 100, [start]));
    const embeddings = new Map(['t0', 't1', 't3'].map((id, i) => [id, faceOf(i)] as const));
    const documents = embeddingWrites('film', tracks, embeddings).flatMap((write) =>
      write.kind === 'upsert' ? [write.document as unknown as { id: string; index: number; embeddings: object }] : [],
    );
    expect(documents.map(({ id, index, embeddings: own }) => [id, index, Object.keys(own)])).toEqual([
      ['film:0', 0, ['t0', 't1']],
      ['film:1', 1, []],
      ['film:2', 2, ['t3']],
    ]);
    const shots = { shots: [] } as unknown as StoredShots;
    const read = readWatched(shots, chunksOf(...tracks) as never[], documents as never[]);
    expect(read.tracks.map(({ id, embedding }) => [id, embedding !== null])).toEqual([
      ['t0', true],
      ['t1', true],
      ['t2', false],
      ['t3', true],
    ]);
  });
});

test.each([
  [[1, 3], 0, 1],
  [[1, 3], 1, 1],
  [[1, 3], 1.5, 1.5],
  [[1, 3], 3, 3],
  [[1, 3], 9, 3],
  [[4], 2, 4],
  [[4], 6, 4],
  [[1, 2, 6], 5, 5],
])('of samples at %j the box at %d is that of %d', (times, time, expected) => {
  const [x, ...rest] = boxAt(track('t1', 0, 10, times).samples, time);
  expect(x).toBeCloseTo(expected / 1000, 9);
  expect(rest).toEqual([0.1, 0.1, 0.1]);
});

test('segments of a film are read in order of time, whatever order they are stored in', () => {
  const seen = (time: number) => ({
    samples: [{ time, histogram: new Float32Array(64) }],
    thumbnails: [],
    detections: [{ time, score: 1, quality: 0.5, box: [0, 0, 1, 1] as const, embedding: faceOf(0) }],
    bodies: { times: [], detections: [] },
  });
  const documents = [600, 0, 300].flatMap((start) =>
    segmentWrites('film', 'job', { start, end: start + 300 }, seen(start), true).flatMap((write) =>
      write.kind === 'upsert' ? [write.document as CastSegment] : [],
    ),
  );
  expect(documents.map(({ id, truncated }) => [id, truncated])).toEqual([
    ['job:600:0000', true],
    ['job:0:0000', true],
    ['job:300:0000', true],
  ]);
  expect(readSegments(documents).map(({ samples }) => samples[0]!.time)).toEqual([0, 300, 600]);
});
