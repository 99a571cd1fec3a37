import { describe, expect, test } from '@jest/globals';
import { linesOf } from '../../src/credits/billing/columns.js';
import { type LetterLayer, lettersOf, textOf } from '../../src/credits/billing/letters.js';
import { marksAbove } from '../../src/credits/billing/marks.js';
import { parseBilling } from '../../src/credits/billing/parse.js';
import { withoutBridges } from '../../src/credits/billing/regions.js';
import { rowsOf } from '../../src/credits/billing/rows.js';
import { onePerPlace } from '../../src/credits/billing/same-place.js';
import { Stitcher, type Track } from '../../src/credits/billing/stitch.js';
import { SURE_NAME, withSure } from '../../src/credits/billing/sure.js';
import type { Reading } from '../../src/credits/billing/types.js';
import type { TextBox } from '../../src/credits/text-boxes.js';
import { screen } from '../library/screen.js';

/** What drawn rolls and cards have shown: each case is one that was read or parsed wrongly. */

const ASPECT = 16 / 9;
const read = (text: string, probability = 0.95): Reading =>
  [...text].map((letter, k) => ({ text: letter, probability, x: (k + 0.5) / text.length }));
const box = (x: number, width: number, y = 0.5, height = 0.05): TextBox => ({ x, y, width, height, score: 0.9 });
const track = (text: string, at: TextBox, about: Partial<Track> = {}): Track => ({
  page: 0,
  box: at,
  y: at.y + at.height / 2,
  start: 0,
  end: 4,
  seen: 5,
  readings: [read(text), read(text)],
  ...about,
});
const kept = (...tracks: Track[]): string[] => onePerPlace(tracks, ASPECT).map(({ readings }) => textOf(readings[0]!));
const rows = (...tracks: Track[]): string[][] =>
  rowsOf(tracks, ASPECT).map(({ parts }) => parts.map(({ text }) => text));

describe('what the network sees in the gutter of two columns', () => {
  const [role, name] = [box(0.309, 0.2), box(0.533, 0.187)];

  test.each<[string, TextBox[], number]>([
    ['a low piece that links both is none', [role, box(0.512, 0.021, 0.514, 0.018), name], 2],
    ['a piece as high as they are is a word', [role, box(0.512, 0.021, 0.51, 0.04), name], 3],
    ['small print beside a text is text', [role, box(0.512, 0.021, 0.514, 0.018)], 2],
    ['a low piece far from both is text', [box(0.1, 0.2), box(0.42, 0.021, 0.514, 0.018), box(0.6, 0.2)], 3],
    ['a low piece of another line is text', [role, box(0.512, 0.021, 0.6, 0.018), name], 3],
  ])('%s', (_, boxes, count) => {
    expect(withoutBridges(boxes, ASPECT)).toHaveLength(count);
  });
});

describe('pieces of one place', () => {
  test('a low rest of a line that others have seen whole is none', () => {
    const whole = track('ANDREA OCCHIPINTI', box(0.535, 0.268, 0.5, 0.052));
    expect(kept(whole, track('NTIX', box(0.747, 0.028, 0.525, 0.019), { seen: 2 }))).toEqual(['ANDREA OCCHIPINTI']);
  });

  test('a reading that holds the column beside it as well does not vote on a name', () => {
    const name = track('DOMINIQUE DICAPRIO', box(0.539, 0.278));
    const wide = track('Beav DOMINIQUE DICAPRIO', box(0.456, 0.361), { seen: 1, start: 6, end: 6 });
    expect(onePerPlace([name, wide], ASPECT)[0]!.readings.map(textOf)).toEqual(Array(2).fill('DOMINIQUE DICAPRIO'));
  });

  test('halves of a line that were found while it faded in are none, other texts at that place are', () => {
    const line = track('Dieter Steinbrink', box(0.391, 0.222), { start: 10, end: 12, seen: 3 });
    const half = (text: string): Track => track(text, box(0.4, 0.1), { start: 9, end: 9, seen: 1 });
    expect(kept(half('Dieter'), line)).toEqual(['Dieter Steinbrink']);
    expect(kept(half('Gaffer'), line)).toEqual(['Gaffer', 'Dieter Steinbrink']);
  });

  test('a letter or two that one frame showed are none where others stay, and are some on a still', () => {
    const speck = track('MS', box(0.67, 0.2, 0.2, 0.15), { seen: 1 });
    expect(kept(track('TOM HALL', box(0.4, 0.2)), speck)).toEqual(['TOM HALL']);
    expect(kept(track('TOM HALL', box(0.4, 0.2), { seen: 1 }), speck)).toEqual(['TOM HALL', 'MS']);
    expect(kept(track('TOM HALL', box(0.4, 0.2)), { ...speck, readings: [read('Max')] })).toHaveLength(2);
  });
});

