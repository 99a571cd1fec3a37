import { describe, expect, test } from '@jest/globals';
import type { BoostedTrees } from '../../src/credits/boosting.js';
import { chapterWitnesses } from '../../src/credits/chapters.js';
import type { Evidence } from '../../src/credits/evidence.js';
import {
  classifyFrame,
  creditTextProbability,
  frameFeatures,
  isBlack,
  isPlain,
} from '../../src/credits/frame-classifier.js';
import { joined, openGaps, timesBetween } from '../../src/credits/gaps.js';
import { layoutOf } from '../../src/credits/layout.js';
import { firstSure, isOverPictures, sureStory, timesToReadClosely } from '../../src/credits/names-over-pictures.js';
import { footRegion, isInRegions, overlayRegions } from '../../src/credits/overlay-regions.js';
import { parameters } from '../../src/credits/parameters.js';
import { type Search, stretchesOf } from '../../src/credits/search-result.js';
import {
  filmModel,
  isRolling,
  type Segmentation,
  segment,
  slotEvidence,
  type State,
} from '../../src/credits/segmenter.js';
import { besideOverlays, footOf, overlap, staticText } from '../../src/credits/static-overlay.js';
import { stillProbability } from '../../src/credits/still.js';
import type { TextBox } from '../../src/credits/text-boxes.js';

const box = (x: number, y: number, width: number, height = 0.06): TextBox => ({ x, y, width, height, score: 0.9 });

/** Credits' text is what has lines in the middle of the picture; nothing else is asked. */
const trees: BoostedTrees = { features: ['boxes'], base: 0, trees: [[7, 0.5, -3, 3]] };
const classifier = { trees };

const STATS = { lumaLow: 0, lumaMedian: 0.4, lumaHigh: 0.9, saturation: 0.2, entropy: 5, plainness: 0.1, dark: 0.1 };
const PLAIN = { ...STATS, lumaMedian: 0, entropy: 1, plainness: 0.95, dark: 0.9 };
const BLACK = { ...PLAIN, lumaHigh: 0.05, dark: 1 };

function frame(time: number, boxes: readonly TextBox[] | null = [], about: Partial<Evidence> = {}): Evidence {
  const layout = boxes === null ? null : layoutOf(boxes);
  return {
    time,
    stats: STATS,
    boxes,
    layout,
    thorough: true,
    words: null,
    change: null,
    rise: null,
    still: null,
    ...about,
  };
}
const seconds = (count: number, of: (time: number) => Evidence, from = 0): Evidence[] =>
  Array.from({ length: count }, (_, k) => of(from + k));

