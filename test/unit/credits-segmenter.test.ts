import { describe, expect, test } from '@jest/globals';
import { chapterWitnesses } from '../../src/credits/chapters.js';
import { evidenceOf, sampleOf, type Evidence } from '../../src/credits/evidence.js';
import { parameters } from '../../src/credits/parameters.js';
import { segment, type Segmentation } from '../../src/credits/segmenter.js';
import { besideOverlays, staticText } from '../../src/credits/static-overlay.js';
import type { TextBox } from '../../src/credits/text-boxes.js';
import type { Chapter } from '../../src/frames/types.js';

/** Pictures that were measured already, by what is drawn on them. */
const drawn = new Map<string, Evidence>();

/** A frame as the segmenter sees it, built from a drawn picture and the boxes that a reader would find on it. */
function frame(time: number, ground: 'footage' | 'black', boxes: TextBox[], rise: number | null): Evidence {
  const what = JSON.stringify([ground, boxes]);
  const evidence = drawn.get(what) ?? draw(ground, boxes);
  drawn.set(what, evidence);
  return { ...evidence, time, rise };
}

function draw(ground: 'footage' | 'black', boxes: readonly TextBox[]): Evidence {
  const [width, height] = [64, 36];
  const data = new Uint8Array(width * height * 3);
  if (ground === 'footage') for (let i = 0; i < data.length; i++) data[i] = 40 + ((i * 37 + (i >> 5) * 11) % 180);
  for (const box of boxes) {
    for (let y = Math.floor(box.y * height); y < (box.y + box.height) * height; y++) {
      for (let x = Math.floor(box.x * width); x < (box.x + box.width) * width; x += 2) {
        data.fill(235, (y * width + x) * 3, (y * width + x) * 3 + 3);
      }
    }
  }
  return evidenceOf(sampleOf(0, { width, height, data }), null, boxes);
}

const line = (y: number, width = 0.3): TextBox => ({ x: 0.5 - width / 2, y, width, height: 0.06, score: 0.9 });
const LIST = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8].map((y, k) => line(y, 0.2 + 0.03 * (k % 4)));
const CARD = [line(0.42, 0.2), line(0.52, 0.35)];
/** Small, at a side of a going picture. */
const NAMES = [
  { x: 0.7, y: 0.4, width: 0.12, height: 0.06, score: 0.9 },
  { x: 0.7, y: 0.47, width: 0.2, height: 0.06, score: 0.9 },
];
const SENTENCES = [line(0.4, 0.5), line(0.48, 0.55), line(0.56, 0.4)];

type Part = readonly [
  'story' | 'subtitled black' | 'roll' | 'card' | 'black' | 'subtitle' | 'epilogue' | 'names',
  number,
];

function samplesOf(parts: readonly Part[]): Evidence[] {
  const samples: Evidence[] = [];
  for (const [kind, seconds] of parts) {
    for (let k = 0; k < seconds; k++) {
      const time = samples.length;
      if (kind === 'story') samples.push(frame(time, 'footage', [], null));
      else if (kind === 'black') samples.push(frame(time, 'black', [], null));
      else if (kind === 'subtitled black')
        samples.push(frame(time, 'black', k % 4 === 3 ? [] : [line(0.86, 0.4)], k % 4 === 0 ? null : 0));
      else if (kind === 'subtitle') samples.push(frame(time, 'footage', [line(0.86, 0.5)], null));
      else if (kind === 'epilogue') samples.push(frame(time, 'black', SENTENCES, k === 0 ? null : 0));
      else if (kind === 'names') samples.push(frame(time, 'footage', k % 4 === 3 ? [] : NAMES, null));
      else if (kind === 'roll') samples.push(frame(time, 'black', LIST, 0.12));
      else samples.push(frame(time, 'black', CARD, k === 0 ? null : 0));
    }
  }
  return samples;
}

function film(...parts: Part[]): Segmentation {
  const samples = samplesOf(parts);
  return segment(samples, parameters.segmenter, parameters.frameClassifier, { start: 0, end: samples.length }, 1);
}

const states = ({ runs }: Segmentation): string[] => runs.map(({ state, from, to }) => `${state} ${from}-${to}`);
/** The start that costs least may come a second or two late, never early: frames settle the rest. */
function expectStart(found: Segmentation, start: number): void {
  expect(found.start).toBeGreaterThanOrEqual(start);
  expect(found.start).toBeLessThanOrEqual(start + 2);
}

