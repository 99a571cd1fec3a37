import type { RgbImage } from '../frames/types.js';

/** What a picture looks like without reading it. Levels are fractions of full scale, 0 to 1. */
export interface PictureStats {
  /** Percentiles of luma: 5 %, 50 %, 95 %. */
  readonly lumaLow: number;
  readonly lumaMedian: number;
  readonly lumaHigh: number;
  /** Mean of (max - min) of the three channels: 0 for grey. */
  readonly saturation: number;
  /** Entropy of the 64-bin luma histogram, bits: 0 for a plain picture, at most 6. */
  readonly entropy: number;
  /** Share of the pixels within 8 levels of the most frequent luma: near 1 for text on a plain ground. */
  readonly plainness: number;
  /** Share of the pixels darker than 20 of 255. */
  readonly dark: number;
}

/** A small grey copy of a picture with its row structure, enough to compare it with its neighbours. */
export interface PictureSketch {
  readonly width: number;
  readonly height: number;
  /** Luma, 0 to 255. */
  readonly luma: Uint8Array;
}

/** Half the size: means of two by two pixels. An odd last row or column is dropped. */
export function halved({ width: from, height: rows, data: source }: RgbImage): RgbImage {
  const width = from >> 1;
  const height = rows >> 1;
  const data = new Uint8Array(width * height * 3);
  const down = from * 3;
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, at = y * 2 * down; x < width; x++, at += 6) {
      for (let p = at; p < at + 3; p++) {
        data[to++] = (source[p]! + source[p + 3]! + source[p + down]! + source[p + down + 3]! + 2) >> 2;
      }
    }
  }
  return { width, height, data };
}

/**
 * Two pictures are the same where no block of so many pixels differs by more in the mean, of 255 levels: less than a fading letter
 * does, more than a codec's noise.
 */
const SAME = { block: 8, levels: 4 };

/** Whether two pictures show the same, letter by letter. */
export function isSamePicture(a: RgbImage, b: RgbImage): boolean {
  const { width, height } = a;
  if (b.width !== width || b.height !== height) return false;
  for (let top = 0; top < height; top += SAME.block) {
    for (let left = 0; left < width; left += SAME.block) {
      const [right, foot] = [Math.min(width, left + SAME.block), Math.min(height, top + SAME.block)];
      let sum = 0;
      for (let y = top; y < foot; y++) {
        for (let at = 3 * (y * width + left), end = 3 * (y * width + right); at < end; at++)
          sum += Math.abs(a.data[at]! - b.data[at]!);
      }
      if (sum > SAME.levels * 3 * (right - left) * (foot - top)) return false;
    }
  }
  return true;
}

/** Which source pixels each pixel of a shorter row is made of, and how much of each; shares sum to 1. */
function spans(from: number, to: number): { first: number; shares: number[] }[] {
  const step = from / to;
  return Array.from({ length: to }, (_, k) => {
    const [start, end] = [k * step, (k + 1) * step];
    const first = Math.floor(start);
    const last = Math.min(from, Math.ceil(end - 1e-9));
    return {
      first,
      shares: Array.from(
        { length: last - first },
        (_share, i) => (Math.min(end, first + i + 1) - Math.max(start, first + i)) / step,
      ),
    };
  });
}

/** The whole picture at another size, its aspect not kept: each pixel is the mean of those that it covers. */
export function squeezed(
  { width: from, height: rows, data: source }: RgbImage,
  width: number,
  height: number,
): RgbImage {
  if (from === width && rows === height) return { width, height, data: source };
  const across = spans(from, width);
  const narrow = new Float32Array(width * rows * 3);
  for (let y = 0; y < rows; y++) {
    across.forEach(({ first, shares }, x) =>
      shares.forEach((share, i) => {
        const at = (y * from + first + i) * 3;
        for (let c = 0; c < 3; c++) narrow[(y * width + x) * 3 + c]! += share * source[at + c]!;
      }),
    );
  }
  const data = new Uint8Array(width * height * 3);
  spans(rows, height).forEach(({ first, shares }, y) => {
    for (let k = 0; k < width * 3; k++) {
      let sum = 0.5;
      for (let i = 0; i < shares.length; i++) sum += shares[i]! * narrow[(first + i) * width * 3 + k]!;
      data[y * width * 3 + k] = sum;
    }
  });
  return { width, height, data };
}

export function sketch(image: RgbImage): PictureSketch {
  const { width, height, data } = image;
  const luma = new Uint8Array(width * height);
  for (let i = 0, p = 0; i < luma.length; i++, p += 3) {
    // ITU-R BT.601 weights in 8 bits.
    luma[i] = (data[p]! * 77 + data[p + 1]! * 150 + data[p + 2]! * 29) >> 8;
  }
  return { width, height, luma };
}

