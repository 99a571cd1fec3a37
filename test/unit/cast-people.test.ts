import { describe, expect, test } from '@jest/globals';
import { describeAppearances } from '../../src/cast/appearances.js';
import { buildCast, type Cast } from '../../src/cast/cast.js';
import { castAt, nameCast, type NamedCast, type Names, nameTracks, type Who } from '../../src/cast/names.js';
import type { StoredTrack } from '../../src/cast/stored.js';
import { type Watched, watchedOf } from '../../src/cast/watched.js';
import type { FacesResult } from '../../src/faces/analyzer.js';
import { similarity } from '../../src/faces/embed.js';
import { decodeEmbedding } from '../../src/faces/embedding-text.js';
import { faceOf, seconds } from '../library/library.js';

/** @param seen time and quality of each detection; the box is at the time's place */
const track = (
  id: string,
  appearance: string,
  [start, end]: readonly [number, number],
  seen: readonly (readonly [time: number, quality: number])[],
  shot = 0,
): StoredTrack => ({
  id,
  appearance,
  shot,
  start,
  end,
  samples: seen.map(([time, quality]) => [time, time / 100, 0.2, 0.3, 0.4, quality] as const),
});

const who = (personId: string | null, options: Partial<Who> = {}): Who => ({
  personId,
  name: null,
  label: null,
  confidence: 0.9,
  hidden: false,
  ...options,
});

describe('an appearance', () => {
  const tracks = [
    track('t1', 'u1', [10, 14], [[11, 0.2], [12, 0.8], [13, 0.3]]), // prettier-ignore
    track('t2', 'u2', [11, 13], [[12, 0.5]]), // prettier-ignore
    track('t3', 'u1', [2, 5], [[3, 0.4], [4, 0.1]]), // prettier-ignore
    track('t4', 'u3', [3, 4], [[3, 0.6]]), // prettier-ignore
    track('t5', 'u0', [12, 13], [[12, 0.7]]), // prettier-ignore
  ];
  const described = () => new Map(describeAppearances(tracks, new Map()).map((one) => [one.key, one]));

  test('sums up its tracks: how long, how well and when somebody was seen', () => {
    const { weight, ...rest } = described().get('u1')!;
    expect(weight).toBeCloseTo(0.2 + 0.8 + 0.3 + 0.4 + 0.1, 9);
    expect(rest).toEqual({
      key: 'u1',
      tracks: ['t1', 't3'],
      quality: 0.8,
      screenTime: 4 + 3,
      firstSeen: 2,
      lastSeen: 14,
      bestFrame: { time: 12, box: [0.12, 0.2, 0.3, 0.4] },
      meets: ['u0', 'u2', 'u3'],
      embedding: null,
    });
  });

  test('meets those who were seen in the same frame, nobody else', () => {
    expect(['u2', 'u3', 'u0'].map((key) => described().get(key)!.meets)).toEqual([['u0', 'u1'], ['u1'], ['u1', 'u2']]);
    expect(describeAppearances([track('t1', 'u1', [0, 1], [[0, 1]])], new Map())[0]!.meets).toEqual([]);
  });

  test('looks as its tracks do, the longer and the better seen the more', () => {
    const [long, short] = [faceOf(0), faceOf(1)];
    const [one] = describeAppearances(
      [
        track('t1', 'u1', [0, 3], [[0, 0.55], [1, 0.55], [2, 0.75]]), // prettier-ignore
        track('t2', 'u1', [4, 5], [[4, 0.95]]), // prettier-ignore
        track('t3', 'u1', [6, 7], [[6, 0.95]]), // prettier-ignore
      ],
      new Map([['t1', long], ['t2', short]]), // prettier-ignore
    );
    // .6 + .6 + .8 of the one, 1 of the other; the third was erased.
    const mean = decodeEmbedding(one!.embedding!);
    expect(similarity(mean, long)).toBeCloseTo(2 / Math.sqrt(5), 2);
    expect(similarity(mean, short)).toBeCloseTo(1 / Math.sqrt(5), 2);
  });
});

