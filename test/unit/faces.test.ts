import { describe, expect, test } from '@jest/globals';
import { clusterTracks } from '../../src/faces/cluster.js';
import { colourDistance, colourHistogramOf, spansOfColour } from '../../src/faces/colour-histogram.js';
import { meanEmbedding, normalize, similarity } from '../../src/faces/embed.js';
import { decodeEmbedding, encodeEmbedding } from '../../src/faces/embedding-text.js';
import { faceProbability } from '../../src/faces/face-verifier.js';
import { iou, type Point, suppress, toFractions } from '../../src/faces/geometry.js';
import { misfit, yaw } from '../../src/faces/quality.js';
import { decode } from '../../src/faces/rfb.js';
import { linkTracks, type Detection } from '../../src/faces/tracks.js';
import { apply, drawWarped, fitSimilarity, invert, residual, TEMPLATE_112 } from '../../src/faces/warp.js';
import type { RgbImage } from '../../src/frames/types.js';
import { padded } from '../../src/inference/padding.js';

/** A direction for each person, with a little of another one mixed in: noise that differs from detection to detection. */
function faceOf(person: number, noise = 0, grain = 0): Float32Array {
  const vector = new Float32Array(32);
  vector[person] = 1;
  vector[16 + grain] = noise;
  return normalize(vector);
}

function seen(
  time: number,
  person: number,
  x: number,
  options: { noise?: number; grain?: number; quality?: number } = {},
): Detection {
  return {
    time,
    box: [x, 0.2, 0.1, 0.2],
    score: 1,
    quality: options.quality ?? 0.6,
    embedding: faceOf(person, options.noise, options.grain),
  };
}

const SHOT = [{ start: 0, end: 100 }];

describe.each(['best', 'clear'] as const)('whether a box is a face, by the %s networks', (networks) => {
  const sure = { scores: [0.99, 0.99], height: 80, shape: 0.75, strength: 3 } as const;

  test('what both scales and the embedding agree on is one', () => {
    expect(faceProbability(sure, networks)).toBeGreaterThan(0.95);
    expect(faceProbability({ ...sure, strength: null }, networks)).toBeGreaterThan(0.9);
  });

  test('a large box that only the larger picture shows, with a poor embedding, is none however high its score', () => {
    const strength = { best: 1.7, clear: 0.9 }[networks];
    expect(faceProbability({ scores: [0, 0.95], height: 110, shape: 0.75, strength }, networks)).toBeLessThan(0.2);
  });

  test('a small box may be missing in the smaller picture', () => {
    expect(faceProbability({ scores: [0, 0.98], height: 22, shape: 0.75, strength: 2.5 }, networks)).toBeGreaterThan(
      0.5,
    );
  });
});

describe('the similarity warp', () => {
  test('finds the turn, scale and shift that made the points, and undoes them', () => {
    const [angle, scale] = [0.4, 2.5];
    const made = { a: scale * Math.cos(angle), b: scale * Math.sin(angle), tx: 30, ty: -12 };
    const moved = TEMPLATE_112.map((point) => apply(made, point));
    const found = fitSimilarity(TEMPLATE_112, moved);
    expect(found.a).toBeCloseTo(made.a, 9);
    expect(found.b).toBeCloseTo(made.b, 9);
    expect(residual(found, TEMPLATE_112, moved)).toBeLessThan(1e-9);
    const back = invert(found);
    moved.forEach((point, i) => {
      const [x, y] = apply(back, point);
      expect(x).toBeCloseTo(TEMPLATE_112[i]![0], 9);
      expect(y).toBeCloseTo(TEMPLATE_112[i]![1], 9);
    });
  });

  test('takes the least squared error when the points do not fit', () => {
    const targets = TEMPLATE_112.map(([x, y], i): Point => [x + (i % 2 ? 2 : -2), y + (i === 2 ? 5 : 0)]);
    const best = fitSimilarity(TEMPLATE_112, targets);
    const least = residual(best, TEMPLATE_112, targets);
    for (const step of [{ a: 0.01 }, { b: 0.01 }, { tx: 0.3 }, { ty: -0.3 }] as Partial<typeof best>[]) {
      const moved = {
        ...best,
        ...Object.fromEntries(Object.entries(step).map(([key, by]) => [key, best[key as 'a'] + by!])),
      };
      expect(residual(moved, TEMPLATE_112, targets)).toBeGreaterThan(least);
    }
  });

  test('draws the source turned by a right angle where the map says so', () => {
    // 2 x 2: red, green / blue, white.
    const source: RgbImage = {
      width: 2,
      height: 2,
      data: Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]),
    };
    const turned = drawWarped(source, { a: 0, b: 1, tx: 2, ty: 0 }, 2, 2);
    expect([...turned.data]).toEqual([0, 255, 0, 255, 255, 255, 255, 0, 0, 0, 0, 255]);
  });

  test('shrinks a fine pattern to its mean instead of picking single pixels', () => {
    const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => ((Math.floor(i / 3) % 64) % 2 ? 255 : 0));
    const small = drawWarped({ width: 64, height: 64, data }, { a: 8, b: 0, tx: 0, ty: 0 }, 8, 8);
    expect(Math.min(...small.data)).toBeGreaterThan(110);
    expect(Math.max(...small.data)).toBeLessThan(145);
  });
});