describe('the segmenter', () => {
  test('finds a roll after the story', () => {
    const found = film(['story', 120], ['roll', 60]);
    expect(states(found)).toEqual(['story 0-120', 'roll 120-180']);
    expectStart(found, 120);
    expect(found.present).toBeGreaterThan(0.95);
  });

  test('says that there are none in a film of nothing but story', () => {
    const found = film(['story', 200]);
    expect(found.present).toBeLessThan(0.1);
    expect(states(found)).toEqual(['story 0-200']);
  });

  test('takes the black between story and credits for neither', () => {
    const found = film(['story', 100], ['black', 3], ['card', 30]);
    expect(states(found)).toEqual(['story 0-100', 'blackBefore 100-103', 'cards 103-133']);
    expectStart(found, 103);
  });

  test('finds the scene after the credits', () => {
    const found = film(['story', 100], ['roll', 60], ['story', 25]);
    expect(states(found)).toEqual(['story 0-100', 'roll 100-160', 'sceneAfter 160-185']);
  });

  test('finds the scene inside the credits, and their first start', () => {
    const found = film(['story', 100], ['card', 20], ['story', 20], ['roll', 50]);
    expect(states(found)).toEqual(['story 0-100', 'cards 100-120', 'sceneInside 120-140', 'roll 140-190']);
    expectStart(found, 100);
  });

  test('finds credits of eight seconds', () => {
    const found = film(['story', 100], ['card', 8]);
    expectStart(found, 100);
    expect(found.present).toBeGreaterThan(0.5);
  });

  test('does not take a title early in the film for the credits', () => {
    expectStart(film(['story', 10], ['card', 4], ['story', 400], ['roll', 60]), 414);
    expect(film(['story', 10], ['card', 4], ['story', 400]).present).toBeLessThan(0.5);
  });

  test('believes a chapter of that name more where the frames say little', () => {
    const parts: Part[] = [
      ['story', 100],
      ['black', 12],
      ['card', 12],
    ];
    const samples = samplesOf(parts).filter(({ time }) => time < 90 || time > 113);
    const found = (chapters: Chapter[]): number => {
      const { starts } = segment(
        samples,
        parameters.segmenter,
        parameters.frameClassifier,
        { start: 0, end: 124 },
        1,
        chapterWitnesses(chapters, 124),
      );
      return starts.slice(103, 106).reduce((sum, p) => sum + p, 0);
    };
    const named = found([{ start: 104, end: 124, title: 'End Credits' }]);
    expect(named).toBeGreaterThan(0.6);
    expect(named).toBeGreaterThan(found([{ start: 104, end: 124, title: 'Chapter 9' }]));
    expect(found([{ start: 104, end: 124, title: 'Chapter 9' }])).toBeGreaterThan(found([]));
  });

  test('finds names over the going story, a card at a time', () => {
    const found = film(['story', 100], ['names', 40]);
    expect(states(found)).toEqual(['story 0-100', 'names 100-140']);
    expectStart(found, 100);
  });

  test('finds a preview without text after names over the going story', () => {
    expect(states(film(['story', 100], ['names', 63], ['story', 18]))).toEqual([
      'story 0-100',
      'names 100-163',
      'sceneAfter 163-181',
    ]);
  });

  test('takes subtitles that go on over black after the roll for no scene', () => {
    const found = film(['story', 100], ['roll', 40], ['black', 2], ['subtitled black', 40], ['black', 2]);
    expect(states(found)).toEqual(['story 0-100', 'roll 100-140', 'blackAfter 140-184']);
  });

  describe('with two starts to choose from', () => {
    /** A story, two cards of which few frames were read, a scene and a roll. */
    const parts: Part[] = [
      ['story', 100],
      ['card', 20],
      ['story', 26],
      ['roll', 50],
    ];
    const sparse = (keep: (time: number) => boolean): Segmentation => {
      const samples = samplesOf(parts).filter(({ time }) => time < 100 || time >= 120 || keep(time));
      return segment(samples, parameters.segmenter, parameters.frameClassifier, { start: 0, end: 196 }, 1);
    };

    test('chooses the one that costs least, and the parts that go with it', () => {
      const found = sparse((time) => time === 102 || time === 103 || time === 110 || time === 115);
      const first = found.starts.slice(92, 112).reduce((sum, p) => sum + p, 0);
      expect(first).toBeGreaterThan(0.67);
      expect(first).toBeLessThan(0.99);
      expect(found.start).toBeLessThan(112);
      expect(found.runs.map(({ state }) => state)).toEqual(['story', 'cards', 'sceneInside', 'roll']);
    });

    test('the parts start where the decision says, whichever sequence is the likeliest', () => {
      for (const keep of [
        (time: number) => time === 105,
        (time: number) => time === 105 || time === 112,
        (time: number) => time % 4 === 0,
      ]) {
        const found = sparse(keep);
        const credits = found.runs.find(({ state }) => state === 'cards' || state === 'roll')!;
        expect(Math.abs(credits.from - found.start!)).toBeLessThanOrEqual(8);
      }
    });
  });

  describe('with chapters', () => {
    const decoded = (parts: Part[], ...chapters: readonly (readonly [number, number, string])[]): Segmentation => {
      const samples = samplesOf(parts);
      const witnesses = chapterWitnesses(
        chapters.map(([start, end, title]) => ({ start, end, title })),
        samples.length,
      );
      return segment(
        samples,
        parameters.segmenter,
        parameters.frameClassifier,
        { start: 0, end: samples.length },
        1,
        witnesses,
      );
    };

    test('those that contradict the pictures lose', () => {
      expectStart(
        decoded(
          [
            ['story', 100],
            ['roll', 40],
          ],
          [0, 60, 'Part A'],
          [60, 140, 'End Credits'],
        ),
        100,
      );
      expectStart(
        decoded(
          [
            ['story', 100],
            ['roll', 40],
          ],
          [0, 110, 'Part A'],
          [110, 140, 'ED'],
        ),
        100,
      );
      expect(decoded([['story', 140]], [0, 100, 'Part A'], [100, 140, 'End Credits']).present).toBeLessThan(0.5);
      expect(
        states(
          decoded(
            [
              ['story', 100],
              ['roll', 40],
            ],
            [0, 100, 'Part A'],
            [100, 120, 'ED'],
            [120, 140, 'Preview'],
          ),
        ),
      ).toEqual(['story 0-100', 'roll 100-140']);
    });

    test('a preview by name is a scene where the names over the story say little', () => {
      const parts: Part[] = [
        ['story', 100],
        ['names', 63],
        ['story', 6],
      ];
      const scenes = (found: Segmentation): string[] => states(found).filter((state) => state.startsWith('scene'));
      expect(scenes(decoded(parts))).toEqual([]);
      expect(scenes(decoded(parts, [0, 100, 'Part B'], [100, 163, 'ED'], [163, 169, 'Next Episode']))).toEqual([
        'sceneAfter 163-169',
      ]);
    });

    test('titles in an opening are no closing credits', () => {
      const parts: Part[] = [
        ['card', 12],
        ['story', 60],
      ];
      const [plain, named] = [decoded(parts), decoded(parts, [0, 12, 'OP'], [12, 72, 'Part A'])];
      expect(named.present).toBeLessThan(plain.present);
    });
  });

  test('does not take a sign in the last shot before a long black for a card', () => {
    expect(film(['story', 100], ['names', 2], ['story', 1], ['black', 6]).present).toBeLessThan(0.5);
  });

  test('does not take subtitles for credits', () => {
    expect(film(['story', 60], ['subtitle', 60], ['story', 20]).present).toBeLessThan(0.5);
  });

  test('takes sentences on black before the credits for the end of the story', () => {
    const found = film(['story', 100], ['epilogue', 12], ['black', 2], ['roll', 40]);
    expectStart(found, 114);
    expect(states(found)).toContain('roll 114-154');
  });
});

