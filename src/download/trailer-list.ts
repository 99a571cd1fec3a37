import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { KinoscopeError } from '../core/errors.js';

/** One trailer of a list. */
export interface TrailerEntry {
  readonly title: string;
  /** A link or a path. */
  readonly link: string;
  readonly genres: readonly string[];
  /** Line of the file that it begins on, from 1. */
  readonly line: number;
}

export interface TrailerList {
  readonly entries: readonly TrailerEntry[];
  /** Lines that cannot be used, and why. */
  readonly faults: readonly { readonly line: number; readonly message: string }[];
}

const COLUMNS = ['title', 'link', 'genres'] as const;

/**
 * Reads a table of trailers with a heading: `title`, `link`, `genres` (several parted by `|`, `;`, `/` or `,`) in any
 * order, other columns ignored; the columns are parted by commas, semicolons or tabs.
 * @param knownGenres the only genres that may be named, letter case aside; without it any
 * @throws KinoscopeError `unreadable` when the file as a whole is no such table
 */
export function parseTrailerList(text: string, knownGenres?: readonly string[]): TrailerList {
  const spelling = new Map(knownGenres?.map((genre) => [genre.toLowerCase(), genre]));
  const entries: TrailerEntry[] = [];
  const faults: { line: number; message: string }[] = [];
  const links = new Set<string>();
  for (const { record, info } of readRecords(text)) {
    // The library counts the line that a record ends on.
    const line =
      info.lines - Object.values(record).reduce((breaks, value) => breaks + (value.split('\n').length - 1), 0);
    const { title = '', link = '', genres: cell = '' } = record;
    const genres = cell
      .split(/[|;/,]/)
      .map((genre) => genre.trim())
      .filter(Boolean);
    const unknown = knownGenres ? genres.filter((genre) => !spelling.has(genre.toLowerCase())) : [];
    const fault = !link
      ? 'there is no link'
      : links.has(link)
        ? `the link was on an earlier line: ${link}`
        : genres.length === 0
          ? 'there is no genre'
          : unknown.length
            ? `unknown genre: ${unknown.join(', ')}`
            : null;
    if (fault) {
      faults.push({ line, message: fault });
      continue;
    }
    links.add(link);
    const spelled = genres.map((genre) => spelling.get(genre.toLowerCase()) ?? genre);
    entries.push({ title: title || link, link, genres: [...new Set(spelled)], line });
  }
  return { entries, faults };
}

const Records = z.array(z.object({ record: z.record(z.string(), z.string()), info: z.object({ lines: z.number() }) }));

function readRecords(text: string): z.infer<typeof Records> {
  if (!text.trim()) throw new KinoscopeError('unreadable', 'The list is empty');
  const heading = /^.*/.exec(text.replace(/^\ufeff/, ''))![0];
  const columns = (delimiter: string): number => heading.split(delimiter).length;
  const delimiter = [',', ';', '\t'].reduce((best, candidate) =>
    columns(candidate) > columns(best) ? candidate : best,
  );
  try {
    const records: unknown = parse(text, {
      bom: true,
      delimiter,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      info: true,
      columns: (names: string[]) => {
        const found = names.map((name) => name.trim().toLowerCase());
        const missing = COLUMNS.filter((column) => !found.includes(column));
        if (missing.length) throw new KinoscopeError('unreadable', `The list has no column ${missing.join(', ')}`);
        return found;
      },
    });
    return Records.parse(records);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new KinoscopeError('unreadable', `The list is no CSV table: ${error.message}`, { cause: error });
  }
}
