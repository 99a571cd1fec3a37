import { describe, expect, test } from '@jest/globals';
import { evidenceOf, sampleOf, type Evidence } from '../../src/credits/evidence.js';
import { filmSettings, filmSettingsSteps } from '../../src/credits/film-kinds.js';
import { frameNumber } from '../../src/credits/frame-number.js';
import { layoutOf } from '../../src/credits/layout.js';
import { parameters } from '../../src/credits/parameters.js';
import { SAMPLE_SIZE } from '../../src/credits/read-frames.js';
import { examineStill, fitted } from '../../src/credits/still.js';
import type { TextBox } from '../../src/credits/text-boxes.js';
import { rollSpeed, rollsTo, textRise } from '../../src/credits/text-motion.js';
import type { RgbImage } from '../../src/frames/types.js';
import type { Model } from '../../src/inference/types.js';

const box = (x: number, y: number, width: number, height = 0.05): TextBox => ({ x, y, width, height, score: 0.9 });
const picture = (width: number, height: number, level = 100): RgbImage => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(level),
});
const black = sampleOf(0, picture(32, 18, 0));
const frame = (time: number, ...boxes: TextBox[]): Evidence => evidenceOf({ ...black, time }, null, boxes);

describe('the number of the frame that shows at a time', () => {
  const numbered = (time: number, frameRate: number | null, variableRate = false): Promise<number | null> =>
    frameNumber(
      {
        file: 'film',
        info: { frameRate, variableRate },
        source: { countBefore: (_file, before) => Promise.resolve(1000 + Math.round(before)) },
      },
      time,
    );

  test.each([
    ['is told by a steady rate', 10, 24, false, 240],
    ['also where the container rounded the time', 10.003, 24, false, 240],
    ['either way', 9.997, 24, false, 240],
    ['is counted between two frames', 10.02, 24, false, 1010],
    ['is counted where the rate varies', 10, 24, true, 1010],
    ['is counted where there is no rate', 10, null, false, 1010],
  ] as const)('%s', async (_, time, rate, variable, expected) => {
    expect(await numbered(time, rate, variable)).toBe(expected);
  });
});

