import { describe, expect, test } from '@jest/globals';
import { agreeOnEpisodes, type Agreement, withAgreement } from '../../src/credits/agree.js';
import { describe as describeSamples, nextEpisode } from '../../src/credits/answer.js';
import { logOddsOf } from '../../src/credits/boosting.js';
import { cheapestStart } from '../../src/credits/decision.js';
import { type Evidence, evidenceOf, sampleOf } from '../../src/credits/evidence.js';
import { joined, middleOf, secondsOf, timesInDoubt } from '../../src/credits/gaps.js';
import { layoutOf } from '../../src/credits/layout.js';
import { change, halved, pictureStats, sketch, verticalShift } from '../../src/credits/picture.js';
import type { Unread } from '../../src/credits/read-frames.js';
import { doubtfulCards, rollBetween } from '../../src/credits/rolling.js';
import type { Stretch } from '../../src/credits/search-result.js';
import type { Segmentation } from '../../src/credits/segmenter.js';
import { boxesFromMap, type TextBox } from '../../src/credits/text-boxes.js';
import { rollSpeed, rollsTo, textRise } from '../../src/credits/text-motion.js';
import type { CreditsSegment } from '../../src/credits/types.js';
import { isReadable } from '../../src/credits/words.js';
import type { MediaInfo, RgbImage } from '../../src/frames/types.js';

describe('what the episodes of a show say of one', () => {
  const episode = (length: number | null, confidence = 0.6, duration = 1000) => ({
    result: { creditsStart: length === null ? null : duration - length, confidence },
    duration,
  });
  /** What the first is said to be: the length of its credits, and how many agree. */
  const first = (...episodes: ReturnType<typeof episode>[]): [number | null, number, number] => {
    const [{ creditsStart, confidence, agreeing }] = agreeOnEpisodes(episodes) as [Agreement];
    return [creditsStart === null ? null : episodes[0]!.duration - creditsStart, confidence, agreeing];
  };

  test.each([
    ['one of the same length halves the doubt', [episode(30), episode(34)], [30, 0.8, 1]],
    ['a card or two more are another length', [episode(30), episode(34.1)], [30, 0.6, 0]],
    ['each halves it again', [episode(30), episode(34), episode(26), episode(30)], [30, 0.95, 3]],
    ['one without credits says nothing', [episode(30), episode(null)], [30, 0.6, 0]],
    [
      'two others are no majority of three',
      [episode(90), episode(30), episode(31), episode(60), episode(140)],
      [90, 0.6, 0],
    ],
    [
      'three of five are: their median length',
      [episode(90), episode(30), episode(31), episode(33), episode(60), episode(140)],
      [31, 0.5, 3],
    ],
    [
      'three of six are none',
      [episode(90), episode(30), episode(31), episode(33), episode(60), episode(140), episode(200)],
      [90, 0.6, 0],
    ],
    ['one other is no majority', [episode(null), episode(30)], [null, 0.6, 0]],
    ['two others are one, of a show of three', [episode(null), episode(30), episode(32)], [32, 0.5, 2]],
    [
      'an episode that has none counts among all',
      [episode(90), episode(30), episode(31), episode(null), episode(null)],
      [90, 0.6, 0],
    ],
    ['an answer of .9 stands', [episode(90, 0.9), episode(30), episode(31)], [90, 0.9, 0]],
    ['one of less does not', [episode(90, 0.89), episode(30), episode(31)], [31, 0.5, 2]],
    ['no start is never sure enough', [episode(null, 0.95), episode(30), episode(31)], [31, 0.5, 2]],
    ['credits longer than the episode are not its', [episode(null, 0.6, 25), episode(30), episode(31)], [null, 0.6, 0]],
    ['those that begin with it are', [episode(null, 0.6, 31), episode(30), episode(31)], [31, 0.5, 2]],
    [
      'the largest group is asked, not the first',
      [episode(140), episode(60), episode(30), episode(31), episode(32)],
      [31, 0.5, 3],
    ],
  ] as const)('%s', (_, episodes, [length, confidence, agreeing]) => {
    const found = first(...episodes);
    expect(found[0]).toBe(length);
    expect(found[1]).toBeCloseTo(confidence, 9);
    expect(found[2]).toBe(agreeing);
  });

  test('and why', () => {
    const reasons = (...episodes: ReturnType<typeof episode>[]): string => agreeOnEpisodes(episodes)[0]!.reason;
    expect(reasons(episode(30), episode(31))).toBe('1 other episode has credits of the same length');
    expect(reasons(episode(90), episode(30.25), episode(31))).toContain('2 other episodes, whose credits last 31.0 s');
    expect(reasons(episode(90, 0.95), episode(30), episode(31))).toContain('but this one is sure');
    expect(reasons(episode(90))).toBe('no other episode agrees');
  });

  const part = (kind: CreditsSegment['kind'], start: number, end: number, confidence = 0.4): CreditsSegment => ({
    kind,
    start,
    end,
    confidence,
    evidence: 'seen',
  });
  const agreed = (creditsStart: number | null, segments: CreditsSegment[], now: number | null, confidence = 0.7) =>
    withAgreement(
      { creditsStart, segments },
      { creditsStart: now, confidence, agreeing: 2, reason: 'others say so' },
      { duration: 1000, frameRate: 25 },
      'start',
    );

  test('a start that is moved earlier has cards before what was found, one that is moved later cuts it', () => {
    const parts = [part('cards', 950, 970), part('roll', 970, 1000)];
    const spans = (now: number): unknown[] =>
      agreed(950, parts, now).segments.map(({ kind, start, end }) => [kind, start, end]);
    expect(spans(930)).toEqual([['cards', 930, 950], ['cards', 950, 970], ['roll', 970, 1000]]); // prettier-ignore
    expect(spans(960)).toEqual([['cards', 960, 970], ['roll', 970, 1000]]); // prettier-ignore
    expect(spans(970)).toEqual([['roll', 970, 1000]]);
    expect(spans(950)).toEqual([['cards', 950, 970], ['roll', 970, 1000]]); // prettier-ignore
    expect(agreed(null, [], 960).segments).toEqual([{ ...part('cards', 960, 1000, 0.7), evidence: 'others say so' }]);
    expect(agreed(950, parts, null).segments).toEqual(parts.map((one) => ({ ...one, confidence: 0.7 })));
  });

  test('what is surer than the answer stays so', () => {
    const found = agreed(950, [part('roll', 950, 1000, 0.9)], 950);
    expect(found.segments[0]!.confidence).toBe(0.9);
    expect(found).toMatchObject({ creditsStart: 950, frame: 23_750, confidence: 0.7, nextEpisodeAt: 950 });
    expect(found.episodes).toEqual({ agreeing: 2, reason: 'others say so' });
  });
});

