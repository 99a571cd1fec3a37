import { describe, expect, test } from '@jest/globals';
import { toldRows } from '../../src/credits/billing/told-rows.js';
import type { Row } from '../../src/credits/billing/types.js';
import { screen } from '../library/screen.js';

type Line = readonly [text: string, below: number, height?: number, page?: number];

/** One row after the other, each so far below the last one and so high. */
function rowsOf(...lines: readonly Line[]): Row[] {
  let y = 0;
  return lines.map(([text, below, height = 0.045, page = 0]): Row => {
    y += below;
    const [row] = screen(`          ${text}`);
    return { ...row!, y, height, page, parts: row!.parts.map((part) => ({ ...part, y, height, page })) };
  });
}
/** "|" where a gap is above a row, "||" where it is a wide one, "" where none is. */
const gaps = (...lines: readonly Line[]): string[] =>
  toldRows(rowsOf(...lines)).map(({ close, isFar }) => (isFar ? '||' : close ? '' : '|'));
const texts = (text: string): string[][] => toldRows(screen(text)).map(({ parts }) => parts.map((part) => part.text));

describe('gaps between rows', () => {
  const Three: readonly Line[] = [['Anna Keller', 0], ['Tom Hall', 0.05], ['Ida Bell', 0.05]]; // prettier-ignore

  test.each([
    [0.05, ''],
    [0.07, ''],
    [0.08, '|'],
    [0.125, '|'],
    [0.135, '||'],
  ])('that are usually 0.05 apart: at %f it is “%s”', (distance, expected) => {
    expect(gaps(...Three, ['Bo Berg', distance]).at(-1)).toBe(expected);
  });

  test('the usual distance is that of the closest quarter, whatever gaps there are', () => {
    expect(gaps(...Three, ['Gg Hh', 0.1], ['Ii Jj', 0.1], ['Kk Ll', 0.1]).slice(1)).toEqual(['', '', '|', '|', '|']);
  });

  test('wherever the close ones are', () => {
    expect(gaps(['Aa Bb', 0], ['Cc Dd', 0.1], ['Ee Ff', 0.1], ['Anna Keller', 0.1], ['Gg Hh', 0.05], ['Ii Jj', 0.05]).slice(1)).toEqual(['|', '|', '|', '', '']); // prettier-ignore
  });

  test('rows far apart for their height are none that follow closely', () => {
    const small = 0.02;
    expect(gaps(['Anna Keller', 0, small], ['Tom Hall', 0.2, small], ['Ida Bell', 0.3, small]).slice(1)).toEqual(['|', '|']); // prettier-ignore
    // Up to three heights a distance is what it seems to be.
    expect(gaps(['Anna Keller', 0, small], ['Tom Hall', 0.06, small], ['Ida Bell', 0.085, small]).slice(1)).toEqual(['', '']); // prettier-ignore
  });

  test('each page has a usual distance of its own, and begins with a gap', () => {
    const second = (text: string, below: number): Line => [text, below, 0.045, 1];
    expect(gaps(...Three, second('Bo Berg', 0.05), second('Al Cho', 0.1), second('Jo Finn', 0.1)).slice(1)).toEqual(['', '', '||', '', '']); // prettier-ignore
  });

  test('a row that stands above the one before does not follow it', () => {
    expect(gaps(['Anna Keller', 0.5], ['Tom Hall', -0.45], ['Ida Bell', 0.05]).slice(1)).toEqual(['|', '']);
  });

  test('a line beside another, a little lower, says nothing of how far lines are apart', () => {
    expect(gaps(['Anna Keller', 0], ['Tom Hall', 0.01], ['Ida Bell', 0.05], ['Bo Berg', 0.05]).slice(1)).toEqual(['', '', '']); // prettier-ignore
  });

  test('one that is closer than usual parts no others', () => {
    const rest = ['Cc Dd', 'Ee Ff', 'Gg Hh', 'Ii Jj'].map((text): Line => [text, 0.06]);
    expect(gaps(['Anna Keller', 0], ['Aa Bb', 0.036], ...rest).slice(1)).toEqual(['', '', '', '', '']);
  });

  test('a small line stands close to a large one above it', () => {
    expect(gaps(['Anna Keller', 0, 0.06], ['Tom Hall', 0.06, 0.02]).at(-1)).toBe('');
  });
});

