import { describe, expect, test } from '@jest/globals';
import {
  logOddsOf,
  probabilityOf,
  randomOf,
  trainBoostedChoice,
  trainBoostedTrees,
} from '../../src/credits/boosting.js';
import { layoutOf } from '../../src/credits/layout.js';
import { change, halved, pictureStats, sketch, squeezed, verticalShift } from '../../src/credits/picture.js';
import { boxesFromMap, padToStride, type ProbabilityMap } from '../../src/credits/text-boxes.js';
import type { RgbImage } from '../../src/frames/types.js';

function map(width: number, height: number, ...rects: [number, number, number, number, number][]): ProbabilityMap {
  const data = new Float32Array(width * height);
  for (const [x, y, w, h, p] of rects) for (let r = y; r < y + h; r++) data.fill(p, r * width + x, r * width + x + w);
  return { width, height, data };
}

function grey(width: number, height: number, level: (x: number, y: number) => number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.fill(level(x, y), (y * width + x) * 3, (y * width + x) * 3 + 3);
  return { width, height, data };
}

describe('text boxes of a probability map', () => {
  test('a word becomes one box that is grown by area x 1.5 / perimeter', () => {
    const [box, ...others] = boxesFromMap(map(100, 50, [20, 10, 40, 10, 0.9]));
    expect(others).toEqual([]);
    // 40 x 10: grown by 400 * 1.5 / 100 = 6 on each side.
    expect(box!.x).toBeCloseTo(0.14);
    expect(box!.y).toBeCloseTo(4 / 50);
    expect(box!.width).toBeCloseTo(0.52);
    expect(box!.height).toBeCloseTo(22 / 50);
    expect(box!.score).toBeCloseTo(0.9);
  });

  test('pixels that touch at a corner are one word; weak, tiny and faint ones are none', () => {
    const found = boxesFromMap(
      map(
        100,
        50,
        [10, 10, 10, 5, 0.9],
        [20, 15, 10, 5, 0.9],
        [60, 10, 20, 8, 0.4],
        [60, 30, 30, 2, 0.9],
        [10, 30, 20, 8, 0.2],
      ),
    );
    expect(found).toHaveLength(1);
  });

  test('boxes are fractions of the picture without its padding, and stay inside it', () => {
    const padded = padToStride({ width: 90, height: 40, data: new Uint8Array(90 * 40 * 3).fill(7) });
    expect([padded.width, padded.height]).toEqual([96, 64]);
    expect(padded.data[(39 * 96 + 89) * 3]).toBe(7);
    expect(padded.data[(39 * 96 + 90) * 3]).toBe(0);
    const [box] = boxesFromMap(map(96, 64, [70, 30, 26, 10, 0.9]), 90, 40);
    expect(box!.x + box!.width).toBeCloseTo(1);
    expect(box!.y + box!.height).toBeCloseTo(1);
  });
});

describe('layout', () => {
  const at = (x: number, y: number, width: number) => ({ x, y, width, height: 0.05, score: 1 });

  test('tells two columns from one', () => {
    const rows = [0.1, 0.3, 0.5, 0.7];
    const pair = layoutOf(
      rows.flatMap((y, k) => [at(0.45 - 0.1 - 0.02 * k, y, 0.1 + 0.02 * k), at(0.55, y, 0.1 + 0.03 * k)]),
    );
    const single = layoutOf(rows.map((y, k) => at(0.4 - 0.03 * k, y, 0.2 + 0.06 * k)));
    expect(pair.beside).toBe(1);
    expect(pair.leftColumn).toBeGreaterThanOrEqual(0.5);
    expect(pair.rightColumn).toBeGreaterThanOrEqual(0.5);
    expect(single.beside).toBe(0);
    expect(single.centreColumn).toBe(1);
    expect(single.offCentre).toBeCloseTo(0);
  });

  test('knows a subtitle by its place', () => {
    expect(layoutOf([at(0.2, 0.85, 0.6)]).atFoot).toBe(1);
    expect(layoutOf([]).boxes).toBe(0);
  });
});

