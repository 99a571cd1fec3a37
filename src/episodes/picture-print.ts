import type { Measured, Shot } from '../frames/shots.js';

/** What is kept of an episode's pictures. */
export interface PicturePrint {
  /** Seconds of the pictures that are kept, in order: some after every cut, {@link SAMPLE_SECONDS} apart and closer where things move. */
  readonly times: Float64Array;
  /** Their hashes, two words each; zeros for a picture of one colour. */
  readonly hashes: Uint32Array;
  /** When each shot begins, seconds, in order. */
  readonly cuts: Float64Array;
  /** Stretches of black, seconds. */
  readonly blacks: readonly (readonly [start: number, end: number])[];
}

export const SAMPLE_SECONDS = 0.25;
/** What moves is kept more often, so that a part of a shot that is shown again meets it at nearly the same instant: differing bits, seconds. */
const MOVED = { bits: 8, seconds: 0.12 };
/** Past the blur that a cut leaves in a compressed film. */
const AFTER_CUT = 0.08;

/**
 * The pictures of a shot are kept at the same times after its cut wherever it is shown, so that a shot that is shown again gives the same
 * hashes.
 * @param measured every thumbnail, in order of time
 * @param shots of the same film
 */
export function picturePrint(measured: readonly Measured[], shots: readonly Pick<Shot, 'start'>[]): PicturePrint {
  const cuts = Float64Array.from(shots, ({ start }) => start);
  const times: number[] = [];
  const hashes: number[] = [];
  let shot = -1;
  let next = 0;
  for (const { time, hash } of measured) {
    while (shot + 1 < cuts.length && time >= cuts[shot + 1]! - 1e-6) next = cuts[++shot]! + AFTER_CUT;
    if (hash === undefined) continue;
    if (time < next && !(hasMoved(hashes, hash) && time >= (times.at(-1) ?? 0) + MOVED.seconds - 1e-6)) continue;
    if (time < cuts[shot]! + AFTER_CUT) continue;
    times.push(time);
    hashes.push(...(hash ?? [0, 0]));
    if (time >= next) next = Math.max(next + SAMPLE_SECONDS, time + SAMPLE_SECONDS / 2);
  }
  return { times: Float64Array.from(times), hashes: Uint32Array.from(hashes), cuts, blacks: blacksOf(measured) };
}

/** Whether a picture differs from the one that was kept last. */
function hasMoved(kept: readonly number[], hash: readonly [number, number] | null): boolean {
  if (kept.length === 0) return false;
  const [high, low] = hash ?? [0, 0];
  return differing(high, kept.at(-2)!) + differing(low, kept.at(-1)!) > MOVED.bits;
}

/** Black of one frame alone is a flash. */
function blacksOf(measured: readonly Measured[]): [number, number][] {
  const blacks: [number, number][] = [];
  let start: number | null = null;
  let count = 0;
  for (const { time, black } of measured) {
    if (black) {
      start ??= time;
      count++;
    } else {
      if (start !== null && count > 1) blacks.push([start, time]);
      start = null;
      count = 0;
    }
  }
  const last = measured.at(-1);
  if (start !== null && count > 1 && last) blacks.push([start, last.time]);
  return blacks;
}

/** Differing bits of two words. */
export function differing(a: number, b: number): number {
  let bits = a ^ b;
  bits -= (bits >>> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** The first of these times, in order, that is not before `time`. */
export function firstFrom(times: Float64Array, time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
