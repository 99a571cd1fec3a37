import { describe, expect, test } from '@jest/globals';
import { sdrFilter } from '../../src/frames/dynamic-range.js';
import { displayedSize, displayMatrix, orientationOf, outputSize, readMatrix } from '../../src/frames/geometry.js';
import { type ForwardPlan, selectorFor } from '../../src/frames/plan.js';

/** Offers frames at `times` to a plan's selector, and gives the chosen times. */
function choose(plan: ForwardPlan, times: readonly number[]): number[] {
  const selector = selectorFor<number>(plan);
  const chosen: (number | null)[] = [];
  for (const time of times) if (selector.target !== null) chosen.push(selector.offer(time, time));
  if (selector.target !== null) chosen.push(selector.end());
  return chosen.filter((time) => time !== null);
}

describe('choosing frames', () => {
  test.each<[string, ForwardPlan, number[], number[]]>([
    ['whole seconds themselves', { kind: 'everySecond' }, [0, 0.5, 1, 1.5, 2], [0, 1, 2]],
    ['the first frame after a second', { kind: 'everySecond' }, [0, 0.96, 1.04, 1.96, 2.04], [0, 1.04, 2.04]],
    ['one frame for several seconds without any', { kind: 'everySecond' }, [0, 3.5, 3.9, 4], [0, 3.5, 4]],
    [
      'only seconds inside a window',
      { kind: 'everySecond', window: { start: 1.5, end: 4 } },
      [1, 2, 2.5, 3, 4, 5],
      [2, 3],
    ],
    [
      'no frame of a window that ends before a second',
      { kind: 'everySecond', window: { start: 1.2, end: 1.9 } },
      [1, 1.5, 2],
      [],
    ],
    [
      'a window from its start to before its end',
      { kind: 'every', window: { start: 1, end: 2 } },
      [0.9, 1, 1.5, 2, 2.1],
      [1, 1.5],
    ],
    ['the frame on screen', { kind: 'exactAt', times: [0.99, 1, 1.01] }, [0, 0.5, 1, 1.5], [0.5, 1]],
    ['the first frame for a time before it', { kind: 'exactAt', times: [-2, 0.3] }, [0, 0.5], [0]],
    ['the last frame for a time after it', { kind: 'exactAt', times: [9, 7] }, [0, 0.5], [0.5]],
    ['times in any order', { kind: 'exactAt', times: [2.2, 0.1, 2.2, 1] }, [0, 1, 2, 3], [0, 1, 2]],
    ['nothing for no times', { kind: 'exactAt', times: [] }, [0, 1], []],
  ])('%s', (_, plan, times, expected) => {
    expect(choose(plan, times)).toEqual(expected);
  });
});

describe('sizes of pictures', () => {
  const coded = {
    codedWidth: 720,
    codedHeight: 576,
    pixelAspect: 64 / 45,
    orientation: { mirrored: false, rotation: 0 },
  } as const;

  test('pixel aspect widens the displayed picture, rotation turns it', () => {
    expect(displayedSize(coded)).toEqual({ width: 1024, height: 576 });
    expect(displayedSize({ ...coded, orientation: { mirrored: true, rotation: 270 } })).toEqual({
      width: 576,
      height: 1024,
    });
  });

  test('fill takes the size as it is, inside keeps the aspect and never enlarges', () => {
    const displayed = { width: 1024, height: 576 };
    expect(outputSize(displayed, { width: 299, height: 299, fit: 'fill' })).toEqual({ width: 299, height: 299 });
    expect(outputSize(displayed, { width: 320, height: 320, fit: 'inside' })).toEqual({ width: 320, height: 180 });
    expect(outputSize(displayed, { width: 4000, height: 4000, fit: 'inside' })).toEqual(displayed);
    expect(outputSize({ width: 5000, height: 1 }, { width: 100, height: 100, fit: 'inside' })).toEqual({
      width: 100,
      height: 1,
    });
  });

  test.each([0, 90, 180, 270] as const)(
    'a display matrix stands for its orientation: %d degrees, mirrored or not',
    (rotation) => {
      for (const mirrored of [false, true])
        expect(orientationOf(readMatrix(displayMatrix({ mirrored, rotation })))).toEqual({ mirrored, rotation });
    },
  );

  test('a display matrix that is not there, or holds nothing, turns nothing', () => {
    for (const matrix of [[], [0, 0, 0, 0, 0, 0, 0, 0, 0]])
      expect(orientationOf(matrix)).toEqual({ mirrored: false, rotation: 0 });
  });

  test('a vertical flip is a mirrored half turn', () => {
    expect(orientationOf([0x10000, 0, 0, 0, -0x10000, 0, 0, 0, 0x40000000])).toEqual({ mirrored: true, rotation: 180 });
  });
});

describe('dynamic range', () => {
  test('SDR is left alone, PQ and HLG are turned into it, with what the file does not say filled in', () => {
    const colour = { transfer: 'bt709', primaries: 'bt709', matrix: 'bt709', range: 'tv' };
    expect(sdrFilter(colour)).toBe('');
    expect(sdrFilter({ ...colour, transfer: 'unknown' })).toBe('');
    expect(sdrFilter({ transfer: 'smpte2084', primaries: 'unknown', matrix: 'unknown', range: 'unknown' })).toContain(
      'color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc:range=tv',
    );
    expect(sdrFilter({ ...colour, transfer: 'arib-std-b67', range: 'pc' })).toContain(
      'color_primaries=bt709:color_trc=arib-std-b67:colorspace=bt709:range=pc',
    );
  });
});
