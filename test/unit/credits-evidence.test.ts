import { describe, expect, test } from '@jest/globals';
import { randomOf } from '../../src/credits/boosting.js';
import { layoutOf } from '../../src/credits/layout.js';
import { change, halved, pictureStats, sketch, squeezed, verticalShift } from '../../src/credits/picture.js';
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
});
