import type { TimeWindow } from '../frames/types.js';
import type { Evidence } from './evidence.js';
import type { Search, Stretch } from './search-result.js';
import { textRise } from './text-motion.js';

/**
 * Whether cards are a roll. A search reads keyframes: where these are ten seconds apart, as encoders put them, no line is in two of
 * them, and a roll looks as cards do. Two frames of its middle tell.
 */

/** Seconds between the two frames, and for which frames are read at either. */
const [APART, READ] = [0.7, 0.1];
/** Shorter cards are left as they are, seconds. */
const SHORT = 4;
/** Frames nearer to each other than this tell by themselves, seconds. */
const NEAR = 3;

/** Cards that may be a roll. */
export interface Doubtful {
  readonly stretch: Stretch;
  /** Of which frames are wanted. */
  readonly windows: readonly [TimeWindow, TimeWindow];
}

export function doubtfulCards({ samples }: Pick<Search, 'samples'>, stretches: readonly Stretch[]): Doubtful[] {
  return stretches.flatMap((stretch): Doubtful[] => {
    const { state, start, end } = stretch;
    if ((state !== 'cards' && state !== 'names') || end - start < SHORT) return [];
    const [middle, quarter] = [(start + end) / 2, (end - start) / 4];
    const inside = samples.filter(({ time }) => Math.abs(time - middle) < quarter);
    if (inside.some(({ time }, i) => i > 0 && time - inside[i - 1]!.time < NEAR)) return [];
    const from = (time: number): TimeWindow => ({ start: time, end: time + READ });
    return [{ stretch, windows: [from(middle), from(middle + APART)] }];
  });
}

/** What the later frame shows, with the speed of its text, picture heights a second; null where the text does not roll. */
export function rollBetween(before: Evidence | null, after: Evidence | null): Evidence | null {
  if (!before || !after) return null;
  const rise = textRise(before, after);
  return rise !== null && rise > 0 ? { ...after, rise } : null;
}