describe('cards and rolls', () => {
  test('cards that fade into each other are two pages, although one frame shows both', () => {
    const card = (start: number, role: string, name: string, y: number): Track[] => [
      track(role, box(0.4, 0.18, y), { start, end: start + 2 }),
      track(name, box(0.41, 0.17, y + 0.06), { start, end: start + 3 }),
    ];
    const all = rowsOf([...card(0, 'Key Grip', 'Rachel Howard', 0.5), ...card(3, 'Gaffer', 'Tom Hall', 0.46)], ASPECT);
    expect(all.map(({ page, parts: [part] }) => [page, part!.page, part!.text])).toEqual([
      [0, 0, 'Key Grip'],
      [0, 0, 'Rachel Howard'],
      [1, 1, 'Gaffer'],
      [1, 1, 'Tom Hall'],
    ]);
  });

  test('a row that is found anew where a roll was lost is told once, with its columns', () => {
    const wide = track('Foley Artist TOM HALL', box(0.3, 0.4), { start: 1, end: 2 });
    const anew = { page: 1, start: 3, end: 3 };
    const parts = [track('Foley Artist', box(0.3, 0.18), anew), track('TOM HALL', box(0.53, 0.17), anew)];
    expect(rows(wide, ...parts)).toEqual([['Foley Artist', 'TOM HALL']]);
    expect(rows(...parts.map((one) => ({ ...one, page: 0 })), { ...wide, page: 1, start: 3, end: 9 })).toEqual([['Foley Artist', 'TOM HALL']]); // prettier-ignore
    const later = parts.map((one) => ({ ...one, start: 30, end: 31 }));
    expect(rows(wide, ...later)).toHaveLength(2);
    expect(rows(wide, track('Foley Artist TOM HALE', box(0.3, 0.4), anew))).toHaveLength(2);
    expect(rows(wide, track('Foley Artist TOM HALL', box(0.2, 0.5), anew))).toHaveLength(2);
    expect(rows(wide, track('Foley Artist TOM HALL', box(0.3, 0.5), anew))).toHaveLength(2);
  });

  type Shown = readonly (readonly [string, TextBox, number?])[];
  async function follow(...frames: Shown[]): Promise<Track[]> {
    const stitcher = new Stitcher();
    for (const [time, frame] of frames.entries())
      await stitcher.take(
        time,
        frame.map(([, one]) => one),
        (one) => {
          const [text, , probability] = frame.find(([, other]) => other === one)!;
          return Promise.resolve(read(text, probability));
        },
      );
    return stitcher.tracks;
  }

  test('lines as long as each other that pass one place are no overlay', async () => {
    // The roll rises by two lines a second: the third line comes to where the first one was.
    const names = [
      'ROBERT BARR',
      'IDA BELL',
      'AMBER EVANS',
      'BO BERG',
      'WALTER HAHN',
      'AL CHO',
      'MARTIN FOX',
      'JO KAHN',
    ];
    const frame = (k: number): Shown =>
      names.flatMap((text, line) => {
        const y = 0.8 + 0.1 * line - 0.2 * k;
        return y > 0.02 && y < 0.92 ? [[text, box(0.5, line % 2 === 0 ? 0.2 : 0.1 + 0.01 * line, y)] as const] : [];
      });
    const tracks = await follow(...Array.from({ length: 9 }, (_, k) => frame(k)));
    expect(tracks.map(({ readings }) => textOf(readings[0]!)).sort()).toEqual([...names].sort());
  });

  test('a card of other words at the same place is another, half of its letters alike', async () => {
    const card = (...texts: string[]): Shown => texts.map((text, k) => [text, box(0.43, 0.14, 0.4 + 0.1 * k)] as const);
    const tracks = await follow(
      ...Array<Shown>(3).fill(card('Art Director', 'Tom Hall')),
      ...Array<Shown>(3).fill(card('Set Decorator', 'Ida Bell')),
    );
    expect(tracks.map(({ readings }) => textOf(readings[0]!))).toEqual([
      'Art Director',
      'Tom Hall',
      'Set Decorator',
      'Ida Bell',
    ]);
  });

  test('a line of which a letter is not clear is read again', async () => {
    const roll = (probability: number): Shown[] =>
      Array.from({ length: 6 }, (_, k) => [
        ['BITTNEROVA', box(0.5, 0.2, 0.8 - 0.1 * k), probability],
        ['IDA BELL', box(0.5, 0.15, 0.9 - 0.1 * k)],
      ]);
    const readings = async (probability: number): Promise<number> =>
      (await follow(...roll(probability))).find((one) => textOf(one.readings[0]!) === 'BITTNEROVA')!.readings.length;
    expect([await readings(0.9), await readings(0.5)]).toEqual([2, 5]);
  });
});

