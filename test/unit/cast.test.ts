import { describe, expect, test } from '@jest/globals';
import { buildCast } from '../../src/cast/cast.js';
import { joinScenes, type DescribedShot } from '../../src/cast/scenes.js';
import { castAt, chunkWrites, CHUNK_SECONDS, type StoredTrack } from '../../src/cast/stored.js';
import type { FacesResult } from '../../src/faces/analyzer.js';
import { clusterTracks } from '../../src/faces/cluster.js';
import { normalize } from '../../src/faces/embed.js';
import { linkTracks, type Sighting } from '../../src/faces/tracks.js';
import type { Gallery } from '../../src/people/gallery.js';

function faceOf(person: number, likeness = 1): Float32Array {
  const vector = new Float32Array(16);
  vector[person] = likeness;
  vector[15] = Math.sqrt(1 - likeness * likeness);
  return normalize(vector);
}

const gallery: Gallery = {
  recognizer: 'face-embed-512',
  people: ['Ada', 'Grace'].map((name, i) => ({ id: `p${i}`, name, mean: faceOf(i), rejected: [] })),
};

const seen = (time: number, embedding: Float32Array, x = 0.2): Sighting => ({
  time,
  box: [x, 0.1, 0.1, 0.2],
  score: 1,
  quality: 0.7,
  embedding,
});

function watched(
  sightings: readonly Sighting[],
  shots = [
    { start: 0, end: 10 },
    { start: 10, end: 20 },
  ],
): FacesResult {
  const samples = Array.from({ length: 20 }, (_, time) => ({ time, signature: new Float32Array(64).fill(1 / 64) }));
  const tracks = linkTracks(
    [...sightings].sort((a, b) => a.time - b.time),
    shots,
  );
  return { samples, shots, tracks, people: clusterTracks(tracks) };
}

const times = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('the cast', () => {
  test('names whom the gallery knows and calls the others unknown', () => {
    const faces = watched([
      ...times(1, 4).map((t) => seen(t, faceOf(0, 0.8))),
      ...times(11, 14).map((t) => seen(t, faceOf(7))),
    ]);
    const { people, scenes } = buildCast({ faces, gallery });
    expect(people.map(({ name, label }) => [name, label])).toEqual([
      ['Ada', null],
      [null, 'person 1'],
    ]);
    expect(people[0]!.confidence).toBeGreaterThan(0.9);
    expect(scenes.flatMap(({ cast }) => cast.map(({ key }) => key)).sort()).toEqual(['p0', people[1]!.key].sort());
  });

  test('without a gallery everybody is an unnamed person', () => {
    const { people } = buildCast({
      faces: watched([
        ...times(1, 4).map((t) => seen(t, faceOf(0))),
        ...times(1, 4).map((t) => seen(t, faceOf(1), 0.7)),
      ]),
    });
    expect(people.map(({ name }) => name)).toEqual([null, null]);
    expect(new Set(people.map(({ label }) => label))).toEqual(new Set(['person 1', 'person 2']));
  });

  test('two people of one frame never share a name: the surer one has it', () => {
    const faces = watched(times(1, 4).flatMap((t) => [seen(t, faceOf(0, 0.95)), seen(t, faceOf(0, 0.6), 0.7)]));
    const names = buildCast({ faces, gallery }).people.map(({ name }) => name);
    expect(names.filter((name) => name === 'Ada')).toHaveLength(1);
    expect(names).toHaveLength(2);
  });

  test('screen time ends at the cut and counts a bridged gap', () => {
    const faces = watched(
      [1, 2, 4, 9].map((t) => seen(t, faceOf(0))),
      [
        { start: 0, end: 9.2 },
        { start: 9.2, end: 20 },
      ],
    );
    const [ada] = buildCast({ faces, gallery }).people;
    // .5 to 4.5, and 8.5 to the cut at 9.2.
    expect(ada!.screenTime).toBeCloseTo(4 + 0.7, 6);
    expect([ada!.firstSeen, ada!.lastSeen]).toEqual([0.5, 9.2]);
  });

  test('"not this person" takes the name away and keeps the face', () => {
    const faces = watched(times(1, 4).map((t) => seen(t, faceOf(0, 0.8))));
    const corrected = {
      ...gallery,
      people: gallery.people.map((person) => ({ ...person, rejected: person.name === 'Ada' ? [faceOf(0, 0.8)] : [] })),
    };
    expect(buildCast({ faces, gallery: corrected }).people.map(({ name }) => name)).toEqual([null]);
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
    key: 'p0',
    name: 'Ada',
    personId: 'p0',
    confidence: 0.9,
    start: 0.5,
    end: 4.5,
    samples: [
      [1, 0.1, 0.2, 0.1, 0.2],
      [2, 0.3, 0.2, 0.1, 0.4],
      [4, 0.3, 0.2, 0.1, 0.2],
    ],
  };
  const boxAt = (time: number): readonly number[] | undefined =>
    castAt({ tracks: [track] }, time)[0]?.box.map((value) => Math.round(value * 1e6) / 1e6);

  test('the box moves evenly between samples and stays at the ends', () => {
    expect(boxAt(1.5)).toEqual([0.2, 0.2, 0.1, 0.3]);
    expect(boxAt(2)).toEqual([0.3, 0.2, 0.1, 0.4]);
    expect(boxAt(3)).toEqual([0.3, 0.2, 0.1, 0.3]);
    expect(boxAt(0.6)).toEqual([0.1, 0.2, 0.1, 0.2]);
    expect(boxAt(4.4)).toEqual([0.3, 0.2, 0.1, 0.2]);
  });

  test('nobody before, after, or where nothing was stored', () => {
    expect(castAt({ tracks: [track] }, 0.4)).toEqual([]);
    expect(castAt({ tracks: [track] }, 4.5)).toEqual([]);
    expect(castAt(null, 1)).toEqual([]);
  });

  test('a track that crosses the end of a chunk answers the same from both sides', () => {
    const samples = [-2, -1, 1, 2].map((dt, i) => [CHUNK_SECONDS + dt, 0.1 * i, 0.1, 0.1, 0.1] as const);
    const crossing: StoredTrack = { ...track, start: CHUNK_SECONDS - 2.5, end: CHUNK_SECONDS + 2.5, samples };
    const chunks = chunkWrites('hash', [crossing]).flatMap((write) =>
      write.kind === 'upsert' ? [write.document as unknown as { tracks: StoredTrack[] }] : [],
    );
    expect(chunks).toHaveLength(2);
    const whole = (time: number): unknown => castAt({ tracks: [crossing] }, time);
    expect(castAt(chunks[0]!, CHUNK_SECONDS - 0.1)).toEqual(whole(CHUNK_SECONDS - 0.1));
    expect(castAt(chunks[1]!, CHUNK_SECONDS + 0.1)).toEqual(whole(CHUNK_SECONDS + 0.1));
  });

  test('two hours of a busy film stay far below 16 MB a document', () => {
    const tracks = times(0, 2399).flatMap((i) =>
      [0, 1, 2].map((n): StoredTrack => ({
        ...track,
        id: `t${i}-${n}`,
        start: i * 3,
        end: i * 3 + 3,
        samples: [0, 1, 2].map((s) => [i * 3 + s, 0.1234, 0.1234, 0.1234, 0.1234] as const),
      })),
    );
    const largest = Math.max(...chunkWrites('hash', tracks).map((write) => JSON.stringify(write).length));
    expect(largest).toBeLessThan(2 ** 20);
  });
});