describe('when the next episode is offered', () => {
  const part = (kind: CreditsSegment['kind'], start: number, end: number): CreditsSegment => ({ kind, start, end, confidence: 0.9, evidence: '' }); // prettier-ignore
  const roll = part('roll', 500, 560);

  test.each([
    ['not where less than two seconds are left after a scene', 581.9, null, 'and lasts until the file ends'],
    ['where two are', 582, 580, 'this is its end'],
  ])('%s', (_, duration, at, reason) => {
    const found = nextEpisode(500, 0.9, [roll, part('scene-after', 561, 580)], duration, 'afterLastScene');
    expect(found.nextEpisodeAt).toBe(at);
    expect(found.reason).toContain(reason);
  });

  test('after the last of several scenes; other parts are none', () => {
    const parts = [roll, part('scene-inside', 561, 570), roll, part('logo', 570, 575), part('black', 575, 580)];
    expect(nextEpisode(500, 0.9, parts, 600, 'afterLastScene')).toEqual({
      nextEpisodeAt: 570,
      reason: 'a scene follows inside the credits at 00:09:21.000; this is its end',
    });
    expect(nextEpisode(500, 0.9, [part('scene-inside', 1, 2), part('scene-after', 3, 4)], 600, 'start')).toEqual({
      nextEpisodeAt: 500,
      reason: 'credits start; a scene follows after the credits at 00:00:03.000',
    });
    expect(nextEpisode(500, 0.9, [roll], 600, 'afterLastScene').reason).toBe('credits start and no scene follows');
  });
});