describe('layout', () => {
  const lines = (text: string): string[][] => linesOf(screen(text)).map(({ parts }) => parts.map((part) => part.text));
  /** Their spaces stand below each other. */
  const CARDS = `
                              Dolly Grips
                               Anna Keil
                             Seconds Editor
                              Jonas Peter
                             Casting Leader
                               Ivor Hall`;
  const apart = (text: string, gap: number, ...found: string[]): string[][] => {
    const cards = screen(text).map((row) => {
      const [part] = row.parts;
      if (!found.includes(part!.text)) return row;
      const [first, last] = part!.text.split(' ') as [string, string];
      const end = part!.x + first.length / 80;
      const left = { ...part!, text: first, x: part!.x - gap, width: first.length / 80, spaces: [] };
      const right = { ...part!, text: last, x: end + 1 / 80 + gap, width: last.length / 80, spaces: [] };
      return { ...row, parts: [left, right] };
    });
    return linesOf(cards).map(({ parts }) => parts.map((one) => one.text));
  };
  const together = CARDS.trim()
    .split(/\n\s*/)
    .map((line) => [line]);

  test('lines around one middle have no gutter, whatever spaces stand there', () => {
    expect(lines(CARDS)).toEqual(together);
  });

  test('words of such a line that were found apart are one text', () => {
    expect(apart(CARDS, 0, 'Dolly Grips', 'Jonas Peter')).toEqual(together);
  });

  test('texts far apart around the same middle do not part the lines around them', () => {
    const far = apart(CARDS, 0.02, 'Dolly Grips', 'Jonas Peter');
    expect(far.map((parts) => parts.length)).toEqual([2, 1, 1, 2, 1, 1]);
  });

  test('a heading of actors does not fall apart at the gutter below it', () => {
    const list = `
                  Cast of Characters
                  Dumpy ALVIN GREENMAN
                 Deputy TOM HALL
                 Hubard CASEY MARGOLIS
                 Foster IDA BELL`;
    expect(lines(list)[0]).toEqual(['Cast of Characters']);
    expect(lines(list)[2]).toEqual(['Deputy', 'TOM HALL']);
  });

  test.each([
    ['PAUL WILLIAMS Dr. R.L. Davis', ['PAUL WILLIAMS', 'Dr. R.L. Davis']],
    ['MARIE MÉNARD Le Duc Davis', ['MARIE MÉNARD', 'Le Duc Davis']],
    ['PAUL R. WILLIAMS Waiter', ['PAUL R. WILLIAMS', 'Waiter']],
    ['ANNA KELLER J. Waiter', ['ANNA KELLER J.', 'Waiter']],
  ])('a role begins where its small letters do: “%s”', (text, parts) => {
    expect(lines(`      ${text}`)).toEqual([parts]);
  });

  test('a job above a name is its role, although a person might be called so', () => {
    const { crew } = parseBilling(screen('\n             Dolly Grip\n           Aurore Lauzeral'));
    expect(crew.map(({ role, names }) => [role, ...names.map(({ text }) => text)])).toEqual([
      ['Dolly Grip', 'Aurore Lauzeral'],
    ]);
  });
});

