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

/** Two lines and more look like credits, one may be theirs, none is not, nor is what stands at the foot alone. */
const trees: BoostedTrees = {
  features: ['boxes', 'atFoot'],
  base: 0,
  trees: [
    [7, 0.5, -3, [7, 1.5, -0.85, 3]],
    [12, 0.9, 0, -4],
  ],
};
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

/** A frame that nobody has read. */
const unread = (time: number): Evidence => ({ ...frame(time), boxes: null, layout: null });

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

/** Lines of a roll that comes in at the foot at a time and rises by a tenth of the picture a second. */
const roll = (time: number, comes: number): TextBox[] =>
  Array.from({ length: 200 }, (_, k) =>
    box(0.1, 1 - 0.1 * (time - comes) + 0.1 * k, 0.1 + 0.03 * (k % 8), 0.04),
  ).filter(({ y }) => y >= 0 && y < 0.961);

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

test.each([
  [37.5, 40.3],
  [38, 38],
  [38.2, 38.2],
])('a chapter of that name at %f, a second before the story is sure to have ended at most', async (start, expected) => {
  const show: Show = (time) => (time >= 40.3 ? frame(time, NAMES) : frame(time));
  const search = searched(show, 40, 80, [chapter('credits', start)]);
  const starts = search.segmentation.starts.map((_, slot) => Number(slot === 40));
  const found = { ...search, segmentation: { ...search.segmentation, starts } };
  expect(await place(startEdge(found, classifier, 40), show)).toBe(expected);
});

describe('what stands before the names is of theirs', () => {
  /** Something from one time on, until names come. */
  const then = (from: number, before: Evidence, ground = PLAIN, names = 40.3): Promise<number> =>
    startOf((time) => (time >= names ? frame(time, NAMES, ground) : time >= from ? { ...before, time } : frame(time)));
  const rows = (...ys: number[]): TextBox[] => ys.map((y) => box(0.2, y, 0.4));
  const corners = [box(0.02, 0.02, 0.1, 0.1), box(0.86, 0.02, 0.12), box(0.02, 0.81, 0.1, 0.1), box(0.8, 0.9, 0.15)];
  const title = box(0.3, 0.1, 0.2);

  test.each([
    ['a line at the middle of the top', frame(0, [box(0.4, 0.02, 0.2)], PLAIN), 36.2],
    ['a line at the middle of a side', frame(0, [box(0.02, 0.3, 0.1)], PLAIN), 36.2],
    ['a line with words of credits', { ...frame(0, [title], PLAIN), words: 1 }, 36.2],
    ['a line beside a channel’s name', frame(0, [corners[0]!, title], PLAIN), 36.2],
    ...corners.map((one, k) => [`no channel’s name in corner ${k}`, frame(0, [one], PLAIN), 40.3] as const),
    ['no subtitle', frame(0, [box(0.3, 0.85, 0.2)], PLAIN), 40.3],
    ['nothing that nobody has read', unread(0), 40.3],
  ])('%s', async (_, before, expected) => {
    expect(await then(36.2, before)).toBe(expected);
  });

  test.each([
    [5, 40],
    [6, 36.2],
  ])('long lines where they are more than five: %d', async (count, expected) => {
    const long = frame(0, rows(0.05, 0.13, 0.21, 0.29, 0.65, 0.73).slice(0, count), PLAIN);
    expect(await then(36.2, long, PLAIN, 40)).toBe(expected);
  });

  test('a line that stands alone for up to six seconds', async () => {
    expect(await then(33.2, frame(0, [title], PLAIN))).toBe(36);
  });

  test('over pictures, up to a second and a half before the credits', async () => {
    expect(await then(36.2, frame(0, [title]), FOOTAGE)).toBe(39);
  });

  test('over pictures, wherever among the names the decision says that they start', async () => {
    const show: Show = (time) => (time >= 40.3 ? frame(time, NAMES) : frame(time));
    expect(await place(startEdge(searched(show, 40, 80), classifier, 43), show)).toBe(40.3);
  });

  test.each([
    [0.19, 36.2],
    [0.21, 40.3],
  ])('lines that are %f high are lines up to a fifth of the picture', async (height, expected) => {
    const names = [box(0.4, 0.4, 0.2, 0.11), box(0.42, 0.55, 0.14, 0.11)];
    const show: Show = (time) =>
      time >= 40.3 ? frame(time, names, PLAIN) : time >= 36.2 ? frame(time, [box(0.4, 0.1, 0.2, height)], PLAIN) : frame(time); // prettier-ignore
    expect(await startOf(show)).toBe(expected);
  });

  /** Between two frames of the search, the later of which is the first with names. */
  test.each([
    ['a first line on their ground', frame(0, [title], PLAIN), PLAIN, 40.3],
    ['other names over pictures', frame(0, [title, box(0.3, 0.2, 0.1)]), FOOTAGE, 40.3],
    ['a part of them over pictures', frame(0, [NAMES[0]!]), FOOTAGE, 40.3],
    ['no line elsewhere over pictures', frame(0, [title]), FOOTAGE, 41],
    ['no names of a scene before a plain ground', frame(0, [title, box(0.3, 0.2, 0.1)]), PLAIN, 41],
    ['no line that is of a story by its words', { ...frame(0, [title], PLAIN), words: -1 }, PLAIN, 41],
    ['no ground without text', frame(0, [], PLAIN), PLAIN, 41],
  ])('%s, for a moment', async (_, moment, ground, expected) => {
    expect(await then(40.3, moment, ground, 41)).toBe(expected);
  });
});