function percentile(histogram: Uint32Array, total: number, share: number): number {
  let left = share * total;
  for (let level = 0; level < histogram.length; level++) {
    left -= histogram[level]!;
    if (left <= 0) return level / 255;
  }
  return 1;
}

export function pictureStats(image: RgbImage, { luma }: PictureSketch): PictureStats {
  const histogram = new Uint32Array(256);
  let saturation = 0;
  const { data } = image;
  for (let i = 0, p = 0; i < luma.length; i++, p += 3) {
    histogram[luma[i]!]!++;
    const r = data[p]!;
    const g = data[p + 1]!;
    const b = data[p + 2]!;
    const most = r > g ? (r > b ? r : b) : g > b ? g : b;
    const least = r < g ? (r < b ? r : b) : g < b ? g : b;
    saturation += most - least;
  }
  const total = luma.length;
  let mode = 0;
  let dark = 0;
  let entropy = 0;
  for (let level = 0; level < 256; level++) {
    if (histogram[level]! > histogram[mode]!) mode = level;
    if (level < 20) dark += histogram[level]!;
  }
  for (let bin = 0; bin < 64; bin++) {
    const at = bin * 4;
    const share = (histogram[at]! + histogram[at + 1]! + histogram[at + 2]! + histogram[at + 3]!) / total;
    if (share > 0) entropy -= share * Math.log2(share);
  }
  let plain = 0;
  for (let level = Math.max(0, mode - 8); level <= Math.min(255, mode + 8); level++) plain += histogram[level]!;
  return {
    lumaLow: percentile(histogram, total, 0.05),
    lumaMedian: percentile(histogram, total, 0.5),
    lumaHigh: percentile(histogram, total, 0.95),
    saturation: saturation / total / 255,
    entropy,
    plainness: plain / total,
    dark: dark / total,
  };
}

/** Mean absolute luma difference of two pictures of one size, 0 to 1. */
export function change(a: PictureSketch, b: PictureSketch): number {
  let sum = 0;
  for (let i = 0; i < a.luma.length; i++) sum += Math.abs(a.luma[i]! - b.luma[i]!);
  return sum / a.luma.length / 255;
}

/** Strips that a picture's detail is summed over: enough to tell columns of text apart, few enough to be cheap. */
const STRIPS = 8;

/** Horizontal luma steps (what letters are made of) per strip and row; steps under 24 levels are taken for noise. */
function detail({ width, height, luma }: PictureSketch): Float32Array {
  const rows = new Float32Array(STRIPS * height);
  for (let y = 0; y < height; y++) {
    for (let x = 1; x < width; x++) {
      const step = Math.abs(luma[y * width + x]! - luma[y * width + x - 1]!);
      if (step > 24) rows[Math.floor((x * STRIPS) / width) * height + y]! += step;
    }
  }
  return rows;
}

export interface VerticalShift {
  /** How far the second picture's text lies above the first's, as a fraction of the height: positive for a roll. */
  readonly shift: number;
  /** Normalised correlation of the two at that shift, 0 to 1. */
  readonly match: number;
  /** Normalised correlation without any shift, 0 to 1: near 1 for a card that stands still. */
  readonly still: number;
}

/**
 * Looks for the vertical shift, of at most half the height either way, that maps one picture's letters onto another's.
 * Two pictures without detail match nowhere.
 */
export function verticalShift(a: PictureSketch, b: PictureSketch): VerticalShift {
  const { height } = a;
  const from = detail(a);
  const to = detail(b);
  const reach = height >> 1;
  let best = { shift: 0, match: 0 };
  let still = 0;
  for (let shift = -reach; shift <= reach; shift++) {
    let [cross, energyA, energyB] = [0, 0, 0];
    const first = Math.max(0, shift);
    const last = Math.min(height, height + shift);
    for (let strip = 0; strip < STRIPS; strip++) {
      const base = strip * height;
      for (let y = first; y < last; y++) {
        const p = from[base + y]!;
        const q = to[base + y - shift]!;
        cross += p * q;
        energyA += p * p;
        energyB += q * q;
      }
    }
    const match = energyA > 0 && energyB > 0 ? cross / Math.sqrt(energyA * energyB) : 0;
    if (shift === 0) still = match;
    // A larger shift has less to compare and matches by chance more easily.
    const weighed = match * (1 - (0.2 * Math.abs(shift)) / height);
    if (weighed > best.match) best = { shift, match: weighed };
  }
  return { shift: best.shift / height, match: best.match, still };
}
