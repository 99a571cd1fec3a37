import { describe, expect, test } from '@jest/globals';
import { parseBilling } from '../../src/credits/billing/parse.js';
import { screen } from '../library/screen.js';

const parsed = (text: string) => {
  const { cast, crew, companies } = parseBilling(screen(text));
  return {
    cast: cast.map(({ character, actor }) => [character, actor]),
    crew: crew.map(({ role, names }) => [role, ...names.map((name) => name.text)]),
    companies: companies.map(({ text: company }) => company),
  };
};
/** How sure each name is, in the order of the credits. */
const sure = (text: string): Record<string, number> => {
  const { cast, crew } = parseBilling(screen(text));
  const names = [...cast.map(({ actor, confidence }) => ({ text: actor, confidence })), ...crew.flatMap(({ names: own }) => own)]; // prettier-ignore
  return Object.fromEntries(names.map(({ text: name, confidence }) => [name, confidence]));
};
/** Each line so far in. */
const indented = (lines: readonly (readonly [string, number])[]): string =>
  lines.map(([line, by]) => ' '.repeat(by) + line).join('\n');
const centred = (...lines: string[]): string =>
  lines.map((line) => ' '.repeat(40 - Math.floor(line.length / 2)) + line).join('\n');

const CREW = [
  ['Camera Operator', 'Jane Roe'],
  ['First Assistant Camera', 'Tom Hall', 'Ida Bell'],
  ['Key Grip', 'Bo Berg'],
];

describe('roles above their names', () => {
  const stepped = (roleIn: number, nameIn: number, asRole: (text: string) => string, asName: typeof asRole): string =>
    indented(
      CREW.flatMap(([role, ...names]) => [
        [asRole(role!), roleIn] as const,
        ...names.map((name) => [asName(name), nameIn] as const),
      ]),
    );
  const upper = (text: string): string => text.toUpperCase();
  const same = (text: string): string => text;

  test.each<[string, number, number, typeof same, typeof same]>([
    ['indented less than names', 5, 10, same, same],
    ['indented more', 10, 5, same, same],
    ['all in capitals, indented less', 5, 10, upper, upper],
    ['all flush left, names in capitals', 5, 5, same, upper],
    ['roles in capitals', 5, 5, upper, same],
    ['all alike', 5, 5, same, same],
  ])('%s', (_, roleIn, nameIn, asRole, asName) => {
    expect(parsed(stepped(roleIn, nameIn, asRole, asName))).toEqual({
      cast: [],
      crew: CREW.map(([role, ...names]) => [asRole(role!), ...names]),
      companies: [],
    });
  });

  test('in the middle of the screen, without gaps', () => {
    expect(parsed(centred('Casting by', 'Jane Roe', 'Costume Designer', 'Tom Hall', 'Ida Bell')).crew).toEqual([
      ['Casting by', 'Jane Roe'],
      ['Costume Designer', 'Tom Hall', 'Ida Bell'],
    ]);
  });

  test('of two lines, the second one a job as well', () => {
    expect(parsed(centred('Assistant to the', 'Executive Producer', 'Leslie Maier')).crew).toEqual([
      ['Assistant to the Executive Producer', 'Leslie Maier'],
    ]);
  });

  test('characters that are names themselves are told from their actors by where they stand', () => {
    const names = ['Mina Harker', 'Jane Roe', 'Abraham Van Helsing', 'Tom Hall', 'Lucy Westenra', 'Ida Bell'];
    const lines = names.map((name, k): [string, number] => (k % 2 === 0 ? [name, 10] : [name.toUpperCase(), 5]));
    expect(parsed(indented(lines)).cast).toEqual([
      ['Mina Harker', 'Jane Roe'],
      ['Abraham Van Helsing', 'Tom Hall'],
      ['Lucy Westenra', 'Ida Bell'],
    ]);
    // Where nothing tells them apart, a name above a name is nobody's character, and nobody is sure.
    const alike = parseBilling(screen(centred(...names)));
    expect(alike.cast.filter(({ character }) => character === 'Abraham Van Helsing')).toEqual([]);
    for (const { confidence } of [...alike.cast, ...alike.crew.flatMap((list) => list.names)])
      expect(confidence).toBeLessThan(0.5);
  });
});

