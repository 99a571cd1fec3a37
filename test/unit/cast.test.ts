import { describe, expect, test } from '@jest/globals';
import { BINS } from '../../src/bodies/colour-layout.js';
import { eachRegion } from '../../src/bodies/parts.js';
import { buildCast } from '../../src/cast/cast.js';
import { castAt, nameCast, type NamedCast, type Names } from '../../src/cast/names.js';
import { joinScenes, type DescribedShot } from '../../src/cast/scenes.js';
import { type CastSegment, segmentWrites, readSegments } from '../../src/cast/segments.js';
import {
  type CastChunk,
  chunkWrites,
  CHUNK_SECONDS,
  embeddingWrites,
  joinChunks,
  type StoredTrack,
  type TrackEmbeddings,
} from '../../src/cast/stored.js';
import { readWatched, shotWrite, type StoredShots, watchedOf } from '../../src/cast/watched.js';
import type { FacesResult } from '../../src/faces/analyzer.js';
import type { Write } from '../../src/storage/collection.js';
import { faceOf, seconds, seen, watched } from '../library/library.js';

/** Appearance u1 is Ada's, all others are strangers of that number. */
function named(faces: FacesResult): NamedCast {
  const cast = buildCast(watchedOf(faces));
  const names: Names = Object.fromEntries(
    cast.appearances.map(({ key }, i) => [
      key,
      key === 'u1'
        ? { personId: 'ada', name: 'Ada', label: null, confidence: 0.9, hidden: false }
        : { personId: key, name: null, label: `person ${i}`, confidence: 0.8, hidden: false },
    ]),
  );
  return nameCast(cast, cast.tracks, cast.appearances, names);
}

describe('the cast', () => {
  test('tells people apart, with their scenes and best frames', () => {
    const { people, scenes } = named(
      watched([...seconds(1, 4).map((t) => seen(t, faceOf(0))), ...seconds(11, 16).map((t) => seen(t, faceOf(7)))]),
    );
    expect(people.map(({ name, label }) => name ?? label)).toEqual(['person 1', 'Ada']);
    expect(people.map(({ bestFrame: { time } }) => time)).toEqual([11, 1]);
    expect(scenes.flatMap(({ cast }) => cast.map(({ key }) => key)).sort()).toEqual(['ada', 'u2']);
  });

  test('two people of one frame are two appearances that meet, however alike they look', () => {
    const { appearances } = buildCast(
      watchedOf(watched(seconds(1, 4).flatMap((t) => [seen(t, faceOf(0, 0.95)), seen(t, faceOf(0, 0.9), 0.7)]))),
    );
    expect(appearances.map(({ key, meets }) => [key, meets])).toEqual([
      ['u1', ['u2']],
      ['u2', ['u1']],
    ]);
  });

  test('screen time ends at the cut and counts a bridged gap', () => {
    const faces = watched(
      [1, 2, 4, 9].map((t) => seen(t, faceOf(0))),
      [
        { start: 0, end: 9.2 },
        { start: 9.2, end: 20 },
      ],
    );
    const [ada] = named(faces).people;
    // .5 to 4.5, and 8.5 to the cut at 9.2.
    expect(ada!.screenTime).toBeCloseTo(4 + 0.7, 6);
    expect([ada!.firstSeen, ada!.lastSeen]).toEqual([0.5, 9.2]);
  });

  test('somebody is on screen to the cut, or half way to the frame that no longer shows them', () => {
    const cuts = [
      { start: 0, end: 4.9 },
      { start: 4.9, end: 20 },
    ];
    const seenAt = (times: number[]): [number, number] => {
      const [ada] = named(
        watched(
          times.map((t) => seen(t, faceOf(0))),
          cuts,
        ),
      ).people;
      return [ada!.firstSeen!, ada!.lastSeen!];
    };
    expect(seenAt([1, 2, 3, 4])).toEqual([0.5, 4.9]);
    expect(seenAt([6, 7, 8])).toEqual([5.5, 8.5]);
    expect(seenAt([5, 6])).toEqual([4.9, 6.5]);
  });

  test('somebody stays on screen to the cut, however closely other parts of the film were looked at', () => {
    const times = [...Array.from({ length: 30 }, (_, i) => i / 10), 4];
    const shots = [{ start: 0, end: 5 }];
    const faces = watched([seen(4, faceOf(0))], shots);
    const [face] = watchedOf({
      ...faces,
      samples: times.map((time) => ({ time, histogram: new Float32Array(64).fill(1 / 64) })),
    }).tracks;
    expect(face!.end).toBe(5);
    const colours = eachRegion(() => null);
    const box = [0.2, 0.1, 0.3, 0.9] as const;
    const detections = [{ time: 2, box, head: box, score: 1, colours }];
    const { bodies } = watchedOf(faces, {
      times: times.slice(0, 21),
      tracks: [{ id: 'b1', shot: 0, detections, colours }],
    });
    expect(bodies[0]!.end).toBe(5);
  });

  test('is the same when it is made again from what is stored', () => {
    // Two who are much alike, and tracks that go from one stored minute to the next.
    const faces = watched(
      [
        ...seconds(50, 70).map((t) => seen(t, faceOf(0, 0.8, 1))),
        ...seconds(55, 75).map((t) => seen(t, faceOf(0, 0.7, 2), 0.7)),
        ...seconds(130, 140).map((t) => seen(t, faceOf(0, 0.9, 1))),
      ],
      [
        { start: 0, end: 100 },
        { start: 100, end: 150 },
      ],
    );
    const before = watchedOf(faces);
    const cast = buildCast(before);
    const documents = <T>(writes: readonly Write[]): T[] =>
      writes.flatMap((write) => (write.kind === 'upsert' ? [JSON.parse(JSON.stringify(write.document)) as T] : []));
    const after = readWatched(
      documents<StoredShots>([shotWrite('film', before, 'v1', false)])[0]!,
      documents<CastChunk>(chunkWrites('film', cast.tracks)).reverse(),
      documents<TrackEmbeddings>(embeddingWrites('film', cast.tracks, cast.embeddings)),
    );
    expect(after).toEqual(before);
    expect(buildCast(after)).toEqual(cast);
  });

  test('whose face was erased stays in it, and is like nobody', () => {
    const before = watchedOf(
      watched([...seconds(1, 4), ...seconds(11, 14)].flatMap((t) => [seen(t, faceOf(0)), seen(t, faceOf(7), 0.7)])),
    );
    const erased = new Set(before.tracks.filter(({ samples }) => samples[0]![1] > 0.5).map(({ id }) => id));
    const left = before.tracks.map((one) => (erased.has(one.id) ? { ...one, embedding: null } : one));
    const { tracks, appearances, embeddings } = buildCast({ ...before, tracks: left });
    expect(tracks).toHaveLength(4);
    expect([...embeddings.keys()].some((id) => erased.has(id))).toBe(false);
    expect(appearances.map(({ tracks: own, embedding }) => [own.length, embedding === null])).toEqual([
      [2, false],
      [1, true],
      [1, true],
    ]);
  });

  test('somebody unknown is counted as a passer-by, somebody hidden is left out', () => {
    const cast = buildCast(watchedOf(watched(seconds(1, 4).map((t) => seen(t, faceOf(0))))));
    const passerBy = { personId: null, name: null, label: null, confidence: 0.5, hidden: false };
    const hidden = { ...passerBy, personId: 'x', hidden: true };
    const of = (who: Names[string]): NamedCast => nameCast(cast, cast.tracks, cast.appearances, { u1: who });
    expect([of(passerBy).people, of(passerBy).scenes[0]!.passersBy]).toEqual([[], 1]);
    expect([of(hidden).people, of(hidden).scenes[0]!.passersBy]).toEqual([[], 0]);
  });
});

