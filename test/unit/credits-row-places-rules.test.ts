import { describe, expect, test } from '@jest/globals';
import { labelled } from '../../src/credits/billing/row-labels.js';
import { evidenceOf } from '../../src/credits/billing/row-styles.js';
import type { Told } from '../../src/credits/billing/styles.js';
import type { ToldRow } from '../../src/credits/billing/told-rows.js';
import { type About, told, toldRow } from '../library/told-texts.js';

/** What the places of rows say: how sure the same labels are, where texts stand one way and another. */

const text = (odds: number, x: number, about: About = {}): Told => told('Abcd Efgh', odds, { x, width: 0.1, ...about });
const row = (...parts: Told[]): ToldRow => toldRow(parts);
const gapped = (one: ToldRow): ToldRow => ({ ...one, close: false });
/** How sure a row is of its label, which it must have. */
function sure(rows: readonly ToldRow[], at: number, label: string): number {
  const found = labelled(rows).at(at)!;
  expect(found.label).toBe(label);
  return found.sureness;
}
/** At most so sure that it has the label. */
function atMost(rows: readonly ToldRow[], at: number, label: string): number {
  const found = labelled(rows).at(at)!;
  return found.label === label ? found.sureness : 1 - found.sureness;
}
const [LEFT, RIGHT, ELSEWHERE] = [0.3, 0.5, 0.42];
/** A role and a name beside each other, in this order and in the other. */
const SIDES = [
  { label: 'role, name', roleX: LEFT, nameX: RIGHT, pair: (): ToldRow => row(text(-4, LEFT), text(4, RIGHT)) },
  { label: 'name, role', roleX: RIGHT, nameX: LEFT, pair: (): ToldRow => row(text(4, LEFT), text(-4, RIGHT)) },
] as const;
/** Tall enough to look like none of the others. */
const TALL = { height: 0.08 };

describe.each(SIDES)('below and above “$label”', ({ label, roleX, nameX, pair }) => {
  test('a lone name stands where names do', () => {
    const list = (x: number): ToldRow[] => [pair(), pair(), row(text(2, x, TALL))];
    expect(sure(list(nameX), -1, 'name')).toBeGreaterThan(atMost(list(ELSEWHERE), -1, 'name') + 0.03);
    // Above them as well, where roles are not told beside.
    const above = (x: number): number =>
      sure([gapped(row(text(-6, 0.1))), row(text(2, x, TALL)), pair(), pair()], 2, label);
    expect(above(nameX)).toBeGreaterThan(above(ELSEWHERE));
  });

  test('a lone role stands where roles do, and leads the next row', () => {
    const leads = (x: number, isClose: boolean): number => {
      const lone = row(text(-4, x, TALL));
      return sure([pair(), isClose ? lone : gapped(lone), isClose ? pair() : gapped(pair())], 1, 'role');
    };
    expect(leads(roleX, true)).toBeGreaterThan(leads(0.8, true));
    // Above a list as well.
    const above = (x: number): ToldRow[] => [row(text(-4, x, TALL)), pair(), pair()];
    expect(sure(above(roleX), 0, 'role')).toBeGreaterThan(atMost(above(0.8), 0, 'role') + 0.05);
    // Behind gaps it stands anywhere.
    expect(leads(roleX, false)).toBeCloseTo(leads(0.8, false), 2);
  });

  test('rows share a gutter and an edge', () => {
    const moved = (left: number, right: number, about: Partial<ToldRow> = {}): number => {
      const [first, second] = pair().parts;
      const parts = [
        { ...first!, x: first!.x + left, ...TALL },
        { ...second!, x: second!.x + right, ...TALL },
      ];
      return sure([pair(), pair(), { ...toldRow(parts), ...about }], -1, label);
    };
    const own = moved(0, 0);
    // Another gutter, and the same one without an edge in common.
    expect(moved(0.25, 0.2)).toBeLessThan(own);
    expect(moved(-0.25, -0.21)).toBeLessThan(own);
    expect(moved(0.05, 0.1)).toBeLessThan(own);
    // One edge is enough.
    expect(moved(0.04, 0)).toBeCloseTo(own, 3);
    expect(moved(0, 0.04)).toBeCloseTo(own, 3);
    // What is written in one text has no gutter.
    expect(moved(0.05, 0.1, { form: 'inline' })).toBeGreaterThan(moved(0.05, 0.1) - 1e-9);
  });

  test('names and roles of lists tell what looks like them', () => {
    const list = (about: About, other: About): ToldRow[] => {
      const [first, second] = pair().parts;
      const [a, b] = label === 'role, name' ? [about, other] : [other, about];
      return Array.from({ length: 4 }, () => row({ ...first!, ...a } as Told, { ...second!, ...b } as Told));
    };
    // A lone text behind them, far off, which is as tall as roles or as names are.
    const lone = [gapped(row(text(0, 0.8, TALL))), row(text(3, 0.8, { height: 0.05 }))];
    const asRole = [...list(TALL, {}), ...lone];
    const asName = [...list({}, TALL), ...lone];
    expect(sure(asRole, 4, 'role')).toBeGreaterThan(atMost(asName, 4, 'role') + 0.05);
  });
});