describe('roles beside their names, of two lines', () => {
  const right = (role: string, name = ''): string => `${role.padStart(30)}    ${name}`;
  test.each<[string, string[]]>([
    ['the name beside the second', [right('Assistant to the Executive'), right('Producer', 'LESLIE MAIER')]],
    ['beside the first, which is unfinished', [right('Assistant to the', 'LESLIE MAIER'), right('Executive Producer')]],
    ['beside the first, the second of which goes on', [right('Assistant to Editor', 'LESLIE MAIER'), right('and Producer')]], // prettier-ignore
  ])('%s', (_, lines) => {
    const { crew } = parsed([right('Script Supervisor', 'MARY DOE'), ...lines, right('Gaffer', 'JOHN ROE')].join('\n'));
    const whole = lines.map((line) => line.replace('LESLIE MAIER', '').trim()).join(' ');
    expect(crew).toEqual([
      ['Script Supervisor', 'Mary Doe'],
      [whole, 'Leslie Maier'],
      ['Gaffer', 'John Roe'],
    ]);
  });

  test('on the right of their names', () => {
    const { crew } = parsed(`
     MARY DOE        Script Supervisor
     LESLIE MAIER    Assistant to the
                     Executive Producer
     JOHN ROE        Gaffer`);
    expect(crew).toContainEqual(['Assistant to the Executive Producer', 'Leslie Maier']);
    expect(crew).toHaveLength(3);
  });
});

describe('names running on', () => {
  test.each<[string, string]>([
    ['commas, a name over two lines, “and” at the end', 'Jane Roe, Tom Hall, Ida\n     Bell, Bo Berg, Al Cho,\n     Kim Wu and Jo Finn'], // prettier-ignore
    ['points', 'Jane Roe · Tom Hall · Ida\n     Bell · Bo Berg · Al Cho · Kim\n     Wu · Jo Finn'],
    ['points, none at the ends of lines', 'Jane Roe · Tom Hall · Ida Bell\n     Bo Berg · Al Cho\n     Kim Wu · Jo Finn'], // prettier-ignore
  ])('%s', (_, lines) => {
    expect(parsed(`                Extras\n     ${lines}`).crew).toEqual([
      ['Extras', 'Jane Roe', 'Tom Hall', 'Ida Bell', 'Bo Berg', 'Al Cho', 'Kim Wu', 'Jo Finn'],
    ]);
  });

  test('a sentence with commas names nobody', () => {
    const list = '         Gaffer   JANE ROE\n       Key Grip   TOM HALL\n         Driver   IDA BELL';
    const text = '   The story, all names, characters, and incidents portrayed here are fictitious';
    expect(parsed(`${list}\n\n${text}`)).toEqual({ ...parsed(list), companies: [] });
    expect(parsed(list).crew).toHaveLength(3);
  });

  test('are told although names elsewhere are in capitals, and roles in small letters', () => {
    const list =
      '      JOHN ROE          Gaffer\n      MARY DOE          Best Boy Electric\n      IDA FOX           Sound Mixer';
    const extras = `${centred('Extras')}\n       Jane Roe, Tom Hall, Ida Bell, Bo\n       Berg, Al Cho, Kim Wu and Jo Finn`;
    expect(parsed(`${list}\n\n${extras}`).crew.at(-1)).toHaveLength(8);
    expect(sure(`${list}\n\n${extras}`)['Kim Wu']).toBeGreaterThan(0.7);
  });
});

