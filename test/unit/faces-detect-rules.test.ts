import { describe, expect, test } from '@jest/globals';
import { createFacesAnalyzer } from '../../src/faces/analyzer.js';
import {
  type DetectOptions,
  type Face,
  findBoxes,
  type ProposedBox,
  readFaces,
  scaledForDetection,
} from '../../src/faces/detect.js';
import { faceProbability } from '../../src/faces/face-verifier.js';
import type { Box, Scored } from '../../src/faces/geometry.js';
import { TEMPLATE_112 } from '../../src/faces/warp.js';
import type { RgbImage } from '../../src/frames/types.js';
import type { Model, Models, Tensor } from '../../src/inference/types.js';

/** What stands in for the detector: boxes that it finds in pictures of a width, in their pixels. */
type Found = Readonly<Record<number, readonly Scored[]>>;

/** The detector's answer that says so: one prior a box, of stride 8 and size 16. */
function detectorAnswer({ width, height }: RgbImage, boxes: readonly Scored[]): Record<string, Tensor> {
  const [columns, rows] = [width / 8, height / 8];
  const priors =
    columns * rows * 3 + (columns * rows) / 2 + (columns * rows) / 8 + Math.ceil(columns / 8) * Math.ceil(rows / 8) * 3;
  const scores = new Float32Array(priors * 2);
  const offsets = new Float32Array(priors * 4);
  boxes.forEach(({ box: [x, y, w, h], score }, i) => {
    const [cx, cy] = [x + w / 2, y + h / 2];
    // Boxes about one middle take neighbouring priors.
    const [column, row] = [Math.floor(cx / 8) + i, Math.floor(cy / 8)];
    const prior = (row * columns + column) * 3 + 1;
    scores[prior * 2 + 1] = score;
    offsets.set(
      [(cx - (column + 0.5) * 8) / 1.6, (cy - (row + 0.5) * 8) / 1.6, Math.log(w / 16) / 0.2, Math.log(h / 16) / 0.2],
      prior * 4,
    );
  });
  return { scores: { dims: [priors, 2], data: scores }, offsets: { dims: [priors, 4], data: offsets } };
}

/** Five points where an upright face has them, as the 68 of which they are made; the nose so far off, pixels of 112. */
function landmarks(off = 0): Float32Array {
  const points = new Float32Array(68 * 2);
  const groups = [[37, 38, 40, 41], [43, 44, 46, 47], [30], [48, 60], [54, 64]];
  groups.forEach((indices, k) => {
    const [x, y] = TEMPLATE_112[k]!;
    for (const i of indices) points.set([x / 112, (y - 6 + (k === 2 ? off : 0)) / 112], i * 2);
  });
  return points;
}

/**
 * Networks that see what they are told: the length of an embedding is a fiftieth of the picture's red where the face is, and its axis
 * the green.
 */
function networks(found: Found, off = 0): Models {
  const network = (id: string, answer: Partial<Model>): Model =>
    ({ id, version: id, input: { width: 64 }, ...answer }) as unknown as Model;
  const all: Record<string, Model> = {
    'face-rfb': network('face-rfb', {
      runImage: (canvas) => Promise.resolve(detectorAnswer(canvas, found[canvas.width] ?? [])),
    }),
    'face-landmark': network('face-landmark', {
      runImages: (crops) =>
        Promise.resolve({
          landmarks: { dims: [crops.length, 136], data: Float32Array.from(crops.flatMap(() => [...landmarks(off)])) },
        }),
    }),
    'face-embed-512': network('face-embed-512', {
      runImages: (crops) =>
        Promise.resolve({
          embedding: {
            dims: [crops.length, 8],
            data: Float32Array.from(
              crops.flatMap(({ width, data }) => {
                const centre = (width * width * 3) / 2 + (width * 3) / 2;
                return Array.from({ length: 8 }, (_, i) => (i === data[centre + 1]! ? data[centre]! / 50 : 0));
              }),
            ),
          },
        }),
    }),
  };
  return { faces: 'best', load: (id: string) => Promise.resolve(all[id]!) } as unknown as Models;
}

