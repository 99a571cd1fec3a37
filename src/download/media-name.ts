import { sep } from 'node:path';
import { type ParsedResult, parseTorrentTitle } from '@viren070/parse-torrent-title';
import { stemOf } from './film-files.js';
import type { MediaMetadata } from './media-source.js';

/** What a path says about a film, after the naming that Kodi and Jellyfin share, and that of releases. */
export type NamedMedia = Pick<MediaMetadata, 'title' | 'year' | 'series' | 'season' | 'episode' | 'aired'>;

/** Of one name, in characters: what file systems allow, in bytes. The parser's time grows with the cube of it. */
const MAX_NAME = 255;

const SEASON_FOLDER = /^(?:season|series|s)[\s._-]*(\d{1,4})$/i;
const SPECIALS_FOLDER = /^(?:specials|extras)$/i;
/** Folders of a disc: what is in them is named by the folder above. */
const DISC_FOLDER = /^(?:video_ts|bdmv|stream|(?:cd|dis[ck]|dvd)[\s._-]*\d{1,2})$/i;

/** The parser speaks English. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/(?<!\p{L})(?:staffel|saison|temporada|stagione|seizoen|sezon|säsong|sæson|сезон)(?=[\s._-]*\d)/giu, 'Season'],
  [
    /(?<!\p{L})(?:folge|épisode|episodio|episódio|capítulo|capitulo|puntata|aflevering|odcinek|avsnitt|afsnit|серия)(?=[\s._-]*\d)/giu,
    'Episode',
  ],
  [/第(\d{1,4})[話话集]/gu, ' Episode $1'],
  [/(?<![\p{L}\p{N}])part[\s._-]*(\d{1,3})[\s._-]*of[\s._-]*\d{1,3}(?!\d)/giu, 'Episode $1'],
];

const NUMBER = '\\d{1,4}(?:v\\d)?(?=$|[^\\p{L}\\p{N}])';
/** Season and episode: `S01E02`, `s1.e2`, `S01E02-E03` (the first counts), `1x02`, `Season 1 Episode 2`. */
const SEASONED = new RegExp(
  '(?<![\\p{L}\\p{N}])(?:s(?:eason)?[\\s._-]{0,3}\\d{1,4}[\\s._,-]{0,3}e(?:p(?:isode)?)?[\\s._-]{0,3}\\d{1,4}|\\d{1,2}x\\d{2,3})' +
    '(?:[\\s._]?-?[\\s._]?e?\\d{1,3}(?!\\d))?(?![\\p{L}\\p{N}])',
  'iu',
);
/** An episode's number where no season stands beside it. Without such a mark a number belongs to a film: 28 Days Later. */
const LONE = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:e|ep|episode)[\\s._-]{0,3}${NUMBER}|(?:[\\s_]-[\\s_]|\\]\\[|#)${NUMBER}`,
  'iu',
);
const YEAR_MONTH_DAY = '(?:19|20)\\d\\d[\\s._-]?(?:0\\d|1[0-2])[\\s._-]?(?:[0-2]\\d|3[01])';
const DATE = new RegExp(`(?<!\\d)(?:${YEAR_MONTH_DAY}|\\d\\d[\\s._-]\\d\\d[\\s._-](?:19|20)\\d\\d)(?!\\d)`);
/** Cameras and screen recorders name files by date and time: nothing was broadcast then. */
const MOMENT = new RegExp(
  `${YEAR_MONTH_DAY}[\\s._T-]+(?:at[\\s._-]+)?(?:[01]\\d|2[0-3])(?:[.:_h-][0-5]\\d(?!\\d)|[0-5]\\d[0-5]\\d)`,
);
const YEAR_IN_BRACKETS = /[([]((?:18|19|20)\d{2})[)\]]/;
/** `[imdbid-tt0133093]`, `{tmdb-603}`, `[1080p]`. */
const TAG = /[[{][^[\]{}]*[\]}]/g;
/** Where the name of an episode stops. */
const RELEASE_TAG = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${[
    '\\d{3,4}[pi]',
    '4k',
    'uhd',
    'hdr\\d*',
    'blu-?ray',
    'bdrip',
    'brrip',
    'web',
    'web-?(?:dl|rip)',
    'hdtv',
    'dvd(?:rip)?',
    '[xh]\\.?26[45]',
    'hevc',
    'remux',
    'proper',
    'repack',
    'extended',
    'unrated',
    'multi',
    'german',
    'french',
    'spanish',
    'italian',
    'xvid',
  ].join('|')})(?![\\p{L}\\p{N}])`,
  'iu',
);

interface Read extends Pick<NamedMedia, 'year' | 'season' | 'episode' | 'aired'> {
  /** Of the film or the series. */
  readonly title?: string;
  /** Of the episode. */
  readonly own?: string;
}

/** Reads title, year, season, episode and date of broadcast from a file's name and the folders above it. */
export function parseMediaName(path: string): NamedMedia {
  // Disks of a Mac part letters from their accents.
  const parts = path
    .normalize('NFC')
    .split(sep)
    .join('/')
    .split('/')
    .filter(Boolean)
    .map((part) => part.slice(0, MAX_NAME));
  const file = parts.at(-1) ?? '';
  const onDisc = DISC_FOLDER.test(parts.at(-2) ?? '');
  const folders = parts
    .slice(0, -1)
    .filter((folder) => !DISC_FOLDER.test(folder))
    .slice(-2)
    .map(readFolder)
    .reverse();
  const above = folders.find(({ title }) => title !== undefined) ?? {};
  const season = folders[0]?.season;
  const read =
    onDisc && above.title ? {} : season === undefined ? readName(stemOf(file)) : readInSeason(stemOf(file), season);
  if (read.episode !== undefined || read.aired !== undefined) return describeEpisode(read, above);
  // `Title (2019)/anything.mkv`: a folder that carries a year names its film.
  const { title = file, year } = !read.title || (read.year === undefined && above.year !== undefined) ? above : read;
  return { ...(title ? { title } : {}), ...(year ? { year } : {}) };
}

/** `Season 1`, `Specials`, `Series (2019)`, `Series Season 1`. */
function readFolder(folder: string): Read {
  const name = english(folder);
  const number = SEASON_FOLDER.exec(name)?.[1];
  if (number) return { season: Number(number) };
  if (SPECIALS_FOLDER.test(name)) return { season: 0 };
  const parsed = parse(name);
  const [season, ...seasons] = parsed.episodes ? [] : (parsed.seasons ?? []);
  const { title = undefined, year } =
    season === undefined ? readName(name) : { title: parsed.title, year: Number(parsed.year) };
  return {
    ...(title ? { title } : {}),
    ...(year ? { year } : {}),
    ...(season === undefined || seasons.length > 0 ? {} : { season }),
  };
}

function describeEpisode({ title, own, year, season, episode, aired }: Read, above: Read): NamedMedia {
  // `Series/Season 1/S01E02.mkv` leaves the series' name to the folder.
  const series = title ?? above.title;
  const known = year ?? (above.title === series ? above.year : undefined) ?? (aired && Number(aired.slice(0, 4)));
  const number = episodeNumber({ season, episode, aired });
  return {
    title: own ?? [series, number].filter(Boolean).join(' '),
    ...(series ? { series } : {}),
    ...(season === undefined ? {} : { season }),
    ...(episode === undefined ? {} : { episode }),
    ...(aired ? { aired } : {}),
    ...(known ? { year: known } : {}),
  };
}

/** `S01E02`, `E02`, `2024-03-05`, whichever is known; empty for a film. */
export function episodeNumber({
  season,
  episode,
  aired,
}: { [key in 'season' | 'episode']?: number | undefined } & { aired?: string | undefined }): string {
  const digits = (value: number): string => String(value).padStart(2, '0');
  if (episode === undefined) return aired ?? '';
  return `${season === undefined ? '' : `S${digits(season)}`}E${digits(episode)}`;
}

/** A file of a season's folder: `02 - Title`, `Episode 02`, `E02`, or with all that stands in other names. */
function readInSeason(name: string, season: number): Read {
  const isMarked = SEASONED.test(name) || DATE.test(name);
  const [whole, episode] = isMarked
    ? []
    : (/^(?:e|ep|episode)?[\s._-]*(\d{1,4})(?![\p{L}\p{N}])/iu.exec(english(name)) ?? []);
  if (!whole) return { season, ...readName(name) };
  return { season, episode: Number(episode), ...ownTitle(english(name).slice(whole.length)) };
}

function readName(given: string): Read {
  if (MOMENT.test(given)) return { title: spaced(given) };
  const seasoned = SEASONED.exec(given);
  const name = seasoned ? given : english(given);
  const parsed = parse(name);
  const mark =
    seasoned ??
    (parsed.date ? DATE.exec(name) : null) ??
    (parsed.episodes?.length || parsed.date ? LONE.exec(name) : null);
  if (!mark) return readFilm(name, parsed);
  const aired = seasoned ? undefined : parsed.date;
  const [season] = parsed.seasons ?? [];
  const episode = aired ? undefined : parsed.episodes?.[0];
  if (episode === undefined && aired === undefined) return readFilm(name, parsed);
  const before = readable(name.slice(0, mark.index));
  // A mark at the beginning leaves no series, whatever the parser made of the rest.
  const series = before && (withCountry(parsed, before) ?? before);
  return {
    ...(series ? { title: series } : {}),
    ...ownTitle(name.slice(mark.index + mark[0].length)),
    ...(parsed.year ? { year: Number(parsed.year.slice(0, 4)) } : {}),
    ...(season === undefined ? {} : { season }),
    ...(episode === undefined ? {} : { episode }),
    ...(aired ? { aired } : {}),
  };
}

function readFilm(name: string, parsed: ParsedResult): Read {
  const bracketed = YEAR_IN_BRACKETS.exec(name);
  const isRelease = [parsed.resolution, parsed.quality, parsed.codec, parsed.year, parsed.audio, parsed.site].some(
    Boolean,
  );
  const whole = readable(bracketed ? name.slice(0, bracketed.index) : name);
  // Without other signs of a release, and within a word, what follows a hyphen is no release group.
  const cutInWord =
    parsed.title !== undefined &&
    whole.startsWith(`${parsed.title}-`) &&
    /^\p{L}/u.test(whole.slice(parsed.title.length + 1));
  const title = (isRelease && !cutInWord ? (parsed.title ?? whole) : whole || parsed.title)?.trim().replace(/,$/, '');
  const year = bracketed?.[1] ?? parsed.year?.slice(0, 4);
  return { ...(title ? { title } : {}), ...(year ? { year: Number(year) } : {}) };
}

/** The parser drops a first letter that is Latin but not ASCII: another one keeps its place. */
function parse(name: string): ParsedResult {
  const first = /^(?![a-z])\p{Script=Latin}/iu.exec(name)?.[0];
  if (!first) return parseTorrentTitle(name);
  const parsed = parseTorrentTitle(`X${name.slice(first.length)}`);
  return { ...parsed, ...(parsed.title ? { title: first + parsed.title.slice(1) } : {}) };
}

/** The parser takes the US of `Shameless US` for the country of a release; two series may differ in it alone. */
function withCountry({ title, country }: ParsedResult, before: string): string | undefined {
  return title && country && before.toLowerCase() === `${title} ${country}`.toLowerCase() ? before : title;
}

/** What follows an episode's mark; numbers alone are those of more episodes. */
function ownTitle(text: string): Pick<Read, 'own'> {
  const own = readable(text.replace(/^[\s)\]}]+/, ''));
  return /\p{L}{2}/u.test(own) ? { own } : {};
}

function english(name: string): string {
  return WORDS.reduce((text, [word, meaning]) => text.replace(word, meaning), name);
}

/** A piece of a name without tags and brackets of releases. */
function readable(text: string): string {
  const plain = text.replace(TAG, ' ');
  const end = RELEASE_TAG.exec(plain)?.index;
  return spaced(end === undefined ? plain : plain.slice(0, end));
}

function spaced(text: string): string {
  const words = text.includes(' ') ? text : text.replace(/[._]+/g, ' ');
  return words
    .replace(/\s+/g, ' ')
    .replace(/^[\s\-._([,]+/, '')
    .replace(/(?<![\s\-._([,])[\s\-._([,]+$/, '');
}
