import { describe, expect, test } from '@jest/globals';
import type { BoostedTrees } from '../../src/credits/boosting.js';
import type { Evidence } from '../../src/credits/evidence.js';
import { layoutOf } from '../../src/credits/layout.js';
import {
  favourOfCredits,
  firstNames,
  firstSure,
  isOverPictures,
  isPause,
  presentBesides,
  timesToReadClosely,
} from '../../src/credits/names-over-pictures.js';
import type { Search } from '../../src/credits/search-result.js';
import type { TextBox } from '../../src/credits/text-boxes.js';

/** One line is credits' text with 0.2, two with 0.3, three with 0.9, four and none with 0.1. */
const trees: BoostedTrees = {
  features: ['boxes'],
  base: 0,
  trees: [[7, 0.5, -2.197, [7, 1.5, -1.386, [7, 2.5, -0.847, [7, 3.5, 2.197, -2.197]]]]],
};
const classifier = { trees };

const FOOTAGE = { lumaLow: 0, lumaMedian: 0.4, lumaHigh: 0.9, saturation: 0.2, entropy: 5, plainness: 0.1, dark: 0.1 };
const PLAIN = { ...FOOTAGE, plainness: 0.95, dark: 0.9 };
const HEIGHT = 0.045;
const box = (x: number, y: number, width: number, height = HEIGHT): TextBox => ({ x, y, width, height, score: 0.9 });
const NAMES = [box(0.6, 0.4, 0.12), box(0.6, 0.46, 0.2), box(0.6, 0.52, 0.15)];
const frame = (time: number, boxes: readonly TextBox[] = [], stats = FOOTAGE): Evidence => ({
  time,
  stats,
  boxes,
  layout: layoutOf(boxes),
  thorough: true,
  words: null,
  change: null,
  rise: null,
  still: null,
});

type Runs = Search['segmentation']['runs'];
const RUNS: Runs = [
  { state: 'story', from: 0, to: 40 },
  { state: 'names', from: 40, to: 100 },
];
/** A film of a hundred seconds whose credits are sure to start at 40. */
function film(show: (time: number) => Evidence, runs = RUNS): Search {
  const starts = new Float64Array(100);
  starts[40] = 1;
  return {
    window: { start: 0, end: 100 },
    samples: Array.from({ length: 100 }, (_, time) => show(time)),
    close: [],
    overlays: { places: [], regions: null },
    segmentation: { starts, present: 0.999, start: 40, runs },
    chapters: [],
    truncated: false,
  };
}

test.each([
  [0.999, null, 0.999],
  [0.999, 0, 0.999],
  [0.6, 3, 0.6],
  [0.999, -1, 1 / (1 + Math.exp(-1))],
  [1, -3, 1 / (1 + Math.exp(1))],
  [0.5, -1, 1 / (1 + Math.exp(1))],
  [0.2, -1, 1 / (1 + 4 * Math.E)],
])('credits that were %f likely are, where frames say %f, %f likely: they count for two nats at most', (...about) => {
  const [present, favour, expected] = about;
  expect(presentBesides(present, favour)).toBeCloseTo(expected, 9);
});

describe('frames that were read closely speak for credits', () => {
  const search = film((time) => frame(time, time < 40 ? [] : NAMES));
  const sure = search.samples[40]!;
  /** As many frames of each, the first of which show names; those just before the credits are of neither. */
  const favour = (story: number, ofStory: number, credits: number, ofCredits: number, shown = NAMES): number | null => {
    const row = (from: number, step: number, count: number, named: number): Evidence[] =>
      Array.from({ length: count }, (_, k) => frame(from + step * k, k < named ? shown : []));
    const close = [
      ...row(4, 2, story, ofStory),
      frame(39, NAMES),
      frame(39.5, NAMES),
      ...row(40, 5, credits, ofCredits),
    ];
    return favourOfCredits(close, search, sure, classifier);
  };
  /** Beta functions of whole numbers. */
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  const beta = (a: number, b: number): number => (factorial(a - 1) * factorial(b - 1)) / factorial(a + b - 1);
  const rate = (shown: number, of: number, a: number, b: number): number =>
    beta(shown + a, of - shown + b) / beta(a, b);

  test.each([
    [4, 0, 4, 4],
    [4, 4, 4, 4],
    [10, 1, 8, 5],
    [12, 6, 6, 3],
  ])('of the story %d, %d with names, of the credits %d, %d with names', (story, before, credits, after) => {
    const apart = rate(before, story, 1, 12) * rate(after, credits, 4, 2);
    const together = rate(before + after, story + credits, 2, 2);
    expect(favour(story, before, credits, after)).toBeCloseTo(Math.log(apart / together), 6);
  });

  test('four of each at least, of which those of the credits have lines', () => {
    expect([favour(3, 0, 8, 8), favour(8, 0, 3, 3), favour(3, 0, 3, 3), favour(8, 0, 8, 8, [])]).toEqual([null, null, null, null]); // prettier-ignore
  });
});

