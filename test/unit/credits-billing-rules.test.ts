import { describe, expect, test } from '@jest/globals';
import { byColumns, byTurns, type Entry } from '../../src/credits/billing/entries.js';
import type { ColumnRow } from '../../src/credits/billing/layout.js';
import { withHeadings } from '../../src/credits/billing/shared-roles.js';
import { songsOf } from '../../src/credits/billing/songs.js';
import { capitals, isCapitals, namesIn, tell, type Told, withoutLeaders } from '../../src/credits/billing/styles.js';
import { kindsOf } from '../../src/credits/billing/text-kinds.js';
import type { PlacedText } from '../../src/credits/billing/types.js';

const placed = (text: string, about: Partial<PlacedText> = {}): PlacedText => ({
  text,
  confidence: 0.9,
  start: 10,
  end: 15,
  page: 0,
  x: 0.3,
  width: 0.2,
  spaces: [],
  y: 0.5,
  height: 0.05,
  ...about,
});

interface About extends Partial<Omit<Told, 'kinds'>> {
  readonly kinds?: Partial<Told['kinds']>;
}

const NO_KIND: Told['kinds'] = {
  person: 0,
  character: 0,
  job: 0,
  company: 0,
  sentence: 0,
  namesJob: false,
  namesCompany: false,
  headsCast: false,
  headsSongs: false,
  ofSong: false,
};

/** A text of which it is known how much it looks like a name. */
const told = (text: string, nameOdds: number, { kinds, ...about }: About = {}): Told => ({
  ...placed(text),
  nameOdds,
  jobOdds: 0,
  ...about,
  kinds: { ...NO_KIND, ...kinds },
});

const shown = (entries: readonly Entry[]): (string | null)[][] =>
  entries.map(({ role, names }) => [role?.text ?? null, ...names.map(({ text }) => text)]);
const logistic = (odds: number): number => 1 / (1 + Math.exp(-odds));

describe('two columns', () => {
  const row = (left: Told | null, right: Told | null, close = true): ColumnRow => ({ left, right, close });
  const columns = (...rows: ColumnRow[]): Entry[] => byColumns({ kind: 'columns', list: rows, rows });

  test.each<[string, string, number, string, number, 'left' | 'right', number]>([
    ['the role is on the left where nothing else tells', 'Abcd', 0, 'Efgh', 0, 'left', 1],
    ['what looks like names are the names', 'Abcd', 3, 'Efgh', 0, 'right', -2],
    ['capitals are the names', 'ABCD', 0, 'Efgh', 0, 'right', -4],
    ['capitals are the names on the right as well', 'Abcd', 0, 'EFGH', 0, 'left', 6],
    ['capitals on both sides tell nothing', 'ABCD', 1, 'EFGH', 2, 'left', 2],
    ['where it is as likely as not, the role is on the left', 'Abcd', 1, 'Efgh', 0, 'left', 0],
  ])('%s, as surely as that', (_, left, leftOdds, right, rightOdds, role, odds) => {
    const [entry] = columns(row(told(left, leftOdds), told(right, rightOdds)));
    expect([entry!.role!.text, entry!.names[0]!.text]).toEqual(role === 'left' ? [left, right] : [right, left]);
    expect(entry!.sureness).toBeCloseTo(logistic(Math.abs(odds)), 6);
  });

  test('who has which side is told by the rows that have both', () => {
    const list = [row(told('Role', 0), told('Name', 0)), row(told('Lone', 9), null)];
    const [entry] = byColumns({ kind: 'columns', list, rows: list.slice(0, 1) });
    expect(entry!.role!.text).toBe('Role');
    expect(entry!.sureness).toBeCloseTo(logistic(1), 6);
  });

  const Role = (text = 'Role', about: About = {}): Told => told(text, -5, about);
  const Name = (text: string): Told => told(text, 5);
  test.each<[string, ColumnRow[], (string | null)[][]]>([
    ['a name without a role has that of the one above', [row(Role(), Name('A')), row(null, Name('B'))], [['Role', 'A', 'B']]], // prettier-ignore
    [
      'a name above all roles has none',
      [row(null, Name('A')), row(Role(), Name('B'))],
      [
        [null, 'A'],
        ['Role', 'B'],
      ],
    ],
    ['a role of two lines above its name', [row(Role('Assistant to'), null), row(Role('the Director'), Name('A'))], [['Assistant to the Director', 'A']]], // prettier-ignore
    ['of three lines', [row(Role('Assistant'), null), row(Role('to'), null), row(Role('the Director'), Name('A'))], [['Assistant to the Director', 'A']]], // prettier-ignore
    [
      'a role whose name stands alone below it',
      [row(Role('Director'), null), row(null, Name('A'))],
      [['Director', 'A']],
    ],
    ['the same further down, not with the name above', [row(Role('One'), Name('A')), row(Role('Two'), null), row(null, Name('B'))], [['One', 'A'], ['Two', 'B']]], // prettier-ignore
    ['a second line that stands below its name', [row(Role('Assistant to'), Name('A')), row(Role('the Director'), null)], [['Assistant to the Director', 'A']]], // prettier-ignore
    ['also where a gap follows', [row(Role('Assistant to'), Name('A')), row(Role('the Director'), null), row(Role('Two'), Name('B'), false)], [['Assistant to the Director', 'A'], ['Two', 'B']]], // prettier-ignore
    ['not behind a gap: then it leads', [row(Role('One'), Name('A')), row(Role('Long'), null, false), row(Role('Two'), Name('B'), false)], [['One', 'A'], ['Long Two', 'B']]], // prettier-ignore
    ['a role below names that had none', [row(null, Name('A')), row(Role('Late'), null)], [['Late', 'A']]],
  ])('%s', (_, rows, expected) => {
    // A row of both tells which side the names have; it stands in another part of the list.
    const list = [row(Role('x'), Name('y')), ...rows];
    expect(shown(byColumns({ kind: 'columns', list, rows }))).toEqual(expected);
  });

  test('a role of two lines began with the first, and is as sure as both', () => {
    const [entry] = columns(
      row(Role('Assistant to', { start: 3, confidence: 0.5 }), null),
      row(Role('the Director', { start: 4, confidence: 0.8 }), Name('A')),
    );
    expect(entry!.role).toMatchObject({ start: 3, confidence: 0.4 });
  });
});

