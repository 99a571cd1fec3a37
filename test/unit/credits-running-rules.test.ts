import { describe, expect, test } from '@jest/globals';
import { denseRows, namesAmong, namesOfParagraph, runsOn } from '../../src/credits/billing/running.js';
import { screen } from '../library/screen.js';
import { told } from '../library/told-texts.js';

const namesOf = (...lines: string[]): string[] =>
  namesOfParagraph(screen(lines.join('\n')).map(({ parts }) => parts[0]!)).map(({ text }) => text);

describe('a line of names that run on', () => {
  test.each([
    ['Jane Roe, Tom Hall, Ida Bell', true],
    ['Jane Roe · Tom Hall · Ida Bell', true],
    ['Jane Roe / Tom Hall / Ida Bell', true],
    // One mark is too few, unless it ends the line.
    ['Jane Roe, Tom Hall', false],
    ['Jane Roe, ', true],
    ['Jane Roe', false],
    ['The story, all names, characters and incidents', false],
    ['iPhone, eBook, iPad', false],
    ['Jane Roe, Ann de Bont, Jan van der Roe', false],
    ['Jane Roe, Ann de Bont, Tom Hall, Ida Bell', true],
  ])('“%s”: %s', (text, expected) => {
    expect(runsOn({ text })).toBe(expected);
  });
});

describe('names that run on', () => {
  test.each<[string, string[], string[]]>([
    ['commas', ['Jane Roe, Tom Hall, Ida Bell'], ['Jane Roe', 'Tom Hall', 'Ida Bell']],
    ['points', ['Jane Roe · Tom Hall • Ida Bell'], ['Jane Roe', 'Tom Hall', 'Ida Bell']],
    ['a name that ends in the next line', ['Jane Roe, Tom', 'Hall, Ida Bell'], ['Jane Roe', 'Tom Hall', 'Ida Bell']],
    ['one of three lines', ['Jane Roe, Jan', 'van der', 'Roe, Ida Bell'], ['Jane Roe', 'Jan van der Roe', 'Ida Bell']],
    ['a mark at the end of a line', ['Jane Roe, Tom Hall,', 'Ida Bell'], ['Jane Roe', 'Tom Hall', 'Ida Bell']],
    ['a mark that begins a line', ['Jane Roe · Tom Hall', '· Ida Bell'], ['Jane Roe', 'Tom Hall', 'Ida Bell']],
    ['none at the ends of lines', ['Jane Roe · Tom Hall', 'Ida Bell · Bo Berg'], ['Jane Roe', 'Tom Hall', 'Ida Bell', 'Bo Berg']], // prettier-ignore
    ['long names, where other lines end inside one', ['Jane Roe, Juan Carlos', 'del Rio Vega, Tom', 'Hall, Bo Berg'], ['Jane Roe', 'Juan Carlos del Rio Vega', 'Tom Hall', 'Bo Berg']], // prettier-ignore
    ['or with their mark', ['Jane Roe, Juan Carlos', 'del Rio Vega, Tom Hall,', 'Bo Berg, Al Cho'], ['Jane Roe', 'Juan Carlos del Rio Vega', 'Tom Hall', 'Bo Berg', 'Al Cho']], // prettier-ignore
    ['the last behind “and”', ['Jane Roe, Tom Hall, and Ida Bell'], ['Jane Roe', 'Tom Hall', 'Ida Bell']],
    ['the last two parted by it', ['Jane Roe, Tom Hall and Ida Bell'], ['Jane Roe', 'Tom Hall', 'Ida Bell']],
    ['two marks in a row', ['Jane Roe, , Tom Hall,, Ida Bell'], ['Jane Roe', 'Tom Hall', 'Ida Bell']],
    ['figures alone', ['Jane Roe, 12, Ida Bell'], ['Jane Roe', 'Ida Bell']],
  ])('%s', (_, lines, expected) => {
    expect(namesOf(...lines)).toEqual(expected);
  });

  test('each stands where it begins, and lasts until its last line has gone', () => {
    const at = (columns: number): unknown => expect.closeTo(columns / 80, 6);
    const [first, second, third] = namesOfParagraph(
      screen('     Jane Roe, Tom\n     Hall, Ida Bell').map(({ parts }, k) => ({
        ...parts[0]!,
        confidence: [0.9, 0.7][k]!,
      })),
    );
    expect(first).toMatchObject({ text: 'Jane Roe', x: at(5), width: at(8), start: 0, end: 5, confidence: 0.9 });
    expect(second).toMatchObject({ text: 'Tom Hall', x: at(15), start: 0, end: 6, confidence: 0.7 });
    expect(third).toMatchObject({ text: 'Ida Bell', x: at(11), width: at(8), start: 1, end: 6, confidence: 0.7 });
  });
});

describe('a block of names of which no mark was read', () => {
  const Part = (words: number, about = {}) => told(Array<string>(words).fill('Ann').join(' '), 1, about);
  const dense = [Part(5, { x: 0.1, width: 0.4 }), Part(2, { x: 0.6, width: 0.2 })];
  const other = [Part(2)];
  const shown = (...rows: (typeof dense)[]): string =>
    denseRows(rows)
      .map((is) => (is ? 'x' : '-'))
      .join('');

  test('has three such rows, and all between them', () => {
    expect(shown(dense, dense, dense)).toBe('xxx');
    expect(shown(dense, dense)).toBe('--');
    expect(shown(other, dense, other, dense, dense, other)).toBe('-xxxx-');
    expect(shown(dense, other, dense)).toBe('---');
  });

  test('of which those far away are none', () => {
    const far = (count: number): string => shown(dense, dense, ...Array<typeof dense>(count).fill(other), dense);
    // Eight rows before and behind one tell.
    expect([far(6).endsWith('x'), far(7).endsWith('x'), far(8).endsWith('x')]).toEqual([true, false, false]);
  });

  test.each<[string, boolean, typeof dense]>([
    ['wide enough', true, [Part(7, { x: 0, width: 0.5 })]],
    ['too narrow', false, [Part(7, { x: 0, width: 0.49 })]],
    ['six words', false, [Part(4, { x: 0.1, width: 0.4 }), Part(2, { x: 0.6, width: 0.2 })]],
    ['no text of four words', false, [0.1, 0.4, 0.7].map((x) => Part(3, { x, width: 0.2 }))],
    ['no text that may be names', false, [{ ...dense[0]!, nameOdds: -1.5 }, dense[1]!]],
    ['names with their marks', false, [told('Jane Roe, Tom Hall, Ida Bell, Al Cho', 1, { width: 0.6 })]],
  ])('%s: %s', (_, expected, parts) => {
    expect(shown(parts, parts, parts)).toBe(expected ? 'xxx' : '---');
  });

  test('tells names that stand apart on both sides', () => {
    const names = ['Bo', 'Al Cho', 'Ann', 'Jan van der Roe', 'Ida Bell Jo Finn Kim', 'Tom Hall', 'Max'];
    expect(namesAmong(names.map((text) => told(text, 1))).map(({ text }) => text)).toEqual(['Al Cho', 'Jan van der Roe', 'Tom Hall']); // prettier-ignore
    expect(namesAmong([told('Tom Hall', 1), told('Ida Bell', 1)])).toEqual([]);
  });
});
