import { notAnalysed } from '../titles/not-analysed.js';
import { csv, nfo } from './billing.js';
import { chaptersOf, type ExportedFilm, withheld } from './film.js';
import { edl, ffmetadata, jellyfin, matroska, skipped, webVtt } from './players.js';
import { celebrityRecognition, segmentDetection } from './rekognition.js';

interface Format {
  readonly type: string;
  /** Of a file of it, behind the title's name. */
  readonly extension: string;
  /** The answers that it is made from: all, or any of them. */
  readonly needs: { readonly of: readonly ('credits' | 'cast' | 'billing' | 'parts')[]; readonly all: boolean };
  readonly write: (film: ExportedFilm) => string;
  /** For players: whether there is anything to tell one. Missing: the format is for others. */
  readonly tells?: (film: ExportedFilm) => boolean;
}

const hasChapters = (film: ExportedFilm): boolean => chaptersOf(film).length > 0;
const hasStretches = (film: ExportedFilm): boolean => skipped(film).some(({ kind }) => film.skip[kind] !== 'never');
const hasNames = ({ billing }: ExportedFilm): boolean => (billing?.cast.length ?? 0) + (billing?.crew.length ?? 0) > 0;

const json =
  (make: (film: ExportedFilm) => unknown) =>
  (film: ExportedFilm): string =>
    `${JSON.stringify(make(film), null, 2)}\n`;
const ANY = { of: ['credits', 'cast', 'parts'], all: false } as const;
const SKIPPED = { of: ['credits', 'parts'], all: false } as const;
const SHOTS = { of: ['credits', 'cast'], all: false } as const;
const BILLING = { of: ['billing'], all: true } as const;
const CAST = { of: ['cast'], all: true } as const;

export const FORMATS = {
  vtt: { type: 'text/vtt', extension: 'vtt', needs: ANY, write: webVtt, tells: hasChapters },
  edl: { type: 'text/plain', extension: 'edl', needs: SKIPPED, write: edl, tells: hasStretches },
  chapters: { type: 'text/plain', extension: 'ffmetadata', needs: ANY, write: ffmetadata, tells: hasChapters },
  matroska: { type: 'text/xml', extension: 'chapters.xml', needs: ANY, write: matroska, tells: hasChapters },
  jellyfin: {
    type: 'application/json',
    extension: 'segments.json',
    needs: SKIPPED,
    write: json(jellyfin),
    tells: hasStretches,
  },
  nfo: { type: 'text/xml', extension: 'nfo', needs: BILLING, write: nfo, tells: hasNames },
  csv: { type: 'text/csv', extension: 'credits.csv', needs: BILLING, write: csv },
  rekognition: {
    type: 'application/json',
    extension: 'celebrities.json',
    needs: CAST,
    write: json(celebrityRecognition),
  },
  'rekognition-segments': {
    type: 'application/json',
    extension: 'segments.json',
    needs: SHOTS,
    write: json(segmentDetection),
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;
export const FORMAT_NAMES = Object.keys(FORMATS) as [FormatName, ...FormatName[]];

/** Writes a film's answers in a format. @throws KinoscopeError `not-found` when the answers that it needs are not there */
export function exportFilm(film: ExportedFilm, name: FormatName): string {
  const { needs, write, tells }: Format = FORMATS[name];
  const missing = needs.of.filter((kind) => (film[kind] ?? null) === null);
  if (needs.all ? missing.length > 0 : missing.length === needs.of.length)
    throw notAnalysed(
      film.id,
      missing.filter((kind) => kind !== 'parts'),
    );
  return write(tells && film.players === false ? withheld(film) : film);
}

/** Whether a player would find anything in this format; false where answers are missing, too. */
export function tellsPlayers(film: ExportedFilm, name: FormatName): boolean {
  const { tells }: Format = FORMATS[name];
  return film.players !== false && tells !== undefined && tells(film);
}
