import type { PresentTrack } from '../cast/present-tracks.js';
import { type Answer, isSure, segmentsForPlayers, SURE, whyNotSure } from '../credits/answer.js';
import type { Billing } from '../credits/billing/types.js';
import type { CreditsSegment } from '../credits/types.js';
import type { MediaInfo } from '../frames/types.js';

/** A title's stored answers. */
export interface StoredFilm {
  /** The title's id, 24 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly media: MediaInfo;
  /** One of a series. */
  readonly episode?: boolean;
  /** Missing or null: the credits were not read. */
  readonly billing?: Billing | null;
  /** null: not analysed for credits. */
  readonly credits: (Answer & { readonly detectorVersion: string }) | null;
  /** null: not analysed for cast. */
  readonly cast: {
    readonly scenes: readonly { readonly start: number; readonly end: number; readonly cast: readonly Named[] }[];
    readonly shots: readonly { readonly start: number; readonly end: number }[];
    readonly tracks: readonly PresentTrack[];
    readonly detectorVersion: string;
  } | null;
}

export interface Named {
  readonly name: string | null;
  readonly label: string | null;
  readonly confidence: number;
}

/** What a title's exports are made from: of its stored answers, what a player may act on. */
export interface ExportedFilm extends StoredFilm {
  /** Why there are no credits although the answer has some, in one line; null where nothing was left out. */
  readonly leftOut: string | null;
}

/**
 * Leaves out what is not sure: credits that a player must not act on, and names.
 * @param minConfidence 0 to 1; lower it knowingly
 */
export function forPlayers({ credits, cast, billing, ...film }: StoredFilm, minConfidence = SURE): ExportedFilm {
  const sure = credits !== null && isSure(credits, minConfidence);
  const certain = <T extends Named>(one: T): T => (one.confidence < minConfidence ? { ...one, name: null } : one);
  return {
    ...film,
    billing: billing ? sureNames(billing, minConfidence) : null,
    credits: credits && {
      ...credits,
      creditsStart: sure ? credits.creditsStart : null,
      segments: segmentsForPlayers(credits, minConfidence),
    },
    cast: cast && {
      ...cast,
      scenes: cast.scenes.map((scene) => ({ ...scene, cast: scene.cast.map(certain) })),
      tracks: cast.tracks.map(certain),
    },
    leftOut: credits === null || credits.creditsStart === null || sure ? null : whyNotSure(credits, minConfidence),
  };
}

/** Names of which every letter is right, as far as their readings tell. */
function sureNames({ cast, crew, companies, songs }: Billing, least: number): Billing {
  const isSureOf = ({ confidence }: { readonly confidence: number }): boolean => confidence >= least;
  return {
    cast: cast.filter(isSureOf),
    crew: crew.map((one) => ({ ...one, names: one.names.filter(isSureOf) })).filter(({ names }) => names.length > 0),
    companies: companies.filter(isSureOf),
    songs: songs.filter(isSureOf),
  };
}

/** What credits are made of: names, not scenes between them. */
export const isCredits = ({ kind }: Pick<CreditsSegment, 'kind'>): boolean =>
  kind === 'cards' || kind === 'roll' || kind === 'logo' || kind === 'black';

/** The stretches of credits, neighbours joined; scenes between and after them are left out. */
export function creditStretches(
  film: Pick<ExportedFilm, 'credits'>,
): { start: number; end: number; confidence: number }[] {
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
  cards: 'Credits',
  roll: 'Credits',
  black: 'Credits',
  logo: 'Logo',
  'scene-inside': 'Scene inside the credits',
  'scene-after': 'Scene after the credits',
};

/** Scenes up to the credits, with who is in them, then the parts of the credits: in order, without overlaps. */
export function chaptersOf(film: Pick<ExportedFilm, 'credits' | 'cast'>): Chapter[] {
  const until = film.credits?.creditsStart ?? Infinity;
  const scenes = (film.cast?.scenes ?? [])
    .filter(({ start }) => start < until)
    .map(({ start, end, cast }, index): Chapter => {
      const who = cast.flatMap(({ name, label }) => name ?? label ?? []);
      return {
        start,
        end: Math.min(end, until),
        title: `Scene ${index + 1}${who.length > 0 ? `: ${who.join(', ')}` : ''}`,
      };
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