describe('what is no text of the credits', () => {
  test('leaders alone are nothing', () => {
    expect(texts('     .....\n     Anna Keller')).toEqual([['Anna Keller']]);
    expect(texts('     .....   Anna Keller')).toEqual([['Anna Keller']]);
  });

  test('nor is what was read badly where no line stands', () => {
    const rows = screen('     Anna Keller\n     Tom Hall\n     Ida Bell\n                                 lll');
    const doubtful = (confidence: number): number =>
      toldRows([...rows.slice(0, 3), { ...rows[3]!, parts: [{ ...rows[3]!.parts[0]!, confidence }] }]).length;
    expect([doubtful(0.3), doubtful(0.6)]).toEqual([3, 4]);
  });
});

describe('one text that holds a role and a name', () => {
  test.each<[string, string[], 'apart' | 'inline']>([
    ['Waiter ..... JOHN DOE', ['Waiter', 'JOHN DOE'], 'apart'],
    ['Waiter . . . . JOHN DOE', ['Waiter', 'JOHN DOE'], 'apart'],
    ['Waiter…·… JOHN DOE', ['Waiter', 'JOHN DOE'], 'apart'],
    ['Mr. J. R. Doe', ['Mr. J. R. Doe'], 'apart'],
    ['..... JOHN DOE', ['JOHN DOE'], 'apart'],
    ['Waiter .....', ['Waiter'], 'apart'],
    ['Gaffer: Jane Roe', ['Gaffer', 'Jane Roe'], 'inline'],
    ['Gaffer – Jane Roe', ['Gaffer', 'Jane Roe'], 'inline'],
    ['Key Grip:Jane Roe', ['Key Grip:Jane Roe'], 'apart'],
    ['Jane Roe: Gaffer', ['Jane Roe: Gaffer'], 'apart'],
    ['Jane Roe: Tom Hall', ['Jane Roe: Tom Hall'], 'apart'],
    ['Written by: Mike Settle', ['Written by: Mike Settle'], 'apart'],
    ['Edited by Jane Roe', ['Edited by', 'Jane Roe'], 'inline'],
    ['Montage von Jane Roe', ['Montage von', 'Jane Roe'], 'inline'],
    ['Edited by', ['Edited by'], 'apart'],
    ['Edited by hand', ['Edited by hand'], 'apart'],
    ['Written by Mike Settle', ['Written by Mike Settle'], 'apart'],
    ['Edited by Second Unit Director', ['Edited by Second Unit Director'], 'apart'],
    ['Blossom av Jane Roe', ['Blossom av Jane Roe'], 'apart'],
    ['Dan Castellaneta as Homer Simpson', ['Homer Simpson', 'Dan Castellaneta'], 'inline'],
    ['Ann Baker als Die Königin', ['Die Königin', 'Ann Baker'], 'inline'],
    ['as Homer Simpson', ['as Homer Simpson'], 'apart'],
    ['Dan as Homer', ['Dan as Homer'], 'apart'],
    ['Camera Rentals Inc. as Homer Simpson', ['Camera Rentals Inc. as Homer Simpson'], 'apart'],
    ['Production Manager JANE ROE', ['Production Manager', 'JANE ROE'], 'apart'],
    ['Production Manager J. R. ROE KIM', ['Production Manager', 'J. R. ROE KIM'], 'apart'],
    ['JANE ROE Production Manager', ['JANE ROE', 'Production Manager'], 'apart'],
    ['JANE ROE Dr. Davis', ['JANE ROE', 'Dr. Davis'], 'apart'],
    ['Production Manager ROE', ['Production Manager ROE'], 'apart'],
    ['Production JANE ROE Manager', ['Production JANE ROE Manager'], 'apart'],
    ['JANE VAN DER ROE', ['JANE VAN DER ROE'], 'apart'],
  ])('“%s”', (text, parts, form) => {
    const [row, ...others] = toldRows(screen(`      ${text}`));
    expect(others).toEqual([]);
    expect([row!.parts.map((part) => part.text), row!.form]).toEqual([parts, form]);
  });

  test('with nothing on one side is none', () => {
    const [row] = screen('      Anna Keller');
    const of = (text: string): number => toldRows([{ ...row!, parts: [{ ...row!.parts[0]!, text }] }])[0]!.parts.length;
    expect([of('\u3000... JOHN DOE'), of('JOHN DOE ...\u3000'), of('Gaffer ... JOHN DOE')]).toEqual([1, 1, 2]);
  });

  test('who played and what stand in this order', () => {
    const [role, name] = toldRows(screen('          Dan Castellaneta as Homer Simpson'))[0]!.parts;
    expect(name!.x).toBeGreaterThan(role!.x);
    expect(name!.x).toBeLessThan(role!.x + role!.width);
  });

  test('each half has its place', () => {
    const at = (columns: number): unknown => expect.closeTo(columns / 80, 6);
    const [left, right] = toldRows(screen('          Waiter ..... JOHN DOE'))[0]!.parts;
    expect(left).toMatchObject({ x: at(10), width: at(6) });
    expect(right).toMatchObject({ x: at(16), width: at(15) });
    // Where a space alone parts them, its place is known, and those of the other spaces are.
    const [role, name] = toldRows(screen('          Key Make Up Artist JANE VAN ROE'))[0]!.parts;
    expect(role).toMatchObject({ x: at(10), width: at(18.5), spaces: [at(13.5), at(18.5), at(21.5)] });
    expect(name).toMatchObject({ x: at(28.5), width: at(12.5), spaces: [at(33.5), at(37.5)] });
    const [job, last] = toldRows(screen('          Make Up ..... Cher'))[0]!.parts;
    expect([job!.spaces, last!.spaces]).toEqual([[at(14.5)], []]);
  });
});

