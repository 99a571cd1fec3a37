import { describe, expect, test } from '@jest/globals';
import { stretchesOf, type Stretch } from '../../src/credits/billing/layout.js';
import type { Row } from '../../src/credits/billing/rows.js';
import { screen } from '../library/screen.js';

const side = (text: { readonly text: string } | null): string | null => text?.text ?? null;

function shown(stretch: Stretch): unknown[] {
  switch (stretch.kind) {
    case 'columns':
      return ['columns', ...stretch.rows.map(({ left, right }) => [side(left), side(right)])];
    case 'grid':
      return ['grid', ...stretch.rows.map((row) => row.map(({ text }) => text))];
    case 'lines':
      return ['lines', ...stretch.groups.map((group) => group.map(({ text }) => text))];
  }
}
const laidOut = (text: string): unknown[][] => stretchesOf(screen(text)).map(shown);
/** One row after the other, each so far below the last one and so high. */
function lines(...rows: readonly (readonly [string, number, number?, number?])[]): unknown[] {
  let y = 0;
  const placed = rows.map(([text, below, height = 0.045, page = 0]): Row => {
    y += below;
    const [row] = screen(`          ${text}`);
    return { ...row!, y, height, page, parts: row!.parts.map((part) => ({ ...part, y, height, page })) };
  });
  return stretchesOf(placed).map(shown);
}

describe('lines below each other', () => {
  test('are parted by gaps', () => {
    expect(laidOut('     Anna Keller\n     Tom Hall\n\n     Ida Bell')).toEqual([
      ['lines', ['Anna Keller', 'Tom Hall'], ['Ida Bell']],
    ]);
  });

  test.each([
    [0.05, 1],
    [0.07, 1],
    [0.08, 2],
  ])('that are usually 0.05 apart, at %f are %d groups', (distance, groups) => {
    const [found] = lines(['Anna Keller', 0], ['Tom Hall', 0.05], ['Ida Bell', 0.05], ['Bo Berg', distance]);
    expect((found as unknown[]).length - 1).toBe(groups);
  });

  test('the usual distance is that of the closest quarter, whatever gaps there are', () => {
    const [found] = lines(
      ['Aa Bb', 0],
      ['Cc Dd', 0.05],
      ['Ee Ff', 0.05],
      ['Gg Hh', 0.1],
      ['Ii Jj', 0.1],
      ['Kk Ll', 0.1],
    );
    expect(found).toEqual(['lines', ['Aa Bb', 'Cc Dd', 'Ee Ff'], ['Gg Hh'], ['Ii Jj'], ['Kk Ll']]);
  });

  test('far apart for their height are groups, as no line is close', () => {
    expect(lines(['Anna Keller', 0], ['Tom Hall', 0.05], ['Ida Bell', 0.05])).toEqual([
      ['lines', ['Anna Keller', 'Tom Hall', 'Ida Bell']],
    ]);
    expect(lines(['Anna Keller', 0, 0.02], ['Tom Hall', 0.2, 0.02], ['Ida Bell', 0.3, 0.02])).toEqual([
      ['lines', ['Anna Keller'], ['Tom Hall'], ['Ida Bell']],
    ]);
  });

  test('of two pages are two groups', () => {
    expect(lines(['Anna Keller', 0], ['Tom Hall', 0.05], ['Ida Bell', 0.05, 0.045, 1])).toEqual([
      ['lines', ['Anna Keller', 'Tom Hall'], ['Ida Bell']],
    ]);
    expect(lines(['Anna Keller', 0.5], ['Tom Hall', -0.45])).toEqual([['lines', ['Anna Keller'], ['Tom Hall']]]);
  });

  test('leaders alone are nothing', () => {
    expect(laidOut('     .....\n     Anna Keller')).toEqual([['lines', ['Anna Keller']]]);
    expect(laidOut('     .....   Anna Keller')).toEqual([['lines', ['Anna Keller']]]);
  });

  test('sentences are left out, what is told of a song and short ones are not', () => {
    expect(laidOut('  No animals were harmed in the making of this film\n     Anna Keller')).toEqual([
      ['lines', ['Anna Keller']],
    ]);
    expect(laidOut('     The End\n     Anna Keller')).toEqual([['lines', ['The End', 'Anna Keller']]]);
    expect(laidOut('  Used by permission of the people who own it')).toHaveLength(1);
  });
});

describe('one line that holds two columns', () => {
  test.each<[string, unknown[]]>([
    ['Waiter ..... JOHN DOE', ['columns', ['Waiter', 'JOHN DOE']]],
    ['Waiter . . . . JOHN DOE', ['columns', ['Waiter', 'JOHN DOE']]],
    ['Waiter…·… JOHN DOE', ['columns', ['Waiter', 'JOHN DOE']]],
    ['Mr. J. R. Doe', ['lines', ['Mr. J. R. Doe']]],
    ['..... JOHN DOE', ['lines', ['JOHN DOE']]],
    ['Waiter .....', ['lines', ['Waiter']]],
    ['Edited by Jane Roe', ['columns', ['Edited by', 'Jane Roe']]],
    ['Montage von Jane Roe', ['columns', ['Montage von', 'Jane Roe']]],
    ['Edited by', ['lines', ['Edited by']]],
    ['Edited by hand', ['lines', ['Edited by hand']]],
    ['Written by Mike Settle', ['lines', ['Written by Mike Settle']]],
    ['Dan Castellaneta as Homer Simpson', ['columns', ['Homer Simpson', 'Dan Castellaneta']]],
    ['Ann Baker als Die Königin', ['columns', ['Die Königin', 'Ann Baker']]],
    ['as Homer Simpson', ['lines', ['as Homer Simpson']]],
    ['Dan as Homer', ['lines', ['Dan as Homer']]],
    ['Camera Rentals Inc. as Homer Simpson', ['lines', ['Camera Rentals Inc. as Homer Simpson']]],
    ['Directed by Second Unit Director', ['lines', ['Directed by Second Unit Director']]],
  ])('“%s”', (text, expected) => {
    expect(laidOut(`      ${text}`)).toEqual([expected]);
  });

  test('each half has its place', () => {
    const [stretch] = stretchesOf(screen('          Waiter ..... JOHN DOE'));
    const row = (stretch as Extract<Stretch, { kind: 'columns' }>).rows[0]!;
    const [from, width] = [10 / 80, 21 / 80];
    expect(row.left).toMatchObject({ x: from, width: expect.closeTo((width * 6) / 21, 6) });
    expect(row.right!.x).toBeCloseTo(from + (width * 6) / 21, 6);
    expect(row.right!.width).toBeCloseTo((width * 15) / 21, 6);
  });
});

