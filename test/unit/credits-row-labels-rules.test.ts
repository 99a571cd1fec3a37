import { describe, expect, test } from '@jest/globals';
import { inOneColumn, type Labelled, labelled } from '../../src/credits/billing/row-labels.js';
import { evidenceOf } from '../../src/credits/billing/row-styles.js';
import type { Told } from '../../src/credits/billing/styles.js';
import type { ToldRow } from '../../src/credits/billing/told-rows.js';
import { type About, told, toldRow } from '../library/told-texts.js';

/** Texts of which letters tell much, and nothing. */
const role = (about: About = {}, text = 'Some role'): Told => told(text, -4, { width: 0.1, ...about });
const name = (about: About = {}, text = 'Ann Baker'): Told => told(text, 4, { width: 0.1, ...about });
const either = (about: About = {}, text = 'Abcd Efgh'): Told => told(text, 0, { width: 0.1, ...about });
/** What is a job by its words. */
const job = (about: About = {}, text = 'Some Director'): Told =>
  told(text, -7.5, { width: 0.1, kinds: { namesJob: true }, ...about });
const [left, right]: [About, About] = [{ x: 0.3 }, { x: 0.5 }];
const row = (...parts: Told[]): ToldRow => toldRow(parts);
/** Behind a gap. */
const apart = (...parts: Told[]): ToldRow => toldRow(parts, { close: false });
const labels = (...rows: ToldRow[]): string[] => labelled(rows).map(({ label }) => label);
const last = (...rows: ToldRow[]): Labelled => labelled(rows).at(-1)!;

describe('lone texts below each other', () => {
  test.each<[string, ToldRow[], string[]]>([
    ['a role and the names below it, until the next', [row(role()), row(name()), row(name()), row(role()), row(name())], ['role', 'name', 'name', 'role', 'name']], // prettier-ignore
    ['also behind gaps', [row(role()), apart(name()), apart(name()), apart(role()), apart(name())], ['role', 'name', 'name', 'role', 'name']], // prettier-ignore
    ['what may be either below a role is a name', [row(role()), row(either()), row(name())], ['role', 'name', 'name']],
    ['and above names a role', [row(role()), row(name()), apart(either()), row(name())], ['role', 'name', 'role', 'name']], // prettier-ignore
    ['a role of two lines', [row(role()), row(role()), row(name())], ['role', 'more role', 'name']],
    ['of three', [row(role()), row(role()), row(role()), row(name())], ['role', 'more role', 'more role', 'name']],
    ['a role behind a gap is another', [row(role()), apart(role()), row(name())], ['role', 'role', 'name']],
    ['a heading of actors is one, whatever its letters say', [row(either({ kinds: { headsCast: true } })), row(name()), row(name())], ['role', 'name', 'name']], // prettier-ignore
  ])('%s', (_, rows, expected) => {
    expect(labels(...rows)).toEqual(expected);
  });

  test('below a job stands who did it, be it a first name', () => {
    const kim = (kinds: Partial<Told['kinds']>): Told => told('Kim', -2, { width: 0.1, kinds });
    expect(labels(row(job()), row(kim({})), row(name()))[1]).toBe('name');
    expect(labels(row(role()), row(kim({})), row(name()))[1]).toBe('more role');
    expect(labels(row(job()), row(kim({ namesJob: true })), row(name()))[1]).toBe('more role');
    expect(labels(row(job()), row(kim({ job: 0.6 })), row(name()))[1]).toBe('more role');
  });

  test('a role that stands elsewhere is no second line of it', () => {
    expect(labels(row(role(left)), row(job(left)), row(name(right)))[1]).toBe('more role');
    expect(labels(row(role(left)), row(job(right)), row(name(right)))[1]).toBe('role');
  });

  test('a job is less surely the second line of one word that is none', () => {
    const sure = (first: Told): number => labelled([row(first), row(job({}, 'Mixer')), row(name())])[1]!.sureness;
    expect(sure(role({}, 'Sound'))).toBeLessThan(sure(role({}, 'Sound and')) - 0.05);
    expect(sure(job({}, 'Sound'))).toBeGreaterThan(sure(role({}, 'Sound')) + 0.05);
  });

  test('names far below a role are none of its', () => {
    const far = toldRow([name()], { close: false, isFar: true });
    const near = toldRow([name()], { close: false });
    expect(last(row(role()), row(name()), near).label).toBe('name');
    expect(last(row(role()), row(name()), far).label).toBe('other');
  });

  test('an address and a sentence are neither role nor name', () => {
    const texts = (about: About, text?: string): string =>
      labels(row(role()), row(name()), row(either(about, text)))[2]!;
    expect(texts({})).toBe('name');
    expect(texts({ kinds: { sentence: 1 } })).toBe('other');
    for (const address of ['www.example.org', 'http://example.org', 'me@example.org', 'example.com'])
      expect(texts({}, address)).toBe('other');
    expect(texts({}, 'Wwwa Commons')).toBe('name');
  });

  test('a name above a name is nobody’s character, but where their look tells them apart', () => {
    const person = (about: About = {}): Told =>
      told('Ann Baker', 0.2, { width: 0.1, kinds: { person: 0.5 }, ...about });
    const list = (above: About): string[] =>
      labels(...[0, 1, 2, 3].flatMap(() => [row(person(above)), row(person({ ...right, nameOdds: 3 }))]));
    expect(new Set(list(right))).not.toContain('role');
    expect(list({ ...left, kinds: { person: 0.3 }, nameOdds: -1 })).toEqual(Array(4).fill(['role', 'name']).flat());
  });
});

