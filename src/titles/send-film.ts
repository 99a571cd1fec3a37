import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readlink, realpath } from 'node:fs/promises';
import type { Request, Response } from 'express';
import { KinoscopeError } from '../core/errors.js';
import type { MediaInfo } from '../frames/types.js';
import { sendFile } from '../http/send-file.js';
import type { Title, TitleSource } from './documents.js';

/** By the first name that FFmpeg gives a container, as it was found when the film came. Anything else is saved, not shown. */
const TYPES: Readonly<Record<string, { readonly type: string; readonly extension: string }>> = {
  mov: { type: 'video/mp4', extension: 'mp4' },
  matroska: { type: 'video/x-matroska', extension: 'mkv' },
  avi: { type: 'video/x-msvideo', extension: 'avi' },
  mpegts: { type: 'video/mp2t', extension: 'ts' },
  mpeg: { type: 'video/mpeg', extension: 'mpg' },
  flv: { type: 'video/x-flv', extension: 'flv' },
  asf: { type: 'video/x-ms-asf', extension: 'wmv' },
  ogg: { type: 'video/ogg', extension: 'ogv' },
  gif: { type: 'image/gif', extension: 'gif' },
};
const WEBM = { type: 'video/webm', extension: 'webm' };
const UNKNOWN = { type: 'application/octet-stream', extension: 'bin' };

function typeOf({ format, codec }: Pick<MediaInfo, 'format' | 'codec'>): { type: string; extension: string } {
  const container = format.split(',', 1)[0]!;
  return container === 'matroska' && /^(vp8|vp9|av1)$/.test(codec) ? WEBM : (TYPES[container] ?? UNKNOWN);
}

const gone = (cause?: unknown): KinoscopeError =>
  new KinoscopeError('not-found', 'The film is gone, or another file is in its place', { cause });

/** Whether a source's film is on this machine's disk and the file that it was: none that a link in its place leads to. */
export async function isUnchanged({ file, size, modified, kept }: TitleSource): Promise<boolean> {
  if (file === null) return false;
  const now = await lstat(file).catch(() => null);
  if (!now?.isFile() || now.size !== size || now.mtimeMs !== modified) return false;
  return kept || (await realpath(file).catch(() => null)) === file;
}

/** Opens the film of a source, and looks at what it has opened. @throws KinoscopeError `not-found` */
async function openFilm({ file, size, modified, kept }: TitleSource): Promise<FileHandle> {
  if (file === null) throw new KinoscopeError('not-found', 'The film was not fetched yet');
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw gone(error);
    },
  );
  try {
    const found = await handle.stat();
    if (!found.isFile() || found.size !== size || found.mtimeMs !== modified) throw gone();
    // a folder on the way may be a link as well; ours are not strangers' to exchange
    if (!kept && (await readlink(`/proc/self/fd/${handle.fd}`).catch(() => realpath(file))) !== file) throw gone();
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Answers with a title's film, or the byte range of it that was asked for. Its type is the one that was found in it, whatever its name.
 * @throws KinoscopeError `not-found`, `no-such-range`
 */
export async function sendFilm(
  { id, source, media }: Title,
  request: Request,
  response: Response,
  as: 'film' | 'bytes' = 'film',
): Promise<void> {
  const { type, extension } = media && as === 'film' ? typeOf(media) : UNKNOWN;
  const handle = await openFilm(source);
  const saveAs = type === UNKNOWN.type ? `${id}.${extension}` : null;
  await sendFile(request, response, { handle, size: source.size!, modified: new Date(source.modified!), type, saveAs });
}

/** Answers with a film that we have written. @throws KinoscopeError `not-found`, `no-such-range` */
export async function sendWritten(file: string, request: Request, response: Response): Promise<void> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    throw gone(error);
  });
  const { size, mtime } = await handle.stat();
  await sendFile(request, response, { handle, size, modified: mtime, type: 'video/mp4', saveAs: null });
}
