import { describe, expect, test } from '@jest/globals';
import { FACE_NETWORKS } from '../../src/config/face-networks.js';
import { clusterTracks, poorPenalty, type Shown } from '../../src/faces/cluster.js';
import { colourDistance, colourHistogramOf, spansOfColour } from '../../src/faces/colour-histogram.js';
import { meanEmbedding, normalize, similarity } from '../../src/faces/embed.js';
import { decodeEmbedding, encodeEmbedding } from '../../src/faces/embedding-text.js';
import { type Evidence, faceProbability, features } from '../../src/faces/face-verifier.js';
import { type Box, clip, containment, type FivePoints, iou, suppress, toFractions } from '../../src/faces/geometry.js';
import { faceQuality, misfit, yaw } from '../../src/faces/quality.js';
import { decodeWhitening, demandOf, RECOGNIZERS } from '../../src/faces/recognizers.js';
import { decode } from '../../src/faces/rfb.js';
import { linkTracks, type Detection, weightOf } from '../../src/faces/tracks.js';
import { apply, drawWarped, fitSimilarity, resize, TEMPLATE_112 } from '../../src/faces/warp.js';
import type { RgbImage } from '../../src/frames/types.js';
import { padded } from '../../src/inference/padding.js';

/** At this cosine to the first axis, the rest along another one. */
function at(cosine: number, rest = 1): Float32Array {
  const vector = new Float32Array(16);
  vector[0] = cosine;
  vector[rest] = Math.sqrt(1 - cosine * cosine);
  return normalize(vector);
}

const seen = (time: number, embedding: Float32Array, x = 0.1, quality = 0.6): Detection => ({
  time,
  box: [x, 0.2, 0.2, 0.2],
  score: 1,
  quality,
  embedding,
});

const SHOT = [{ start: 0, end: 100 }];
/** Times of the detections of each track. */
const linked = (detections: readonly Detection[], shots = SHOT): number[][] =>
  linkTracks(detections, shots).map(({ detections: own }) => own.map(({ time }) => time));

describe('a face in the next frame is the same track', () => {
  test.each([
    ['anywhere, where it is alike', 0.48, 0.8, true],
    ['not anywhere, where it is less alike', 0.46, 0.8, false],
    ['at the same place, where it is a little alike', 0.21, 0.1, true],
    ['not at the same place, where it is hardly alike', 0.19, 0.1, false],
    ['near by: a quarter of both boxes in common', 0.3, 0.219, true],
    ['not further', 0.3, 0.221, false],
  ])('%s', (_, cosine, x, same) => {
    expect(linked([seen(0, at(1), 0.1), seen(1, at(cosine), x)])).toHaveLength(same ? 1 : 2);
  });

  test('after 3.5 seconds at most', () => {
    expect(linked([seen(0, at(1)), seen(3.5, at(1))])).toHaveLength(1);
    expect(linked([seen(0, at(1)), seen(3.6, at(1))])).toHaveLength(2);
    expect(linked([seen(0, at(1)), seen(3.5, at(1)), seen(7, at(1)), seen(10.6, at(1))])).toEqual([
      [0, 3.5, 7],
      [10.6],
    ]);
  });

  test('and not after a cut; a frame of the cut’s time is behind it', () => {
    const shots = [
      { start: 0, end: 2 },
      { start: 2, end: 3 },
      { start: 3, end: 9 },
    ];
    const tracks = linkTracks(
      [0, 1, 1.9995, 4].map((time) => seen(time, at(1))),
      shots,
    );
    expect(tracks.map(({ id, shot, detections }) => [id, shot, detections.length])).toEqual([
      ['t1', 0, 2],
      ['t2', 1, 1],
      ['t3', 2, 1],
    ]);
  });

  test('place decides between two that are about as alike', () => {
    const [left, right] = [seen(0, at(0.9, 1), 0.1), seen(0, at(0.9, 2), 0.6)];
    // A little more like the one on the right, but at the place of the one on the left.
    const tracks = linkTracks([left, right, seen(1, at(0.92, 2), 0.1)], SHOT);
    const likeness = [left, right].map(({ embedding }) => similarity(embedding, at(0.92, 2)));
    expect(likeness[1]! - likeness[0]!).toBeGreaterThan(0);
    expect(likeness[1]! - likeness[0]!).toBeLessThan(0.3);
    expect(tracks.map(({ detections }) => detections.map(({ time, box }) => [time, box[0]]))).toEqual([
      [[0, 0.1], [1, 0.1]], // prettier-ignore
      [[0, 0.6]],
    ]);
  });

  test('likeness decides where it says more than place', () => {
    const [left, right] = [seen(0, at(0.75, 1), 0.1), seen(0, at(0.75, 2), 0.6)];
    const tracks = linkTracks([left, right, seen(1, at(0.75, 2), 0.1)], SHOT);
    expect(tracks.map(({ detections }) => detections.map(({ box }) => box[0]))).toEqual([[0.1], [0.6, 0.1]]);
  });

  test('as the track looks on the whole: poor detections count little, but count', () => {
    const [track] = linkTracks([seen(0, at(1), 0.1, 0.95), seen(1, at(0.5), 0.1, 0)], SHOT);
    expect(track!.detections).toHaveLength(2);
    const mean = meanEmbedding([at(1), at(0.5)], [1, 0.05]);
    expect(similarity(track!.embedding, mean)).toBeCloseTo(1, 6);
    expect(similarity(track!.embedding, at(1))).toBeLessThan(0.9995);
    expect([0, 0.5].map((quality) => weightOf({ quality }))).toEqual([0.05, 0.55]);
  });

  test('tracks are numbered by their first detections', () => {
    const tracks = linkTracks([seen(0, at(0, 1)), seen(1, at(0, 2), 0.5), seen(2, at(0, 1)), seen(9, at(0, 3))], SHOT);
    expect(tracks.map(({ id, detections }) => [id, detections[0]!.time])).toEqual([
      ['t1', 0],
      ['t2', 1],
      ['t3', 9],
    ]);
    expect(linkTracks([], SHOT)).toEqual([]);
  });
});