describe('names that run on over several lines', () => {
  const forms = (text: string): [string, string[]][] =>
    toldRows(screen(text)).map(({ form, parts }) => [form, parts.map((part) => part.text)]);

  test('are one row, with a last line of one name', () => {
    expect(forms('     Jane Roe, Tom Hall, Ida\n     Bell, Bo Berg, Al Cho,\n     Kim Wu')).toEqual([
      ['paragraph', ['Jane Roe', 'Tom Hall', 'Ida Bell', 'Bo Berg', 'Al Cho', 'Kim Wu']],
    ]);
  });

  test('end at a gap, at a row of two texts and where no mark is left', () => {
    const first = '     Jane Roe, Tom Hall, Ida Bell';
    expect(forms(`     Al Cho\n${first}\n\n     Bo Berg`)).toEqual([
      ['apart', ['Al Cho']],
      ['paragraph', ['Jane Roe', 'Tom Hall', 'Ida Bell']],
      ['apart', ['Bo Berg']],
    ]);
    expect(forms(`${first},\n     Gaffer   Bo Berg`)).toEqual([
      ['paragraph', ['Jane Roe', 'Tom Hall', 'Ida Bell']],
      ['apart', ['Gaffer', 'Bo Berg']],
    ]);
    expect(forms(`${first},\n     Bo Berg\n     Al Cho`)).toEqual([
      ['paragraph', ['Jane Roe', 'Tom Hall', 'Ida Bell', 'Bo Berg']],
      ['apart', ['Al Cho']],
    ]);
  });

  test('a sentence with commas is none', () => {
    expect(forms('   The story, all names, characters, and incidents are fictitious').map(([form]) => form)).toEqual(['apart']); // prettier-ignore
  });

  test('of a block whose marks were not read, only names that stand apart on both sides are told', () => {
    const dense = '  Jane Roe Tom Hall Ida    Kim Wu    Bell Bo Berg Al Cho Ann';
    expect(forms(`${dense}\n${dense}\n${dense}`)).toEqual([1, 2, 3].map(() => ['paragraph', ['Kim Wu']]));
    // A row of which nothing can be told is left out; two of them are no block.
    const whole = '  Jane Roe Tom Hall Ida Bell Bo Berg Al Cho Kim Wu Jo Finn';
    expect(forms(`${whole}\n${whole}\n${whole}`)).toEqual([]);
    expect(forms(`${whole}\n${whole}`)).toHaveLength(2);
  });
});
