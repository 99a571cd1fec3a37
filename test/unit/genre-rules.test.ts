import { describe, expect, it, test } from '@jest/globals';
import type { RgbImage } from '../../src/frames/types.js';
import { withWords } from '../../src/genre/answer.js';
import { combine } from '../../src/genre/combine.js';
import { dropReason, sketch } from '../../src/genre/frame-filter.js';
import { activeWindow, lumaAt } from '../../src/genre/letterbox.js';
import { logitsOf, probabilitiesOf } from '../../src/genre/probabilities.js';
import { effectiveSampleSize, shrinkageOf } from '../../src/genre/shrinkage.js';
import { termVector, trustIn, wordsModel } from '../../src/genre/words-model.js';
import { countWords, tellingSentences, wordsOf } from '../../src/genre/words.js';

/** Frames of one genre's scores. */
const scored = (...scores: number[]): Float32Array[] => scores.map((score) => Float32Array.of(score, 1 - score));
const times = (count: number, ...scores: number[]): number[] => Array.from({ length: count }, () => scores).flat();

describe('how many independent frames a film has shown', () => {
  test.each([
    ['none', [], 0],
    ['one', [0.3], 1],
    ['two, whatever they say', [0, 1], 1],
    ['three alike: one picture three times', [0.5, 0.5, 0.5], 1],
    ['hundred alike: as good as one, the two percent that differ aside', times(100, 0.5), (100 * 0.02) / 1.98],
    ['two shots of ten frames each: three', [...times(10, 0), ...times(10, 1)], (20 * (1 - 0.9)) / 1.9],
    ['four shots of two frames each', [0, 0, 1, 1, 0, 0, 1, 1], (8 * (1 - 0.25)) / 1.25],
    ['frames that take turns: no more than there are', times(10, 0, 1), 20],
  ])('%s', (_, scores, expected) => {
    expect(effectiveSampleSize(scored(...scores))).toBeCloseTo(expected, 4);
  });

  test('few frames move an answer little, many nearly all the way', () => {
    expect([0, 1, 2, 8, 98].map((size) => shrinkageOf(size, { ratio: 2 }))).toEqual([0, 1 / 3, 0.5, 0.8, 0.98]);
    expect(shrinkageOf(1, { ratio: 0 })).toBe(1);
  });
});

describe('what pictures and words say together', () => {
  const product = { pictures: 0.5, words: 2, offset: -0.25, most: 3 };
  test.each([
    ['adds up, each as far as it counts', 1, 0.125, 0.5],
    ['both against', -4, -1, -4.25],
    ['neither', 0.5, 0, 0],
    ['both for: no surer than the bound', 20, 20, 3],
  ])('%s', (_, pictures, words, sum) => {
    const [answer] = combine(Float32Array.of(pictures), Float32Array.of(words), product);
    expect(answer).toBeCloseTo(sum <= 0 ? sum : 3 * Math.tanh((0.5 * pictures + 2 * words - 0.25) / 3), 6);
    expect(answer).toBeLessThanOrEqual(3);
  });

  test('an answer is its three likeliest genres, and sure from its first one’s probability', () => {
    const genres = ['A', 'B', 'C', 'D'];
    const logits = [-1, Math.log(3), 0, 0];
    const { top3, genres: all, sure } = probabilitiesOf(genres, logits, 0.74);
    expect(top3).toEqual([
      { genre: 'B', probability: 0.75 },
      { genre: 'C', probability: 0.5 },
      { genre: 'D', probability: 0.5 },
    ]);
    expect(all).toEqual({ A: 0.2689, B: 0.75, C: 0.5, D: 0.5 });
    expect([sure, probabilitiesOf(genres, logits, 0.76).sure]).toEqual([true, false]);
  });

  test('log-odds of an answer, never endless; a genre that it does not name is impossible', () => {
    const [half, three, none, all, missing] = logitsOf(['A', 'B', 'C', 'D', 'E'], { A: 0.5, B: 0.75, C: 0, D: 1 });
    expect(half).toBeCloseTo(0, 6);
    expect(three).toBeCloseTo(Math.log(3), 5);
    expect(none).toBeCloseTo(Math.log(0.00005 / 0.99995), 3);
    expect(all).toBeCloseTo(-none!, 1);
    expect(missing).toBe(none);
  });
});

