import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Joiner } from '../frames/media.js';
import { hashFile, requireSize, requireSpace, type WriteLimits } from './hashing.js';
import type { FetchOptions, KeptFile } from './media-source.js';
import { wordsOf } from './source-error.js';
import type { FinishedFile, WorkFolder } from './work-folder.js';

interface FilmInParts {
  readonly work: WorkFolder;
  readonly pictures: FinishedFile;
  /** Its sound, as a file in the work folder, if it is to be had. */
  readonly sound: () => Promise<string>;
  readonly joiner: Joiner;
  readonly limits: WriteLimits;
  readonly signal: FetchOptions['signal'];
}

/**
 * Keeps a film whose pictures and sound a site gives apart as one file. Whatever becomes of the sound, the pictures are kept: the
 * answer says why it is missing.
 * @throws the signal's reason
 */
export async function keepWithSound({ work, pictures, signal, ...parts }: FilmInParts): Promise<KeptFile> {
  const kept = async (file: FinishedFile): Promise<KeptFile> => ({ ...(await work.keep(file)), kept: true });
  try {
    return await kept(await joined({ work, pictures, signal, ...parts }));
  } catch (error) {
    signal?.throwIfAborted();
    return { ...(await kept(pictures)), soundMissing: wordsOf(error) };
  }
}

async function joined({ work, pictures, sound, joiner, limits, signal }: FilmInParts): Promise<FinishedFile> {
  const file = await sound();
  const bytes = (await stat(pictures.path)).size + (await stat(file)).size;
  requireSize(bytes, limits.maxBytes);
  await requireSpace(work.path, bytes, limits.minFreeBytes);
  const path = join(work.path, 'film');
  await joiner.join(pictures.path, { sound: file, output: path, signal });
  return { path, sha256: await hashFile(path, { signal }), extension: '.mp4' };
}

/** Progress of a download in two parts, of which the first has this share. */
export function inTwo(
  share: number,
  onProgress: FetchOptions['onProgress'],
): { pictures: FetchOptions['onProgress']; sound: FetchOptions['onProgress'] } {
  return {
    pictures: (fraction) => onProgress?.(fraction === null ? null : fraction * share),
    sound: (fraction) => onProgress?.(share + (fraction ?? 0) * (1 - share)),
  };
}
