/** Ids of films, series and episodes on the sites that name them, as .nfo files and broadcast guides tell them. */

/** A longer text is cut. */
const MAX_TEXT = 200;

/** Sites of films and series, as guides and .nfo files call them, and what they are called here. */
const SITES: readonly (readonly [RegExp, 'imdb' | 'tmdb' | 'tvdb'])[] = [
  [/imdb/i, 'imdb'],
  [/the\s?moviedb|tmdb/i, 'tmdb'],
  [/the\s?tvdb|^tvdb/i, 'tvdb'],
];
const KINDS: readonly (readonly [RegExp, 'movie' | 'series' | 'episode'])[] = [
  [/^(?:movies?|films?)$/i, 'movie'],
  [/^(?:series|tv|shows?)$/i, 'series'],
  [/^episodes?$/i, 'episode'],
];

/** The first is the film's or the series': what follows counts its seasons. */
const IN_LINK = /\/(movies?|films?|tv|series|shows?|episodes?)\/(\d{1,10})(?=[-/?#]|$)/i;
const ALONE = /^(?:([a-z]+)[/-])?(\d{1,10})$/i;

/**
 * An id on a site as one text: `imdb:tt0133093`, `tmdb:movie/603`, `tvdb:series/121361`, `tvdb:episode/4161693`.
 * @param site as `imdb.com`, `themoviedb.org`, `thetvdb`, or a link
 * @param text `tt0133093`, `movie/603`, `603`, or a link; null: none that is known
 * @param kind of a number that does not say what it counts
 */
export function siteId(site: string, text: string, kind: 'movie' | 'series' | 'episode'): string | null {
  const name = SITES.find(([pattern]) => pattern.test(site))?.[1];
  const cut = text.slice(0, MAX_TEXT);
  if (name === undefined) return null;
  if (name === 'imdb') {
    const digits = /(?<![a-z])tt(\d{5,10})(?!\d)/i.exec(cut)?.[1];
    return digits === undefined ? null : `imdb:tt${digits.replace(/^0+/, '').padStart(7, '0')}`;
  }
  const [, said, digits] = (cut.includes('://') ? IN_LINK : ALONE).exec(cut.trim()) ?? [];
  if (digits === undefined) return null;
  const told = KINDS.find(([pattern]) => pattern.test(said ?? ''))?.[1];
  return `${name}:${told ?? kind}/${Number(digits)}`;
}
