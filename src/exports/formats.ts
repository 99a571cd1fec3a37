import { KinoscopeError } from '../core/errors.js';
import { csv, nfo } from './billing.js';
import type { ExportedFilm } from './film.js';
import { edl, ffmetadata, jellyfin, webVtt } from './players.js';
import { celebrityRecognition, segmentDetection } from './rekognition.js';

interface Format {
  readonly type: string;
  /** Of a file of it, behind the title's name. */
  readonly extension: string;
  /** The answers that it is made from: all, or any of them. */
  readonly needs: { readonly of: readonly ('credits' | 'cast' | 'billing' | 'parts')[]; readonly all: boolean };
  readonly write: (film: ExportedFilm) => string;
}

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
  vtt: { type: 'text/vtt', extension: 'vtt', needs: ANY, write: webVtt },
  edl: { type: 'text/plain', extension: 'edl', needs: SKIPPED, write: edl },
  chapters: { type: 'text/plain', extension: 'ffmetadata', needs: ANY, write: ffmetadata },
  jellyfin: { type: 'application/json', extension: 'segments.json', needs: SKIPPED, write: json(jellyfin) },
  nfo: { type: 'text/xml', extension: 'nfo', needs: BILLING, write: nfo },
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
  const { needs, write }: Format = FORMATS[name];
  const missing = needs.of.filter((kind) => (film[kind] ?? null) === null);
  if (needs.all ? missing.length > 0 : missing.length === needs.of.length)
    throw new KinoscopeError(
      'not-found',
      `The title ${film.id} was not analysed for ${missing.filter((kind) => kind !== 'parts').join(' or ')} yet`,
    );
  return write(film);
}