describe('what was seen, for a person', () => {
  const info = { height: 1000 } as MediaInfo;
  const seen = (boxes: number | null, rise: number | null, lumaMedian = 0.1): Evidence =>
    ({ layout: boxes === null ? null : { boxes }, rise, stats: { lumaMedian } }) as unknown as Evidence;

  test.each([
    [[], 'between two sampled frames'],
    [[seen(0, null)], 'no text, luma 26'],
    [[seen(1, null), seen(2, null, 0.2)], '2 text boxes a frame, luma 38'],
    [[seen(1, null)], '1 text box a frame, luma 26'],
    [[seen(null, 0.05), seen(null, 0.07), seen(null, 0.3)], 'scrolling 70 px/s, luma 26'],
    [[seen(0, 0.005), seen(1, null)], '1 text box a frame, luma 26'],
    [[seen(0, -0.006)], 'no text, scrolling -6 px/s, luma 26'],
  ])('%j', (samples, expected) => {
    expect(describeSamples(samples, info)).toBe(expected);
  });
});

describe('the start of least cost', () => {
  const costs = { earlyCost: 2, mostEarly: 10, mostLate: 20 };
  test.each([
    ['none: the last slot', [0, 0, 0], 2],
    ['hardly any', [1e-7, 0, 0, 0.5], 3],
    ['of equally good ones the first', [0, 0.5, 0, 0, 0.25], 1],
    ['a chance of much later is bounded', [0.8, ...Array.from({ length: 100 }, () => 0), 0.2], 0],
    ['so is one of much earlier', [0.55, ...Array.from({ length: 100 }, () => 0), 0.45], 0],
  ])('%s', (_, starts, expected) => {
    expect(cheapestStart(starts, costs, 1)).toBe(expected);
  });
});

describe('frames to read next', () => {
  const frames = [1, 4, 6, 9].map((time) => ({ sample: { time } }) as Unread);
  test.each([
    [0, 10, 4],
    [4, 9, 6],
    [1, 4, undefined],
    [5, 20, 9],
  ])('between %d and %d the one in the middle', (start, end, expected) => {
    expect(middleOf({ start, end }, frames)?.sample.time).toBe(expected);
  });

  test('windows that nearly touch are one', () => {
    expect(joined([{ start: 0.5, end: 4 }])).toEqual([{ start: 0, end: 5.05 }]);
    expect(joined([{ start: 10, end: 12 }, { start: 16.05, end: 17 }])).toEqual([{ start: 9, end: 18.05 }]); // prettier-ignore
    expect(joined([{ start: 10, end: 12 }, { start: 16.06, end: 17 }])).toHaveLength(2); // prettier-ignore
    expect(joined([{ start: 10, end: 12 }, { start: 14, end: 15 }, { start: 17, end: 20 }])).toEqual([{ start: 9, end: 21.05 }]); // prettier-ignore
  });

  test('one window is decoded whole, several frame by frame', () => {
    const [a, b] = [{ start: 1.5, end: 4.2 }, { start: 9, end: 10 }]; // prettier-ignore
    expect(secondsOf([a!])).toEqual({ kind: 'everySecond', window: a });
    expect(secondsOf([a!, b!])).toEqual({ kind: 'exactAt', times: [2, 3, 4, 9] });
    expect(secondsOf([])).toEqual({ kind: 'exactAt', times: [] });
  });

  const doubt = (
    starts: readonly number[],
    read: readonly number[] = [],
    end = starts.length,
    start: number | null = 0,
  ): number[] =>
    timesInDoubt(
      read.map((time) => ({ time }) as Evidence),
      { starts: Float64Array.from(starts), start } as Segmentation,
      { start: 100, end: 100 + end },
    );
  const slow = (slots: number): number[] => Array.from({ length: slots }, (_, k) => (k === 0 ? 0.21 : 0.68 / slots));

  test('where it is in doubt for 8 seconds whether credits have begun, every two seconds', () => {
    expect(doubt(slow(10))).toEqual([100.5, 102.5, 104.5, 106.5, 108.5]);
    expect(doubt([0.5, ...Array.from({ length: 6 }, () => 0), 0.48])).toEqual([]);
    expect(doubt([0.5, ...Array.from({ length: 7 }, () => 0), 0.48])).toEqual([100.5, 102.5, 104.5, 106.5]);
    expect(doubt([0.19, ...Array.from({ length: 12 }, () => 0)])).toEqual([]);
    expect(doubt([0.09, ...Array.from({ length: 8 }, () => 0)], [], 9, null)).toEqual([
      100.5, 102.5, 104.5, 106.5, 108.5,
    ]);
    expect(doubt([0.02, ...Array.from({ length: 12 }, () => 0)], [], 13, null)).toEqual([]);
    expect(doubt([0.91, ...Array.from({ length: 12 }, () => 0)])).toEqual([]);
  });

  test('at most sixty of them, none beside one that was read, none behind the end', () => {
    expect(doubt(slow(600)).length).toBeGreaterThan(50);
    expect(doubt(slow(600)).length).toBeLessThanOrEqual(60);
    expect(doubt(slow(10), [102.5, 104.3])).toEqual([100.5, 103.5, 105.5, 107.5, 109.5]);
    expect(doubt(slow(10), [], 4.5)).toEqual([100.5, 102.5]);
  });
});

