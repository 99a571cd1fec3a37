import type { RgbImage } from '../frames/types.js';
import type { Span } from './tracks.js';

/** Shares of a frame's pixels in 4 x 4 x 4 cells of RGB, 64 numbers that sum to 1: its colours, not its layout. */
export type ColourHistogram = Float32Array;

export function colourHistogramOf({ data }: RgbImage): ColourHistogram {
  const shares = new Float32Array(64);
  // Every 4th pixel says as much about a frame's colours as all of them.
  const step = 12;
  const share = 1 / Math.ceil(data.length / step);
  for (let at = 0; at < data.length; at += step)
    shares[((data[at]! >> 6) << 4) | ((data[at + 1]! >> 6) << 2) | (data[at + 2]! >> 6)]! += share;
  return shares;
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
