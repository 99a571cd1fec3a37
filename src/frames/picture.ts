import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import sharp from 'sharp';
import { KinoscopeError } from '../errors.js';
import type { FrameSize, RgbImage } from './types.js';

/** A picture larger than this is refused before it is decoded, pixels. */
const MAX_PIXELS = 100_000_000;

/**
 * Reads a picture (JPEG, PNG, WebP, AVIF, TIFF, GIF's first frame), turned as its EXIF orientation says, transparency on
 * black; in its own size, or scaled as a film's frame would be.
 * @throws KinoscopeError `not-found`, `unreadable`
 */
export async function readPicture(file: string, size?: FrameSize): Promise<RgbImage> {
  const found = await stat(file).catch(() => null);
  if (!found) throw new KinoscopeError('not-found', `There is no file ${file}`);
  try {
    const decoded = sharp(file, { limitInputPixels: MAX_PIXELS }).rotate().flatten({ background: '#000' }).toColourspace('srgb');
    const scaled = size ? decoded.resize(size.width, size.height, { fit: size.fit, withoutEnlargement: size.fit === 'inside' }) : decoded;
    const { data, info } = await scaled.raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
  } catch (error) {
    throw new KinoscopeError('unreadable', `${basename(file)} is not a picture that can be read`, { cause: error });
  }
}