const box = (x: number, y: number, width: number, height = 0.06): TextBox => ({ x, y, width, height, score: 0.9 });
const shows = (time: number, ...boxes: TextBox[]): Evidence => ({ time, boxes }) as unknown as Evidence;

describe('how text is laid out', () => {
  test('on the whole', () => {
    const { raggedness, lineWidth, ...layout } = layoutOf([box(0.1, 0.2, 0.2, 0.05), box(0.1, 0.8, 0.4, 0.1), box(0.105, 0.4, 0.3, 0.06)]); // prettier-ignore
    expect(layout).toEqual({
      boxes: 3,
      area: expect.closeTo(0.01 + 0.04 + 0.018, 9),
      lineHeight: 0.06,
      tallest: 0.1,
      top: 0.2,
      extent: expect.closeTo(0.7, 9),
      atFoot: 1 / 3,
      offCentre: expect.closeTo((0.3 + 0.2 + 0.245) / 3, 9),
      leftColumn: 1,
      rightColumn: 1 / 3,
      centreColumn: 1 / 3,
      beside: 0,
    });
    expect([lineWidth, raggedness]).toEqual([expect.closeTo(0.3, 9), expect.closeTo(0.2 / 3, 9)]);
    expect(layoutOf([])).toMatchObject({ boxes: 0, top: 1, leftColumn: 0, lineHeight: 0 });
  });

  test.each([
    ['beside each other: half of the lower one’s height', [box(0.1, 0.2, 0.2, 0.1), box(0.5, 0.249, 0.2, 0.1)], 1],
    ['less is below each other', [box(0.1, 0.2, 0.2, 0.1), box(0.5, 0.251, 0.2, 0.1)], 0],
    ['one of three alone', [box(0.1, 0.2, 0.2), box(0.5, 0.2, 0.2), box(0.5, 0.4, 0.2)], 2 / 3],
  ])('%s', (_, boxes, expected) => {
    expect(layoutOf(boxes).beside).toBeCloseTo(expected, 9);
  });

  test('columns agree to a fiftieth of the width', () => {
    expect(layoutOf([box(0.1, 0.1, 0.2), box(0.1199, 0.2, 0.3)]).leftColumn).toBe(1);
    expect(layoutOf([box(0.1, 0.1, 0.2), box(0.1201, 0.2, 0.3)]).leftColumn).toBe(0.5);
    expect(layoutOf([0.1, 0.115, 0.13, 0.145, 0.3].map((x, k) => box(x, 0.1 * k, 0.2))).leftColumn).toBe(0.4);
  });
});