/** A picture with a face in each box: how strong it is, and whose. */
function picture(
  width: number,
  height: number,
  faces: readonly (readonly [box: Box, strength: number, axis?: number])[] = [],
): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (const [[x, y, w, h], strength, axis = 1] of faces)
    for (let row = Math.max(0, Math.floor(y)); row < Math.min(height, y + h); row++)
      for (let column = Math.max(0, Math.floor(x)); column < Math.min(width, x + w); column++)
        data.set([Math.round(strength * 50), axis, ((row + column) % 2) * 200], (row * width + column) * 3);
  return { width, height, data };
}

const half = ({ box: [x, y, w, h], score }: Scored): Scored => ({ box: [x / 2, y / 2, w / 2, h / 2], score });
const at = (x: number, y: number, w: number, score = 0.95, h = w / 0.75): Scored => ({ box: [x, y, w, h], score });

/** The sizes of a picture of 640 x 384 that is looked at. */
const SCALED = [picture(320, 192), picture(640, 384)];

/** Boxes in a picture of 640 x 384, from what is found at half of its size and at its own. */
const boxesOf = (small: readonly Scored[], large: readonly Scored[]): Promise<ProposedBox[]> =>
  findBoxes(networks({ 320: small.map(half), 640: large }), SCALED, 640);

describe('the detector looks at a picture', () => {
  test.each([
    [384, 216, [[320, 180]]],
    [385, 216, [[320, 180], [385, 216]]], // prettier-ignore
    [200, 100, [[200, 100]]],
    [360, 400, [[288, 320], [360, 400]]], // prettier-ignore
  ])('of %d x %d in these sizes', (width, height, sizes) => {
    expect(scaledForDetection(picture(width, height)).map((one) => [one.width, one.height])).toEqual(sizes);
  });
});

describe('a box of a face', () => {
  test('has the scores of both sizes, its height beside 640 pixels, and its shape', async () => {
    const [box, ...others] = await boxesOf([at(100, 96, 60, 0.6)], [at(100, 96, 60, 0.9)]);
    expect(others).toEqual([]);
    const { scores, height, shape, strength } = box!.evidence;
    expect(scores).toEqual([Math.fround(0.6), Math.fround(0.9)]);
    expect([height, shape, strength]).toEqual([expect.closeTo(80, 3), expect.closeTo(0.75, 5), null]);
    expect(box!.score).toBeCloseTo(faceProbability(box!.evidence, 'best'), 9);
    box!.box.forEach((value, i) => expect(value).toBeCloseTo([100, 96, 60, 80][i]!, 3));
  });

  test.each([
    ['seen at one size only', [], [at(100, 96, 60, 0.9)], [[0, 0.9]]],
    ['hardly seen at any', [at(100, 96, 60, 0.19)], [at(100, 96, 60, 0.19)], []],
    ['seen a little at one', [at(100, 96, 60, 0.21)], [], [[0.21, 0]]],
    ['supported by what is seen less', [at(100, 96, 60, 0.11)], [at(100, 96, 60, 0.9)], [[0.11, 0.9]]],
    ['not by what is not', [at(100, 96, 60, 0.09)], [at(100, 96, 60, 0.9)], [[0, 0.9]]],
    ['not by what lies elsewhere', [at(130, 96, 60, 0.15)], [at(100, 96, 60, 0.9)], [[0, 0.9]]],
  ] as const)('%s', async (_, small, large, expected) => {
    const found = await boxesOf(small, large);
    expect(found.map(({ evidence }) => evidence.scores)).toEqual(
      expected.map((pair) => pair.map((score) => Math.fround(score))),
    );
  });

  test('is the mean of all that support it, the surer ones more', async () => {
    const [box] = await boxesOf([at(108, 96, 60, 0.3)], [at(100, 96, 60, 0.9)]);
    expect(box!.box[0]).toBeCloseTo(102, 3);
  });

  test('is one with a ghost of it, and another beside it; each has its own support', async () => {
    // They share so much of what they cover together: 60 - d of 60 + d.
    const apart = async (d: number): Promise<number> =>
      (await boxesOf([], [at(100, 96, 60, 0.9), at(100 + d, 96, 60, 0.8)])).length;
    expect([await apart(31), await apart(34)]).toEqual([1, 2]);
    const both = await boxesOf(
      [at(104, 96, 60, 0.5), at(150, 96, 60, 0.4)],
      [at(100, 96, 60, 0.9), at(146, 96, 60, 0.8)],
    );
    expect(both.map(({ evidence: { scores } }) => scores.map((score) => Math.round(score * 10) / 10))).toEqual([
      [0.5, 0.9],
      [0.4, 0.8],
    ]);
  });

  test('comes by its score; of one size both scores are the same', async () => {
    const found = await boxesOf([], [at(100, 96, 60, 0.7), at(300, 96, 30, 0.9)]);
    expect(found.map(({ box }) => Math.round(box[0]))).toEqual([300, 100]);
    const image = picture(320, 192);
    const [only] = await findBoxes(networks({ 320: [at(100, 96, 60, 0.7)] }), [image], image.width);
    expect(only!.evidence.scores).toEqual([Math.fround(0.7), Math.fround(0.7)]);
    expect(only!.evidence.height).toBeCloseTo(160, 3);
  });
});

