import type { Columns, ColumnRow } from './layout.js';
import { capitals, isCapitals, type Told } from './styles.js';

/** Roles with the names that stand beside or below them. */

export interface Entry {
  /** Null where no role is told: names of a list. */
  readonly role: Told | null;
  readonly names: readonly Told[];
  /** 0 to 1: that the names have this role, as far as the layout tells. */
  readonly sureness: number;
}

/** One column in capitals, the other not: the capitals are names; natural logarithm. */
const CAPITALS = 2.5;
/** Credits put the role on the left far more often: natural logarithm. */
const ROLE_LEFT = 1;

const logistic = (odds: number): number => 1 / (1 + Math.exp(-odds));

const texts = (rows: readonly ColumnRow[], side: 'left' | 'right'): Told[] => rows.flatMap((row) => row[side] ?? []);

/** Odds, natural logarithm, that names stand on the right. */
function namesOnRight(list: readonly ColumnRow[]): number {
  const pairs = list.filter(({ left, right }) => left !== null && right !== null);
  const sum = pairs.reduce((total, { left, right }) => total + right!.nameOdds - left!.nameOdds, 0);
  const [left, right] = [capitals(texts(list, 'left')), capitals(texts(list, 'right'))];
  return sum + ROLE_LEFT + CAPITALS * 2 * (right - left);
}

/** A role of several lines is one. */
function joinedRole(before: Told | null, role: Told): Told {
  if (before === null) return role;
  return {
    ...role,
    text: `${before.text} ${role.text}`,
    confidence: before.confidence * role.confidence,
    start: before.start,
  };
}

/** The entries of rows in two columns. @returns null where both columns hold names */
export function byColumns({ list, rows }: Columns): Entry[] {
  const odds = namesOnRight(list);
  const [roleSide, nameSide] = odds >= 0 ? (['left', 'right'] as const) : (['right', 'left'] as const);
  const sureness = logistic(Math.abs(odds));
  const entries: { role: Told | null; names: Told[]; sureness: number }[] = [];
  let waiting: Told | null = null;
  rows.forEach((row, k) => {
    const [role, name] = [row[roleSide], row[nameSide]];
    const last = entries.at(-1);
    if (role !== null && name !== null) {
      entries.push({ role: joinedRole(waiting, role), names: [name], sureness });
      waiting = null;
    } else if (name !== null) {
      if (last !== undefined && waiting === null) last.names.push(name);
      else entries.push({ role: waiting, names: [name], sureness });
      waiting = null;
    } else if (role !== null) {
      const next = rows[k + 1];
      const leads = next !== undefined && next.close && next[nameSide] !== null;
      if (leads || last === undefined || !row.close) waiting = joinedRole(waiting, role);
      else last.role = last.role === null ? role : { ...last.role, text: `${last.role.text} ${role.text}` };
    }
  });
  return entries;
}

/** What a line's case and height say beside its letters: style -> mean of the name odds of its lines. */
function byStyle(lines: readonly Told[]): (line: Told) => number {
  const tallest = Math.max(...lines.map(({ height }) => height));
  const styleOf = ({ text, height }: Told): string => `${isCapitals(text) ?? true} ${height > 0.8 * tallest}`;
  const sums = new Map<string, { sum: number; count: number }>();
  for (const line of lines) {
    const style = sums.get(styleOf(line)) ?? { sum: 0, count: 0 };
    sums.set(styleOf(line), { sum: style.sum + line.nameOdds, count: style.count + 1 });
  }
  if (sums.size < 2) return () => 0;
  return (line) => {
    const { sum, count } = sums.get(styleOf(line))!;
    return count < 3 ? 0 : sum / count;
  };
}

/** The first line of a group of lines is its role, the others are names: natural logarithm, added to what letters say. */
const FIRST_IN_GROUP = 1.2;
const STYLE = 1;
/** So probably a person by its letters. */
const PERSON = 0.4;

/** What is no job below a job is most likely who did it, also where it is a first name alone: natural logarithm. */
const UNDER_JOB = 6;
const under = (role: Told | null, line: Told): number =>
  role !== null && role.kinds.namesJob && !line.kinds.namesJob && line.kinds.job < 0.5 ? UNDER_JOB : 0;

/** Whether the first line of a group looks less like a name than those below it. */
function leads([first, ...others]: readonly Told[]): boolean {
  const mean = others.reduce((sum, { nameOdds }) => sum + nameOdds, 0) / Math.max(1, others.length);
  return others.length > 0 && first!.nameOdds < mean - FIRST_IN_GROUP;
}

/** The entries of lines that stand below each other. @param heading the line above them, which may be the role of all */
export function byTurns(groups: readonly (readonly Told[])[], heading: Told | null): Entry[] {
  const style = byStyle(groups.flat());
  const entries: { role: Told | null; names: Told[]; sureness: number }[] = [];
  let role: Told | null = heading;
  for (const group of groups) {
    let fresh = true;
    for (const [k, line] of group.entries()) {
      const place = k > 0 ? FIRST_IN_GROUP : leads(group) ? -FIRST_IN_GROUP : 0;
      // A name above a name is none of them's character, unless their style tells them apart or it is a job by its words.
      const isJob = k === 0 && group.length > 1 && line.kinds.namesJob;
      const least = line.kinds.person > PERSON && !isJob ? 0.1 : -Infinity;
      const odds = Math.max(least, line.nameOdds + place + under(role, line)) + STYLE * style(line);
      if (odds < 0) {
        role = fresh && k > 0 && role !== null && role !== heading ? joinedRole(role, line) : line;
        fresh = true;
        continue;
      }
      const last = entries.at(-1);
      if (last !== undefined && last.role === role && role !== null) last.names.push(line);
      else entries.push({ role, names: [line], sureness: logistic(Math.abs(odds) + 1) });
      fresh = false;
    }
  }
  return entries;
}