describe('tracks of one person', () => {
  /** Seen at these times, so well. */
  const track = (embedding: Float32Array, times: readonly number[], quality = 0.95): Shown => ({
    embedding,
    detections: times.map((time) => ({ time, quality })),
  });
  const groups = (tracks: readonly Shown[]): number[][] =>
    clusterTracks(tracks).map(({ tracks: own }) => own.map((one) => tracks.indexOf(one)));

  test.each([
    ['are alike', 0.41, 1],
    ['are not less alike', 0.39, 2],
  ])('%s', (_, cosine, expected) => {
    expect(groups([track(at(1), [0, 1]), track(at(cosine), [10, 11])])).toHaveLength(expected);
  });

  test.each([
    ['two detections are no person to join others to', [0], [10], 0.65, 2],
    ['a detection or two more are', [0, 1], [10], 0.65, 1],
    ['well seen ones as well', [0], [10], 0.75, 1],
  ])('%s', (_, first, second, quality, expected) => {
    // Weights of .7 (or .8) each; 1.5 makes a person.
    expect(groups([track(at(1), first, quality), track(at(0.9), second, quality)])).toHaveLength(expected);
  });

  test('poor faces have to be more alike', () => {
    expect([0, 0.07, 0.175, 0.35, 1].map((quality) => Math.round(poorPenalty(quality) * 1e6) / 1e6)).toEqual([
      0.3, 0.24, 0.15, 0, 0,
    ]);
    const pair = (cosine: number, quality: number): number =>
      groups([track(at(1), [0, 1]), track(at(cosine), [10, 11, 12, 13, 14, 15, 16, 17], quality)]).length;
    // .4 and half of .3.
    expect([pair(0.54, 0.175), pair(0.56, 0.175), pair(0.41, 0.35)]).toEqual([2, 1, 1]);
    // The best face of a track says how poor it is.
    const mixed = { embedding: at(0.5), detections: [{ time: 10, quality: 0.1 }, { time: 11, quality: 0.9 }] }; // prettier-ignore
    expect(groups([track(at(1), [0, 1]), mixed])).toHaveLength(1);
  });

  describe('who were seen often are joined by all of their tracks', () => {
    /** Tracks of one person: each at this cosine to the person's axis, the rest along an axis of its own. */
    const tracksOf = (axis: Float32Array, count: number, from: number, quality = 0.95): Shown[] =>
      Array.from({ length: count }, (_, i) => {
        const own = new Float32Array(64);
        own[40 + from + i] = 0.6;
        return track(normalize(own.map((value, at) => value + 0.8 * axis[at]!)), [from * 10 + i], quality);
      });
    const axis = (...cosines: number[]): Float32Array =>
      normalize(Float32Array.from({ length: 64 }, (_, i) => cosines[i] ?? 0));
    /** How many people these make: two axes at a cosine, so many tracks each. Two tracks' cosine is .64 of their axes'. */
    const people = (cosine: number, count: number, quality?: number): number =>
      groups([
        ...tracksOf(axis(1), count, 0, quality),
        ...tracksOf(axis(cosine, Math.sqrt(1 - cosine * cosine)), count, 8, quality),
      ]).length;

    test('the more tracks, the less alike they have to be', () => {
      // One pair: .4; nine: .25 + .15 / 3.
      expect([1, 3].map((count) => people(0.5, count))).toEqual([2, 1]);
      expect([0.45, 0.49].map((cosine) => people(cosine, 3))).toEqual([2, 1]);
    });

    test('not where one of each is in a frame with the other, nor where they were hardly seen', () => {
      const [one, other] = [tracksOf(axis(1), 3, 0), tracksOf(axis(0.5, Math.sqrt(0.75)), 3, 8)];
      const beside = { ...other[0]!, detections: one[0]!.detections };
      expect(groups([...one, ...other])).toHaveLength(1);
      expect(groups([...one, beside, ...other.slice(1)])).toHaveLength(2);
      // Weights of .2 each.
      expect(people(0.9, 1, 0.15)).toBe(2);
    });
  });

  test('a chain of look-alikes does not join two people', () => {
    // 0 and 1 are alike, and so are 1 and 2; but the mean of the first two is not like the third.
    const turned = (degrees: number): Float32Array =>
      normalize(Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)));
    const chain = (last: number): number[][] =>
      groups([track(turned(0), [0, 1]), track(turned(40), [10, 11]), track(turned(last), [20, 21])]);
    expect(chain(85)).toEqual([[0, 1, 2]]);
    expect(chain(90)).toEqual([[0, 1], [2]]);
  });

  test('who is on screen together is two people, and one who is like both goes to the likelier', () => {
    const both = [track(at(1), [0, 1]), track(at(0.8), [1, 2]), track(at(0.9), [10, 11])];
    const nearer =
      similarity(both[2]!.embedding, both[0]!.embedding) > similarity(both[2]!.embedding, both[1]!.embedding);
    expect(nearer).toBe(false);
    expect(groups(both)).toEqual([[0], [1, 2]]);
  });

  test('a brief track goes to the person that it is most like, and joins nobody else to them', () => {
    const brief = track(at(0.9, 3), [20], 0.4);
    const tracks = [track(at(1), [0, 1]), brief, track(at(0.1, 3), [10, 11])];
    expect(similarity(tracks[0]!.embedding, tracks[2]!.embedding)).toBeLessThan(0.45);
    expect(groups(tracks)).toEqual([[0, 1], [2]]);
    const briefAlone = [track(at(1), [0], 0.2), track(at(1), [10], 0.2)];
    expect(groups(briefAlone)).toEqual([[0], [1]]);
  });

  describe('that is too brief to join others', () => {
    /** Cosines to three axes. */
    const face = (...cosines: number[]): Float32Array => Float32Array.from({ length: 16 }, (_, i) => cosines[i] ?? 0);
    const unit = (...cosines: number[]): Float32Array => normalize(face(...cosines));
    /** Seen once: a weight of .6 each, so that three make a person. */
    const once = (embedding: Float32Array, time: number, quality = 0.55): Shown => track(embedding, [time], quality);
    const [left, right] = [unit(1, 0, 0.3), unit(0.1, 1, 0.3)];
    const people = [...[0, 1, 2].map((time) => once(left, time)), ...[3, 4, 5].map((time) => once(right, time))];
    const ends = (tracks: readonly Shown[]): number => groups(tracks).findIndex((own) => own.includes(6));

    test('belongs to somebody who is alike, the likelier of two', () => {
      expect(groups(people)).toEqual([[0, 1, 2], [3, 4, 5]]); // prettier-ignore
      // A weight of .1, and of one face of each: no three in all.
      const between = (towards: number) => [
        { ...people[0]!, embedding: unit(1, 0, 0.3) },
        ...people.slice(1),
        once(unit(0.8 + towards, 0.8 - towards, 0.3), 9, 0.05),
      ];
      expect([ends(between(0.2)), ends(between(-0.2))]).toEqual([0, 1]);
    });

    const turned = (degrees: number): Float32Array =>
      unit(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));
    const chain = (quality: number, times: readonly number[] = [0, 1, 2]): number[][] =>
      groups([0, 40, 80].map((degrees, i) => once(turned(degrees), times[i]!, quality)));

    test('joins two others only where they make a person together', () => {
      // The first and the last are no neighbours; the one in the middle has both.
      expect(chain(0.55)).toEqual([[0, 1, 2]]);
      expect(chain(0.2)).toEqual([[0], [1], [2]]);
    });

    test('is somebody else where it is on screen beside them', () => {
      expect(chain(0.55, [0, 1, 1])).toEqual([[0, 1], [2]]);
      expect(chain(0.55, [1, 1, 2])).toEqual([[0], [1, 2]]);
    });
  });

  test('of two who are nearly as alike the likelier one comes first', () => {
    // Both on screen at once; 3 is like both, within a two-hundredth.
    const pair = (first: number, second: number): number[][] =>
      groups([track(at(first, 1), [0, 1]), track(at(second, 2), [1, 2]), track(at(1), [10, 11])]);
    expect(pair(0.801, 0.804)).toEqual([[0], [1, 2]]);
    expect(pair(0.804, 0.801)).toEqual([[0, 2], [1]]);
    expect(pair(0.6, 0.8)).toEqual([[0], [1, 2]]);
  });

  test('who come later and are joined earlier still stand in order of time', () => {
    const [a, b] = [at(0, 5), at(0, 6)];
    const people = clusterTracks([
      track(a, [0]),
      track(b, [1, 2]),
      track(a, [3, 4]),
      track(b, [5, 6]),
      track(a, [7, 8]),
    ]);
    expect(people.map(({ tracks }) => tracks.map(({ detections }) => detections[0]!.time))).toEqual([
      [0, 3, 7],
      [1, 5],
    ]);
  });

  test('a person looks as their tracks do, the longer ones the more; they are numbered as they come', () => {
    const people = clusterTracks([track(at(0, 5), [0, 1]), track(at(1), [5, 6, 7, 8]), track(at(0.6), [10, 11])]);
    expect(people.map(({ id, tracks }) => [id, tracks.length])).toEqual([
      ['u1', 1],
      ['u2', 2],
    ]);
    expect(similarity(people[1]!.embedding, meanEmbedding([at(1), at(0.6)], [4, 2]))).toBeCloseTo(1, 6);
    expect(clusterTracks([])).toEqual([]);
  });
});

