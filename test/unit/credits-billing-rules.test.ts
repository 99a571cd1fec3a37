import { describe, expect, test } from '@jest/globals';
import { withHeadings } from '../../src/credits/billing/shared-roles.js';
import { songsOf } from '../../src/credits/billing/songs.js';
import { capitals, isCapitals, namesIn, tell, type Told, withoutLeaders } from '../../src/credits/billing/styles.js';
import { kindsOf } from '../../src/credits/billing/text-kinds.js';
import { type About, placed, told } from '../library/told-texts.js';

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
