import type { ToldRow } from './columns.js';
import { type Labelled, labelled, standsAs } from './row-labels.js';
import { songsOf } from './songs.js';
import type { Told } from './styles.js';
import type { BilledSong } from './types.js';

/** What labelled rows say: headings, roles with their names, songs. */

export type Said =
  | { readonly kind: 'heading'; readonly text: Told }
  | {
      readonly kind: 'entry';
      /** Null where no role is told: names of a list. */
      readonly role: Told | null;
      readonly names: readonly Told[];
      /** The role stands beside the names, not above them. */
      readonly isBeside: boolean;
      /** 0 to 1: that the names have this role, as far as the layout tells. */
      readonly sureness: number;
    }
  | { readonly kind: 'song'; readonly song: BilledSong }
  /** Nobody says what it is. */
  | { readonly kind: 'alone'; readonly text: Told };

/** A role of several lines is one. */
const joinedRole = (before: Told, role: Told): Told => ({
  ...role,
  text: `${before.text} ${role.text}`,
  confidence: before.confidence * role.confidence,
  start: before.start,
});

/** Songs among rows that stand alone: groups that gaps part. @returns row -> its song, once for all its rows */
function songRows(rows: readonly ToldRow[]): Map<ToldRow, BilledSong> {
  const found = new Map<ToldRow, BilledSong>();
  let among = false;
  let group: ToldRow[] = [];
  const flush = (): void => {
    const song = songsOf(
      group.map(({ parts }) => parts[0]!),
      among,
    );
    if (song !== null) for (const row of group) found.set(row, song);
    group = [];
  };
  for (const row of rows) {
    const [first, ...others] = row.parts;
    const heads = first!.kinds.headsSongs ? true : first!.kinds.headsCast ? false : null;
    if (others.length > 0 || !row.close || heads !== null) flush();
    if (others.length > 0) continue;
    if (heads === null) group.push(row);
    else among = heads;
  }
  flush();
  return found;
}

/** Whether a role alone heads the rows below it, rather than being the role of the names there. */
function headsRows({ row }: Labelled, next: Labelled | undefined): boolean {
  const [text] = row.parts;
  if (text!.kinds.headsCast || text!.kinds.headsSongs) return true;
  if (next?.label === 'role, name') return !(next.row.close && standsAs(text!, next.row.parts[0]!));
  if (next?.label === 'name, role') return !(next.row.close && standsAs(text!, next.row.parts[1]!));
  return next?.label === 'role';
}

/** What rows of credits say, from top to bottom. */
export function saidBy(rows: readonly ToldRow[]): Said[] {
  const songs = songRows(rows);
  const said: Said[] = [];
  let open = null as { role: Told | null; names: Told[]; isBeside: boolean; sureness: number } | null;
  let waiting = null as { role: Told; sureness: number } | null;
  const flush = (): void => {
    if (open !== null && open.names.length > 0) said.push({ kind: 'entry', ...open });
    open = null;
  };
  const all = labelled(rows.filter((row) => !songs.has(row)));
  const add = (names: readonly Told[], sureness: number): void => {
    if (waiting !== null) {
      flush();
      open = { role: waiting.role, names: [], isBeside: false, sureness: waiting.sureness };
      waiting = null;
    }
    open ??= { role: null, names: [], isBeside: false, sureness: 1 };
    for (const name of names) open.names.push({ ...name, confidence: name.confidence * sureness });
  };
  const withRole = (role: Told, names: readonly Told[], sureness: number): void => {
    const whole = waiting === null ? role : joinedRole(waiting.role, role);
    waiting = null;
    flush();
    open = { role: whole, names: [...names], isBeside: true, sureness };
  };
  for (const [k, one] of all.entries()) {
    const { row, label, sureness } = one;
    const [first, ...others] = row.parts;
    switch (label) {
      case 'role':
        if (headsRows(one, all[k + 1])) {
          flush();
          waiting = null;
          said.push({ kind: 'heading', text: first! });
        } else {
          flush();
          waiting = { role: first!, sureness };
        }
        break;
      case 'more role':
        if (waiting !== null) waiting = { ...waiting, role: joinedRole(waiting.role, first!) };
        else if (open !== null) open = { ...open, role: open.role === null ? null : joinedRole(open.role, first!) };
        break;
      case 'name':
        add([first!], sureness);
        break;
      case 'names':
        add(row.parts, sureness);
        break;
      case 'role, name':
        withRole(first!, others, sureness);
        break;
      case 'name, role':
        withRole(others[0]!, [first!], sureness);
        break;
      case 'other':
        flush();
        waiting = null;
        for (const text of row.parts) said.push({ kind: 'alone', text });
    }
  }
  flush();
  for (const song of new Set(songs.values())) said.push({ kind: 'song', song });
  return said;
}
