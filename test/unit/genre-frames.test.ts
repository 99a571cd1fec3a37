import { describe, expect, it } from '@jest/globals';
import { resample } from '../../src/frames/resample.js';
import type { RgbImage } from '../../src/frames/types.js';
import { NETWORK_INPUTS, type PreparedInput, prepareInput } from '../../src/genre/feature-extractor.js';
import { dropReason, sketch } from '../../src/genre/frame-filter.js';
import { createFrameSampler } from '../../src/genre/frame-sampler.js';
import { activeWindow } from '../../src/genre/letterbox.js';

function draw(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [number, number, number],
): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colour(x, y), (y * width + x) * 3);
  return { width, height, data };
}

/** A scene of many colours; `phase` moves it. */
const scene = (phase: number, darken = 1): RgbImage =>
  draw(
    256,
    144,
    (x, y) =>
      [(x + phase) % 256, (y * 2 + phase) % 256, (x * y + phase) % 256].map((value) => Math.round(value * darken)) as [
        number,
        number,
        number,
      ],
  );

const reason = (image: RgbImage, before: RgbImage | null = null) => dropReason(sketch(image), before && sketch(before));

describe('frames that say nothing', () => {
  it('black, cards and repetitions go; scenes stay, dark ones too', () => {
    expect(reason(draw(256, 144, () => [8, 8, 8]))).toBe('black');
    // A rating card: green, with some white text.
    expect(reason(draw(256, 144, (x, y) => (y > 60 && y < 70 && x % 7 < 3 ? [250, 250, 250] : [20, 120, 60])))).toBe(
      'card',
    );
    // A title on black: letters over an eighth of the picture.
    expect(reason(draw(256, 144, (x, y) => (y > 50 && y < 95 && x % 16 < 6 ? [240, 240, 240] : [0, 0, 0])))).toBe(
      'card',
    );
    expect(reason(scene(0))).toBeNull();
    expect(reason(scene(0, 0.35))).toBeNull();
    expect(reason(scene(1), scene(0))).toBe('repeated');
    expect(reason(scene(90), scene(0))).toBeNull();
  });
});

describe('black bars', () => {
  const inBars = (bar: number) => draw(256, 144, (x, y) => (y < bar || y >= 144 - bar ? [3, 2, 4] : [x, 200, y]));

  it('are found where they are, on both sides', () => {
    expect(activeWindow(inBars(18))).toEqual({ left: 0, top: 19, width: 256, height: 106 });
    const pillars = draw(256, 144, (x, y) => (x < 32 || x >= 224 ? [0, 0, 0] : [x, 200, y]));
    expect(activeWindow(pillars)).toEqual({ left: 33, top: 0, width: 190, height: 144 });
  });

  it('are not seen in full pictures, dark pictures, slivers or on one side', () => {
    const whole = { left: 0, top: 0, width: 256, height: 144 };
    expect(activeWindow(inBars(0))).toEqual(whole);
    expect(activeWindow(draw(256, 144, () => [5, 5, 5]))).toEqual(whole);
    expect(activeWindow(inBars(2))).toEqual(whole);
    expect(activeWindow(draw(256, 144, (x, y) => (y < 40 ? [0, 0, 0] : [x, 200, y])))).toEqual(whole);
  });
});