describe('how lines move', () => {
  const lines = (shift: number): TextBox[] => [box(0.2, 0.5 - shift, 0.3), box(0.25, 0.6 - shift, 0.2)];

  test.each([
    ['up, by what lies between their middles', shows(2, ...lines(0.2)), 0.1],
    ['not: hardly moved is standing', shows(2, ...lines(0.039)), 0],
    ['just so fast that they roll', shows(2, ...lines(0.041)), 0.0205],
    ['too fast for a roll', shows(1, ...lines(0.46)), null],
    ['down is no roll', shows(2, ...lines(-0.2)), null],
    ['one line alone says nothing', shows(2, lines(0.2)[0]!), null],
    ['two that move by different ways say nothing', shows(2, lines(0.2)[0]!, lines(0.1)[1]!), null],
    ['nothing is read', { ...shows(2), boxes: null }, null],
  ])('%s', (_, after, expected) => {
    const rise = textRise(shows(0, ...lines(0)), after);
    if (expected === null) expect(rise).toBeNull();
    else expect(rise).toBeCloseTo(expected, 9);
  });

  test.each([
    ['moved to the side', { x: 0.221 }],
    ['wider', { width: 0.321 }],
    ['more than twice as high', { height: 0.14 }],
  ])('other lines are others: %s', (_, about) => {
    const changed = lines(0.2).map((one, k) => (k === 0 ? { ...one, ...about } : one));
    expect(textRise(shows(0, ...lines(0)), shows(2, ...changed))).toBeNull();
    expect(textRise(shows(0, ...changed), shows(2, ...lines(0.4)))).toBeNull();
  });

  /** Frames a second; in each the lines have risen by so much since the one before. */
  const film = (...rises: number[]): Evidence[] => {
    let at = 0;
    return [0, ...rises].map((rise, k) => shows(k, ...lines((at += rise))));
  };

  test.each([
    ['the speed that most agree on', film(0.1, 0.11, 0.1), 0.1],
    ['none, where they do not', film(0.05, 0.1, 0.2, 0.3), null],
    ['none of what stands first', film(0, 0.1, 0.1, 0.1), null],
    ['although some stand later', film(0.1, 0.1, 0.1, 0, 0), 0.1],
    ['none, where as many stand', film(0.1, 0, 0.1, 0), null],
    ['none of a lone frame', film(), null],
  ])('a roll has %s', (_, samples, expected) => {
    const speed = rollSpeed(samples, 0);
    if (expected === null) expect(speed).toBeNull();
    else expect(speed).toBeCloseTo(expected, 9);
  });

  test('two frames of the middle tell, where the search saw none that were near each other', () => {
    const cards: Stretch = { state: 'cards', start: 100, end: 140 };
    const windows = (times: readonly number[], stretch: Stretch = cards) =>
      doubtfulCards({ samples: times.map((time) => shows(time)) }, [stretch]).map((one) => one.windows);
    const [first, second] = windows([100, 110, 120, 130])[0]!;
    expect([first.start, second.start - first.start]).toEqual([120, expect.closeTo(0.7, 9)]);
    // near the edges only, where a card may stand before it rolls
    expect(windows([101, 102, 103, 114, 125, 138, 139])).toHaveLength(1);
    expect(windows([100, 110, 118, 120.5, 130])).toEqual([]);
    expect(windows([100, 110, 120], { ...cards, state: 'names' })).toHaveLength(1);
    expect(windows([100, 110, 120], { ...cards, state: 'story' })).toEqual([]);
    expect(windows([100], { ...cards, end: 103 })).toEqual([]);

    const before = shows(120, ...lines(0));
    expect(rollBetween(before, shows(121, ...lines(0.1)))).toMatchObject({ time: 121, rise: expect.closeTo(0.1, 9) });
    expect(rollBetween(before, shows(121, ...lines(0)))).toBeNull();
    expect(rollBetween(before, null)).toBeNull();
  });

  test('told by the frames of five seconds', () => {
    const late = film(0.02, 0.02, 0.1, 0.1, 0.1).map((sample) => ({ ...sample, time: sample.time * 2 }));
    // The first two frames move too slowly to tell, and no others lie within five seconds.
    expect(rollSpeed(late, 0)).toBeNull();
    expect(rollSpeed(film(0.05, 0.05, 0.05, 0.05, 0.05, 0.2, 0.2, 0.2), 0)).toBeCloseTo(0.05, 9);
  });

  test('a line is where the roll’s speed puts it, the nearer in time the closer', () => {
    const to = (off: number, seconds = 1, speed = 0.1): boolean =>
      rollsTo(shows(0, box(0.3, 0.6, 0.2)), shows(seconds, box(0.3, 0.6 - speed * seconds + off, 0.2)), speed);
    // .015 and .02 a second.
    expect([to(0), to(0.034), to(0.036), to(-0.034), to(-0.036)]).toEqual([true, true, false, true, false]);
    expect([to(0.054, 2), to(0.056, 2)]).toEqual([true, false]);
    expect(rollsTo(shows(0, box(0.3, 0.6, 0.2)), shows(1, box(0.35, 0.5, 0.2)), 0.1)).toBe(false);
    expect(rollsTo({ ...shows(0), boxes: null }, shows(1, box(0.3, 0.5, 0.2)), 0.1)).toBe(false);
    // An earlier frame's line stands lower.
    expect(rollsTo(shows(1, box(0.3, 0.5, 0.2)), shows(0, box(0.3, 0.6, 0.2)), 0.1)).toBe(true);
  });

  test('of a line that is cut at the foot the upper edge tells', () => {
    const cut = (x: number, y: number): boolean =>
      rollsTo(shows(0, box(x, 0.96, 0.2, 0.03)), shows(1, box(0.3, y, 0.2, 0.06)), 0.1);
    expect([cut(0.3, 0.86), cut(0.3, 0.82), cut(0.45, 0.86), cut(0.51, 0.86)]).toEqual([true, false, true, false]);
  });
});

