import { describe, expect, test } from '@jest/globals';
import { lettersOf, type LetterLayer, textOf } from '../../src/credits/billing/letters.js';
import { joined } from '../../src/credits/billing/regions.js';
import { rowsOf } from '../../src/credits/billing/rows.js';
import { Stitcher } from '../../src/credits/billing/stitch.js';
import type { Reading } from '../../src/credits/billing/types.js';
import { likeness, vote } from '../../src/credits/billing/vote.js';
import type { TextBox } from '../../src/credits/text-boxes.js';

const read = (text: string, probability = 0.9, weak: Readonly<Record<number, number>> = {}): Reading =>
  [...text].map((letter, k) => ({ text: letter, probability: weak[k] ?? probability, x: (k + 0.5) / text.length }));
const box = (x: number, y: number, width: number, height = 0.05): TextBox => ({ x, y, width, height, score: 1 });

describe('letters of what the recogniser sees', () => {
  /** Two values a step, of which each stands for a letter. */
  const layer: LetterLayer = {
    alphabet: ['a', 'b'],
    width: 2,
    reach: 1,
    weights: Float32Array.of(0, 9, 0, 0, 0, 9),
    bias: Float32Array.of(4, 0, 0),
  };
  const steps = (text: string) => ({
    dims: [1, text.length, 2],
    data: Float32Array.from([...text].flatMap((letter) => [letter === 'a' ? 1 : 0, letter === 'b' ? 1 : 0])),
  });

  test('a letter that is seen in several steps is one, with a blank between them two', () => {
    expect(textOf(lettersOf(steps('aaa-bb-b'), layer, null))).toBe('abb');
    expect(textOf(lettersOf(steps('----'), layer, null))).toBe('');
  });

  test('where it stands, as a share of the width', () => {
    expect(lettersOf(steps('-aa-----'), layer, null)[0]!.x).toBeCloseTo(0.25);
  });
});

describe('several readings of a line', () => {
  test('the letter that most of them have wins, and what only one has is left out', () => {
    expect(textOf(vote([read('ANNA KELLER'), read('ANNA KEILER'), read('ANNA KELLER')]))).toBe('ANNA KELLER');
    expect(textOf(vote([read('Marco Walraven'), read('Marco Wa|lraven'), read('Marco Walraven')]))).toBe(
      'Marco Walraven',
    );
  });

  test('a letter that is surely read outweighs one that is not', () => {
    expect(textOf(vote([read('JORN', 0.9, { 1: 0.3 }), read('JÖRN')]))).toBe('JÖRN');
  });

  test('one reading is itself', () => {
    expect(vote([read('Kala')])).toEqual(read('Kala'));
  });

  test('how alike they are', () => {
    expect(likeness(read('abcd'), read('abcd'))).toBe(1);
    expect(likeness(read('abcd'), read('xyz'))).toBe(0);
  });
});

describe('text followed through the frames', () => {
  /** Lines of a roll: [text, left edge, width], a line each 0.1 picture heights; `up`: how far it has risen. */
  const LINES = [
    ['Anna Keller', 0.3, 0.2],
    ['Tom Hall', 0.35, 0.14],
    ['Ida Bell', 0.28, 0.25],
    ['Grace Wu', 0.31, 0.17],
    ['Ivo Novak', 0.33, 0.22],
  ] as const;
  const shown = (up: number): Map<TextBox, string> =>
    new Map(
      LINES.map(([text, x, width], k) => [box(x, 1 + 0.1 * k - up, width), text] as const).filter(
        ([{ y }]) => y > -0.04 && y < 0.99,
      ),
    );

  async function roll(texts: Stitcher, overlay = false): Promise<number> {
    let readings = 0;
    for (let k = 1; k <= 12; k++) {
      const frame = shown(0.12 * k);
      if (overlay) frame.set(box(0.85, 0.05, 0.1), 'CANAL 7');
      await texts.take(k, [...frame.keys()], (one) => {
        readings++;
        return Promise.resolve(read(frame.get(one)!));
      });
    }
    return readings;
  }

  test('each line of a roll is known once, in order, and read a few times only', async () => {
    const texts = new Stitcher();
    const readings = await roll(texts);
    const rows = rowsOf(texts.tracks, 16 / 9);
    expect(rows.map(({ parts }) => parts.map(({ text }) => text))).toEqual(LINES.map(([text]) => [text]));
    expect(readings).toBeLessThanOrEqual(3 * LINES.length);
    expect(rows[1]!.start).toBeGreaterThan(rows[0]!.start - 1);
  });

  test('a channel’s name that stands while the text rolls is none of it', async () => {
    const texts = new Stitcher();
    await roll(texts, true);
    expect(texts.tracks).toHaveLength(LINES.length);
  });

  test('cards that follow each other at one place are told apart by what they say', async () => {
    const texts = new Stitcher();
    const cards = ['Directed by', 'Directed by', 'Anna Keller', 'Anna Keller'];
    for (const [k, text] of cards.entries())
      await texts.take(k, [box(0.4, 0.5, 0.2)], () => Promise.resolve(read(text)));
    expect(rowsOf(texts.tracks, 16 / 9).map(({ parts, start }) => [parts[0]!.text, start])).toEqual([
      ['Directed by', 0],
      ['Anna Keller', 2],
    ]);
  });
});

test('words of one line that were found apart are one piece, columns are two', () => {
  const words = [box(0.1, 0.5, 0.1), box(0.202, 0.5, 0.1), box(0.5, 0.5, 0.1)];
  expect(joined(words, 16 / 9).map(({ x, width }) => [x, +width.toFixed(3)])).toEqual([
    [0.1, 0.202],
    [0.5, 0.1],
  ]);
});