describe('lines below each other', () => {
  const role = (text: string, about?: About): Told => told(text, -3, about);
  const name = (text: string, about?: About): Told => told(text, 3, about);
  const turns = (heading: Told | null, ...groups: Told[][]): (string | null)[][] => shown(byTurns(groups, heading));

  test('a role and the names below it, until the next role', () => {
    expect(turns(null, [role('R'), name('A'), name('B')], [role('S'), name('C')])).toEqual([
      ['R', 'A', 'B'],
      ['S', 'C'],
    ]);
    expect(turns(null, [role('R')], [name('A')], [name('B')])).toEqual([['R', 'A', 'B']]);
  });

  test('names without a role stay apart, those under a heading have it', () => {
    expect(turns(null, [name('A')], [name('B')])).toEqual([
      [null, 'A'],
      [null, 'B'],
    ]);
    expect(turns(role('Heading'), [name('A')], [name('B')])).toEqual([['Heading', 'A', 'B']]);
  });

  test('a role of two lines is one; the heading above it and a role before names are none of it', () => {
    const second = told('Director', -9);
    expect(turns(null, [role('Assistant to the'), second, name('A')])).toEqual([['Assistant to the Director', 'A']]);
    expect(turns(role('Heading'), [role('R'), name('A')])).toEqual([['R', 'A']]);
    expect(turns(null, [role('R'), name('A'), second, name('B')])).toEqual([
      ['R', 'A'],
      ['Director', 'B'],
    ]);
    expect(turns(role('Heading'), [name('A'), second, name('B')])).toEqual([
      ['Heading', 'A'],
      ['Director', 'B'],
    ]);
    // In a group of its own it is another role.
    expect(turns(null, [role('R')], [second, name('A')])).toEqual([['Director', 'A']]);
  });

  test('what looks a little less like a name is one in second place, and none in the first', () => {
    expect(turns(null, [role('R'), told('Ab', -1), name('B')])).toEqual([['R', 'Ab', 'B']]);
    expect(turns(null, [told('Ab', -1), name('B')])).toEqual([['Ab', 'B']]);
    // Its like first in a group: the role of those who look more like names than it, by far.
    expect(turns(null, [told('R', 1), told('A', 3), told('B', 3)])).toEqual([['R', 'A', 'B']]);
    expect(turns(null, [told('R', 1), told('A', 2), told('B', 2)])).toEqual([
      [null, 'R'],
      [null, 'A'],
      [null, 'B'],
    ]);
    expect(turns(null, [told('R', 1)])).toEqual([[null, 'R']]);
  });

  test('below a job stands who did it, be it a first name', () => {
    const job = role('Director', { kinds: { namesJob: true } });
    const odd = (kinds: Partial<Told['kinds']>): Told => told('Kim', -5, { kinds });
    expect(turns(null, [job, odd({})])).toEqual([['Director', 'Kim']]);
    expect(turns(null, [role('Plain'), odd({}), name('A')])).toEqual([['Plain Kim', 'A']]);
    expect(turns(null, [job, odd({ namesJob: true }), name('A')])).toEqual([['Director Kim', 'A']]);
    expect(turns(null, [job, odd({ job: 0.6 }), name('A')])).toEqual([['Director Kim', 'A']]);
  });

  test('whose letters are a person’s is one, whatever else they are', () => {
    expect(turns(null, [told('Ann Baker', -5, { kinds: { person: 0.5 } })])).toEqual([[null, 'Ann Baker']]);
    expect(turns(null, [told('Ann Baker', -5, { kinds: { person: 0.3 } }), name('A')])).toEqual([['Ann Baker', 'A']]);
  });

  test('lines of one style are of one kind, where there are three of each', () => {
    const names = ['ABEL', 'BAKER', 'CAIN'].map((text) => told(text, 4));
    const roles = ['Gaffer', 'Grip', 'Driver'].map((text) => told(text, -4));
    const doubtful = [told('SMITH', -2), told('Smith', 1)];
    const found = (lines: readonly Told[]): (string | null)[][] => turns(null, ...lines.map((line) => [line]));
    // Alone, SMITH is a role and Smith a name; among lines of their styles it is the other way about.
    expect(found(doubtful)).toEqual([['SMITH', 'Smith']]);
    expect(found([...names, ...roles, ...doubtful]).at(-1)).toEqual(['Driver', 'SMITH']);
    expect(found([...names.slice(1), ...roles.slice(1), doubtful[0]!, name('END')]).at(-1)![0]).not.toBe('SMITH');
    expect(found([names[0]!, roles[0]!, doubtful[0]!, name('END')]).at(-1)).toEqual(['SMITH', 'END']);
    // So are small lines below tall ones.
    const tall = (line: Told): Told => ({ ...line, text: line.text.toUpperCase(), height: 0.05 });
    const small = (line: Told): Told => ({ ...line, text: line.text.toUpperCase(), height: 0.03 });
    expect(found([...names.map(tall), ...roles.map(small), tall(doubtful[0]!)]).at(-1)).toEqual(['DRIVER', 'SMITH']);
    expect(found([...names.map(tall), ...roles.map(small), small(doubtful[1]!), name('END')]).at(-1)![0]).toBe('SMITH');
  });

  test('as surely as the name looks like one', () => {
    expect(byTurns([[told('Ann', 1)]], null)[0]!.sureness).toBeCloseTo(logistic(2), 6);
  });
});

