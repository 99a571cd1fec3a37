import type { CastResult } from '../cast/cast.js';
import type { NamedCast } from '../cast/names.js';
import type { Agreed } from '../credits/agree.js';
import type { MarkedBilling } from '../credits/billing/sure.js';
import type { BillingResult } from '../credits/billing/types.js';
import type { CreditsResult } from '../credits/types.js';
import type { MediaMetadata } from '../download/downloader.js';
import type { CastEntry } from '../download/media-source.js';
import type { ShotList } from '../frames/shots.js';
import type { MediaInfo } from '../frames/types.js';
import type { GenreAnswer, GenreResult } from '../genre/types.js';
import type { SoundResult } from '../sound/types.js';
import type { CollectionSpec, Document, Write } from '../storage/collection.js';
import type { GivenMetadata } from './given.js';

/** What is stored: titles (a film, an episode, a trailer) and what the analyses found out about their content. */

export const ANALYSIS_KINDS = ['genre', 'credits', 'billing', 'cast', 'sound', 'shots'] as const;
export type AnalysisKind = (typeof ANALYSIS_KINDS)[number];
/** What is analysed unless somebody says otherwise: shots take a decode of every frame of their own, billing reads all that credits say. */
export const USUAL_KINDS: readonly AnalysisKind[] = ['genre', 'credits', 'cast'];

/** Where a title's film comes from. `kept`: the file lies in our own folder and goes when the title goes. */
export interface TitleSource {
  readonly kind: 'path' | 'upload' | 'link';
  /** The path, the uploaded file's name, or the link. */
  readonly location: string;
  /** Absolute path of the local file; null until it was downloaded. */
  readonly file: string | null;
  readonly kept: boolean;
  /** Bytes, and the time of the last change in milliseconds: together they tell whether the file is still the same. */
  readonly size: number | null;
  readonly modified: number | null;
  /** As OpenSubtitles reckons it (moviehash), 16 hexadecimal digits; missing in titles of earlier versions and of tiny files. */
  readonly movieHash?: string;
  /** SHA-256 of the file where we have written into it since it was first read. */
  readonly sha256?: string;
  /** Of the chapters that we have written into the file: SHA-256 of their XML. */
  readonly chapters?: string;
}

export interface Title extends Document {
  readonly name: string;
  readonly source: TitleSource;
  /** SHA-256 of the file, hexadecimal; null until it was downloaded. Analyses belong to the content, not to the name. */
  readonly contentHash: string | null;
  readonly media: MediaInfo | null;
  /** What the source says of itself: channel, year, season, ... */
  readonly metadata: MediaMetadata;
  /** Who is in it, as a user has listed them. */
  readonly givenCast?: readonly CastEntry[];
  /** What a user has said of it; part of `metadata` too. */
  readonly given?: GivenMetadata;
  /** Whether its answers reach players; missing or null: as its series. */
  readonly players?: boolean | null;
  /** For searches and sorting (search.ts); missing in titles of earlier versions until an api has started. */
  readonly words?: readonly string[];
  readonly sortName?: string;
  readonly createdAt: string;
}

/** What each kind of analysis finds, as it is stored. */
export interface AnalysisResults {
  /** With what was told of the title then, but for answers of earlier versions. */
  readonly genre: GenreResult & Partial<Pick<GenreAnswer, 'witnesses'>>;
  readonly credits: Omit<CreditsResult, 'truncated'>;
  /** Who the credits name, and for what. */
  readonly billing: Omit<BillingResult, 'truncated'>;
  /** Without names, which change with the gallery. */
  readonly cast: CastResult;
  readonly sound: SoundResult;
  readonly shots: ShotList;
}

/** Who said it, and when. */
export interface CorrectionNote {
  /** As in the audit trail. */
  readonly by: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** It stays until somebody unlocks it. */
  readonly locked: boolean;
}

/** An answer that a person may have corrected: then it is theirs, and the machine's is beside it. */
export type Corrected<Answer> = Answer &
  (
    | { readonly corrected: false }
    | { readonly corrected: true; readonly correction: CorrectionNote; readonly machine: Answer }
  );

