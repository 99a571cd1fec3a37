import { basename } from 'node:path';
import { KinoscopeError } from '../core/errors.js';

/**
 * Does `work` on a file; a failure that names it calls it what its user does: kept files are named after their content.
 * @param location path, link or file name that the film came as
 */
export async function underItsName<T>(file: string, location: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const name = basename(location) || location;
    if (error instanceof KinoscopeError)
      error.message = error.message.replaceAll(file, name).replaceAll(basename(file), name);
    throw error;
  }
}
