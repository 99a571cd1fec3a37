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

/** The three sets of `dataDir` (trailer-frames, film-stills, posters); pictures without a known genre are left out. */
export function readItems(dataDir: string): Item[] {
  const items: Item[] = [];
  for (const row of readTable(join(dataDir, 'trailer-frames/labels.csv'))) {
    const folder = join(dataDir, 'trailer-frames', row['folder'] ?? '');
    const pictures = readdirSync(folder)
      .filter((name) => /\.jpe?g$/i.test(name))
      .sort()
      .map((name) => join(folder, name));
    items.push({
      id: `trailers/${row['folder']}`,
      set: 'trailers',
      title: normaliseTitle(row['title'] ?? ''),
      genres: known(row['genres']),
      pictures,
    });
  }
  const stills = new Map<string, { genres: string[]; pictures: string[] }>();
  for (const row of readTable(join(dataDir, 'film-stills/labels.csv'))) {
    const title = normaliseTitle(row['title'] ?? '');
    const film = stills.get(title) ?? { genres: known(row['genres']), pictures: [] };
    film.pictures.push(join(dataDir, 'film-stills/images', row['file'] ?? ''));
    stills.set(title, film);
  }
  for (const [title, film] of stills) items.push({ id: `stills/${title}`, set: 'stills', title, ...film });
  for (const row of readTable(join(dataDir, 'posters/labels.csv'))) {
    const number = row['imdb_id'] ?? '';
    const picture = join(dataDir, 'posters/images', `${number}.jpg`);
    if (!existsSync(picture)) continue;
    items.push({
      id: `posters/${number}`,
      set: 'posters',
      title: normaliseTitle(number),
      genres: known(row['genres']),
      pictures: [picture],
    });
  }
  return items.filter(({ genres }) => genres.length > 0);
}