describe('whether a box is a face', () => {
  const box: Evidence = { scores: [0.9, 0.9], height: 40, shape: 1, strength: 2 };
  const odds = Math.log(9);

  test.each([
    ['the detector’s odds at both sizes', box, [1, 2 * odds, 0, 0, 2]],
    ['no surer than .998', { ...box, scores: [1, 0.998] }, [1, 2 * Math.log(0.998 / 0.002), 0, 0, 2]],
    ['nor less than .05', { ...box, scores: [0, 0.05] }, [1, 2 * Math.log(0.05 / 0.95), 0, 0, 2]],
    ['its height beside 40 pixels', { ...box, height: 80 }, [1, 2 * odds, Math.log(2), 0, 2]],
    ['at least one pixel', { ...box, height: 0 }, [1, 2 * odds, Math.log(1 / 40), 0, 2]],
    ['its shape', { ...box, shape: 0.5 }, [1, 2 * odds, 0, Math.log(0.5), 2]],
    ['a stroke’s is no narrower than a tenth', { ...box, shape: 0 }, [1, 2 * odds, 0, Math.log(0.1), 2]],
    ['the length of its embedding up to 3', { ...box, strength: 5 }, [1, 2 * odds, 0, 0, 3]],
    ['no embedding', { ...box, strength: null }, [1, 2 * odds, 0, 0, 0]],
  ] as const)('is told by %s', (_, evidence, expected) => {
    features(evidence).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 9));
  });

  test.each([
    ['a higher score is likelier', { scores: [0.95, 0.9] }, 1],
    ['a longer embedding is likelier', { strength: 2.5 }, 1],
    ['a larger box of the same score is less likely', { height: 80 }, -1],
    ['a wide box is less likely than a face’s shape', { shape: 1.5 }, -1],
  ] as const)('%s', (_, change, sign) => {
    for (const strength of [2, null]) {
      if (strength === null && 'strength' in change) continue;
      for (const networks of FACE_NETWORKS) {
        const before = faceProbability({ ...box, strength }, networks);
        expect(Math.sign(faceProbability({ ...box, strength, ...change }, networks) - before)).toBe(sign);
      }
    }
  });
});