describe('what belongs to nobody', () => {
  const list = '                Gaffer   JANE ROE\n              Key Grip   TOM HALL';

  test.each([
    ['an address', '                www.example.com'],
    ['a sentence', '  The characters in this film are not real people'],
    ['an address below it', '  No animals were harmed in the making of this film\n              www.example.com'],
  ])('%s', (_, text) => {
    expect(parsed(`${list}\n\n${text}`).crew).toEqual([
      ['Gaffer', 'Jane Roe'],
      ['Key Grip', 'Tom Hall'],
    ]);
  });

  test('a name far below a role, where one near by is its', () => {
    const below = (lines: number): string[] =>
      parsed(`${centred('Directed by', 'Bo Berg', 'Al Cho')}${'\n'.repeat(lines)}${centred('Jane Roe')}`).crew[0]!;
    expect(below(1)).toContain('Jane Roe');
    expect(below(9)).not.toContain('Jane Roe');
  });
});

describe('cast and crew', () => {
  const actors = `
                  Mina Harker   JANE ROE
                         Lucy   TOM HALL
                  Van Helsing   IDA BELL`;
  const cast = [
    ['Mina Harker', 'Jane Roe'],
    ['Lucy', 'Tom Hall'],
    ['Van Helsing', 'Ida Bell'],
  ];

  test('a crew behind a cast without a heading of its own', () => {
    const crew = '\n\n              Camera Operator   BO BERG\n                     Key Grip   AL CHO';
    expect(parsed(actors + crew)).toMatchObject({
      cast,
      crew: [
        ['Camera Operator', 'Bo Berg'],
        ['Key Grip', 'Al Cho'],
      ],
    });
  });

  test('behind a cast with a heading, which is not its department', () => {
    const crew = `\n\n${centred('Directed by', 'Bo Berg', '', 'Edited by', 'Al Cho')}`;
    const found = parseBilling(screen(`${centred('CAST')}\n${actors}${crew}`));
    expect(found.cast.map(({ character, actor }) => [character, actor])).toEqual(cast);
    expect(found.crew.map(({ role, department }) => [role, department])).toEqual([
      ['Directed by', null],
      ['Edited by', null],
    ]);
  });

  test('a character of three actors is one under a heading of actors; elsewhere it is the heading of a list', () => {
    const three =
      '\n                    Lucy Dawson   BO BERG\n                                  AL CHO\n                                  KIM WU';
    const names = ['Bo Berg', 'Al Cho', 'Kim Wu'];
    expect(parsed(`${centred('CAST')}\n${actors}${three}`)).toMatchObject({
      cast: [...cast, ...names.map((name) => ['Lucy Dawson', name])],
      crew: [],
    });
    expect(parsed(actors + three)).toMatchObject({ cast, crew: [['Lucy Dawson', ...names]] });
  });

  test('jobs beyond a heading say nothing of the roles before it', () => {
    const crew =
      '              Camera Operator   BO BERG\n                     Key Grip   AL CHO\n                       Gaffer   KIM WU';
    const two = '                  Driver   JANE ROE\n                  Doctor   TOM HALL';
    const told = (heading: string): unknown[] => parsed(`${two}\n\n${heading}${crew}`).cast;
    expect([told(''), told(`${centred('ELECTRIC')}\n\n`)]).toEqual([[], [['Doctor', 'Tom Hall']]]);
  });

  test('names under a heading of actors play nobody', () => {
    expect(parsed(`${centred('Starring', 'Jane Roe', 'Tom Hall')}`).cast).toEqual([
      [null, 'Jane Roe'],
      [null, 'Tom Hall'],
    ]);
  });

  test('a role and a name in one text', () => {
    expect(parsed(centred('Gaffer: Jane Roe', 'Key Grip: Tom Hall', 'Sound Recordist – Ida Bell')).crew).toEqual([
      ['Gaffer', 'Jane Roe'],
      ['Key Grip', 'Tom Hall'],
      ['Sound Recordist', 'Ida Bell'],
    ]);
  });

  test('several layouts below each other on one page', () => {
    const page = [
      centred('CAST'),
      actors,
      '',
      centred('Directed by', 'Bo Berg'),
      '',
      indented([['CAMERA OPERATOR', 5], ['AL CHO', 10], ['KEY GRIP', 5], ['KIM WU', 10], ['JO FINN', 10]]),
      '',
      '      JOHN ROE          Gaffer\n      MARY DOE          Best Boy Electric\n      LESLIE MAIER      Sound Mixer',
      '',
      centred('Special Thanks', 'Max Brown, Tom Birch, Ida Ash, Bo', 'Cedar, Al Elder, Kim Fox and Ann Oak'),
      '',
      centred('www.example.com'),
    ].join('\n'); // prettier-ignore
    expect(parsed(page)).toEqual({
      cast,
      crew: [
        ['Directed by', 'Bo Berg'],
        ['CAMERA OPERATOR', 'Al Cho'],
        ['KEY GRIP', 'Kim Wu', 'Jo Finn'],
        ['Gaffer', 'John Roe'],
        ['Best Boy Electric', 'Mary Doe'],
        ['Sound Mixer', 'Leslie Maier'],
        ['Special Thanks', 'Max Brown', 'Tom Birch', 'Ida Ash', 'Bo Cedar', 'Al Elder', 'Kim Fox', 'Ann Oak'],
      ],
      companies: [],
    });
  });
});