describe('where names were first read', () => {
  const names: Show = (time) => (time >= 36.7 ? frame(time, NAMES) : frame(time));
  /** Read in the search as they stand since 40.3; read closely at some times. */
  const closely = (...times: number[]): Promise<number> => {
    const search = searched((time) => (time >= 40.3 ? frame(time, NAMES) : frame(time)), 40, 80);
    return place(startEdge({ ...search, close: times.map(names) }, classifier, 40), names);
  };

  test('closely, they start', async () => {
    expect(await closely(35, 36, 37, 38, 39, 40, 41)).toBe(36.7);
  });

  test('closely, the frame of the search before them shows none', async () => {
    expect(await closely(37, 38, 39, 40, 41)).toBe(36.7);
  });
});

describe('the part of the film that is looked through frame by frame', () => {
  const show: Show = (time) => (time >= 40.3 && time < 79 ? frame(time, NAMES, PLAIN) : frame(time));
  const every = (seconds: number, sure?: number): Search => {
    const search = searched(show, 40, 80);
    const starts = search.segmentation.starts.map((p, slot) => (sure === undefined ? p : Number(slot === sure)));
    return {
      ...search,
      samples: search.samples.filter(({ time }) => time % seconds === 0),
      segmentation: { ...search.segmentation, starts },
    };
  };

  test.each([
    ['between two frames of the search', every(1), 40, 40],
    ['no more than two and a half seconds', every(5), 40, 42.5],
    ['not the story', every(5, 45), 45, 44],
  ])('at the start: %s', (_, search, near, from) => {
    const { window } = startEdge(search, classifier, near);
    expect(window!.start).toBe(from);
    expect(window!.end).toBeCloseTo(search.samples.find(({ time }) => time > 40.3)!.time, 2);
  });

  test.each([
    [1, 79],
    [5, 77.5],
  ])('at the end, of a search every %f s: to %f', (seconds, to) => {
    const { window } = endEdge(every(seconds), classifier, 80);
    expect(window!.end).toBeCloseTo(to, 2);
  });

  test('names that flash up before are none of the start', async () => {
    const flash: Show = (time) => (time >= 43 && time < 43.2 ? frame(time, NAMES, PLAIN) : time < 44.3 ? frame(time) : show(time)); // prettier-ignore
    expect(await place(startEdge(every(5), classifier, 40), flash)).toBe(44.3);
  });
});

