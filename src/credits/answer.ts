import { clockOf, smpteOf } from '../frames/timecode.js';
import type { MediaInfo } from '../frames/types.js';
import type { Evidence } from './evidence.js';
import type { CreditsResult, CreditsSegment, NextEpisodePolicy } from './types.js';

/** Below this the answer is shown to people, but no player may act on it. */
export const SURE = 0.5;

/** What is needed to tell whether an answer is sure: stored answers and answers that other episodes have changed are such. */
export type Answer = Pick<CreditsResult, 'creditsStart' | 'confidence' | 'segments'>;

/**
 * Whether a player may act on an answer: it says when the credits start, and is as sure as that.
 * @param minConfidence 0 to 1; lower it knowingly
 */
export function isSure({ creditsStart, confidence }: Omit<Answer, 'segments'>, minConfidence = SURE): boolean {
  return creditsStart !== null && confidence >= minConfidence;
}

/**
 * The segments that a player may act on: none of an answer that is not sure. Everything that leaves for a player passes here.
 * @param minConfidence 0 to 1; lower it knowingly
 */
export function segmentsForPlayers(answer: Answer, minConfidence = SURE): readonly CreditsSegment[] {
  return isSure(answer, minConfidence) ? answer.segments.filter(({ confidence }) => confidence >= minConfidence) : [];
}

/** Why no player may act on an answer that is not sure, in one line. */
export function whyNotSure({ creditsStart, confidence }: Omit<Answer, 'segments'>, minConfidence = SURE): string {
  if (creditsStart === null) return 'no closing credits were found';
  const percent = (value: number): string => `${Math.floor(100 * value + 1e-9)} %`;
  return `credits may start at ${clockOf(creditsStart)}, but that is not sure (${percent(confidence)}, at least ${percent(minConfidence)} needed)`;
}

/** The ways of saying when: null without a time; frames and SMPTE timecode null where the frame rate is not known. */
export function placeOf(
  time: number | null,
  frameRate: number | null,
): Pick<CreditsResult, 'creditsStart' | 'frame' | 'timecode' | 'smpte'> {
  if (time === null) return { creditsStart: null, frame: null, timecode: null, smpte: null };
  const frame = frameRate === null ? null : Math.round(time * frameRate);
  return {
    creditsStart: time,
    frame,
    timecode: clockOf(time),
    smpte: frame === null || frameRate === null ? null : smpteOf(frame, frameRate),
  };
}

/** What credits are made of: names, not scenes between them. */
export const isCredits = ({ kind }: Pick<CreditsSegment, 'kind'>): boolean =>
  kind === 'cards' || kind === 'roll' || kind === 'logo' || kind === 'black';

/** The stretches of credits, neighbours joined; scenes between and after them are left out. */
export function creditStretches({
  creditsStart,
  segments,
}: Pick<Answer, 'creditsStart' | 'segments'>): { start: number; end: number; confidence: number }[] {
  if (creditsStart === null) return [];
  const stretches: { start: number; end: number; confidence: number }[] = [];
  for (const { start, end, confidence } of segments.filter(isCredits)) {
    const last = stretches.at(-1);
    if (end <= creditsStart) continue;
    if (last && start - last.end < 0.1) Object.assign(last, { end, confidence: Math.max(last.confidence, confidence) });
    else stretches.push({ start: Math.max(start, creditsStart), end, confidence });
  }
  return stretches;
}

export interface NextEpisode {
  readonly nextEpisodeAt: number | null;
  readonly reason: string;
}

/** A part of the story, not of the credits. */
export const isScene = ({ kind }: Pick<CreditsSegment, 'kind'>): boolean =>
  kind === 'scene-inside' || kind === 'scene-after';

/** A scene that ends closer than this to the file's end leaves nothing to skip, seconds. */
const NOTHING_LEFT_SECONDS = 2;

/** When a player may offer the next episode, and why then or why not at all. */
export function nextEpisode(
  creditsStart: number | null,
  confidence: number,
  segments: readonly CreditsSegment[],
  duration: number,
  policy: NextEpisodePolicy,
): NextEpisode {
  const answer = { creditsStart, confidence };
  if (creditsStart === null || !isSure(answer)) return { nextEpisodeAt: null, reason: whyNotSure(answer) };
  const last = segments.filter(isScene).at(-1);
  if (last === undefined) return { nextEpisodeAt: creditsStart, reason: 'credits start and no scene follows' };
  const where = last.kind === 'scene-inside' ? 'inside' : 'after';
  const scene = `a scene follows ${where} the credits at ${clockOf(last.start)}`;
  if (policy === 'start') return { nextEpisodeAt: creditsStart, reason: `credits start; ${scene}` };
  if (policy === 'neverWhenSceneFollows') return { nextEpisodeAt: null, reason: scene };
  if (last.end > duration - NOTHING_LEFT_SECONDS) {
    return { nextEpisodeAt: null, reason: `${scene} and lasts until the file ends` };
  }
  return { nextEpisodeAt: last.end, reason: `${scene}; this is its end` };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What was seen in a segment, for a person. */
export function describe(samples: readonly Evidence[], info: MediaInfo): string {
  if (samples.length === 0) return 'between two sampled frames';
  const parts: string[] = [];
  const boxes = samples.flatMap(({ layout }) => (layout === null ? [] : [layout.boxes]));
  if (boxes.length > 0) {
    const count = mean(boxes);
    parts.push(
      count < 0.5 ? 'no text' : `${Math.round(count)} text ${Math.round(count) === 1 ? 'box' : 'boxes'} a frame`,
    );
  }
  const rises = samples.flatMap(({ rise }) => (rise === null ? [] : [rise])).sort((a, b) => a - b);
  const rise = rises[rises.length >> 1];
  if (rise !== undefined && Math.abs(rise) > 0.005) parts.push(`scrolling ${Math.round(rise * info.height)} px/s`);
  parts.push(`luma ${Math.round(mean(samples.map(({ stats }) => stats.lumaMedian)) * 255)}`);
  return parts.join(', ');
}
