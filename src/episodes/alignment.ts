import { type SoundPrint, WORD_SECONDS } from '../frames/sound-print.js';
import { median, SILENT } from './edges.js';
import { wordAt } from './indexes.js';
import { differing, firstFrom } from './picture-print.js';
import type { Episode, Fingerprint } from './types.js';

/** Seconds of a step in which two episodes are compared. */
export const STEP = 0.125;
/** Two words of sounds that are the same differ in fewer bits of 32; others in about half of them. */
const SAME_SOUND = 9;
/** Two hashes of the same picture differ in fewer bits of 64. */
export const SAME_PICTURE = 14;
/** Pictures are compared with those so close to where they should be, seconds. */
const NEAR = 0.2;
/** A picture tells of so much time after it, seconds. */
const HOLDS = 0.3;
/** What differs for less is bridged, seconds: a card with the episode's name inside the titles. */
const BRIDGED = 2.2;

/** What two episodes have in common from a second on, step by step: 1 the same, -1 something else, 0 nothing to compare. */
export interface Compared {
  readonly sound: Int8Array;
  /** Of the sound that is the same: 1 as loud as there, but for one gain; -1 louder or softer, as under voices. */
  readonly levels: Int8Array;
  readonly pictures: Int8Array;
}

/** A stretch that two episodes share. */
export interface Shared {
  readonly start: number;
  readonly end: number;
  /** The other's second less one's own. */
  readonly lag: number;
  /** Shares of it that sound and look the same, of what could be compared. */
  readonly sound: number;
  readonly pictures: number;
  /** Share of the sound that is as loud as there. */
  readonly levels: number;
}

/** @param until seconds of one's own */
export function compare(one: Fingerprint, other: Fingerprint, lag: number, until: number): Compared {
  const steps = Math.max(0, Math.floor(until / STEP));
  return { ...compareSound(one, other, lag, steps), pictures: comparePictures(one, other, lag, steps) };
}

function compareSound(
  { sound: a }: Fingerprint,
  { sound: b }: Fingerprint,
  lag: number,
  steps: number,
): Pick<Compared, 'sound' | 'levels'> {
  const told = new Int8Array(steps);
  if (!a || !b) return { sound: told, levels: told };
  const words = Math.max(0, Math.min(a.words.length, wordAt(steps * STEP) + 1));
  const near = Math.round(lag / WORD_SECONDS);
  let best = { alike: -1, told, shift: near };
  for (let shift = near - 2; shift <= near + 2; shift++) {
    const same = new Int8Array(words);
    let alike = 0;
    for (let k = Math.max(0, -shift); k < words && k + shift < b.words.length; k++) {
      if ((a.levels[k + 10] ?? 0) < SILENT || (b.levels[k + shift + 10] ?? 0) < SILENT) continue;
      same[k] = differing(a.words[k]!, b.words[k + shift]!) <= SAME_SOUND ? 1 : -1;
      if (same[k] === 1) alike++;
    }
    if (alike <= best.alike) continue;
    best = { alike, told: Int8Array.from({ length: steps }, (_, step) => same[wordAt(step * STEP)] ?? 0), shift };
  }
  const difference = differences(a, b, best.shift);
  const sound = extended(smoothed(best.told), difference);
  const usual = median(
    [...sound.keys()]
      .filter((step) => sound[step] === 1)
      .map(difference)
      .filter(Number.isFinite),
  );
  return { sound, levels: sound.map((one, step) => (one === 1 ? sameLevel(difference(step), usual) : 0)) };
}

const sameLevel = (difference: number, usual: number): number =>
  Number.isNaN(difference) ? 0 : Math.abs(difference - usual) <= SAME_LEVEL ? 1 : -1;

/** Decibels by which one is louder than the other in a step; NaN where one is silent: silence is like any other silence. */
const differences =
  (a: SoundPrint, b: SoundPrint, shift: number) =>
  (step: number): number => {
    const k = Math.round((step * STEP) / WORD_SECONDS - 0.5);
    const [one, other] = [a.levels[k] ?? 0, b.levels[k + shift] ?? 0];
    return one < SILENT || other < SILENT ? NaN : one - other;
  };

/** Seconds that a word of the beginning or the end of something looks beyond it, and decibels by which equal sound may differ. */
const BEYOND = 1.7;
const SAME_LEVEL = 3;
/** Words of what goes over into silence tell of it for so long after its end, seconds. */
const ECHO = 1.2;
/** Steps of other loudness that end what is the same. */
const OTHER_STEPS = 2;

/** Words tell of seconds, levels of an instant: where words begin to differ, what is still as loud as there is still the same. */
function extended(told: Int8Array, difference: (step: number) => number): Int8Array {
  const result = told.slice();
  const grow = (from: number, way: 1 | -1): void => {
    const usual = median(Array.from({ length: 16 }, (_, k) => difference(from - way * k)).filter(Number.isFinite));
    let last = from;
    for (let step = from + way; Math.abs(step - from) * STEP <= BEYOND; step += way) {
      if (step < 0 || step >= told.length || told[step] === 1) break;
      if (Math.abs(difference(step) - usual) <= SAME_LEVEL) last = step;
      else if (Math.abs(step - last) >= OTHER_STEPS) break;
    }
    for (let step = from; step !== last + way; step += way) result[step] = 1;
  };
  /** Where it is silent or another loudness already, words only echo what was before. */
  const shrink = (from: number, way: 1 | -1): void => {
    const usual = median(
      Array.from({ length: 16 }, (_, k) => difference(from - way * (k + 8))).filter(Number.isFinite),
    );
    const same = (step: number): boolean => Math.abs(difference(step) - usual) <= SAME_LEVEL;
    for (let step = from; Math.abs(step - from) * STEP <= ECHO && told[step] === 1; step -= way) {
      if (same(step) && same(step - way)) return;
      result[step] = -1;
    }
  };
  for (let step = 0; step < told.length; step++) {
    if (told[step] !== 1) continue;
    for (const way of [-1, 1] as const) {
      if (told[step + way] === 1) continue;
      grow(step, way);
      if (result[step + way] !== 1) shrink(step, way);
    }
  }
  return result;
}

