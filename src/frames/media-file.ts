import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { KinoscopeError } from '../core/errors.js';

/**
 * Refuses what cannot be a video file before any decoder sees it.
 *
 * @throws KinoscopeError `not-found` or `unreadable`
 */
export async function checkMediaFile(file: string): Promise<void> {
  const name = basename(file);
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR')
      throw new KinoscopeError('not-found', `${name} does not exist`);
    throw new KinoscopeError('unreadable', `${name} cannot be read: ${error.code ?? error.message}`, { cause: error });
  });
  if (found.isDirectory()) throw new KinoscopeError('unreadable', `${name} is a directory`);
  if (!found.isFile()) throw new KinoscopeError('unreadable', `${name} is not a regular file`);
  if (found.size === 0) throw new KinoscopeError('unreadable', `${name} is empty`);
}