describe('frames that say nothing', () => {
  /** Rows of one colour each, so many of every hundred. */
  const rows = (...parts: readonly (readonly [share: number, colour: readonly number[]])[]): Uint8Array =>
    Uint8Array.from(parts.flatMap(([share, colour]) => Array.from({ length: share }, () => colour).flat()));
  const many = (share: number): (readonly [number, number[]])[] =>
    Array.from({ length: share }, (_, i) => [1, [(i * 37) % 256, 100 + ((i * 11) % 156), (i * 53) % 256]] as const).map(
      ([count, colour]) => [count, [...colour]],
    );

  test.each([
    ['95 of 100 pixels are dark: black', [[95, [39, 39, 39]], [5, [255, 255, 255]]], 'black'], // prettier-ignore
    ['94 are', [[50, [10, 10, 10]], [44, [39, 39, 39]], ...many(6)], null], // prettier-ignore
    ['grey of 40 is not dark', [[60, [40, 40, 40]], ...many(40)], null],
    ['75 of 100 pixels have one colour: a card', [[75, [20, 120, 60]], ...many(25)], 'card'],
    ['74 have', [[74, [20, 120, 60]], ...many(26)], null],
    ['shades of one colour are one', [[40, [33, 96, 64]], [35, [63, 127, 95]], ...many(25)], 'card'], // prettier-ignore
    ['shades of two colours', [[40, [31, 96, 64]], [35, [32, 96, 64]], ...many(25)], null], // prettier-ignore
    ['green as well tells colours apart', [[40, [64, 127, 64]], [35, [64, 128, 64]], ...many(25)], null], // prettier-ignore
    ['blue as well tells colours apart', [[40, [64, 127, 63]], [35, [64, 127, 64]], ...many(25)], null], // prettier-ignore
  ] as const)('%s', (_, parts, expected) => {
    expect(dropReason(rows(...parts), null)).toBe(expected);
  });

  test('the same picture again: less than 3 of 255 away on average', () => {
    const picture = rows(...many(100));
    const moved = (by: number): Uint8Array =>
      picture.map((value, i) => (i % 2 === 0 ? value : value > 128 ? value - by : value + by));
    expect(dropReason(moved(5), picture)).toBe('repeated');
    expect(dropReason(moved(6), picture)).toBeNull();
    expect(dropReason(picture, picture.subarray(3))).toBeNull();
  });

  test('a picture is judged by every eighth pixel of every eighth row', () => {
    const [width, height] = [20, 9];
    const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => i % 251);
    const at = (x: number, y: number): number[] => [0, 1, 2].map((c) => data[(y * width + x) * 3 + c]!);
    expect([...sketch({ width, height, data })]).toEqual(
      [at(0, 0), at(8, 0), at(16, 0), at(0, 8), at(8, 8), at(16, 8)].flat(),
    );
  });
});