describe('lone names', () => {
  test('below each other stand alike', () => {
    const list = (x: number): number =>
      sure([row(text(-4, LEFT)), row(text(3, RIGHT)), row(text(1, x, TALL))], -1, 'name');
    expect(list(RIGHT)).toBeGreaterThan(list(0.8) + 0.05);
  });

  test('first names beside and below a job are who did it', () => {
    const kim = told('Kim', -1, { x: RIGHT, width: 0.1, ...TALL });
    const list = (about: About): number => sure([row(text(-6, LEFT, about), text(4, RIGHT)), row(kim)], -1, 'name');
    expect(list({ kinds: { namesJob: true } })).toBeGreaterThan(list({}) + 0.02);
  });

  test('beside each other far below a role are none of its', () => {
    const names = toldRow([text(2, 0.2), text(2, 0.6)], { close: false });
    const list = (isFar: boolean): ToldRow[] => [row(text(-4, LEFT)), { ...names, isFar }];
    expect(sure(list(false), -1, 'names')).toBeGreaterThan(atMost(list(true), -1, 'names') + 0.1);
  });
});

describe('the case of two texts beside each other', () => {
  const beside = (first: string, second: string, odds: readonly [number, number]): ToldRow =>
    row(told(first, odds[0], { x: LEFT, width: 0.1 }), told(second, odds[1], { x: RIGHT, width: 0.1 }));

  test('the name is in capitals', () => {
    const right = (first: string, second: string): number => sure([beside(first, second, [-2, 2])], 0, 'role, name');
    expect(right('Abcd', 'EFGH')).toBeGreaterThan(right('Abcd', 'Efgh'));
    expect(right('ABCD', 'Efgh')).toBeLessThan(right('Abcd', 'Efgh'));
    const left = (first: string, second: string): number => sure([beside(first, second, [2, -2])], 0, 'name, role');
    expect(left('ABCD', 'Efgh')).toBeGreaterThan(left('Abcd', 'Efgh'));
    expect(left('Abcd', 'EFGH')).toBeLessThan(left('Abcd', 'Efgh'));
  });

  test('what is too short has none', () => {
    for (const [first, second] of [['AB', 'Efgh'], ['ABCD', 'AB'], ['AB', 'EFGH'], ['Abcd', 'AB']] as const)
      expect(sure([beside(first, second, [-2, 2])], 0, 'role, name')).toBeCloseTo(sure([beside('AB', 'AB', [-2, 2])], 0, 'role, name'), 9); // prettier-ignore
  });

  test('two names are written alike', () => {
    const names = (first: string, second: string): number =>
      sure([row(text(-5, 0.4)), beside(first, second, [4, 4]), beside(first, second, [4, 4])], 1, 'names');
    expect(names('Abcd', 'Efgh')).toBeGreaterThan(names('Abcd', 'EFGH'));
    expect(names('ABCD', 'EFGH')).toBeGreaterThan(names('ABCD', 'Efgh'));
  });

  test('three beside each other are hardly a role and two names', () => {
    const three = (odds: number): number =>
      sure([row(text(-5, 0.4)), row(text(odds, 0.1), text(4, 0.4), text(4, 0.7))], 1, 'names');
    const two = sure([row(text(-5, 0.4)), row(text(1, 0.1), text(4, 0.4))], 1, 'names');
    expect(three(1)).toBeGreaterThan(two);
    // None of three is the role of the others but the first.
    expect(labelled([row(text(4, 0.1), text(-6, 0.4), text(-6, 0.7))])[0]!.label).toBe('other');
  });
});