const plain = (width: number, height: number, level: (x: number, y: number) => number): RgbImage => {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.fill(level(i % width, Math.floor(i / width)), i * 3, i * 3 + 3);
  return { width, height, data };
};

describe('pictures', () => {
  test('are told by their levels', () => {
    const image = plain(10, 10, (x, y) => (y < 6 ? 100 : y < 9 ? 19 : x < 5 ? 20 : 255));
    const stats = pictureStats(image, sketch(image));
    expect(stats).toMatchObject({
      lumaLow: 19 / 255,
      lumaMedian: 100 / 255,
      lumaHigh: 100 / 255,
      saturation: 0,
      plainness: 0.6,
      dark: 0.3,
    });
    expect(stats.entropy).toBeCloseTo(-(0.6 * Math.log2(0.6) + 0.3 * Math.log2(0.3) + 2 * 0.05 * Math.log2(0.05)), 9);
  });

  test.each([
    [108, 1],
    [109, 0.5],
    [92, 1],
    [91, 0.5],
  ])('levels of 100 and %d are %d plain', (level, expected) => {
    const image = plain(10, 10, (x) => (x < 5 ? 100 : level));
    // Of two as frequent ones the lower counts.
    const { plainness } = pictureStats(image, sketch(image));
    expect(plainness).toBe(expected);
  });

  test('colours are saturated', () => {
    const image = { width: 2, height: 1, data: Uint8Array.of(255, 0, 0, 50, 101, 70) };
    expect(pictureStats(image, sketch(image)).saturation).toBeCloseTo((1 + 51 / 255) / 2, 9);
    expect([...sketch(image).luma]).toEqual([76, 82]);
  });

  test('change by the mean difference of their levels', () => {
    expect(change(sketch(plain(4, 4, () => 10)), sketch(plain(4, 4, (x) => (x < 2 ? 10 : 61))))).toBeCloseTo(0.1, 9);
  });

  test('of a width of more than 560 pixels are halved', () => {
    expect(
      sampleOf(
        0,
        plain(560, 10, () => 9),
      ).image.width,
    ).toBe(560);
    expect(
      sampleOf(
        0,
        plain(561, 10, () => 9),
      ).image.width,
    ).toBe(280);
    expect(halved(plain(2, 2, (x, y) => 2 * x + y)).data[0]).toBe(2);
  });

  const striped = (top: number): RgbImage =>
    plain(64, 60, (x, y) => {
      const row = (y + top) % 60;
      return row > 20 && row < 26 && (x * 7919 + (y + top) * 104729) % 5 < 2 ? 220 : 0;
    });

  test('rise where their letters do, at most by half of their height', () => {
    const shift = (by: number): number => Math.round(verticalShift(sketch(striped(0)), sketch(striped(by))).shift * 60);
    expect([shift(5), shift(-7), shift(0)]).toEqual([5, -7, 0]);
    expect(verticalShift(sketch(plain(64, 60, () => 0)), sketch(striped(0)))).toEqual({ shift: 0, match: 0, still: 0 });
  });

  test('noise of less than 24 levels is no letter', () => {
    const noisy = (contrast: number) => sketch(plain(64, 60, (x) => (x % 2) * contrast));
    expect(verticalShift(noisy(24), noisy(24)).match).toBe(0);
    expect(verticalShift(noisy(25), noisy(25)).match).toBeGreaterThan(0.9);
  });

  test('are compared with the one before, if that lies no further back than three seconds', () => {
    const before = (time: number) => ({ time, sketch: sketch(striped(0)) });
    const now = sampleOf(10, striped(6));
    expect(evidenceOf(now, before(8), [])).toMatchObject({
      rise: expect.closeTo(0.05, 6),
      words: null,
      thorough: true,
    });
    expect(evidenceOf(now, before(7), [])).toMatchObject({ rise: expect.closeTo(0.1 / 3, 6) });
    expect(evidenceOf(now, before(6.9), [])).toMatchObject({ rise: null, change: null, still: null });
    expect(evidenceOf(now, null, null)).toMatchObject({ rise: null, change: null, layout: null });
    const other = { time: 9, sketch: sketch(plain(32, 60, () => 0)) };
    expect(evidenceOf(now, other, [])).toMatchObject({ change: null });
    // What is like nothing before does not rise.
    expect(evidenceOf(now, { time: 9, sketch: sketch(plain(64, 60, () => 0)) }, [])).toMatchObject({
      rise: null,
      still: 0,
    });
  });
});

