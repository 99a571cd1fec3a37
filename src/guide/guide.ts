import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CsvError, parse as parseCsv } from 'csv-parse/sync';
import { decodeText } from '../core/encoding.js';
import { KinoscopeError } from '../core/errors.js';
import { isSystemEntry } from '../core/system-entries.js';
import { isGuideName } from './guide-file.js';
import { GuideThread } from './guide-thread.js';
import type { WantedNames } from './names.js';
import type { Programme } from './xmltv.js';

/** Degrees, north and east. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

interface Area extends Place {
  readonly radius: number;
}

const PLACES = 'places.csv';
const PACKED_OTHERWISE = /\.(?:xml|xmltv)\.(?:xz|bz2|zst|7z)$/i;
const EARTH_KM = 6371;

/** Kilometres between two places, along the surface. */
export function distance(a: Place, b: Place): number {
  const rad = Math.PI / 180;
  const half =
    Math.sin(((b.latitude - a.latitude) * rad) / 2) ** 2 +
    Math.cos(a.latitude * rad) * Math.cos(b.latitude * rad) * Math.sin(((b.longitude - a.longitude) * rad) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.sqrt(half));
}

/** Reads `LAT,LON` in degrees. @throws KinoscopeError `usage` */
export function parsePlace(text: string): Place {
  const [latitude = NaN, longitude = NaN, ...rest] = text
    .split(',')
    .map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (rest.length > 0 || !(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180))
    throw new KinoscopeError('usage', `"${text}" is no place: give latitude and longitude in degrees, as 48.86,2.35`);
  return { latitude, longitude };
}

/** An ISO 8601 time with its offset, in milliseconds since 1970. @throws KinoscopeError `usage` */
export function parseTime(text: string): number {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at))
    throw new KinoscopeError('usage', `"${text}" is no time: give one as 2026-04-02T21:35:00+02:00`);
  return at;
}

/** What was on air at a place and time, from XMLTV files. */
export class Guide {
  private readonly thread = new GuideThread();

  /**
   * @param path an XMLTV file, which holds everywhere, or a folder of them with a table `places.csv`
   *   (`file,latitude,longitude,radius`, degrees and kilometres; a file may have several lines, one without any holds
   *   everywhere); files may be packed by gzip or zip
   */
  constructor(private readonly path: string) {}

  /**
   * The programmes that were on air at `at` (milliseconds since 1970) where one was at `place`; everywhere without one.
   * @param tell hears of each kind of thing in the guide that could not be read
   * @throws KinoscopeError `not-found` when there is no guide for the place, `unreadable`
   */
  async onAir(at: number, place: Place | null, tell?: (note: string) => void): Promise<readonly Programme[]> {
    const { programmes, reports } = await this.thread.onAir(await this.filesOf(place, tell), at);
    for (const { file, programmes: count, faults } of reports) {
      for (const [fault, times] of faults)
        tell?.(`${file} (${count} programmes): ${fault}${times > 1 ? `, ${times} times` : ''}`);
    }
    return programmes;
  }

  /**
   * For each of these, the programme that had last begun by `at` (milliseconds since 1970) anywhere; null: none.
   * @throws KinoscopeError `not-found`, `unreadable`
   */
  async lastOnAir(at: number, wanted: readonly WantedNames[]): Promise<readonly (Programme | null)[]> {
    return (await this.thread.onAir(await this.filesOf(null), at, wanted)).last;
  }

  private async filesOf(place: Place | null, tell?: (note: string) => void): Promise<string[]> {
    const found = await stat(this.path).catch(() => null);
    if (!found) throw new KinoscopeError('not-found', `There is no broadcast guide at ${this.path} (KINOSCOPE_GUIDE)`);
    return found.isDirectory() ? this.filesAt(place, tell) : [this.path];
  }

  onModuleDestroy(): Promise<void> {
    return this.thread.close();
  }

  private async filesAt(place: Place | null, tell?: (note: string) => void): Promise<string[]> {
    const entries = (await readdir(this.path)).filter((name) => !isSystemEntry(name)).sort();
    for (const name of entries)
      if (PACKED_OTHERWISE.test(name)) tell?.(`${name} is packed in a way that is not read: gzip and zip are`);
    const names = entries.filter(isGuideName);
    const table = await readFile(join(this.path, PLACES)).then(decodeText, () => null);
    const areas = table === null ? new Map<string, Area[]>() : parseAreas(table);
    const covers = (name: string): boolean => {
      const own = areas.get(name.normalize('NFC'));
      return place === null || !own || own.some((area) => distance(area, place) <= area.radius);
    };
    const files = names.filter(covers);
    if (files.length === 0) throw new KinoscopeError('not-found', 'No broadcast guide covers this place');
    return files.map((name) => join(this.path, name));
  }
}

/** The areas of each file, by its name. */
function parseAreas(table: string): Map<string, Area[]> {
  const areas = new Map<string, Area[]>();
  for (const row of readRows(table)) {
    const [latitude, longitude, radius] = [Number(row['latitude']), Number(row['longitude']), Number(row['radius'])];
    if (!row['file'] || ![latitude, longitude, radius].every(Number.isFinite))
      throw new KinoscopeError('unreadable', `${PLACES} wants the columns file, latitude, longitude and radius`);
    const file = row['file'].normalize('NFC');
    const own = areas.get(file) ?? [];
    own.push({ latitude, longitude, radius });
    areas.set(file, own);
  }
  return areas;
}

function readRows(table: string): Readonly<Record<string, string>>[] {
  try {
    return parseCsv(table, { columns: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new KinoscopeError('unreadable', `${PLACES} is no CSV table: ${error.message}`, { cause: error });
  }
}
