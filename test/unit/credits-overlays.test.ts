import { describe, expect, test } from '@jest/globals';
import { evidenceOf, sampleOf, type Evidence } from '../../src/credits/evidence.js';
import { filmSettings } from '../../src/credits/film-kinds.js';
import { parameters } from '../../src/credits/parameters.js';
import { segment, type Segmentation } from '../../src/credits/segmenter.js';
import { besideOverlays, overlaysOf } from '../../src/credits/static-overlay.js';
import type { TextBox } from '../../src/credits/text-boxes.js';

const [WIDTH, HEIGHT] = [64, 36];
const box = (x: number, y: number, width: number, height = 0.05): TextBox => ({ x, y, width, height, score: 0.9 });

/** A frame of a story that goes on, or one on black. */
function frame(time: number, ground: 'footage' | 'black', boxes: TextBox[]): Evidence {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  if (ground === 'footage')
    for (let i = 0; i < data.length; i++) data[i] = 30 + (time % 7) * 8 + ((i * 37 + (i >> 5) * 11) % 150);
  return evidenceOf(sampleOf(time, { width: WIDTH, height: HEIGHT, data }), null, boxes);
}

const NAME = box(0.85, 0.06, 0.1);
const AGE = box(0.05, 0.06, 0.05);
const DATE = box(0.05, 0.88, 0.12);
/** A ticker: what is read of it lies anywhere in its band. */
const ticker = (time: number): TextBox[] => [
  box(0.02 + 0.07 * (time % 5), 0.92, 0.5),
  box(0.6 + 0.05 * (time % 3), 0.92, 0.3),
];
/** A clock: as many letters, not the same ones. */
const clock = (time: number): TextBox => box(0.84 + 0.002 * (time % 4), 0.9, 0.11 + 0.004 * (time % 3));
const CARD = [box(0.4, 0.42, 0.2, 0.06), box(0.33, 0.52, 0.35, 0.06)];
const SMALL = [box(0.7, 0.4, 0.12, 0.06), box(0.7, 0.47, 0.2, 0.06)];

function found(samples: readonly Evidence[], end = samples.length): { found: Segmentation; beside: Evidence[] } {
  const window = { start: 0, end };
  const overlays = overlaysOf(samples, window.end / 2);
  const beside = samples.map((sample) => besideOverlays(sample, overlays));
  return {
    beside,
    found: segment(beside, filmSettings(beside, parameters, window), parameters.frameClassifier, window, 1),
  };
}

const seconds = (count: number, of: (time: number) => Evidence, from = 0): Evidence[] =>
  Array.from({ length: count }, (_, k) => of(from + k));

describe('text that stays while the pictures change is an overlay', () => {
  test.each<readonly [string, (time: number) => TextBox[]]>([
    ['a name and an age mark', () => [NAME, AGE]],
    ['a name and a ticker', (time) => [NAME, ...ticker(time)]],
    ['a name and a clock', (time) => [NAME, clock(time)]],
    ['a name, an age mark, a date and a clock', (time) => [NAME, AGE, DATE, clock(time)]],
    ['a date that one frame in four misses', (time) => (time % 4 === 1 ? [NAME] : [NAME, DATE])],
  ])('%s', (_name, overlay) => {
    const film = found(seconds(160, (time) => frame(time, 'footage', overlay(time))));
    expect(film.found.present).toBeLessThan(0.1);
    expect(Math.max(...film.beside.map(({ layout }) => layout!.boxes))).toBe(0);
  });

  test('two that stay all through a film of which few frames were read are overlays', () => {
    const film = found(
      [0, 10, 20, 30, 40, 50, 60, 70, 80, 86].map((time, k) =>
        frame(time, k % 3 === 0 ? 'black' : 'footage', [NAME, AGE]),
      ),
      90,
    );
    expect(film.found.present).toBeLessThan(0.5);
    expect(Math.max(...film.beside.map(({ layout }) => layout!.boxes))).toBe(0);
  });

  test('lines that stay on a plain ground are none', () => {
    const { beside } = found(seconds(80, (time) => frame(time, 'black', CARD)));
    expect(beside.at(-1)!.layout!.boxes).toBe(CARD.length);
  });

  test('and is left out of the credits over which it goes on', () => {
    const overlay = (time: number): TextBox[] => [NAME, ...ticker(time)];
    const {
      found: { runs },
      beside,
    } = found([
      ...seconds(120, (time) => frame(time, 'footage', overlay(time))),
      ...seconds(40, (time) => frame(time, 'black', [...CARD, ...overlay(time)]), 120),
    ]);
    expect(runs.map(({ state, from }) => `${state} ${from}`)).toEqual(['story 0', 'cards 120']);
    expect(beside.at(-1)!.layout!.boxes).toBe(CARD.length);
  });

  test('names over a going story are none: they are not there before', () => {
    const {
      found: { runs },
    } = found([
      ...seconds(100, (time) => frame(time, 'footage', [])),
      ...seconds(60, (time) => frame(time, 'footage', time % 4 === 3 ? [] : SMALL), 100),
    ]);
    expect(runs.map(({ state, from }) => `${state} ${from}`)).toEqual(['story 0', 'names 100']);
  });

  test('nor are names at one place that begin before the half, where a face before them was read as text', () => {
    const face = box(0.66, 0.3, 0.25, 0.4);
    const { beside } = found([
      ...seconds(22, (time) => frame(time, 'footage', time % 7 === 5 ? [face] : [])),
      ...seconds(38, (time) => frame(time, 'footage', time % 4 === 3 ? [] : SMALL), 22),
    ]);
    expect(beside.at(-2)!.layout!.boxes).toBe(SMALL.length);
  });

  test('a roll of nothing but names, from the first frame on, is none', () => {
    const list = Array.from({ length: 8 }, (_, k) => box(0.4, 0.08 + 0.1 * k, 0.2 + 0.02 * (k % 4), 0.06));
    const {
      found: { runs, present },
    } = found(seconds(60, (time) => ({ ...frame(time, 'black', list), rise: 0.12 })));
    expect(present).toBeGreaterThan(0.9);
    expect(runs.map(({ state }) => state)).toEqual(['roll']);
  });
});

