import { stat } from 'node:fs/promises';
import type { Fetched } from '../download/downloader.js';
import { movieHash } from '../download/hashing.js';
import type { Title, TitleSource } from './documents.js';

/** Where a fetched film lies and what it came from, as its title keeps it. */
export async function describeSource(
  fetched: Fetched,
  origin: Pick<TitleSource, 'kind' | 'location'>,
): Promise<TitleSource> {
  const { size, mtimeMs } = await stat(fetched.file);
  const hashed = await movieHashOf(fetched.file);
  const { file, kept, soundMissing } = fetched;
  return {
    ...origin,
    file,
    kept,
    size,
    modified: mtimeMs,
    ...hashed,
    ...(soundMissing !== undefined && { soundMissing }),
  };
}

/** What we have written into a film, wherever it lies now. */
export function written(title: Title | undefined): Pick<TitleSource, 'sha256' | 'chapters'> {
  const { sha256, chapters } = title?.source ?? {};
  return { ...(sha256 !== undefined && { sha256 }), ...(chapters !== undefined && { chapters }) };
}

export async function movieHashOf(file: string): Promise<Pick<TitleSource, 'movieHash'>> {
  const hash = await movieHash(file);
  return hash === null ? {} : { movieHash: hash };
}
