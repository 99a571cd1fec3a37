import { printableLine } from '../core/terminal.js';
import type { Analysis, AnalysisKind } from '../titles/documents.js';

/** Answers as a person reads them on a terminal. */

type Value = Readonly<Record<string, unknown>>;

interface Member {
  readonly name: string | null;
  readonly label?: string | null;
  readonly confidence: number;
  readonly screenTime?: number;
}

const percent = (fraction: number): string => `${Math.round(fraction * 100)} %`;

export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

const who = (member: Member): string => printableLine(member.name ?? member.label ?? 'unknown');

export function genreText(value: Value): string {
  const top3 = value['top3'] as readonly { genre: string; probability: number }[];
  const sure = value['sure'] === false ? ' (not sure)' : '';
  return `Genre: ${top3.map(({ genre, probability }) => `${genre} ${percent(probability)}`).join(', ')}${sure}`;
}

export function creditsText(value: Value): string {
  const start = value['creditsStart'] as number | null;
  const next = value['nextEpisodeAt'] as number | null;
  const reason = value['reason'] as string | null;
  const segments = value['segments'] as readonly {
    kind: string;
    start: number;
    end: number;
    confidence: number;
    evidence?: string;
  }[];
  const episodes = value['episodes'] as { reason: string } | undefined;
  const perhaps = value['sure'] ? '' : 'not sure, perhaps ';
  // Reasons of answers that were stored say "none" themselves.
  const head =
    start === null
      ? `Credits: none${reason ? `, because ${reason.replace(/^none: /, '')}` : ''}`
      : `Credits: ${perhaps}from ${value['timecode'] as string} (frame ${value['frame'] as number}, confidence ${percent(value['confidence'] as number)})`;
  const offer =
    start === null ? [] : [next === null ? `  no next episode offered: ${reason}` : `  next episode at ${clock(next)}`];
  const rows = segments.map(
    ({ kind, start: from, end, confidence, evidence }) =>
      `  ${clock(from)} to ${clock(end)}  ${kind.padEnd(8)} ${percent(confidence)}${evidence ? `  ${evidence}` : ''}`,
  );
  return [head, ...offer, ...(episodes ? [`  ${episodes.reason}`] : []), ...rows].join('\n');
}

export function castText(value: Value): string {
  const scenes = value['scenes'] as readonly { start: number; end: number; cast: readonly Member[] }[];
  const rows = scenes.map(({ start, end, cast }) => {
    const people = cast.map((member) => `${who(member)} (${(member.screenTime ?? 0).toFixed(0)} s)`).join(', ');
    return `  ${clock(start)} to ${clock(end)}  ${people || 'nobody seen'}`;
  });
  return [`Cast: ${scenes.length} scenes`, ...rows].join('\n');
}

export function shotsText(value: Value): string {
  const shots = value['shots'] as readonly { start: number; end: number; startFrame: number; transition: string }[];
  const rows = shots.map(
    ({ start, end, startFrame, transition }) =>
      `  ${clock(start)} to ${clock(end)}  ${(end - start).toFixed(2).padStart(7)} s  from frame ${startFrame}${transition === 'cut' ? '' : ` (${transition})`}`,
  );
  return [`Shots: ${shots.length}, ${(value['fps'] as number).toFixed(3)} frames a second`, ...rows].join('\n');
}

export function sceneMoment({ at, cast }: { at: number; cast: readonly Member[] }): string {
  const people = cast.map((member) => `${who(member)} (${percent(member.confidence)})`).join(', ');
  return `At ${clock(at)}: ${people || 'nobody seen'}`;
}

/** The value of an answer, for --json. */
export function flatten({ result, detectorVersion, truncated }: Analysis): Record<string, unknown> {
  return { ...result, truncated, detectorVersion };
}

export const TEXTS: Record<AnalysisKind, (value: Record<string, unknown>) => string> = {
  genre: genreText,
  credits: creditsText,
  cast: castText,
  shots: shotsText,
};

export const analysisText = (analysis: Analysis): string => TEXTS[analysis.kind](flatten(analysis));
