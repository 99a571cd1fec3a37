import type { MediaInfo } from '../frames/types.js';
import { isScene, nextEpisode, placeOf } from './answer.js';
import type { CreditsResult, CreditsSegment, NextEpisodePolicy } from './types.js';

/** A stretch as a person says it. Seconds since the first video frame, `start <= t < end`. */
export type SaidSegment = Pick<CreditsSegment, 'kind' | 'start' | 'end'>;

/** What a person says of a film's credits. */
export interface CreditsSaid {
  /** Seconds; null: there are none. Where there are some, the first segment begins here and is of the credits. */
  readonly creditsStart: number | null;
  /** In order of time, none overlaps another. */
  readonly segments: readonly SaidSegment[];
}

/** What a person said is certain. */
const CERTAIN = 1;
const EVIDENCE = 'set by hand';

/** The segments where the credits start at another second: what lies before it is none of them. @param duration seconds */
export function startingAt(segments: readonly SaidSegment[], start: number, duration: number): SaidSegment[] {
  const later = segments.filter(({ end }) => end > start).map((one) => ({ ...one, start: Math.max(start, one.start) }));
  const [first, ...others] = later;
  if (!first) return [{ kind: 'roll', start, end: duration }];
  if (!isScene(first)) return [{ ...first, start }, ...others];
  return first.start > start
    ? [{ kind: 'cards', start, end: first.start }, ...later]
    : [{ ...first, kind: 'cards' }, ...others];
}

/** Why this cannot be said of a film, in one line; null where it can. @param duration seconds */
export function whyNotSaid({ creditsStart, segments }: CreditsSaid, duration: number): string | null {
  const [first] = segments;
  if (!first) return creditsStart === null ? null : 'Credits that start have a segment';
  if (creditsStart === null) return 'Where there are no credits there are no segments';
  if (isScene(first)) return 'The first segment is one of the credits, not a scene';
  if (first.start !== creditsStart) return 'The first segment starts where the credits do';
  for (const [index, { start, end }] of segments.entries()) {
    if (start >= duration) return `The film ends at ${duration.toFixed(3)} s, before ${start} s`;
    if (end <= start) return 'A segment ends after its start';
    if (end > duration) return `The film ends at ${duration.toFixed(3)} s, before ${end} s`;
    if (start < (segments[index - 1]?.end ?? 0)) return 'Segments come in order of time, and none overlaps another';
  }
  return null;
}

/**
 * The answer that follows from what a person said; nothing in it is of the machine.
 * @param frame that starts the credits, as it was counted
 */
export function saidCredits(
  { creditsStart, segments: said }: CreditsSaid,
  { duration, frameRate, variableRate }: Pick<MediaInfo, 'duration' | 'frameRate' | 'variableRate'>,
  policy: NextEpisodePolicy,
  frame: number | null = null,
): Pick<
  CreditsResult,
  'creditsStart' | 'frame' | 'timecode' | 'smpte' | 'nextEpisodeAt' | 'confidence' | 'segments' | 'reason'
> {
  const segments = said.map((one): CreditsSegment => ({ ...one, confidence: CERTAIN, evidence: EVIDENCE }));
  const offer = nextEpisode(creditsStart, CERTAIN, segments, duration, policy);
  return {
    ...placeOf(creditsStart, frameRate),
    // where frames come at more than one rate only counting tells the number
    ...(variableRate && { frame: creditsStart === null ? null : frame }),
    confidence: CERTAIN,
    segments,
    ...offer,
    ...(creditsStart === null && { reason: 'none: a person said so' }),
  };
}