describe('scenes', () => {
  const shot = (index: number, place: number, cast: string[]): DescribedShot => {
    const colours = new Float32Array(64);
    colours[place] = 1;
    return { start: index * 5, end: (index + 1) * 5, colours, cast: new Set(cast) };
  };

  test('a dialogue that cuts to and fro is one scene, the next place another', () => {
    const shots = [
      shot(0, 1, ['a']),
      shot(1, 2, ['b']),
      shot(2, 1, ['a']),
      shot(3, 2, ['b']),
      shot(4, 9, ['c']),
      shot(5, 9, ['c']),
    ];
    expect(joinScenes(shots).map(({ firstShot, lastShot }) => [firstShot, lastShot])).toEqual([
      [0, 3],
      [4, 5],
    ]);
  });

  test('cover the film without a gap', () => {
    const scenes = joinScenes([shot(0, 1, []), shot(1, 2, []), shot(2, 3, ['a'])]);
    expect(scenes.map(({ start, end }) => [start, end])).toEqual([
      [0, 5],
      [5, 10],
      [10, 15],
    ]);
  });
});

describe('who is on screen at a time', () => {
  const track: StoredTrack = {
    id: 't1',
    appearance: 'u1',
    shot: 0,
    start: 0.5,
    end: 4.5,
    samples: [
      [1, 0.1, 0.2, 0.1, 0.2, 0.5],
      [2, 0.3, 0.2, 0.1, 0.4, 0.5],
      [4, 0.3, 0.2, 0.1, 0.2, 0.5],
    ],
  };
  const names: Names = { u1: { personId: 'p0', name: 'Ada', label: null, confidence: 0.9, hidden: false } };
  const boxAt = (time: number): readonly number[] | undefined =>
    castAt({ tracks: [track] }, names, time)[0]?.box.map((value) => Math.round(value * 1e6) / 1e6);

  test('the box moves evenly between samples and stays at the ends', () => {
    expect(boxAt(1.5)).toEqual([0.2, 0.2, 0.1, 0.3]);
    expect(boxAt(2)).toEqual([0.3, 0.2, 0.1, 0.4]);
    expect(boxAt(3)).toEqual([0.3, 0.2, 0.1, 0.3]);
    expect(boxAt(0.6)).toEqual([0.1, 0.2, 0.1, 0.2]);
    expect(boxAt(4.4)).toEqual([0.3, 0.2, 0.1, 0.2]);
  });

  test('nobody before, after, or where nothing was stored', () => {
    expect(castAt({ tracks: [track] }, names, 0.4)).toEqual([]);
    expect(castAt({ tracks: [track] }, names, 4.5)).toEqual([]);
    expect(castAt(null, names, 1)).toEqual([]);
  });

  test('a track that crosses the end of a chunk answers the same from both sides', () => {
    const samples = [-2, -1, 1, 2].map((dt, i) => [CHUNK_SECONDS + dt, 0.1 * i, 0.1, 0.1, 0.1, 0.5] as const);
    const crossing: StoredTrack = { ...track, start: CHUNK_SECONDS - 2.5, end: CHUNK_SECONDS + 2.5, samples };
    const chunks = chunkWrites('hash', [crossing]).flatMap((write) =>
      write.kind === 'upsert' ? [write.document as unknown as { tracks: StoredTrack[] }] : [],
    );
    expect(chunks).toHaveLength(2);
    const whole = (time: number): unknown => castAt({ tracks: [crossing] }, names, time);
    expect(castAt(chunks[0]!, names, CHUNK_SECONDS - 0.1)).toEqual(whole(CHUNK_SECONDS - 0.1));
    expect(castAt(chunks[1]!, names, CHUNK_SECONDS + 0.1)).toEqual(whole(CHUNK_SECONDS + 0.1));
    expect(joinChunks(chunks)).toEqual([crossing]);
  });

  test('two hours of a busy film stay far below 16 MB a document', () => {
    const tracks = seconds(0, 2399).flatMap((i) =>
      [0, 1, 2].map((n): StoredTrack => ({
        ...track,
        id: `t${i}-${n}`,
        start: i * 3,
        end: i * 3 + 3,
        samples: [0, 1, 2].map((s) => [i * 3 + s, 0.1234, 0.1234, 0.1234, 0.1234, 0.1234] as const),
      })),
    );
    const largest = Math.max(...chunkWrites('hash', tracks).map((write) => JSON.stringify(write).length));
    expect(largest).toBeLessThan(2 ** 20);
  });
});