describe('boxes', () => {
  test.each([
    ['apart', [0, 0, 10, 10], [20, 0, 10, 10], 0, 0],
    ['one above the other', [0, 0, 10, 10], [0, 12, 10, 10], 0, 0],
    ['touching', [0, 0, 10, 10], [10, 10, 10, 10], 0, 0],
    ['half over each other', [0, 0, 10, 10], [0, 5, 10, 10], 1 / 3, 0.5],
    ['one inside the other', [0, 0, 10, 10], [2, 2, 5, 4], 0.2, 1],
    ['the same', [3, 4, 5, 6], [3, 4, 5, 6], 1, 1],
    ['one of no size', [0, 0, 10, 10], [2, 2, 0, 4], 0, 0],
  ] as const)('%s', (_, a, b, union, inside) => {
    for (const [first, second] of [
      [a, b],
      [b, a],
    ] as const) {
      // prettier-ignore
      expect(iou(first, second)).toBeCloseTo(union, 9);
      expect(containment(first, second)).toBeCloseTo(inside, 9);
    }
  });

  test.each([
    [[10, 20, 30, 40], [10, 20, 30, 40]], // prettier-ignore
    [[-10, -20, 30, 40], [0, 0, 20, 20]], // prettier-ignore
    [[190, 80, 30, 40], [190, 80, 10, 20]], // prettier-ignore
  ] as [Box, Box][])('%j inside a picture is %j', (box, expected) => {
    expect(clip(box, 200, 100)).toEqual(expected);
    const [x, y, w, h] = expected;
    expect(toFractions(box, 200, 100)).toEqual([x / 200, y / 100, w / 200, h / 100]);
  });

  test('that overlap are one face, the surest; neighbours stay', () => {
    const kept = (overlap: number, inside?: number): number[] =>
      suppress(
        [
          { box: [5, 0, 10, 10], score: 0.6 },
          { box: [0, 0, 10, 10], score: 0.9 },
          { box: [30, 0, 4, 4], score: 0.8 },
          { box: [31, 0, 10, 10], score: 0.7 },
        ],
        overlap,
        inside,
      ).map(({ score }) => score);
    expect(kept(1 / 3)).toEqual([0.9, 0.8, 0.7, 0.6]);
    expect(kept(0.33)).toEqual([0.9, 0.8, 0.7]);
    // Of the small one three quarters lie in the large one.
    expect(kept(0.5, 0.74)).toEqual([0.9, 0.8, 0.6]);
    expect(kept(0.5, 0.75)).toEqual([0.9, 0.8, 0.7, 0.6]);
  });
});

