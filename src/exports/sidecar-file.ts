import { constants } from 'node:fs';
import { link, lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { SIDECARS } from '../config/environment.js';
import { isOwnText, withMark } from '../core/own-file.js';

/** What became of a file beside a film. */
export type SidecarState =
  | 'written'
  /** It is there and says the same. */
  | 'unchanged'
  /** It was ours and there is nothing to say any more. */
  | 'removed'
  /** There is nothing to say and no file of ours. */
  | 'none'
  /** Somebody else's file, or one of ours that somebody has changed, is in its place: it stays. */
  | 'kept'
  /** See the reason. */
  | 'failed';

export type SidecarName = (typeof SIDECARS)[number];

interface Placing {
  /** Behind the film's name without its extension. */
  readonly ending: string;
  /** Which line says that the file is ours, and how it is a comment there. */
  readonly mark: { readonly at: number; readonly wrap: (mark: string) => string };
}

/**
 * As players look for them: Kodi and MPlayer for film.edl, Kodi, Jellyfin and Emby for film.nfo. Players that take a .vtt file of
 * the film's own name for its subtitles pass over one that is called chapters.
 */
export const SIDECAR_FILES: Readonly<Record<Exclude<SidecarName, 'matroska'>, Placing>> = {
  edl: { ending: '.edl', mark: { at: 0, wrap: (mark) => `## ${mark}` } },
  chapters: { ending: '.ffmetadata', mark: { at: 1, wrap: (mark) => `; ${mark}` } },
  nfo: { ending: '.nfo', mark: { at: 1, wrap: (mark) => `<!-- ${mark} -->` } },
  vtt: { ending: '.chapters.vtt', mark: { at: 2, wrap: (mark) => `NOTE ${mark}` } },
};

/** A larger file in the place of one of ours is none of ours, bytes. */
const LARGEST = 16 * 2 ** 20;

/**
 * Puts a text in its place, or takes it away (null), unless what is there is somebody else's: a film's folder is its owner's.
 * The file is there whole or not at all.
 * @throws system errors
 */
export async function placeSidecar(
  file: string,
  text: string | null,
  { at, wrap }: Placing['mark'],
): Promise<SidecarState> {
  const before = await readOwn(file);
  if (before === 'foreign') return 'kept';
  if (text === null) {
    if (before === null) return 'none';
    await rm(file);
    return 'removed';
  }
  const marked = withMark(text, at, wrap);
  if (marked === before) return 'unchanged';
  return (await writeWhole(file, marked, before !== null)) ? 'written' : 'kept';
}

/** The text of a file that we wrote and nobody has changed; null when there is none. */
async function readOwn(file: string): Promise<string | 'foreign' | null> {
  const found = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (found === null) return null;
  if (!found.isFile() || found.size > LARGEST) return 'foreign';
  const text = await readFile(file, 'utf8');
  return isOwnText(text) ? text : 'foreign';
}

/** @returns false when a file has come in its place meanwhile */
async function writeWhole(file: string, text: string, replaces: boolean): Promise<boolean> {
  // Hidden from players; the next one takes what a killed process has left.
  const part = join(dirname(file), `.${basename(file)}.kinoscope`);
  await rm(part, { force: true });
  const handle = await open(part, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o644);
  try {
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (replaces) await rename(part, file);
    else await claim(part, file);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(part, { force: true });
  }
}

/** Gives a file a name that nobody has; network folders have no second names for files. */
async function claim(part: string, file: string): Promise<void> {
  try {
    await link(part, file);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].some((code) => isCode(error, code))) throw error;
    const handle = await open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o644);
    await handle.close();
    await rename(part, file);
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