describe('boxes', () => {
  test('overlap by intersection over union', () => {
    expect(iou([0, 0, 10, 10], [5, 0, 10, 10])).toBeCloseTo(1 / 3, 12);
    expect(iou([0, 0, 10, 10], [10, 0, 10, 10])).toBe(0);
  });

  test('of overlapping boxes the best one stays, and a box inside another goes', () => {
    const kept = suppress(
      [
        { box: [0, 0, 10, 10], score: 0.7 },
        { box: [1, 1, 10, 10], score: 0.9 },
        { box: [4, 4, 3, 3], score: 0.8 },
        { box: [40, 0, 10, 10], score: 0.6 },
      ],
      0.4,
    );
    expect(kept.map(({ score }) => score)).toEqual([0.9, 0.6]);
  });

  test('fractions stay inside the picture', () => {
    expect(toFractions([-10, 50, 30, 100], 100, 100)).toEqual([0, 0.5, 0.2, 0.5]);
  });
});

describe("the detector's boxes", () => {
  test("a prior without offset is a square about its cell's centre", () => {
    const [width, height] = [64, 64];
    const priors = 8 * 8 * 3 + 4 * 4 * 2 + 2 * 2 * 2 + 1 * 3;
    const scores = new Float32Array(priors * 2);
    const offsets = new Float32Array(priors * 4);
    // Row 2, column 5 of stride 8, second size (16); and the only cell of stride 64, first size (128).
    scores[((2 * 8 + 5) * 3 + 1) * 2 + 1] = 0.8;
    scores[(priors - 3) * 2 + 1] = 0.9;
    expect(decode(scores, offsets, width, height, 0.5)).toEqual([
      { box: [36, 12, 16, 16], score: Math.fround(0.8) },
      { box: [-32, -32, 128, 128], score: Math.fround(0.9) },
    ]);
  });

  test('pictures are laid on a canvas that the network takes', () => {
    const canvas = padded({ width: 33, height: 2, data: new Uint8Array(33 * 2 * 3).fill(9) }, 32);
    expect([canvas.width, canvas.height]).toEqual([64, 32]);
    expect(canvas.data.filter((value) => value === 9)).toHaveLength(33 * 2 * 3);
    expect(canvas.data[64 * 3]).toBe(9);
    expect(canvas.data[33 * 3]).toBe(0);
  });
});

describe('quality', () => {
  test('a frontal face has no yaw; a nose over an eye is a profile', () => {
    const [left, right, , ...mouth] = TEMPLATE_112;
    expect(yaw(TEMPLATE_112)).toBeLessThan(0.05);
    expect(yaw([left, right, left, mouth[0]!, mouth[1]!])).toBeCloseTo(1, 1);
  });

  test('points of a face fit the template however they are turned; points of none do not', () => {
    const turned = TEMPLATE_112.map((point) =>
      apply({ a: 0, b: 3, tx: 5, ty: 5 }, point),
    ) as unknown as typeof TEMPLATE_112;
    expect(misfit(turned)).toBeLessThan(1e-6);
    expect(
      misfit([
        [0, 0],
        [10, 40],
        [50, 5],
        [3, 3],
        [60, 60],
      ]),
    ).toBeGreaterThan(9);
  });
});

describe('embeddings', () => {
  test('survive being stored as text', () => {
    const vector = normalize(Float32Array.from({ length: 512 }, (_, i) => Math.sin(i * 1.7) + 0.3 * Math.cos(i * 0.3)));
    const text = encodeEmbedding(vector);
    expect(text.length).toBeLessThan(700);
    expect(similarity(decodeEmbedding(text), vector)).toBeGreaterThan(0.9999);
  });

  test('a mean follows its weights', () => {
    const mean = meanEmbedding([faceOf(0), faceOf(1)], [3, 1]);
    expect(similarity(mean, faceOf(0))).toBeGreaterThan(similarity(mean, faceOf(1)) * 2.9);
  });
});

