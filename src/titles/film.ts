import { KinoscopeError } from '../core/errors.js';
import type { MediaInfo } from '../frames/types.js';
import type { Title } from './documents.js';

/** A film on disk. */
export interface Film {
  readonly file: string;
  readonly contentHash: string;
  readonly info: MediaInfo;
}

/** The film of a title. @throws KinoscopeError `not-found` when it was not fetched yet */
export function filmOf({ id, source, contentHash, media }: Title): Film {
  if (!source.file || !contentHash || !media)
    throw new KinoscopeError('not-found', `The film of the title ${id} was not fetched yet`);
  return { file: source.file, contentHash, info: media };
}