test.each([
  ['too thin', [10, 10, 40, 2, 0.9], 0],
  ['three pixels', [10, 10, 40, 3, 0.9], 1],
  ['too narrow', [10, 10, 2, 40, 0.9], 0],
  ['hardly likely', [10, 10, 40, 8, 0.59], 0],
  ['likely enough', [10, 10, 40, 8, 0.61], 1],
  ['in the padding', [80, 60, 10, 3, 0.9], 0],
] as const)('what may be text is %s', (_, [x, y, w, h, p], count) => {
  const data = new Float32Array(100 * 80);
  for (let row = y; row < y + h; row++) data.fill(p, row * 100 + x, row * 100 + x + w);
  expect(boxesFromMap({ width: 100, height: 80, data }, 70, 50)).toHaveLength(count);
});

test('a faint pixel is no part of a word', () => {
  const data = new Float32Array(60 * 20);
  for (let row = 8; row < 12; row++)
    data.fill(0.9, row * 60 + 20, row * 60 + 40).fill(0.29, row * 60 + 40, row * 60 + 50);
  const [word] = boxesFromMap({ width: 60, height: 20, data });
  const grow = (20 * 4 * 1.5) / 48;
  expect(word!.x * 60).toBeCloseTo(20 - grow, 5);
  expect((word!.x + word!.width) * 60).toBeCloseTo(40 + grow, 5);
  expect(word!.y * 20).toBeCloseTo(8 - grow, 5);
});

test.each([
  ['Adams', true],
  ['Adam', false],
  ['ABC Белова Д', false],
  ['Abcdefg ЖЖЖ', false],
  ['Abcdefgh ЖЖЖ', true],
  ['É c ô l é', true],
  ['12345', true],
])('letters that are read: %s', (line, expected) => {
  expect(isReadable(line)).toBe(expected);
});

test('trees send a value below their threshold one way, all others the other; what is missing goes below', () => {
  const model = { features: ['a'], base: 1, trees: [[0, 5, 10, [0, 8, 20, 30]] as const, 0.5] };
  expect([4.9, 5, 8, NaN].map((value) => logOddsOf(model, [value]))).toEqual([11.5, 21.5, 31.5, 11.5]);
});
