import type { StoredTrack } from '../cast/stored.js';
import { nextEpisode } from '../credits/answer.js';
import type { NextEpisodePolicy } from '../credits/types.js';
import { clockOf } from '../frames/timecode.js';
import type { MediaInfo } from '../frames/types.js';
import type { AnalysisAnswer, CreditsAnswer, Title } from './documents.js';

/**
 * Two clocks: what is stored counts from the film's first picture, what leaves the service counts as a player does, from
 * the earliest timestamp of any stream (sound may begin before the pictures). This is the one place that converts.
 */

type Media = Pick<MediaInfo, 'duration' | 'videoStart'>;

/** Seconds to add to a stored time; films that were listed before it was measured count as starting together. */
export const playerOffset = (media: Media | null): number => media?.videoStart ?? 0;

/** How long a player says that the film is, seconds. */
export const playingTime = (media: Media): number => media.duration + playerOffset(media);

/** The members of stored answers that are times; lengths and numbers of frames are not. */
const TIMES = new Set(['start', 'end', 'time', 'firstSeen', 'lastSeen', 'creditsStart', 'nextEpisodeAt']);

/** A copy of a part of an answer with its times `offset` seconds later. */
export function shifted<T>(part: T, offset: number): T {
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'number') return TIMES.has(key) ? value + offset : value;
    if (Array.isArray(value)) return value.map((item) => walk(item, key === 'times' ? 'time' : ''));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, walk(member, name)]));
  };
  return offset === 0 ? part : (walk(part, '') as T);
}

/** Tracks with their samples, whose times are the first of their numbers. */
export function shiftedTracks<T extends StoredTrack>(tracks: readonly T[], offset: number): T[] {
  return tracks.map((track) => ({
    ...shifted(track, offset),
    samples: track.samples.map(([time, ...box]) => [time + offset, ...box] as const),
  }));
}

/** A stored answer as it leaves the service. */
export function onPlayersClock(analysis: AnalysisAnswer, { media }: Title, policy: NextEpisodePolicy): AnalysisAnswer {
  const offset = playerOffset(media);
  if (media === null || offset === 0) return analysis;
  // Nothing of an answer but its result has members that are times.
  const told = shifted(analysis, offset);
  if (told.kind !== 'credits') return told;
  // The reason names times, too.
  const renewed = <T extends CreditsAnswer>(result: T): T => {
    const { creditsStart, confidence, segments } = result;
    if (creditsStart === null) return result;
    const offer = nextEpisode(creditsStart, confidence, segments, playingTime(media), policy);
    return { ...result, timecode: clockOf(creditsStart), ...offer };
  };
  const result = renewed(told.result);
  return { ...told, result: result.corrected ? { ...result, machine: renewed(result.machine) } : result };
}