describe('the first names', () => {
  const firstOf = (lines: readonly TextBox[], credits = NAMES): number => {
    const close = Array.from({ length: 30 }, (_, k) => {
      const time = 20 + k;
      return frame(time, time >= 36 ? credits : time >= 33 ? lines : []);
    });
    return firstNames(close, frame(40, credits)).first.time;
  };

  test.each<[string, readonly TextBox[], number]>([
    ['names', NAMES, 33],
    ['scraps are none', [0, 1, 2].map((k) => box(0.3, 0.4 + 0.06 * k, 0.045)), 36],
    ['much lower lines are none', NAMES.map((one) => ({ ...one, height: 0.025 })), 36],
    ['much higher lines are none', NAMES.map((one) => ({ ...one, height: 0.08 })), 36],
    ['centred lines of which one is above the foot are some', [box(0.35, 0.3, 0.3), box(0.3, 0.9, 0.4)], 33],
    ['a centred line just at the foot is none', [box(0.35, 0.74, 0.3)], 36],
    ['one just above is one', [box(0.35, 0.68, 0.3)], 33],
    ['a short line alone at the foot is none', [box(0.1, 0.85, 0.15)], 36],
    ['a short and a long one at the foot, centred, are none', [box(0.4, 0.82, 0.2), box(0.3, 0.9, 0.4)], 36],
    ['of two at the foot one is not centred: some', [box(0.35, 0.82, 0.3), box(0.1, 0.9, 0.3)], 33],
  ])('%s', (_, lines, expected) => {
    expect(firstOf(lines)).toBe(expected);
  });

  test('go on over a card of which parts are read where names stand, not over the like elsewhere', () => {
    const close = (scrap: TextBox): Evidence[] =>
      Array.from({ length: 30 }, (_, k) =>
        frame(20 + k, k < 8 ? [] : k < 11 ? NAMES : k === 13 ? [scrap] : k < 16 ? [] : NAMES),
      );
    const first = (scrap: TextBox): number => firstNames(close(scrap), frame(40, NAMES)).first.time;
    expect(first(box(0.6, 0.4, 0.05))).toBe(28);
    expect(first(box(0.2, 0.4, 0.05))).toBe(36);
    expect(first(box(0.6, 0.4, 0.05, 0.08))).toBe(36);
  });

  test('are as high as the middle one of the credits’ lines', () => {
    expect(firstOf(NAMES, [box(0.6, 0.4, 0.12), box(0.6, 0.5, 0.2, 0.2), box(0.6, 0.8, 0.15)])).toBe(33);
    const close = Array.from({ length: 30 }, (_, k) => frame(20 + k, k < 13 ? [0, 1, 2].map((n) => box(0.1, 0.3 * n, 0.3, 0.2)) : NAMES)); // prettier-ignore
    expect(firstNames(close, frame(40, NAMES)).first.time).toBe(33);
  });

  test('are those behind the last pause of more than 4.2 seconds', () => {
    expect([isPause(28.79, 33), isPause(28.81, 33)]).toEqual([true, false]);
    const close = Array.from({ length: 30 }, (_, k) => frame(20 + k, k === 5 || k >= 13 ? NAMES : []));
    expect(firstNames(close, frame(40, NAMES)).first.time).toBe(33);
  });
});

test('text of the story and of what follows says nothing of what the credits stand on', () => {
  const over = (show: (time: number) => Evidence, runs: Runs): boolean => {
    const { samples, segmentation, window } = film(show, runs);
    return isOverPictures(samples, segmentation, window);
  };
  const runs: Runs = [
    { state: 'story', from: 0, to: 40 },
    { state: 'cards', from: 40, to: 50 },
    { state: 'roll', from: 50, to: 60 },
    { state: 'sceneAfter', from: 60, to: 100 },
  ];
  expect(over((time) => frame(time, NAMES, time >= 40 && time < 60 ? PLAIN : FOOTAGE), runs)).toBe(false);
  expect(over((time) => frame(time, NAMES, time >= 40 && time < 60 ? FOOTAGE : PLAIN), runs)).toBe(true);
  // Dark pictures among others are plain.
  expect(over((time) => frame(time, NAMES, time < 51 ? PLAIN : FOOTAGE), runs)).toBe(true);
  expect(over((time) => frame(time, NAMES, time < 53 ? PLAIN : FOOTAGE), runs)).toBe(false);
});

test.each([
  ['one that is sure comes before a likelier one', [3, 3], 0],
  ['a later one that is sure before one that is not', [1, 2, 3], 2],
  ['the likeliest where none is', [1, 2, 1], 1],
  ['the first of these', [2, 2], 0],
  ['none where all are too unlikely', [4, 4], -1],
])('of frames with text, %s', (_, counts, expected) => {
  const samples = counts.map((count, time) => frame(time, Array.from({ length: count }, (_one, k) => box(0.1, 0.1 * k, 0.2)))); // prettier-ignore
  expect(firstSure(samples, 0, classifier)).toBe(expected);
});

describe('what is read closely', () => {
  const show = (time: number): Evidence => frame(time, time < 40 ? [] : NAMES);
  const last = (runs: Runs, of = show): number | undefined => timesToReadClosely(film(of, runs), classifier)?.credits.at(-1); // prettier-ignore

  test('of the credits lies within forty seconds, and before these end', () => {
    expect(last(RUNS)).toBeCloseTo(77.5, 6);
    expect(last([RUNS[0]!, { state: 'names', from: 40, to: 60 }, { state: 'sceneAfter', from: 60, to: 100 }])).toBeCloseTo(58.75, 6); // prettier-ignore
  });

  test('does not end with credits that were before', () => {
    const runs: Runs = [
      { state: 'story', from: 0, to: 10 },
      { state: 'names', from: 10, to: 20 },
      { state: 'sceneInside', from: 20, to: 40 },
      { state: 'names', from: 40, to: 100 },
    ];
    expect(last(runs)).toBeCloseTo(77.5, 6);
  });

  test('is nothing where no frame shows their text', () => {
    expect(last(RUNS, (time) => frame(time, time >= 60 ? NAMES : []))).toBeUndefined();
    expect(last(RUNS, (time) => frame(time))).toBeUndefined();
  });
});
