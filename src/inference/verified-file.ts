import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * Files that are known by their sha256. Hashing hundreds of megabytes at every start would take seconds, so the last
 * hash of each file is remembered in `cacheDir`/stamps/FILE.json together with the size and time of change it had.
 */

export type FileState = 'ok' | 'missing' | 'different';

interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
  readonly sha256: string;
}

const stampOf = (file: string, cacheDir: string): string => join(cacheDir, 'stamps', `${basename(file)}.json`);

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Whether `file` is there and has this sha256 (hex). */
export async function checkFile(file: string, sha256: string, cacheDir: string): Promise<FileState> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) return 'missing';
  const { size, mtimeMs } = found;
  const stamp: Partial<Stamp> = await readFile(stampOf(file, cacheDir), 'utf8')
    .then(JSON.parse)
    .catch(() => ({}));
  if (stamp.size === size && stamp.mtimeMs === mtimeMs) return stamp.sha256 === sha256 ? 'ok' : 'different';
  const actual = await hashFile(file);
  await writeStamp(file, cacheDir, { size, mtimeMs, sha256: actual });
  return actual === sha256 ? 'ok' : 'different';
}

/** Writes a file that readers see whole or not at all. */
export async function writeAtomically(file: string, data: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}`);
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(temporary, data);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A stamp saves time only: where the folder cannot be written, the file is hashed again next time. */
async function writeStamp(file: string, cacheDir: string, stamp: Stamp): Promise<void> {
  await writeAtomically(stampOf(file, cacheDir), JSON.stringify(stamp)).catch(() => undefined);
}
