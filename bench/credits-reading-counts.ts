/** How much of what stands in credits was read, and told right. */
import { linesOf } from '../src/credits/billing/columns.js';
import { parseBilling } from '../src/credits/billing/parse.js';
import { spelled } from '../src/credits/billing/spelling.js';
import { namesIn } from '../src/credits/billing/styles.js';
import type { Row } from '../src/credits/billing/types.js';

/** Role, or null where none stands there, and name. */
export type Pairs = readonly (readonly [role: string | null, name: string])[];

/** Marks that fonts do not tell apart are one; capitals are as one writes them. */
export const plainly = (line: string): string =>
  spelled(
    line
      .normalize('NFC')
      .replace(/[’‘`´]/g, "'")
      .replace(/[“”]/g, '"')
      .replace(/\s+/g, ' ')
      .trim(),
  );
export const bare = (line: string): string =>
  plainly(line)
    .normalize('NFD')
    .replace(/[\p{M}\s]/gu, '');
/** What stands between names of one line. */
const BESIDE = / [-–·•|] /u;
/** The role without case and spaces: small capitals do not tell it. */
export const pair = (role: string, name: string): string => `${bare(role).toLowerCase()} = ${plainly(name)}`;

export interface Counts {
  readonly names: number;
  readonly read: number;
  readonly letters: number;
  /** Names with a role: how many, and how many were told in cast or crew. */
  readonly withRole: number;
  readonly told: number;
  readonly pairs: number;
  readonly toldPairs: number;
  readonly rightPairs: number;
  /** Of what was told and is like something that stands there. */
  readonly sure: number;
  readonly sureWrong: number;
}

export const sumOf = (all: readonly Counts[], of: (one: Counts) => number): number =>
  all.reduce((sum, one) => sum + of(one), 0);

export interface TellName {
  readonly role: string;
  readonly name: string;
  readonly confidence: number;
  readonly isCast: boolean;
}

/** Names with what they were told with. */
export const namesTold = ({ cast, crew }: ReturnType<typeof parseBilling>): TellName[] => [
  ...cast.map(({ character, actor: name, confidence }) => ({ role: character ?? '', name, confidence, isCast: true })),
  ...crew.flatMap(({ role, names }) =>
    names.map(({ text: name, confidence }) => ({ role, name, confidence, isCast: false })),
  ),
];

/** @param sureFrom confidence */
export function countsOf(rows: readonly Row[], truth: Pairs, sureFrom: number, show = false): Counts {
  const told = namesTold(parseBilling(rows));
  const texts = new Set(
    linesOf(rows).flatMap(({ parts }) =>
      parts.flatMap(({ text }) => [text, ...namesIn(text), ...text.split(BESIDE)].map(plainly)),
    ),
  );
  const letters = new Set([...texts].map(bare));
  const tolds = new Set(told.map(({ name }) => plainly(name)));
  const there = new Set(truth.flat().flatMap((text) => (text === null ? [] : [plainly(text)])));
  const pairs = new Set(truth.flatMap(([role, name]) => (role === null ? [] : [pair(role, name)])));
  const toldPairs = told.map(({ role, name }) => pair(role, name));
  const withRole = truth.filter(([role]) => role !== null);
  const count = (some: Pairs, has: (name: string) => boolean): number => some.filter(([, name]) => has(name)).length;
  const sure = told.filter(({ confidence }) => confidence >= sureFrom);
  if (show) {
    const missing = truth.filter(([, name]) => !texts.has(plainly(name))).map(([, name]) => name);
    console.log('  missing', missing.join(' | '));
    console.log('  wrong', sure.filter(({ name }) => !there.has(plainly(name))).map(({ name, confidence }) => `${name} ${confidence.toFixed(2)}`).join(' | ')); // prettier-ignore
    console.log('  pairs', toldPairs.filter((one) => !pairs.has(one)).slice(0, 20).join(' | ')); // prettier-ignore
  }
  return {
    names: truth.length,
    read: count(truth, (name) => texts.has(plainly(name))),
    letters: count(truth, (name) => letters.has(bare(name))),
    withRole: withRole.length,
    told: count(withRole, (name) => tolds.has(plainly(name))),
    pairs: pairs.size,
    toldPairs: toldPairs.length,
    rightPairs: new Set(toldPairs.filter((one) => pairs.has(one))).size,
    sure: sure.length,
    sureWrong: sure.filter(({ name }) => !there.has(plainly(name))).length,
  };
}