describe('a film whose story carries text', () => {
  /** Remarks at any place, three frames of four. */
  const remarks = (time: number): TextBox[] =>
    time % 4 === 0
      ? []
      : [
          box(0.1 + 0.09 * (time % 8), 0.15 + 0.11 * (time % 6), 0.16, 0.07),
          box(0.6 - 0.07 * (time % 7), 0.7 - 0.1 * (time % 5), 0.14, 0.06),
        ];

  test('all through, has no credits for that', () => {
    expect(found(seconds(200, (time) => frame(time, 'footage', remarks(time)))).found.present).toBeLessThan(0.5);
  });

  test('has those that follow it', () => {
    const {
      found: { runs },
    } = found([
      ...seconds(160, (time) => frame(time, 'footage', remarks(time))),
      ...seconds(30, (time) => frame(time, 'black', CARD), 160),
    ]);
    expect(runs.map(({ state, from }) => `${state} ${from}`)).toEqual(['story 0', 'cards 160']);
  });

  test('nothing but pages all through are no credits, unless their words say so', () => {
    const page = [0.1, 0.25, 0.4, 0.55, 0.7].map((y) => box(0.1, y, 0.3, 0.06));
    const talk = seconds(150, (time) => frame(time, 'black', page));
    expect(found(talk).found.present).toBeLessThan(0.5);
    expect(found(talk.map((sample) => ({ ...sample, words: 1.5 }))).found.present).toBeGreaterThan(0.9);
  });
});

test('words decide what a page near the end is', () => {
  const film = (words: number | null): Segmentation =>
    found([
      ...seconds(120, (time) => frame(time, 'footage', [])),
      ...seconds(9, (time) => ({ ...frame(time, 'black', CARD), words }), 120),
      ...seconds(25, (time) => frame(time, 'footage', []), 129),
    ]).found;
  expect(film(-4).present).toBeLessThan(0.2);
  expect(film(null).present).toBeGreaterThan(0.5);
  expect(film(1.5).present).toBeGreaterThan(film(null).present);
});

test('words that read like names make no credits of a few seconds of type, jobs that follow each other do', () => {
  const film = (words: number | null): Segmentation =>
    found([
      ...seconds(60, (time) => frame(time, 'footage', [])),
      ...seconds(5, (time) => ({ ...frame(time, 'black', CARD), words }), 60),
      ...seconds(60, (time) => frame(time, 'footage', []), 65),
    ]).found;
  expect(film(null).start).toBeNull();
  expect(film(1.5)).toMatchObject({ start: null });
  expect(film(2)).toMatchObject({ start: null });
  expect(film(4)).toMatchObject({ start: 60 });
});
