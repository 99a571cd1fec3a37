import type { PicturePrint } from '../../src/episodes/picture-print.js';
import type { Episode } from '../../src/episodes/types.js';
import { WORD_SECONDS, WORD_SPAN } from '../../src/frames/sound-print.js';

/** Fingerprints of episodes that were never filmed: each shot has pictures and each stretch of sound has words of its own. */

export interface Stretch {
  readonly seconds: number;
  /** What it shows: the same number, the same pictures; null: black. */
  readonly look: number | null;
  /** What it sounds like; null: silence. */
  readonly tune: number | null;
  /** Seconds of the look that are left out before it. */
  readonly skip?: number;
}

const hash = (seed: number): number => {
  let t = (seed + 0x6d2b79f5) >>> 0;
  t = Math.imul(t ^ (t >>> 15), 1 | t);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return (t ^ (t >>> 14)) >>> 0;
};

const STEP = 0.25;

export function episodeOf(
  stretches: readonly Stretch[],
  about: Partial<Episode> & Pick<Episode, 'name' | 'number'>,
): Episode {
  const duration = stretches.reduce((sum, { seconds }) => sum + seconds, 0);
  return {
    duration,
    pictures: picturesOf(stretches),
    sound: soundOf(stretches, duration),
    season: 1,
    creditsStart: null,
    chapters: [],
    ...about,
  };
}

function picturesOf(stretches: readonly Stretch[]): PicturePrint {
  const [times, hashes, cuts]: [number[], number[], number[]] = [[], [], []];
  const blacks: [number, number][] = [];
  let start = 0;
  for (const { seconds, look, skip = 0 } of stretches) {
    cuts.push(start);
    if (look === null) blacks.push([start, start + seconds]);
    else
      for (let after = 0.1; after < seconds - 0.05; after += STEP) {
        // pictures of a shot change a bit every half second
        const moved = Math.floor((after + skip) / 0.5);
        times.push(start + after);
        hashes.push((hash(2 * look) ^ (1 << (moved % 32))) >>> 0, hash(2 * look + 1));
      }
    start += seconds;
  }
  return { times: Float64Array.from(times), hashes: Uint32Array.from(hashes), cuts: Float64Array.from(cuts), blacks };
}

function soundOf(stretches: readonly Stretch[], duration: number): NonNullable<Episode['sound']> {
  const at = (time: number): { tune: number | null; after: number } => {
    let start = 0;
    for (const { seconds, tune } of stretches) {
      if (time < start + seconds) return { tune, after: time - start };
      start += seconds;
    }
    return { tune: null, after: 0 };
  };
  const count = Math.floor(duration / WORD_SECONDS);
  const words = Uint32Array.from({ length: Math.max(0, count - 22) }, (_, k) => {
    const { tune, after } = at(k * WORD_SECONDS + WORD_SPAN / 2);
    return tune === null ? 0 : hash(tune * 100_003 + Math.floor(after * 2));
  });
  const levels = Uint8Array.from({ length: count }, (_, k) => {
    const { tune, after } = at((k + 0.5) * WORD_SECONDS);
    return tune === null ? 0 : 60 + (hash(tune * 7 + Math.floor(after * 2)) % 20);
  });
  return { words, levels };
}

let next = 1000;
/** Shots of a story that nothing else shows. */
export function story(seconds: number): Stretch[] {
  const tune = next++;
  return Array.from({ length: Math.round(seconds / 4) }, (_, k) => ({
    seconds: 4,
    look: next++,
    tune: tune * 1000 + k,
  }));
}

/** Opening titles. */
export const titles = (id: number, seconds = 20): Stretch[] =>
  Array.from({ length: seconds / 2 }, (_, k) => ({ seconds: 2, look: id * 100 + k, tune: id * 100 + k }));

/** Shots of a story, each without its first second and its last. */
export const excerpt = (from: readonly Stretch[], which: readonly number[]): Stretch[] =>
  which.map((k) => ({ ...from[k]!, seconds: 2, skip: 1, tune: next++ * 1000 }));

export const silent = (stretches: readonly Stretch[]): Stretch[] => stretches.map((one) => ({ ...one, tune: null }));
export const resounded = (stretches: readonly Stretch[]): Stretch[] =>
  stretches.map((one) => ({ ...one, tune: next++ * 1000 }));
export const otherwiseShown = (stretches: readonly Stretch[]): Stretch[] =>
  stretches.map((one) => ({ ...one, look: next++ }));
