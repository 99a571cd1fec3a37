import type { RgbImage } from '../../types.js';

/** Pixels beside each that its colour is the mean of: moire has periods of a few pixels, and colours of films change slowly. */
const COLOUR_REACH = 4;
/** Shares of the pixels that become black and white. */
const [DARKEST, BRIGHTEST] = [0.005, 0.99];
/** Light of the room on the glass makes black at most so bright, grey levels; what is brighter is the film's own. */
const MOST_VEIL = 70;
/** White is at least so bright. */
const LEAST_WHITE = 160;

/**
 * Softens what a camera adds to a screen: the coloured bands that its pixels make with the screen's stripes (moire) go, as colours are
 * smoothed while brightness is not, and the light that lies on the glass is taken off all of it. In place.
 */
export function soften({ width, height, data }: RgbImage): void {
  const [red, blue] = [new Float32Array(width * height), new Float32Array(width * height)];
  const histogram = new Uint32Array(256);
  for (let i = 0, at = 0; i < red.length; i++, at += 3) {
    const luma = lumaAt(data, at);
    red[i] = data[at]! - luma;
    blue[i] = data[at + 2]! - luma;
    histogram[Math.round(luma)]!++;
  }
  for (const plane of [red, blue]) smooth(plane, width, height);
  const low = Math.min(MOST_VEIL, levelAt(histogram, DARKEST * red.length));
  const gain = 255 / Math.max(1, Math.max(LEAST_WHITE, levelAt(histogram, BRIGHTEST * red.length)) - low);
  const put = (at: number, value: number): void => {
    data[at] = Math.min(255, Math.max(0, value * gain + 0.5));
  };
  for (let i = 0, at = 0; i < red.length; i++, at += 3) {
    const luma = lumaAt(data, at) - low;
    put(at, luma + red[i]!);
    // what red and blue have too much, weighed as in luma, green has too little
    put(at + 1, luma - (RED * red[i]! + BLUE * blue[i]!) / GREEN);
    put(at + 2, luma + blue[i]!);
  }
}

/** Weights of ITU-R BT.601. */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114];
const lumaAt = (data: Uint8Array, at: number): number => RED * data[at]! + GREEN * data[at + 1]! + BLUE * data[at + 2]!;

function levelAt(histogram: Uint32Array, count: number): number {
  let sum = 0;
  return Math.max(
    0,
    histogram.findIndex((own) => (sum += own) >= count),
  );
}

/** The mean of a square around each, twice along each axis: nearly a Gaussian. */
function smooth(plane: Float32Array, width: number, height: number): void {
  const line = new Float32Array(Math.max(width, height));
  const pass = (from: number, step: number, length: number): void => {
    for (let i = 0; i < length; i++) line[i] = plane[from + i * step]!;
    const at = (i: number): number => line[Math.min(length - 1, Math.max(0, i))]!;
    let sum = 0;
    for (let i = -COLOUR_REACH; i <= COLOUR_REACH; i++) sum += at(i);
    for (let i = 0; i < length; i++) {
      plane[from + i * step] = sum / (2 * COLOUR_REACH + 1);
      sum += at(i + COLOUR_REACH + 1) - at(i - COLOUR_REACH);
    }
  };
  for (let turn = 0; turn < 2; turn++) {
    for (let y = 0; y < height; y++) pass(y * width, 1, width);
    for (let x = 0; x < width; x++) pass(x, width, height);
  }
}
