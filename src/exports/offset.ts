import { shifted } from '../titles/player-clock.js';
import type { StoredFilm } from './film.js';

/** Nearer to the film's edges than this, a stretch begins or ends with the film, seconds. */
const EDGE = 0.05;

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** A film's answers `seconds` later (earlier, below 0), within the film; what begins or ends with the film goes on doing so. */
export function moved(film: StoredFilm, seconds: number): StoredFilm {
  if (seconds === 0) return film;
  const { duration } = film.media;
  const inside = (time: number): number => Math.min(Math.max(time, 0), duration);
  const stretches = <T extends Stretch>(all: readonly T[]): T[] =>
    all
      .map((one): T => ({
        ...one,
        start: one.start < EDGE ? one.start : inside(one.start + seconds),
        end: one.end > duration - EDGE ? one.end : inside(one.end + seconds),
      }))
      .filter(({ start, end }) => end > start);
  const { credits, cast, billing, parts } = film;
  return {
    ...film,
    billing: billing ? shifted(billing, seconds) : null,
    credits: credits && {
      ...credits,
      creditsStart: credits.creditsStart === null ? null : inside(credits.creditsStart + seconds),
      segments: stretches(credits.segments),
    },
    parts: parts && stretches(parts),
    cast: cast && {
      ...cast,
      scenes: stretches(cast.scenes),
      shots: stretches(cast.shots),
      tracks: stretches(cast.tracks).map((track) => ({
        ...track,
        samples: track.samples.map(([time, ...box]) => [time + seconds, ...box] as const),
      })),
    },
  };
}
