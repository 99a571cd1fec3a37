import type { RgbImage } from '../frames/types.js';
import { lumaAt } from './letterbox.js';

/** A coarse copy of a picture: every eighth pixel of every eighth row. */
const STEP = 8;
/** Black: 95 of 100 pixels are darker than this (luma, 0 to 255). */
const BLACK_LUMA = 40;
/** A card (rating, title, studio on a plain ground): this share of the picture has one colour, of 8 x 8 x 8. */
const CARD_SHARE = 0.75;
/** The same picture again (a card that stays, a pause): mean difference of the channels, 0 to 255. */
const SAME_DIFFERENCE = 3;

/** Why a frame says nothing about its film's genre. */
export type DropReason = 'black' | 'card' | 'repeated';

/** The pixels that the rules below look at, RGB. */
export function sketch({ width, height, data }: RgbImage): Uint8Array {
  const columns = Math.ceil(width / STEP);
  const out = new Uint8Array(columns * Math.ceil(height / STEP) * 3);
  let to = 0;
  for (let y = 0; y < height; y += STEP) {
    for (let x = 0; x < width; x += STEP, to += 3) {
      const from = (y * width + x) * 3;
      out[to] = data[from]!;
      out[to + 1] = data[from + 1]!;
      out[to + 2] = data[from + 2]!;
    }
  }
  return out;
}

/**
 * Whether a frame speaks of nothing, and why; null for a frame that counts. The thresholds were read off 1,969 frames
 * of real trailers: cards and end cards are caught, dark scenes with anything lit in them stay.
 * @param pixels the frame's {@link sketch}, black bars cut off
 * @param previous that of the frame before it, null for the first
 */
export function dropReason(pixels: Uint8Array, previous: Uint8Array | null): DropReason | null {
  const count = pixels.length / 3;
  const colours = new Uint32Array(512);
  let dark = 0;
  for (let at = 0; at < pixels.length; at += 3) {
    if (lumaAt(pixels, at) < BLACK_LUMA) dark++;
    colours[((pixels[at]! >> 5) << 6) | ((pixels[at + 1]! >> 5) << 3) | (pixels[at + 2]! >> 5)]!++;
  }
  if (dark >= count * 0.95) return 'black';
  if (Math.max(...colours) >= count * CARD_SHARE) return 'card';
  if (previous?.length !== pixels.length) return null;
  let difference = 0;
  for (let i = 0; i < pixels.length; i++) difference += Math.abs(pixels[i]! - previous[i]!);
  return difference < SAME_DIFFERENCE * pixels.length ? 'repeated' : null;
}