describe('marks above capitals', () => {
  const [CELL, TOP, FOOT] = [30, 16, 42];
  /** Light blocks for letters on dark ground; above those that are marked there is a stroke. */
  function line(text: string, marked: string, { wide = 8, ground = 10, ink = 230 } = {}) {
    const width = CELL * text.length;
    const data = new Uint8Array(width * 48 * 3).fill(ground);
    const fill = (from: number, to: number, top: number, foot: number): void => {
      for (let y = top; y < foot; y++) data.fill(ink, (y * width + from) * 3, (y * width + to) * 3);
    };
    [...text].forEach((letter, k) => {
      if (letter === ' ') return;
      const isLow = letter !== letter.toUpperCase();
      fill(k * CELL + 5, k * CELL + 25, isLow ? TOP + 9 : TOP, FOOT);
      if (marked.includes(letter)) fill(k * CELL + 15 - wide / 2, k * CELL + 15 + wide / 2, 4, 11);
    });
    return { width, height: 48, data };
  }
  const seen = (text: string, marked: string, about?: Parameters<typeof line>[2]): string =>
    marksAbove(line(text, marked, about), read(text))
      .map((mark) => (mark === null ? '?' : mark ? '^' : '.'))
      .join('');

  test.each<[string, string, string, Parameters<typeof line>[2]]>([
    ['SZILVASI', 'A', '.....^..', {}],
    ['SZILVASI', '', '........', {}],
    ['GUNTER', 'U', '.^....', {}],
    ['GUNTER', 'U', '.^....', { ground: 230, ink: 10 }],
    ['ENIKO osso', 'O', '....^?????', {}],
    ['ENIKO osso', 'Os', '....^?????', {}],
    // Too little contrast, too few letters, a ground that is bright all over.
    ['GUNTER', 'U', '??????', { ground: 200, ink: 230 }],
    ['GU', 'U', '??', {}],
    ['ENI ooooooo', 'o', '?'.repeat(11), { wide: 22 }],
    ['ENI ooooooo', 'o', '...????????', {}],
  ])('%s with marks above “%s”: %s, %j', (text, marked, expected, about) => {
    expect(seen(text, marked, about)).toBe(expected);
  });

  test('a mark is of the letter that is nearest to it', () => {
    const letters = read('SZILVASI').map((letter, k, all) =>
      k === 4 ? { ...letter, x: all[5]!.x - 8 / 240 } : letter,
    );
    expect(marksAbove(line('SZILVASI', 'A'), letters)).toEqual([false, false, false, false, false, true, false, false]);
  });

  describe('and what the recogniser says', () => {
    const layer: LetterLayer = {
      alphabet: [...'GUÜNTER'],
      width: 8,
      reach: 1,
      weights: Float32Array.from({ length: 64 }, (_, k) => (k % 9 === 0 ? 1 : 0)),
      bias: new Float32Array(8),
    };
    /** One step a letter, one between: U and U-umlaut as likely as that. */
    const features = (umlaut: number) => {
      const steps = [...'GUNTER'].flatMap((letter) => {
        const scores: number[] = Array.from({ length: 8 }, (_, c) => (layer.alphabet[c - 1] === letter ? 8 : 0));
        if (letter === 'U') scores[3] = 8 + Math.log(umlaut / (1 - umlaut));
        return [scores, [8, 0, 0, 0, 0, 0, 0, 0]];
      });
      return { type: 'float32' as const, dims: [1, 12, 8], data: Float32Array.from(steps.flat()) };
    };
    const said = (umlaut: number, marked: string): string =>
      textOf(lettersOf(features(umlaut), layer, null, line('GUNTER', marked)));

    test('a mark that is seen makes accents likelier, none makes them less likely, and neither makes them up', () => {
      expect(textOf(lettersOf(features(0.1), layer, null))).toBe('GUNTER');
      expect(said(0.1, 'U')).toBe('GÜNTER');
      expect(said(0.9, '')).toBe('GUNTER');
      expect(said(0.001, 'U')).toBe('GUNTER');
      expect(said(0.999, '')).toBe('GÜNTER');
    });
  });
});

describe('names that are sure', () => {
  test('are marked as such, in cast, crew, companies and songs', () => {
    const one = (confidence: number) => ({ text: 'A', confidence, start: 0, end: 1 });
    const all = [SURE_NAME, SURE_NAME - 0.01].map(one);
    const told = withSure({
      cast: all.map((text) => ({ ...text, actor: 'A', character: null })),
      crew: [{ role: 'Gaffer', department: null, names: all }],
      companies: all,
      songs: all.map((text) => ({ ...text, title: 'A', lines: [] })),
      lines: [],
      reason: '',
      models: [],
    });
    const marks = [told.cast, told.crew[0]!.names, told.companies, told.songs].map((some) =>
      some.map(({ sure }) => sure),
    );
    expect(marks).toEqual(Array(4).fill([true, false]));
  });
});
