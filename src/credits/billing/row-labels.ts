import { EDGE, GUTTER, right, standsAs } from './gutters.js';
import { evidenceOf, type NameEvidence } from './row-styles.js';
import { isCapitals, type Told } from './styles.js';
import { isHeading, type ToldRow } from './told-rows.js';

/**
 * What each row of credits is. All rows are labelled together (a hidden Markov model: Rabiner 1989): what a text looks like, what stands before it and how
 * far above, where it stands, and how the texts around that look and stand alike are labelled.
 */

export type Label =
  /** A role, or a heading, alone in its row. */
  | 'role'
  /** The next line of the role in the row before. */
  | 'more role'
  /** A name alone in its row. */
  | 'name'
  /** A role, and behind it who has it. */
  | 'role, name'
  | 'name, role'
  /** Names beside each other. */
  | 'names'
  /** None of these. */
  | 'other';

export interface Labelled {
  readonly row: ToldRow;
  readonly label: Label;
  /** 0 to 1: how probable the label is. */
  readonly sureness: number;
}

/** Natural logarithms, as are all weights here. */
const never = -1e3;
const OTHER = { text: -1.8, more: -0.8, sentence: 3, address: 4 };
/** What heads a list of actors or songs. */
const HEADING = 3;
const ADDRESS = /\bwww\b|https?:|@|\.(?:com|org|net|tv)\b/iu;
/** Credits put the role on the left more often. */
const LEADING_ROLE = { left: 0.4, right: -0.4 };

const logistic = (odds: number): number => 1 / (1 + Math.exp(-odds));
const asName = ({ odds }: NameEvidence): number => Math.log(logistic(odds));
const asRole = ({ odds }: NameEvidence): number => Math.log(logistic(-odds));

function labelsFor({ parts, form }: ToldRow): readonly Label[] {
  if (form === 'paragraph') return parts.length === 1 ? ['name', 'other'] : ['names', 'other'];
  if (parts.length === 1) return ['role', 'more role', 'name', 'other'];
  if (form === 'inline') return ['role, name', 'name, role', 'other'];
  if (parts.length === 2) return ['role, name', 'name, role', 'names', 'other'];
  return ['role, name', 'names', 'other'];
}

/** Of two texts beside each other, one in capitals: that is the name; and two names are written alike. */
const CASE = 0.2;
const ALIKE = 1.5;
const caseOf = (a: Told, b: Told): number => {
  const [first, second] = [isCapitals(a.text), isCapitals(b.text)];
  return first === null || second === null || first === second ? 0 : first ? 1 : -1;
};

function emission({ parts }: ToldRow, label: Label, evidence: readonly NameEvidence[]): number {
  const names = (some: readonly NameEvidence[]): number => some.reduce((sum, one) => sum + asName(one), 0);
  switch (label) {
    case 'role':
      return asRole(evidence[0]!) + (isHeading(parts[0]!) ? HEADING : 0);
    case 'more role':
      return asRole(evidence[0]!);
    case 'name':
      return asName(evidence[0]!);
    case 'role, name':
      return (
        LEADING_ROLE.left +
        asRole(evidence[0]!) +
        names(evidence.slice(1)) -
        2 * Math.max(0, parts.length - 2) +
        CASE * caseOf(parts[1]!, parts[0]!)
      );
    case 'name, role':
      return LEADING_ROLE.right + asName(evidence[0]!) + asRole(evidence[1]!) + CASE * caseOf(parts[0]!, parts[1]!);
    case 'names':
      return names(evidence) - ALIKE * Math.abs(caseOf(parts[0]!, parts[1]!));
    case 'other':
      return (
        OTHER.text +
        OTHER.more * (parts.length - 1) +
        (parts.length === 1 ? OTHER.sentence * parts[0]!.kinds.sentence : 0) +
        (ADDRESS.test(parts[0]!.text) ? OTHER.address : 0)
      );
  }
}

/** Whether two texts stand in one column. */
export const inOneColumn = (a: Told, b: Told): boolean => standsAs(a, b, 1.5 * EDGE);

/** Whether the gutter of one row runs through the other. */
function sharesGutter([a, b]: readonly Told[], [c, d]: readonly Told[]): boolean {
  return Math.min(b!.x, d!.x) - Math.max(right(a!), right(c!)) > GUTTER && (inOneColumn(a!, c!) || inOneColumn(b!, d!));
}

