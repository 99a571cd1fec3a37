import { describe, expect, test } from '@jest/globals';
import type { BoostedTrees } from '../../src/credits/boosting.js';
import type { Edge, Read } from '../../src/credits/boundary.js';
import type { ChapterWitness } from '../../src/credits/chapters.js';
import { endEdge, lightEdge } from '../../src/credits/end.js';
import type { Evidence } from '../../src/credits/evidence.js';
import { layoutOf } from '../../src/credits/layout.js';
import type { PictureStats } from '../../src/credits/picture.js';
import type { Search } from '../../src/credits/search-result.js';
import { startEdge } from '../../src/credits/start.js';
import type { TextBox } from '../../src/credits/text-boxes.js';

/** Two lines and more look like credits, one may be theirs, none is not. */
const trees: BoostedTrees = { features: ['boxes'], base: 0, trees: [[7, 0.5, -3, [7, 1.5, -0.85, 3]]] };
const classifier = { trees };

const FOOTAGE = { lumaLow: 0, lumaMedian: 0.4, lumaHigh: 0.9, saturation: 0.2, entropy: 5, plainness: 0.1, dark: 0.1 };
const PLAIN = { ...FOOTAGE, lumaMedian: 0, entropy: 1, plainness: 0.95, dark: 0.9 };
const BLACK = { ...PLAIN, lumaHigh: 0.05, dark: 1 };

