import { describe, expect, test } from '@jest/globals';
import { inColumns, linesOf } from '../../src/credits/billing/columns.js';
import { guttersOf } from '../../src/credits/billing/gutters.js';
import { toldRows } from '../../src/credits/billing/told-rows.js';
import type { Row } from '../../src/credits/billing/types.js';
import { screen } from '../library/screen.js';

const textsOf = (rows: readonly Row[]): string[][] => inColumns(rows).map(({ parts }) => parts.map(({ text }) => text));
const columns = (text: string): string[][] => textsOf(screen(text));
/** The texts of the last row. */
const last = (text: string): string[] => columns(text).at(-1)!;

const LIST = `
      Gaffer      ANNA KELLER
      Best Boy    TOM HALL
      Grip        IDA BELL`;
const Rows = [
  ['Gaffer', 'ANNA KELLER'],
  ['Best Boy', 'TOM HALL'],
  ['Grip', 'IDA BELL'],
];

describe('columns that were read as one text', () => {
  test('fall apart at the space that stands in the gutter of the other rows', () => {
    expect(columns(`${LIST}\n      Second Grip Al Cho`)).toEqual([...Rows, ['Second Grip', 'Al Cho']]);
    expect(columns(`      Second Grip Al Cho${LIST}`)).toEqual([['Second Grip', 'Al Cho'], ...Rows]);
  });

  test('each of both has its place', () => {
    const at = (column: number): unknown => expect.closeTo(column / 80, 6);
    const [left, right] = inColumns(screen(`${LIST}\n      Second Grip Al van Cho`)).at(-1)!.parts;
    expect(left).toMatchObject({ x: at(6), width: at(11.5), spaces: [at(12.5)] });
    expect(right).toMatchObject({ x: at(17.5), width: at(10.5), spaces: [at(20.5), at(24.5)] });
  });

  test.each<[string, string]>([
    ['where no row has a space', '        Sound Recordist Bo Berg'],
    ['of the next group', '\n      Second Grip Al Cho'],
    ['that is a heading of actors', '    Cast in order of appearance'],
    ['that is likelier one role than a role and a name', '      Second Grip Operator'],
    ['that is likelier one name', '      Marie-Anne Keller'],
  ])('a text %s stays one', (_, text) => {
    expect(last(`${LIST}\n${text}`)).toEqual([text.trim()]);
  });

  test('of two cases are likelier two', () => {
    const list = '      Gaffer      ANNA KELLER';
    expect(last(`${list}\n      Second Grip Keller`)).toEqual(['Second Grip Keller']);
    expect(last(`${list}\n      Second Grip KELLER`)).toEqual(['Second Grip', 'KELLER']);
  });

  test('of the next page stay one', () => {
    expect(textsOf([...screen(LIST), ...screen('      Second Grip Al Cho', 1)]).at(-1)).toEqual(['Second Grip Al Cho']);
  });

  test('a row far off parts none', () => {
    const between = (count: number): string => Array.from({ length: count }, () => '\n      Gaffer').join('');
    const list = '      Gaffer      ANNA KELLER\n      Best Boy    TOM HALL';
    expect(last(`${list}${between(6)}\n      Second Grip Al Cho`)).toEqual(['Second Grip', 'Al Cho']);
    expect(last(`${list}${between(8)}\n      Second Grip Al Cho`)).toEqual(['Second Grip Al Cho']);
  });

  test('texts with letters there speak against it', () => {
    const across = '            DEPARTMENTS';
    const list = '      Gaffer      ANNA KELLER\n      Best Boy    TOM HALL';
    expect(last(`${list}\n${across}\n      Second Grip Al Cho`)).toEqual(['Second Grip', 'Al Cho']);
    expect(last(`${list}\n${across}\n${across}\n${across}\n      Second Grip Al Cho`)).toEqual(['Second Grip Al Cho']);
  });

  describe('in all rows', () => {
    const ROLES = ['Gaffer', 'Best Boy', 'Grip', 'Dolly Grip', 'Driver'];
    const NAMES = ['Anna Keller', 'Tom Hall', 'Emma Bell', 'Bo Berg', 'Al Cho'];
    const list = (count: number): string =>
      Array.from({ length: count }, (_, k) => `${ROLES[k % 5]!.padStart(14)} ${NAMES[k % 5]!}`).join('\n');
    const two = (count: number): string[][] => Array.from({ length: count }, (_, k) => [ROLES[k % 5]!, NAMES[k % 5]!]);

    test.each([3, 5, 20])('%d rows with a space at one place are two columns', (count) => {
      expect(columns(list(count))).toEqual(two(count));
    });

    test('two are not, nor are two of one page and two of the next', () => {
      expect(columns(list(2)).map(({ length }) => length)).toEqual([1, 1]);
      expect(textsOf([...screen(list(2)), ...screen(list(2), 1)]).map(({ length }) => length)).toEqual([1, 1, 1, 1]);
    });

    test('names in a list that begin at one place are none', () => {
      const names = ['Emma Keller', 'Anna Hall', 'Jane Bell', 'Kurt Berg', 'Ines Cho'];
      expect(columns(names.map((name) => `       ${name}`).join('\n'))).toEqual(names.map((name) => [name]));
    });

    test('whatever stands elsewhere', () => {
      const elsewhere = `${' '.repeat(40)}IDA ROSSI\n${' '.repeat(44)}JO FINN`;
      expect(columns(`${elsewhere}\n${list(5)}`)).toEqual([['IDA ROSSI'], ['JO FINN'], ...two(5)]);
    });
  });
});

