import { silencesOf } from './edges.js';
import type { Fingerprint } from './types.js';

interface Stretch {
  /** Seconds. */
  readonly start: number;
  readonly end: number;
}

/** Cuts at the same place lie no further apart, seconds: a frame. */
const SAME_PLACE = 0.06;
/** A lag is known roughly, seconds: it comes from words of sound. */
const LAG_REACH = 0.3;
/** At least so many cuts are at the same places; so much of those of the one that has fewer; so many times as many as by chance. */
const ALIKE = { least: 5, share: 0.4, chance: 3.5 };
/** Silence or black that an edge lies beside is no further away, seconds: sound alone tells an edge roughly. */
const BESIDE = 1;

/**
 * Whether two are cut alike where they sound the same: titles are, whatever they show, or they lie between black or silence. A story with
 * the same music under it is cut by what is said and done.
 * @param stretch of `one`; `lag` seconds later in `other`
 */
export function isCutAlike(one: Fingerprint, other: Fingerprint, stretch: Stretch & { readonly lag: number }): boolean {
  const { start, end, lag } = stretch;
  const there = { start: start + lag, end: end + lag };
  if (isSetApart(one, stretch) && isSetApart(other, there)) return true;
  const [own, others] = [cutsIn(one, stretch), cutsIn(other, there)];
  const same = sameAtBest(own, others, lag);
  const byChance = (own.length * others.length * 2 * SAME_PLACE) / (end - start);
  return same >= Math.max(ALIKE.least, ALIKE.share * Math.min(own.length, others.length), ALIKE.chance * byChance);
}

const cutsIn = ({ pictures }: Fingerprint, { start, end }: Stretch): number[] =>
  [...(pictures?.cuts ?? [])].filter((time) => time >= start - LAG_REACH && time <= end + LAG_REACH);

/** How many cuts of one are at the places of cuts of the other, at the best lag near the known one. */
function sameAtBest(own: readonly number[], others: readonly number[], lag: number): number {
  const lags = own
    .flatMap((time) => others.map((cut) => cut - time))
    .filter((one) => Math.abs(one - lag) <= LAG_REACH)
    .sort((a, b) => a - b);
  let [most, first] = [0, 0];
  lags.forEach((one, k) => {
    while (one - lags[first]! > SAME_PLACE) first++;
    most = Math.max(most, k - first + 1);
  });
  return most;
}

/** Whether there is black or silence right before a stretch and right after it. */
function isSetApart({ pictures, sound }: Fingerprint, { start, end }: Stretch): boolean {
  const pauses = [...(pictures?.blacks ?? []), ...silencesOf(sound)];
  return (
    (start < BESIDE || pauses.some(([, to]) => Math.abs(to - start) <= BESIDE)) &&
    pauses.some(([from]) => Math.abs(from - end) <= BESIDE)
  );
}
