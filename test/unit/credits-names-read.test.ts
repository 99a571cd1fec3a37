import { describe, expect, test } from '@jest/globals';
import { bestText, type Step } from '../../src/credits/billing/beam.js';
import { linesOf } from '../../src/credits/billing/columns.js';
import { textConfidence } from '../../src/credits/billing/confidence.js';
import { letterSequences } from '../../src/credits/billing/letter-sequences.js';
import { textOf } from '../../src/credits/billing/letters.js';
import { withAccents } from '../../src/credits/billing/regions.js';
import { onePerPlace } from '../../src/credits/billing/same-place.js';
import { spelled } from '../../src/credits/billing/spelling.js';
import type { Track } from '../../src/credits/billing/stitch.js';
import type { Reading } from '../../src/credits/billing/types.js';
import type { TextBox } from '../../src/credits/text-boxes.js';
import { screen } from '../library/screen.js';

const ASPECT = 16 / 9;
const read = (text: string, probability = 0.95): Reading =>
  [...text].map((letter, k) => ({ text: letter, probability, x: (k + 0.5) / text.length }));
const box = (x: number, width: number, y = 0.5, height = 0.05): TextBox => ({ x, y, width, height, score: 0.9 });

describe('names in capitals are spelled as one writes them', () => {
  test.each([
    ['SAM J. JONES', 'Sam J. Jones'],
    ['AL PACINO', 'Al Pacino'],
    ['MAX VON SYDOW', 'Max von Sydow'],
    ['VON SYDOW', 'Von Sydow'],
    ['MICHAEL McMAHAN', 'Michael McMahan'],
    ['MICHAEL MCMAHAN', 'Michael McMahan'],
    ['DANNY DeVITO', 'Danny DeVito'],
    ['RENÉE O’CONNOR', 'Renée O’Connor'],
    ['VERONICA-LIZ OCASIO', 'Veronica-Liz Ocasio'],
    ['ROBERT DOWNEY JR.', 'Robert Downey Jr.'],
    ['TARA BENNETT, CSA', 'Tara Bennett, CSA'],
    ['HENRY IV', 'Henry IV'],
    ['DJ QUALLS', 'DJ Qualls'],
    // One small letter among capitals was misread.
    ['TIM HEyEN', 'Tim Heyen'],
    ['Lars von Trier', 'Lars von Trier'],
    ['Carrie VanEtten', 'Carrie VanEtten'],
  ])('%s: %s', (screenText, name) => {
    expect(spelled(screenText)).toBe(name);
  });
});

describe('letters that follow each other in names', () => {
  const alphabet = [...' TEDOMRAI'];
  const certain = (letter: string): Step => [[alphabet.indexOf(letter) + 1, 0.97], [0, 0.02]]; // prettier-ignore
  const blank: Step = [[0, 0.99]];
  const spell = (text: string, last: Step): Step[] => [
    ...[...text].flatMap((letter) => [certain(letter), blank]),
    last,
  ];
  const either = (a: number): Step => [
    [alphabet.indexOf('O') + 1, a],
    [alphabet.indexOf('D') + 1, 1 - a],
  ];
  const sequences = letterSequences().value;

  test('tell which of two letters it is, unless the picture does', () => {
    const steps = (a: number): Step[] => [...spell('TE', either(a)), blank, ...spell(' RAIMI', blank)];
    expect(textOf(bestText(steps(0.55), alphabet, null))).toBe('TEO RAIMI');
    expect(textOf(bestText(steps(0.55), alphabet, sequences))).toBe('TED RAIMI');
    expect(textOf(bestText(steps(0.99), alphabet, sequences))).toBe('TEO RAIMI');
  });

  test('are likelier than others, whatever their case', () => {
    expect(sequences.after('mari', 'a')).toBeGreaterThan(sequences.after('mari', 'q') + 3);
    expect(sequences.after('\u0006\u0007\u0008', 'a')).toBeLessThan(0);
  });
});

describe('how sure a text is', () => {
  const sure = (text: string, probability: number, readings = 3): number =>
    textConfidence(
      read(text, probability),
      Array.from({ length: readings }, () => read(text, probability)),
    );

  test('clear letters and several readings are surer, letters that no name has are less', () => {
    expect(sure('ANNA KELLER', 0.99)).toBeGreaterThan(sure('ANNA KELLER', 0.7));
    expect(sure('ANNA KELLER', 0.95, 4)).toBeGreaterThan(sure('ANNA KELLER', 0.95, 1));
    expect(sure('ANNA KELLER', 0.95)).toBeGreaterThan(sure('AXQA KZLWER', 0.95));
    const readings = [read('ANNA KELLER'), read('ANNA KELIER'), read('ANMA KELLER')];
    expect(textConfidence(read('ANNA KELLER'), readings)).toBeLessThan(sure('ANNA KELLER', 0.95));
  });
});