describe('who makes a scene', () => {
  const unnamed = (id: string, seen: Parameters<typeof track>[3], shot: number, face: Float32Array | null) => {
    const { appearance: _appearance, ...rest } = track(id, '', [seen[0]![0], seen[0]![0] + 1], seen, shot);
    return { ...rest, embedding: face };
  };

  type Seen = Parameters<typeof track>[3];
  /** Two shots with some colours in common; in the first somebody is seen well, unless it is said how. @param second who is in the second */
  const twoShots = (
    seen: Seen,
    second = 0,
    first: Seen = [
      [1, 0.9],
      [2, 0.9],
    ],
  ): Cast => {
    const colours = [1, 2].map((own) =>
      Float32Array.from({ length: 64 }, (_one, i) => [0.7][i] ?? 0).fill(0.3, own, own + 1),
    );
    return buildCast({
      shots: colours.map((one, i) => ({ start: i * 5, end: i * 5 + 5, colours: one })),
      tracks: [unnamed('t1', first, 0, faceOf(0)), unnamed('t2', seen, 1, faceOf(second))],
      bodies: [],
    });
  };

  test.each([
    ['two fair detections', [[6, 0.4], [7, 0.4]]], // prettier-ignore
    ['several poor ones', [[6, 0.3], [7, 0.3], [8, 0.3]]], // prettier-ignore
  ] as const)('somebody who is in both shots joins them; seen in %s', (_, seen) => {
    const { scenes, shots } = twoShots(seen);
    expect(scenes).toHaveLength(1);
    expect(shots).toEqual([
      { start: 0, end: 5 },
      { start: 5, end: 10 },
    ]);
    expect(twoShots(seen, 1).scenes).toHaveLength(2);
  });

  test('a passer-by joins no shots', () => {
    expect(twoShots([[6, 0.3]], 0, [[1, 0.3]]).scenes).toHaveLength(2);
  });

  test('faces that were erased are an appearance each, after all others', () => {
    const tracks = [0, 1, 2].map((n) => unnamed(`t${n}`, [[n, 0.7]], 0, n === 1 ? faceOf(0) : null));
    const { tracks: stored } = buildCast({ shots: [{ start: 0, end: 5, colours: null }], tracks, bodies: [] });
    expect(stored.map(({ appearance }) => appearance)).toEqual(['u2', 'u1', 'u3']);
  });
});

