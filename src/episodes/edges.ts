import { type SoundPrint, WORD_SECONDS } from '../frames/sound-print.js';
import type { Fingerprint } from './types.js';

/** Seconds at which something may begin or end: cuts, and where black or silence beside it ends or begins. */
export interface Edges {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Decibels above the floor of {@link SoundPrint}: what is not louder is silence. */
export const SILENT = 30;
/** A pause is at least so long, seconds. */
const PAUSE = 0.35;

export function edgesOf({ pictures, sound, duration }: Fingerprint): Edges {
  const blacks = pictures?.blacks ?? [];
  const inBlack = (time: number): boolean => blacks.some(([start, end]) => time > start + 0.01 && time < end - 0.01);
  const cuts = [...(pictures?.cuts ?? [])].filter((time) => !inBlack(time));
  const silences = pictures === null ? silencesOf(sound) : [];
  const sorted = (times: number[]): number[] => times.sort((a, b) => a - b);
  return {
    starts: sorted([0, ...cuts, ...blacks.map(([, end]) => end), ...silences.map(([, end]) => end)]),
    ends: sorted([...cuts, ...blacks.map(([start]) => start), ...silences.map(([start]) => start), duration]),
  };
}

export function silencesOf(sound: SoundPrint | null): [number, number][] {
  const found: [number, number][] = [];
  let from: number | null = null;
  sound?.levels.forEach((level, k) => {
    const time = k * WORD_SECONDS;
    if (level < SILENT) from ??= time;
    else {
      if (from !== null && time - from >= PAUSE) found.push([from, time]);
      from = null;
    }
  });
  return found;
}

/** The nearest of these times that is no further away than `reach`; `time` itself where there is none. */
export function snapped(time: number, edges: readonly number[], reach: number): number {
  let best = time;
  let distance = reach;
  for (const edge of edges) {
    if (Math.abs(edge - time) > distance) continue;
    best = edge;
    distance = Math.abs(edge - time);
  }
  return best;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