/** Faces of a picture of 640 x 384 with one face, seen well at both sizes. */
async function facesOf(
  strength: number,
  options: DetectOptions = {},
  { scored = at(200, 96, 60), off = 0 }: { readonly scored?: Scored; readonly off?: number } = {},
): Promise<Face[]> {
  const image = picture(640, 384, [[scored.box, strength]]);
  return readFaces(networks({ 320: [half(scored)], 640: [scored] }, off), image, options, SCALED);
}

describe('a face', () => {
  test('has a box inside the picture, points, a quality and an embedding of unit length', async () => {
    const [face] = await facesOf(3, {}, { scored: at(-20, 96, 60) });
    face!.box.forEach((value, i) => expect(value).toBeCloseTo([0, 96, 40, 80][i]!, 2));
    const [whole] = await facesOf(3);
    expect([...whole!.embedding]).toEqual([0, 1, 0, 0, 0, 0, 0, 0]);
    expect(whole!.score).toBeGreaterThan(0.9);
    expect(whole!.quality.visible).toBeCloseTo((3 - 1.25) / (3.2 - 1.25), 6);
    // The eyes lie on a level, the nose between and below them.
    const [left, right, nose] = whole!.landmarks;
    expect(left[1]).toBeCloseTo(right[1], 0);
    expect([left[0] < nose[0], nose[0] < right[0], nose[1] > left[1]]).toEqual([true, true, true]);
    expect([left[0], right[0]].every((x) => x > 195 && x < 265)).toBe(true);
  });

  test.each([
    ['with an embedding too short for a face', 1.2, {}, 0],
    ['of a length that may be one', 1.3, { minScore: 0.1 }, 1],
    ['that nobody could be told by, where that is wanted', 1.9, { recognisable: true, minScore: 0.1 }, 0],
    ['that one can be told by', 2.1, { recognisable: true, minScore: 0.1 }, 1],
    ['smaller than is wanted', 3, { minSize: 81 }, 0],
    ['as large as is wanted', 3, { minSize: 79 }, 1],
    ['less sure than is wanted', 3, { minScore: 0.999 }, 0],
  ])('%s', async (_, strength, options, count) => {
    expect(await facesOf(strength, options)).toHaveLength(count);
  });

  test('that does not look like one by its points is none', async () => {
    // Root mean square, 9 pixels of 112.
    expect(await facesOf(3, {}, { off: 25 })).toHaveLength(0);
    expect(await facesOf(3, {}, { off: 23 })).toHaveLength(1);
  });

  test('that no embedding could make sure is not looked into', async () => {
    const image = picture(640, 384);
    const models = networks({ 320: [], 640: [at(200, 96, 60, 0.25)] });
    const asked: string[] = [];
    const watched = { faces: 'best', load: (id: string) => (asked.push(id), models.load(id)) } as unknown as Models;
    expect(await readFaces(watched, image, {}, SCALED)).toEqual([]);
    expect(asked).not.toContain('face-embed-512');
  });

  test.each([
    ['is embedded, in both looks', 0.99, 2],
    ['by which it is none is not', 0.01, 0],
  ])('of the clear networks, whose points tell already how surely it is one: %s', async (_case, face, embedded) => {
    const found = networks({ 320: [half(at(100, 100, 60, 0.6))], 640: [at(100, 100, 60, 0.6)] });
    const mesh = new Float32Array(468 * 3).fill(96);
    const groups = [[33, 133, 159, 145], [362, 263, 386, 374], [1], [61], [291]]; // prettier-ignore
    for (const [k, indices] of groups.entries())
      for (const i of indices)
        mesh.set(
          TEMPLATE_112[k]!.map((value) => 40 + value),
          i * 3,
        );
    let seen = 0;
    const clear: Record<string, Partial<Model>> = {
      'face-mesh': {
        input: { width: 192 } as Model['input'],
        runImages: ({ length }) =>
          Promise.resolve({
            points: {
              dims: [length, mesh.length],
              data: Float32Array.from({ length: length * mesh.length }, (_, i) => mesh[i % mesh.length]!),
            },
            face: { dims: [length, 1], data: new Float32Array(length).fill(face) },
          }),
      },
      'face-embed-128': {
        runImages: ({ length }) => {
          seen += length;
          return Promise.resolve({
            embedding: { dims: [length, 128], data: new Float32Array(length * 128).fill(0.1) },
          });
        },
      },
    };
    const models = {
      faces: 'clear',
      load: (id: string) => (clear[id] ? Promise.resolve(clear[id] as Model) : found.load(id)),
    };
    await readFaces(models as unknown as Models, picture(640, 384), {}, SCALED);
    expect(seen).toBe(embedded);
  });

  test('comes after surer ones', async () => {
    const [a, b] = [at(100, 96, 60), at(400, 96, 60)];
    const image = picture(640, 384, [[a.box, 2, 1], [b.box, 3, 2]]); // prettier-ignore
    const found = await readFaces(networks({ 320: [a, b].map(half), 640: [a, b] }), image, {}, SCALED);
    expect(found.map(({ embedding }) => embedding.indexOf(1))).toEqual([2, 1]);
  });
});