describe('a cast with its names', () => {
  const shots = [0, 10, 20, 30].map((start) => ({ start, end: start + 10 }));
  const scenes = [
    { start: 0, end: 10, firstShot: 0, lastShot: 0 },
    { start: 10, end: 40, firstShot: 1, lastShot: 3 },
  ];
  const tracks = [
    track('t1', 'u1', [1, 3], [[1, 0.5]]),
    track('t2', 'u2', [11, 16], [[12, 0.9]], 1),
    track('t3', 'u3', [12, 13], [[12, 0.5]], 1),
    track('t4', 'u1', [31, 32], [[31, 0.2]], 3),
    track('t5', 'u4', [31, 39], [[31, 0.2]], 3),
    track('t6', 'u5', [21, 22], [[21, 0.2]], 2),
  ];
  const ada = { name: 'Ada', confidence: 0.7 };
  const names: Names = {
    u1: who('p1', ada),
    u2: who('p1', { ...ada, confidence: 0.95 }),
    u3: who(null),
    u4: who('p2', { label: 'person 1', confidence: 0.8 }),
    u5: who('p3', { hidden: true }),
  };
  const cast = (): NamedCast => nameCast({ scenes, shots }, tracks, describeAppearances(tracks, new Map()), names);

  test('tells who is in which scene, the longest first, and counts passers-by', () => {
    expect(
      cast().scenes.map((scene) => [
        scene.start,
        scene.end,
        scene.shots,
        scene.passersBy,
        scene.cast.map(({ key, screenTime }) => [key, screenTime]),
      ]),
    ).toEqual([
      [0, 10, 1, 0, [['p1', 2]]],
      [10, 40, 3, 1, [['p2', 8], ['p1', 6]]], // prettier-ignore
    ]);
  });

  test('a poor face has a name only where something else supports it', () => {
    const poor = tracks.map((one) => ({ ...one, clear: one.appearance !== 'u2' && one.appearance !== 'u4' }));
    const told = (everybody: NonNullable<Parameters<typeof nameCast>[4]> = []): string[][] =>
      nameCast({ scenes, shots }, poor, describeAppearances(poor, new Map()), names, everybody).shots.map((shot) => [
        ...shot.cast,
      ]);
    // a stranger has no name to be wrong about
    expect(told()).toEqual([['p1'], [], [], ['p1', 'p2']]);
    const stretch = { track: 't2', personId: 'p1', by: 'face', start: 11, end: 16 };
    expect(told([stretch])[1]).toEqual(['p1']);
    expect(told([{ ...stretch, personId: null }])[1]).toEqual([]);
    const { scenes: counted } = nameCast({ scenes, shots }, poor, describeAppearances(poor, new Map()), names, []);
    expect(counted[1]!.passersBy).toBe(2);
    // faces alone
    expect(nameCast({ scenes, shots }, poor, describeAppearances(poor, new Map()), names).scenes[1]!.passersBy).toBe(1);
  });

  test('tells who is in which shot', () => {
    expect(cast().shots).toEqual([
      { start: 0, end: 10, cast: ['p1'] },
      { start: 10, end: 20, cast: ['p1'] },
      { start: 20, end: 30, cast: [] },
      { start: 30, end: 40, cast: ['p1', 'p2'] },
    ]);
  });

  test('tells of each person when they were seen, how sure that is, and the frame that shows them best', () => {
    expect(cast().people).toEqual([
      {
        key: 'p1',
        personId: 'p1',
        name: 'Ada',
        label: null,
        confidence: 0.95,
        screenTime: 2 + 5 + 1,
        firstSeen: 1,
        lastSeen: 32,
        bestFrame: { time: 12, box: [0.12, 0.2, 0.3, 0.4] },
        appearances: ['u1', 'u2'],
        tracks: 3,
        inferredTime: 0,
      },
      expect.objectContaining({ key: 'p2', name: null, label: 'person 1', confidence: 0.8, tracks: 1 }),
    ]);
    const stretch = (by: string, personId: string | null, start: number, end: number) => ({ by, personId, start, end });
    const everybody = [
      stretch('face', 'p1', 1, 3),
      stretch('body', 'p1', 3, 7),
      stretch('scene', 'p1', 12, 15.5),
      stretch('body', null, 0, 9),
    ];
    const seen = nameCast({ scenes, shots }, tracks, describeAppearances(tracks, new Map()), names, everybody).people;
    expect(seen.map(({ screenTime, inferredTime }) => [screenTime, inferredTime])).toEqual([[8, 7.5], [8, 0]]); // prettier-ignore
    const other = describeAppearances(tracks, new Map()).reverse();
    expect(nameCast({ scenes, shots }, tracks, other, names).people[0]!.bestFrame.time).toBe(12);
  });

  test('a pause names the surest first, and leaves out who is hidden', () => {
    const chunk = { tracks: tracks.map((one) => ({ ...one, start: 0, end: 10 })) };
    expect(castAt(chunk, names, 5).map(({ key, track: id, confidence }) => [key, id, confidence])).toEqual([
      ['p1', 't2', 0.95],
      ['u3', 't3', 0.9],
      ['p2', 't5', 0.8],
      ['p1', 't1', 0.7],
      ['p1', 't4', 0.7],
    ]);
    expect(castAt(chunk, names, 0)).toHaveLength(5);
    expect(castAt(chunk, names, 10)).toEqual([]);
  });

  test('a track that nobody was asked about is nobody’s, and shown', () => {
    expect(nameTracks([tracks[0]!], {})).toEqual([
      { ...tracks[0]!, personId: null, name: null, label: null, confidence: 0 },
    ]);
  });
});

