import type { Part, PartKind } from '../episodes/types.js';
import { sha256 } from '../parameters/learnt.js';
import type { CollectionSpec, Document } from '../storage/collection.js';

/** What is kept of episodes to compare them, and what their seasons say of them. */

/** One of each kind per content. */
export interface StoredPrint extends Document {
  readonly contentHash: string;
  readonly of: 'sound' | 'pictures';
  /** Of the rules that made it. */
  readonly printVersion: string;
  /** As `episodes/stored-print.ts` writes it; null where there is none. */
  readonly data: string | null;
}

export const printId = (contentHash: string, of: StoredPrint['of']): string => `${contentHash}:${of}`;

export const FINGERPRINTS: CollectionSpec = {
  name: 'fingerprints',
  fields: { contentHash: 'string', of: 'string', printVersion: 'string', data: ['string', 'null'] },
  indexes: [{ paths: ['contentHash'] }],
};

/** What an episode's season says of it; one per content, with its id. */
export interface StoredParts extends Document {
  readonly contentHash: string;
  /** Of which series and season it was one then, and which. */
  readonly series: string;
  readonly season: number | null;
  readonly episode: number | null;
  /** Hash of all that it was made of. */
  readonly inputs: string;
  readonly detectorVersion: string;
  readonly parts: readonly Part[];
  readonly none: Readonly<Partial<Record<PartKind, string>>>;
  readonly finishedAt: string;
}

export const EPISODE_PARTS: CollectionSpec = {
  name: 'episode_parts',
  fields: {
    contentHash: 'string',
    series: 'string',
    season: ['number', 'null'],
    episode: ['number', 'null'],
    inputs: 'string',
    detectorVersion: 'string',
    parts: 'array',
    none: 'object',
    finishedAt: 'string',
  },
  indexes: [{ paths: ['contentHash'] }],
};

/** How players treat what can be skipped of a series: they offer it, skip it by themselves, or do neither. */
export const SKIP_MODES = ['offer', 'auto', 'never'] as const;
export type SkipMode = (typeof SKIP_MODES)[number];
export const SKIPPED_KINDS = ['recap', 'intro', 'credits', 'preview'] as const;
export type SkippedKind = (typeof SKIPPED_KINDS)[number];

/** Settings of a series; its id is a hash of the name. */
export interface SeriesSettings extends Document {
  readonly series: string;
  readonly skip: Readonly<Record<SkippedKind, SkipMode>>;
  /** false: nothing of its episodes reaches players. */
  readonly players?: boolean;
}

/** Of a series of which nothing was said. */
export const OFFERED: SeriesSettings['skip'] = { recap: 'offer', intro: 'offer', credits: 'offer', preview: 'offer' };

export const seriesId = (series: string): string => sha256(series);

export const SERIES_SETTINGS: CollectionSpec = {
  name: 'series_settings',
  fields: { series: 'string', skip: 'object' },
};
