import { type Segment, sureSegments } from '../analyses/segments.service.js';
import type { PresentTrack } from '../cast/present-tracks.js';
import { type Answer, isSure, segmentsForPlayers, SURE, whyNotSure } from '../credits/answer.js';
import { SURE_NAME } from '../credits/billing/sure.js';
import type { Billing } from '../credits/billing/types.js';
import type { CreditsSegment } from '../credits/types.js';
import type { MediaMetadata } from '../download/media-source.js';
import type { MediaInfo } from '../frames/types.js';
import type { SeriesSettings } from '../titles/season-documents.js';

/** A title's stored answers. */
export interface StoredFilm {
  /** The title's id, 24 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly media: MediaInfo;
  /** What its source or a user says of it. */
  readonly metadata?: MediaMetadata;
  /** false: somebody has said that its answers reach no player. */
  readonly players?: boolean;
  /** One of a series. */
  readonly episode?: boolean;
  /** Missing or null: the credits were not read. */
  readonly billing?: Billing | null;
  /** How players treat what can be skipped. */
  readonly skip: SeriesSettings['skip'];
  /** null: not analysed for credits. */
  readonly credits: (Answer & { readonly detectorVersion: string }) | null;
  /** Opening titles, recap and preview, in order of time; null: neither a season nor a person told of them. */
  readonly parts: readonly Segment[] | null;
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
 * @param asked how sure all must be, 0 to 1; lower it knowingly. Unset, names that were read must be surer than the rest
 */
export function forPlayers({ credits, cast, billing, parts, ...film }: StoredFilm, asked?: number): ExportedFilm {
  const minConfidence = asked ?? SURE;
  const sure = credits !== null && isSure(credits, minConfidence);
  const certain = <T extends Named>(one: T): T => (one.confidence < minConfidence ? { ...one, name: null } : one);
  return {
    ...film,
    billing: billing ? sureNames(billing, asked ?? SURE_NAME) : null,
    credits: credits && {
      ...credits,
      creditsStart: sure ? credits.creditsStart : null,
      segments: segmentsForPlayers(credits, minConfidence),
    },
    parts: parts && sureSegments(parts, minConfidence),
    cast: cast && {
      ...cast,
      scenes: cast.scenes.map((scene) => ({ ...scene, cast: scene.cast.map(certain) })),
      tracks: cast.tracks.map(certain),
    },
    leftOut: credits === null || credits.creditsStart === null || sure ? null : whyNotSure(credits, minConfidence),
  };
}

/** What players are told of a title that is switched off for them. */
export function withheld(film: ExportedFilm): ExportedFilm {
  return {
    ...film,
    billing: (film.billing ?? null) && { cast: [], crew: [], companies: [], songs: [] },
    credits: film.credits && { ...film.credits, creditsStart: null, segments: [] },
    parts: film.parts && [],
    cast: film.cast && { ...film.cast, scenes: [], shots: [], tracks: [] },
    leftOut: 'switched off for players',
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

export interface Chapter {
  readonly start: number;
  readonly end: number;
  readonly title: string;
}

/** What is left of a scene and shorter is no chapter, seconds. */
const SHORTEST_CHAPTER = 0.5;

const SEGMENT_TITLES: Readonly<Record<CreditsSegment['kind'], string>> = {
  cards: 'Credits',
  roll: 'Credits',
  black: 'Credits',
  logo: 'Logo',
  'scene-inside': 'Scene inside the credits',
  'scene-after': 'Scene after the credits',
};
const PART_TITLES: Readonly<Partial<Record<Segment['kind'], string>>> = {
  recap: 'Recap',
  intro: 'Intro',
  preview: 'Preview',
};

/** Scenes up to the credits, with who is in them, then the parts of the credits: in order, without overlaps. */
export function chaptersOf(film: Pick<ExportedFilm, 'credits' | 'cast' | 'parts'>): Chapter[] {
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
  const segments = (film.parts ?? []).map(({ kind, start, end }) => ({ start, end, title: PART_TITLES[kind] ?? kind }));
  const chapters = [...scenes, ...parts].filter(({ start, end }) => end > start);
  return segments.reduce(withChapter, chapters);
}

/** A chapter in the place of what the others had there. */
function withChapter(chapters: readonly Chapter[], one: Chapter): Chapter[] {
  const rests = chapters.flatMap((other) => [
    { ...other, end: Math.min(other.end, one.start) },
    { ...other, start: Math.max(other.start, one.end) },
  ]);
  return [...rests.filter(({ start, end }) => end - start >= SHORTEST_CHAPTER), one].sort((a, b) => a.start - b.start);
}