function comparePictures(
  { pictures: a }: Fingerprint,
  { pictures: b }: Fingerprint,
  lag: number,
  steps: number,
): Int8Array {
  const told = new Int8Array(steps);
  if (!a || !b) return told;
  let next = 0;
  for (let k = 0; k < a.times.length; k++) {
    const time = a.times[k]!;
    const [first, last] = [Math.ceil(time / STEP), Math.min(a.times[k + 1] ?? Infinity, time + HOLDS) / STEP];
    if (first >= steps) break;
    const distance = nearest(a.hashes[2 * k]!, a.hashes[2 * k + 1]!, b, time + lag);
    if (distance === null) continue;
    for (let step = Math.max(next, first - 1); step < Math.min(last, steps); step++)
      told[step] = distance <= SAME_PICTURE ? 1 : -1;
    next = Math.floor(last);
  }
  return told;
}

/** Differing bits of a hash and the nearest around a second; null where one of them shows nothing. */
export function nearest(
  high: number,
  low: number,
  { times, hashes }: NonNullable<Fingerprint['pictures']>,
  time: number,
): number | null {
  if (high === 0 && low === 0) return null;
  let best: number | null = null;
  for (let k = firstFrom(times, time - NEAR); k < times.length && times[k]! <= time + NEAR; k++) {
    if (hashes[2 * k] === 0 && hashes[2 * k + 1] === 0) continue;
    best = Math.min(best ?? 64, differing(high, hashes[2 * k]!) + differing(low, hashes[2 * k + 1]!));
  }
  return best;
}

/** The stretches that are long enough and alike enough to be more than chance. */
export function sharedStretches(
  { sound, pictures, levels }: Compared,
  lag: number,
  enough: (shared: Shared) => boolean,
): Shared[] {
  const steps = sound.length;
  const stretches: { from: number; to: number }[] = [];
  for (let step = 0; step < steps; step++) {
    if (sound[step] !== 1 && pictures[step] !== 1) continue;
    const last = stretches.at(-1);
    if (last && (step - last.to) * STEP <= BRIDGED) last.to = step + 1;
    else stretches.push({ from: step, to: step + 1 });
  }
  return stretches
    .map((stretch) => withoutChance({ sound, pictures }, stretch))
    .map(({ from, to }) => ({
      start: from * STEP,
      end: to * STEP,
      lag,
      sound: shareOf(sound, from, to),
      pictures: shareOf(pictures, from, to),
      levels: shareOf(levels, from, to),
    }))
    .filter(enough);
}

/** What is alike at an end for less time than something else that parts it from the rest is alike by chance: two dark pictures. */
function withoutChance(
  { sound, pictures }: Pick<Compared, 'sound' | 'pictures'>,
  stretch: { readonly from: number; readonly to: number },
): { from: number; to: number } {
  const isSame = (step: number): boolean => sound[step] === 1 || pictures[step] === 1;
  const inner = (edge: number, end: number, way: 1 | -1): number => {
    const stepAt = (passed: number): number => edge + way * passed - (way < 0 ? 1 : 0);
    const length = Math.abs(end - edge);
    let alike = 0;
    while (alike < length && isSame(stepAt(alike))) alike++;
    let other = 0;
    let known = 0;
    while (alike + other < length && !isSame(stepAt(alike + other))) {
      if (pictures[stepAt(alike + other)] === -1) known++;
      other++;
    }
    return alike + other < length && known > alike ? inner(edge + way * (alike + other), end, way) : edge;
  };
  const from = inner(stretch.from, stretch.to, 1);
  return { from, to: inner(stretch.to, from, -1) };
}

/** A word alone may be alike by chance. */
function smoothed(told: Int8Array): Int8Array {
  const REACH = 3;
  const sums = new Int32Array(told.length + 1);
  told.forEach((value, k) => (sums[k + 1] = sums[k]! + value));
  return told.map((_, k) => {
    const [from, to] = [Math.max(0, k - REACH), Math.min(told.length, k + REACH + 1)];
    return Math.sign(sums[to]! - sums[from]!);
  });
}

/** Of what could be compared; 0 where less than a fifth could. */
function shareOf(told: Int8Array, from: number, to: number): number {
  let [same, known] = [0, 0];
  for (let step = from; step < to; step++) {
    if (told[step] === 1) same++;
    if (told[step] !== 0) known++;
  }
  return known * 5 < to - from ? 0 : same / known;
}

/** Whether sound could be compared at all. */
export const hasSound = ({ sound }: Episode): boolean =>
  sound !== null && sound.levels.some((level) => level >= SILENT);
