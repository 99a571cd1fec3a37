import { z } from 'zod';
import { JobKind } from '../jobs/job-kind.js';
import { ANALYSIS_KINDS } from '../titles/documents.js';

const kind = z.enum(ANALYSIS_KINDS);
const ofParent = { titleId: z.string(), parentJob: z.string().describe('The analysis that it is a part of') };

/** Answers questions about a title; of a long film, by jobs of the other kinds. */
export const ANALYZE = new JobKind(
  'analyze',
  z.object({ titleId: z.string(), kinds: z.array(kind), force: z.boolean() }),
);
/** Answers one question about a long film. */
export const QUESTION = new JobKind('part', z.object({ ...ofParent, kind }));
/** Watches one segment of a long film for its cast, `start <= t < end` in seconds; null: to the film's end. */
export const SEGMENT = new JobKind(
  'faces',
  z.object({ ...ofParent, start: z.number().nonnegative(), end: z.number().positive().nullable() }),
);
/** Makes the cast of all segments of a long film, which start at these seconds. */
export const JOIN = new JobKind('join', z.object({ ...ofParent, starts: z.array(z.number().nonnegative()) }));
/** Clears up after the analysis of a long film, however it ended: ends these jobs and removes what they kept. */
export const CLEAR = new JobKind('clear', z.object({ ...ofParent, parts: z.array(z.string()) }));
/** Brings the files beside a title's film up to date. */
export const SIDECAR = new JobKind('sidecar', z.object({ titleId: z.string() }));
/** Brings the names in all titles up to date. */
export const NAMES = new JobKind('names', z.object({ titleId: z.string() }));
/** Compares the episodes of a series' season, and of the one before. */
export const SEASON = new JobKind('season', z.object({ series: z.string(), season: z.number().nullable() }));
