import { keyFrameChoice, selectorFor, windowOf } from './plan.js';
import type { SamplingPlan } from './types.js';

/** A picture's place in a file: its timestamp as the file has it and mended, ticks, and its position, bytes. */
export interface Place {
  readonly raw: number;
  readonly ticks: number;
  readonly position: number;
  readonly keyframe: boolean;
}

/**
 * The places that a plan wants.
 * @param places in order of time
 * @param timeOf seconds since the first frame
 */
export function placesOf(
  places: readonly Place[],
  plan: SamplingPlan,
  timeOf: (ticks: number) => number,
  duration: number,
): Place[] {
  // Pictures before the first that can be decoded.
  const shown = places.filter(({ ticks }) => timeOf(ticks) >= 0);
  if (plan.kind === 'keyframes') {
    const { start, end } = windowOf(plan);
    const isWanted = keyFrameChoice(plan, duration);
    return shown.filter(({ keyframe, ticks }) => {
      const time = timeOf(ticks);
      return keyframe && time >= start && time < end && isWanted(time);
    });
  }
  const selector = selectorFor<Place>(plan);
  const wanted: (Place | null)[] = [];
  for (const place of shown) if (selector.target !== null) wanted.push(selector.offer(place, timeOf(place.ticks)));
  if (selector.target !== null) wanted.push(selector.end());
  return wanted.filter((place) => place !== null);
}
