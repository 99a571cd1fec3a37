import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { KinoscopeError } from '../core/errors.js';
import { HEAD_BYTES, pictureIn } from './pictures/format.js';

/** What people give by mistake, by its first bytes. No container that is read begins so. */
const NO_FILMS: readonly (readonly [RegExp, string])[] = [
  [/^%PDF-/, 'a PDF'],
  [/^PK[^ -~]/, 'a ZIP archive'],
  [/^(RIFF|RF64)[^]{4}WAVE|^FORM[^]{4}AIF[FC]|^fLaC|^ID3/, 'sound without pictures'],
];

/** Yuv4mpeg begins with a line of text. */
const FILM_AS_TEXT = /^YUV4MPEG2 /;

/** Whether bytes are the beginning of a text in UTF-8. */
function isText(head: Buffer): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return !/[^\P{Cc}\t\n\f\r]/u.test(text) && !FILM_AS_TEXT.test(text);
  } catch {
    return false;
  }
}

/** What a file is instead of a film, in words; null where its first bytes do not say. */
function otherThanFilm(head: Buffer): string | null {
  const picture = pictureIn(head);
  if (picture !== null) return `a picture (${picture})`;
  const bytes = head.toString('latin1');
  return NO_FILMS.find(([beginning]) => beginning.test(bytes))?.[1] ?? (isText(head) ? 'text' : null);
}

async function headOf(file: string): Promise<Buffer> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle?.close();
  }
}

/**
 * Refuses what cannot be a video file before any decoder sees it, and says what it is instead.
 *
 * @throws KinoscopeError `not-found` or `unreadable`
 */
export async function checkMediaFile(file: string): Promise<void> {
  const name = basename(file);
  const fail = (error: NodeJS.ErrnoException): never => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR')
      throw new KinoscopeError('not-found', `${name} does not exist`);
    throw new KinoscopeError('unreadable', `${name} cannot be read: ${error.code ?? error.message}`, { cause: error });
  };
  const found = await stat(file).catch(fail);
  if (found.isDirectory()) throw new KinoscopeError('unreadable', `${name} is a directory`);
  if (!found.isFile()) throw new KinoscopeError('unreadable', `${name} is not a regular file`);
  if (found.size === 0) throw new KinoscopeError('unreadable', `${name} is empty`);
  const other = otherThanFilm(await headOf(file).catch(fail));
  if (other !== null)
    throw new KinoscopeError('unreadable', `${name} is not a video file that can be read: it is ${other}`);
}