describe('black bars', () => {
  const [width, height] = [200, 100];
  /** Bars of these widths above, below, left and right of a bright picture; so many bright pixels in a bar's line. */
  function barred(bars: readonly number[], luma = 20, bright = 0): RgbImage {
    const [top, bottom, left, right] = bars as [number, number, number, number];
    const data = new Uint8Array(width * height * 3).fill(200);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        if (y < top || y >= height - bottom || x < left || x >= width - right)
          data.fill(
            x >= left && x - left < bright && y < top ? 255 : luma,
            (y * width + x) * 3,
            (y * width + x) * 3 + 3,
          );
    return { width, height, data };
  }
  const whole = { left: 0, top: 0, width, height };

  test.each([
    ['of 3 % of the height are cut, and a line more', [3, 3, 0, 0], { ...whole, top: 4, height: 92 }],
    ['that are narrower are overscan', [2, 2, 0, 0], whole],
    ['of 3 % of the width are cut', [0, 0, 6, 6], { ...whole, left: 7, width: 186 }],
    ['that are narrower at the sides are overscan', [0, 0, 5, 5], whole],
    ['up to 27 % are bars', [27, 27, 0, 0], { ...whole, top: 28, height: 44 }],
    ['wider ones are a dark picture', [28, 28, 0, 0], whole],
    ['count as wide as the narrower', [10, 20, 0, 0], { ...whole, top: 11, height: 78 }],
    ['count as wide as the narrower, at the sides too', [0, 0, 30, 12], { ...whole, left: 13, width: 174 }],
    ['on all sides', [10, 10, 20, 20], { left: 21, top: 11, width: 158, height: 78 }],
  ])('%s', (_, bars, expected) => {
    expect(activeWindow(barred(bars))).toEqual(expected);
  });

  test('are darker than video black with its noise, but for a mark in them', () => {
    expect(activeWindow(barred([10, 10, 0, 0], 28)).top).toBe(11);
    expect(activeWindow(barred([10, 10, 0, 0], 29)).top).toBe(0);
    // 2 % of 200 pixels
    expect(activeWindow(barred([10, 10, 0, 0], 20, 4)).top).toBe(11);
    expect(activeWindow(barred([10, 10, 0, 0], 20, 5)).top).toBe(0);
  });

  test('luma weighs green most and blue least', () => {
    expect(lumaAt(Uint8Array.of(0, 100, 0, 0, 0, 100, 0), 1)).toBeCloseTo(29.9, 9);
    expect(lumaAt(Uint8Array.of(0, 100, 0), 0)).toBeCloseTo(58.7, 9);
    expect(lumaAt(Uint8Array.of(0, 0, 100), 0)).toBeCloseTo(11.4, 9);
    expect(lumaAt(Uint8Array.of(), 0)).toBe(0);
  });
});

describe('words that speak for a genre', () => {
  /** The model that is shipped: how its numbers were learnt changes, when it speaks does not. */
  const model = wordsModel();
  const unknown = (count: number): string =>
    Array.from({ length: count }, (_, k) => `qxzv${'abcdefghijkl'[k]}w`).join(' ');
  const known = (count: number, grammar: number): string =>
    Array.from({ length: count }, (_, k) => (k < grammar ? 'the' : ['ghost', 'killer', 'night'][k % 3]!)).join(' ');

  test.each([
    ['three known words are too few', known(3, 1), false],
    ['four are enough', known(4, 1), true],
    ['without grammar 80 % known', `${known(8, 0)} ${unknown(2)}`, true],
    ['less than that: another language', `${known(7, 0)} ${unknown(2)}`, false],
    ['grammar speaks for English, too', `${known(12, 4)} ${unknown(8)}`, true],
    ['less of it', `${known(12, 3)} ${unknown(8)}`, false],
  ])('%s', (_, text, speaks) => {
    expect(model.evidence(text) !== null).toBe(speaks);
  });

  test('of a long text count more than of a short one', () => {
    const horror = model.meta.genres.indexOf('Horror');
    const said = (times: number): number =>
      model.evidence('the ghost of a killer haunts the night. '.repeat(times))![horror]!;
    expect(said(1)).toBeGreaterThan(0);
    expect(said(4)).toBeGreaterThan(1.1 * said(1));
    expect([0, 1, 4, 12].map((count) => trustIn(count, 4))).toEqual([0, 0.2, 0.5, 0.75]);
    expect(trustIn(0, 0)).toBe(0);
  });

  test('rare words count more, and words said again a little more', () => {
    const rowOf = new Map([['often', 0], ['rare', 1]]); // prettier-ignore
    const vector = termVector(new Map([['rare', 1], ['other', 5], ['often', 3]]), rowOf, Float32Array.of(1, 2)); // prettier-ignore
    const length = Math.hypot(2, 1 + Math.log(3));
    expect(vector.rows).toEqual([1, 0]);
    [2 / length, (1 + Math.log(3)) / length].forEach((value, i) => expect(vector.values[i]).toBeCloseTo(value, 6));
    expect(termVector(new Map([['x', 2]]), rowOf, Float32Array.of(1, 2))).toEqual({ rows: [], values: [] });
  });

  test('an earlier answer’s words count no more', () => {
    const { genres, base, product, sureFrom } = model.meta;
    const pictures = { ...probabilitiesOf(genres, genres.map((_, g) => -g / 9), 0.5), model: 'm', frames: 1, dropped: 0, evidence: [] }; // prettier-ignore
    const love = 'the night of a wedding, and they fall in love with each other';
    const first = withWords(pictures, { description: 'the ghost of a killer haunts the night' }, model);
    const again = withWords(first, { description: love }, model);
    expect(first.witnesses.words!.top3[0]!.genre).toBe('Horror');
    expect(again).toEqual(withWords(pictures, { description: love }, model));
    const evidence = model.evidence(love)!;
    const both = combine(logitsOf(genres, pictures.genres), evidence, product);
    expect(again.genres).toEqual(probabilitiesOf(genres, both, sureFrom.both).genres);
    const alone = probabilitiesOf(genres, evidence.map((value, g) => base[g]! + value), sureFrom.words); // prettier-ignore
    expect(again.witnesses.words).toEqual({ ...alone, model: model.version });
    expect(withWords(first, { title: '' }, model)).toMatchObject({ top3: pictures.top3, sure: pictures.sure });
  });
});