const box = (x: number, y: number, width: number, height = 0.06): TextBox => ({ x, y, width, height, score: 0.9 });
const NAMES = [box(0.4, 0.4, 0.2), box(0.42, 0.5, 0.14)];
const frame = (time: number, boxes: readonly TextBox[] = [], stats: PictureStats = FOOTAGE): Evidence => ({
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

type Show = (time: number) => Evidence;

/** Sampled once a second for 100 s; the segmentation says that cards are from one slot to another. */
function searched(show: Show, start: number, end: number, chapters: readonly ChapterWitness[] = []): Search {
  const starts = new Float64Array(100);
  starts[start - 8] = 0.1;
  starts[start] = 0.9;
  return {
    window: { start: 0, end: 100 },
    samples: Array.from({ length: 100 }, (_, time) => show(time)),
    close: [],
    overlays: { places: [], regions: null },
    segmentation: {
      starts,
      present: 0.999,
      start,
      runs: [
        { state: 'story', from: 0, to: start },
        { state: 'cards', from: start, to: end },
        { state: 'sceneAfter', from: end, to: 100 },
      ],
    },
    chapters,
    truncated: false,
  };
}

/** Where an edge lies among ten frames a second; a frame's picture is as light as it is said to be. */
async function place({ window, find }: Edge, show: Show): Promise<number> {
  const read: Read = (sample) => Promise.resolve(show(sample.time));
  const frames = [];
  for (let k = Math.ceil(10 * (window?.start ?? 0)); k / 10 < (window?.end ?? 0); k++) {
    const level = show(k / 10).stats.lumaHigh * 255;
    frames.push({ time: k / 10, image: { width: 8, height: 8, data: new Uint8Array(8 * 8 * 3).fill(level) } });
  }
  return Math.round(10 * (await find(read, frames))) / 10;
}

const startOf = (show: Show, chapters?: readonly ChapterWitness[]): Promise<number> =>
  place(startEdge(searched(show, 40, 80, chapters), classifier, 40), show);
const endOf = (show: Show, chapters?: readonly ChapterWitness[]): Promise<number> =>
  place(endEdge(searched(show, 40, 80, chapters), classifier, 80), show);

const chapter = (kind: ChapterWitness['kind'], start: number, end = 100): ChapterWitness => ({ kind, start, end });

describe('cards start', () => {
  /** Something from one time on, then names. */
  const after = (from: number, before: Evidence, ground: PictureStats = PLAIN, names = 40.3): Show =>
    (time) => (time >= names ? frame(time, NAMES, ground) : time >= from ? { ...before, time } : frame(time)); // prettier-ignore

  test.each([
    ['with the first frame of their names', after(99, frame(0)), 40.3],
    ['over pictures as well', after(99, frame(0), FOOTAGE), 40.3],
    ['with a first line that stands alone', after(36.2, frame(0, [NAMES[0]!], PLAIN)), 36.2],
    ['but with one just before', after(39.1, frame(0, [NAMES[0]!], FOOTAGE), FOOTAGE), 39.1],
    ['not with what is too tall for a line', after(36.2, frame(0, [box(0.4, 0.2, 0.2, 0.25)], PLAIN)), 40.3],
    [
      'not with sentences before names',
      after(36.2, frame(0, [box(0.2, 0.4, 0.5), box(0.2, 0.5, 0.4)], PLAIN), PLAIN, 40),
      40,
    ],
    ['not with lines of more than twice their height', after(36.2, frame(0, [box(0.3, 0.3, 0.2, 0.13)], PLAIN)), 40.3],
    ['not with text whose words are no credits', after(36.2, { ...frame(0, [NAMES[0]!], PLAIN), words: -2 }), 40.3],
  ])('%s', async (_, show, expected) => {
    expect(await startOf(show)).toBe(expected);
  });

  test('with the film, where the first frame shows them', async () => {
    const show: Show = (time) => frame(time, NAMES, PLAIN);
    expect(await place(startEdge(searched(show, 8, 80), classifier, 0), show)).toBe(0);
  });

  test('where the segmentation says, without a frame that is sure', async () => {
    expect(await startOf((time) => frame(time))).toBe(40);
    expect(await startOf((time) => (time >= 49 ? frame(time, NAMES, PLAIN) : frame(time)))).toBe(40);
  });

  test.each([
    ['up to four seconds before its names', 36.4, 36.4],
    ['not more', 36.2, 40.3],
    ['nor before the story is sure to have ended', 30, 40.3],
    ['up to a second behind them', 41.2, 41.2],
    ['not more', 41.4, 40.3],
  ])('with a chapter of that name, over pictures: %s', async (_, start, expected) => {
    expect(await startOf(after(99, frame(0), FOOTAGE), [chapter('other', 38), chapter('credits', start)])).toBe(
      expected,
    );
    // On a plain ground the frames know better.
    expect(await startOf(after(99, frame(0)), [chapter('credits', start)])).toBe(40.3);
  });
});

describe('credits end', () => {
  /** Names up to a time, then something. */
  const before = (until: number, then: Evidence = frame(0), ground: PictureStats = PLAIN): Show =>
    (time) => (time < 40 ? frame(time) : time < until ? frame(time, NAMES, ground) : { ...then, time }); // prettier-ignore

  test.each([
    ['with the first frame without their names', before(80.4), 80.4],
    ['over pictures as well', before(80.4, frame(0), FOOTAGE), 80.4],
    ['although a line on another ground follows', before(80.4, frame(0, [box(0.1, 0.8, 0.3)])), 80.4],
    [
      'not while other names of theirs follow',
      before(80.4, frame(0, [box(0.1, 0.2, 0.2), box(0.12, 0.3, 0.1)], PLAIN)),
      82,
    ],
    ['where the segmentation says, if no text was near', before(71), 80],
    ['where it was', before(73.5), 73.5],
  ])('%s', async (_, show, expected) => {
    expect(await endOf(show)).toBe(expected);
  });

  test('behind a last card of lines as high as the others', async () => {
    const last =
      (height: number): Show =>
      (time) => {
        if (time < 40 || time >= 79.4) return frame(time);
        return frame(time, time < 77 ? NAMES : [box(0.4, 0.6, 0.2, height)], PLAIN);
      };
    expect([await endOf(last(0.07)), await endOf(last(0.09))]).toEqual([79.4, 77]);
  });

  test.each([
    ['a chapter that ends up to four seconds later', [chapter('credits', 40, 84.3)], 84.3],
    ['not more', [chapter('credits', 40, 84.5)], 80.4],
    ['up to a second earlier', [chapter('credits', 40, 79.5)], 79.5],
    ['not more', [chapter('credits', 40, 79.3)], 80.4],
    ['a preview that begins there', [chapter('preview', 82)], 82],
    ['a scene that begins there', [chapter('scene', 82)], 82],
    ['no other', [chapter('other', 82)], 80.4],
  ] as const)('with %s, over pictures', async (_, chapters, expected) => {
    expect(await endOf(before(80.4, frame(0), FOOTAGE), chapters)).toBe(expected);
    expect(await endOf(before(80.4), chapters)).toBe(80.4);
  });
});

describe('black ends', () => {
  const lit = (until: number, from = 70): Show => (time) =>
    time >= from && time < until ? frame(time, [], BLACK) : frame(time); // prettier-ignore
  const lightOf = (show: Show): Promise<number> => place(lightEdge(searched(show, 40, 70), 80), show);

  test.each([
    ['with the first frame that is not black', 80.4, 80.4],
    ['before', 78.2, 78.2],
    ['where the segmentation says, if none was near', 76.5, 80],
  ])('%s', async (_, until, expected) => {
    expect(await lightOf(lit(until))).toBe(expected);
  });

  test('where the segmentation says, if there was none', async () => {
    expect(await lightOf(lit(0))).toBe(80);
  });
});
