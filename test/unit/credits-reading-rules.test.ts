import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { textConfidence } from '../../src/credits/billing/confidence.js';
import {
  lettersOf,
  type LetterLayer,
  readLetterLayer,
  textOf,
  withAccentsLikelier,
} from '../../src/credits/billing/letters.js';
import { joined, piecesOf } from '../../src/credits/billing/regions.js';
import { rowsOf } from '../../src/credits/billing/rows.js';
import { Stitcher, type Track } from '../../src/credits/billing/stitch.js';
import type { Reading } from '../../src/credits/billing/types.js';
import { clearness, isAgreed, likeness, vote } from '../../src/credits/billing/vote.js';
import type { TextBox } from '../../src/credits/text-boxes.js';
import type { RgbImage } from '../../src/frames/types.js';
import type { Model } from '../../src/inference/types.js';

const box = (x: number, y: number, width: number, height = 0.05, score = 1): TextBox => ({
  x,
  y,
  width,
  height,
  score,
});
const read = (text: string, probability = 0.9): Reading =>
  [...text].map((letter, k) => ({ text: letter, probability, x: (k + 0.5) / text.length }));

describe('letters of the recogniser', () => {
  /** Each step's values are the odds of a, b and space themselves. */
  const plain: LetterLayer = {
    alphabet: ['a', 'b', ' '],
    width: 3,
    reach: 1,
    weights: Float32Array.of(0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1),
    bias: Float32Array.of(1, 0, 0, 0),
  };
  const steps = (...values: (readonly [number, number, number])[]) => ({
    dims: [1, values.length, 3],
    data: Float32Array.from(values.flat()),
  });
  const [NONE, A, B, SPACE] = [
    [0, 0, 0],
    [5, 0, 0],
    [0, 5, 0],
    [0, 0, 5],
  ] as const;

  test('a letter is as sure as the step that shows it best', () => {
    const [letter] = lettersOf(steps(NONE, [2, 0, 0], [6, 0, 0], [3, 0, 0]), plain, null);
    expect(letter).toMatchObject({ text: 'a', probability: expect.closeTo(Math.exp(6) / (Math.exp(6) + Math.E + 2), 5) }); // prettier-ignore
    expect(letter!.x).toBeCloseTo((2 + 0.5) / 4);
    // Probabilities of one step sum to 1, also where odds are large.
    expect(lettersOf(steps([800, 0, 0]), plain, null)[0]!.probability).toBeCloseTo(1);
  });

  test('letters with accents are made likelier, others and the blank are not', () => {
    const layer: LetterLayer = { alphabet: ['e', 'é'], width: 1, reach: 1, weights: new Float32Array(3), bias: new Float32Array(3) }; // prettier-ignore
    expect([...withAccentsLikelier(layer, 1).bias]).toEqual([0, 0, 1]);
  });

  test('spaces before and behind are none, those between are', () => {
    expect(textOf(lettersOf(steps(SPACE, A, SPACE, B, NONE, SPACE), plain, null))).toBe('a b');
    expect(lettersOf(steps(SPACE, NONE), plain, null)).toEqual([]);
    expect(textOf(lettersOf(steps(A, A, NONE, A, B, B), plain, null))).toBe('aab');
  });

  test('a layer that looks at its neighbours sees those before and behind, and none beyond the ends', () => {
    const reach: LetterLayer = {
      alphabet: ['p', 'n'],
      width: 1,
      reach: 3,
      // What is before speaks for p, what is behind for n, itself for neither.
      weights: Float32Array.of(0, 1, 0, 0, 0, 0, 0, 0, 1),
      bias: Float32Array.of(0.5, 0, 0),
    };
    const seen = (...values: number[]): string =>
      textOf(lettersOf({ dims: [1, values.length, 1], data: Float32Array.from(values) }, reach, null));
    expect(seen(0, 5, 0)).toBe('np');
    expect(seen(5, 0, 0)).toBe('p');
    expect(seen(0, 0, 5)).toBe('n');
    expect(seen(5)).toBe('');
  });

  describe('the file', () => {
    function file(head: object, floats: number): string {
      const json = Buffer.from(JSON.stringify(head));
      const length = Buffer.alloc(4);
      length.writeUInt32LE(json.length);
      const values = Float32Array.from({ length: floats }, (_, k) => k);
      const path = join(folder, 'letters.bin');
      writeFileSync(path, Buffer.concat([length, json, Buffer.from(values.buffer)]));
      return path;
    }
    const folder = mkdtempSync(join(tmpdir(), 'kinoscope-letters-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    const head = { alphabet: ['a', 'b'], width: 2, reach: 1 };

    test('holds weights, then bias', () => {
      const layer = readLetterLayer(file(head, 9));
      expect(layer).toMatchObject(head);
      expect([...layer.weights]).toEqual([0, 1, 2, 3, 4, 5]);
      expect([...layer.bias]).toEqual([6, 7, 8]);
    });

    test.each([
      ['of another size', head, 8],
      ['with more than it says', head, 12],
      ['whose letters are words', { ...head, alphabet: ['aa', 'b'] }, 9],
      ['of no width', { ...head, width: 0 }, 3],
    ])('%s is refused', (_, about, floats) => {
      const code = (): string => {
        try {
          readLetterLayer(file(about, floats));
          return 'none';
        } catch (error) {
          return (error as { code: string }).code;
        }
      };
      expect(code()).toBe('unavailable');
    });
  });
});

describe('words that were found apart', () => {
  const sizes = (boxes: readonly TextBox[], aspect = 2): number[][] =>
    joined(boxes, aspect).map(({ x, y, width, height }) => [x, y, width, height].map((value) => +value.toFixed(4)));

  test.each<[string, TextBox[], number]>([
    ['close together are one', [box(0.1, 0.5, 0.1), box(0.202, 0.5, 0.1)], 1],
    ['in whatever order they come', [box(0.202, 0.5, 0.1), box(0.1, 0.5, 0.1)], 1],
    ['as columns are two', [box(0.1, 0.5, 0.1), box(0.206, 0.5, 0.1)], 2],
    ['over each other are one', [box(0.1, 0.5, 0.1), box(0.15, 0.5, 0.1)], 1],
    ['of lines below each other are two', [box(0.1, 0.5, 0.1), box(0.1, 0.54, 0.1)], 2],
    ['a little lower are one', [box(0.1, 0.5, 0.1), box(0.202, 0.51, 0.1)], 1],
    ['a line lower are two', [box(0.1, 0.5, 0.1), box(0.202, 0.53, 0.1)], 2],
    ['of other heights are two', [box(0.1, 0.5, 0.1), box(0.202, 0.5, 0.1, 0.1)], 2],
    ['of about the same height are one', [box(0.1, 0.5, 0.1), box(0.202, 0.5, 0.1, 0.08)], 1],
    ['and the tall one first', [box(0.1, 0.5, 0.1, 0.08), box(0.202, 0.5, 0.1)], 1],
    ['far apart on the screen are two, however low', [box(0.1, 0.1, 0.1), box(0.202, 0.9, 0.1)], 2],
  ])('%s', (_, boxes, pieces) => {
    expect(joined(boxes, 2)).toHaveLength(pieces);
  });

  test('become the box around both, as sure as the less sure one', () => {
    expect(sizes([box(0.1, 0.5, 0.1, 0.05), box(0.201, 0.495, 0.1, 0.07)])).toEqual([[0.1, 0.495, 0.201, 0.07]]);
    expect(sizes([box(0.1, 0.495, 0.2, 0.07), box(0.15, 0.5, 0.05, 0.05)])).toEqual([[0.1, 0.495, 0.2, 0.07]]);
    expect(joined([box(0.1, 0.5, 0.1, 0.05, 0.7), box(0.2, 0.5, 0.1, 0.05, 0.9)], 2)[0]!.score).toBe(0.7);
  });

  test('a wide picture has wider gaps between columns', () => {
    const boxes = [box(0.1, 0.5, 0.1), box(0.204, 0.5, 0.1)];
    expect([1, 2].map((aspect) => joined(boxes, aspect).length)).toEqual([1, 2]);
  });

  test('stand from top to bottom', () => {
    expect(sizes([box(0.1, 0.7, 0.1), box(0.2, 0.3, 0.1), box(0.3, 0.5, 0.1)]).map(([, y]) => y)).toEqual([0.3, 0.5, 0.7]); // prettier-ignore
  });

  test.each([
    [320, 180, [640, 360]],
    [800, 450, [800, 450]],
    [1920, 1080, [960, 540]],
  ])('are looked for in a picture of %d x %d at another size', async (width, height, expected) => {
    const asked: RgbImage[] = [];
    const text = {
      runImages: (images: readonly RgbImage[]) => {
        const { width: wide, height: high } = images[0]!;
        asked.push(...images);
        const data = new Float32Array(wide * high);
        // Two columns, as far apart as 0.15 of their height.
        for (let y = 100; y < 140; y++) data.fill(1, y * wide + 100, y * wide + 180);
        for (let y = 100; y < 140; y++) data.fill(1, y * wide + 300, y * wide + 380);
        return Promise.resolve({ map: { dims: [1, 1, high, wide], data } });
      },
    } as unknown as Model;
    const image = { width, height, data: new Uint8Array(width * height * 3) };
    expect(await piecesOf(text, image)).toHaveLength(2);
    // The network takes multiples of 32.
    expect([asked[0]!.width, asked[0]!.height]).toEqual(expected.map((side) => Math.ceil(side / 32) * 32));
  });
});

describe('readings that are voted on', () => {
  test.each([
    ['abc', 'abc', 1],
    ['abc', 'abd', 2 / 3],
    ['abc', 'xabc', 6 / 7],
    ['abc', 'abcx', 6 / 7],
    ['abcd', 'bc', 4 / 6],
    ['ab', 'ba', 0.5],
    ['', '', 1],
    ['', 'ab', 0],
    ['ab', '', 0],
    ['kitten', 'sitting', 8 / 13],
  ])('“%s” and “%s” are alike by %f', (a, b, expected) => {
    expect(likeness(read(a), read(b))).toBeCloseTo(expected);
    expect(likeness(read(b), read(a))).toBeCloseTo(expected);
  });

  test('how clear a reading is, is the mean of its letters, which one poor letter spoils', () => {
    expect(clearness([])).toBe(0);
    expect(clearness(read('ab', 0.5))).toBeCloseTo(0.5);
    expect(clearness([...read('a', 1), ...read('b', 0.25)])).toBeCloseTo(0.5);
  });

  test.each<[string, Reading[], string]>([
    ['most of them', [read('Hall'), read('Hail'), read('Hall')], 'Hall'],
    ['the first letter as well', [read('Xall'), read('Hall'), read('Hall')], 'Hall'],
    ['a letter that two of three have', [read('Hal'), read('Hall'), read('Hall')], 'Hall'],
    ['none that one of three has', [read('Hall'), read('Hall'), read('Halll')], 'Hall'],
    ['one that they begin with', [read('all'), read('Hall'), read('Hall')], 'Hall'],
    ['the surer of two', [read('Hall', 0.5), read('Hail', 0.9)], 'Hail'],
    ['in whatever order', [read('Hail', 0.9), read('Hall', 0.5)], 'Hail'],
    ['two that are unsure against a sure one', [read('Hall', 0.5), read('Hail', 0.9), read('Hall', 0.5)], 'Hall'],
    ['a letter that is surely there against one reading without it', [read('Hall', 0.9), read('Hal', 0.9)], 'Hall'],
    ['none that is unsure', [read('Hal', 0.9), read('Hall', 0.5)], 'Hal'],
    ['what both lack of each other', [read('abcd'), read('bcde')], 'abcde'],
    ['nothing of nothing', [], ''],
  ])('say %s', (_, readings, expected) => {
    expect(textOf(vote(readings))).toBe(expected);
  });

  test('a letter is as sure as its best reading, less what speaks against it, and stands in the middle of all', () => {
    const at = (x: number, probability: number): Reading => [{ text: 'a', probability, x }];
    const [letter] = vote([at(0.2, 0.9), at(0.4, 0.6)]);
    expect([letter!.probability, letter!.x]).toEqual([expect.closeTo(0.9), expect.closeTo(0.3)]);
    const [against] = vote([at(0.2, 0.9), [{ text: 'b', probability: 0.3, x: 0.2 }]]);
    expect(against!.probability).toBeCloseTo((0.9 * 0.9) / 1.2);
  });

  test('they agree when the last two are the same', () => {
    expect(isAgreed([read('a')])).toBe(false);
    expect(isAgreed([])).toBe(false);
    expect(isAgreed([read('a'), read('b')])).toBe(false);
    expect(isAgreed([read('b'), read('a'), read('a', 0.2)])).toBe(true);
    expect(isAgreed([read('a'), read('a'), read('b')])).toBe(false);
  });
});

describe('rows of what was read', () => {
  const ASPECT = 2;
  const track = (text: string | Reading, at: TextBox, about: Partial<Track> = {}): Track => ({
    page: 0,
    box: at,
    y: at.y,
    start: 0,
    end: 5,
    seen: 5,
    readings: [typeof text === 'string' ? read(text, 0.99) : text],
    ...about,
  });
  const texts = (...tracks: Track[]): string[][] =>
    rowsOf(tracks, ASPECT).map(({ parts }) => parts.map(({ text }) => text));

  test.each<[string, Track[], string[][]]>([
    ['stand beside each other from left to right', [track('B', box(0.5, 0.2, 0.1)), track('A', box(0.1, 0.2, 0.1))], [['A', 'B']]], // prettier-ignore
    ['a little lower are of one row', [track('A', box(0.1, 0.2, 0.1)), track('B', box(0.5, 0.22, 0.1))], [['A', 'B']]],
    ['by the lower one’s height', [track('A', box(0.1, 0.2, 0.1, 0.09)), track('B', box(0.5, 0.23, 0.1, 0.05))], [['A'], ['B']]], // prettier-ignore
    ['below each other are two', [track('A', box(0.1, 0.2, 0.1)), track('B', box(0.5, 0.24, 0.1))], [['A'], ['B']]],
    ['over each other are two', [track('A', box(0.1, 0.2, 0.3)), track('B', box(0.3, 0.2, 0.3))], [['A'], ['B']]],
    ['to the left, too', [track('A', box(0.3, 0.2, 0.3)), track('B', box(0.1, 0.2, 0.3))], [['A'], ['B']]],
    ['that touch are one', [track('A', box(0.1, 0.2, 0.2)), track('B', box(0.295, 0.2, 0.2))], [['A', 'B']]],
    ['at other times are two', [track('A', box(0.1, 0.2, 0.1)), track('B', box(0.5, 0.2, 0.1), { start: 6, end: 9 })], [['A'], ['B']]], // prettier-ignore
    [
      'before, too',
      [track('B', box(0.5, 0.2, 0.1), { start: 6, end: 9 }), track('A', box(0.1, 0.2, 0.1))],
      [['A'], ['B']],
    ],
    ['from when the other goes are one', [track('A', box(0.1, 0.2, 0.1)), track('B', box(0.5, 0.2, 0.1), { start: 5, end: 9 })], [['A', 'B']]], // prettier-ignore
    [
      'on other pages are two',
      [track('A', box(0.1, 0.2, 0.1)), track('B', box(0.5, 0.2, 0.1), { page: 1 })],
      [['A'], ['B']],
    ],
    ['three are one only where each fits the others', [track('A', box(0.1, 0.2, 0.1)), track('B', box(0.3, 0.22, 0.1)), track('C', box(0.5, 0.24, 0.1))], [['A', 'B'], ['C']]], // prettier-ignore
  ])('pieces that %s', (_, tracks, expected) => {
    expect(texts(...tracks)).toEqual(expected);
  });

  test('a row has its pieces’ mean place, from when the first came to when the last went', () => {
    const [row] = rowsOf(
      [
        track('A', box(0.1, 0.2, 0.1), { start: 1, end: 4 }),
        track('B', box(0.5, 0.21, 0.1, 0.07), { start: 2, end: 8 }),
      ],
      ASPECT,
    );
    expect(row).toMatchObject({ page: 0, start: 1, end: 8, y: expect.closeTo(0.205), height: expect.closeTo(0.06) }); // prettier-ignore
  });

  test('a roll is read from top to bottom', () => {
    expect(texts(track('C', box(0.1, 0.5, 0.1), { y: 1.5, start: 1 }), track('A', box(0.1, 0.9, 0.1), { y: 0.5, start: 2 }))).toEqual([['A'], ['C']]); // prettier-ignore
  });

  test('cards are read one after the other, each from top to bottom', () => {
    const card = (text: string, y: number, start: number, end: number): Track =>
      track(text, box(0.1, y, 0.1), { start, end });
    expect(texts(card('D', 0.2, 5, 8), card('B', 0.6, 0, 4), card('A', 0.3, 1, 3), card('C', 0.8, 4, 4))).toEqual([['A'], ['B'], ['C'], ['D']]); // prettier-ignore
    // Two that were seen at one place, of which the second came later.
    expect(texts(card('B', 0.3, 2, 4), card('A', 0.3, 0, 3))).toEqual([['A'], ['B']]);
  });

  /** Letters at places of a line, a tenth of its width each. */
  const spread = (...places: readonly (readonly [string, number])[]): Reading =>
    places.map(([text, x]) => ({ text, probability: 0.99, x }));

  test('columns that were found as one piece fall apart where the letters do', () => {
    const line = spread(['A', 0.05], ['b', 0.1], ['c', 0.15], [' ', 0.4], ['D', 0.75], ['e', 0.8], ['f', 0.85]);
    // 0.4 wide and 0.05 high in a picture of 2 to 1: sixteen times as wide as high.
    const [row] = rowsOf([track(line, box(0.2, 0.5, 0.4))], ASPECT);
    const margin = 0.25 / 16;
    expect(row!.parts.map(({ text, spaces }) => [text, spaces])).toEqual([
      ['Abc', []],
      ['Def', []],
    ]);
    expect(row!.parts.map(({ x, width }) => [x, x + width])).toEqual([
      [expect.closeTo(0.2 + 0.4 * (0.05 - margin)), expect.closeTo(0.2 + 0.4 * (0.15 + margin))],
      [expect.closeTo(0.2 + 0.4 * (0.75 - margin)), expect.closeTo(0.2 + 0.4 * (0.85 + margin))],
    ]);
  });

  test.each<[string, Reading, number, string[]]>([
    ['words stay together', spread(['A', 0.05], ['b', 0.1], [' ', 0.15], ['C', 0.2], ['d', 0.25]), 0.4, ['Ab Cd']],
    ['wide letters stay together', spread(['A', 0.1], ['b', 0.35], ['c', 0.6], ['d', 0.85]), 0.4, ['Abcd']],
    ['a gap that is narrow for its line is none', spread(['A', 0.05], ['b', 0.1], ['c', 0.15], ['D', 0.4], ['e', 0.45]), 0.1, ['AbcDe']], // prettier-ignore
    ['letters come in any distance', spread(['A', 0.05], ['b', 0.35], ['c', 0.37], ['d', 0.39], ['e', 0.41]), 0.4, ['A', 'bcde']], // prettier-ignore
    ['a space before the first is none', spread([' ', 0.05], ['A', 0.1], ['b', 0.15]), 0.4, ['Ab']],
    ['two spaces are one', spread(['A', 0.1], [' ', 0.15], [' ', 0.2], ['b', 0.25]), 0.4, ['A b']],
  ])('in a line %s', (_, line, width, expected) => {
    expect(texts(track(line, box(0.2, 0.5, width))).flat()).toEqual(expected);
  });

  test('a piece tells where its spaces are, and how surely every letter of it is right', () => {
    const line = [...spread(['A', 0.1]), { text: ' ', probability: 0.1, x: 0.3 }, { text: 'b', probability: 0.5, x: 0.5 }]; // prettier-ignore
    const [row] = rowsOf([track(line, box(0.2, 0.5, 0.2))], ASPECT);
    expect(row!.parts[0]).toMatchObject({
      text: 'A b',
      x: 0.2,
      width: 0.2,
      spaces: [expect.closeTo(0.26)],
      confidence: textConfidence(line, [line]),
    });
  });

  test('what is hardly ever right is not told', () => {
    expect(texts(track(read('Xqzw', 0.02), box(0.1, 0.2, 0.1)))).toEqual([]);
    expect(texts(track(read('Anna', 0.5), box(0.1, 0.2, 0.1)))).toEqual([['Anna']]);
    expect(texts(track([], box(0.1, 0.2, 0.1)), track(read(' '), box(0.1, 0.2, 0.1)))).toEqual([]);
  });
});

describe('pieces that are followed through the frames', () => {
  type Shown = readonly (readonly [string, TextBox])[];
  /** What is found when frames of a second each show these. */
  async function follow(...frames: Shown[]) {
    const stitcher = new Stitcher();
    const asked: string[][] = [];
    for (const [time, frame] of frames.entries()) {
      asked.push([]);
      await stitcher.take(
        time,
        frame.map(([, one]) => one),
        (one) => {
          const text = frame.find(([, other]) => other === one)![0];
          asked.at(-1)!.push(text);
          return Promise.resolve(read(text));
        },
      );
    }
    return {
      found: stitcher.tracks.map(({ readings, start, end }) => [textOf(readings[0]!), start, end]),
      tracks: stitcher.tracks,
      asked,
    };
  }
  const times = (count: number, frame: (k: number) => Shown): Shown[] =>
    Array.from({ length: count }, (_, k) => frame(k));
  const LINES = ['Anna', 'Tom', 'Ida', 'Grace', 'Ivo', 'Bo'];
  /** Lines that rise, `speed` picture heights a frame, a line each 0.15. */
  const roll = (k: number, speed: number): Shown =>
    LINES.map(
      (text, line) => [text, box(0.2 + 0.03 * line, 0.7 + 0.15 * line - speed * k, 0.3 - 0.02 * line)] as const,
    ).filter(([, { y }]) => y > -0.04 && y < 1);

  test.each([0.03, 0.1, 0.2, 0.4])(
    'a roll of any speed is known line by line, in its places: %f a frame',
    async (speed) => {
      const { tracks } = await follow(...times(16, (k) => roll(k, speed)));
      const kept = tracks.map(({ readings }) => textOf(readings[0]!));
      expect(new Set(kept).size).toBe(kept.length);
      expect(kept.length).toBeGreaterThanOrEqual(speed < 0.1 ? 3 : 4);
      expect(new Set(tracks.map(({ page }) => page)).size).toBe(1);
      // Lines are 0.15 apart on the page, whenever they came.
      const at = (text: string): number => tracks.find(({ readings }) => textOf(readings[0]!) === text)!.y;
      expect(at('Tom') - at('Anna')).toBeCloseTo(0.15, 2);
      expect(at('Ida') - at('Tom')).toBeCloseTo(0.15, 2);
      expect(at('Anna')).toBeCloseTo(0.7 + 0.025, 6);
    },
  );

  test('a piece that touches an edge is not read: it may be cut', async () => {
    const { asked } = await follow([
      ['top', box(0.1, 0, 0.2)],
      ['foot', box(0.1, 0.95, 0.2)],
      ['over', box(0.4, 0.96, 0.2)],
      ['whole', box(0.1, 0.5, 0.2)],
    ]);
    expect(asked).toEqual([['whole']]);
  });

  test('in the first frame it is, where it is as high as the others of a list: it may never be seen whole', async () => {
    const list = ['one', 'two', 'three'].map((text, k) => [text, box(0.1, 0.2 + 0.2 * k, 0.2)] as const);
    const edges = [['top', box(0.1, 0, 0.2, 0.045)], ['cut', box(0.1, 0.97, 0.2, 0.03)]] as const; // prettier-ignore
    const { asked } = await follow([...list, ...edges], [['top', box(0.5, 0, 0.2)], ...list]);
    expect(asked[0]).toEqual(['one', 'two', 'three', 'top']);
    expect(asked[1]).not.toContain('top');
  });

  const stays = (text: string, y = 0.5): Shown => [[text, box(0.3, y, 0.2)]];

  test('a card is one piece for as long as it stands, and read again: another may take its place', async () => {
    const { found, asked } = await follow(...times(9, () => stays('Anna')));
    expect(found).toEqual([['Anna', 0, 8]]);
    expect(asked.flat()).toHaveLength(5);
  });

  test('the next card at its place is another, be it one piece of many', async () => {
    const { found } = await follow(stays('Anna'), stays('Anna'), stays('Bob X'), stays('Bob X'));
    expect(found).toEqual([
      ['Anna', 0, 1],
      ['Bob X', 2, 3],
    ]);
    const card = (name: string): Shown => [
      ['Produced by', box(0.3, 0.3, 0.2)],
      ['in Rome', box(0.3, 0.4, 0.2)],
      [name, box(0.3, 0.5, 0.2)],
    ];
    const change = await follow(card('Anna'), card('Anna'), card('Bobby'), card('Bobby'));
    // Most of the card stands: it is the same page.
    expect(change.found).toEqual([
      ['Produced by', 0, 3],
      ['in Rome', 0, 3],
      ['Anna', 0, 1],
      ['Bobby', 2, 3],
    ]);
    expect(new Set(change.tracks.map(({ page }) => page)).size).toBe(1);
  });

  test('a card of which most has changed is a new page, what stands on it as well', async () => {
    const card = (...names: string[]): Shown => names.map((name, k) => [name, box(0.3, 0.3 + 0.1 * k, 0.2)]);
    const { found, tracks } = await follow(card('by', 'Anna', 'Tom'), card('by', 'Ida B', 'Grace'));
    expect(found).toEqual([
      ['by', 0, 0],
      ['Anna', 0, 0],
      ['Tom', 0, 0],
      ['by', 1, 1],
      ['Ida B', 1, 1],
      ['Grace', 1, 1],
    ]);
    expect(tracks.map(({ page }) => page)).toEqual([0, 0, 0, 1, 1, 1]);
  });

  test('what is missed for two frames is the same, for three another', async () => {
    const other: Shown[number] = ['Other', box(0.6, 0.3, 0.2)];
    const missed = (frames: number): Promise<{ found: unknown[][] }> =>
      follow(
        ...times(2, () => [...stays('Anna'), other]),
        ...times(frames, () => [other]),
        ...times(2, () => [...stays('Anna'), other]),
      );
    expect((await missed(2)).found).toEqual([
      ['Anna', 0, 5],
      ['Other', 0, 5],
    ]);
    expect((await missed(3)).found).toEqual([
      ['Anna', 0, 1],
      ['Other', 0, 6],
      ['Anna', 5, 6],
    ]);
  });

  test.each<[string, TextBox, boolean]>([
    ['the same box', box(0.3, 0.5, 0.2), true],
    ['one whose edges differ a little', box(0.31, 0.5, 0.2), true],
    ['a taller one', box(0.3, 0.4875, 0.2, 0.075), true],
    ['one much taller', box(0.3, 0.475, 0.2, 0.1), false],
    ['one much lower', box(0.3, 0.51, 0.2, 0.03), false],
    ['one that begins elsewhere', box(0.27, 0.5, 0.23), false],
    ['one that ends elsewhere', box(0.3, 0.5, 0.23), false],
  ])('%s in the next frame is the same piece: %s', async (_, next, same) => {
    const { found } = await follow([['Anna', box(0.3, 0.5, 0.2)]], [['Anna', next]]);
    expect(found).toHaveLength(same ? 1 : 2);
  });

  test('what stands while the rest rolls is none of the credits, and hardly read', async () => {
    const logo: Shown[number] = ['CANAL', box(0.85, 0.05, 0.1)];
    const { found, asked } = await follow(...times(10, (k) => [...roll(k, 0.1), logo]));
    expect(found.map(([text]) => text)).not.toContain('CANAL');
    expect(asked.flat().filter((text) => text === 'CANAL').length).toBeLessThanOrEqual(2);
  });

  test('a line of a roll is read until two readings agree', async () => {
    const { asked } = await follow(...times(12, (k) => roll(k, 0.03)));
    for (const text of ['Anna', 'Tom'])
      expect(asked.flat().filter((one) => one === text).length).toBeLessThanOrEqual(3);
  });

  test('a stretch of its own is a page of its own', async () => {
    const stitcher = new Stitcher();
    const take = (time: number): Promise<void> =>
      stitcher.take(time, [box(0.3, 0.5, 0.2)], () => Promise.resolve(read('Anna')));
    await take(0);
    stitcher.turn();
    await take(1);
    expect(stitcher.tracks.map(({ page, y }) => [page, y])).toEqual([
      [0, 0.525],
      [1, 0.525],
    ]);
  });

  test('a piece in which nothing could be read is none', async () => {
    const { tracks } = await follow([['', box(0.3, 0.5, 0.2)]], [['', box(0.3, 0.5, 0.2)]]);
    expect(tracks).toEqual([]);
  });

  describe('the next frame is of the same page', () => {
    const at = (text: string, x: number, y: number, width: number): Shown[number] => [text, box(x, y, width)];
    const pages = async (...frames: Shown[]): Promise<number> =>
      new Set((await follow(...frames)).tracks.map(({ page }) => page)).size;
    const card: Shown = [at('Aa', 0.2, 0.6, 0.2), at('Bb', 0.25, 0.7, 0.3), at('Cc', 0.3, 0.8, 0.1)];
    const others: Shown = [at('Dd', 0.5, 0.6, 0.15), at('Ee', 0.55, 0.7, 0.25)];

    test('where some of its lines rise together', async () => {
      expect(await pages(card, [at('Aa', 0.2, 0.4, 0.2), at('Bb', 0.25, 0.5, 0.3), ...others])).toBe(1);
    });

    test('not where of many lines one alone looks like another, elsewhere', async () => {
      expect(await pages(card, [at('Xx', 0.2, 0.4, 0.2), ...others])).toBe(2);
      // Of two it may be: the other has come.
      expect(await pages(card, [at('Aa', 0.2, 0.4, 0.2), others[0]!])).toBe(1);
      expect(await pages(card.slice(0, 2), [at('Aa', 0.2, 0.4, 0.2), ...others])).toBe(1);
    });

    test('where the one is where the roll puts it', async () => {
      const risen = (by: number): Shown => card.map(([text, one]) => [text, { ...one, y: one.y - by }]);
      expect(await pages(card, risen(0.2), [at('Aa', 0.2, 0.2, 0.2), ...others])).toBe(1);
      expect(await pages(card, risen(0.2), [at('Aa', 0.2, 0.3, 0.2), ...others])).toBe(2);
    });

    test('not where its line has sunk, or risen further than anything rolls', async () => {
      expect(await pages([at('Aa', 0.2, 0.4, 0.2)], [at('Aa', 0.2, 0.6, 0.2)])).toBe(2);
      expect(await pages([at('Aa', 0.2, 0.85, 0.2)], [at('Aa', 0.2, 0.15, 0.2)])).toBe(2);
      expect(await pages([at('Aa', 0.2, 0.85, 0.2)], [at('Aa', 0.2, 0.3, 0.2)])).toBe(1);
    });

    test('not where nothing of it is known', async () => {
      expect(await pages(card, others)).toBe(2);
    });
  });

  test('a card that trembles stands: it is read as one that stands', async () => {
    const { found, asked } = await follow(...times(8, (k) => stays('Anna', 0.5 - 0.004 * k)));
    expect(found).toEqual([['Anna', 0, 7]]);
    expect(asked.flat()).toHaveLength(5);
  });
});