describe('a description', () => {
  it.each([
    ['stays whole where it tells', 'A girl finds a map. She leaves home!', ['A girl finds a map.', 'She leaves home!']],
    ['loses its links', 'A girl see https://a.b/c?d leaves www.x.y/z home', ['A girl see   leaves   home']],
    ['loses sites without www', 'Home of imdb.com/title/tt1 again', ['Home of   again']],
    ['loses addresses and handles', 'Write to ada@abel.info or @ada #film now', ['Write to   or     now']],
    ['loses what speaks to the viewer', 'Subscribe now\nA girl leaves', ['A girl leaves']],
    ['loses a trailer’s name', 'The Official Trailer\nA girl leaves', ['A girl leaves']],
    ['loses a catalogue’s fields', 'Genres: Horror\nRated: R\nA girl leaves', ['A girl leaves']],
    ['loses the rights', 'All rights reserved. A girl leaves', ['A girl leaves']],
    ['ends where names begin', 'A girl leaves, starring Ada Abel', ['A girl leaves, ']],
    ['ends at its makers', 'A film from the makers of Saw', ['A film ']],
    ['loses a line of names', 'Cast: Ada Abel\nA girl leaves', ['', 'A girl leaves']],
    ['loses a list of names', 'Ada Abel, Bo Berg, Cid Cole\nA girl leaves', ['A girl leaves']],
    ['keeps two names', 'Ada Abel, Bo Berg', ['Ada Abel, Bo Berg']],
    ['keeps three that one names', 'Ada, Bo, Cid', ['Ada, Bo, Cid']],
    ['keeps a list of things', 'Snakes, spiders, wolves, bears', ['Snakes, spiders, wolves, bears']],
    ['loses names that `and` joins', 'Ada Abel, Bo Berg, and Cid Cole', []],
    ['is cut', `${'a'.repeat(7999)} b c`, ['a'.repeat(7999)]],
    ['is trimmed', '   A girl leaves   \r\n\n  ', ['A girl leaves']],
    [
      'parts at dots, not inside numbers',
      'It costs 3.5 coins… All of it? Yes',
      ['It costs 3.5 coins…', 'All of it?', 'Yes'],
    ],
  ])('%s', (_, text, expected) => {
    expect(tellingSentences(text)).toEqual(expected);
  });

  test.each([
    ['CAFÉ', ['cafe']],
    ["Ada's", ['ada']],
    ['Ada’s', ['ada']],
    ["rock'n'roll", ['rocknroll']],
    ['1984', ['1980s']],
    ['1980s', ['1980s']],
    ['2013', ['2010s']],
    ['3013', ['3013']],
    ['19845', ['19845']],
    ['Agent 47', ['agent', '47']],
    ['…', []],
  ])('%s is the words %j', (text, expected) => {
    expect(wordsOf(text)).toEqual(expected);
  });

  test('is words and their pieces, each with its count', () => {
    const { words, terms } = countWords('Cat. A cat');
    expect(words).toEqual(['cat', 'a', 'cat']);
    expect(Object.fromEntries(terms)).toEqual({
      'cat': 2,
      '#<ca': 2,
      '#cat': 2,
      '#at>': 2,
      '#<cat': 2,
      '#cat>': 2,
      '#<cat>': 2,
      'a': 1,
      '#<a>': 1,
    });
    const long = countWords('x'.repeat(40)).terms;
    expect([long.get('#xxxxx'), long.get('#xx>'), long.get('#xxx>')]).toEqual([26, 1, 1]);
  });
});