describe('what a frame may be', () => {
  test.each([
    ['black', BLACK, [], true],
    ['not quite dark', { ...BLACK, dark: 0.998 }, [], false],
    ['with a light in it', { ...BLACK, lumaHigh: 0.09 }, [], false],
    ['with a line on it', BLACK, [box(0.4, 0.4, 0.2)], false],
    ['black, where nobody has looked for lines', BLACK, null, true],
  ])('%s', (_, stats, boxes, expected) => {
    expect(isBlack(frame(0, boxes, { stats }))).toBe(expected);
  });

  test.each([
    [{ plainness: 0.46 }, true],
    [{ plainness: 0.45 }, false],
    [{ dark: 0.61 }, true],
    [{ dark: 0.6 }, false],
  ])('a ground that cards are set on: %j', (stats, expected) => {
    expect(isPlain({ stats: { ...STATS, ...stats } })).toBe(expected);
  });

  const names = [box(0.7, 0.4, 0.12), box(0.7, 0.5, 0.2)];
  test.each([
    ['names over a picture', names, STATS, 'names'],
    ['one line is no job and name', [names[0]!], STATS, 'text'],
    ['on a plain ground it is text', names, PLAIN, 'text'],
    ['tall letters are a title', [box(0.1, 0.3, 0.5, 0.1), names[0]!], STATS, 'text'],
    ['half of them at the foot', [names[0]!, box(0.7, 0.85, 0.2)], STATS, 'names'],
    ['most of them at the foot', [names[0]!, box(0.7, 0.85, 0.2), box(0.7, 0.92, 0.2)], STATS, 'text'],
    ['nothing', [], STATS, 'picture'],
    ['black', [], BLACK, 'black'],
  ])('%s', (_, boxes, stats, expected) => {
    const classes = classifyFrame(frame(0, boxes, { stats }), classifier);
    expect(Object.values(classes).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
    expect(Object.entries(classes).reduce((a, b) => (b[1] > a[1] ? b : a))[0]).toBe(expected);
  });

  test('is never certain, and nothing is made up where nobody has looked', () => {
    const sure = { trees: { ...trees, trees: [[7, 0.5, -30, 30]] } } as const;
    expect([frame(0), frame(0, names)].map((one) => creditTextProbability(one, sure))).toEqual([0.01, 0.99]);
    expect(creditTextProbability(frame(0, [], { stats: BLACK }), { trees: { ...trees, base: 50 } })).toBe(0.01);
    expect(frameFeatures(frame(0, null))).toEqual([0, 0.4, 0.9, 0.2, 5, 0.1, 0.1, ...Array.from({ length: 13 }, () => NaN)]); // prettier-ignore
    expect(frameFeatures(frame(0, [box(0.4, 0.4, 0.2)])).slice(7, 10)).toEqual([1, 0.2 * 0.06, 0.06]);
  });
});

describe('a picture that stands alone', () => {
  const still = (text: number, seen: number, headWeight: number, black = false): number =>
    stillProbability(
      { black, row: [0], features: Float32Array.of(seen) },
      { trees: { features: ['x'], base: text, trees: [] }, head: { weights: [1], bias: 0 } as never, headWeight },
    );

  test('is judged by its text and by what a network sees, each as far as it counts', () => {
    expect(still(2, -1, 0)).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
    expect(still(1, 0, 0.5)).toBeCloseTo(1 / (1 + Math.exp(-0.5)), 6);
    [0.99, 0.01, 0.01].forEach((expected, i) =>
      expect([still(50, 0, 0), still(-50, 0, 0), still(50, 0, 0, true)][i]).toBeCloseTo(expected, 9),
    );
  });
});

/** A model of the text alone. */
const film = (...parts: readonly (readonly [count: number, of: (time: number) => Evidence])[]): Evidence[] => {
  const samples: Evidence[] = [];
  for (const [count, of] of parts) samples.push(...seconds(count, of, samples.length));
  return samples;
};
const story = (time: number): Evidence => frame(time);
const card = (time: number): Evidence => frame(time, [box(0.4, 0.4, 0.2), box(0.35, 0.5, 0.25)], { stats: PLAIN });

describe('overlays', () => {
  const logo = box(0.85, 0.08, 0.1);
  const shot = (time: number, boxes: readonly TextBox[]): Evidence =>
    frame(time, boxes, { stats: { ...STATS, lumaMedian: 0.2 + 0.1 * (time % 5) } });

  test.each([
    ['the same', logo, 1],
    ['apart', box(0.1, 0.08, 0.1), 0],
    ['below', box(0.85, 0.5, 0.1), 0],
    ['half of it', box(0.9, 0.08, 0.1), 1 / 3],
    ['half as high', box(0.85, 0.08, 0.1, 0.03), 0.5],
  ])('boxes overlap: %s', (_, other, expected) => {
    expect(overlap(logo, other)).toBeCloseTo(expected, 9);
    expect(overlap(other, logo)).toBeCloseTo(expected, 9);
  });

  const logos = (samples: readonly Evidence[]): number => staticText(samples).length;
  const remark = (time: number): TextBox => box(0.1 + 0.06 * (time % 9), 0.3 + 0.05 * (time % 7), 0.2);
  test.each([
    ['ten seconds of one place are a logo', seconds(11, (t) => shot(t, [logo])), 1],
    ['nine are none', seconds(10, (t) => shot(t, [logo])), 0],
    ['not while the picture stays', seconds(20, (t) => frame(t, [logo])), 0],
    ['three other pictures are enough', seconds(12, (t) => (t < 9 ? frame(t, [logo]) : shot(t, [logo]))), 1],
    ['two other pictures are not', [0, 6, 12].map((t) => shot(t, [logo])), 0],
    ['in two of five frames it is none', seconds(40, (t) => shot(t, t % 5 < 2 ? [logo] : [])), 0],
    ['in three of five it is', seconds(41, (t) => shot(t, t % 5 < 3 ? [logo] : [])), 1],
    ['alone in a quarter of them it is none', seconds(40, (t) => shot(t, t % 4 === 0 ? [logo] : [logo, remark(t)])), 0],
    ['alone in more it is', seconds(40, (t) => shot(t, t % 3 === 0 ? [logo] : [logo, remark(t)])), 1],
    [
      'lists of more than six lines do not count',
      seconds(40, (t) => shot(t, [logo, ...[0.2, 0.3, 0.4, 0.5, 0.6, 0.7].map((y) => box(0.1, y, 0.2))])),
      0,
    ],
    ['a little moved it is the same', seconds(20, (t) => shot(t, [{ ...logo, x: logo.x + 0.01 * (t % 2) }])), 1],
  ])('%s', (_, samples, expected) => {
    expect(logos(samples)).toBe(expected);
  });

  test('are left out of what a frame shows', () => {
    const sample = shot(0, [logo, remark(0)]);
    expect(besideOverlays(sample, { places: [logo], regions: null }).boxes).toEqual([remark(0)]);
    expect(besideOverlays(sample, { places: [logo], regions: null }).layout!.boxes).toBe(1);
    expect(besideOverlays(sample, { places: [box(0.1, 0.9, 0.1)], regions: null })).toBe(sample);
    expect(besideOverlays(frame(0, null), { places: [logo], regions: null }).boxes).toBeNull();
  });

  const ticker = (time: number): TextBox => box(0.1 + 0.03 * (time % 3), 0.89, 0.5);
  const regionsOf = (samples: readonly Evidence[], half = 100): boolean => overlayRegions(samples, half) !== null;
  test.each([
    ['text in a band for 15 seconds', seconds(16, (t) => shot(t, [ticker(t)])), true],
    ['for 14', seconds(15, (t) => shot(t, [ticker(t)])), false],
    ['over one picture', seconds(30, (t) => frame(t, [ticker(t)])), false],
    ['in three frames of ten', seconds(30, (t) => shot(t, t % 10 < 3 ? [ticker(t)] : [])), true],
    ['in two', seconds(30, (t) => shot(t, t % 10 < 2 ? [ticker(t)] : [])), false],
    ['over less than half of the time', seconds(40, (t) => shot(t, t < 19 ? [ticker(t)] : [])), false],
    ['over half', seconds(40, (t) => shot(t, t < 22 ? [ticker(t)] : [])), true],
    ['in three frames', [0, 8, 16].map((t) => shot(t, [ticker(t)])), false],
    ['in four', [0, 8, 16, 24].map((t) => shot(t, [ticker(0)])), true],
    ['on a plain ground', seconds(30, (t) => ({ ...card(t), stats: { ...PLAIN, lumaMedian: (t % 5) / 10 } })), false],
    ['that was read hastily', seconds(30, (t) => ({ ...shot(t, [ticker(t)]), thorough: false })), false],
  ])('are regions: %s', (_, samples, expected) => {
    expect(regionsOf(samples)).toBe(expected);
  });

  test('what comes after the middle of what was searched is none', () => {
    const samples = seconds(60, (t) => shot(t, t >= 20 ? [ticker(t)] : []));
    expect([regionsOf(samples, 20), regionsOf(samples, 60)]).toEqual([false, true]);
  });

  /** The lowest two rows of 18, left half of 32 columns. */
  const regions = (share: number) => ({
    shares: Array.from({ length: 32 * 18 }, (_, cell) => (cell >= 32 * 16 && cell % 32 < 16 ? share : 0)),
  });
  test.each([
    ['more than half of it in such cells', 0.49, 0.3, STATS, true],
    ['half of it', 0.51, 0.3, STATS, false],
    ['on a plain ground three fifths', 0.41, 0.6, PLAIN, false],
    ['more than that', 0.39, 0.6, PLAIN, true],
    ['on a plain ground what pauses is none', 0.3, 0.59, PLAIN, false],
  ])('a line is a region’s: %s', (_, out, share, stats, expected) => {
    const width = 0.4;
    const line = box(0.5 - width * (1 - out), 17 / 18, width, 1 / 18);
    expect(isInRegions(line, frame(0, [line], { stats }), regions(share))).toBe(expected);
  });

  test('take so much of the picture’s foot', () => {
    expect(footRegion(regions(0.5))).toBeCloseTo(16 / 18, 9);
    expect(footRegion({ shares: regions(0.5).shares.map(() => 0) })).toBe(1);
    expect(footRegion({ shares: regions(0.5).shares.map((_, cell) => (cell < 32 * 4 ? 1 : 0)) })).toBe(1);
    expect(footOf({ places: [], regions: null })).toBe(0);
    expect(footOf({ places: [box(0.1, 0.8, 0.2), box(0.1, 0.1, 0.2)], regions: null })).toBeCloseTo(0.2, 9);
    expect(footOf({ places: [box(0.1, 0.7, 0.2)], regions: regions(0.5) })).toBeCloseTo(2 / 18, 9);
    expect(footOf({ places: [box(0.1, 0.8, 0.2)], regions: regions(0.5) })).toBeCloseTo(0.2, 9);
  });
});

const SETTINGS = parameters.segmenter;
const STATES: readonly State[] = filmModel(SETTINGS, 10, 1).states;
const row = (state: State): number => STATES.indexOf(state);

describe('what a frame says of the film’s parts', () => {
  /** How much more a frame says for a state when it has this about it. */
  const says = (state: State, about: Partial<Evidence>, base: Evidence, storySentences?: number): number => {
    const of = (sample: Evidence): number =>
      slotEvidence([sample], { ...SETTINGS, ...(storySentences !== undefined && { storySentences }) }, classifier, 0, 1, 1)[row(state)]![0]!; // prettier-ignore
    return of({ ...base, ...about }) - of(base);
  };
  const log = Math.log;

  test.each([
    ['a roll', { rise: 0.1 }, log(0.9)],
    ['a roll', { rise: 0.02 }, log(0.2)],
    ['a roll', { rise: 0.45 }, log(0.2)],
    ['cards', { rise: 0.1 }, log(0.1)],
    ['cards', { rise: 0 }, log(0.9)],
  ] as const)('motion, of %s: %j', (state, about, expected) => {
    expect(says(state === 'cards' ? 'cards' : 'roll', about, card(0))).toBeCloseTo(expected, 9);
    expect(isRolling({ ...card(0), ...about })).toBe(about.rise === 0.1);
  });

  test.each([
    ['cards', 2, 2],
    ['cards', -3, -3],
    ['story', 2, 0],
    ['sceneAfter', -2, 0],
    ['epilogue', -3, 1],
    ['epilogue', -0.5, 0.5],
    ['epilogue', 2, -2],
  ] as const)('words, of %s: %d', (state, words, expected) => {
    expect(says(state, { words }, card(0))).toBeCloseTo(expected, 9);
  });

  /** Lines so wide; names are narrower. */
  const lines = (width: number, count = 2): Evidence =>
    frame(0, Array.from({ length: count }, (_, k) => box(0.1, 0.1 + 0.1 * k, width)), { stats: PLAIN }); // prettier-ignore
  test.each([
    ['cards', 0.37, 2, log(0.1)],
    ['cards', 0.36, 2, log(0.9)],
    ['cards', 0.37, 6, log(0.9)],
    ['cards', 0.37, 5, log(0.1)],
    ['epilogue', 0.37, 2, log(0.9)],
    ['epilogue', 0.36, 2, log(0.1)],
    ['story', 0.37, 2, log(0.3)],
    ['story', 0.36, 2, log(0.7)],
  ] as const)('sentences, of %s: lines of %d, %d of them', (state, width, count, expected) => {
    // The same frame, whose text nobody can tell.
    const shown = lines(width, count);
    const classes = classifyFrame(shown, classifier);
    const own = Object.entries(SETTINGS.classes[state]).reduce(
      (sum, [name, p]) => sum + p * classes[name as 'text'],
      0,
    );
    const found = slotEvidence([shown], { ...SETTINGS, storySentences: 0.3 }, classifier, 0, 1, 1)[row(state)]![0]!;
    expect(found - Math.log(own)).toBeCloseTo(expected, 9);
  });

  test('neighbours speak for their share of two seconds, each for a little', () => {
    const weigh = (...times: number[]): number => {
      const rows = (kept: readonly number[]): number =>
        slotEvidence(kept.map((time) => ({ ...card(0), time })), SETTINGS, classifier, 0, 1, 100)[row('story')]![0]!; // prettier-ignore
      return rows(times) / rows([50]);
    };
    expect(weigh(10, 11)).toBeCloseTo(1, 9);
    expect(weigh(10, 12)).toBeCloseTo(2, 9);
    expect(weigh(10, 20)).toBeCloseTo(2, 9);
    expect(weigh(10, 10.04)).toBeCloseTo(0.1, 9);
    // The one in the middle counts by the nearer.
    expect(weigh(10, 11, 13)).toBeCloseTo(0.5 + 0.5 + 1, 9);
  });

  test('frames outside the window say nothing', () => {
    const rows = slotEvidence(
      [card(-0.5), card(3)].map((one) => one),
      SETTINGS,
      classifier,
      0,
      3,
      1,
    );
    expect(rows.every((values) => values.every((value) => value === 0))).toBe(true);
  });

  const subtitle = (about: Partial<Evidence> = {}, y = 0.86, count = 1): Evidence =>
    frame(0, Array.from({ length: count }, (_, k) => box(0.3, y + 0.04 * k, 0.3, 0.03)), { stats: { ...PLAIN, dark: 0.96 }, ...about }); // prettier-ignore
  test.each([
    ['a line at the foot of black', subtitle(), true],
    ['two', subtitle({}, 0.84, 2), true],
    ['three', subtitle({}, 0.8, 3), false],
    ['higher up', subtitle({}, 0.5), false],
    ['on what is not so dark', subtitle({ stats: { ...PLAIN, dark: 0.95 } }), false],
    ['on what is not so plain', subtitle({ stats: { ...PLAIN, dark: 0.96, plainness: 0.9 } }), false],
    ['that rises', subtitle({ rise: 0.05 }), false],
    ['that stands', subtitle({ rise: 0.01 }), true],
  ])('a song goes on over black, which is no picture: %s', (_, sample, expected) => {
    const black = slotEvidence([sample], SETTINGS, classifier, 0, 1, 1)[row('blackAfter')]![0]!;
    const scene = slotEvidence([sample], SETTINGS, classifier, 0, 1, 1)[row('sceneAfter')]![0]!;
    expect(black > scene).toBe(expected);
  });
});

describe('parts of a film', () => {
  test('last as long as such parts do; all of a film without credits is story', () => {
    const { duration, longest, start, end, next } = filmModel(SETTINGS, 100, 2);
    expect([duration(row('story'), 100), duration(row('story'), 99)]).toEqual([Math.log(1 - SETTINGS.prior), Math.log(SETTINGS.prior)]); // prettier-ignore
    const { median, spread, longest: most } = SETTINGS.lengths.roll;
    const density = (seconds: number): number =>
      Math.log(2) - 0.5 * (Math.log(seconds / median) / spread) ** 2 - Math.log(seconds * spread) - 0.919;
    expect(duration(row('roll'), 30)).toBeCloseTo(density(60), 9);
    expect([longest[row('story')], longest[row('roll')]]).toEqual([100, Math.round(most / 2)]);
    expect([start[row('story')], start[row('cards')], start[row('logo')]]).toEqual([0, Math.log(0.05), -Infinity]);
    expect(end[row('blackBetween')]).toBe(Math.log(SETTINGS.next.blackBetween?.end ?? 0));
    expect(next[row('story')]![row('roll')]).toBe(Math.log(SETTINGS.next.story?.roll ?? 0));
  });

  const decoded = (samples: Evidence[]): Segmentation =>
    segment(samples, SETTINGS, parameters.frameClassifier, { start: 0, end: samples.length }, 1);

  test('stretches are told on the film’s clock, up to its end', () => {
    const { segmentation } = { segmentation: decoded(film([60, story], [20, card])) };
    const stretches = stretchesOf({ segmentation, window: { start: 100, end: 179.5 } });
    expect(stretches.map(({ state, start, end }) => [state, start, end])).toEqual([
      ['story', 100, 160],
      ['cards', 160, 179.5],
    ]);
  });

  test('no part of a film without a frame', () => {
    expect(decoded([]).start).toBeNull();
  });

  test('words that read like names, frame after frame, say where credits start and little of whether there are any', () => {
    /** Some seconds of text that looks little like credits, in a story. */
    const told = (seconds: number, words: number | null): Segmentation => {
      const text = (time: number): Evidence => ({ ...card(time), words, stats: STATS });
      const doubtful: BoostedTrees = { ...trees, trees: [[7, 0.5, -3, -2]] };
      const samples = film([60, story], [seconds, text], [20, story]);
      return segment(samples, SETTINGS, { trees: doubtful }, { start: 0, end: samples.length }, 1);
    };
    const sum = ({ starts }: Segmentation): number => starts.reduce((total, p) => total + p, 0);
    const loud = told(8, 1.5);
    expect(sum(loud)).toBeGreaterThan(0.8);
    expect(loud.present).toBeCloseTo(told(8, 0.5).present, 9);
    expect(loud.start).toBeNull();
    // Where even the words do not make them likely, they are as likely as these say.
    for (const unlikely of [told(6, 1.5), told(8, 0.3), told(8, null)]) expect(unlikely.present).toBe(sum(unlikely));
    expect(told(6, 1.5).present).toBeGreaterThan(5 * told(6, 0.5).present);
  });

  test('a chapter in the middle of doubt moves the start to its beginning', () => {
    // Nothing was read around the start.
    const samples = film([60, story], [20, card]).filter(({ time }) => time < 50 || time >= 70);
    const near = (title: string, at: number): number => {
      const chapters = chapterWitnesses([{ start: at, end: 80, title }], 80);
      const { starts } = segment(samples, SETTINGS, parameters.frameClassifier, { start: 0, end: 80 }, 1, chapters);
      return starts.slice(at - 1, at + 2).reduce((sum, p) => sum + p, 0);
    };
    expect(near('Credits', 62)).toBeGreaterThan(near('Chapter 7', 62));
    expect(near('Chapter 7', 62)).toBeGreaterThan(near('Preview', 62));
  });
});

/** A search whose credits start at a slot. */
function searched(samples: readonly Evidence[], start: number | null, about: Partial<Search> = {}): Search {
  const end = samples.length;
  const starts = new Float64Array(end);
  if (start !== null) starts[start] = 0.9;
  const runs: Segmentation['runs'] =
    start === null ? [{ state: 'story', from: 0, to: end }] : [{ state: 'story', from: 0, to: start }, { state: 'names', from: start, to: end }]; // prettier-ignore
  return {
    window: { start: 0, end },
    samples,
    close: [],
    overlays: { places: [], regions: null },
    segmentation: { starts, present: 0.999, start, runs },
    chapters: [],
    truncated: false,
    ...about,
  };
}

describe('names over pictures', () => {
  const names = (time: number): Evidence => frame(time, [box(0.7, 0.4, 0.12), box(0.7, 0.5, 0.2)]);
  const over = (samples: readonly Evidence[], start: number): boolean => {
    const { segmentation, window } = searched(samples, start);
    return isOverPictures(samples, segmentation, window);
  };

  test('are most of the credits’ text', () => {
    expect(over(film([10, story], [10, names]), 10)).toBe(true);
    expect(over(film([10, story], [4, names], [6, card]), 10)).toBe(false);
    expect(over(film([10, story], [6, names], [5, card]), 10)).toBe(true);
    expect(over(film([10, names], [10, card]), 10)).toBe(false);
    expect(over(film([10, story], [10, story]), 10)).toBe(false);
  });

  test('the first that is sure comes with the credits or soon after', () => {
    const sure = (samples: readonly Evidence[], near: number): number => firstSure(samples, near, classifier);
    const late = film([20, story], [10, names]);
    expect([sure(late, 20), sure(late, 20.04), sure(late, 12), sure(late, 11.9)]).toEqual([20, 20, 20, -1]);
    expect(sure(film([20, story]), 10)).toBe(-1);
    expect(sure([frame(5, null), names(6)], 5)).toBe(1);
  });

  test('the story is sure until the credits may have begun', () => {
    const at = (likely: readonly (readonly [number, number])[], near: number): number => {
      const starts = new Float64Array(40);
      for (const [slot, p] of likely) starts[slot] = p;
      return sureStory({ segmentation: { starts } as Segmentation, window: { start: 100, end: 140 } }, near);
    };
    expect(at([[10, 0.01], [20, 0.5]], 125)).toBe(119); // prettier-ignore
    expect(at([[10, 0.02], [20, 0.5]], 125)).toBe(109); // prettier-ignore
    expect(at([[30, 0.5]], 125)).toBe(125);
  });

  test('are read closely where they begin, and here and there before and after', () => {
    const samples = film([60, story], [20, names]);
    const { sure, story: inStory, before, credits } = timesToReadClosely(searched(samples, 60), classifier)!;
    expect(sure.time).toBe(60);
    expect(inStory).toEqual(Array.from({ length: 12 }, (_, k) => expect.closeTo((59 / 12) * (k + 0.5), 6)));
    expect(before).toEqual([59]);
    expect(credits).toEqual([60, ...Array.from({ length: 8 }, (_, k) => expect.closeTo(60 + 2.5 * (k + 0.5), 6))]);
    expect(timesToReadClosely(searched(film([60, story], [20, card]), 60), classifier)).toBeNull();
    expect(timesToReadClosely(searched(samples, null), classifier)).toBeNull();
    const roll = (time: number): TextBox[] =>
      [0, 1, 2, 3].map((k) => box(0.7, 0.9 + 0.1 * k - 0.05 * (time - 60), 0.12));
    const rolling = film([60, story], [20, (time) => frame(time, roll(time))]);
    expect(timesToReadClosely(searched(rolling, 60), classifier)).toBeNull();
  });
});

describe('what lies between two frames is looked at', () => {
  const gaps = (times: readonly number[], about: (time: number) => Evidence, start: number | null, present = 0.99) => {
    const end = 400;
    const { segmentation } = searched(Array.from({ length: end }, (_, t) => frame(t)), start); // prettier-ignore
    return openGaps(times.map(about), { ...segmentation, present }, { start: 0, end }, [], classifier).map(({ start: from, end: to }) => `${from}-${to}`); // prettier-ignore
  };
  const late = [395, 397, 399];

  test('where credits start', () => {
    expect(gaps([0, 100, 110, 200, ...late], (t) => (t >= 110 ? card(t) : story(t)), 105)).toEqual(['100-110']);
  });

  test('not where it is close enough: two seconds, or one where it is not sure', () => {
    const at = (gap: number, present: number): number =>
      gaps([0, 100, 100 + gap, 200, ...late], (t) => (t > 100 ? card(t) : story(t)), 100, present).filter((one) => one.startsWith('100-')).length; // prettier-ignore
    expect([at(2.1, 0.99), at(2.3, 0.99), at(1.4, 0.9), at(1.6, 0.9)]).toEqual([0, 1, 0, 1]);
  });

  test('where text comes or goes in the last minute', () => {
    const times = [0, 330, 345, 350, 355, ...late];
    expect(gaps(times, (t) => (t === 350 ? card(t) : story(t)), null)).toEqual(['345-350', '350-355']);
    expect(gaps(times, (t) => (t === 330 ? card(t) : story(t)), null)).toEqual([]);
  });

  test('around a frame without text inside the credits, in the last three minutes', () => {
    const times = [0, 200, 210, 240, 260, 300, 330, 360, ...late];
    const text = (but: number) => (t: number) => (t < 205 || t === but ? story(t) : card(t));
    expect(gaps(times, text(260), 205)).toEqual(['200-210', '240-260', '260-300']);
    expect(gaps(times, text(210), 205)).toEqual(['200-210']);
  });

  test('inside credits that are sure only around what may be of a scene', () => {
    const times = [0, 210, 240, 260, 280, 300, 330, 342, 354, 362, 370, ...late];
    const shy = (t: number): Evidence => frame(t, [box(0.6, 0.4, 0.12), box(0.6, 0.5, 0.2)]);
    expect(gaps(times, (t) => (t < 205 ? story(t) : t === 362 ? shy(t) : card(t)), 205)).toEqual(['0-210']);
  });

  test('behind the last frame, where a scene may follow', () => {
    expect(gaps([0, 100, 350], story, null)).toEqual(['350-400']);
    expect(gaps([0, 100, 339], story, null)).toEqual([]);
  });

  test('far from the end at every ten seconds where frames lie far apart: at a boundary and inside the credits', () => {
    const credits = [{ state: 'cards', start: 205, end: 400 }] as const;
    const at = [0, 40, 80, 120, 160, 200, 240, 260, 300].map(story);
    expect(timesBetween(at, [{ start: 160, end: 200 }], [])).toEqual([170, 180, 190]);
    expect(timesBetween(at, [], credits)).toEqual([210, 220, 230, 270, 280, 290]);
    expect(timesBetween(at, [{ start: 240, end: 260 }], [])).toEqual([]);
  });

  test('once', () => {
    const { segmentation } = searched(Array.from({ length: 400 }, (_, t) => frame(t)), 105); // prettier-ignore
    const samples = [0, 100, 110, 200, ...late].map((t) => (t >= 110 ? card(t) : story(t)));
    const window = { start: 0, end: 400 };
    const done = joined([{ start: 100, end: 110 }]);
    expect(openGaps(samples, segmentation, window, done, classifier)).toEqual([]);
    expect(openGaps(samples, segmentation, window, [{ start: 101, end: 110 }], classifier)).toHaveLength(1);
  });
});