/** Weights of what may follow what: in the same group of lines, and after a gap. */
const FOLLOWS: Readonly<Record<Label, Partial<Record<Label, readonly [close: number, gapped: number]>>>> = {
  role: { role: [-3, -2], 'more role': [-0.7, never], name: [0.5, -0.5], 'role, name': [-1, -0.7], 'name, role': [-1.5, -1.2], names: [0, -0.2], other: [-3, -3] },
  'more role': { role: [never, -2], 'more role': [-2, never], name: [0.5, -1], 'role, name': [-0.5, -1], 'name, role': [-1, -1.5], names: [0, -0.5], other: [-3, -3] },
  name: { role: [-1.2, 0.3], name: [0, -2], 'role, name': [-0.8, -0.2], 'name, role': [-1.3, -0.7], names: [-1.5, -2], other: [-1, -0.5] },
  'role, name': { role: [-2, -0.3], 'more role': [-1, never], name: [0, -2.5], 'role, name': [0.5, 0.2], 'name, role': [-5, -4], names: [-3, -3], other: [-1.5, -0.7] },
  'name, role': { role: [-2, -0.3], 'more role': [-1, never], name: [-1, -2.5], 'role, name': [-5, -4], 'name, role': [0.5, 0.2], names: [-3, -3], other: [-1.5, -0.7] },
  names: { role: [-1.2, 0], name: [-0.7, -2], 'role, name': [-3, -2.5], 'name, role': [-3.5, -3], names: [0.5, -1.5], other: [-1.5, -0.7] },
  other: { role: [-0.5, -0.3], name: [-4, -4], 'role, name': [-0.3, -0.3], 'name, role': [-0.6, -0.6], names: [-4, -4], other: [0.3, 0] },
}; // prettier-ignore
const BEGINS: Partial<Record<Label, number>> = { role: 0, 'role, name': 0, 'name, role': -0.5, name: -4, names: -4, other: 0 }; // prettier-ignore
const ENDS: Partial<Record<Label, number>> = { role: -2.5, 'more role': -2.5 };
/** Standing where the column of names or roles stands, or not. */
const PLACE = { alike: 0.4, apart: -2.5 };
/** A list goes on where a name stood alone in its column of names. */
const NEXT_TO_NAMES = 0.8;
/** A job is hardly the second line of a role of one word that is none. */
const JOB_BELOW = -1;
/** Names below each other are written alike; capitals below small letters are the name, where it is a character's. */
const OTHER_CASE = 1.5;
const UNDER_SMALL = 1;
/** A role alone in the column of roles. */
const COLUMN = 1.2;
const SHARED_GUTTER = { yes: 0.4, no: -0.7 };
/** Names far below what stands above them. */
const FAR = -2;
const placed = (isAlike: boolean): number => (isAlike ? PLACE.alike : PLACE.apart);

/** A role that is to go on, and a text that goes on. */
const GOES_ON = /(?:[&,/–—-]|\b(?:and|of|the|to|for|und|et|y|de|der|di))$/iu;
const CONTINUES = /^(?:\p{Ll}|&)/u;
const UNFINISHED = { yes: 1, no: -1.5 };
/** What is no job below a job is most likely who did it, also where it is a first name alone. */
const UNDER_JOB = 2;

function underJob(role: Told, { kinds }: Told): number {
  return role.kinds.namesJob && !kinds.namesJob && kinds.job < 0.5 ? UNDER_JOB : 0;
}

/** Lines of roles beside names: one that stands in the column of roles alone belongs to the next one, unless the one before is unfinished. */
const unfinished = (role: Told, next: Told): number =>
  GOES_ON.test(role.text) || CONTINUES.test(next.text) ? UNFINISHED.yes : UNFINISHED.no;

