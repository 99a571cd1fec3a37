import { EDGE, type Gutter, guttersAround, guttersOf, inColumns, isAligned, isHeading, right } from './columns.js';
import type { Told } from './styles.js';
import type { Row } from './types.js';

/** How rows of credits are laid out: lists of two columns, lists of names side by side, lines below each other, headings between them. */

/** Rows of two columns that share a gutter. */
export interface Columns {
  readonly kind: 'columns';
  /** Of one list: who has which side is told by all its rows. */
  readonly list: readonly ColumnRow[];
  /** The part of the list that stands here, between two headings. */
  readonly rows: readonly ColumnRow[];
}

export interface ColumnRow {
  readonly left: Told | null;
  readonly right: Told | null;
  /** The row follows the one before without a gap. */
  readonly close: boolean;
}

export type Stretch =
  | Columns
  /** Names side by side. */
  | { readonly kind: 'grid'; readonly rows: readonly (readonly Told[])[] }
  /** Lines below each other: groups that gaps part. */
  | { readonly kind: 'lines'; readonly groups: readonly (readonly Told[])[] };

/** On which side of a gutter a lone text stands: null across it. */
function sideOf(part: Told, { low, high, rows }: Gutter): 'left' | 'right' | null {
  const [lefts, rights] = [rows.map(({ parts }) => parts[0]!), rows.map(({ parts }) => parts[1]!)];
  if (part.x >= low - EDGE && isAligned(part, rights)) return 'right';
  if (right(part) <= high + EDGE && isAligned(part, lefts)) return 'left';
  return null;
}

/** The stretches of all rows, in order. */
export function stretchesOf(rows: readonly Row[]): Stretch[] {
  const told = inColumns(rows);
  const gutters = guttersOf(told);
  const lists = new Map<Gutter, ColumnRow[]>();
  const builder = new Builder();
  told.forEach((one, at) => {
    const own = gutters.get(one);
    if (one.parts.length > 2) return builder.grid(one.parts);
    if (own !== undefined) {
      const list = lists.get(own) ?? [];
      lists.set(own, list);
      return builder.column(list, { left: one.parts[0]!, right: one.parts[1]!, close: one.close });
    }
    const [part] = one.parts;
    for (const gutter of isHeading(part!) ? [] : guttersAround(told, at, gutters)) {
      const side = sideOf(part!, gutter);
      if (side === null) continue;
      const list = lists.get(gutter) ?? [];
      lists.set(gutter, list);
      return builder.column(list, { left: null, right: null, close: one.close, [side]: part });
    }
    return builder.line(part!, one.close);
  });
  return builder.stretches;
}

/** Puts rows of one kind together. */
class Builder {
  readonly stretches: Stretch[] = [];

  column(list: ColumnRow[], row: ColumnRow): void {
    list.push(row);
    const last = this.stretches.at(-1);
    if (last?.kind === 'columns' && last.list === list) (last.rows as ColumnRow[]).push(row);
    else this.stretches.push({ kind: 'columns', list, rows: [row] });
  }

  grid(parts: readonly Told[]): void {
    const last = this.stretches.at(-1);
    if (last?.kind === 'grid') (last.rows as (readonly Told[])[]).push(parts);
    else this.stretches.push({ kind: 'grid', rows: [parts] });
  }

  line(part: Told, close: boolean): void {
    const last = this.stretches.at(-1);
    if (last?.kind === 'lines') {
      const groups = last.groups as Told[][];
      if (close && groups.at(-1)!.at(-1)!.page === part.page) groups.at(-1)!.push(part);
      else groups.push([part]);
    } else this.stretches.push({ kind: 'lines', groups: [[part]] });
  }
}
