import { describe, expect, test } from '@jest/globals';
import { firstFrame, sharesText } from '../../src/credits/boundary.js';
import { evidenceOf, sampleOf, type Evidence } from '../../src/credits/evidence.js';
import type { TextBox } from '../../src/credits/text-boxes.js';

const image = { width: 8, height: 8, data: new Uint8Array(8 * 8 * 3) };

describe('the first frame of those that show something', () => {
  /** Ten frames a second from 10 to 13; which of them were looked at. */
  async function found(sure: 'end' | 'start', holds: (time: number) => boolean, start = 10, end = 13) {
    const frames = Array.from({ length: 61 }, (_, k) => ({ time: (80 + k) / 10, image }));
    const asked: number[] = [];
    const time = await firstFrame(frames, { start, end }, 99, sure, (sample) => {
      asked.push(sample.time);
      return Promise.resolve(holds(sample.time));
    });
    return { time, asked };
  }

  test.each([10, 10.1, 10.4, 10.5, 11.3, 12.8, 12.9])('is told to the frame, from either end: %f', async (first) => {
    for (const sure of ['end', 'start'] as const) {
      const { time, asked } = await found(sure, (at) => at >= first);
      // The frame at a sure start was read before: it does not show it.
      expect([sure, time]).toEqual([sure, sure === 'start' && first === 10 ? 10.1 : first]);
      expect(asked.length).toBeLessThan(12);
      expect(Math.min(...asked)).toBeGreaterThanOrEqual(10);
      expect(Math.max(...asked)).toBeLessThan(13);
    }
  });

  test('where a test goes wrong here and there, the side that is sure counts', async () => {
    // Text that was there a second before as well is not followed beyond where it stops.
    expect((await found('end', (at) => at >= 12 || at <= 10.8)).time).toBe(12);
    // Nor is text that comes back later the first.
    expect((await found('start', (at) => (at >= 11 && at < 12) || at >= 12.7)).time).toBe(11);
  });

  test('is the nearest known where none shows it, or there is no frame', async () => {
    expect((await found('end', () => false)).time).toBe(99);
    expect((await found('start', () => false)).time).toBe(99);
    expect((await found('end', () => true, 30, 31)).time).toBe(99);
    expect((await found('start', () => true, 30, 31)).time).toBe(99);
  });

  test('a frame at the window’s end is sure without being looked at', async () => {
    const { time, asked } = await found('end', () => false, 10, 13.001);
    expect([time, asked.includes(13)]).toEqual([13, false]);
    expect(asked).toContain(12.5);
    expect((await found('start', () => true)).asked).not.toContain(10);
  });
});

describe('text of one frame is that of another', () => {
  const box = (x: number, y: number, width: number, height = 0.05): TextBox => ({ x, y, width, height, score: 0.9 });
  const like = (rise: number | null, ...boxes: TextBox[]): Evidence => ({
    ...evidenceOf(sampleOf(0, image), null, boxes),
    rise,
  });
  const CARD = [box(0.3, 0.4, 0.2), box(0.35, 0.5, 0.3)];

  test.each<[string, TextBox[], number | null, boolean]>([
    ['where it stands', [box(0.31, 0.4, 0.2)], null, true],
    ['where one line of it does', [box(0.1, 0.1, 0.1), box(0.3, 0.4, 0.2)], null, true],
    ['not elsewhere', [box(0.3, 0.6, 0.2)], null, false],
    ['not without text', [], 0.12, false],
    ['elsewhere, where it rolls and the line is as high', [box(0.3, 0.6, 0.2)], 0.12, true],
    ['not beside the roll', [box(0.7, 0.6, 0.2)], 0.12, false],
    ['not on its other side', [box(0.1, 0.6, 0.15)], 0.12, false],
    ['not much higher', [box(0.3, 0.6, 0.2, 0.09)], 0.12, false],
    ['not much lower', [box(0.3, 0.6, 0.2, 0.03)], 0.12, false],
    ['a little higher', [box(0.3, 0.6, 0.2, 0.07)], 0.12, true],
  ])('%s', (_, boxes, rise, expected) => {
    expect(sharesText(boxes, like(rise, ...CARD))).toBe(expected);
    expect(sharesText(boxes, { ...like(rise), boxes: null, layout: null })).toBe(false);
  });
});
