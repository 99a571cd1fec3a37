/**
 * Measures how the layout of credits is understood, apart from how they are read: rolls of several layouts below each other, given as rows of
 * text with their places. Reference: each row's first text is taken for the role, the others for its names, a lone text for a name of the role above.
 * `--choose` draws other rolls, on which rules were chosen, and writes nothing; `--show` lists what is told wrong.
 */
import { parseBilling } from '../src/credits/billing/parse.js';
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
}
const sections = new Map<string, Counts>();
const add = (label: string, more: Counts): void => {
  const sum = sections.get(label) ?? { right: 0, told: 0, there: 0 };
  sections.set(label, { right: sum.right + more.right, told: sum.told + more.told, there: sum.there + more.there });
};

for (let seed = 0; seed < ROLLS; seed++) {
  const random = randomOf(seed * 7919 + (choosing ? 3 : 500_009));
  for (let warm = 0; warm < 12; warm++) random();
  const { rows, pairs } = drawRoll(random, names);
  const keyOf = ({ role, name }: RollPair): string => pair(role, name);
  const there = new Map(pairs.map((one) => [keyOf(one), one.section]));
  const told = new Set(namesTold(parseBilling(rows)).map(({ role, name }) => pair(role, name)));
  const plain = new Set(plainly(rows));
  const rightIn = (some: ReadonlySet<string>): number => [...some].filter((one) => there.has(one)).length;
  add('all', { right: rightIn(told), told: told.size, there: there.size });
  add('reference', { right: rightIn(plain), told: plain.size, there: there.size });
  for (const section of SECTIONS) {
    const own = pairs.filter((one) => one.section === section);
    add(section, { right: own.filter((one) => told.has(keyOf(one))).length, told: 0, there: own.length });
  }
  if (show) {
    const wrong = [...told].filter((one) => !there.has(one));
    const missing = [...there].filter(([one]) => !told.has(one));
    if (wrong.length + missing.length > 0) console.log(`roll ${seed}`);
    for (const one of wrong) console.log(`  wrong    ${one}`);
    for (const [one, section] of missing) console.log(`  missing  ${one}   (${section})`);
  }
}

const percent = (part: number, all: number): string => (all === 0 ? '' : ((100 * part) / all).toFixed(1));
const row = (label: string, { right, told, there }: Counts): string =>
  `| ${label.replaceAll('|', '/')} | ${there} | ${percent(right, there)} | ${percent(right, told)} |`;
const lines = [
  '### Understanding the layout of credits',
  '',
  `${ROLLS} rolls of three to seven of ten layouts below each other, given as rows of text with their places (what is read wrong is measured by \`credits-reading\`).`,
  'Pairs of role or character and name: per cent of them told, and of those told right. Reference: the first text of a row is the role.',
  '',
  '| of | pairs | told | right |',
  '|---|---|---|---|',
  ...[...SECTIONS, 'all', 'reference'].map((label) => row(label, sections.get(label)!)),
];
if (choosing) console.log(lines.join('\n'));
else writeSection('credits-layout', lines.join('\n'));
