import { readPicture } from '../../src/frames/picture.js';
import type { RgbImage } from '../../src/frames/types.js';
import { prepareInput } from '../../src/genre/feature-extractor.js';
import { dropReason, sketch } from '../../src/genre/frame-filter.js';
import { lumaAt } from '../../src/genre/letterbox.js';
import type { Item } from './dataset.js';
import { solveSymmetric } from './matrix.js';

/** What is seen in a frame beside the network's features; asked of some of a film's frames, because it costs more. */
export type FrameFeatures = (picture: RgbImage, whole: RgbImage) => Promise<number[]>;
/** Frames of a film that it is asked of, evenly spread. */
const EXTRACTED = 12;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
const spread = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

/** Brightness, contrast, colourfulness, warmth: of a {@link sketch}, 0 to 255. */
function palette(pixels: Uint8Array): { light: number; contrast: number; colour: number; warmth: number } {
  const lumas: number[] = [];
  let [colour, warmth] = [0, 0];
  for (let at = 0; at < pixels.length; at += 3) {
    const [red, green, blue] = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
    lumas.push(lumaAt(pixels, at));
    colour += Math.max(red, green, blue) - Math.min(red, green, blue);
    warmth += red - blue;
  }
  return { light: mean(lumas), contrast: spread(lumas), colour: colour / lumas.length, warmth: warmth / lumas.length };
}

/**
 * What a trailer's frames, one a second, say as a film: mean and spread of brightness, contrast, colour and warmth, how much
 * changes from second to second, the share of seconds without anything to see (black, cards), and the means of `extract`.
 */
export async function filmEvidence({ pictures }: Item, extract: FrameFeatures): Promise<number[]> {
  const seen: ReturnType<typeof palette>[] = [];
  const changes: number[] = [];
  const extracted: number[][] = [];
  const every = Math.max(1, Math.floor(pictures.length / EXTRACTED));
  let previous: Uint8Array | null = null;
  for (const [n, file] of pictures.entries()) {
    const whole = await readPicture(file);
    const picture = prepareInput(whole).square;
    const pixels = sketch(picture);
    const before: Uint8Array | null = previous;
    previous = pixels;
    if (dropReason(pixels, before)) continue;
    seen.push(palette(pixels));
    if (before) changes.push(mean(Array.from(pixels, (value, i) => Math.abs(value - before[i]!))));
    if (n % every === 0) extracted.push(await extract(picture, whole));
  }
  const of = (key: keyof ReturnType<typeof palette>): number[] => seen.map((frame) => frame[key]);
  const width = extracted[0]?.length ?? 0;
  return [
    mean(of('light')),
    spread(of('light')),
    mean(of('contrast')),
    mean(of('colour')),
    spread(of('colour')),
    mean(of('warmth')),
    mean(changes),
    spread(changes),
    1 - seen.length / pictures.length,
    ...Array.from({ length: width }, (_, i) => mean(extracted.map((row) => row[i]!))),
  ];
}

/** Penalty on the squared weights, in films: with two dozen films little may be believed. */
const RIDGE = 20;

/**
 * What the evidence of other films says about the genres of each film: a ridge regression, the film itself left out.
 * @param evidence [films][values]
 * @param labels [films][genres], 0 or 1
 * @returns [films], each [genres], around 0
 */
export function leaveOneOutRidge(
  evidence: readonly (readonly number[])[],
  labels: readonly (readonly number[])[],
): Float32Array[] {
  const width = evidence[0]?.length ?? 0;
  const genres = labels[0]?.length ?? 0;
  return evidence.map((own, left) => {
    const others = evidence.map((_, n) => n).filter((n) => n !== left);
    const column = (i: number): number[] => others.map((n) => evidence[n]![i]!);
    const middle = own.map((_, i) => mean(column(i)));
    const scale = own.map((_, i) => spread(column(i)) || 1);
    const standard = (row: readonly number[]): number[] => row.map((value, i) => (value - middle[i]!) / scale[i]!);
    const share = Array.from({ length: genres }, (_, g) => mean(others.map((n) => labels[n]![g]!)));
    const gram = new Float64Array(width * width);
    const target = new Float64Array(width * genres);
    for (const n of others) {
      const row = standard(evidence[n]!);
      row.forEach((value, i) => {
        row.forEach((other, j) => (gram[i * width + j] = gram[i * width + j]! + value * other));
        share.forEach(
          (usual, g) => (target[i * genres + g] = target[i * genres + g]! + value * (labels[n]![g]! - usual)),
        );
      });
    }
    for (let i = 0; i < width; i++) gram[i * width + i] = gram[i * width + i]! + RIDGE;
    const weights = solveSymmetric(gram, target, width, genres);
    const row = standard(own);
    return Float32Array.from({ length: genres }, (_, g) =>
      row.reduce((sum, value, i) => sum + value * weights[i * genres + g]!, 0),
    );
  });
}
