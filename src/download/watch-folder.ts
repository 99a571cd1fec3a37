import { stat } from 'node:fs/promises';
import { basename, extname, join, parse } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { watch } from 'chokidar';
import { KinoscopeError } from '../core/errors.js';
import { isSystemEntry } from '../core/system-entries.js';
import { isFilmName } from './film-files.js';

export interface WatchOptions {
  /** Called with the path of one film after the other, those that are there at the start first. */
  readonly onFile: (path: string) => Promise<void>;
  /** Hears what went wrong with one file, or with watching; without it these are ignored. */
  readonly onError?: (error: unknown, path: string | null) => void;
  /** Ends the watching. */
  readonly signal: AbortSignal;
  /** A file counts as complete when it has not grown for so long, milliseconds. Default 5,000. */
  readonly settleMs?: number;
  /** Looks at the files again and again, for network folders, which tell nobody about changes. Default false. */
  readonly polling?: boolean;
}

/** @throws KinoscopeError `not-found` when there is no such folder */
export async function requireFolder(dir: string): Promise<void> {
  const found = await stat(dir).catch(() => null);
  if (!found?.isDirectory()) throw new KinoscopeError('not-found', `There is no folder ${dir}`);
}

/**
 * Watches a folder and all below it for new and changed films until the signal aborts; a call that is under way then is
 * waited for. A film whose .nfo file comes or changes is heard of again. Links are passed over, and what is hidden or the
 * system's own.
 * @throws KinoscopeError `not-found` when there is no such folder
 */
export async function watchFolder(
  dir: string,
  { onFile, onError, signal, settleMs = 5000, polling = false }: WatchOptions,
): Promise<void> {
  await requireFolder(dir);
  if (signal.aborted) return;
  const watcher = watch(dir, {
    followSymlinks: false,
    usePolling: polling,
    ignored: (path, stats) => {
      if (path === dir) return false;
      return (
        isSystemEntry(basename(path)) ||
        (stats !== undefined && !stats.isDirectory() && !(stats.isFile() && (isFilmName(path) || isNfo(path))))
      );
    },
  });
  let last: Promise<unknown> = Promise.resolve();
  const waiting = new Set<string>();
  const enqueue = (path: string): void => {
    if (waiting.has(path)) return;
    waiting.add(path);
    const complete = hasSettled(path, settleMs, signal);
    last = Promise.all([complete, last]).then(async ([settled]) => {
      // What changes from here on is another event.
      waiting.delete(path);
      if (settled && !signal.aborted) await onFile(path).catch((error: unknown) => onError?.(error, path));
    });
  };
  // An .nfo that is still being written would have its films told of again with every piece of it.
  const describe = async (nfo: string): Promise<void> => {
    if (waiting.has(nfo)) return;
    waiting.add(nfo);
    const settled = await hasSettled(nfo, settleMs, signal);
    waiting.delete(nfo);
    if (settled) for (const film of filmsOf(nfo, watcher.getWatched())) enqueue(film);
  };
  let ready = false;
  const hear = (path: string): void => {
    if (isFilmName(path)) enqueue(path);
    // At the start the films are heard of anyway.
    else if (ready) void describe(path);
  };
  watcher
    .on('add', hear)
    .on('change', hear)
    .on('ready', () => void (ready = true))
    .on('error', (error) => onError?.(error, null));
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await watcher.close();
  await last;
}

/**
 * Waits until a file has not changed for `settleMs`, by its own times or, where its folder's clock is another one, by
 * two looks at it; false when it is gone or the signal aborts. (The watching library's own way of waiting leaves out the
 * files that it finds at the start.)
 */
async function hasSettled(path: string, settleMs: number, signal: AbortSignal): Promise<boolean> {
  let before: string | null = null;
  while (!signal.aborted) {
    const found = await stat(path).catch(() => null);
    if (!found) return false;
    const now = `${found.size} ${found.mtimeMs} ${found.ino}`;
    const age = Date.now() - Math.max(found.mtimeMs, found.ctimeMs);
    if (now === before || age >= settleMs) return true;
    before = now;
    await sleep(settleMs, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

/** The films that an .nfo file tells something about: its namesake, those beside it, a whole series. */
function filmsOf(nfo: string, watched: Readonly<Record<string, readonly string[]>>): string[] {
  const { dir, name } = parse(nfo);
  const films = (folder: string): string[] =>
    (watched[folder] ?? []).filter(isFilmName).map((film) => join(folder, film));
  if (name === 'tvshow') return [dir, ...(watched[dir] ?? []).map((entry) => join(dir, entry))].flatMap(films);
  return films(dir).filter((film) => name === 'movie' || parse(film).name === name);
}

const isNfo = (path: string): boolean => extname(path).toLowerCase() === '.nfo';
