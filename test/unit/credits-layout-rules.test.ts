import { describe, expect, test } from '@jest/globals';
import { stretchesOf, type Stretch } from '../../src/credits/billing/layout.js';
import type { Row } from '../../src/credits/billing/types.js';
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

  test('a line beside another, a little lower, says nothing of how far lines are apart', () => {
    const [found] = lines(['Anna Keller', 0], ['Tom Hall', 0.01], ['Ida Bell', 0.05], ['Bo Berg', 0.05]);
    expect(found).toEqual(['lines', ['Anna Keller', 'Tom Hall', 'Ida Bell', 'Bo Berg']]);
  });

  test('one that is closer than usual parts no others', () => {
    const rest = ['Cc Dd', 'Ee Ff', 'Gg Hh', 'Ii Jj'].map((text) => [text, 0.06] as const);
    const [found] = lines(['Anna Keller', 0], ['Aa Bb', 0.036], ...rest);
    expect(found).toHaveLength(2);
  });

  test('small ones stand close to a large one above them', () => {
    const [found] = lines(['Anna Keller', 0, 0.06], ['Tom Hall', 0.06, 0.02]);
    expect(found).toEqual(['lines', ['Anna Keller', 'Tom Hall']]);
  });

  test('of the next page are another group, although a sentence before them is left out', () => {
    const sentence = 'No animals were harmed in the making of this film';
    expect(lines(['Anna Keller', 0], [sentence, 0, 0.045, 1], ['Tom Hall', 0.05, 0.045, 1])).toEqual([
      ['lines', ['Anna Keller'], ['Tom Hall']],
    ]);
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
    expect(laidOut('  It was the last day\n     Anna Keller')).toEqual([
      ['lines', ['It was the last day', 'Anna Keller']],
    ]);
    expect(laidOut('  It was the last day there\n     Anna Keller')).toEqual([['lines', ['Anna Keller']]]);
  });

  test('sentences beside names are not left out', () => {
    expect(laidOut('  No animals were harmed in the making   ANNA KELLER')).toHaveLength(1);
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
    ['Edited by Second Unit Director', ['lines', ['Edited by Second Unit Director']]],
    ['Blossom av Jane Roe', ['lines', ['Blossom av Jane Roe']]],
    ['Directed by Second Unit Director', ['lines', ['Directed by Second Unit Director']]],
  ])('“%s”', (text, expected) => {
    expect(laidOut(`      ${text}`)).toEqual([expected]);
  });

  test('with nothing on one side is none', () => {
    const [row] = screen('      Anna Keller');
    const shownAs = (text: string): unknown[] =>
      stretchesOf([{ ...row!, parts: [{ ...row!.parts[0]!, text }] }]).map(shown);
    expect(shownAs('\u3000... JOHN DOE')).toHaveLength(1);
    expect(shownAs('\u3000... JOHN DOE')[0]).toMatchObject(['lines', [expect.stringContaining('JOHN DOE')]]);
    expect(shownAs('JOHN DOE ...\u3000')[0]).toMatchObject(['lines', [expect.stringContaining('JOHN DOE')]]);
  });

  test('who played and what stand in this order', () => {
    const [stretch] = stretchesOf(screen('          Dan Castellaneta as Homer Simpson'));
    const row = (stretch as Extract<Stretch, { kind: 'columns' }>).rows[0]!;
    expect(row.right!.x).toBeGreaterThan(row.left!.x);
    expect(row.right!.x).toBeLessThan(row.left!.x + row.left!.width);
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
    const [stretch] = stretchesOf(screen(`      Assistant to${LIST}`)) as Extract<Stretch, { kind: 'columns' }>[];
    expect(stretch!.list).toHaveLength(4);
  });

  test('lone texts stand on a side of a single row, and one behind the other', () => {
    expect(laidOut('      Gaffer      ANNA KELLER\n                  BO BERG\n                  AL CHO')).toEqual([
      ['columns', ['Gaffer', 'ANNA KELLER'], [null, 'BO BERG'], [null, 'AL CHO']],
    ]);
  });

  test('a lone text of the next page stands on no side', () => {
    const found = stretchesOf([...screen(LIST), ...screen('                  BO BERG', 1)]).map(shown);
    expect(found).toEqual([
      ['columns', ...rows],
      ['lines', ['BO BERG']],
    ]);
  });

  test.each([
    ['a letter to the left', '      Second Man  JO FINN', '                 BO BERG'],
    ['where most begin', '      Driver          AL CHO', '                  BO BERG'],
  ])('a lone text %s is of the right column', (_, row, text) => {
    expect(laidOut(`${LIST}\n${row}\n${text}`)[0]!.at(-1)).toEqual([null, 'BO BERG']);
  });

  test('a lone text stands where most of a column do, whatever the second does', () => {
    const found = laidOut(`
      Gaffer      ANNA KELLER VON HAMMERSTEIN
      Best Boy        TOM HALL
      Grip        IDA BELL
                  BO BERG`);
    expect(found).toHaveLength(1);
    expect(found[0]!.at(-1)).toEqual([null, 'BO BERG']);
  });

  test('a lone text stands in the middle of a column that is centred', () => {
    const found = laidOut(`
      Gaffer        ANNA KELLER
      Best Boy          TOM
      Grip          IDA BELLMAN
                        LEE`);
    expect(found).toHaveLength(1);
    expect(found[0]!.at(-1)).toEqual([null, 'LEE']);
  });

  test.each(['Die Filmmusikkomponisten', 'Filmmusikkomponisten Ulm'])(
    '“%s” from one edge of the list to the other is no row of it',
    (text) => {
      const found = laidOut(`
      Gaffer       ANNA KELLER
      Grip            TOM HALL
      Best Boy        IDA BELL
      ${text}`);
      expect(found.map(([kind]) => kind)).toEqual(['columns', 'lines']);
    },
  );

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

  test('each of both has its place', () => {
    const [stretch] = stretchesOf(screen(`${LIST}\n      Second Grip AL CHO`)) as Extract<
      Stretch,
      { kind: 'columns' }
    >[];
    const { left, right } = stretch!.rows.at(-1)!;
    const at = (column: number): unknown => expect.closeTo(column / 80, 6);
    expect(left).toMatchObject({ x: at(6), width: at(11.5), spaces: [at(12.5)] });
    expect(right).toMatchObject({ x: at(17.5), width: at(6.5), spaces: [at(20.5)] });
  });

  test('one row of two columns does not part another, two do', () => {
    const [first, second] = LIST.trim().split('\n');
    const one = `      ${first!}\n      Second Grip AL CHO`;
    expect(laidOut(one).map(([kind]) => kind)).toEqual(['columns', 'lines']);
    expect(laidOut(`${second!}\n${one}`)).toEqual([['columns', rows[1], rows[0], ['Second Grip', 'AL CHO']]]);
  });

  test('a text that begins where no row does is not parted', () => {
    expect(laidOut(`${LIST}\n         Operator BO BERG`).map(([kind]) => kind)).toEqual(['columns', 'lines']);
  });

  describe('of which all rows were read as one text each', () => {
    const ROLES = ['Gaffer', 'Best Boy', 'Grip', 'Dolly Grip', 'DJ'];
    const NAMES = ['Anna Keller', 'Tom Hall', 'Ida Bell', 'Bo Berg', 'Al Cho'];
    const one = (k: number): string => `${ROLES[k % 5]!.padStart(14)} ${NAMES[k % 5]!}`;
    const list = (count: number): string => Array.from({ length: count }, (_, k) => one(k)).join('\n');
    const two = (count: number): unknown[] => [
      'columns',
      ...Array.from({ length: count }, (_, k) => [ROLES[k % 5]!, NAMES[k % 5]!]),
    ];

    test.each([4, 5, 20])('%d rows with a space at one place are two columns', (count) => {
      expect(laidOut(list(count))).toEqual([two(count)]);
    });

    test('three are not, nor are two of one page and three of the next', () => {
      expect(laidOut(list(3)).map(([kind]) => kind)).toEqual(['lines']);
      const pages = [...screen(list(3)), ...screen(list(3), 1)];
      expect(stretchesOf(pages).every(({ kind }) => kind === 'lines')).toBe(true);
    });

    test('whatever stands elsewhere', () => {
      const elsewhere = `${' '.repeat(40)}IDA ROSSI\n${' '.repeat(44)}JO FINN`;
      expect(laidOut(`${elsewhere}\n${list(5)}`).map(([kind]) => kind)).toEqual(['lines', 'columns']);
    });

    test('although one of them has letters there, not two', () => {
      const across = '        THE LIGHTING CREW';
      expect(laidOut(`${list(5)}\n${across}`)).toEqual([two(5), ['lines', ['THE LIGHTING CREW']]]);
      expect(laidOut(`${list(5)}\n${across}\n${across}`).map(([kind]) => kind)).toEqual(['lines']);
    });

    test('although other lists follow far below', () => {
      const names = Array.from({ length: 12 }, () => '     CHRISTOPHERSON').join('\n');
      expect(laidOut(`${list(10)}\n${names}`)[0]).toEqual(two(10));
    });
  });

  test('close to each other are two columns where two rows have the same gutter', () => {
    const close = screen('      Anna  Keller\n      Emma  Hall').map((row) => {
      const [first, second] = row.parts;
      return { ...row, parts: [first!, { ...second!, x: first!.x + first!.width + 0.01 }] };
    });
    expect(stretchesOf(close).map(shown)).toEqual([['columns', ['Anna', 'Keller'], ['Emma', 'Hall']]]);
  });

  test('three names close to each other are a grid', () => {
    const [row] = screen('      ANNA  EMMA  TOM');
    const parts = row!.parts.map((part, k) => ({ ...part, x: part.x - 0.015 * k }));
    expect(stretchesOf([{ ...row!, parts }]).map(shown)).toEqual([['grid', ['ANNA', 'EMMA', 'TOM']]]);
  });

  test('one text of two has the place of both, a space between them, and is as sure as both', () => {
    const [row] = screen('      Mary Ann  Keller');
    const [first, second] = row!.parts;
    const end = first!.x + first!.width;
    const joined = (height: number): Stretch =>
      stretchesOf([{ ...row!, parts: [first!, { ...second!, x: end + 0.01, height }] }])[0]!;
    const [group] = (joined(0.045) as Extract<Stretch, { kind: 'lines' }>).groups;
    expect(group![0]).toMatchObject({
      text: 'Mary Ann Keller',
      x: first!.x,
      width: expect.closeTo(first!.width + 0.01 + second!.width, 6),
      spaces: [first!.spaces[0], expect.closeTo(end + 0.005, 6)],
      confidence: expect.closeTo(0.81, 6),
    });
    // As close as words of the smaller of both are.
    expect([joined(0.03).kind, joined(0.025).kind]).toEqual(['lines', 'columns']);
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