describe('how well a face can be recognised', () => {
  const checkered = (contrast: number): RgbImage => ({
    width: 16,
    height: 16,
    data: Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % 16, Math.floor(i / 48)];
      return i % 3 === 1 ? 100 + ((x + y) % 2) * contrast : (x * 40) % 256;
    }),
  });
  const quality = (height: number, strength: number | null = null, contrast = 255, points: FivePoints = TEMPLATE_112) =>
    faceQuality(checkered(contrast), [0, 0, 50, height], points, strength);

  test.each([
    [16, 0],
    [48, 0.5],
    [80, 1],
    [200, 1],
    [4, 0],
  ])('of %d pixels its size counts %d', (height, expected) => {
    expect(quality(height).size).toBeCloseTo(expected, 9);
  });

  test.each([
    [0, 0],
    // Eight times the difference to four neighbours: four times 1.25 a pixel.
    [1, 0.4],
    [2, 0.8],
    [3, 1],
  ])('of a contrast of %d between pixels its sharpness is %d', (contrast, expected) => {
    expect(quality(80, null, contrast).sharpness).toBeCloseTo(expected, 9);
  });

  test.each([
    [null, 1],
    [1.25, 0],
    [1, 0],
    [2.225, 0.5],
    [3.2, 1],
    [4, 1],
  ])('an embedding of length %d tells that %d of it is to be seen', (strength, expected) => {
    expect(quality(80, strength).visible).toBeCloseTo(expected, 9);
  });

  test('the score is the cube root of size, sharpness and pose', () => {
    const { size, sharpness, pose, score } = quality(48, null, 1);
    expect(pose).toBeGreaterThan(0.9);
    expect(score).toBeCloseTo(Math.cbrt(size * sharpness * pose), 9);
    expect(quality(16).score).toBe(0);
  });

  /** Eyes on a level 20 apart, the nose at this place between them. */
  const nose = (x: number): FivePoints => [
    [10, 10],
    [30, 10],
    [x, 20],
    [12, 30],
    [28, 30],
  ];
  test.each([
    [20, 0],
    [25, 0.5],
    [15, 0.5],
    [10, 1],
    [30, 1],
    [60, 1],
  ])('with the nose at %d of 10 to 30 it is turned by %d', (x, expected) => {
    expect(yaw(nose(x))).toBeCloseTo(expected, 9);
    // However the head leans.
    const leaning = nose(x).map((point) => apply({ a: 1.5, b: 2, tx: 3, ty: -7 }, point)) as unknown as FivePoints;
    expect(yaw(leaning)).toBeCloseTo(expected, 9);
  });

  test('eyes at one place are a profile', () => {
    const [left, , ...rest] = nose(20);
    expect(yaw([left, left, ...rest] as unknown as FivePoints)).toBe(1);
  });

  test('points that fit the template less are a poorer pose', () => {
    const [left, right, tip, ...mouth] = TEMPLATE_112;
    const odd = [left, right, [tip[0], tip[1] + 20], ...mouth] as unknown as FivePoints;
    expect(misfit(odd)).toBeGreaterThan(3);
    expect(quality(80, null, 255, odd).pose).toBeCloseTo((1 - yaw(odd)) * (1 - misfit(odd) / 20), 9);
  });
});

