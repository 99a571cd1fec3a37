import { posix, sep } from 'node:path';
import type { MediaMetadata } from './media-source.js';

/** What a path says about a film, after the naming that Kodi and Jellyfin share. */
export type NamedMedia = Pick<MediaMetadata, 'title' | 'year' | 'series' | 'season' | 'episode'>;

/** `S01E02`, `s1e2`, `S01E02-E03` (the first counts), `1x02`. */
const EPISODE = /(?:^|[\s._\-[(])(?:s(\d{1,4})[\s._-]?e(\d{1,4})|(\d{1,2})x(\d{2,3}))(?:-?e?\d{1,4})?(?=$|[\s._\-\])])/i;
const SEASON_FOLDER = /^(?:season|staffel|saison|temporada|series)[\s._-]*(\d{1,4})$/i;
const SPECIALS_FOLDER = /^(specials|extras)$/i;
/** `Title (2019)`; a bare year only where something stands before it: "2012" and "1917" are titles. */
const YEAR_IN_BRACKETS = /[([]((?:18|19|20)\d{2})[)\]]/;
const BARE_YEAR = /(?<=[^\s._-][\s._-]+)((?:19|20)\d{2})(?=$|[\s._-])/g;
/** Where a release name stops naming the film. */
const RELEASE_TAGS = [
  '\\d{3,4}[pi]', '4k', 'uhd', 'hdr\\d*', 'blu-?ray', 'bdrip', 'brrip', 'web-?(?:dl|rip)', 'hdtv', 'dvd(?:rip)?', '[xh]\\.?26[45]', 'hevc',
  'remux', 'proper', 'extended', 'unrated',
];
const RELEASE_TAG = new RegExp(`[\\s._-]+(?:${RELEASE_TAGS.join('|')})(?:$|[\\s._-]).*$`, 'i');
/** `[imdbid-tt0133093]`, `{tmdb-603}`, `[1080p]`. */
const TAG = /[[{][^\]}]*[\]}]/g;

/** Reads title, year, season and episode from a file's name and the folders above it. */
export function parseMediaName(path: string): NamedMedia {
  const parts = path.split(sep).join('/').split('/').filter(Boolean);
  const { name } = posix.parse(parts.at(-1) ?? '');
  const folders = parts.slice(0, -1);
  const episode = EPISODE.exec(name);
  return episode ? readEpisode(name, episode, folders) : readFilm(name, folders.at(-1));
}

function readEpisode(name: string, found: RegExpExecArray, folders: readonly string[]): NamedMedia {
  const season = Number(found[1] ?? found[3]);
  const episode = Number(found[2] ?? found[4]);
  const before = readTitle(name.slice(0, found.index));
  const above = readTitle(folders.findLast((folder) => !SEASON_FOLDER.test(folder) && !SPECIALS_FOLDER.test(folder)) ?? '');
  // `Series/Season 1/S01E02.mkv` leaves the series' name to the folder.
  const series = before.title ?? above.title;
  const year = before.year ?? (above.title === series ? above.year : undefined);
  const { title: own } = readTitle(name.slice(found.index + found[0].length));
  const number = `S${String(season).padStart(2, '0')}E${String(episode).padStart(2, '0')}`;
  const title = own ?? (series ? `${series} ${number}` : number);
  return { title, season, episode, ...(series ? { series } : {}), ...(year ? { year } : {}) };
}

function readFilm(name: string, folder: string | undefined): NamedMedia {
  const own = readTitle(name);
  const above = readTitle(folder ?? '');
  // `Title (2019)/anything.mkv`: a folder that carries a year names its film.
  const { title = name, year } = own.year === undefined && above.year !== undefined ? above : own;
  return { title, ...(year ? { year } : {}) };
}

function readTitle(text: string): { title?: string; year?: number } {
  const bracketed = YEAR_IN_BRACKETS.exec(text);
  const plain = text.replace(TAG, ' ');
  const bare = bracketed ? undefined : [...plain.replace(RELEASE_TAG, '').matchAll(BARE_YEAR)].at(-1);
  const cut = bracketed ? text.slice(0, bracketed.index).replace(TAG, ' ')
    : bare ? plain.slice(0, bare.index)
    : plain.replace(RELEASE_TAG, '');
  const spaced = cut.includes(' ') ? cut : cut.replace(/[._]+/g, ' ');
  const title = spaced.replace(/\s+/g, ' ').replace(/^[\s\-._([]+|[\s\-._([]+$/g, '');
  const year = Number(bracketed?.[1] ?? bare?.[1]);
  return { ...(title ? { title } : {}), ...(year ? { year } : {}) };
}