describe('films that begin with credits', () => {
  const from = (first: number, show: Show = (time) => frame(time, NAMES, PLAIN)): Promise<number> => {
    const search = searched(show, 8, 80);
    return place(startEdge({ ...search, samples: search.samples.slice(first) }, classifier, first), show);
  };
  const rolled: Show = (time) => frame(time, roll(time, -9), PLAIN);

  test('have them from their start where the first frame shows them, or from the first one that could be read', async () => {
    expect([await from(1), await from(2)]).toEqual([0, 2]);
    expect([await from(1, rolled), await from(2, rolled)]).toEqual([0, 2]);
  });
});

describe('a roll starts', () => {
  /** Read from the first time on, those lines that stand above a height. */
  const rolling = (comes: number, above: number, ground = PLAIN, ...others: TextBox[]): Show =>
    (time) => frame(time, [...others, ...roll(time, comes).filter(({ y }) => y < above)], ground); // prettier-ignore

  test.each([
    ['with its first line', rolling(40.3, 1), 40.7],
    ['where its first line came in, over pictures', rolling(40.3, 0.7, FOOTAGE), 40.3],
    ['whatever else stands there', rolling(40.3, 0.7, FOOTAGE, box(0.7, 0.3, 0.2)), 40.3],
    ['not longer than four seconds before it is read', rolling(40.3, 0.5, FOOTAGE), 45.4],
    ['on a plain ground with what is read', rolling(40.3, 0.7), 43.4],
  ])('%s', async (_, show, expected) => {
    expect(await startOf(show)).toBe(expected);
  });

  test('wherever it was sampled last', async () => {
    const show = rolling(42.3, 1);
    const search = searched(show, 47, 80);
    const samples = search.samples.filter(({ time }) => time % 5 === 0);
    expect(await place(startEdge({ ...search, samples }, classifier, 47), show)).toBe(42.7);
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
    ['up to eight seconds before', before(72.5), 72.5],
    ['where the segmentation says, if there was none', (time: number) => frame(time), 80],
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
    expect([await endOf(last(0.07)), await endOf(last(0.09)), await endOf(last(0.04))]).toEqual([79.4, 77, 77]);
  });

  const OTHERS = [box(0.1, 0.2, 0.2), box(0.12, 0.3, 0.1)];
  /** Names, then something between two times. */
  const between = (from: number, to: number, then: Evidence, until = from): Show =>
    (time) =>
      time < 40 ? frame(time) : time < until ? frame(time, NAMES, PLAIN) : time >= from && time < to ? { ...then, time } : frame(time); // prettier-ignore

  test.each([
    ['with other names that stand for a moment', between(79.4, 79.8, frame(0, OTHERS, PLAIN)), 79.8],
    ['before text of a picture that does', between(79.4, 79.8, frame(0, OTHERS)), 79.4],
    ['before the text of a scene that begins there', between(80.6, 84, frame(0, OTHERS), 79.4), 79.4],
    ['before a line that comes with what follows', between(79.4, 82, frame(0, [box(0.4, 0.7, 0.2)], PLAIN)), 79.4],
    ['where the frames behind were not read', between(77.5, 90, unread(0)), 77.5],
  ])('%s', async (_, show, expected) => {
    expect(await endOf(show)).toBe(expected);
  });

  test('with the film that was searched, where its last frame shows them', async () => {
    const show: Show = (time) => frame(time, NAMES, PLAIN);
    expect(await place(endEdge(searched(show, 40, 100), classifier, 99), show)).toBe(100);
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
    ['up to three seconds before', 77.5, 77.5],
    ['where the segmentation says, if none was near', 76.5, 80],
  ])('%s', async (_, until, expected) => {
    expect(await lightOf(lit(until))).toBe(expected);
  });

  test('where the segmentation says, if there was none', async () => {
    expect(await lightOf(lit(0))).toBe(80);
  });

  test('not with a later black', async () => {
    expect(await lightOf((time) => (time >= 90 && time < 95 ? frame(time, [], BLACK) : lit(80.4)(time)))).toBe(80.4);
  });

  test('where the segmentation says, if the film ends before', async () => {
    const search = searched(lit(100), 40, 70);
    const edge = lightEdge({ ...search, samples: search.samples.slice(0, 81) }, 80);
    expect(await place(edge, lit(100))).toBe(80);
  });
});
