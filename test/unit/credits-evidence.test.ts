import { describe, expect, test } from '@jest/globals';
import { randomOf } from '../../src/credits/boosting.js';
import { layoutOf } from '../../src/credits/layout.js';
import {
  change,
  halved,
  isSamePicture,
  pictureStats,
  sketch,
  squeezed,
  verticalShift,
} from '../../src/credits/picture.js';
import type { RgbImage } from '../../src/frames/types.js';

function grey(width: number, height: number, level: (x: number, y: number) => number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.fill(level(x, y), (y * width + x) * 3, (y * width + x) * 3 + 3);
  return { width, height, data };
}

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

  const coloured = (...pixels: readonly (readonly [number, number, number])[]): RgbImage => ({
    width: pixels.length,
    height: 1,
    data: Uint8Array.from(pixels.flat()),
  });
  const statsOf = (image: RgbImage) => pictureStats(image, sketch(image));

  test('luma weighs the colours as ITU-R BT.601 does', () => {
    const { luma } = sketch(coloured([255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]));
    expect([...luma]).toEqual([76, 149, 28, 255]);
  });

  test.each([
    [[10, 20, 40], 30],
    [[10, 40, 20], 30],
    [[20, 10, 40], 30],
    [[20, 40, 10], 30],
    [[40, 10, 20], 30],
    [[40, 20, 10], 30],
    [[20, 20, 20], 0],
  ] as const)('the colour %j is %d levels from grey', (colour, expected) => {
    expect(statsOf(coloured(colour, colour)).saturation * 255).toBeCloseTo(expected, 6);
  });

  test('percentiles are levels that so many pixels do not exceed', () => {
    const { lumaLow, lumaMedian, lumaHigh } = statsOf(grey(100, 1, (x) => 2 * x));
    expect([lumaLow, lumaMedian, lumaHigh].map((value) => value * 255)).toEqual([
      expect.closeTo(8, 6),
      expect.closeTo(98, 6),
      expect.closeTo(188, 6),
    ]);
    expect(statsOf(grey(10, 1, () => 255)).lumaHigh).toBe(1);
  });

  test('a pixel is dark below 20, plain within eight levels of the most frequent one', () => {
    expect(statsOf(grey(4, 1, (x) => 18 + x)).dark).toBe(0.5);
    const around = (...levels: number[]): number => statsOf(grey(levels.length, 1, (x) => levels[x]!)).plainness;
    expect(around(100, 100, 92, 108, 91, 109)).toBeCloseTo(4 / 6, 6);
    expect(around(0, 0, 8, 9)).toBe(0.75);
    expect(around(255, 255, 247, 246)).toBe(0.75);
  });

  test('entropy is that of levels in fours: none, one and two bits, six at most', () => {
    const entropy = (levels: (x: number) => number): number => statsOf(grey(256, 1, levels)).entropy;
    expect(entropy((x) => x % 4)).toBe(0);
    expect(entropy((x) => (x % 2) * 100)).toBeCloseTo(1, 6);
    expect(entropy((x) => (x % 4) * 4)).toBeCloseTo(2, 6);
    expect(entropy((x) => x)).toBeCloseTo(6, 6);
  });

  test('change is the mean difference of luma', () => {
    const [a, b] = [grey(4, 1, () => 100), grey(4, 1, (x) => (x < 2 ? 100 : x === 2 ? 151 : 49))];
    expect(change(sketch(a), sketch(b))).toBeCloseTo(0.1, 6);
  });

  test('half the size is rounded to the nearest level', () => {
    const levels = (...four: number[]): number => halved(grey(2, 2, (x, y) => four[2 * y + x]!)).data[0]!;
    expect([levels(1, 0, 0, 0), levels(1, 1, 0, 0), levels(255, 255, 255, 255)]).toEqual([0, 1, 255]);
  });

  test('at twice the size each pixel stands twice', () => {
    const wide = squeezed(grey(2, 2, (x, y) => 100 * x + 50 * y), 4, 4); // prettier-ignore
    const rows = [0, 0, 100, 100, 0, 0, 100, 100, 50, 50, 150, 150, 50, 50, 150, 150];
    expect([...wide.data.filter((_, i) => i % 3 === 0)]).toEqual(rows);
    const high = squeezed(grey(2, 2, (x, y) => 100 * x + 50 * y), 2, 1); // prettier-ignore
    expect([...high.data.filter((_, i) => i % 3 === 0)]).toEqual([25, 125]);
  });

  describe('are the same', () => {
    const base = grey(20, 12, (x, y) => 40 + 5 * x + y);
    const with_ = (x0: number, y0: number, size: number, by: number): RgbImage =>
      grey(20, 12, (x, y) => 40 + 5 * x + y + (x >= x0 && x < x0 + size && y >= y0 && y < y0 + size ? by : 0));

    test.each([
      ['as themselves', base, true],
      ['with a codec’s noise', grey(20, 12, (x, y) => 40 + 5 * x + y + ((x + y) % 2 ? 4 : -4)), true],
      ['not a little lighter', with_(0, 0, 20, 5), false],
      ['not a little darker', with_(0, 0, 20, -5), false],
      ['not with another letter', with_(8, 0, 4, 60), false],
      ['not with one in the last corner, where blocks are cut', with_(18, 10, 2, 60), false],
      ['not of another width', grey(19, 12, (x, y) => 40 + 5 * x + y), false],
      ['not of another height', grey(20, 11, (x, y) => 40 + 5 * x + y), false],
    ])('%s', (_, other, expected) => {
      expect(isSamePicture(base, other)).toBe(expected);
    });
  });

  describe('are compared by what letters are made of', () => {
    const random = randomOf(9);
    const sheet = Array.from({ length: 120 }, (_, row) =>
      Array.from({ length: 80 }, () => (row % 10 < 5 && random() > 0.5 ? 1 : 0)),
    );
    const at = (top: number, level = 200, ground = 0): RgbImage =>
      grey(80, 40, (x, y) => ground + sheet[top + y]![x]! * level);
    const shiftOf = (a: RgbImage, b: RgbImage) => verticalShift(sketch(a), sketch(b));

    test.each([-13, -7, -1, 0, 1, 7, 13])('text that has risen by %d pixels is found there', (rows) => {
      const { shift, match, still } = shiftOf(at(40), at(40 + rows));
      expect(shift * 40).toBeCloseTo(rows, 6);
      // What of it both show is all alike; a larger shift counts for less.
      expect(match).toBeCloseTo(1 - (0.2 * Math.abs(rows)) / 40, 6);
      if (rows === 0) expect(still).toBeCloseTo(1, 6);
      else expect(still).toBeLessThan(0.9);
    });

    test('not by levels, however light or faint all is', () => {
      expect(shiftOf(at(40, 100, 100), at(47, 200, 0))).toMatchObject({ shift: 7 / 40 });
    });

    test('steps of 24 levels and less are noise', () => {
      expect(shiftOf(at(40, 24), at(40, 24))).toEqual({ shift: 0, match: 0, still: 0 });
      expect(shiftOf(at(40, 25), at(40, 25)).still).toBeCloseTo(1, 6);
    });

    test('a picture without letters matches nothing', () => {
      const none = grey(80, 40, () => 50);
      expect(shiftOf(none, none)).toEqual({ shift: 0, match: 0, still: 0 });
      expect(shiftOf(at(40), none)).toEqual({ shift: 0, match: 0, still: 0 });
    });

    test('letters on one side are none on the other', () => {
      const half = (left: boolean): RgbImage =>
        grey(80, 40, (x, y) => (x < 40 === left ? sheet[y]![x % 40]! * 200 : 0));
      expect(shiftOf(half(true), half(false)).match).toBeLessThan(0.2);
    });
  });
});
