import { z } from 'zod';
import { DEFAULT_TENANT } from '../core/context.js';
import { JobOutput } from '../jobs/jobs.controller.js';
import { ANALYSIS_KINDS, USUAL_KINDS } from './documents.js';

/** What the REST routes take and answer; the OpenAPI page is made from these. Times are seconds, boxes fractions. */

const seconds = z.number().nonnegative();
const fraction = z.number().min(0).max(1);
const box = z.array(z.number()).length(4).describe('[x, y, width, height] as fractions of the frame');

export const AnalysisKindSchema = z.enum(ANALYSIS_KINDS);

export const TitleName = z.string().min(1).max(300);

export const TitleInput = z
  .object({
    path: z.string().min(1).max(4096).optional().describe('A film below one of the media roots'),
    link: z
      .url({ protocol: /^(https?|s3)$/ })
      .max(8192)
      .optional()
      .describe('A link to a film or a YouTube trailer, or s3://bucket/key'),
    name: TitleName.optional(),
  })
  .refine((input) => (input.path === undefined) !== (input.link === undefined), {
    message: 'Give either path or link',
  });
export type TitleInput = z.infer<typeof TitleInput>;

/** What a link's site, a file's name or an .nfo file says; what it does not say is left out. */
const MetadataOutput = z.object({
  site: z.string().optional().describe('Together with videoId it names the video for good'),
  videoId: z.string().optional(),
  title: z.string().optional(),
  channel: z.string().optional(),
  duration: seconds.optional(),
  thumbnail: z.string().optional().describe('Link of a picture'),
  year: z.number().int().optional(),
  series: z.string().optional(),
  season: z.number().int().optional(),
  episode: z.number().int().optional(),
  aired: z.string().optional().describe('Day of the broadcast, YYYY-MM-DD'),
  cast: z
    .array(z.object({ name: z.string(), role: z.string().nullable() }))
    .readonly()
    .optional(),
  genres: z.array(z.string()).readonly().optional(),
});

export const TitleOutput = z.object({
  id: z.string(),
  name: z.string(),
  source: z.object({ kind: z.enum(['path', 'upload', 'link']), location: z.string() }),
  contentHash: z.string().nullable(),
  duration: seconds.nullable(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  metadata: MetadataOutput,
  createdAt: z.string(),
});
export type TitleOutput = z.infer<typeof TitleOutput>;

export const TitlePage = z.object({ items: z.array(TitleOutput), nextCursor: z.string().nullable() });

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  cursor: z.string().optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

export const FileQuery = z.object({ tenant: z.string().default(DEFAULT_TENANT) });
export type FileQuery = z.infer<typeof FileQuery>;

export const TitleWithJob = z.object({
  title: TitleOutput,
  job: JobOutput.nullable().describe("What fetches a link's film"),
  analysis: JobOutput.nullable().describe('What analyses it afterwards'),
});

export const AnalysesInput = z.object({
  kinds: z
    .array(AnalysisKindSchema)
    .min(1)
    .default([...USUAL_KINDS]),
  force: z.boolean().default(false).describe('Analyse again although the answer is stored'),
  priority: z.number().int().min(0).max(9).default(0).describe('Jobs of a lower number start first'),
});
export type AnalysesInput = z.infer<typeof AnalysesInput>;

export const AnalysisOutput = z.object({
  kind: AnalysisKindSchema,
  detectorVersion: z.string(),
  truncated: z.boolean(),
  finishedAt: z.string(),
  result: z.record(z.string(), z.unknown()),
});
export type AnalysisOutput = z.infer<typeof AnalysisOutput>;

export const AnalysesOutput = z.object({ job: JobOutput.nullable(), analyses: z.array(AnalysisOutput) });

const common = { detectorVersion: z.string(), truncated: z.boolean() };

export const GenreOutput = z.looseObject({
  ...common,
  top3: z.array(z.object({ genre: z.string(), probability: fraction })),
  genres: z.record(z.string(), fraction),
  frames: z.number().int(),
  model: z.string(),
});

export const CreditsOutput = z.looseObject({
  ...common,
  creditsStart: seconds.nullable(),
  nextEpisodeAt: seconds.nullable(),
  frame: z.number().int().nullable(),
  timecode: z.string().nullable().describe('hh:mm:ss.mmm'),
  smpte: z.string().nullable().describe('SMPTE timecode of the frame, hh:mm:ss:ff, hh:mm:ss;ff in drop-frame count'),
  confidence: fraction,
  segments: z.array(z.looseObject({ kind: z.string(), start: seconds, end: seconds, confidence: fraction })),
  sure: z.boolean().describe("Whether a player may act on it: the credits' start was found, and with certainty enough"),
  reason: z.string().nullable(),
  episodes: z
    .object({ agreeing: z.number().int(), reason: z.string() })
    .optional()
    .describe('What the other episodes of the season say, where some were analysed'),
});

export const ShotsOutput = z.looseObject({
  ...common,
  fps: z.number().nonnegative().describe('Frames a second, on average'),
  shots: z.array(
    z.looseObject({
      start: seconds,
      end: seconds,
      startFrame: z.number().int().describe('Number of its first frame, from 0'),
      transition: z.enum(['cut', 'fade', 'dissolve']).describe('How it begins'),
    }),
  ),
});

const CastMember = z.looseObject({ name: z.string().nullable(), confidence: fraction });

export const CastOutput = z.looseObject({
  ...common,
  scenes: z.array(
    z.looseObject({ start: seconds, end: seconds, cast: z.array(CastMember.extend({ screenTime: seconds })) }),
  ),
});

export const CastAtOutput = z.object({ at: seconds, cast: z.array(CastMember.extend({ box })) });

/** Of a query. `?t=` names no second, though JavaScript reads nothing as 0. */
const given = (text: unknown): unknown => (typeof text === 'string' && text.trim() === '' ? NaN : text);
export const CastQuery = z.object({
  t: z.preprocess(given, z.coerce.number().nonnegative()).optional().describe('Seconds: who is on screen then'),
});
export type CastQuery = z.infer<typeof CastQuery>;
