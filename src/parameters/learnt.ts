import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { KinoscopeError } from '../core/errors.js';

/** Files that were learnt: tables, words and programs of data/. Nothing else reads them. */

export const DATA = fileURLToPath(new URL('../../data/', import.meta.url));

export interface Learnt<T> {
  /** Frozen, with all that it holds but arrays of numbers, which JavaScript cannot freeze. */
  readonly value: T;
  /** The file's name and the beginning of its sha256: `credits-words@0a1b2c3d4e5f`. */
  readonly version: string;
}

export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** How a version names a file or a network: twelve digits of its hash. */
export const named = (name: string, hash: string): string => `${name}@${hash.slice(0, 12)}`;

/** By path. A version is that of what was read by this process, also when the file has changed since. */
const versions = new Map<string, string>();

/** @throws KinoscopeError `unavailable` when there is no such file */
export function contentOf(path: string): Buffer {
  try {
    const content = readFileSync(path);
    versions.set(path, named(parse(path).name, sha256(content)));
    return content;
  } catch (cause) {
    throw new KinoscopeError(
      'unavailable',
      `Cannot read the learnt file ${basename(path)} (${path}): run "npm run setup"`,
      { cause },
    );
  }
}

/** `credits-words@0a1b2c3d4e5f` of a learnt file. */
export function versionOfFile(path: string): string {
  if (!versions.has(path)) contentOf(path);
  return versions.get(path)!;
}

/**
 * Reads what was learnt.
 * @param read checks what the file says, and throws where it says something wrong
 * @throws KinoscopeError `unavailable` that names the file, and what is wrong with it
 */
export function loadLearnt<T>(path: string, read: (content: Buffer) => T): Learnt<T> {
  const content = contentOf(path);
  try {
    return { value: frozen(read(content)), version: versionOfFile(path) };
  } catch (cause) {
    throw new KinoscopeError('unavailable', `The learnt file ${basename(path)} is wrong: ${faultOf(cause)}`, { cause });
  }
}

/** A JSON table of data/, as its schema describes it. @throws KinoscopeError as {@link loadLearnt} */
export function loadTable<T>(file: `${string}.json`, schema: z.ZodType<T>, folder = DATA): T {
  return loadLearnt(join(folder, file), (content) => schema.parse(JSON.parse(content.toString()))).value;
}

function faultOf(cause: unknown): string {
  const [issue] = cause instanceof z.ZodError ? cause.issues : [];
  if (issue) return `${issue.path.length > 0 ? `at ${issue.path.join('.')}: ` : ''}${issue.message}`;
  return cause instanceof Error ? cause.message : String(cause);
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
