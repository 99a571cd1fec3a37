import { inOneColumn, type Labelled, labelled } from './row-labels.js';
import { songsOf } from './songs.js';
import type { Told } from './styles.js';
import type { ToldRow } from './told-rows.js';
import type { BilledSong } from './types.js';

/** What labelled rows say: headings, roles with their names, songs. */

export type Said =
  | { readonly kind: 'heading'; readonly text: Told; readonly sureness: number }
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
  if (next?.label === 'role, name') return !(next.row.close && inOneColumn(text!, next.row.parts[0]!));
  if (next?.label === 'name, role') return !(next.row.close && inOneColumn(text!, next.row.parts[1]!));
  return next?.label === 'role';
}

class Reader {
  readonly said: Said[] = [];
  private open: { role: Told | null; names: Told[]; isBeside: boolean; sureness: number } | null = null;
  /** A role whose names are still to come. */
  private waiting: { role: Told; sureness: number } | null = null;

  take(one: Labelled, next: Labelled | undefined): void {
    const { row, label, sureness } = one;
    const [first, ...others] = row.parts;
    switch (label) {
      case 'role':
        return headsRows(one, next)
          ? this.say({ kind: 'heading', text: first!, sureness })
          : this.wait(first!, sureness);
      case 'more role':
        return this.goOn(first!);
      case 'name':
      case 'names':
        return this.add(row.parts, sureness);
      case 'role, name':
        return this.begin(first!, others, sureness);
      case 'name, role':
        return this.begin(others[0]!, [first!], sureness);
      case 'other':
        for (const text of row.parts) this.say({ kind: 'alone', text });
    }
  }

  /** Ends the entry that is open. */
  end(): void {
    if (this.open !== null && this.open.names.length > 0) this.said.push({ kind: 'entry', ...this.open });
    this.open = null;
  }

  private say(said: Said): void {
    this.end();
    this.waiting = null;
    this.said.push(said);
  }

  private wait(role: Told, sureness: number): void {
    this.end();
    this.waiting = { role, sureness };
  }

  private goOn(role: Told): void {
    if (this.waiting !== null) this.waiting = { ...this.waiting, role: joinedRole(this.waiting.role, role) };
    else if (this.open?.role) this.open = { ...this.open, role: joinedRole(this.open.role, role) };
  }

  private begin(role: Told, names: readonly Told[], sureness: number): void {
    const whole = this.waiting === null ? role : joinedRole(this.waiting.role, role);
    this.waiting = null;
    this.end();
    this.open = { role: whole, names: [...names], isBeside: true, sureness };
  }

  private add(names: readonly Told[], sureness: number): void {
    if (this.waiting !== null) {
      this.end();
      this.open = { ...this.waiting, names: [], isBeside: false };
      this.waiting = null;
    }
    this.open ??= { role: null, names: [], isBeside: false, sureness: 1 };
    for (const name of names) this.open.names.push({ ...name, confidence: name.confidence * sureness });
  }
}

/** What rows of credits say, from top to bottom. */
export function saidBy(rows: readonly ToldRow[]): Said[] {
  const songs = songRows(rows);
  const reader = new Reader();
  const all = labelled(rows.filter((row) => !songs.has(row)));
  for (const [k, one] of all.entries()) reader.take(one, all[k + 1]);
  reader.end();
  return [...reader.said, ...[...new Set(songs.values())].map((song): Said => ({ kind: 'song', song }))];
}