describe('lines that roll', () => {
  /** Two lines that come to other places and sizes. */
  const rise = (change: (one: TextBox) => TextBox, seconds = 1): number | null => {
    const lines = [box(0.3, 0.5, 0.2), box(0.35, 0.6, 0.3)];
    return textRise(frame(0, ...lines), frame(seconds, ...lines.map(change)));
  };

  test.each<[string, (one: TextBox) => TextBox, number | null]>([
    ['rise as far as they do', (one) => ({ ...one, y: one.y - 0.1 }), 0.1],
    ['are the same a little to the side', (one) => ({ ...one, x: one.x + 0.01, y: one.y - 0.1 }), 0.1],
    ['are others further to the side', (one) => ({ ...one, x: one.x - 0.03, width: one.width + 0.03, y: one.y - 0.1 }), null], // prettier-ignore
    ['are others of another width', (one) => ({ ...one, width: one.width + 0.03, y: one.y - 0.1 }), null],
    ['are the same when they are read twice as high', (one) => ({ ...one, height: 0.1, y: one.y - 0.125 }), 0.1],
    ['or half as high', (one) => ({ ...one, height: 0.025, y: one.y - 0.0875 }), 0.1],
    ['are others three times as high', (one) => ({ ...one, height: 0.15, y: one.y - 0.15 }), null],
    ['or a third', (one) => ({ ...one, height: 0.0166, y: one.y - 0.083 }), null],
    ['stand where they hardly move', (one) => ({ ...one, y: one.y - 0.001 }), 0],
    ['stand where they sink as little', (one) => ({ ...one, y: one.y + 0.001 }), 0],
    ['do not roll down', (one) => ({ ...one, y: one.y + 0.1 }), null],
  ])('%s', (_, change, expected) => {
    const found = rise(change);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toBeCloseTo(expected, 6);
  });

  test('do not roll faster than anybody reads', () => {
    expect(rise((one) => ({ ...one, y: one.y - 0.2 }), 0.1)).toBeNull();
    expect(rise((one) => ({ ...one, y: one.y - 0.2 }), 1)).toBeCloseTo(0.2, 6);
  });

  test('agree, where one line alone is chance; the most that agree', () => {
    expect(textRise(frame(0, box(0.3, 0.5, 0.2)), frame(1, box(0.3, 0.4, 0.2)))).toBeNull();
    const [before, after] = [
      [box(0.1, 0.5, 0.2), box(0.2, 0.6, 0.2), box(0.3, 0.7, 0.2), box(0.4, 0.8, 0.2), box(0.5, 0.9, 0.2)],
      [box(0.1, 0.48, 0.2), box(0.2, 0.58, 0.2), box(0.3, 0.6, 0.2), box(0.4, 0.7, 0.2), box(0.5, 0.8, 0.2)],
    ];
    expect(textRise(frame(0, ...before), frame(1, ...after))).toBeCloseTo(0.1, 6);
    expect(textRise({ ...frame(0), boxes: null }, frame(1, ...after))).toBeNull();
    expect(textRise(frame(0, ...before), { ...frame(1), boxes: null })).toBeNull();
  });

  /** A film of two lines that rise by so much from each frame to the next. */
  const film = (step: number, ...rises: number[]): Evidence[] => {
    let y = 0.9;
    return [0, ...rises].map((by, k) => {
      y -= by;
      return frame(k * step, box(0.3, y, 0.2), box(0.35, y + 0.1, 0.3));
    });
  };

  test.each<[string, number, number[], number | null]>([
    ['all frames', 1, [0.1, 0.1, 0.1, 0.1], 0.1],
    ['most frames', 1, [0.1, 0.1, 0.1, 0.15], 0.1],
    ['not half of them', 1, [0.1, 0.2, 0.1, 0.2], null],
    ['none where its text stands first', 1, [0, 0.1, 0.1, 0.1], null],
    ['those that roll, whatever stands later', 1, [0.1, 0.1, 0.1, 0], 0.1],
    ['the first six', 0.5, [0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.1, 0.1, 0.1, 0.1, 0.1], 0.1],
    ['those of the first five seconds', 2.5, [0.25, 0.25, 0.1, 0.1, 0.1], 0.1],
    ['nothing of one frame', 1, [], null],
  ])('the speed of a roll is that of %s', (_, step, rises, expected) => {
    const found = rollSpeed(film(step, ...rises), 0);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toBeCloseTo(expected, 6);
  });

  test('a line that is cut at the foot is where its top is, under what it is part of', () => {
    const cut = (x: number, width = 0.2): boolean =>
      rollsTo(frame(0, box(x, 0.96, width, 0.03)), frame(1, box(0.3, 0.86, 0.2)), 0.1);
    expect([cut(0.3), cut(0.4), cut(0.2, 0.15), cut(0.51), cut(0.1, 0.19)]).toEqual([true, true, true, false, false]);
    expect(rollsTo(frame(0, box(0.3, 0.9, 0.2)), frame(1, box(0.3, 0.8, 0.2)), 0.1)).toBe(true);
    expect(rollsTo(frame(0, box(0.4, 0.9, 0.2)), frame(1, box(0.3, 0.8, 0.2)), 0.1)).toBe(false);
    expect(rollsTo(frame(0, box(0.3, 0.9, 0.2)), { ...frame(1), boxes: null }, 0.1)).toBe(false);
  });
});