describe('tracks', () => {
  test('two people who cross keep their tracks', () => {
    const detections = [0, 1, 2, 3, 4].flatMap((t) => [
      seen(t, 0, 0.1 + t * 0.15, { noise: 0.4, grain: t }),
      seen(t, 1, 0.7 - t * 0.15, { noise: 0.4, grain: t + 5 }),
    ]);
    const tracks = linkTracks(detections, SHOT);
    expect(tracks).toHaveLength(2);
    for (const { detections: own } of tracks) {
      expect(own).toHaveLength(5);
      expect(new Set(own.map(({ embedding }) => embedding.findIndex((value) => value > 0.5))).size).toBe(1);
    }
  });

  test('look-alikes of one frame never share a track', () => {
    const detections = [0, 1, 2].flatMap((t) => [seen(t, 0, 0.1), seen(t, 0, 0.6)]);
    const tracks = linkTracks(detections, SHOT);
    expect(tracks).toHaveLength(2);
    for (const { detections: own } of tracks) expect(new Set(own.map(({ time }) => time)).size).toBe(own.length);
  });

  test('a short absence is bridged, a long one is not', () => {
    const track = (times: number[]): number =>
      linkTracks(
        times.map((t) => seen(t, 0, 0.3)),
        SHOT,
      ).length;
    expect(track([0, 1, 4, 5])).toBe(1);
    expect(track([0, 1, 6, 7])).toBe(2);
  });

  test('no track crosses a cut', () => {
    const tracks = linkTracks(
      [0, 1, 2, 3].map((t) => seen(t, 0, 0.3)),
      [
        { start: 0, end: 2 },
        { start: 2, end: 9 },
      ],
    );
    expect(tracks.map(({ shot, detections }) => [shot, detections.length])).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });

  test('a face that is hard to see stays with the track at its place, a stranger there does not', () => {
    const blurred = { ...seen(1, 0, 0.31), embedding: faceOf(0, 3, 1) };
    const stranger = seen(1, 7, 0.31);
    expect(linkTracks([seen(0, 0, 0.3), blurred], SHOT)).toHaveLength(1);
    expect(linkTracks([seen(0, 0, 0.3), { ...blurred, box: [0.8, 0.2, 0.1, 0.2] }], SHOT)).toHaveLength(2);
    expect(linkTracks([seen(0, 0, 0.3), stranger], SHOT)).toHaveLength(2);
  });
});

describe('clusters', () => {
  const shots = [0, 1, 2].map((i) => ({ start: i * 10, end: (i + 1) * 10 }));
  const track = (
    start: number,
    person: number,
    length = 4,
    options: { noise?: number; grain?: number } = {},
  ): Detection[] => Array.from({ length }, (_, i) => seen(start + i, person, 0.1 + person * 0.2, options));

  test("join a person's tracks of several shots and keep people apart", () => {
    const detections = [
      ...track(0, 0),
      ...track(0, 1),
      ...track(10, 0, 4, { noise: 0.5 }),
      ...track(20, 1, 4, { noise: 0.5 }),
    ].sort((a, b) => a.time - b.time);
    const people = clusterTracks(linkTracks(detections, shots));
    expect(people.map(({ tracks }) => tracks.map(({ shot }) => shot))).toEqual([
      [0, 1],
      [0, 2],
    ]);
  });

  test('never join two tracks that are on screen together, however alike', () => {
    const detections = [0, 1, 2, 3].flatMap((t) => [seen(t, 0, 0.1), seen(t, 0, 0.6)]);
    const people = clusterTracks(linkTracks([...detections, ...track(10, 0)], shots));
    expect(people).toHaveLength(2);
    expect(people.flatMap(({ tracks }) => tracks)).toHaveLength(3);
  });

  test('a look-alike between two people does not make them one', () => {
    const between = normalize(Float32Array.from({ length: 32 }, (_, i) => (i < 2 ? 1 : 0)));
    const middle = [20, 21].map((time): Detection => ({ ...seen(time, 0, 0.5), embedding: between }));
    const people = clusterTracks(linkTracks([...track(0, 0), ...track(10, 1), ...middle], shots));
    const whose = (time: number): string =>
      people.find(({ tracks }) => tracks.some(({ detections }) => detections[0]!.time === time))!.id;
    expect(whose(0)).not.toBe(whose(10));
  });
});

describe('colours', () => {
  const plain = (r: number, g: number, b: number): RgbImage => ({
    width: 8,
    height: 8,
    data: Uint8Array.from({ length: 192 }, (_, i) => [r, g, b][i % 3]!),
  });

  test('differ widely between different plain pictures and hardly where one is a little lighter', () => {
    const [red, green, lighter] = [plain(255, 0, 0), plain(0, 90, 140), plain(255, 12, 8)].map(colourHistogramOf);
    expect(colourDistance(red!, green!)).toBeGreaterThan(0.9);
    expect(colourDistance(red!, lighter!)).toBeLessThan(0.05);
    expect(colourDistance(red!, red!)).toBe(0);
  });

  test('stand in for shots where they jump', () => {
    const samples = [0, 1, 2, 3].map((time) => ({
      time,
      histogram: colourHistogramOf(time < 2 ? plain(255, 0, 0) : plain(0, 255, 0)),
    }));
    expect(spansOfColour(samples)).toEqual([
      { start: 0, end: 2 },
      { start: 2, end: 4 },
    ]);
  });
});