describe('texts beside each other', () => {
  test.each<[string, Told, Told, string]>([
    ['what looks like a name is one', either(left), name(right), 'role, name'],
    ['also on the left', name(left), either(right), 'name, role'],
    ['where nothing tells, the role is on the left', either(left), either(right), 'role, name'],
    ['two that look like roles are nothing', job(left), job(right), 'other'],
  ])('%s', (_, first, second, expected) => {
    expect(labels(row(first, second))).toEqual([expected]);
  });

  test('where letters say little, capitals are the names', () => {
    const sure = (first: string, second: string): number =>
      last(row(either(left, first), either(right, second))).sureness;
    expect(sure('Abcd', 'EFGH')).toBeGreaterThan(sure('Abcd', 'Efgh'));
    expect(sure('Abcd', 'Efgh')).toBeGreaterThan(sure('ABCD', 'Efgh'));
  });

  test('one row has its names where the others have them', () => {
    const rows = (first: Told, second: Told): string =>
      labels(row(first, second), row(first, second), row(either(left), either(right)), row(first, second))[2]!;
    expect(rows(name(left), role(right))).toBe('name, role');
    expect(rows(role(left), name(right))).toBe('role, name');
  });

  test('names beside each other stand below a role', () => {
    const names = row(name({ x: 0.2 }), name({ x: 0.6 }));
    expect(labels(row(role()), names, names)).toEqual(['role', 'names', 'names']);
    const three = row(name({ x: 0.1 }), name({ x: 0.4 }), name({ x: 0.7 }));
    expect(labels(row(role()), three, three)).toEqual(['role', 'names', 'names']);
    expect(labels(row(role(left), name(right), name({ x: 0.7 })))).toEqual(['role, name']);
  });

  test('a lone name below them stands where names stand, or is less surely one of theirs', () => {
    const list = [row(role(left), name(right)), row(role(left), name(right))];
    const [own, other] = [last(...list, row(either(right))), last(...list, row(either({ x: 0.42, width: 0.03 })))];
    expect(own.label).toBe('name');
    expect([other.label, other.sureness < own.sureness]).not.toEqual(['name', false]);
    const swapped = [row(name(left), role(right)), row(name(left), role(right))];
    expect(last(...swapped, row(either(left))).label).toBe('name');
    expect(last(...swapped, row(either(right)), row(name(left), role(right))).label).not.toBe('name');
  });

  test('a role alone leads the next row, unless that before goes on in it', () => {
    const list = (first: string, lone: string): string =>
      labels(
        row(role(left), name(right)),
        row(role(left, first), name(right)),
        row(role(left, lone)),
        row(role(left), name(right)),
      )[2]!;
    expect(list('Assistant', 'Producer')).toBe('role');
    for (const open of ['Assistant to', 'Assistant of', 'Editing,', 'Editing &', 'Editing and', 'Assistance de'])
      expect(list(open, 'Producer')).toBe('more role');
    for (const open of ['and Producer', '& Producer']) expect(list('Assistant', open)).toBe('more role');
    expect(list('Assistant Tolstoi', 'Producer')).toBe('role');
  });

  test('so it does where roles are on the right', () => {
    const list = (first: string): string =>
      labels(
        row(name(left), role(right)),
        row(name(left), role(right, first)),
        row(role(right)),
        row(name(left), role(right)),
      )[2]!;
    expect([list('Assistant'), list('Assistant to')]).toEqual(['role', 'more role']);
  });
});

describe('what one text holds', () => {
  test('names of a paragraph are names, whatever their letters say', () => {
    const paragraph = (...parts: Told[]): ToldRow => toldRow(parts, { form: 'paragraph' });
    expect(labels(row(role()), paragraph(either(), either()))).toEqual(['role', 'names']);
    expect(labels(row(role()), paragraph(told('Ann', -1)))).toEqual(['role', 'name']);
    // Without a role above them they are nobody's.
    expect(labels(paragraph(job(), job()), apart(role()), row(name()))[0]).toBe('other');
    expect(labels(paragraph(job()), apart(role()), row(name()))[0]).toBe('other');
  });

  test('a role and a name in one text are both, and no names beside each other', () => {
    const inline = (...parts: Told[]): ToldRow => toldRow(parts, { form: 'inline' });
    expect(labels(row(role()), inline(name(left), name(right)))[1]).not.toBe('names');
    expect(labels(inline(role(left), name(right)))).toEqual(['role, name']);
    expect(labels(inline(name(left), role(right)))).toEqual(['name, role']);
    expect(labels(inline(job(left), job(right)))).toEqual(['other']);
    expect(labels(row(role()), row(name(left), name(right)))[1]).toBe('names');
  });
});

