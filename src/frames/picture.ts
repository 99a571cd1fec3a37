import { stat } from 'node:fs/promises';
import sharp from 'sharp';
import { KinoscopeError } from '../errors.js';
import type { RgbImage } from './types.js';

/** A picture of more pixels than this is refused before it is decoded. */
const MAX_PIXELS = 100_000_000;

/**
 * Reads a picture (JPEG, PNG, WebP, AVIF, TIFF, the first frame of a GIF), turned as its EXIF orientation says,
 * transparency on black.
 * @throws KinoscopeError `not-found`, `unreadable`
 */
export async function readPicture(file: string): Promise<RgbImage> {
  const found = await stat(file).catch(() => null);
  if (!found) throw new KinoscopeError('not-found', `There is no file ${file}`);
  try {
    const { data, info } = await sharp(file, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
      .rotate()
      .flatten({ background: '#000' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.length);
    return { width: info.width, height: info.height, data: info.channels === 3 ? bytes : spread(bytes) };
  } catch (cause) {
    throw new KinoscopeError('unreadable', `${file} is not a picture that can be read`, { cause });
  }
}

/** Grey pixels as RGB. */
function spread(grey: Uint8Array): Uint8Array {
  const data = new Uint8Array(grey.length * 3);
  grey.forEach((value, index) => data.fill(value, index * 3, index * 3 + 3));
  return data;
}
