import type { ListedTitle } from './types.js';

/** The library as rows of a list of which only what is seen is drawn. Pure. */

export type Row =
  | { readonly kind: 'heading'; readonly key: string; readonly text: string; readonly level: 2 | 3 }
  | { readonly kind: 'cards'; readonly key: string; readonly titles: readonly ListedTitle[] };

export const HEADING = 48;

const cards = (titles: readonly ListedTitle[], columns: number): Row[] =>
  Array.from({ length: Math.ceil(titles.length / columns) }, (_, index) => {
    const part = titles.slice(index * columns, (index + 1) * columns);
    return { kind: 'cards', key: part[0]?.id ?? String(index), titles: part };
  });

/** In rows of so many; by series and season, with what is of no series last, if wanted. */
export function rowsOf(titles: readonly ListedTitle[], columns: number, bySeries: boolean): Row[] {
  if (!bySeries) return cards(titles, columns);
  const series = Map.groupBy(titles, ({ metadata }) => metadata.series ?? '');
  const names = [...series.keys()].sort((a, b) => (a === '' ? 1 : b === '' ? -1 : a.localeCompare(b)));
  return names.flatMap((name): Row[] => {
    const own = series.get(name) ?? [];
    if (name === '') return [{ kind: 'heading', key: 'h-', text: 'Films', level: 2 }, ...cards(own, columns)];
    const seasons = Map.groupBy(own, ({ metadata }) => metadata.season ?? 0);
    return [
      { kind: 'heading', key: `h-${name}`, text: name, level: 2 },
      ...[...seasons.entries()]
        .sort(([a], [b]) => a - b)
        .flatMap(([season, episodes]): Row[] => [
          {
            kind: 'heading',
            key: `h-${name}-${season}`,
            text: season > 0 ? `Season ${season}` : 'Without a season',
            level: 3,
          },
          ...cards(
            episodes.toSorted((a, b) => (a.metadata.episode ?? 0) - (b.metadata.episode ?? 0)),
            columns,
          ),
        ]),
    ];
  });
}

/** Where every row begins, and after them where the list ends: pixels. */
export function offsetsOf(rows: readonly Row[], cardRow: number): number[] {
  const offsets = [0];
  for (const row of rows) offsets.push((offsets.at(-1) ?? 0) + (row.kind === 'heading' ? HEADING : cardRow));
  return offsets;
}

/** The rows that touch a stretch: from, and one past the last. */
export function visible(offsets: readonly number[], top: number, bottom: number): [number, number] {
  let [low, high] = [0, offsets.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle + 1] ?? Infinity) <= top) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < offsets.length - 1 && (offsets[end] ?? 0) < bottom) end++;
  return [low, end];
}