describe('what was watched', () => {
  /** Frames at these times, and one face that was seen in some of them. */
  const watch = (times: readonly number[], seenAt: readonly number[], shots = [{ start: 0, end: 1000 }]): Watched =>
    watchedOf({
      samples: times.map((time) => ({ time, histogram: new Float32Array(64).fill(time) })),
      shots,
      tracks: [
        {
          id: 't1',
          shot: 0,
          detections: seenAt.map((time) => ({
            time,
            box: [0.123456, 0.2, 0.3, 0.4] as const,
            score: 1,
            quality: 0.765432,
            embedding: faceOf(0),
          })),
          embedding: faceOf(0),
        },
      ],
    });
  const span = (...args: Parameters<typeof watch>): [number, number] => {
    const [{ start, end }] = watch(...args).tracks as [Watched['tracks'][number]];
    return [start, end];
  };

  test.each([
    ['half way to the frames without it', seconds(0, 20), [5, 6, 7], [4.5, 7.5]],
    ['not to a frame of long before or after', [0, 1, 2, 3, 4, 5, 6, 40, 41, 42], [40], [39, 40.5]],
    ['a usual frame’s time, where frames are missing', [0, 1, 2, 11, 12, 13], [2], [1.5, 3]],
    ['at most 10 s, however rare frames are', [0, 50, 100, 150], [100], [90, 110]],
    ['a frame’s time where frames are evenly rare', [0, 8, 16, 24], [8], [4, 12]],
    ['a second around the only frame', [30], [30], [29, 31]],
    ['from the first frame', seconds(0, 20), [0, 1], [0, 1.5]],
  ])('a face is on screen %s', (_, times, seenAt, expected) => {
    expect(span(times, seenAt)).toEqual(expected);
    // A second look comes later and may look at any time.
    expect(span(times.toReversed(), seenAt)).toEqual(expected);
  });

  test('a face that was seen at the cut is on screen for a moment', () => {
    const [start, end] = span(seconds(0, 20), [10], [{ start: 0, end: 10 }]);
    expect([start, end]).toEqual([9.5, 10.001]);
  });

  test('a track of no known shot may be anywhere', () => {
    expect(span(seconds(0, 20), [5], [])).toEqual([4.5, 5.5]);
  });

  test('a shot has the mean colours of its frames; one half as light as the lightest is of a fade', () => {
    const shots = [0, 2, 5, 5.5].map((start, i, all) => ({ start, end: all[i + 1] ?? 9 }));
    expect(watch([0, 1, 2, 3, 4, 7], [1], shots).shots.map(({ colours }) => colours?.[7] ?? null)).toEqual([
      1,
      3,
      null,
      7,
    ]);
  });

  test('places and qualities are kept to four digits', () => {
    expect(watch([1], [1]).tracks[0]!.samples).toEqual([[1, 0.1235, 0.2, 0.3, 0.4, 0.7654]]);
  });

  test('tracks come in order of time', () => {
    const detection = { box: [0, 0, 1, 1] as const, score: 1, quality: 0.5, embedding: faceOf(0) };
    const faces: FacesResult = {
      samples: seconds(0, 9).map((time) => ({ time, histogram: new Float32Array(64) })),
      shots: [{ start: 0, end: 10 }],
      tracks: [7, 3, 5].map((time) => ({
        id: `t${time}`,
        shot: 0,
        detections: [{ ...detection, time }],
        embedding: faceOf(0),
      })),
    };
    expect(watchedOf(faces).tracks.map(({ id }) => id)).toEqual(['t3', 't5', 't7']);
  });
});
