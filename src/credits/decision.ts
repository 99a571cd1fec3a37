import { atOnce, type Steps } from '../core/slices.js';

/**
 * What an answer costs that is wrong, in seconds that a viewer is kept from the next episode. To skip a second of story is
 * dearer than to show a second of credits; and a viewer who was late by minutes, or saw the film's end cut off, minds
 * another minute no more, so both costs have a most. Without it a small chance that the credits start much later outweighs
 * everything. Their ratio says how sure of an earlier start one must be: with 2 to 1, two thirds.
 */
export interface StartCosts {
  /** Of each second too early, where each second too late costs 1. */
  readonly earlyCost: number;
  readonly mostEarly: number;
  readonly mostLate: number;
}

/** Starts that are less likely change nothing. */
const NEGLIGIBLE = 1e-6;

/**
 * The slot at which the credits are said to start: the one of least expected cost over the whole distribution.
 * @param starts probability of a start at each slot; need not sum to 1
 * @returns the earliest of equally good ones; the last slot where there is no start at all
 */
export function cheapestStart(...about: Parameters<typeof cheapestStartSteps>): number {
  return atOnce(cheapestStartSteps(...about));
}

/** {@link cheapestStart}, a likely start a step. */
export function* cheapestStartSteps(
  starts: ArrayLike<number>,
  { earlyCost, mostEarly, mostLate }: StartCosts,
  slotSeconds: number,
): Steps<number> {
  const likely = Array.from(starts, (p, slot) => ({ p, slot })).filter(({ p }) => p > NEGLIGIBLE);
  let [best, least] = [starts.length - 1, Infinity];
  // The cost has its least where a start is likely: between two of them it grows or shrinks steadily.
  for (const { slot } of likely) {
    yield;
    const cost = likely.reduce((sum, { p, slot: truth }) => {
      const late = (slot - truth) * slotSeconds;
      return sum + p * (late < 0 ? Math.min(mostEarly, -late * earlyCost) : Math.min(mostLate, late));
    }, 0);
    if (cost < least - 1e-12) [best, least] = [slot, cost];
  }
  return best;
}

/** How likely it is that the credits start within `near` seconds of a time. @param from time of the first slot, seconds */
export function probabilityNear(
  starts: ArrayLike<number>,
  time: number,
  near: number,
  from: number,
  slotSeconds: number,
): number {
  const sum = Array.from(starts).reduce(
    (total, p, slot) => (Math.abs(from + (slot + 0.5) * slotSeconds - time) <= near ? total + p : total),
    0,
  );
  return Math.min(1, sum);
}