describe('how sure names are', () => {
  test('less where the layout tells less', () => {
    const clear = sure(`                Gaffer   JANE ROE\n              Key Grip   TOM HALL`);
    const alike = sure('                Anna Hall   JANE ROE\n                Emma Bell   TOM HALL');
    const both = sure('                Anna Hall   Jane Roe\n                Emma Bell   Tom Hall');
    expect(clear['Tom Hall']).toBeGreaterThan(0.85);
    expect(both['Tom Hall'] ?? 0).toBeLessThan(clear['Tom Hall']! - 0.1);
    expect(both['Tom Hall'] ?? 0).toBeLessThan(alike['Tom Hall'] ?? 1);
  });
});

describe('lines around one middle', () => {
  test('under a heading of actors, characters in small letters stand above who plays them', () => {
    const pairs = [
      ['Mina Harker', 'JANE ROE'],
      ['Jonathan Harker', 'TOM HALL'],
      ['Doctor Seward', 'ANNA KELLER'],
      ['Lucy', 'IDA BELL'],
    ] as const;
    const { cast, crew } = parsed(
      centred('CAST', '', ...pairs.flatMap(([character, actor]) => [character, actor, ''])),
    );
    expect(cast).toEqual([
      ['Mina Harker', 'Jane Roe'],
      ['Jonathan Harker', 'Tom Hall'],
      ['Doctor Seward', 'Anna Keller'],
      ['Lucy', 'Ida Bell'],
    ]);
    expect(crew).toEqual([]);
  });
});

test('names that dashes part are one list, and no role of the name below', () => {
  const dashed = `
            Special Thanks

        Walter Brown - Wolfram Kraus - Wouter Berg
                  Xavier Hall`;
  expect(parsed(dashed).crew).toEqual([
    ['Special Thanks', 'Walter Brown', 'Wolfram Kraus', 'Wouter Berg', 'Xavier Hall'],
  ]);
});

test('two texts beside each other are less surely a role and a name where nothing stands around like them', () => {
  const row = (role: string, name: string): string => `        ${role}            ${name}`;
  const addresses = ['            www.northern.org', '            www.southern.org'] as const;
  const alone = [addresses[0], '', row('Lunar', 'Anna Keller'), '', addresses[1]].join('\n');
  const among = [addresses[0], '', row('Lunar', 'Anna Keller'), row('Solar', 'Tom Hall'), '', addresses[1]].join('\n');
  expect(sure(among)['Anna Keller']).toBeGreaterThan(0.7);
  expect(sure(alone)['Anna Keller']).toBeLessThan(0.35);
});