describe('the style of a text', () => {
  test.each([
    ['Waiter . . . .', 'Waiter'],
    ['..... JOHN DOE', 'JOHN DOE'],
    ['Kamera:', 'Kamera'],
    ['Kamera –', 'Kamera'],
    ['Robert Downey Sr.', 'Robert Downey Sr.'],
    ['Anna-', 'Anna-'],
    ['Sr . .', 'Sr'],
    ['A _ ', 'A'],
    ['·…·', ''],
    ['', ''],
    ['plain', 'plain'],
  ])('without the leaders of “%s” it is “%s”', (text, expected) => {
    expect(withoutLeaders(text)).toBe(expected);
  });

  test.each([
    ['ANNA KELLER', true],
    ['Anna Keller', false],
    ['anna', false],
    ['McDONALD', true],
    ['von TRIER', false],
    ['JAN de BONT', true],
    ['AB', null],
    ['ABC', true],
    ['12.30', null],
    ['宮崎駿', false],
    ['ÄÖÜ', true],
  ])('whether “%s” is in capitals: %s', (text, expected) => {
    expect(isCapitals(text)).toBe(expected);
  });

  test('the share of texts in capitals leaves out those too short to tell', () => {
    const of = (...texts: string[]): number => capitals(texts.map((text) => ({ text })));
    expect(of('ANNA', 'Keller', 'TOM', 'AB')).toBeCloseTo(2 / 3);
    expect(of('ANNA')).toBe(1);
    expect(of('AB')).toBe(0.5);
    expect(of()).toBe(0.5);
  });

  test.each([
    ['ANNA KELLER & TOM HALL', ['ANNA KELLER', 'TOM HALL']],
    ['Anna Keller, Tom Hall and Ida Bell', ['Anna Keller', 'Tom Hall', 'Ida Bell']],
    ['Anna Keller / Tom Hall – Ida Bell', ['Anna Keller', 'Tom Hall', 'Ida Bell']],
    ['Anna Keller,  Tom Hall,', ['Anna Keller,  Tom Hall,']],
    ['IDA BELL, ACE', ['IDA BELL, ACE']],
    ['Ida Bell, A.C.E., Tom Hall', ['Ida Bell, A.C.E.', 'Tom Hall']],
    ['Robert Downey, Jr. & Anna Keller', ['Robert Downey, Jr.', 'Anna Keller']],
    ['Ernst & Young', ['Ernst & Young']],
    ['Anna Keller & Young', ['Anna Keller & Young']],
    ['Jean-Luc Godard', ['Jean-Luc Godard']],
    ['Anna Keller', ['Anna Keller']],
    ['Jr., Anna Keller', ['Jr.', 'Anna Keller']],
  ])('the names of “%s”', (text, expected) => {
    expect(namesIn(text)).toEqual(expected);
  });

  test('a word of a job makes a text less of a name, more of a job, a company’s does not', () => {
    const odds = (likely: number, unlikely: number): number =>
      Math.max(-5, Math.min(5, Math.log((likely + 1e-3) / (unlikely + 1e-3))));
    const letters = ({ kinds, nameOdds }: Told): number =>
      nameOdds - odds(kinds.person + kinds.company, kinds.character + kinds.job);
    const [gaffer, rentals, ann] = [tell(placed('Camera Operator')), tell(placed('Camera Rentals Inc.')), tell(placed('Anna Keller'))]; // prettier-ignore
    expect(gaffer.kinds).toMatchObject({ namesJob: true, namesCompany: false });
    expect(rentals.kinds).toMatchObject({ namesJob: true, namesCompany: true });
    expect(letters(gaffer)).toBeCloseTo(-2.5, 3);
    expect(letters(rentals)).toBeCloseTo(0, 3);
    expect(letters(ann)).toBeCloseTo(0, 3);
    expect(ann.jobOdds).toBeCloseTo(odds(ann.kinds.job, ann.kinds.character), 3);
    expect(gaffer.jobOdds).toBeGreaterThan(2.5);
    expect(tell(placed('Kamera: ')).text).toBe('Kamera');
  });
});