describe('a lone picture', () => {
  const WIDE = SAMPLE_SIZE.width;

  test.each([
    [320, 180, 320, 180],
    [1920, 1080, WIDE, Math.round((WIDE * 9) / 16)],
    [1000, 4 * SAMPLE_SIZE.height, Math.round(1000 / 4), SAMPLE_SIZE.height],
    [4 * WIDE, 20, WIDE, 5],
    [4 * WIDE, 1, WIDE, 1],
  ])('of %d x %d is looked at as %d x %d', (width, height, wide, high) => {
    const image = fitted(picture(width, height));
    expect([image.width, image.height]).toEqual([wide, high]);
    expect(image.data).toHaveLength(wide * high * 3);
    expect(image.data[0]).toBe(100);
  });

  test('is told by its text, what the network sees in it, and whether it is black', async () => {
    const text = {
      runImages: (images: readonly RgbImage[]) => {
        const { width, height } = images[0]!;
        return Promise.resolve({ map: { dims: [1, 1, height, width], data: new Float32Array(width * height) } });
      },
    } as unknown as Model;
    const resnet = {
      runImage: () => Promise.resolve({ features: { dims: [1, 2], data: Float32Array.of(3, 4) } }),
    } as unknown as Model;
    const [dark, light] = await Promise.all([picture(64, 36, 0), picture(64, 36)].map((image) => examineStill({ text, resnet }, image))); // prettier-ignore
    expect([dark!.black, light!.black]).toEqual([true, false]);
    expect(light!.row.every(Number.isFinite)).toBe(true);
    expect(light!.row).not.toEqual(dark!.row);
    expect(light!.features.length).toBeGreaterThan(0);
  });
});

describe('how lines are laid out', () => {
  const layout = (...boxes: TextBox[]) => layoutOf(boxes);
  test('lines are beside each other where they share more than half of the lower one', () => {
    expect(layout(box(0.1, 0.5, 0.1, 0.1), box(0.5, 0.54, 0.1, 0.05)).beside).toBe(1);
    expect(layout(box(0.1, 0.5, 0.1, 0.1), box(0.5, 0.58, 0.1, 0.05)).beside).toBe(0);
    expect(layout(box(0.1, 0.5, 0.1, 0.05), box(0.5, 0.48, 0.1, 0.1)).beside).toBe(1);
  });

  test('at the foot are those whose middle is in the lowest quarter', () => {
    expect(layout(box(0.4, 0.7, 0.2, 0.12)).atFoot).toBe(1);
    expect(layout(box(0.4, 0.7, 0.2, 0.08)).atFoot).toBe(0);
    expect(layout(box(0.4, 0.7, 0.2, 0.08), box(0.4, 0.9, 0.2)).atFoot).toBe(0.5);
  });
});

describe('the kind of film', () => {
  const PAGE = [0.2, 0.3, 0.4, 0.5, 0.6].map((y) => box(0.2, y, 0.6));
  const about = (text: (second: number) => readonly TextBox[], from = 0, seconds = 120) =>
    [
      Array.from({ length: seconds }, (_, k) => frame(from + k, ...text(k))),
      parameters,
      { start: from, end: from + seconds },
    ] as const;
  const settings = (text: (second: number) => readonly TextBox[], from = 0) => filmSettings(...about(text, from));
  const usual = parameters.segmenter;

  test('is the usual one where its story shows no text', () => {
    expect(settings(() => [])).toBe(usual);
  });

  test('is one of pages where it shows nothing else', () => {
    const found = settings(() => PAGE);
    expect(found.classes.story.text).toBeGreaterThan(0.8);
    expect(found.classes.sceneAfter).toEqual(found.classes.story);
    expect(found.classes.roll).toEqual(usual.classes.roll);
  });

  test('wherever the part of the film that is looked at begins', () => {
    expect(settings(() => PAGE, 5000).classes.story).toEqual(settings(() => PAGE).classes.story);
  });

  test('costs as much as the part of the film is long, in slots of three seconds', () => {
    const cost = (from: number, seconds = 120): number =>
      [...filmSettingsSteps(...about(() => [], from, seconds))].length;
    expect(cost(5000)).toBe(cost(0));
    expect([cost(0, 119), cost(0, 118)]).toEqual([cost(0), cost(0)]);
    // Of four kinds of film.
    expect(cost(0) - cost(0, 117)).toBe(4);
  });
});
