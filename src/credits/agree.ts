import type { MediaInfo } from '../frames/types.js';
import { isScene, nextEpisode, placeOf } from './answer.js';
import type { CreditsResult, CreditsSegment, NextEpisodePolicy } from './types.js';

/** What the other episodes of a show say about one episode. */
export interface Agreement {
  /** The episode's own start, or the show's where the episode had none or disagreed; seconds, null without either. */
  readonly creditsStart: number | null;
  /** 0 to 1: raised where other episodes agree, lowered where they do not. */
  readonly confidence: number;
  /** How many other episodes have credits of about the same length. */
  readonly agreeing: number;
  readonly reason: string;
}

export interface Episode {
  readonly result: Pick<CreditsResult, 'creditsStart' | 'confidence'>;
  /** Seconds. */
  readonly duration: number;
}

/** Credits of one show differ by a card or two between episodes, seconds. */
const SAME_LENGTH_SECONDS = 4;
/** An episode's own answer stands against the show's from this confidence on. */
const STANDS_ALONE = 0.9;
/** Share of the other episodes that must agree before they overrule one. */
const MAJORITY = 0.6;

/**
 * Credits of one show's episodes are nearly equally long, so the episodes vouch for each other. An unsure answer that
 * differs from the majority is replaced by the majority's median length; a sure one is kept.
 * @returns one agreement an episode, in the same order
 */
export function agreeOnEpisodes(episodes: readonly Episode[]): Agreement[] {
  const lengths = episodes.map(({ result: { creditsStart }, duration }) =>
    creditsStart === null ? null : duration - creditsStart,
  );
  return episodes.map(({ result, duration }, own) => {
    const others = lengths.flatMap((length, k) => (k === own || length === null ? [] : [length]));
    const near = (length: number): number[] =>
      others.filter((other) => Math.abs(other - length) <= SAME_LENGTH_SECONDS);
    const length = lengths[own];
    const vouching = length === null || length === undefined ? [] : near(length);
    if (vouching.length > 0) {
      // Each vouching episode takes away half of the doubt.
      const confidence = 1 - (1 - result.confidence) * 0.5 ** vouching.length;
      return {
        creditsStart: result.creditsStart,
        confidence,
        agreeing: vouching.length,
        reason: `${vouching.length} other ${vouching.length === 1 ? 'episode has' : 'episodes have'} credits of the same length`,
      };
    }
    const groups = others.map(near).sort((a, b) => b.length - a.length);
    const largest = [...(groups[0] ?? [])].sort((a, b) => a - b);
    const majority = largest.length >= 2 && largest.length >= MAJORITY * (episodes.length - 1);
    const usual = largest[largest.length >> 1];
    if (!majority || usual === undefined || usual > duration) {
      return {
        creditsStart: result.creditsStart,
        confidence: result.confidence,
        agreeing: 0,
        reason: 'no other episode agrees',
      };
    }
    if (result.creditsStart !== null && result.confidence >= STANDS_ALONE) {
      return {
        creditsStart: result.creditsStart,
        confidence: result.confidence,
        agreeing: 0,
        reason: `${largest.length} other episodes have credits of another length, but this one is sure`,
      };
    }
    return {
      creditsStart: duration - usual,
      confidence: 0.5,
      agreeing: largest.length,
      reason: `taken from ${largest.length} other episodes, whose credits last ${usual.toFixed(1)} s`,
    };
  });
}

/** The part of an answer that other episodes may change. */
export type Agreed = Pick<
  CreditsResult,
  'creditsStart' | 'frame' | 'timecode' | 'smpte' | 'nextEpisodeAt' | 'confidence' | 'segments' | 'reason'
> & { readonly episodes: { readonly agreeing: number; readonly reason: string } };

/** An episode's answer with what the others say: surer, or moved to where their credits begin. */
export function withAgreement(
  result: Pick<CreditsResult, 'creditsStart' | 'segments'>,
  agreement: Agreement,
  { duration, frameRate }: Pick<MediaInfo, 'duration' | 'frameRate'>,
  policy: NextEpisodePolicy,
): Agreed {
  const { creditsStart, confidence, agreeing, reason } = agreement;
  const moved = creditsStart !== null && creditsStart !== result.creditsStart;
  const parts = moved ? segmentsFrom(result.segments, creditsStart, confidence, duration, reason) : result.segments;
  const segments = parts.map((segment) => ({ ...segment, confidence: Math.max(segment.confidence, confidence) }));
  return {
    ...placeOf(creditsStart, frameRate),
    confidence,
    segments,
    ...nextEpisode(creditsStart, confidence, segments, duration, policy),
    episodes: { agreeing, reason },
  };
}

/** What is left of a scene beside a preview and lasts no longer is a fade or a card, seconds. */
const BESIDE_PREVIEW_SECONDS = 3;

/** An answer without the scenes that are a preview of the next episode; null where there is none among them. */
export function withoutPreviews(
  { creditsStart, confidence, segments }: Pick<CreditsResult, 'creditsStart' | 'confidence' | 'segments'>,
  previews: readonly { readonly start: number; readonly end: number }[],
  duration: number,
  policy: NextEpisodePolicy,
): Pick<CreditsResult, 'segments' | 'nextEpisodeAt' | 'reason'> | null {
  const isHidden = (one: CreditsSegment): boolean =>
    isScene(one) && previews.some(({ start, end }) => start < one.end && end > one.start);
  if (!segments.some(isHidden)) return null;
  const kept = segments.flatMap((one) => {
    if (!isHidden(one)) return [one];
    const rests = previews.reduce(
      (left, { start, end }) =>
        left.flatMap((rest) => [
          { ...rest, end: Math.min(rest.end, start) },
          { ...rest, start: Math.max(rest.start, end) },
        ]),
      [one],
    );
    return rests.filter((rest) => rest.end - rest.start > BESIDE_PREVIEW_SECONDS);
  });
  return { segments: kept, ...nextEpisode(creditsStart, confidence, kept, duration, policy) };
}

function segmentsFrom(
  segments: readonly CreditsSegment[],
  start: number,
  confidence: number,
  duration: number,
  evidence: string,
): CreditsSegment[] {
  const later = segments
    .filter(({ end }) => end > start)
    .map((segment) => ({ ...segment, start: Math.max(start, segment.start) }));
  const first = later[0]?.start ?? duration;
  return first > start ? [{ kind: 'cards', start, end: first, confidence, evidence }, ...later] : later;
}
