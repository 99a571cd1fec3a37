import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { cutOff, GENRES, type Item, LEFT_OUT, normaliseTitle } from './dataset.js';

/** A film as a catalogue describes it. */
export interface Description {
  /** Normalised. */
  readonly title: string;
  readonly year: number | null;
  readonly genres: readonly string[];
  readonly unknown: readonly string[];
  /** Its title as written, and what is told of it. */
  readonly text: string;
}

/** descriptions/descriptions.csv.gz of `dataDir`; `complete` 2 is all genres of IMDb, 1 often the first three. */
export function readDescriptions(dataDir: string): Description[] {
  const file = gunzipSync(readFileSync(join(dataDir, 'descriptions/descriptions.csv.gz'))).toString();
  const rows = parse<Record<string, string>>(file, { columns: true, skip_empty_lines: true, bom: true });
  return rows
    .map((row): Description => {
      const genres = (row['genres'] ?? '').split('|').filter((genre) => GENRES.includes(genre));
      return {
        title: normaliseTitle(row['title'] ?? ''),
        year: Number(row['year']) || null,
        genres,
        unknown: row['complete'] === '2' ? [] : cutOff(genres),
        text: `${row['title'] ?? ''}\n${row['text'] ?? ''}`,
      };
    })
    .filter(({ title, genres }) => genres.length > 0 && !LEFT_OUT.has(title));
}

/** The description of each item, null where there is none: the same title, and years that differ by one at most. */
export function describe(items: readonly Item[], descriptions: readonly Description[]): (Description | null)[] {
  const ofTitle = new Map<string, Description[]>();
  for (const description of descriptions)
    ofTitle.set(description.title, [...(ofTitle.get(description.title) ?? []), description]);
  return items.map(({ title, year }) => {
    const near = (other: number | null): boolean => year === null || other === null || Math.abs(other - year) <= 1;
    return ofTitle.get(title)?.find((description) => near(description.year)) ?? null;
  });
}