describe('what was seen in a stretch of a film', () => {
  test('lies in documents far from 16 MB, however long it is and however many frames and faces it has, and is read as it was', () => {
    const of = <T>(count: number, item: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => item(i));
    const before = {
      samples: of(4_200, (i) => ({ time: i, histogram: new Float32Array(64).fill(i / 4_200) })),
      thumbnails: of(70_000, (i) => ({
        time: i / 60,
        change: i,
        change3: 1,
        black: i % 2 === 0,
        dissolve: i % 3 ? null : i,
        hash: i % 5 ? null : ([i + 1, i] as const),
      })),
      detections: of(520, (i) => ({
        time: i,
        score: 1,
        quality: 0.5,
        box: [0, 0, 1, 1] as const,
        embedding: new Float32Array(512).fill(i),
      })),
      bodies: {
        times: of(9_000, (i) => i),
        detections: of(520, (i) => ({
          time: i,
          score: 0.5,
          box: [0, 0, 1, 1] as const,
          head: [0.1, -0.1, 0.2, 0.3] as const,
          colours: eachRegion((region) => (region === 'belly' ? null : new Float32Array(BINS).fill(i))),
        })),
      },
    };
    const writes = segmentWrites('film', 'job', { start: 0, end: 9_000 }, before, false);
    const documents = writes.flatMap((write) => (write.kind === 'upsert' ? [write.document as CastSegment] : []));
    expect(Math.max(...documents.map((document) => JSON.stringify(document).length))).toBeLessThan(8e6);
    expect(new Set(documents.map(({ id }) => id)).size).toBe(documents.length);
    const parts = readSegments(documents);
    const joined = (kind: 'samples' | 'thumbnails' | 'detections') =>
      parts.flatMap((part) => part[kind] as readonly unknown[]);
    expect(parts.flatMap(({ bodies }) => bodies.times)).toEqual(before.bodies.times);
    expect(parts.flatMap(({ bodies }) => bodies.detections)).toEqual(before.bodies.detections);
    expect(joined('thumbnails').length).toBe(70_000);
    expect([joined('thumbnails')[43_210], joined('thumbnails').at(-1)]).toEqual([
      before.thumbnails[43_210],
      before.thumbnails.at(-1),
    ]);
    expect(joined('samples')).toEqual(before.samples);
    expect(joined('detections')).toEqual(before.detections);
  });
});
