import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { KinoscopeError } from '../core/errors.js';
import type { Dimensions } from './geometry.js';
import { type Answer, askDecoder } from './pictures/pool.js';
import { Turns } from './pictures/turns.js';
import type { RgbImage } from './types.js';

export { endIdleDecoders, UnreadablePicture } from './pictures/pool.js';

/** A picture of more pixels than this is refused before it is decoded. */
const MAX_PIXELS = 100_000_000;
/** A larger one than this is large: as many bytes as four photos of a telephone. */
const LARGE_PIXELS = 25_000_000;

/** So many pictures are in memory at a time, and large ones for themselves: they hold up no others. */
const small = new Turns(4, 200);
const large = new Turns(1, 50);

/** A file that holds a picture. */
export interface PictureFile {
  readonly file: string;
  /** What the user calls it, for messages. */
  readonly name: string;
}

/**
 * Has something done with a picture (JPEG, PNG, WebP, AVIF, the first frame of a GIF, HEIC where libvips can), turned as its EXIF
 * orientation says, transparency on black. It is decoded in a process of its own, and is to be forgotten when `work` has ended:
 * that is what bounds the memory that pictures take.
 * @throws KinoscopeError `not-found`, `unreadable`, `unavailable` when too many wait, `cancelled`; whatever `work` throws
 */
export async function withPicture<T>(
  { file, name }: PictureFile,
  work: (picture: RgbImage) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  if (!(await stat(file).catch(() => null))) throw new KinoscopeError('not-found', `There is no file ${name}`);
  const job = { file: resolve(file), maxPixels: MAX_PIXELS };
  const { width, height } = sizeOf(await askDecoder({ ...job, kind: 'measure' }, name, signal));
  const pixels = width * height;
  return (pixels > LARGE_PIXELS ? large : small).with(signal, async () => {
    const answer = await askDecoder({ ...job, kind: 'decode', maxPixels: pixels }, name, signal);
    return work({ ...sizeOf(answer), data: answer.body });
  });
}

/** A picture for as long as its caller likes, for those who read one after the other. @throws KinoscopeError as `withPicture` */
export function readPicture(file: string): Promise<RgbImage> {
  return withPicture({ file, name: basename(file) }, (picture) => Promise.resolve(picture));
}

function sizeOf({ record }: Answer): Dimensions {
  if (record.type === 'size' || record.type === 'pixels') return record.size;
  throw new Error(`A decoder of pictures answered with ${record.type}`);
}