/** What the places of two rows say about their labels. */
function geometry(before: ToldRow, a: Label, after: ToldRow, b: Label): number {
  const [first, last] = [before.parts, after.parts];
  if (b === 'name') {
    if (a === 'role, name') return placed(inOneColumn(last[0]!, first[1]!)) + underJob(first[0]!, last[0]!);
    if (a === 'name, role') return placed(inOneColumn(last[0]!, first[0]!));
    const cases = caseOf(last[0]!, first[0]!);
    if (a === 'name') return (inOneColumn(last[0]!, first[0]!) ? 0.2 : -1.5) - (cases === 0 ? 0 : OTHER_CASE);
    if (a === 'role' || a === 'more role') return underJob(first[0]!, last[0]!) + (cases === 1 ? UNDER_SMALL : 0);
  }
  if (b === 'more role') {
    if (a === 'role, name') return placed(inOneColumn(last[0]!, first[0]!)) + unfinished(first[0]!, last[0]!);
    if (a === 'name, role') return placed(inOneColumn(last[0]!, first[1]!)) + unfinished(first[1]!, last[0]!);
    const isJobBelow = last[0]!.kinds.namesJob && !first[0]!.kinds.namesJob && !first[0]!.text.includes(' ');
    return (inOneColumn(last[0]!, first[0]!) ? 0 : -3) + (isJobBelow ? JOB_BELOW : 0);
  }
  if (b === 'role' && after.close) {
    if (a === 'role, name') return inOneColumn(last[0]!, first[0]!) ? COLUMN : 0;
    if (a === 'name, role') return inOneColumn(last[0]!, first[1]!) ? COLUMN : 0;
  }
  if (a === 'role' && after.close) {
    if (b === 'role, name') return inOneColumn(first[0]!, last[0]!) ? COLUMN : 0;
    if (b === 'name, role') return inOneColumn(first[0]!, last[1]!) ? COLUMN : 0;
  }
  if (a === 'name' && b === 'role, name') return inOneColumn(first[0]!, last[1]!) ? NEXT_TO_NAMES : 0;
  if (a === 'name' && b === 'name, role') return inOneColumn(first[0]!, last[0]!) ? NEXT_TO_NAMES : 0;
  const isList = (label: Label): boolean => label === 'role, name' || label === 'name, role';
  if (
    a === b &&
    isList(a) &&
    before.form === 'apart' &&
    after.form === 'apart' &&
    first.length === 2 &&
    last.length === 2
  )
    return sharesGutter(first, last) ? SHARED_GUTTER.yes : SHARED_GUTTER.no;
  return 0;
}

function transition(before: ToldRow, a: Label, after: ToldRow, b: Label): number {
  const weight = FOLLOWS[a][b]?.[after.close && before.row.page === after.row.page ? 0 : 1];
  const far = after.isFar && (b === 'name' || b === 'names') ? FAR : 0;
  return weight === undefined || weight === never ? never : weight + far + geometry(before, a, after, b);
}

/** log of the sum of exponentials */
function logSum(values: readonly number[]): number {
  const most = Math.max(...values);
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}

type Posterior = ReadonlyMap<Label, number>;

/** Forward and backward. @returns of each row the probability of each label */
function posteriors(rows: readonly ToldRow[], evidence: readonly (readonly NameEvidence[])[]): Posterior[] {
  const labels = rows.map(labelsFor);
  const emissions = rows.map((row, k) => labels[k]!.map((label) => emission(row, label, evidence[k]!)));
  const steps = rows.map((row, k) =>
    k === 0 ? [] : labels[k]!.map((b) => labels[k - 1]!.map((a) => transition(rows[k - 1]!, a, row, b))),
  );
  const forward: number[][] = [];
  for (const [k, own] of emissions.entries())
    forward.push(
      own.map((value, b) =>
        k === 0
          ? value + (BEGINS[labels[0]![b]!] ?? never)
          : value + logSum(forward[k - 1]!.map((sum, a) => sum + steps[k]![b]![a]!)),
      ),
    );
  const backward: number[][] = Array<number[]>(rows.length);
  for (let k = rows.length - 1; k >= 0; k--)
    backward[k] = labels[k]!.map((label, a) =>
      k === rows.length - 1
        ? (ENDS[label] ?? 0)
        : logSum(backward[k + 1]!.map((sum, b) => sum + emissions[k + 1]![b]! + steps[k + 1]![b]![a]!)),
    );
  return rows.map((_, k) => {
    const all = forward[k]!.map((value, label) => value + backward[k]![label]!);
    const total = logSum(all);
    return new Map(labels[k]!.map((label, at) => [label, Math.exp(all[at]! - total)]));
  });
}

/** How probable it is that each text of a row is a name, and that it is a role. */
function namesAndRoles(row: ToldRow, posterior: Posterior): { name: number; role: number }[] {
  const of = (label: Label): number => posterior.get(label) ?? 0;
  return row.parts.map((_, k) => {
    if (row.parts.length === 1) return { name: of('name'), role: of('role') + of('more role') };
    const [first, second] = [of('role, name'), of('name, role')];
    return k === 0
      ? { name: second + of('names'), role: first }
      : { name: first + of('names'), role: row.parts.length === 2 ? second : 0 };
  });
}

/** The rows are looked at so often: first by their letters, then also by how texts that look alike were labelled. */
const PASSES = 3;

/** What each row is. */
export function labelled(rows: readonly ToldRow[]): Labelled[] {
  if (rows.length === 0) return [];
  let found = posteriors(rows, evidenceOf(rows, null));
  for (let pass = 1; pass < PASSES; pass++) {
    const soFar = rows.map((row, k) => namesAndRoles(row, found[k]!));
    found = posteriors(rows, evidenceOf(rows, soFar));
  }
  return rows.map((row, k) => {
    const [label, sureness] = [...found[k]!].reduce((best, one) => (one[1] > best[1] ? one : best));
    return { row, label, sureness };
  });
}