describe('logos', () => {
  const LOGO: TextBox = { x: 0.85, y: 0.08, width: 0.1, height: 0.06, score: 0.9 };
  /** Pictures that differ from one another as shots do. */
  const shot = (time: number, boxes: TextBox[]): Evidence => {
    const one = frame(time, 'footage', boxes, null);
    return { ...one, stats: { ...one.stats, lumaMedian: 0.2 + 0.1 * (time % 5) } };
  };
  const place = ({ x, y }: TextBox): number[] => [x, y];

  test('text that stays alone while shots change is one, and is left out of a frame', () => {
    const samples = Array.from({ length: 20 }, (_, k) => shot(k * 2, k % 4 === 0 ? [LOGO, line(0.86, 0.5)] : [LOGO]));
    const found = staticText(samples);
    expect(found.map(place)).toEqual([place(LOGO)]);
    expect(besideOverlays(samples[0]!, { places: found, regions: null }).layout?.boxes).toBe(1);
    expect(besideOverlays(samples[1]!, { places: found, regions: null }).layout?.boxes).toBe(0);
  });

  test('jobs that stand where others stood, above changing names, are none', () => {
    const samples = Array.from({ length: 20 }, (_, k) =>
      shot(k * 2, [NAMES[0]!, { ...NAMES[1]!, width: 0.05 + 0.03 * (k % 6) }]),
    );
    expect(staticText(samples)).toEqual([]);
  });

  test('a card that stays while nothing else changes is none', () => {
    expect(staticText(Array.from({ length: 20 }, (_, k) => frame(k * 2, 'black', [LOGO], 0)))).toEqual([]);
  });
});