describe('embeddings', () => {
  test('have unit length; the zero vector stays', () => {
    expect([...normalize(Float32Array.of(3, 4))]).toEqual([Math.fround(0.6), Math.fround(0.8)]);
    expect([...normalize(new Float32Array(2))]).toEqual([0, 0]);
    expect([...meanEmbedding([])]).toEqual([]);
    expect(similarity(meanEmbedding([at(1), at(0)]), at(Math.SQRT1_2))).toBeCloseTo(1, 6);
  });

  test.each([
    ['of one number', Float32Array.of(1)],
    ['of negative ones', normalize(Float32Array.of(-0.2, -1, 0.1))],
    ['of none', new Float32Array(3)],
  ])('%s are kept as text', (_, vector) => {
    const back = decodeEmbedding(encodeEmbedding(vector));
    expect(back).toHaveLength(vector.length);
    vector.forEach((value, i) => expect(back[i]).toBeCloseTo(value, 2));
    // Kept again they are the same to the last bit.
    expect(encodeEmbedding(back)).toBe(encodeEmbedding(vector));
    if (vector.some(Boolean)) expect(similarity(back, back)).toBeCloseTo(1, 6);
  });

  test('of the network with 128 numbers have to be more alike to be one person’s', () => {
    const long = (cosine: number): Float32Array => {
      const vector = new Float32Array(128);
      vector.set([cosine, Math.sqrt(1 - cosine * cosine)]);
      return vector;
    };
    const track = (embedding: Float32Array, time: number): Shown => ({
      embedding,
      detections: [{ time, quality: 0.9 }, { time: time + 1, quality: 0.9 }], // prettier-ignore
    });
    const people = (make: (cosine: number) => Float32Array, cosine: number): number =>
      clusterTracks([track(make(1), 0), track(make(cosine), 10)]).length;
    expect([people(at, 0.5), people(at, 0.35), people(long, 0.5), people(long, 0.6)]).toEqual([1, 2, 2, 1]);
    expect([demandOf(long(1)), demandOf(at(1))]).toEqual([0.12, 0]);
  });

  test('are whitened by a table of their size alone', () => {
    const content = Buffer.alloc(4 * 2 * 3);
    [1, 2, 3, 4, 5, 6].forEach((value, i) => content.writeFloatLE(value, 4 * i));
    const { centre, matrix } = decodeWhitening(content, 2);
    expect([[...centre], [...matrix]]).toEqual([[1, 2], [3, 4, 5, 6]]); // prettier-ignore
    expect(() => decodeWhitening(content, 3)).toThrow('24 bytes');
  });

  test('the chips of the smaller recogniser have a margin of 15 %, and of 25 % in the mirror', () => {
    const { looks, side } = RECOGNIZERS['face-embed-128'];
    expect(side).toBe(150);
    expect(looks.map(({ mirrored }) => mirrored)).toEqual([false, true]);
    looks.forEach(({ template: [left, right] }, i) => {
      const margin = [0.15, 0.25][i]!;
      expect(right[0] - left[0]).toBeCloseTo(((0.756 - 0.224) / (1 + 2 * margin)) * 150, 9);
      expect(left[1]).toBeCloseTo(((0.212 + margin) / (1 + 2 * margin)) * 150, 9);
    });
  });
});

