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
const REACH_SHOTS = 4;
const REACH_SECONDS = 60;
/** Colours in common, 0 to 1, from which two shots speak for one scene; with somebody who is in both, less is enough. */
const TOGETHER = 0.74;
const SOMEBODY_IN_BOTH = 0.1;
/** Most that two shots say against one scene: a dialogue cuts to and fro between walls that have nothing in common. */
const MOST_AGAINST = 0.04;

/** How much two shots speak for one scene (above 0) or for two (below); 0 where one of them shows nothing. */
export function kinship(a: DescribedShot, b: DescribedShot): number {
  const shared = [...a.cast].some((key) => b.cast.has(key)) ? SOMEBODY_IN_BOTH : 0;
  if (!a.colours || !b.colours) return shared;
  return Math.max(-MOST_AGAINST, 1 - colourDistance(a.colours, b.colours) + shared - TOGETHER);
}

/** Scenes up to some shot: what their pairs of shots come to, and where each begins, the last first. */
interface Cut {
  readonly total: number;
  readonly starts: Starts;
}
interface Starts {
  readonly first: number;
  readonly before: Starts | null;
}

/**
 * Cuts a film into the scenes whose pairs of near shots speak most for being one scene, in all (dynamic programming over the cuts).
 * One look-alike does not join two scenes as long as the shots around it are unlike: in a dark trailer any shot has some.
 */
export function joinScenes(shots: readonly DescribedShot[]): Scene[] {
  // By how many shots the last scene has; the last place stands for as many and more.
  let open: (Cut | undefined)[] = [];
  shots.forEach((shot, index) => {
    const best = bestOf(open);
    const next: (Cut | undefined)[] = [
      undefined,
      { total: best?.total ?? 0, starts: { first: index, before: best?.starts ?? null } },
    ];
    let more = 0;
    for (let back = 1; back <= REACH_SHOTS && back <= index; back++) {
      const earlier = shots[index - back]!;
      if (shot.start - earlier.end <= REACH_SECONDS) more += kinship(earlier, shot);
      const cut = open[back];
      const length = Math.min(REACH_SHOTS, back + 1);
      if (cut && cut.total + more > (next[length]?.total ?? -Infinity))
        next[length] = { total: cut.total + more, starts: cut.starts };
    }
    open = next;
  });
  const scenes: Scene[] = [];
  let end = shots.length - 1;
  for (let at = bestOf(open)?.starts ?? null; at; at = at.before) {
    scenes.push({ start: shots[at.first]!.start, end: shots[end]!.end, firstShot: at.first, lastShot: end });
    end = at.first - 1;
  }
  return scenes.reverse();
}

/** Of equals the shortest last scene. */
function bestOf(cuts: readonly (Cut | undefined)[]): Cut | undefined {
  return cuts.reduce((best, cut) => (cut && (!best || cut.total > best.total) ? cut : best), undefined);
}
