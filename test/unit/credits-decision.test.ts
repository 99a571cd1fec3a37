import { describe, expect, test } from '@jest/globals';
import { cheapestStart, probabilityNear } from '../../src/credits/decision.js';
import { parameters } from '../../src/credits/parameters.js';

/** A distribution over 300 slots of a second. */
function starts(...peaks: readonly (readonly [number, number])[]): Float64Array {
  const row = new Float64Array(300);
  for (const [slot, p] of peaks) row[slot]! += p;
  return row;
}
const costs = parameters.segmenter;
const start = (...peaks: readonly (readonly [number, number])[]): number => cheapestStart(starts(...peaks), costs, 1);

describe('the start of least expected cost', () => {
  test.each([
    ['one mode', [[100, 1]], 100],
    [
      'two modes, the first with 80 %',
      [
        [100, 0.8],
        [146, 0.2],
      ],
      100,
    ],
    [
      'two modes, the second with 80 %',
      [
        [100, 0.2],
        [146, 0.8],
      ],
      146,
    ],
    [
      'a second mode in which hardly anybody believes, far away',
      [
        [100, 0.9],
        [290, 0.1],
      ],
      100,
    ],
    [
      'an even choice: to be late is cheaper than to skip story',
      [
        [100, 0.5],
        [146, 0.5],
      ],
      146,
    ],
    [
      'a first mode that needs two thirds and has them',
      [
        [100, 0.68],
        [146, 0.32],
      ],
      100,
    ],
    [
      'a first mode that needs two thirds and does not have them',
      [
        [100, 0.65],
        [146, 0.35],
      ],
      146,
    ],
    [
      'three modes: the first two outweigh the last',
      [
        [100, 0.4],
        [103, 0.4],
        [180, 0.2],
      ],
      103,
    ],
    [
      'seconds within one mode: late rather than early',
      [
        [100, 0.3],
        [101, 0.4],
        [102, 0.3],
      ],
      102,
    ],
    [
      'a tail of one mode that is too thin to wait for',
      [
        [100, 0.6],
        [101, 0.35],
        [102, 0.05],
      ],
      101,
    ],
    [
      'a sum below one, of credits that are not sure',
      [
        [100, 0.48],
        [146, 0.12],
      ],
      100,
    ],
  ] as const)('%s', (_, peaks, expected) => expect(start(...peaks)).toBe(expected));

  test('is later the more an early second costs', () => {
    const row = Float64Array.from([0, 0.1, 0.3, 0.4, 0.2]);
    const at = (earlyCost: number): number => cheapestStart(row, { ...costs, earlyCost }, 1);
    expect([at(0.1), at(1), at(10)]).toEqual([1, 3, 4]);
  });

  test('costs seconds, whatever a slot lasts', () => {
    expect(cheapestStart(starts([100, 0.6], [101, 0.35], [102, 0.05]), costs, 1)).toBe(101);
    const halves = starts([200, 0.6], [202, 0.35], [204, 0.05]);
    expect(cheapestStart(halves, costs, 0.5)).toBe(202);
  });
});

test('the probability near a time counts the slots whose middles are near', () => {
  const row = starts([97, 0.1], [100, 0.5], [102, 0.2], [103, 0.15]);
  expect(probabilityNear(row, 50 + 100.5, 2, 50, 1)).toBeCloseTo(0.7);
  expect(probabilityNear(starts([10, 0.8], [11, 0.3]), 10, 3, 0, 1)).toBe(1);
});
