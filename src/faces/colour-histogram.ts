import type { RgbImage } from '../frames/types.js';
import type { Span } from './tracks.js';

/**
 * How light and how coloured a frame is, 37 numbers that sum to 1: a third each for lightness and the two colour axes of CIELAB, each
 * value shared by the two nearest of evenly spaced steps. Its colours, not its layout. Steps of RGB would hold all of a dark frame in one.
 */
export type ColourHistogram = Float32Array;

/** Steps of an axis: the first, how far apart, how many. */
interface Axis {
  readonly first: number;
  readonly step: number;
  readonly count: number;
}
const LIGHTNESS: Axis = { first: 0, step: 8, count: 13 };
const COLOUR: Axis = { first: -45, step: 7.5, count: 12 };
const AXES: readonly Axis[] = [LIGHTNESS, COLOUR, COLOUR];
const STEPS = AXES.reduce((sum, { count }) => sum + count, 0);

export function colourHistogramOf(image: RgbImage): ColourHistogram {
  const { data, width } = image;
  const shares = new Float32Array(STEPS);
  const { top, bottom, left, right } = insideBorders(image);
  let seen = 0;
  for (let y = top; y < bottom; y++) {
    // Every 4th pixel says as much about a frame's colours as all of them; not the same columns in each row.
    for (let x = left + ((y - top) % EVERY); x < right; x += EVERY) {
      const at = (y * width + x) * 3;
      addLab(shares, LINEAR[data[at]!]!, LINEAR[data[at + 1]!]!, LINEAR[data[at + 2]!]!);
      seen++;
    }
  }
  return shares.map((sum) => sum / (AXES.length * Math.max(1, seen)));
}

const EVERY = 4;

/** The light of an sRGB value, 0 to 1 (IEC 61966-2-1). */
const LINEAR = Float32Array.from({ length: 256 }, (_, value) => {
  const share = value / 255;
  return share > 0.04045 ? ((share + 0.055) / 1.055) ** 2.4 : share / 12.92;
});

/** CIELAB of linear sRGB under D65, into the histogram. */
function addLab(shares: Float32Array, red: number, green: number, blue: number): void {
  const x = root((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505);
  const y = root(0.2126 * red + 0.7152 * green + 0.0722 * blue);
  const z = root((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089);
  share(shares, 0, LIGHTNESS, 116 * y - 16);
  share(shares, LIGHTNESS.count, COLOUR, 500 * (x - y));
  share(shares, LIGHTNESS.count + COLOUR.count, COLOUR, 200 * (y - z));
}

const root = (value: number): number => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);

function share(shares: Float32Array, from: number, { first, step, count }: Axis, value: number): void {
  const place = Math.min(count - 1, Math.max(0, (value - first) / step));
  const below = Math.min(count - 2, Math.floor(place));
  shares[from + below]! += 1 - (place - below);
  shares[from + below + 1]! += place - below;
}

/** A row or column of which a smaller share of pixels is brighter than black (16 in video range, with noise) is part of a border. */
const [BLACK, BRIGHT_SHARE] = [20, 0.02];
/** Borders that leave less of a side than this are none but a dark picture: 2.76:1 inside 4:3 leaves .48. */
const LEAST_LEFT = 0.4;

/** The part of a frame inside its black borders, which are the film's and no scene's. */
function insideBorders({ data, width, height }: RgbImage): Record<'top' | 'bottom' | 'left' | 'right', number> {
  const [rows, columns] = [new Uint32Array(height), new Uint32Array(width)];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      if (data[at]! <= BLACK && data[at + 1]! <= BLACK && data[at + 2]! <= BLACK) continue;
      rows[y]!++;
      columns[x]!++;
    }
  const [top, bottom] = brightStretch(rows, width);
  const [left, right] = brightStretch(columns, height);
  return { top, bottom, left, right };
}

function brightStretch(bright: Uint32Array, across: number): [from: number, to: number] {
  const isBright = (count: number): boolean => count > across * BRIGHT_SHARE;
  const [from, to] = [bright.findIndex(isBright), bright.findLastIndex(isBright) + 1];
  return to - from < bright.length * LEAST_LEFT || from < 0 ? [0, bright.length] : [from, to];
}

/** Mean lightness of CIELAB, 0 to 100, as the steps hold it. */
export function lightnessOf(histogram: ColourHistogram): number {
  return histogram
    .subarray(0, LIGHTNESS.count)
    .reduce((sum, value, i) => sum + AXES.length * value * i * LIGHTNESS.step, 0);
}

/** Half the sum of absolute differences: 0 for the same colours, 1 for none in common. */
export function colourDistance(a: ColourHistogram, b: ColourHistogram): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / 2;
}

/** Two samples of one shot rarely differ by more; cuts to a similar picture do not matter to tracks. */
const CUT = 0.25;

/**
 * Stretches between sampled frames whose colours jump: stand-ins for shots where those were not measured. A boundary
 * lies at the first sample after the jump.
 */
export function spansOfColour(
  samples: readonly { readonly time: number; readonly histogram: ColourHistogram }[],
): Span[] {
  const starts = samples.filter(
    ({ histogram }, i) => i === 0 || colourDistance(histogram, samples[i - 1]!.histogram) > CUT,
  );
  return starts.map(({ time }, i) => ({
    start: i === 0 ? 0 : time,
    end: starts[i + 1]?.time ?? (samples.at(-1)?.time ?? 0) + 1,
  }));
}
