import type { RgbImage } from '../frames/types.js';
import { eachRegion, partsOf, type Quad, type Region, REGIONS } from './parts.js';
import type { Person } from './persons.js';

/**
 * What somebody wears: the colours of the parts of a body, each a histogram of luma and two chromas (BT.601). Colour decides little in
 * the luma, which light and shadow change, and much in the chroma.
 */

/** Shares of a part's pixels by luma and chroma, summing to 1; null where it is not to be seen. */
export type ColourLayout = Readonly<Record<Region, Float32Array | null>>;

const [LUMAS, CHROMAS] = [3, 5];
export const BINS = LUMAS * CHROMAS * CHROMAS;
/** Chromas further than this from grey, of 128, are rare in films and share the outer cell. */
const WIDEST = 64;
/** Pixels that are looked at a side of a part. */
const GRID = 12;
/** Parts of which less lies in the frame say nothing. */
const LEAST_INSIDE = 0.4;

/**
 * How much each part counts in a distance, set by hand: the box of the hair shows much of what is behind it, lower parts are often hidden
 * by tables and the frame's edge.
 */
const WEIGHTS: Readonly<Record<Region, number>> = {
  hair: 0.5,
  chest: 1,
  sides: 1,
  belly: 0.7,
  upperArms: 1,
  forearms: 0.8,
  upperLegs: 0.6,
  lowerLegs: 0.5,
};
/** Where parts of less weight can be compared there is no distance. */
const LEAST_WEIGHT = 0.3 * REGIONS.reduce((sum, region) => sum + WEIGHTS[region], 0);

export function colourLayoutOf(image: RgbImage, person: Pick<Person, 'points' | 'box'>): ColourLayout {
  const parts = partsOf(person, image.width / image.height);
  return eachRegion((region) => histogramOf(image, parts[region]));
}

function histogramOf({ width, height, data }: RgbImage, quads: readonly Quad[]): Float32Array | null {
  const shares = new Float32Array(BINS);
  let inside = 0;
  for (const [a, b, c, d] of quads)
    for (let row = 0; row < GRID; row++)
      for (let column = 0; column < GRID; column++) {
        const [u, v] = [(column + 0.5) / GRID, (row + 0.5) / GRID];
        const [p, q, r, s] = [(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v];
        const x = p * a[0] + q * b[0] + r * c[0] + s * d[0];
        const y = p * a[1] + q * b[1] + r * c[1] + s * d[1];
        if (x < 0 || x >= 1 || y < 0 || y >= 1) continue;
        const at = (Math.floor(y * height) * width + Math.floor(x * width)) * 3;
        add(shares, data[at]!, data[at + 1]!, data[at + 2]!);
        inside++;
      }
  if (inside < LEAST_INSIDE * quads.length * GRID * GRID) return null;
  return shares.map((share) => share / inside);
}

/** Shares a pixel out among the cells around its colour, so that a little more light does not move it to another one. */
function add(shares: Float32Array, r: number, g: number, b: number): void {
  const luma = 0.299 * r + 0.587 * g + 0.114 * b;
  const place = (luma / 255) * (LUMAS - 1);
  const [blue, red] = [chromaPlace(0.564 * (b - luma)), chromaPlace(0.713 * (r - luma))];
  const [l, m, n] = [Math.floor(place), Math.floor(blue), Math.floor(red)];
  for (let i = 0; i < 2; i++) {
    const first = i ? place - l : 1 - place + l;
    for (let j = 0; first > 0 && j < 2; j++) {
      const second = first * (j ? blue - m : 1 - blue + m);
      if (second <= 0) continue;
      const cell = ((l + i) * CHROMAS + m + j) * CHROMAS + n;
      shares[cell]! += second * (1 - red + n);
      if (red > n) shares[cell + 1]! += second * (red - n);
    }
  }
}

const chromaPlace = (chroma: number): number =>
  ((Math.max(-WIDEST, Math.min(WIDEST, chroma)) + WIDEST) / (2 * WIDEST)) * (CHROMAS - 1);

/**
 * 0 for the same colours in the same places, 1 for none in common: the mean of the parts' Hellinger distances; null where too little can
 * be compared.
 */
export function layoutDistance(a: ColourLayout, b: ColourLayout): number | null {
  let [sum, weights] = [0, 0];
  for (const region of REGIONS) {
    const [first, second] = [a[region], b[region]];
    if (!first || !second) continue;
    let shared = 0;
    for (let i = 0; i < first.length; i++) shared += Math.sqrt(first[i]! * second[i]!);
    sum += WEIGHTS[region] * Math.sqrt(Math.max(0, 1 - shared));
    weights += WEIGHTS[region];
  }
  return weights < LEAST_WEIGHT ? null : sum / weights;
}

/** The mean of layouts, each part over those that show it; null parts where none does. */
export function meanLayout(layouts: readonly ColourLayout[]): ColourLayout {
  return eachRegion((region) => {
    const seen = layouts.flatMap((layout) => layout[region] ?? []);
    if (seen.length === 0) return null;
    return seen[0]!.map((_, i) => seen.reduce((sum, shares) => sum + shares[i]!, 0) / seen.length);
  });
}

/** A byte a cell, base64; a part that is not to be seen is empty. */
export function encodeLayout(layout: ColourLayout): string {
  return REGIONS.map((region) => {
    const shares = layout[region];
    return shares ? Buffer.from(shares.map((share) => Math.round(Math.sqrt(share) * 255))).toString('base64') : '';
  }).join(' ');
}

export function decodeLayout(text: string): ColourLayout {
  const parts = text.split(' ');
  return eachRegion((_, index) => {
    const part = parts[index];
    if (!part) return null;
    const shares = Float32Array.from(Buffer.from(part, 'base64'), (byte) => (byte / 255) ** 2);
    const sum = shares.reduce((all, share) => all + share, 0) || 1;
    return shares.map((share) => share / sum);
  });
}
