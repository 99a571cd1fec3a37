import { realpath, stat } from 'node:fs/promises';
import { relative, isAbsolute, resolve, sep } from 'node:path';
import { KinoscopeError } from '../core/errors.js';
import { hashFile } from './hashing.js';
import { describeLocalFile } from './local-metadata.js';
import type { FetchOptions, MediaSource, ResolvedMedia, StoredFile } from './media-source.js';

/** Anything that is not `scheme://...` is a path. */
const SCHEME = /^[a-z][a-z0-9+.-]+:\/\//i;

/** Files of this machine, used where they are. */
export class LocalSource implements MediaSource {
  readonly name = 'path';

  /** @param roots folders whose files may be opened; null: every folder, which is for the machine's own user only */
  constructor(private readonly roots: readonly string[] | null) {}

  match(source: string): boolean {
    return !SCHEME.test(source);
  }

  /**
   * The real path of a regular file below a root, links followed. Whether a file outside the roots exists is not told.
   * @throws KinoscopeError `not-allowed`, `not-found`, `unreadable` for what is no regular file
   */
  async locate(path: string): Promise<string> {
    if (path.includes('\0')) throw new KinoscopeError('not-found', 'A path cannot contain a zero byte');
    const wanted = resolve(path);
    const roots = await this.realRoots();
    if (roots && !roots.some(({ given, real }) => isBelow(given, wanted) || isBelow(real, wanted))) throw outside(path);
    const real = await realpath(wanted).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
        throw new KinoscopeError('not-found', `There is no file ${path}`, { cause: error });
      }
      throw new KinoscopeError('not-allowed', `${path} cannot be opened (${error.code})`, { cause: error });
    });
    if (roots && !roots.some((root) => isBelow(root.real, real))) throw outside(path);
    const found = await stat(real);
    if (!found.isFile())
      throw new KinoscopeError(
        'unreadable',
        `${path} is ${found.isDirectory() ? 'a folder' : 'a special file'}, not a film`,
      );
    return real;
  }

  async resolve(source: string): Promise<ResolvedMedia> {
    const file = await this.locate(source);
    return { metadata: await describeLocalFile(file), fetch: (options) => hashInPlace(source, file, options) };
  }

  private async realRoots(): Promise<{ given: string; real: string }[] | null> {
    if (!this.roots) return null;
    return Promise.all(
      this.roots.map(async (root) => {
        const given = resolve(root);
        return { given, real: await realpath(given).catch(() => given) };
      }),
    );
  }
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function outside(path: string): KinoscopeError {
  return new KinoscopeError(
    'not-allowed',
    `${path} lies outside the folders that may be opened (KINOSCOPE_MEDIA_ROOTS)`,
  );
}

async function hashInPlace(
  source: string,
  file: string,
  { signal, onProgress }: FetchOptions,
): Promise<StoredFile & { kept: boolean }> {
  const { size } = await stat(file);
  const sha256 = await hashFile(file, {
    signal,
    onBytes: (bytes) => onProgress?.(size ? Math.min(1, bytes / size) : 1),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EACCES' && error.code !== 'EPERM') throw error;
    throw new KinoscopeError('not-allowed', `${source} cannot be opened (${error.code})`, { cause: error });
  });
  return { file, sha256, size, kept: false };
}
