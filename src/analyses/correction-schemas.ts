import { z } from 'zod';
import { box, fraction, instant, pageOf, PageQuery, seconds } from '../openapi/fields.js';
import { ConstraintKind } from '../people/schemas.js';
import { CORRECTED_KINDS } from '../titles/corrections.js';
import { CorrectionNote, Segment, SegmentKind } from './schemas.js';
import { Part, PartKindSchema } from './segment-schemas.js';

/** What the routes about corrections take and answer. What is left out of a correction stays as it is answered now. */

const locked = z.boolean().optional().describe('Whether it stays as it is until it is unlocked; left out: it does not');
const SaidSegment = z.object({ kind: SegmentKind, start: seconds, end: seconds }).meta({ id: 'CorrectedSegment' });

export const CreditsCorrectionInput = z
  .strictObject({
    creditsStart: seconds
      .nullable()
      .optional()
      .describe('null: there are none. Without segments those that are answered now begin here'),
    segments: z.array(SaidSegment).max(1000).optional().describe('All of them; the first one is of the credits'),
    locked,
  })
  .refine((input) => Object.keys(input).length > 0, { message: 'Give creditsStart, segments or locked' })
  .meta({ id: 'CreditsCorrectionInput' });
export type CreditsCorrectionInput = z.infer<typeof CreditsCorrectionInput>;

const SaidPart = z.object({ kind: PartKindSchema, start: seconds, end: seconds }).meta({ id: 'CorrectedPart' });
export const SegmentsCorrectionInput = z
  .strictObject({
    segments: z
      .array(SaidPart)
      .max(100)
      .optional()
      .describe(
        'All opening titles, recaps and previews; none of a kind that is not listed. Credits are corrected by themselves',
      ),
    locked,
  })
  .refine((input) => Object.keys(input).length > 0, { message: 'Give segments or locked' })
  .meta({ id: 'SegmentsCorrectionInput' });
export type SegmentsCorrectionInput = z.infer<typeof SegmentsCorrectionInput>;

export const GenreCorrectionInput = z
  .strictObject({
    genres: z.array(z.string()).min(1).max(26).optional().describe('All of them, the one that matters most first'),
    locked,
  })
  .refine((input) => Object.keys(input).length > 0, { message: 'Give genres or locked' })
  .meta({ id: 'GenreCorrectionInput' });
export type GenreCorrectionInput = z.infer<typeof GenreCorrectionInput>;

const detectorVersion = z.string().describe('Rules, parameters and networks that made it, by version and hash');
const ofTitle = { id: z.string(), titleId: z.string(), ...CorrectionNote.shape };

export const CreditsCorrection = z
  .object({
    kind: z.literal('credits'),
    ...ofTitle,
    said: z.object({ creditsStart: seconds.nullable(), segments: z.array(SaidSegment) }),
    machine: z
      .object({ detectorVersion, creditsStart: seconds.nullable(), confidence: fraction, segments: z.array(Segment) })
      .describe('What it answered when it was corrected, for this film alone'),
  })
  .meta({ id: 'CreditsCorrection' });
export type CreditsCorrection = z.infer<typeof CreditsCorrection>;

export const GenreCorrection = z
  .object({
    kind: z.literal('genre'),
    ...ofTitle,
    said: z.object({ genres: z.array(z.string()) }),
    machine: z
      .object({ detectorVersion, genres: z.record(z.string(), fraction).describe("Every genre's probability") })
      .describe('What it answered when it was corrected'),
  })
  .meta({ id: 'GenreCorrection' });
export type GenreCorrection = z.infer<typeof GenreCorrection>;

export const SegmentsCorrection = z
  .object({
    kind: z.literal('segments'),
    ...ofTitle,
    said: z.object({ segments: z.array(SaidPart) }),
    machine: z
      .object({ detectorVersion, segments: z.array(Part) })
      .describe('What the season said when it was corrected; no segments where it was not analysed'),
  })
  .meta({ id: 'SegmentsCorrection' });
export type SegmentsCorrection = z.infer<typeof SegmentsCorrection>;

export const PeopleCorrection = z
  .object({
    kind: z.literal('people'),
    id: z.string().describe('Of the constraint'),
    titleId: z.string().nullable(),
    by: z.string(),
    createdAt: instant,
    said: z.object({
      kind: ConstraintKind,
      person: z.string(),
      other: z.string().nullable(),
      tracks: z
        .array(
          z.object({ id: z.string().describe('Empty where the last analysis did not see it'), time: seconds, box }),
        )
        .describe('Where each face is seen best'),
    }),
    machine: z
      .object({
        version: z.string().describe('Rules and parameters of naming, by version and hash'),
        tracks: z.array(
          z.object({ id: z.string(), person: z.string().nullable(), confidence: fraction.describe('Of the name') }),
        ),
        similarity: z.number().min(-1).max(1).nullable().describe('Cosine of what was learnt of the two people'),
      })
      .nullable()
      .describe('What it said of who is who then; null for what was said to earlier releases'),
  })
  .meta({ id: 'PeopleCorrection' });

export const Correction = z
  .discriminatedUnion('kind', [GenreCorrection, CreditsCorrection, SegmentsCorrection, PeopleCorrection])
  .meta({ id: 'Correction' });
export type Correction = z.infer<typeof Correction>;

export const CorrectionPage = pageOf(Correction, 'CorrectionPage');
export type CorrectionPage = z.infer<typeof CorrectionPage>;

export const CorrectionsQuery = PageQuery.extend({
  kind: z.enum([...CORRECTED_KINDS, 'people']).optional(),
  titleId: z.string().max(200).optional(),
});
export type CorrectionsQuery = z.infer<typeof CorrectionsQuery>;
