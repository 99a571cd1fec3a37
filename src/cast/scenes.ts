import { colourDistance, type ColourHistogram } from '../faces/colour-histogram.js';
import type { Span } from '../faces/tracks.js';

/** A shot with what tells scenes apart. */
export interface DescribedShot extends Span {
  /** Mean colours; null when no sampled frame fell into it. */
  readonly colours: ColourHistogram | null;
  /** Keys of the people in it. */
  readonly cast: ReadonlySet<string>;
}

/** A run of shots that share place and people. */
export interface Scene extends Span {
  /** Indices of its first and last shot. */
  readonly firstShot: number;
  readonly lastShot: number;
}

/** Shots this far apart, in shots and in seconds, are not compared: a place seen again later is another scene. */
const REACH_SHOTS = 6;
const REACH_SECONDS = 60;
/** Likeness, 0 to 1, from which two shots belong together. */
const TOGETHER = 0.5;
const COLOUR_WEIGHT = 0.65;

/** 0 to 1: colours in common and people in common. */
export function likeness(a: DescribedShot, b: DescribedShot): number {
  const colours = a.colours && b.colours ? 1 - colourDistance(a.colours, b.colours) : 0;
  const fewer = Math.min(a.cast.size, b.cast.size);
  if (fewer === 0) return colours;
  const shared = [...a.cast].filter((key) => b.cast.has(key)).length / fewer;
  return COLOUR_WEIGHT * colours + (1 - COLOUR_WEIGHT) * shared;
}

/**
 * Joins shots to scenes: a boundary lies where no shot of the last few is like any of the next few (overlapping links,
 * Hanjalic et al. 1999), so a dialogue that cuts to and fro stays one scene.
 */
export function joinScenes(shots: readonly DescribedShot[]): Scene[] {
  const scenes: Scene[] = [];
  let first = 0;
  let reached = 0;
  shots.forEach((shot, index) => {
    for (let other = index + 1; other <= index + REACH_SHOTS && other < shots.length; other++) {
      const later = shots[other]!;
      if (later.start - shot.end > REACH_SECONDS) break;
      if (likeness(shot, later) >= TOGETHER) reached = Math.max(reached, other);
    }
    if (reached > index) return;
    scenes.push({ start: shots[first]!.start, end: shot.end, firstShot: first, lastShot: index });
    first = index + 1;
    reached = first;
  });
  return scenes;
}
