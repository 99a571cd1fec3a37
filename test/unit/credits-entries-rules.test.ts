import { describe, expect, test } from '@jest/globals';
import { type Said, saidBy } from '../../src/credits/billing/entries.js';
import type { Told } from '../../src/credits/billing/styles.js';
import type { ToldRow } from '../../src/credits/billing/told-rows.js';
import { type About, told, toldRow } from '../library/told-texts.js';

const role = (text: string, about: About = {}): Told => told(text, -6, { width: 0.1, ...about });
const name = (text: string, about: About = {}): Told => told(text, 5, { x: 0.5, width: 0.1, ...about });
/** Beside each other; null where nothing stands on a side. */
const row = (left: Told | null, right: Told | null): ToldRow => toldRow([left, right].filter((one) => one !== null));
const gapped = (one: ToldRow): ToldRow => ({ ...one, close: false });
const line = (text: Told): ToldRow => toldRow([{ ...text, x: 0.3 }]);

const shown = (said: Said): unknown[] => {
  switch (said.kind) {
    case 'entry':
      return [said.role?.text ?? null, ...said.names.map(({ text }) => text)];
    case 'song':
      return ['song', said.song.title, ...said.song.lines];
    case 'heading':
    case 'alone':
      return [said.kind, said.text.text];
  }
};
const says = (...rows: ToldRow[]): unknown[][] => saidBy(rows).map(shown);
type Entry = Extract<Said, { kind: 'entry' }>;
const entries = (...rows: ToldRow[]): Entry[] => saidBy(rows).filter((said) => said.kind === 'entry');

describe('roles beside names', () => {
  const Role = role('Some role');
  const list = row(role('First role'), name('Al Cho'));
  test.each<[string, ToldRow[], unknown[][]]>([
    ['a name without a role has that of the one above', [row(Role, name('Jane Roe')), row(null, name('Tom Hall'))], [['Some role', 'Jane Roe', 'Tom Hall']]], // prettier-ignore
    ['a role of two lines above its name', [row(role('Assistant to'), null), row(role('the Director'), name('Jane Roe'))], [['Assistant to the Director', 'Jane Roe']]], // prettier-ignore
    ['one that goes on below its name', [row(role('Assistant to'), name('Jane Roe')), row(role('the Director'), null)], [['Assistant to the Director', 'Jane Roe']]], // prettier-ignore
    ['also where others follow', [row(role('Assistant to'), name('Jane Roe')), row(role('the Director'), null), gapped(row(Role, name('Tom Hall')))], [['Assistant to the Director', 'Jane Roe'], ['Some role', 'Tom Hall']]], // prettier-ignore
    ['behind a gap it heads what follows', [row(Role, name('Jane Roe')), gapped(row(role('Long'), null)), gapped(row(role('Two'), name('Tom Hall')))], [['Some role', 'Jane Roe'], ['heading', 'Long'], ['Two', 'Tom Hall']]], // prettier-ignore
    ['so it does where it stands elsewhere', [gapped(toldRow([role('Long', { x: 0.42 })])), row(role('Two'), name('Tom Hall'))], [['heading', 'Long'], ['Two', 'Tom Hall']]], // prettier-ignore
    ['several names in its row', [gapped(toldRow([role('Role'), name('Jane Roe'), name('Tom Hall', { x: 0.7 })]))], [['Role', 'Jane Roe', 'Tom Hall']]], // prettier-ignore
  ])('%s', (_, rows, expected) => {
    expect(says(list, ...rows)).toEqual([['First role', 'Al Cho'], ...expected]);
  });

  test('roles on the right, one of two lines', () => {
    const right = (text: string): Told => role(text, { x: 0.6 });
    const rows = [row(name('Al Cho'), right('First role')), row(null, right('Assistant to')), row(name('Jane Roe'), right('the Director'))]; // prettier-ignore
    expect(says(...rows)).toEqual([
      ['First role', 'Al Cho'],
      ['Assistant to the Director', 'Jane Roe'],
    ]);
    const elsewhere = { ...rows[1]!, parts: [role('Assistant to', { x: 0.5 })] };
    expect(says(rows[0]!, gapped(elsewhere), rows[2]!)[1]).toEqual(['heading', 'Assistant to']);
  });

  test('stand beside them, not above', () => {
    const [first, second] = entries(list, gapped(line(role('Other role'))), line(name('Tom Hall')));
    expect([first!.isBeside, second!.isBeside]).toEqual([true, false]);
  });

  test('a role of two lines began with the first, lasts as the second does, and is as sure as both', () => {
    const [entry] = entries(
      row(role('Assistant to', { start: 3, end: 7, confidence: 0.5 }), null),
      row(role('the Director', { start: 4, end: 8, confidence: 0.8 }), name('Jane Roe')),
    );
    expect(entry!.role).toMatchObject({ text: 'Assistant to the Director', start: 3, end: 8, confidence: 0.4 });
  });
});