describe('words of a line that were found apart', () => {
  /** A row of texts, each so far from the last one. */
  const spaced = (row: Row, gap: number): Row => {
    let from = row.parts[0]!.x;
    const parts = row.parts.map((part) => {
      const moved = { ...part, x: from, spaces: part.spaces.map((space) => space + from - part.x) };
      from += part.width + gap;
      return moved;
    });
    return { ...row, parts };
  };
  const apart = (text: string, gap: number): string[][] => textsOf(screen(text).map((row) => spaced(row, gap)));

  test('are one text where no other row has a gutter', () => {
    expect(apart('      Anna  Keller', 0.018)).toEqual([['Anna Keller']]);
    expect(apart('      Anna  Keller', 0.02)).toEqual([['Anna', 'Keller']]);
    expect(columns('      Anna          Keller')).toEqual([['Anna', 'Keller']]);
    expect(apart('      Anna  Keller\n      Emma  Hall', 0.01)).toEqual([['Anna', 'Keller'], ['Emma', 'Hall']]); // prettier-ignore
  });

  test('three of them are names beside each other', () => {
    expect(apart('      ANNA  EMMA  TOM', 0.01)).toEqual([['ANNA', 'EMMA', 'TOM']]);
  });

  test('one text of two has the place of both, a space between them, and is as sure as both', () => {
    const [row] = screen('      Mary Ann  Keller');
    const [first, second] = row!.parts;
    const end = first!.x + first!.width;
    const joined = (height: number) =>
      inColumns([{ ...row!, parts: [first!, { ...second!, x: end + 0.01, height }] }])[0]!.parts;
    expect(joined(0.045)).toEqual([
      expect.objectContaining({
        text: 'Mary Ann Keller',
        x: first!.x,
        width: expect.closeTo(0.01 + first!.width + second!.width, 6),
        spaces: [first!.spaces[0], expect.closeTo(end + 0.005, 6)],
        confidence: expect.closeTo(0.81, 6),
      }),
    ]);
    // As close as words of the smaller of both are.
    expect([joined(0.025).length, joined(0.022).length]).toEqual([1, 2]);
  });

  test('in lines around one middle they may stand further apart, whatever gutters there seem to be', () => {
    const centre = (text: string): string => ' '.repeat(40 - Math.round(text.length / 2)) + text;
    const centred = ['Costume Designer', 'Anna Keller', 'Executive Producers', 'Emma  Hall', 'Anna  Hall', 'Tom Bell'];
    const found = columns(centred.map(centre).join('\n'));
    expect(found).toEqual(centred.map((text) => [text.replace('  ', ' ')]));
    // Not as far as columns do.
    const wide = centred.map((text) => centre(text.replace('  ', '      '))).join('\n');
    expect(columns(wide)[3]).toEqual(['Emma', 'Hall']);
    // Nor where most lines begin at one place.
    const flush = centred.map((text, k) => (k === 3 || k === 4 ? centre(text) : `          ${text}`)).join('\n');
    expect(columns(flush)[3]).toEqual(['Emma', 'Hall']);
  });
});

describe('the gutter of rows', () => {
  const counts = (rows: readonly Row[]): (number | undefined)[] => {
    const told = toldRows(rows);
    const gutters = guttersOf(told);
    return told.map((row) => gutters.get(row)?.rows.length);
  };

  test.each<[string, string, (number | undefined)[]]>([
    ['is one for all whose columns it parts', LIST, [3, 3, 3]],
    ['lone texts do not end it', `${LIST}\n      THE CREW OF\n      Driver      BO BERG`, [4, 4, 4, undefined, 4]],
    ['columns elsewhere have another', `${LIST}\n      Second Assistant   BO BERG\n      Third Assistant    AL CHO`, [3, 3, 3, 2, 2]], // prettier-ignore
    ['names beside each other end it', `${LIST}\n      A B     TOM HALL     IDA BELL\n      Driver      BO BERG`, [3, 3, 3, undefined, 1]], // prettier-ignore
    ['what is parted by its letters tells nothing of it', `${LIST}\n      Driver: Bo Berg`, [3, 3, 3, undefined]],
  ])('%s', (_, text, expected) => {
    expect(counts(screen(text))).toEqual(expected);
  });

  test('a page has its own', () => {
    expect(counts([...screen(LIST), ...screen('      Driver      BO BERG', 1)])).toEqual([3, 3, 3, 1]);
  });
});

describe('what stands on the screen', () => {
  test('is each text of its column, and the lines of a paragraph as they are', () => {
    const rows = screen(
      `${LIST}\n      Second Grip Al Cho\n\n     Jane Roe, Tom Hall, Ida\n     Bell, Bo Berg, Al Cho`,
    );
    expect(linesOf(rows).map(({ parts }) => parts.map(({ text }) => text))).toEqual([
      ...Rows,
      ['Second Grip', 'Al Cho'],
      ['Jane Roe, Tom Hall, Ida'],
      ['Bell, Bo Berg, Al Cho'],
    ]);
  });
});