describe('the region of a line', () => {
  test('has room for accents above it, but for no other line', () => {
    const line = box(0.2, 0.3);
    expect(withAccents(line, [line]).y).toBeCloseTo(0.49);
    const above = box(0.3, 0.1, 0.446);
    expect(withAccents(line, [line, above]).y).toBeCloseTo(0.496);
    expect(withAccents(line, [line, box(0.7, 0.1, 0.446)]).y).toBeCloseTo(0.49);
    const below = box(0.3, 0.1, 0.551);
    const { y, height } = withAccents(line, [line, below]);
    expect(y + height).toBeCloseTo(0.551);
  });
});

describe('what was followed twice', () => {
  const track = (text: string, at: TextBox, about: Partial<Track> = {}): Track => ({
    page: 0,
    box: at,
    y: at.y,
    start: 0,
    end: 4,
    seen: 3,
    readings: [read(text)],
    ...about,
  });
  const texts = (...tracks: Track[]): string[] =>
    onePerPlace(tracks, ASPECT).map(({ readings }) => textOf(readings[0]!));
  const [role, name] = [track('Dolly Grip', box(0.4, 0.1)), track('JANA BITTNER', box(0.53, 0.2))];

  test('columns that were one text in some frames are two', () => {
    expect(texts(track('Dolly Grip JANA BITTNER', box(0.4, 0.33), { seen: 2 }), role, name)).toEqual([
      'Dolly Grip',
      'JANA BITTNER',
    ]);
    expect(texts(track('Dolly Grip JANA BITTNER', box(0.4, 0.33), { seen: 9 }), role, name)).toHaveLength(1);
  });

  test('a name that fell apart in some frames is one', () => {
    const whole = track('ANDREA OCCHIPINTI', box(0.535, 0.268));
    expect(texts(whole, track('ANDREA OCCHIP', box(0.535, 0.212)), track('INTI', box(0.748, 0.055)))).toEqual([
      'ANDREA OCCHIPINTI',
    ]);
  });

  test('what was lost and found again is one, with all its readings', () => {
    const again = track('EMIL ALMÉN', box(0.542, 0.152), { start: 6, end: 7, seen: 1 });
    const [one, ...others] = onePerPlace([track('EMIL ALMEN', box(0.538, 0.163)), again], ASPECT);
    expect(others).toEqual([]);
    expect(one).toMatchObject({ start: 0, end: 7, seen: 4 });
    expect(one!.readings).toHaveLength(2);
  });

  test('other lines, other pages and cards that follow each other are not', () => {
    const other = track('EMIL ALMEN', box(0.538, 0.163, 0.58));
    const [first, later] = [track('TOM HALL', box(0.4, 0.2)), track('IDA BELL', box(0.4, 0.2), { start: 6, end: 9 })];
    expect(texts(track('EMIL ALMEN', box(0.538, 0.163)), other)).toHaveLength(2);
    expect(texts(first, { ...first, page: 1 })).toHaveLength(2);
    expect(texts(first, later)).toHaveLength(2);
  });
});

describe('lines as they are told', () => {
  const parts = (text: string): string[][] => linesOf(screen(text)).map((row) => row.parts.map((part) => part.text));

  test('small letters and a name in capitals beside them are two columns', () => {
    expect(parts('      Production Manager PAUL HELLERMAN')).toEqual([['Production Manager', 'PAUL HELLERMAN']]);
    expect(parts('      PAUL HELLERMAN Production Manager')).toEqual([['PAUL HELLERMAN', 'Production Manager']]);
    expect(parts('      Assistant to Mr. J. R. WEISS SENIOR')).toEqual([['Assistant to Mr.', 'J. R. WEISS SENIOR']]);
    expect(parts('      Second Unit ADR')).toEqual([['Second Unit ADR']]);
    expect(parts('      Anna KELLER')).toEqual([['Anna KELLER']]);
    expect(parts('      VISUAL EFFECTS BY CRAFTY APES')).toHaveLength(1);
  });

  test('columns that were read as one text fall apart, sentences stay', () => {
    const list = '      Gaffer      ANNA KELLER\n      Best Boy    TOM HALL\n      Second Grip AL CHO';
    expect(parts(list).at(-1)).toEqual(['Second Grip', 'AL CHO']);
    expect(parts('  No animals were harmed in the making of this film')).toEqual([
      ['No animals were harmed in the making of this film'],
    ]);
  });
});
