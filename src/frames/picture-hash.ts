import type { RgbImage } from './types.js';

/** 64 bits of what a picture shows, in two words; null where it shows one colour. */
export type PictureHash = readonly [high: number, low: number] | null;

const [COLUMNS, ROWS] = [32, 18];
const WAVES = 8;
/** Least standard deviation of the grey levels of a picture that shows something. */
const PLAIN = 2.5;

const waves = (length: number): Float64Array =>
  Float64Array.from({ length: WAVES * length }, (_, k) =>
    Math.cos((Math.PI * Math.floor(k / length) * ((k % length) + 0.5)) / length),
  );
const ACROSS = waves(COLUMNS);
const DOWN = waves(ROWS);

/**
 * A hash by the signs of the slow waves of a picture (DCT-II, 8 x 8, against their median; Zauner, "Implementation and benchmarking of
 * perceptual image hash functions", 2010): the same picture in another encoding, size or brightness differs in few of its bits.
 * @param image 64 x 36
 */
export function pictureHash({ data }: RgbImage): PictureHash {
  const grey = new Float64Array(COLUMNS * ROWS);
  let [sum, squares] = [0, 0];
  for (let k = 0; k < grey.length; k++) {
    const corner = (Math.floor(k / COLUMNS) * 4 * COLUMNS + (k % COLUMNS) * 2) * 3;
    const value = luma(data, corner) + luma(data, corner + 3) + luma(data, corner + 192) + luma(data, corner + 195);
    grey[k] = value;
    sum += value;
    squares += value * value;
  }
  const mean = sum / grey.length;
  // four pixels each
  if (Math.sqrt(Math.max(0, squares / grey.length - mean * mean)) < 4 * PLAIN) return null;
  return signs(transform(grey));
}

const luma = (data: Uint8Array, at: number): number =>
  0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;

function transform(grey: Float64Array): Float64Array {
  const rows = new Float64Array(WAVES * ROWS);
  for (let row = 0; row < ROWS; row++)
    for (let u = 0; u < WAVES; u++) {
      let sum = 0;
      for (let x = 0; x < COLUMNS; x++) sum += grey[row * COLUMNS + x]! * ACROSS[u * COLUMNS + x]!;
      rows[u * ROWS + row] = sum;
    }
  const values = new Float64Array(WAVES * WAVES);
  for (let u = 0; u < WAVES; u++)
    for (let v = 0; v < WAVES; v++) {
      let sum = 0;
      for (let y = 0; y < ROWS; y++) sum += rows[u * ROWS + y]! * DOWN[v * ROWS + y]!;
      values[u * WAVES + v] = sum;
    }
  // how bright it is tells nothing
  values[0] = 0;
  return values;
}

function signs(values: Float64Array): PictureHash {
  const median = values.toSorted()[values.length >> 1]!;
  let [high, low] = [0, 0];
  for (let bit = 0; bit < 32; bit++) {
    if (values[bit]! > median) high |= 1 << bit;
    if (values[bit + 32]! > median) low |= 1 << bit;
  }
  return [high >>> 0, low >>> 0];
}
