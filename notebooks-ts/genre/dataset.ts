import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

export const GENRES = JSON.parse(
  readFileSync(new URL('../../data/genres.json', import.meta.url), 'utf8'),
) as readonly string[];

export const SETS = ['trailers', 'stills', 'posters'] as const;
export type SetName = (typeof SETS)[number];

/** Pictures of one film in one set: a trailer's frames, a film's stills, a poster. */
export interface Item {
  /** Unique over all sets, and stable: features are kept under it. */
  readonly id: string;
  readonly set: SetName;
  /** Normalised title: equal for the same film in whatever set. */
  readonly title: string;
  readonly genres: readonly string[];
  /** Genres of which its label does not tell whether it has them: neither trained on nor measured. */
  readonly unknown: readonly string[];
  readonly year: number | null;
  /** Picture files in order of time; none where there is a video. */
  readonly pictures: readonly string[];
  /** A path or a link. */
  readonly video?: string;
}

/** Titles that are one film under two names, and IMDb numbers of posters whose films occur in another set. */
const SAME_FILM: Readonly<Record<string, string>> = {
  'kimitachi wa dou ikiru ka': 'boy and the heron',
  tt0114709: 'toy story',
  tt0816692: 'interstellar',
};

/**
 * A title as it is compared between sets: lower case, without accents, punctuation, what stands in brackets ("(series)")
 * and a leading article.
 */
export function normaliseTitle(title: string): string {
  const plain = title
    .toLowerCase()
    .replace(/\(.*?\)/g, '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/^(?:the|a|an) /, '');
  return SAME_FILM[plain] ?? plain;
}

type Row = Readonly<Record<string, string>>;
const readTable = (file: string): Row[] =>
  parse(readFileSync(file), { columns: true, skip_empty_lines: true, bom: true });
const known = (cell: string | undefined): string[] => (cell ?? '').split('|').filter((genre) => GENRES.includes(genre));

/** The genre table of MovieLens has no column for these, whatever the film is. */
const NOT_IN_MOVIELENS = ['Biography', 'History', 'Music', 'News', 'Short', 'Sport'];

/** Tables that keep the alphabetically first three genres of a film say nothing of the later ones. */
export function cutOff(genres: readonly string[]): string[] {
  const last = genres.toSorted()[2];
  return genres.length === 3 && last !== undefined ? GENRES.filter((genre) => genre > last) : [];
}

/** Held out elsewhere: no part of training or of measures here. */
export const LEFT_OUT = new Set(['gisaengchung', 'parasite']);

const yearOf = (row: Row): number | null => Number(row['year']) || null;

function readTrailers(dataDir: string): Item[] {
  return readTable(join(dataDir, 'trailer-frames/labels.csv')).map((row) => {
    const folder = join(dataDir, 'trailer-frames', row['folder'] ?? '');
    const pictures = readdirSync(folder)
      .filter((name) => /\.jpe?g$/i.test(name))
      .sort()
      .map((name) => join(folder, name));
    return {
      id: `trailers/${row['folder']}`,
      set: 'trailers',
      title: normaliseTitle(row['title'] ?? ''),
      genres: known(row['genres']),
      unknown: [],
      year: yearOf(row),
      pictures,
    };
  });
}

/** Both sets of stills; a film that is in both has the pictures of both, and the label of the first. */
function readStills(dataDir: string): Item[] {
  const films = new Map<string, Item & { pictures: string[] }>();
  for (const set of ['film-stills', 'film-stills-2']) {
    const table = join(dataDir, set, 'labels.csv');
    for (const row of existsSync(table) ? readTable(table) : []) {
      const title = normaliseTitle(row['title'] ?? '');
      const genres = known(row['genres']);
      const film = films.get(title) ?? {
        id: `stills/${title}`,
        set: 'stills',
        title,
        genres,
        unknown: row['genre_source'] === 'movielens' ? NOT_IN_MOVIELENS.filter((genre) => !genres.includes(genre)) : [],
        year: yearOf(row),
        pictures: [],
      };
      film.pictures.push(join(dataDir, set, 'images', row['file'] ?? ''));
      films.set(title, film);
    }
  }
  return [...films.values()];
}

function readPosters(dataDir: string): Item[] {
  const table = join(dataDir, 'posters/labels-complete.csv');
  const complete = new Map((existsSync(table) ? readTable(table) : []).map((row) => [row['imdb_id'], row['genres']]));
  return readTable(join(dataDir, 'posters/labels.csv')).flatMap((row): Item[] => {
    const number = row['imdb_id'] ?? '';
    const picture = join(dataDir, 'posters/images', `${number}.jpg`);
    if (!existsSync(picture)) return [];
    const genres = known(complete.get(number) ?? row['genres']);
    return [
      {
        id: `posters/${number}`,
        set: 'posters',
        title: normaliseTitle(number),
        genres,
        unknown: complete.has(number) ? [] : cutOff(genres),
        year: null,
        pictures: [picture],
      },
    ];
  });
}

/** The sets of `dataDir` (trailer-frames, film-stills, film-stills-2, posters); pictures without a known genre are left out. */
export function readItems(dataDir: string): Item[] {
  return [...readTrailers(dataDir), ...readStills(dataDir), ...readPosters(dataDir)].filter(
    ({ title, genres }) => genres.length > 0 && !LEFT_OUT.has(title),
  );
}
