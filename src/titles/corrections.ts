import type { CreditsSaid } from '../credits/corrected.js';
import type { Part } from '../episodes/types.js';
import type { CollectionSpec, Document } from '../storage/collection.js';
import type { AnalysisResults, CorrectionNote } from './documents.js';

/** What people say of a film where the machine was wrong, or to hold on to what it said. It is stored beside the machine's answer. */

export const CORRECTED_KINDS = ['genre', 'credits', 'segments'] as const;
export type CorrectedKind = (typeof CORRECTED_KINDS)[number];

export interface GenreSaid {
  /** The first is the one that matters most. */
  readonly genres: readonly string[];
}

/** Opening titles, recaps and previews: all of them, in order of time, none overlaps another. */
export interface SegmentsSaid {
  readonly segments: readonly Pick<Part, 'kind' | 'start' | 'end'>[];
}

export interface Said {
  readonly genre: GenreSaid;
  readonly credits: CreditsSaid;
  readonly segments: SegmentsSaid;
}

/** What the machine answers of each kind. */
interface MachineAnswers extends Pick<AnalysisResults, 'genre' | 'credits'> {
  readonly segments: { readonly segments: readonly Part[] };
}

export interface CorrectionOf<Kind extends CorrectedKind> extends Document, CorrectionNote {
  readonly contentHash: string;
  readonly kind: Kind;
  readonly said: Said[Kind];
  /** Number of the frame at which the credits start; missing where it is not known, or nobody asked. */
  readonly frame?: number | null;
  /** What the machine had answered when it was said. */
  readonly machine: { readonly detectorVersion: string; readonly result: MachineAnswers[Kind] };
}

/** Of a genre or credits it is that of the analysis that it corrects. */
export const correctionId = (contentHash: string, kind: CorrectedKind): string => `${contentHash}:${kind}`;

/** One of each kind per content. */
export type Correction = { [Kind in CorrectedKind]: CorrectionOf<Kind> }[CorrectedKind];

export function isCorrectionOf<Kind extends CorrectedKind>(
  correction: Correction,
  kind: Kind,
): correction is Extract<Correction, { readonly kind: Kind }> & CorrectionOf<Kind> {
  return correction.kind === kind;
}

export const noteOf = ({ by, createdAt, updatedAt, locked }: CorrectionNote): CorrectionNote => ({
  by,
  createdAt,
  updatedAt,
  locked,
});

export const CORRECTIONS: CollectionSpec = {
  name: 'corrections',
  fields: {
    contentHash: 'string',
    kind: 'string',
    said: 'object',
    machine: 'object',
    by: 'string',
    createdAt: 'string',
    updatedAt: 'string',
    locked: 'boolean',
  },
  indexes: [{ paths: ['contentHash'] }, { paths: ['createdAt'] }, { paths: ['said.genres'] }],
};
