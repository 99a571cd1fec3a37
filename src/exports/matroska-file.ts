import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram, programEnvironment } from '../config/programs.js';
import { KinoscopeError } from '../core/errors.js';

/** It rewrites heads and, where these have no room, appends: seconds, even on a slow network folder. */
const LIMIT_MS = 600_000;

/** Whether a film takes chapters from mkvpropedit. */
export const isMatroska = (format: string): boolean => format.split(',').includes('matroska');

/**
 * Replaces the chapters of a Matroska file, in its place; pictures and sound are not touched.
 * @param xml as mkvmerge reads them; null: none
 * @throws KinoscopeError `unavailable` where mkvpropedit is not installed, or cannot do it
 */
export async function setMatroskaChapters(file: string, xml: string | null): Promise<void> {
  const program = await findProgram('mkvpropedit');
  if (program === null) throw new KinoscopeError('unavailable', 'mkvpropedit (MKVToolNix) is not installed');
  const folder = await mkdtemp(join(tmpdir(), 'kinoscope-chapters-'));
  try {
    const chapters = join(folder, 'chapters.xml');
    if (xml !== null) await writeFile(chapters, xml);
    await promisify(execFile)(program, [file, '--chapters', xml === null ? '' : chapters], {
      env: programEnvironment(),
      timeout: LIMIT_MS,
    });
  } catch (error) {
    // 1: warnings, and done
    if (error instanceof Error && 'code' in error && error.code === 1) return;
    const said = error instanceof Error && 'stdout' in error ? String(error.stdout).trim().split('\n').at(-1) : '';
    throw new KinoscopeError('unavailable', `mkvpropedit did not write the chapters: ${said || String(error)}`, {
      cause: error,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
