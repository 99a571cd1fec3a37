import { describe, expect, test } from '@jest/globals';
import { linesOf } from '../../src/credits/billing/columns.js';
import { withDiacritics } from '../../src/credits/billing/diacritics.js';
import { letterSequences } from '../../src/credits/billing/letter-sequences.js';
import { textOf } from '../../src/credits/billing/letters.js';
import { asWritten } from '../../src/credits/billing/orthography.js';
import { parseBilling } from '../../src/credits/billing/parse.js';
import type { Letter, PlacedText, Reading, Row } from '../../src/credits/billing/types.js';
import { vote } from '../../src/credits/billing/vote.js';

const ACCENTS: Readonly<Record<string, string>> = { u: 'ùúüů', U: 'ÙÚÜŮ', i: 'íìï', I: 'ÍÌÏ', o: 'òóöø', O: 'ÒÓÖØ' };

/** A reading; at letters with marks, how much likelier the marks are than none: natural logarithm. */
const read = (text: string, odds: Readonly<Record<string, number>> = {}): Reading =>
  [...text].map((letter, k): Letter => {
    const plain = letter.normalize('NFD').charAt(0);
    const rivals = [...(ACCENTS[plain] ?? '')].map((one) => [one, odds[one] ?? -12] as const);
    const family = Object.fromEntries([[plain, 0], ...rivals]);
    const place = { text: letter, probability: 0.9, x: (k + 0.5) / text.length };
    return rivals.length === 0 ? place : { ...place, family };
  });
const decided = (...readings: Reading[]): string => textOf(withDiacritics(vote(readings), letterSequences().value));

describe('marks of letters', () => {
  test('are told by all readings of a line: one that saw them clearly outweighs two that nearly saw none', () => {
    const doubtful = read('MULLER', { Ü: -0.5 });
    expect(decided(doubtful, read('MÜLLER', { Ü: 6 }), doubtful)).toBe('MÜLLER');
    expect(decided(doubtful, read('MULLER', { Ü: -6 }), read('MULLER', { Ü: -6 }))).toBe('MULLER');
  });

  test('of the same evidence, are those that names have', () => {
    expect(decided(read('Muller', { ù: 2, ú: 2, ü: 2, ů: 2 }))).toBe('Müller');
    expect(decided(read('Garcia', { ì: 2, í: 2, ï: 2 }))).toBe('García');
  });

  test('are none where nothing shows them, whatever names have', () => {
    expect(decided(read('Muller', { ü: -9 }))).toBe('Muller');
  });

  test('a letter is less sure where its mark is in doubt', () => {
    const probability = (odds: number): number =>
      withDiacritics(read('Bohn', { ö: odds }), letterSequences().value)[1]!.probability;
    expect(probability(-1)).toBeLessThan(0.8);
    expect(probability(-12)).toBeGreaterThan(0.89);
  });

  test('a small i among capitals is one with a mark where other capital ones have no dot', () => {
    expect(decided(read('MARIBEL MARTiN'))).toBe('MARIBEL MARTÍN');
    expect(decided(read('DANiEL ELLiOT'))).toBe('DANIEL ELLIOT');
    expect(decided(read('Daniel'))).toBe('Daniel');
  });
});

describe('letters as names are written', () => {
  const written = (text: string): string => textOf(asWritten(read(text)));

  test.each([
    ['TandyCronyn', 'Tandy Cronyn'],
    ['Edward Rogers IIl', 'Edward Rogers III'],
    ['CHASE PARIS. CSA', 'CHASE PARIS, CSA'],
  ])('%s is %s', (text, expected) => expect(written(text)).toBe(expected));

  test.each(['Danny DeVito', 'McDonald', 'MacGregor', 'FitzGerald', 'Ill Will', 'Sam J. ACE', 'JoBeth', 'TOM McCOY'])(
    '%s stays',
    (text) => expect(written(text)).toBe(text),
  );

  test('a word of a name begins with a capital where some readings say so', () => {
    const small = read('Elisette oliveira');
    expect(textOf(vote([small, read('Elisette Oliveira'), small]))).toBe('Elisette Oliveira');
    expect(textOf(vote([small, small]))).toBe('Elisette oliveira');
    const particle = read('Max von Sydow');
    expect(textOf(vote([particle, read('Max Von Sydow'), particle]))).toBe('Max von Sydow');
  });
});

describe('text of the picture behind the credits', () => {
  const text = (what: string, x: number, y: number, confidence = 0.95): PlacedText => ({
    text: what, confidence, start: 0, end: 3, page: 0, x, width: 0.2, spaces: [], y, height: 0.05,
  }); // prettier-ignore
  const row = (...parts: PlacedText[]): Row => ({ page: 0, y: parts[0]!.y, height: 0.05, start: 0, end: 3, parts });
  const card = (stray: PlacedText): Row[] => [
    row(stray, text('Gaffer', 0.4, 0.3)), row(text('Anna Keller', 0.4, 0.37)),
    row(text('Key Grip', 0.4, 0.6)), row(text('Tom Miller', 0.4, 0.67)),
  ]; // prettier-ignore
  const crew = (rows: readonly Row[]) => parseBilling(rows).crew.map(({ role, names }) => [role, names[0]!.text]);

  test('is none of them: it stands where no line does, and is hardly legible', () => {
    const rows = card(text('ogos', 0.01, 0.3, 0.2));
    expect(crew(rows)).toEqual([['Gaffer', 'Anna Keller'], ['Key Grip', 'Tom Miller']]); // prettier-ignore
    expect(linesOf(rows)[0]!.parts.map((one) => one.text)).toEqual(['Gaffer']);
  });

  test('what is read clearly is, and what stands as the others do', () => {
    const names = (rows: readonly Row[]): string[] =>
      linesOf(rows).flatMap(({ parts }) => parts.map((one) => one.text));
    expect(names(card(text('Ida Weiss', 0.01, 0.3)))).toContain('Ida Weiss');
    expect(names([row(text('Ida Weiss', 0.4, 0.2, 0.2)), ...card(text('Leo Kern', 0.01, 0.3))])).toContain('Ida Weiss');
  });
});