describe('a page of no rows', () => {
  test('has no labels', () => {
    expect(labelled([])).toEqual([]);
  });
});

describe('how sure a label is', () => {
  test('as sure as letters and look leave one reading', () => {
    const sure = (about: Told): number => last(row(role()), row(about)).sureness;
    expect(sure(name())).toBeGreaterThan(0.95);
    expect(sure(either())).toBeLessThan(sure(name()));
    const [first] = labelled([row(either()), row(either())]);
    expect(first!.sureness).toBeLessThan(labelled([row(role()), row(either())])[0]!.sureness - 0.1);
  });

  test('all labels of a row are as probable as one', () => {
    const some = labelled([row(either()), row(either(left), either(right)), apart(either())]);
    for (const { sureness } of some) {
      expect(sureness).toBeGreaterThan(0.2);
      expect(sureness).toBeLessThanOrEqual(1);
    }
  });
});

describe('standing alike', () => {
  test.each<[string, boolean, About]>([
    ['at one left edge', true, { x: 0.3, width: 0.3 }],
    ['at one right edge', true, { x: 0.1, width: 0.3 }],
    ['around one middle', true, { x: 0.25, width: 0.2 }],
    ['nowhere', false, { x: 0.35, width: 0.2 }],
    ['a little beside', true, { x: 0.32, width: 0.3 }],
    ['further beside', false, { x: 0.322, width: 0.3 }],
  ])('%s: %s', (_, expected, about) => {
    expect(inOneColumn(either({ x: 0.3, width: 0.1 }), either(about))).toBe(expected);
  });
});

describe('what letters and look say', () => {
  const oddsOf = (...texts: Told[]): number[] => evidenceOf(texts.map((text) => row(text)), null).flat().map(({ odds }) => odds); // prettier-ignore

  test('letters alone, of a lone word that is no job not much against a name', () => {
    expect(oddsOf(told('Ann Baker', 2), told('Some Role', -5))).toEqual(
      [1.2, -3].map((odds) => expect.closeTo(odds, 6)),
    );
    const kim = (kinds: Partial<Told['kinds']>): number => oddsOf(told('Kim', -5, { kinds }))[0]!;
    expect([kim({}), kim({ namesJob: true }), kim({ job: 0.6 })]).toEqual([-1.8, -3, -3].map((odds) => expect.closeTo(odds, 6))); // prettier-ignore
  });

  /** What the look of a text says where three names of one look and three roles of another are known. */
  function look(about: Told, names: About, roles: About): number {
    const texts = [...[0, 1, 2].flatMap(() => [either(names), either(roles)]), about];
    const known = texts.map((_, k) => [k === 6 ? { name: 0.5, role: 0.5 } : { name: 1 - (k % 2), role: k % 2 }]);
    return evidenceOf(texts.map((text) => row(text)), known).at(-1)![0]!.odds; // prettier-ignore
  }

  test('where and how large names stand, and in which case', () => {
    const [tall, small] = [{ ...left, height: 0.06 }, { ...left, height: 0.04 }]; // prettier-ignore
    const upper = (about: About): About => ({ ...about, text: 'ABCD EFGH' });
    expect(look(either(left), left, right)).toBeGreaterThan(0.5);
    expect(look(either(right), left, right)).toBeLessThan(-0.5);
    expect(look(either(tall), tall, small)).toBeGreaterThan(0.5);
    expect(look(either(small), tall, small)).toBeLessThan(-0.5);
    expect(look(either(upper(left)), upper(left), left)).toBeGreaterThan(0.5);
    expect(look(either(left), upper(left), left)).toBeLessThan(-0.5);
    expect(look(either({ ...left, height: 0.048 }), { ...left, height: 0.04 }, right)).toBeGreaterThan(0.5);
    // One look of both, and a look of none of them, say nothing.
    expect(look(either(left), left, left)).toBeCloseTo(0, 1);
    expect(look(either({ ...left, height: 0.09 }), tall, small)).toBeCloseTo(0, 1);
  });

  test('what stands elsewhere says less, what is further up as well, and all of it not without bounds', () => {
    const sameSize = look(either({ x: 0.7, height: 0.06 }), { ...left, height: 0.06 }, { ...right, height: 0.04 });
    const same = look(either({ ...left, height: 0.06 }), { ...left, height: 0.06 }, { ...right, height: 0.04 });
    expect(sameSize).toBeGreaterThan(0.1);
    expect(same).toBeGreaterThan(sameSize);

    const far = (between: number): number => {
      const texts = [either(left), either(right), ...Array.from({ length: between }, () => either({ x: 0.8 })), either(left)]; // prettier-ignore
      const known = texts.map((_, k) => [{ name: Number(k === 0), role: Number(k === 1) }]);
      return evidenceOf(texts.map((text) => row(text)), known).at(-1)![0]!.odds; // prettier-ignore
    };
    expect(far(0)).toBeGreaterThan(far(10));
    expect(far(10)).toBeGreaterThan(0);
    expect(far(30)).toBeCloseTo(0, 6);
  });
});
