import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { KinoscopeError } from '../core/errors.js';
import type { PictureJob } from './media-jobs.js';
import type { Taken } from './pictures/exif.js';
import { type Answer, askDecoder } from './pictures/pool.js';
import type { Straightened } from './pictures/screen/straighten.js';
import { Turns } from './pictures/turns.js';
import type { RgbImage } from './types.js';

export type { Taken } from './pictures/exif.js';
export { cornersOf, toPhotoBox } from './pictures/screen/straighten.js';
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

/** A photo that may show a screen. */
export interface Photo {
  readonly picture: RgbImage;
  /** What the screen shows, seen from the front; null: none was found. */
  readonly screen: Straightened | null;
  /** What its EXIF tells; null: nobody asked. */
  readonly taken: Taken | null;
}

/**
 * Has something done with a picture (JPEG, PNG, WebP, AVIF, the first frame of a GIF, HEIC where libvips can), turned as its EXIF
 * orientation says, transparency on black. It is decoded in a process of its own, and is to be forgotten when `work` has ended:
 * that is what bounds the memory that pictures take.
 * @throws KinoscopeError `not-found`, `unreadable`, `unavailable` when too many wait, `cancelled`; whatever `work` throws
 */
export function withPicture<T>(
  file: PictureFile,
  work: (picture: RgbImage) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return decoded(file, {}, ({ picture }) => work(picture), signal);
}

/**
 * As {@link withPicture}, with the screen that the photo shows.
 * @param useExif read where and when it was taken
 */
export function withPhoto<T>(
  file: PictureFile,
  work: (photo: Photo) => Promise<T>,
  { useExif = false, signal }: { readonly useExif?: boolean; readonly signal?: AbortSignal } = {},
): Promise<T> {
  return decoded(file, { screen: true, taken: useExif }, work, signal);
}

async function decoded<T>(
  { file, name }: PictureFile,
  { screen = false, taken = false }: Pick<PictureJob, 'screen' | 'taken'>,
  work: (photo: Photo) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  if (!(await stat(file).catch(() => null))) throw new KinoscopeError('not-found', `There is no file ${name}`);
  const job = { file: resolve(file), maxPixels: MAX_PIXELS };
  const { record } = await askDecoder({ ...job, kind: 'measure', taken }, name, signal);
  if (record.type !== 'size') throw unexpected(record);
  const pixels = record.size.width * record.size.height;
  return (pixels > LARGE_PIXELS ? large : small).with(signal, async () => {
    const answer = await askDecoder({ ...job, kind: 'decode', maxPixels: pixels, screen }, name, signal);
    return work({ ...photoOf(answer), taken: record.taken ?? null });
  });
}

/** A picture for as long as its caller likes, for those who read one after the other. @throws KinoscopeError as `withPicture` */
export function readPicture(file: string): Promise<RgbImage> {
  return withPicture({ file, name: basename(file) }, (picture) => Promise.resolve(picture));
}

function photoOf({ record, body }: Answer): Omit<Photo, 'taken'> {
  if (record.type !== 'pixels') throw unexpected(record);
  const { size, screen } = record;
  const bytes = size.width * size.height * 3;
  return {
    picture: { ...size, data: body.subarray(0, bytes) },
    screen: screen ? { picture: { ...screen.size, data: body.subarray(bytes) }, toPhoto: screen.toPhoto } : null,
  };
}

const unexpected = ({ type }: Answer['record']): Error => new Error(`A decoder of pictures answered with ${type}`);