describe('a frame of a film', () => {
  const faces = [at(200, 96, 60), at(400, 96, 14)];
  const watch = async (sizes: readonly (readonly [number, number])[]) => {
    const analyzer = createFacesAnalyzer({ models: networks({ 320: faces.map(half), 640: faces }) });
    const large = picture(640, 384, faces.map(({ box }) => [box, 3])); // prettier-ignore
    const images = sizes.map(([width, height]) => (width === 640 ? large : picture(width, height)));
    await analyzer.push({ time: 7, containerTime: 7, keyframe: true, images });
    return analyzer;
  };

  test('is looked at in its sizes; faces of less than a twentieth of its height are left out', async () => {
    const analyzer = await watch([[320, 192], [640, 384], [640, 384]]); // prettier-ignore
    expect(analyzer.sizes.map(({ width }) => width)).toEqual([320, 640, 1280]);
    const { detections, samples } = analyzer.seen;
    expect(detections).toHaveLength(1);
    const [{ time, box, score, quality, embedding }] = detections as [(typeof detections)[number]];
    expect(time).toBe(7);
    box.forEach((value, i) => expect(value).toBeCloseTo([200 / 640, 96 / 384, 60 / 640, 80 / 384][i]!, 4));
    expect(score).toBeGreaterThan(0.9);
    expect(quality).toBeGreaterThan(0.1);
    expect(embedding.indexOf(1)).toBe(1);
    // black: all of its third of the histogram in the first step of lightness
    expect(samples.map(({ histogram, time: at }) => [at, histogram[0]])).toEqual([[7, expect.closeTo(1 / 3, 3)]]);
  });

  test('of few pixels is not looked at twice', async () => {
    const { seen } = await watch([[640, 384], [640, 384], [640, 384]]); // prettier-ignore
    // Found once, at its own size: the same score twice.
    const both = await watch([[320, 192], [640, 384], [640, 384]]); // prettier-ignore
    expect(seen.detections[0]!.score).toBeCloseTo(both.seen.detections[0]!.score, 6);
    expect(seen.detections).toHaveLength(1);
  });
});