describe('what a text may be', () => {
  test.each([
    ['Director of Photography', 'namesJob', true],
    ['Montage', 'namesJob', true],
    ['Anna Keller', 'namesJob', false],
    ['Best Boy Electric', 'namesJob', true],
    ['best  BOY', 'namesJob', true],
    ['Panavision Rentals', 'namesCompany', true],
    ['Rentals', 'namesCompany', false],
    ['Anna Keller', 'namesCompany', false],
    ['CAST', 'headsCast', true],
    ['The Cast:', 'headsCast', true],
    ['The Cast of Friends', 'headsCast', false],
    ['Cast in order of appearance', 'headsCast', true],
    ['Músicas', 'headsSongs', true],
    ['Songs', 'headsSongs', true],
    ['Song of the South', 'headsSongs', false],
    ['Written by Mike Settle', 'ofSong', true],
    ['Used by permission of Warner', 'ofSong', true],
    ['Rewritten bylaws', 'ofSong', false],
    ['Avec l’aimable autorisation de Warner', 'ofSong', true],
  ] as const)('“%s”: %s is %s', (text, kind, expected) => {
    expect(kindsOf(text)[kind]).toBe(expected);
  });

  test.each([
    ['Anna Keller', 'person'],
    ['Second Assistant Director', 'job'],
    ['Policeman #2', 'character'],
    ['Warner Bros. Pictures GmbH', 'company'],
    ['No animals were harmed in the making of this film', 'sentence'],
  ] as const)('“%s” is most likely a %s, by its letters', (text, kind) => {
    const { person, character, job, company, sentence } = kindsOf(text);
    const all = { person, character, job, company, sentence };
    expect(Object.values(all).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
    expect(Object.entries(all).sort(([, a], [, b]) => b - a)[0]![0]).toBe(kind);
  });
});

describe('a song', () => {
  const title = (text: string, about?: About): Told => told(text, 0, { end: 20, ...about });
  const by = (text: string): Told => told(text, 0, { kinds: { ofSong: true }, end: 25 });
  const other = told('Somebody', 0, { end: 30 });

  test.each<[string, Told[], boolean, string | null]>([
    ['is a title in quotes and who wrote it', [title('“Runaway”'), by('Written by A')], false, 'Runaway'],
    ['in quotes that stand away', [title('" Runaway "'), by('Written by A')], false, 'Runaway'],
    ['with what follows the quotes left out', [title('“Runaway” (1971)'), by('Written by A')], false, 'Runaway'],
    ['is none without who wrote it', [title('“Runaway”'), other], false, null],
    ['is none by a title alone', [title('“Runaway”')], true, null],
    ['is none of nothing', [], true, null],
    ['without quotes, where two lines tell of it', [title('Runaway'), by('Written by A'), by('Sung by B')], false, 'Runaway'], // prettier-ignore
    ['not where one does', [title('Runaway'), by('Written by A')], false, null],
    ['but under a heading of songs, in capitals', [title('RUNAWAY'), by('Written by A')], true, 'RUNAWAY'],
    ['or too short to tell', [title('B4'), by('Written by A')], true, 'B4'],
    ['there not in small letters', [title('Runaway'), by('Written by A')], true, null],
    ['and capitals elsewhere tell nothing', [title('RUNAWAY'), by('Written by A')], false, null],
    ['in quotes that hold one letter is none', [title('"A'), by('Written by A')], false, null],
    ['an apostrophe inside is no quote', [title('Don’t'), by('Written by A')], false, null],
    ['what names a job is none', [title('“Director”', { kinds: { namesJob: true } }), by('Written by A')], false, null],
  ])('%s', (_, group, among, expected) => {
    expect(songsOf(group, among)?.title ?? null).toBe(expected);
  });

  test('has the lines below its title, and stands until the last has gone', () => {
    expect(songsOf([title('“Runaway”'), other, by('Written by A')], false)).toEqual({
      title: 'Runaway',
      lines: ['Somebody', 'Written by A'],
      confidence: 0.9,
      start: 10,
      end: 30,
    });
  });
});

describe('a role that many have', () => {
  const at = (actor: string, character: string | null, start = 0, confidence = 0.9) => {
    return { actor, character, confidence, start, end: start + 2 };
  };
  const nobody = (): boolean => false;

  test('heads a list, and is no character, unless a heading of actors stands above', () => {
    const team = ['Ann Ash', 'Bob Birch', 'Cem Cedar'].map((name, k) => at(name, k === 1 ? 'THE TEAM' : 'The Team', k));
    const told = withHeadings([...team, at('Dan Dogwood', 'The Fox')], [], nobody);
    expect(told.cast).toEqual([at('Dan Dogwood', 'The Fox')]);
    expect(told.crew).toEqual([
      {
        role: 'The Team',
        department: null,
        names: team.map(({ actor: text, confidence, start, end }) => ({ text, confidence, start, end })),
      },
    ]);
    expect(withHeadings(team, [], () => true)).toEqual({ cast: team, crew: [] });
  });

  test('may be the character of two, or of nobody that is told', () => {
    const two = [at('Ann Ash', 'The Twins'), at('Bob Birch', 'The Twins')];
    const unsaid = [at('Cem Cedar', null), at('Dan Dogwood', null), at('Eve Elder', null)];
    expect(withHeadings([...two, ...unsaid], [], nobody)).toEqual({ cast: [...two, ...unsaid], crew: [] });
  });

  test('what was read several times is told once, as it was read best', () => {
    const thrice = [at('Ann Ash', 'Fox', 10, 0.8), at('ANN ASH', 'Fox', 5, 0.9), at('Ann Ash', 'Fox', 20, 0.7)];
    expect(withHeadings(thrice, [], nobody).cast).toEqual([{ ...thrice[1]!, start: 5, end: 22 }]);
    const names = [0, 1].map((start) => ({ text: 'Bob Birch', confidence: 0.5, start, end: start + 1 }));
    expect(withHeadings([], [{ role: 'Gaffer', department: null, names }], nobody).crew[0]!.names).toEqual([
      { ...names[0]!, end: 2 },
    ]);
  });
});