describe('roles above names', () => {
  test('a role and the names below it, until the next', () => {
    const rows = [line(role('Gaffers')), line(name('Jane Roe')), line(name('Tom Hall')), gapped(line(role('Grip'))), line(name('Al Cho'))]; // prettier-ignore
    expect(says(...rows)).toEqual([
      ['Gaffers', 'Jane Roe', 'Tom Hall'],
      ['Grip', 'Al Cho'],
    ]);
  });

  test('of two lines is one', () => {
    expect(says(line(role('Assistant to the')), line(role('Director')), line(name('Jane Roe')))).toEqual([
      ['Assistant to the Director', 'Jane Roe'],
    ]);
  });

  test('a role above a role is a heading; above nothing it says nothing', () => {
    expect(says(line(role('Lights')), gapped(line(role('Gaffer'))), line(name('Jane Roe')))).toEqual([
      ['heading', 'Lights'],
      ['Gaffer', 'Jane Roe'],
    ]);
    expect(says(line(role('Gaffer')), line(name('Jane Roe')), gapped(line(role('Grip'))))[0]).toEqual(['Gaffer', 'Jane Roe']); // prettier-ignore
  });

  test('heads names beside each other', () => {
    const names = toldRow([name('Jane Roe', { x: 0.2 }), name('Tom Hall'), name('Al Cho', { x: 0.8 })]);
    expect(says(line(role('Thanks to')), names, names)).toEqual([
      ['Thanks to', 'Jane Roe', 'Tom Hall', 'Al Cho', 'Jane Roe', 'Tom Hall', 'Al Cho'],
    ]);
  });

  test('a heading of actors and of songs is no role', () => {
    for (const kinds of [{ headsCast: true }, { headsSongs: true }])
      expect(says(line(role('Heading', { kinds })), gapped(line(name('Jane Roe'))))).toEqual([
        ['heading', 'Heading'],
        [null, 'Jane Roe'],
      ]);
  });

  test('what is neither stands alone, and ends them', () => {
    const sentence = line(told('No animals were harmed', -3, { width: 0.4, kinds: { sentence: 1 } }));
    expect(says(line(role('Gaffer')), line(name('Jane Roe')), gapped(sentence))).toEqual([
      ['Gaffer', 'Jane Roe'],
      ['alone', 'No animals were harmed'],
    ]);
    const nothing = toldRow([role('Produced by', { nameOdds: -7.5 }), role('Directed by', { x: 0.5, nameOdds: -7.5 })]);
    expect(says(nothing)).toEqual([
      ['alone', 'Produced by'],
      ['alone', 'Directed by'],
    ]);
  });
});

describe('how sure it is that a name has a role', () => {
  test('as sure as the row of both', () => {
    const [sure] = entries(row(role('Gaffer'), name('Jane Roe')));
    const [unsure] = entries(row(told('Abcd', 0, { width: 0.1 }), told('Efgh', 0, { x: 0.5 })));
    expect(sure!.sureness).toBeGreaterThan(0.9);
    expect(unsure!.sureness).toBeLessThan(sure!.sureness - 0.1);
    expect(sure!.names[0]!.confidence).toBe(0.9);
  });

  test('below it, as sure as the role and the name are', () => {
    const [sure] = entries(line(role('Gaffer')), line(name('Jane Roe')), line(name('Tom Hall')));
    expect(sure!.sureness).toBeGreaterThan(0.9);
    const [first, second] = sure!.names.map(({ confidence }) => confidence);
    expect(first).toBeLessThan(0.9);
    expect(second).toBeGreaterThan(0.8);
    const [unsure] = entries(line(role('Gaffer')), line(told('Efgh', 0)), line(name('Tom Hall')));
    expect(unsure!.names[0]!.confidence).toBeLessThan(first!);
    // Where no role is told, none is unsure.
    expect(entries(line(role('Cast', { kinds: { headsCast: true } })), line(name('Tom Hall')))[0]!.sureness).toBe(1);
  });
});

describe('songs among the rows', () => {
  const by = (text: string): ToldRow => line(told(text, 0, { width: 0.3, kinds: { ofSong: true } }));
  const title = (text: string): ToldRow => gapped(line(told(text, 0, { width: 0.3 })));
  const heading = (about: Partial<Told['kinds']>): ToldRow => gapped(line(role('Heading', { kinds: about })));
  const songs = (...rows: ToldRow[]): unknown[] => says(...rows).filter(([kind]) => kind === 'song');

  test('are no roles and no names, each once', () => {
    const rows = [line(role('Gaffer')), line(name('Jane Roe')), title('“Runaway”'), by('Written by A'), by('Sung by B'), title('“Stay”'), by('Written by C')]; // prettier-ignore
    expect(says(...rows)).toEqual([
      ['Gaffer', 'Jane Roe'],
      ['song', 'Runaway', 'Written by A', 'Sung by B'],
      ['song', 'Stay', 'Written by C'],
    ]);
  });

  test('under their heading need no quotes, until the heading of actors', () => {
    const song = [title('RUNAWAY'), by('Written by A')];
    expect(songs(...song)).toEqual([]);
    expect(songs(heading({ headsSongs: true }), ...song)).toHaveLength(1);
    // Directly below it as well.
    expect(songs(heading({ headsSongs: true }), { ...song[0]!, close: true }, song[1]!)).toHaveLength(1);
    expect(songs(heading({ headsSongs: true }), ...song, heading({ headsCast: true }), title('STAY'), by('Written by B'))).toHaveLength(1); // prettier-ignore
  });

  test('end at rows of two texts', () => {
    const two = row(role('Gaffer'), name('Jane Roe'));
    expect(songs(title('“Runaway”'), two, by('Written by A'))).toEqual([]);
    expect(songs(title('“Runaway”'), by('Written by A'), two)).toEqual([['song', 'Runaway', 'Written by A']]);
  });
});
