import type { PixelWindow } from '../frames/resample.js';
import type { RgbImage } from '../frames/types.js';

/** A pixel darker than this belongs to a bar: black of 16 in video range, with the noise of compression. */
const BAR_LUMA = 28;
/** Share of a bar's row or column that may be brighter (a mark, an edge that rings). */
const BRIGHT_SHARE = 0.02;
/** Narrower bars are left: they are overscan, and cutting them changes nothing. Fraction of the side. */
const LEAST = 0.03;
/** Wider ones are no bars but a dark picture: 2.76:1 inside 4:3 has bars of .26 on both sides. Fraction of the side. */
const MOST = 0.27;

/** ITU-R BT.601 luma of the pixel whose red byte is at `at`, 0 to 255. */
export const lumaAt = (data: Uint8Array, at: number): number =>
  0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);

/** How many lines, counted from one edge, are black; at most `most`. */
function barWidth({ data, width, height }: RgbImage, edge: 'top' | 'bottom' | 'left' | 'right', most: number): number {
  const across = edge === 'top' || edge === 'bottom';
  const length = across ? width : height;
  for (let line = 0; line < most; line++) {
    const place = edge === 'top' || edge === 'left' ? line : (across ? height : width) - 1 - line;
    let bright = 0;
    for (let i = 0; i < length; i++) {
      const pixel = across ? place * width + i : i * width + place;
      if (lumaAt(data, pixel * 3) > BAR_LUMA) bright++;
    }
    if (bright > length * BRIGHT_SHARE) return line;
  }
  return most;
}

/**
 * Bars are symmetric: the narrower of both counts, none when it is a sliver or when the picture itself is dark. One line
 * more goes with them: scaling mixes a bar's edge with the picture.
 */
function symmetricBar(
  image: RgbImage,
  sides: readonly ['top', 'bottom'] | readonly ['left', 'right'],
  size: number,
): number {
  const limit = Math.ceil(size * MOST) + 1;
  const bar = Math.min(barWidth(image, sides[0], limit), barWidth(image, sides[1], limit));
  return bar < size * LEAST || bar >= limit ? 0 : bar + 1;
}

/**
 * The part of a picture inside its black bars (above and below, left and right); the whole picture when it has none.
 * The network was trained on pictures that fill their frame, and so are film stills and posters.
 */
export function activeWindow(image: RgbImage): PixelWindow {
  const { width, height } = image;
  const top = symmetricBar(image, ['top', 'bottom'], height);
  const left = symmetricBar(image, ['left', 'right'], width);
  return { left, top, width: width - 2 * left, height: height - 2 * top };
}
