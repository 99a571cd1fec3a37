import sharp from 'sharp';
import { KinoscopeError } from '../errors.js';
import type { RgbImage } from '../frames/types.js';

/** Pictures of more pixels than this are refused before they are decoded. */
const MAX_PIXELS = 64_000_000;

/**
 * A picture file as RGB, turned as its EXIF data says.
 * @throws KinoscopeError `unreadable`
 */
export async function readImage(file: string): Promise<RgbImage> {
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
    throw new KinoscopeError('unreadable', `Cannot read the picture ${file}`, { cause });
  }
}

/** Grey pixels as RGB. */
function spread(grey: Uint8Array): Uint8Array {
  const data = new Uint8Array(grey.length * 3);
  grey.forEach((value, i) => data.fill(value, i * 3, i * 3 + 3));
  return data;
}