describe('texts that look alike', () => {
  /** What look says of a text where three names and three roles of another look are known. */
  function look(about: Told, names: Told, roles: Told, form: ToldRow['form'] = 'apart', count = 1): number {
    const rows = [0, 1, 2].flatMap(() => [row(names), row(roles)]);
    const known = rows.map((_, k) => [{ name: 1 - (k % 2), role: k % 2 }]);
    const parts = Array<Told>(count).fill(about);
    const own = evidenceOf(
      [...rows, toldRow(parts, { form })],
      [...known, parts.map(() => ({ name: 0.5, role: 0.5 }))],
    );
    return own.at(-1)![0]!.odds;
  }

  test.each<[string, number, number]>([
    ['left edge', LEFT, 0.3],
    ['right edge', 0.2, 0.2],
    ['middle', 0.25, 0.2],
  ])('have one %s', (_, x, width) => {
    const names = text(0, LEFT);
    const roles = text(0, 0.8);
    expect(look(text(0, x, { width }), names, roles)).toBeCloseTo(look(names, names, roles), 6);
    expect(look(text(0, x - 0.2, { width: width + 0.07 }), names, roles)).toBeLessThan(look(names, names, roles) - 0.1);
  });

  test('are of one case; what is too short is of any', () => {
    const of = (words: string): Told => told(words, 0, { x: LEFT, width: 0.1 });
    const [upper, lower, short] = [of('ABCD EFG'), of('Abcd Efg'), of('A B')];
    expect(look(upper, upper, lower)).toBeGreaterThan(0.5);
    expect(look(short, upper, lower)).toBeCloseTo(0, 1);
    expect(look(upper, short, lower)).toBeGreaterThan(0.5);
    expect(look(upper, lower, short)).toBeLessThan(-0.5);
  });

  test('names of a paragraph tell once how they look', () => {
    const [names, roles] = [text(0, LEFT), text(0, 0.8)];
    const one = look(names, names, roles, 'paragraph');
    expect(look(names, names, roles, 'paragraph', 4)).toBeCloseTo(one / 4, 6);
    expect(look(names, names, roles, 'apart', 4)).toBeCloseTo(one, 6);
  });

  test('a person alone in a row is hardly a role, unless it looks like one or is a job by its words', () => {
    const person = (about: About = {}): Told => text(0, 0.8, { kinds: { person: 0.5 }, ...about });
    const plain = text(0, 0.8);
    const odds = (one: Told, names: Told, roles: Told, count = 1): number =>
      look(one, names, roles, 'apart', count) - look({ ...plain, x: one.x }, names, roles, 'apart', count);
    const [names, roles] = [text(0, LEFT), text(0, RIGHT)];
    expect(odds(person(), names, roles)).toBeCloseTo(3, 6);
    expect(odds(person({ kinds: { person: 0.4 } }), names, roles)).toBeCloseTo(0, 6);
    expect(odds(person({ kinds: { person: 0.5, namesJob: true } }), names, roles)).toBeCloseTo(0, 6);
    expect(odds(person({ x: RIGHT }), names, roles)).toBeCloseTo(0, 6);
    expect(odds(person(), names, roles, 2)).toBeCloseTo(0, 6);
  });
});
