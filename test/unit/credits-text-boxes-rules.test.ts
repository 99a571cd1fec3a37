import { describe, expect, test } from '@jest/globals';
import { boxesFromMap, findText, padToStride, type ProbabilityMap } from '../../src/credits/text-boxes.js';
import type { Model } from '../../src/inference/types.js';

function map(width: number, height: number, ...rects: [number, number, number, number, number][]): ProbabilityMap {
  const data = new Float32Array(width * height);
  for (const [x, y, w, h, p] of rects) for (let r = y; r < y + h; r++) data.fill(p, r * width + x, r * width + x + w);
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

  test('words at both sides of the picture are two', () => {
    expect(boxesFromMap(map(100, 50, [0, 10, 20, 10, 0.9], [80, 9, 20, 10, 0.9]))).toHaveLength(2);
  });

  test('however its pixels hang together a word is one', () => {
    const u = map(100, 50, [20, 10, 4, 20, 0.9], [20, 28, 30, 4, 0.9], [46, 5, 4, 25, 0.9]);
    const [one, ...others] = boxesFromMap(u);
    expect(others).toEqual([]);
    // 30 x 27 pixels, all within one box.
    const grown = (30 * 27 * 1.5) / (2 * (30 + 27));
    expect(one!.x * 100).toBeCloseTo(20 - grown);
    expect(one!.y * 50).toBe(0);
    expect(one!.height * 50).toBeCloseTo(32 + grown);
    expect(boxesFromMap(map(100, 50, [40, 5, 4, 10, 0.9], [20, 14, 24, 4, 0.9]))).toHaveLength(1);
  });

  test('what was read in the padding is no text', () => {
    expect(boxesFromMap(map(96, 64, [80, 10, 12, 6, 0.9]), 64, 64)).toEqual([]);
    expect(boxesFromMap(map(96, 64, [10, 54, 12, 6, 0.9]), 96, 40)).toEqual([]);
  });

  test('a picture whose sides are multiples of the stride is not copied, one of which one side is, is padded', () => {
    const image = { width: 96, height: 64, data: new Uint8Array(96 * 64 * 3) };
    expect(padToStride(image)).toBe(image);
    const high = padToStride({ width: 96, height: 40, data: new Uint8Array(96 * 40 * 3) });
    expect([high.width, high.height, high.data.length]).toEqual([96, 64, 96 * 64 * 3]);
  });

  test('each of some pictures has its own boxes', async () => {
    const maps = [
      map(64, 32, [10, 10, 20, 6, 0.9]),
      map(64, 32),
      map(64, 32, [10, 10, 20, 6, 0.9], [40, 20, 20, 6, 0.9]),
    ];
    const data = Float32Array.from(maps.flatMap((one) => [...one.data]));
    const runImages: Model['runImages'] = () => Promise.resolve({ map: { dims: [3, 1, 32, 64], data } });
    const text = { runImages } as unknown as Model;
    const image = { width: 60, height: 30, data: new Uint8Array(60 * 30 * 3) };
    expect((await findText(text, [image, image, image])).map((found) => found.length)).toEqual([1, 0, 2]);
    expect(await findText(text, [])).toEqual([]);
  });
});
