/**
 * Measures how the layout of credits is understood, apart from how they are read: rolls of several layouts below each other, given as rows of
 * text with their places. Reference: each row's first text is taken for the role, the others for its names, a lone text for a name of the role above.
 * `--choose` draws other rolls, on which rules were chosen, and writes nothing; `--show` lists what is told wrong.
 */
import { parseBilling } from '../src/credits/billing/parse.js';
import { isSureName } from '../src/credits/billing/sure.js';
import type { Row } from '../src/credits/billing/types.js';
import { randomOf } from '../src/credits/boosting.js';
import { drawRoll, SECTIONS, type RollPair } from './credits-layout-rolls.js';
import { namesTold, pair } from './credits-reading-counts.js';
import { Names } from './credits-reading-films.js';
import { writeSection } from './results.js';

const DATA = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const [choosing, show] = ['--choose', '--show'].map((option) => process.argv.includes(option));
const ROLLS = 200;
const names = new Names(DATA, choosing ? 0 : 1);

/** Roles stand first, names behind and below them. */
function plainly(rows: readonly Row[]): string[] {
  let role = '';
  return rows.flatMap(({ parts }) => {
    const [first, ...others] = parts.map(({ text }) => text);
    if (others.length > 0) role = first!;
    return (others.length > 0 ? others : [first!]).map((name) => pair(role, name));
  });
}

interface Counts {
  right: number;
  told: number;
  there: number;
  /** Told among the actors where it is one, and among the crew where not. */
  listed: number;
  /** Told with a confidence at which they reach players, and how many of these are right. */
  sure: number;
  sureRight: number;
}
const NONE: Counts = { right: 0, told: 0, there: 0, listed: 0, sure: 0, sureRight: 0 };
const sections = new Map<string, Counts>();
const add = (label: string, more: Partial<Counts>): void => {
  const sum = sections.get(label) ?? NONE;
  const keys = Object.keys(NONE) as (keyof Counts)[];
  sections.set(label, Object.fromEntries(keys.map((key) => [key, sum[key] + (more[key] ?? 0)])) as never);
};
const isCast = (section: string | undefined): boolean => section?.includes('actor') === true;

for (let seed = 0; seed < ROLLS; seed++) {
  const random = randomOf(seed * 7919 + (choosing ? 3 : 500_009));
  for (let warm = 0; warm < 12; warm++) random();
  const { rows, pairs } = drawRoll(random, names);
  const keyOf = ({ role, name }: RollPair): string => pair(role, name);
  const there = new Map(pairs.map((one) => [keyOf(one), one.section]));
  const told = new Map(namesTold(parseBilling(rows)).map((one) => [pair(one.role, one.name), one]));
  const plain = new Set(plainly(rows));
  const right = [...told.keys()].filter((one) => there.has(one));
  const listed = right.filter((one) => told.get(one)!.isCast === isCast(there.get(one)));
  const sure = [...told.keys()].filter((one) => isSureName(told.get(one)!));
  const sureRight = sure.filter((one) => there.has(one)).length;
  add('all', { right: right.length, told: told.size, there: there.size, listed: listed.length, sure: sure.length, sureRight }); // prettier-ignore
  add('reference', { right: [...plain].filter((one) => there.has(one)).length, told: plain.size, there: there.size });
  for (const section of SECTIONS) {
    const own = [...there].flatMap(([one, of]) => (of === section ? [one] : []));
    const [ownRight, ownListed] = [right, listed].map(
      (some) => some.filter((one) => there.get(one) === section).length,
    );
    add(section, { right: ownRight!, there: own.length, listed: ownListed! });
  }
  if (show) {
    const wrong = [...told.keys()].filter((one) => !there.has(one));
    const missing = [...there].filter(([one]) => !told.has(one));
    if (wrong.length + missing.length > 0) console.log(`roll ${seed}`);
    for (const one of wrong) console.log(`  wrong    ${one}`);
    for (const [one, section] of missing) console.log(`  missing  ${one}   (${section})`);
  }
}

const percent = (part: number, all: number): string => (all === 0 ? '' : ((100 * part) / all).toFixed(1));
const row = (label: string, { right, told, there, listed, sure, sureRight }: Counts): string =>
  `| ${label.replaceAll('|', '/')} | ${there} | ${percent(right, there)} | ${percent(right, told)} | ${listed === 0 ? '' : percent(listed, right)} | ${percent(sureRight, sure)} |`;
const lines = [
  '### Understanding the layout of credits',
  '',
  `${ROLLS} rolls of three to seven of ten layouts below each other, given as rows of text with their places (what is read wrong is measured by \`credits-reading\`).`,
  'Pairs of role or character and name: per cent of them told, of those told right, of the right ones among actors or crew as they should be, and of those told',
  'as sure right. Reference: the first text of a row is the role.',
  '',
  '| of | pairs | told | right | actor or crew | sure and right |',
  '|---|---|---|---|---|---|',
  ...[...SECTIONS, 'all', 'reference'].map((label) => row(label, sections.get(label)!)),
];
if (choosing) console.log(lines.join('\n'));
else writeSection('credits-layout', lines.join('\n'));
