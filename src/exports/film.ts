import type { OnScreenTrack } from '../cast/names.js';
import type { CreditsSegment } from '../credits/types.js';
import type { MediaInfo } from '../frames/types.js';

/** What a title's exports are made from: its stored answers. */
export interface ExportedFilm {
  /** The title's id, 24 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly media: MediaInfo;
  /** null: not analysed for credits. */
  readonly credits: { readonly creditsStart: number | null; readonly segments: readonly CreditsSegment[]; readonly detectorVersion: string } | null;
  /** null: not analysed for cast. */
  readonly cast: {
    readonly scenes: readonly { readonly start: number; readonly end: number; readonly cast: readonly Named[] }[];
    readonly shots: readonly { readonly start: number; readonly end: number }[];
    readonly tracks: readonly OnScreenTrack[];
    readonly detectorVersion: string;
  } | null;
}

export interface Named {
  readonly name: string | null;
  readonly label: string | null;
}

/** What credits are made of: names, not scenes between them. */
export const isCredits = ({ kind }: Pick<CreditsSegment, 'kind'>): boolean => kind === 'cards' || kind === 'roll' || kind === 'logo' || kind === 'black';

/** The stretches of credits, neighbours joined; scenes between and after them are left out. */
export function creditStretches(film: ExportedFilm): { start: number; end: number; confidence: number }[] {
  const { creditsStart, segments = [] } = film.credits ?? { creditsStart: null };
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

export interface Chapter {
  readonly start: number;
  readonly end: number;
  readonly title: string;
}

const SEGMENT_TITLES: Readonly<Record<CreditsSegment['kind'], string>> = {
  cards: 'Credits', roll: 'Credits', black: 'Credits', logo: 'Logo', 'scene-inside': 'Scene inside the credits', 'scene-after': 'Scene after the credits',
};

/** Scenes up to the credits, with who is in them, then the parts of the credits: in order, without overlaps. */
export function chaptersOf(film: ExportedFilm): Chapter[] {
  const until = film.credits?.creditsStart ?? Infinity;
  const scenes = (film.cast?.scenes ?? []).filter(({ start }) => start < until).map(({ start, end, cast }, index): Chapter => {
    const who = cast.flatMap(({ name, label }) => name ?? label ?? []);
    return { start, end: Math.min(end, until), title: `Scene ${index + 1}${who.length > 0 ? `: ${who.join(', ')}` : ''}` };
  });
  const parts: Chapter[] = [];
  for (const { kind, start, end } of film.credits?.segments ?? []) {
    const title = SEGMENT_TITLES[kind];
    const last = parts.at(-1);
    if (end <= until || until === Infinity) continue;
    if (last?.title === title) parts[parts.length - 1] = { ...last, end };
    else parts.push({ start: Math.max(start, until), end, title });
  }
  return [...scenes, ...parts].filter(({ start, end }) => end > start);
}
