import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CsvError, parse as parseCsv } from 'csv-parse/sync';
import { z } from 'zod';
import { decodeText } from '../core/encoding.js';
import { KinoscopeError } from '../core/errors.js';
import { isSystemEntry } from '../core/system-entries.js';
import { isGuideName } from './guide-file.js';
import { distance, type Place } from './place.js';

/** A guide of the settings: a file, a folder of files, or a link. */
export interface GuideSetting {
  /** null: as its file or host. */
  readonly name: string | null;
  /** Absolute path, or link. */
  readonly location: string;
}

/** One guide: a file or a link. */
export interface Source {
  readonly name: string;
  readonly location: string;
  /** Circles in one of which a viewer has to be, by the table `places.csv` of the folder; null: anywhere. */
  readonly circles: readonly (Place & { readonly radius: number })[] | null;
}

export const isLink = (location: string): boolean => /^https?:\/\//i.test(location);

const PLACES = 'places.csv';
const PACKED_OTHERWISE = /\.(?:xml|xmltv)\.(?:xz|bz2|zst|7z)$/i;

/** The guides of a setting: of a folder, each file. @throws KinoscopeError `unreadable` */
export async function sourcesOf({ name, location }: GuideSetting, tell?: (note: string) => void): Promise<Source[]> {
  if (isLink(location)) return [{ name: name ?? new URL(location).hostname, location, circles: null }];
  const found = await stat(location).catch(() => null);
  if (!found?.isDirectory()) return [{ name: name ?? basename(location), location, circles: null }];
  const entries = (await readdir(location)).filter((entry) => !isSystemEntry(entry)).sort();
  for (const entry of entries)
    if (PACKED_OTHERWISE.test(entry)) tell?.(`${entry} is packed in a way that is not read: gzip and zip are`);
  const table = await readFile(join(location, PLACES)).then(decodeText, () => null);
  const circles = table === null ? new Map<string, (Place & { radius: number })[]>() : parseCircles(table);
  return entries
    .filter(isGuideName)
    .map((entry) => ({
      name: name === null ? entry : `${name}/${entry}`,
      location: join(location, entry),
      circles: circles.get(entry.normalize('NFC')) ?? null,
    }));
}

export const covers = ({ circles }: Source, place: Place): boolean =>
  circles === null || circles.some((circle) => distance(circle, place) <= circle.radius);

/** The circles of each file, by its name. */
function parseCircles(table: string): Map<string, (Place & { radius: number })[]> {
  const circles = new Map<string, (Place & { radius: number })[]>();
  for (const row of readRows(table)) {
    const [latitude, longitude, radius] = [Number(row['latitude']), Number(row['longitude']), Number(row['radius'])];
    if (!row['file'] || ![latitude, longitude, radius].every(Number.isFinite))
      throw new KinoscopeError('unreadable', `${PLACES} wants the columns file, latitude, longitude and radius`);
    const file = row['file'].normalize('NFC');
    const own = circles.get(file) ?? [];
    own.push({ latitude, longitude, radius });
    circles.set(file, own);
  }
  return circles;
}

function readRows(table: string): Readonly<Record<string, string>>[] {
  try {
    return parseCsv(table, { columns: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new KinoscopeError('unreadable', `${PLACES} is no CSV table: ${error.message}`, { cause: error });
  }
}

const State = z.object({
  /** When it was last read, ISO 8601 in UTC; null: never. */
  refreshedAt: z.string().nullable(),
  /** When that was last tried. */
  checkedAt: z.string(),
  /** Tries in a row that failed, and why the last one did. */
  failures: z.number(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  channels: z.number(),
  programmes: z.number(),
  /** Of the first programme's start and the last one's, ISO 8601 in UTC. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** What could not be read, in words, with how often. */
  faults: z.array(z.tuple([z.string(), z.number()])),
  /** Of the file that was tried: it changes with it. */
  signature: z.string().nullable(),
});
/** How it stands with a source. */
export type SourceState = Readonly<z.infer<typeof State>>;

/** Where a source's programmes and its state are kept, named by where it comes from. */
export function keptPaths(folder: string, { location }: Pick<Source, 'location'>): { guide: string; state: string } {
  const key = createHash('sha256').update(location).digest('hex').slice(0, 24);
  return { guide: join(folder, `${key}.jsonl`), state: join(folder, `${key}.json`) };
}

export async function readState(path: string): Promise<SourceState | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return State.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

export const writeState = (path: string, state: SourceState): Promise<void> => writeJson(path, state);

/** Replaces a file at once. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${randomUUID()}.part`;
  await writeFile(unfinished, JSON.stringify(value));
  await rename(unfinished, path);
}

/** Changes with a file; null: there is none. */
export async function signatureOf(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  return found && `${found.mtimeMs} ${found.size} ${found.ino}`;
}