describe('pictures', () => {
  const ramp = (width: number, height: number): RgbImage => ({
    width,
    height,
    data: Uint8Array.from(
      { length: width * height * 3 },
      (_, i) => [(Math.floor(i / 3) % width) * 10, Math.floor(i / 3 / width) * 10, 77][i % 3]!,
    ),
  });

  test('are drawn smoothly between their pixels, black outside', () => {
    const drawn = drawWarped(ramp(8, 8), { a: 1, b: 0, tx: 0.5, ty: -0.25 }, 8, 8);
    const pixel = (x: number, y: number): number[] => [...drawn.data.subarray((y * 8 + x) * 3, (y * 8 + x) * 3 + 3)];
    expect(pixel(2, 3)).toEqual([25, 28, 77]);
    // The last column lies half outside, the first row a quarter.
    expect(pixel(7, 3)).toEqual([35, 14, 39]);
    expect(pixel(2, 0)).toEqual([19, 0, 58]);
    expect([...drawWarped(ramp(8, 8), { a: 1, b: 0, tx: 20, ty: 0 }, 2, 1).data]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('turn about', () => {
    // By half a turn: what was at the right end below is at the left end above.
    const turned = drawWarped(ramp(6, 4), { a: -1, b: 0, tx: 6, ty: 4 }, 6, 4);
    expect([...turned.data.subarray(0, 3)]).toEqual([50, 30, 77]);
    expect([...turned.data.subarray(-3)]).toEqual([0, 0, 77]);
  });

  test('are scaled, or left as they are', () => {
    const image = ramp(8, 4);
    expect(resize(image, 8, 4)).toBe(image);
    const small = resize(image, 4, 2);
    expect([small.width, small.height]).toEqual([4, 2]);
    expect([...small.data.subarray(3, 6)]).toEqual([25, 5, 77]);
  });

  test('points at one place are moved, not scaled', () => {
    const same = [[1, 1], [1, 1]] as const; // prettier-ignore
    expect(fitSimilarity(same, [[4, 6], [4, 6]])).toEqual({ a: 1, b: 0, tx: 3, ty: 5 }); // prettier-ignore
  });

  test('that fit the network are not copied', () => {
    const image = { width: 64, height: 32, data: new Uint8Array(64 * 32 * 3) };
    expect(padded(image, 32)).toBe(image);
    expect(padded(ramp(64, 31), 32).height).toBe(32);
    const wide = padded(ramp(20, 32), 32);
    expect([wide.width, wide.data[32 * 3 + 1], wide.data[20 * 3]]).toEqual([32, 10, 0]);
  });

  test('a prior’s offsets move and scale its box', () => {
    const [width, height] = [32, 32];
    const priors = 4 * 4 * 3 + 2 * 2 * 2 + 1 * 2 + 1 * 3;
    const scores = new Float32Array(priors * 2);
    const offsets = new Float32Array(priors * 4);
    // Row 1, column 2 of stride 8, the third size of 24.
    const prior = (1 * 4 + 2) * 3 + 2;
    scores[prior * 2 + 1] = 0.5;
    offsets.set([1, -2, Math.log(2) / 0.2, Math.log(0.5) / 0.2], prior * 4);
    const [found, ...others] = decode(scores, offsets, width, height, 0.5);
    expect(others).toEqual([]);
    expect(found!.score).toBe(0.5);
    // Its centre at 20, 12, moved by a tenth of 24 to the right and two tenths up; twice as wide, half as high.
    [20 + 2.4 - 24, 12 - 4.8 - 6, 48, 12].forEach((value, i) => expect(found!.box[i]).toBeCloseTo(value, 4));
    expect(decode(scores, offsets, width, height, 0.51)).toEqual([]);
  });
});

describe('colours', () => {
  /** Plain stripes beside each other, each as many columns wide. */
  const striped = (height: number, ...stripes: readonly (readonly [columns: number, ...rgb: number[]])[]): RgbImage => {
    const row = stripes.flatMap(([columns, ...rgb]) => Array.from({ length: columns }, () => rgb).flat());
    return { width: row.length / 3, height, data: Uint8Array.from(Array.from({ length: height }, () => row).flat()) };
  };
  const filled = (histogram: Float32Array): [place: number, share: number][] =>
    [...histogram].flatMap((share, place): [number, number][] =>
      share > 1e-4 ? [[place, Math.round(share * 1e3) / 1e3]] : [],
    );

  test('are a third each lightness and two axes of colour, shared by the nearest steps', () => {
    // White: lightness 100, half way between steps 12 and 13; no colour, in the step of 0.
    expect(filled(colourHistogramOf(striped(8, [8, 255, 255, 255])))).toEqual([
      [12, 0.333],
      [13 + 6, 0.333],
      [13 + 12 + 6, 0.333],
    ]);
    // Red of lightness 53.24: axes of 80 and 67 lie beyond the last step.
    expect(filled(colourHistogramOf(striped(8, [8, 255, 0, 0])))).toEqual([
      [6, 0.115],
      [7, 0.218],
      [13 + 11, 0.333],
      [13 + 12 + 11, 0.333],
    ]);
  });

  test('tell dark pictures apart, which hardly differ in RGB', () => {
    const [brown, blue] = [striped(8, [8, 50, 30, 20]), striped(8, [8, 15, 30, 55])];
    expect(colourDistance(colourHistogramOf(brown), colourHistogramOf(blue))).toBeGreaterThan(0.5);
  });

  test('are those inside black borders; a picture that is dark nearly everywhere is taken whole', () => {
    const inside = striped(16, [8, 200, 40, 40], [8, 40, 40, 200]);
    const bordered = striped(16, [8, 0, 0, 0], [8, 200, 40, 40], [8, 40, 40, 200], [8, 12, 12, 12]);
    expect(colourDistance(colourHistogramOf(bordered), colourHistogramOf(inside))).toBeCloseTo(0, 5);
    const lamp = striped(16, [28, 5, 5, 5], [4, 250, 250, 250]);
    expect(colourDistance(colourHistogramOf(lamp), colourHistogramOf(striped(16, [8, 250, 250, 250])))).toBeGreaterThan(
      0.25,
    );
    expect(colourHistogramOf(striped(16, [8, 0, 0, 0])).reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 5);
  });

  test.each([
    ['a jump of more than a quarter', 0.26, [{ start: 0, end: 1 }, { start: 1, end: 3 }]], // prettier-ignore
    ['less is no cut', 0.25, [{ start: 0, end: 3 }]],
  ])('stand in for shots: %s', (_, change, expected) => {
    const histogram = (share: number): Float32Array =>
      Float32Array.from({ length: 64 }, (_one, i) => [1 - share, share][i] ?? 0);
    const samples = [0, 1, 2].map((time) => ({ time, histogram: histogram(time === 0 ? 0 : change) }));
    expect(colourDistance(samples[0]!.histogram, samples[1]!.histogram)).toBeCloseTo(change, 6);
    expect(spansOfColour(samples)).toEqual(expected);
    expect(spansOfColour([])).toEqual([]);
    expect(spansOfColour([{ time: 7, histogram: histogram(0) }])).toEqual([{ start: 0, end: 8 }]);
  });
});
