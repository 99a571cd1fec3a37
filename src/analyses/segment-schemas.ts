import { z } from 'zod';
import { PART_KINDS } from '../episodes/types.js';
import { fraction, instant, seconds } from '../openapi/fields.js';
import { SKIP_MODES } from '../titles/season-documents.js';
import { CorrectionNote } from './schemas.js';

/** What the routes about segments take and answer. */

export const PartKindSchema = z.enum(PART_KINDS).meta({ id: 'PartKind' });
export const Part = z
  .object({ kind: PartKindSchema, start: seconds, end: seconds, confidence: fraction, reason: z.string() })
  .meta({ id: 'EpisodePart' });

const skipMode = z.enum(SKIP_MODES).describe('Whether a player offers to skip it, skips it by itself, or does neither');
const skip = { recap: skipMode, intro: skipMode, credits: skipMode, preview: skipMode };
export const SkipSettings = z.object(skip).meta({ id: 'SkipSettings' });
export const SkipSettingsInput = z
  .strictObject({
    recap: skipMode.optional(),
    intro: skipMode.optional(),
    credits: skipMode.optional(),
    preview: skipMode.optional(),
  })
  .refine((input) => Object.keys(input).length > 0, { message: 'Give recap, intro, credits or preview' })
  .meta({ id: 'SkipSettingsInput' });
export type SkipSettingsInput = z.infer<typeof SkipSettingsInput>;

const TimelineSegment = z
  .object({
    kind: z
      .enum(['recap', 'intro', 'credits', 'scene', 'preview'])
      .describe('scene: inside or after the credits, which must not be skipped'),
    start: seconds,
    end: seconds,
    confidence: fraction,
    sure: z.boolean().describe('Whether a player may act on it'),
    reason: z.string(),
    corrected: z.boolean().describe('A person said so'),
    skip: skipMode.nullable().describe('As the series is set; null for scenes'),
  })
  .meta({ id: 'TimelineSegment' });

export const SegmentsOutput = z
  .object({
    segments: z.array(TimelineSegment).describe('In order of time'),
    none: z
      .object({ recap: z.string(), intro: z.string(), credits: z.string(), preview: z.string() })
      .partial()
      .describe('Why there is nothing of a kind'),
    skip: SkipSettings,
    correction: CorrectionNote.optional().describe('Where a person has corrected opening titles, recap or preview'),
    machine: z
      .object({ segments: z.array(Part) })
      .optional()
      .describe('Where a person has corrected them: what the season says'),
    season: z
      .object({
        series: z.string(),
        season: z.number().int().nullable(),
        episode: z.number().int().nullable(),
        detectorVersion: z.string(),
        finishedAt: instant,
      })
      .nullable()
      .describe('What opening titles, recap and preview were told from; null before the season was compared'),
  })
  .meta({ id: 'Segments' });
export type SegmentsOutput = z.infer<typeof SegmentsOutput>;
