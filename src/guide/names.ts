import type { EpisodeNumber } from './episode-numbers.js';
import type { Programme } from './xmltv.js';

const ARTICLE = /^(.+), (the|an?|der|die|das|le|la|les|el|los|las|il|lo|gli|het|de)$/i;

/** Names as people write them: without case, accents and punctuation; `Matrix, The` and `&` as they are spoken. */
export const plainName = (text: string): string =>
  text
    .replace(ARTICLE, '$2 $1')
    .replace(/&/g, ' and ')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const WITH_YEAR = /^(.*\S)\s*\((\d{4})\)$/;

/** A name and the year that stands behind it. */
function named(text: string): { readonly key: string; readonly year: number | undefined } {
  const [, name, year] = WITH_YEAR.exec(text.slice(0, 1000).trim()) ?? [];
  return { key: plainName(name ?? text), year: year === undefined ? undefined : Number(year) };
}

/** What a title of the library is, as far as that tells which programmes are it. */
export interface WantedTitle extends EpisodeNumber {
  /** Of the film; of an episode, its own. */
  readonly names: readonly string[];
  readonly series?: string | undefined;
  readonly year?: number | undefined;
  /** Day of its first broadcast, `YYYY-MM-DD`. */
  readonly aired?: string | undefined;
  /** As `siteId` writes them. */
  readonly ids: readonly string[];
  /** Its series'. */
  readonly seriesIds: readonly string[];
  /** Another film of the library is called so. */
  readonly isAmbiguous: boolean;
}

/** What to look for in a guide: programmes that are one of the titles, or name somebody. */
export interface Wanted {
  readonly titles: readonly WantedTitle[];
  readonly cast: readonly string[];
}

/** A film and what is made of it later differ by more; guides count from the production or the first broadcast. */
const YEARS_APART = 1;

const agree = (a: number | undefined, b: number | undefined): boolean =>
  a === undefined || b === undefined || Math.abs(a - b) <= YEARS_APART;

const kindOf = (id: string): string => id.slice(0, Math.max(id.indexOf(':'), id.indexOf('/')));

/** Both have ids of a kind, and they differ. Of IMDb's nobody sees whether they are an episode's or its series'. */
function contradicts(theirs: readonly string[], { ids, seriesIds, series }: WantedTitle): boolean {
  const own = [...ids, ...seriesIds].filter((id) => series === undefined || !id.startsWith('imdb:'));
  const kinds = new Set(own.map(kindOf));
  return theirs.some((id) => kinds.has(kindOf(id))) && !theirs.some((id) => own.includes(id));
}

const isNumbered = ({ season, episode }: EpisodeNumber): boolean => season !== undefined || episode !== undefined;

/** A programme is this very episode of the series that it is of. */
function isEpisode(programme: Programme, { season, episode, aired, names }: WantedTitle): boolean {
  if (programme.episode !== undefined && episode !== undefined)
    // what has no season is of the first, or counted through
    return programme.episode === episode && (programme.season ?? 1) === (season ?? 1);
  if (programme.aired !== undefined && aired !== undefined) return programme.aired === aired;
  const called = new Set(names.map(plainName));
  return (programme.subtitles ?? []).some((subtitle) => called.has(plainName(subtitle)));
}

/** Programmes by what they are called, by who is in them, and by their ids. */
export interface GuideIndex {
  readonly titles: ReadonlyMap<string, readonly Programme[]>;
  readonly cast: ReadonlyMap<string, readonly Programme[]>;
  readonly ids: ReadonlyMap<string, readonly Programme[]>;
}

export function indexOf(programmes: readonly Programme[]): GuideIndex {
  const index = {
    titles: new Map<string, Programme[]>(),
    cast: new Map<string, Programme[]>(),
    ids: new Map<string, Programme[]>(),
  };
  // Names come again and again.
  const keys = new Map<string, string>();
  const keyOf = (text: string, read: (text: string) => string): string => {
    const known = keys.get(text) ?? read(text);
    keys.set(text, known);
    return known;
  };
  const add = (to: Map<string, Programme[]>, key: string, programme: Programme): void => {
    const there = to.get(key);
    if (!there) to.set(key, [programme]);
    else if (there.at(-1) !== programme) there.push(programme);
  };
  for (const programme of programmes) {
    for (const title of programme.titles)
      add(
        index.titles,
        keyOf(title, (text) => named(text).key),
        programme,
      );
    for (const { name } of programme.cast) add(index.cast, keyOf(name, plainName), programme);
    for (const id of programme.ids ?? []) add(index.ids, id, programme);
  }
  for (const map of [index.titles, index.cast]) map.delete('');
  return index;
}

const yearOf = (programme: Programme): number | undefined =>
  programme.year ?? programme.titles.map((title) => named(title).year).find((year) => year !== undefined);

/** Under one name there are films of several years, or a series beside a film. */
function isSeveral(programmes: readonly Programme[]): boolean {
  const years = programmes.flatMap((programme) => yearOf(programme) ?? []);
  const numbered = programmes.filter(isNumbered).length;
  return Math.max(...years) - Math.min(...years) > YEARS_APART || (numbered > 0 && numbered < programmes.length);
}

/**
 * Those that are a title: by an id of its own; by its series' id, or name, and its number, day or own name; else a film of its name,
 * where the years agree, or where one of them is not told and the name stands for nothing else, in the guide and in the library.
 */
export function programmesOf({ titles, ids }: GuideIndex, wanted: WantedTitle): Programme[] {
  const withId = (some: readonly string[]): Programme[] => some.flatMap((id) => ids.get(id) ?? []);
  const found = new Set([
    ...withId(wanted.ids),
    ...withId(wanted.seriesIds).filter((programme) => isEpisode(programme, wanted)),
  ]);
  const { series } = wanted;
  for (const name of series === undefined ? wanted.names : [series]) {
    const { key, year = wanted.year } = named(name);
    const called = (titles.get(key) ?? []).filter(({ ids: theirs = [] }) => !contradicts(theirs, wanted));
    const isIt =
      series !== undefined
        ? (programme: Programme) => isEpisode(programme, wanted)
        : isFilm(called, year, wanted.isAmbiguous);
    for (const programme of called) if (isIt(programme)) found.add(programme);
  }
  return [...found];
}

function isFilm(
  called: readonly Programme[],
  year: number | undefined,
  isAmbiguous: boolean,
): (programme: Programme) => boolean {
  const bare = !isAmbiguous && !isSeveral(called);
  return (programme) => {
    const theirs = yearOf(programme);
    if (isNumbered(programme) || !agree(year, theirs)) return false;
    return bare || (year !== undefined && theirs !== undefined);
  };
}

/** What had last begun by a time, milliseconds since 1970, and what begins next; null: nothing that is known. */
export interface Around {
  readonly last: Programme | null;
  readonly next: Programme | null;
}

export function around(programmes: Iterable<Programme>, at: number): Around {
  let [last, next]: [Programme | null, Programme | null] = [null, null];
  for (const one of programmes) {
    if (one.start <= at && (last === null || one.start > last.start)) last = one;
    if (one.start > at && (next === null || one.start < next.start)) next = one;
  }
  return { last, next };
}

/** The programmes that are one of the titles, or name somebody. */
export function programmesOfAny(index: GuideIndex, { titles, cast }: Wanted): Programme[] {
  return [
    ...titles.flatMap((title) => programmesOf(index, title)),
    ...cast.flatMap((name) => index.cast.get(plainName(name)) ?? []),
  ];
}
