import { decodeHTMLStrict } from 'entities';
import { Parser } from 'htmlparser2';
import { siteId } from '../core/site-id.js';
import { type CastEntry, describedBy, type MediaMetadata } from './media-source.js';

const ROOTS = ['movie', 'episodedetails', 'tvshow', 'musicvideo'];
/** No .nfo is nested as deep. */
const MAX_DEPTH = 32;
const [FIRST_YEAR, LAST_YEAR] = [1870, 2199];

interface Element {
  readonly name: string;
  /** The attribute of a `uniqueid`. */
  readonly type: string;
  text: string;
  readonly children: Element[];
}

/**
 * Reads what Kodi and Jellyfin keep beside a film. Of a file of several episodes the first counts; what stands around the XML
 * (a link, in older files) is ignored. An .nfo of another kind gives nothing. Linear in the length of the text.
 */
export function parseNfo(text: string): MediaMetadata {
  const root = readRoot(text);
  if (!root) return {};
  const string = (name: string): string | undefined => strings(root, name)[0];
  const number = (name: string): number | undefined =>
    /^\d{1,4}$/.test(string(name) ?? '') ? Number(string(name)) : undefined;
  const isEpisode = root.name === 'episodedetails';
  const title = string('title');
  const year = [string('year'), string('premiered'), string('aired'), string('releasedate')].map(yearOf).find(Boolean);
  const series = root.name === 'tvshow' ? title : isEpisode ? string('showtitle') : undefined;
  const [season, episode] = isEpisode ? [number('season'), number('episode')] : [];
  const ids = idsOf(root);
  const cast = root.children.filter(({ name }) => name === 'actor').flatMap(readActor);
  const plot = string('plot') ?? string('outline') ?? string('tagline');
  const genres = strings(root, 'genre')
    .flatMap((joined) => joined.split(/[|;/,]/))
    .map((genre) => genre.trim())
    .filter(Boolean);
  return {
    ...(title && root.name !== 'tvshow' ? { title } : {}),
    ...(year ? { year } : {}),
    ...(series ? { series } : {}),
    ...(season !== undefined ? { season } : {}),
    ...(episode !== undefined ? { episode } : {}),
    ...(ids.length === 0 ? {} : root.name === 'tvshow' ? { seriesIds: ids } : { ids }),
    ...(cast.length ? { cast } : {}),
    ...describedBy(plot),
    ...(genres.length ? { genres: [...new Map(genres.map((genre) => [genre.toLowerCase(), genre])).values()] } : {}),
  };
}

/** The elements in which Kodi, Jellyfin and Emby keep ids, and the sites that those are of. */
const ID_ELEMENTS: readonly (readonly [element: string, site: string])[] = [
  ['imdbid', 'imdb'],
  ['imdb_id', 'imdb'],
  ['tmdbid', 'tmdb'],
  ['tvdbid', 'tvdb'],
  // once, before there were several
  ['id', 'imdb'],
];

function idsOf(root: Element): string[] {
  const kind = root.name === 'tvshow' ? 'series' : root.name === 'episodedetails' ? 'episode' : 'movie';
  const unique = root.children.filter(({ name }) => name === 'uniqueid');
  const told = [
    ...unique.map(({ type, text }) => siteId(type, text.trim(), kind)),
    ...ID_ELEMENTS.flatMap(([element, site]) => strings(root, element).map((text) => siteId(site, text, kind))),
  ];
  return [...new Set(told.filter((id) => id !== null))];
}

/** The first root that is known; of a file that ends too early, what is there. */
function readRoot(text: string): Element | null {
  const open: Element[] = [];
  let root: Element | null = null;
  let depth = 0;
  // Entities are put back by `strings`: those that a document defines are never expanded.
  const parser = new Parser(
    {
      onopentag(name, { type = '' }) {
        if (++depth > MAX_DEPTH) throw new TooDeep();
        const element = { name, type, text: '', children: [] };
        if (open.length > 0) open.at(-1)!.children.push(element);
        else if (root || !ROOTS.includes(name)) return;
        root ??= element;
        open.push(element);
      },
      ontext(piece) {
        const element = open.at(-1);
        if (element) element.text += piece;
      },
      onclosetag() {
        depth--;
        open.pop();
      },
    },
    { xmlMode: true, decodeEntities: false },
  );
  try {
    parser.end(text);
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    return null;
  }
  return root;
}

class TooDeep extends Error {}

function readActor(actor: Element): CastEntry[] {
  const [name] = strings(actor, 'name');
  const [thumb] = strings(actor, 'thumb');
  return name ? [{ name, role: strings(actor, 'role')[0] ?? null, ...(thumb !== undefined && { thumb }) }] : [];
}

/** The texts of an element's children of this name that have any. */
function strings({ children }: Element, name: string): string[] {
  return children
    .filter((child) => child.name === name)
    .map(({ text }) => decodeHTMLStrict(text).replace(/\s+/g, ' ').trim())
    .filter(Boolean);
}

/** The year at either end of a date; Kodi writes 0 where it knows none. */
function yearOf(text: string | undefined): number | undefined {
  const year = Number(/^\d{4}(?!\d)|(?<!\d)\d{4}$/.exec(text ?? '')?.[0]);
  return year >= FIRST_YEAR && year <= LAST_YEAR ? year : undefined;
}