describe('pictures for the networks', () => {
  it('are of their sizes, without bars, whatever they come as', () => {
    const wide = prepareInput(draw(640, 360, (_, y) => (y < 60 || y >= 300 ? [0, 0, 0] : [200, 100, 50])));
    const sizes = (view: PreparedInput): number[][] =>
      Object.values(NETWORK_INPUTS)
        .map((shown) => shown(view))
        .map(({ width, height }) => [width, height]);
    expect(sizes(wide)).toEqual([
      [299, 299],
      [288, 162],
    ]);
    for (const shown of Object.values(NETWORK_INPUTS)) expect(Math.min(...new Set(shown(wide).data))).toBe(50);
    expect(sizes(prepareInput(draw(3, 5, () => [1, 2, 3])))).toEqual([
      [299, 299],
      [184, 256],
    ]);
  });

  it('keep their brightness and their places when they are scaled', () => {
    const stripes = draw(400, 4, (x) => (x % 2 === 0 ? [0, 0, 0] : [200, 200, 200]));
    const small = resample(stripes, { left: 0, top: 0, width: 400, height: 4 }, 50, 4);
    // Reduced eightfold, fine stripes become grey instead of a pattern that was not there.
    expect(Math.max(...small.data) - Math.min(...small.data)).toBeLessThan(12);
    const halves = draw(10, 10, (x) => (x < 5 ? [10, 10, 10] : [240, 240, 240]));
    const large = resample(halves, { left: 0, top: 0, width: 10, height: 10 }, 100, 100);
    expect(large.data[(50 * 100 + 20) * 3]).toBe(10);
    expect(large.data[(50 * 100 + 80) * 3]).toBe(240);
  });

  it.each([
    ['enlarged', 30, 20, 299, 299],
    ['a little reduced', 320, 180, 288, 162],
    ['a large photograph', 900, 675, 144, 108],
    ['one pixel', 1, 1, 7, 5],
  ])('are the means of what lies under a triangle: %s', (_, fromWidth, fromHeight, width, height) => {
    const colour = (x: number, y: number): [number, number, number] => [
      (x * 37 + y * 11) % 256,
      (x * y) % 256,
      (x ^ y) % 256,
    ];
    const picture = draw(fromWidth + 4, fromHeight + 3, colour);
    const scaled = resample(picture, { left: 3, top: 2, width: fromWidth, height: fromHeight }, width, height);
    const weights = (from: number, to: number, place: number): [number, number][] => {
      const [centre, radius] = [((place + 0.5) * from) / to, Math.max(1, from / to)];
      const found = Array.from({ length: from }, (_, i): [number, number] => [
        i,
        Math.max(0, 1 - Math.abs(i + 0.5 - centre) / radius),
      ]);
      const sum = found.reduce((total, [, weight]) => total + weight, 0);
      return found.filter(([, weight]) => weight > 0).map(([i, weight]) => [i, weight / sum]);
    };
    for (let place = 0; place < width * height; place += 97) {
      const [x, y] = [place % width, Math.floor(place / width)];
      const across = weights(fromWidth, width, x);
      const expected = [0, 0, 0];
      for (const [row, down] of weights(fromHeight, height, y)) {
        for (const [column, weight] of across)
          colour(column + 3, row + 2).forEach((value, c) => (expected[c]! += down * weight * value));
      }
      expected.forEach((value, c) => expect(Math.abs(scaled.data[place * 3 + c]! - value)).toBeLessThan(0.51));
    }
  });
});

describe('sampler', () => {
  const taken = (duration: number, maxFrames: number, seconds: number): number[] => {
    const wants = createFrameSampler(duration, maxFrames);
    return Array.from({ length: seconds }, (_, second) => second).filter((second) => wants(second));
  };

  it('takes every frame of a short film', () => {
    expect(taken(150, 240, 150)).toHaveLength(150);
  });

  it('spreads a bounded number evenly over a long one', () => {
    const times = taken(7200, 240, 7200);
    expect(times).toHaveLength(240);
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    expect(Math.max(...gaps)).toBe(30);
    expect(Math.min(...gaps)).toBe(30);
  });

  it('lets a second pass fill what the first left empty, and no more', () => {
    const wants = createFrameSampler(100, 50);
    expect([0, 10, 50].filter(wants)).toEqual([0, 10, 50]);
    const second = Array.from({ length: 100 }, (_, k) => k).filter(wants);
    expect(second).toHaveLength(47);
    expect(second).not.toContain(11);
  });

  it('keeps to the bound when the length is wrong or unknown', () => {
    expect(taken(100, 50, 5000)).toHaveLength(50);
    expect(taken(0, 50, 5000)).toHaveLength(50);
  });
});