describe('columns', () => {
  const LIST = `
      Gaffer      ANNA KELLER
      Best Boy    TOM HALL
      Grip        IDA BELL`;
  const rows = [
    ['Gaffer', 'ANNA KELLER'],
    ['Best Boy', 'TOM HALL'],
    ['Grip', 'IDA BELL'],
  ];

  test('share a gutter', () => {
    expect(laidOut(LIST)).toEqual([['columns', ...rows]]);
  });

  test.each<[string, string, unknown[][]]>([
    ['on the right', '                  BO BERG', [['columns', ...rows, [null, 'BO BERG']]]],
    ['on the left', '      Driver', [['columns', ...rows, ['Driver', null]]]],
    [
      'across',
      '            THE CREW OF',
      [
        ['columns', ...rows],
        ['lines', ['THE CREW OF']],
      ],
    ],
    [
      'far off',
      '                                                   BO BERG',
      [
        ['columns', ...rows],
        ['lines', ['BO BERG']],
      ],
    ],
    [
      'that heads what follows',
      '      Cast',
      [
        ['columns', ...rows],
        ['lines', ['Cast']],
      ],
    ],
  ])('a lone text %s', (_, text, expected) => {
    expect(laidOut(`${LIST}\n${text}`)).toEqual(expected);
  });

  test('a lone text above them stands on a side as well', () => {
    expect(laidOut(`      Assistant to${LIST}`)).toEqual([['columns', ['Assistant to', null], ...rows]]);
  });

  test('a list goes on behind a heading, and is told of as one', () => {
    const found = stretchesOf(screen(`${LIST}\n            THE CREW OF\n      Driver      BO BERG`));
    expect(found.map(({ kind }) => kind)).toEqual(['columns', 'lines', 'columns']);
    const [first, , last] = found as Extract<Stretch, { kind: 'columns' }>[];
    expect(last!.list).toBe(first!.list);
    expect(last!.list).toHaveLength(4);
    expect(last!.rows).toHaveLength(1);
  });

  test('of another gutter are another list', () => {
    const found = stretchesOf(screen(`${LIST}\n      Second Assistant   BO BERG\n      Third Assistant    AL CHO`));
    const lists = new Set(found.map((stretch) => (stretch as Extract<Stretch, { kind: 'columns' }>).list));
    expect(lists.size).toBe(2);
  });

  test('of another page are another list', () => {
    const found = stretchesOf([...screen(LIST), ...screen('      Driver      BO BERG', 1)]);
    expect(found.map(({ kind }) => kind)).toEqual(['columns', 'columns']);
  });

  test('names side by side are a grid, which parts lists', () => {
    expect(
      laidOut(`
      ANNA KELLER     TOM HALL     IDA BELL
      BO BERG         AL CHO       JO FINN`),
    ).toEqual([['grid', ['ANNA KELLER', 'TOM HALL', 'IDA BELL'], ['BO BERG', 'AL CHO', 'JO FINN']]]);
    const found = stretchesOf(screen(`${LIST}\n      A B     TOM HALL     IDA BELL\n      Driver      BO BERG`));
    expect(found.map(({ kind }) => kind)).toEqual(['columns', 'grid', 'columns']);
    const [first, , last] = found as Extract<Stretch, { kind: 'columns' }>[];
    expect(last!.list).not.toBe(first!.list);
  });

  test('a row tells whether it follows the one before closely', () => {
    const [stretch] = stretchesOf(screen(`${LIST}\n\n      Driver      BO BERG`));
    expect((stretch as Extract<Stretch, { kind: 'columns' }>).rows.map(({ close }) => close)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('that were read as one text fall apart at the space that stands in the gutter', () => {
    expect(laidOut(`${LIST}\n      Second Grip AL CHO`)).toEqual([['columns', ...rows, ['Second Grip', 'AL CHO']]]);
  });

  test('words of a lone line that were found apart are one text', () => {
    const apart = (by: number): unknown[] => {
      const [row] = screen('      Anna  Keller');
      const [first, second] = row!.parts;
      return stretchesOf([{ ...row!, parts: [first!, { ...second!, x: first!.x + first!.width + by }] }]).map(shown);
    };
    expect(apart(0.01)).toEqual([['lines', ['Anna Keller']]]);
    expect(apart(0.02)).toEqual([['columns', ['Anna', 'Keller']]]);
    expect(laidOut('      Anna          Keller')).toEqual([['columns', ['Anna', 'Keller']]]);
  });
});
