import { z } from 'zod';
import { JobOutput } from '../jobs/schemas.js';

/** Exports that are JSON, as the players and services that they are for have them. */

const int = z.number().int();

export const JellyfinSegments = z
  .object({
    Items: z.array(
      z.object({
        Id: z.string(),
        ItemId: z.string(),
        Type: z.enum(['Recap', 'Intro', 'Outro', 'Preview']),
        StartTicks: int,
        EndTicks: int,
      }),
    ),
    TotalRecordCount: int,
    StartIndex: int,
  })
  .meta({ id: 'JellyfinSegments' });

const VideoMetadata = z.object({
  Codec: z.string(),
  DurationMillis: int,
  Format: z.string(),
  FrameRate: z.number().optional(),
  FrameHeight: z.number(),
  FrameWidth: z.number(),
});
const BoundingBox = z.object({ Width: z.number(), Height: z.number(), Left: z.number(), Top: z.number() });

export const CelebrityRecognition = z
  .object({
    JobStatus: z.literal('SUCCEEDED'),
    VideoMetadata,
    Celebrities: z.array(
      z.object({
        Timestamp: int,
        Celebrity: z.object({
          Urls: z.array(z.string()),
          Name: z.string(),
          Id: z.string(),
          Confidence: z.number(),
          BoundingBox,
          Face: z.object({ BoundingBox, Confidence: z.number() }),
        }),
      }),
    ),
  })
  .meta({ id: 'CelebrityRecognition' });

const span = {
  StartTimestampMillis: int,
  EndTimestampMillis: int,
  DurationMillis: int,
  StartTimecodeSMPTE: z.string().optional(),
  EndTimecodeSMPTE: z.string().optional(),
  DurationSMPTE: z.string().optional(),
  StartFrameNumber: int.optional(),
  EndFrameNumber: int.optional(),
  DurationFrames: int.optional(),
};

export const SegmentDetection = z
  .object({
    JobStatus: z.literal('SUCCEEDED'),
    VideoMetadata: z.array(VideoMetadata),
    AudioMetadata: z.array(z.object({ Codec: z.string() })),
    Segments: z.array(
      z.discriminatedUnion('Type', [
        z.object({
          Type: z.literal('TECHNICAL_CUE'),
          ...span,
          TechnicalCueSegment: z.object({ Type: z.literal('EndCredits'), Confidence: z.number() }),
        }),
        z.object({ Type: z.literal('SHOT'), ...span, ShotSegment: z.object({ Index: int }) }),
      ]),
    ),
    SelectedSegmentTypes: z.array(z.object({ Type: z.enum(['TECHNICAL_CUE', 'SHOT']), ModelVersion: z.string() })),
  })
  .meta({ id: 'SegmentDetection' });

export const ExportedJson = z.xor([JellyfinSegments, CelebrityRecognition, SegmentDetection]);

export const WithJob = z.object({ job: JobOutput }).meta({ id: 'WithJob' });
export type WithJob = z.infer<typeof WithJob>;