describe('pictures', () => {
  test('text on black is dark and plain, noise is neither', () => {
    const card = grey(64, 36, (x, y) => (y > 16 && y < 20 && x > 20 && x < 44 && x % 2 === 0 ? 230 : 0));
    const noise = grey(64, 36, (x, y) => (x * 53 + y * 97) % 251);
    const [a, b] = [card, noise].map((image) => pictureStats(image, sketch(image)));
    expect(a!.dark).toBeGreaterThan(0.9);
    expect(a!.plainness).toBeGreaterThan(0.9);
    expect(a!.lumaMedian).toBe(0);
    expect(b!.entropy).toBeGreaterThan(5);
    expect(b!.plainness).toBeLessThan(0.2);
    expect(change(sketch(card), sketch(card))).toBe(0);
    expect(change(sketch(card), sketch(noise))).toBeGreaterThan(0.3);
  });

  test('a roll is measured to the pixel, a card stands still, another card does not match', () => {
    const random = randomOf(4);
    const sheet = Array.from({ length: 200 }, (_, row) =>
      Array.from({ length: 160 }, () => (row % 12 < 6 && random() > 0.5 ? 240 : 0)),
    );
    const window = (top: number): RgbImage => grey(160, 90, (x, y) => sheet[top + y]![x]!);
    const rolled = verticalShift(sketch(window(20)), sketch(window(27)));
    expect(rolled.shift * 90).toBeCloseTo(7);
    expect(rolled.match).toBeGreaterThan(0.9);
    const stood = verticalShift(sketch(window(20)), sketch(window(20)));
    expect(stood.shift).toBe(0);
    expect(stood.still).toBeCloseTo(1);
    expect(verticalShift(sketch(grey(160, 90, () => 0)), sketch(window(20))).match).toBe(0);
  });

  test('squeezed to another size a picture keeps its mean, and each pixel is the mean of what it covers', () => {
    const wide = grey(6, 4, (x) => (x < 3 ? 30 : 210));
    const third = squeezed(wide, 2, 1);
    expect([...third.data]).toEqual([30, 30, 30, 210, 210, 210]);
    // Four columns of one and a half pixels each: the second and third are two thirds of their own half.
    expect([...squeezed(wide, 4, 2).data.filter((_, i) => i % 3 === 0)]).toEqual([30, 30, 210, 210, 30, 30, 210, 210]);
    expect([
      ...squeezed(
        grey(3, 1, (x) => x * 100),
        2,
        1,
      ).data.filter((_, i) => i % 3 === 0),
    ]).toEqual([33, 167]);
    expect(squeezed(wide, 6, 4).data).toEqual(wide.data);
  });

  test('half the size is the mean of four', () => {
    const half = halved(grey(5, 4, (x, y) => x * 10 + y * 20));
    expect([half.width, half.height]).toEqual([2, 2]);
    expect([...half.data.filter((_, i) => i % 3 === 0)]).toEqual([15, 35, 55, 75]);
  });
});

describe('boosted trees', () => {
  const random = randomOf(11);
  const rows = Array.from({ length: 600 }, () => [random(), random(), random() < 0.1 ? NaN : random()]);
  // Neither column alone tells anything: only trees of depth two and more can learn it.
  const labels = rows.map(([a, b]) => (a! > 0.5 === b! > 0.5 ? 1 : 0));
  const settings = {
    rounds: 60,
    depth: 3,
    rate: 0.2,
    leafWeight: 1,
    ridge: 1,
    rowShare: 0.8,
    featureShare: 1,
    seed: 3,
  };
  const model = trainBoostedTrees(
    ['a', 'b', 'noise'],
    rows,
    labels,
    rows.map(() => 1),
    settings,
  );

  test('learn what depends on two columns at once', () => {
    const fresh = Array.from({ length: 200 }, () => [random(), random(), random()]);
    const right = fresh.filter(([a, b, c]) => probabilityOf(model, [a!, b!, c!]) > 0.5 === (a! > 0.5 === b! > 0.5));
    expect(right.length).toBeGreaterThan(180);
  });

  test('learn to choose one of a group by what sets it apart from the others of its group', () => {
    const groups = Array.from({ length: 120 }, () => {
      const level = random() * 10;
      const right = Math.floor(random() * 8);
      // The right one stands above its own group, which may lie anywhere.
      return { right, rows: Array.from({ length: 8 }, (_, k) => [random() + (k === right ? 1 : 0), level]) };
    });
    const choice = trainBoostedChoice(
      ['height', 'level'],
      groups.flatMap(({ rows: own }) => own),
      groups.flatMap(({ right, rows: own }) => own.map((_, k) => (k === right ? 1 : 0))),
      new Float64Array(960).fill(1),
      groups.flatMap(({ rows: own }, g) => own.map(() => g)),
      { ...settings, leafWeight: 0.5 },
    );
    const chosen = groups.filter(({ right, rows: own }) => {
      const scores = own.map((row) => logOddsOf(choice, row));
      return scores.indexOf(Math.max(...scores)) === right;
    });
    expect(chosen.length).toBeGreaterThan(105);
  });

  test('are the same again from the same seed, and after a trip through JSON', () => {
    const twin = trainBoostedTrees(
      ['a', 'b', 'noise'],
      rows,
      labels,
      rows.map(() => 1),
      settings,
    );
    expect(twin).toEqual(model);
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
  });
});