export type CreditsAnswer = AnalysisResults['credits'] & {
  readonly sure: boolean;
  readonly episodes?: Agreed['episodes'];
};

/**
 * What each kind of analysis answers today: with what is told of the title, the names of the gallery, what other episodes and other
 * analyses say, and what people have corrected.
 */
export interface AnswerResults extends Omit<AnalysisResults, 'genre' | 'credits' | 'billing' | 'cast' | 'sound'> {
  readonly genre: Corrected<GenreAnswer>;
  readonly credits: Corrected<CreditsAnswer>;
  readonly billing: MarkedBilling;
  readonly cast: CastAnswer;
  readonly sound: SoundAnswer;
}

export type CastAnswer = NamedCast & {
  /** Why nobody can be named, and what to do; null where nothing stands against it. */
  readonly note: string | null;
};

export type SoundAnswer = SoundResult & {
  /** Changes of shot a minute, as another analysis has seen them; null where none has. */
  readonly cutsPerMinute: number | null;
};

interface AnalysisOf<Kind extends AnalysisKind, Results> extends Document {
  readonly contentHash: string;
  readonly kind: Kind;
  /** Changes whenever the same film might be answered differently: rules and networks. */
  readonly detectorVersion: string;
  /** The film ended before its container said that it would. */
  readonly truncated: boolean;
  readonly result: Results;
  readonly finishedAt: string;
}

/** The stored result of one analysis of one content. */
export type Analysis = { [Kind in AnalysisKind]: AnalysisOf<Kind, AnalysisResults[Kind]> }[AnalysisKind];
/** An analysis as it is answered. */
export type AnalysisAnswer = { [Kind in AnalysisKind]: AnalysisOf<Kind, AnswerResults[Kind]> }[AnalysisKind];
/** Those of one kind. */
export type OfKind<Any extends { readonly kind: AnalysisKind }, Kind extends AnalysisKind> = Extract<
  Any,
  { readonly kind: Kind }
>;

export function isOfKind<Any extends { readonly kind: AnalysisKind }, Kind extends AnalysisKind>(
  analysis: Any,
  kind: Kind,
): analysis is OfKind<Any, Kind> {
  return analysis.kind === kind;
}

export const TITLES: CollectionSpec = {
  name: 'titles',
  fields: {
    name: 'string',
    source: 'object',
    contentHash: ['string', 'null'],
    media: ['object', 'null'],
    metadata: 'object',
    createdAt: 'string',
  },
  indexes: [
    { paths: ['contentHash'] },
    { paths: ['source.file'] },
    { paths: ['source.movieHash'] },
    { paths: ['source.sha256'] },
    { paths: ['createdAt'] },
    { paths: ['metadata.series'] },
    { paths: ['metadata.year'] },
    { paths: ['sortName'] },
    { paths: ['words'] },
  ],
};

export const ANALYSES: CollectionSpec = {
  name: 'analyses',
  fields: {
    contentHash: 'string',
    kind: 'string',
    detectorVersion: 'string',
    truncated: 'boolean',
    result: 'object',
    finishedAt: 'string',
  },
  indexes: [{ paths: ['contentHash', 'kind'], unique: true }, { paths: ['result.top3.genre'] }],
};

/** An upload that has arrived whole and is about to become a title: one whose process died is found again. */
export interface Arrival extends Document {
  readonly tenant: string;
  /** The process that received it (process-identity.ts). */
  readonly owner: string;
  readonly sha256: string;
  /** As its sender calls it. */
  readonly fileName: string;
  readonly name: string | null;
}

export const ARRIVALS: CollectionSpec = {
  name: 'arrivals',
  fields: { tenant: 'string', owner: 'string', sha256: 'string', fileName: 'string', name: ['string', 'null'] },
  shared: true,
};

/** Refuses the commit that it is a part of when the title was deleted meanwhile: nothing of it may come back. */
export function stillThere({ id, contentHash }: Title): Write {
  return { kind: 'patch', collection: TITLES.name, id, patch: {}, where: { contentHash } };
}

/** One analysis per content and kind: asking again replaces it. */
export function analysisId(contentHash: string, kind: AnalysisKind): string {
  return `${contentHash}:${kind}`;
}
