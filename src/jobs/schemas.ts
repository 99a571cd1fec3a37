import { z } from 'zod';
import { fraction, instant, pageOf, PageQuery } from '../openapi/fields.js';
import { ErrorDetails } from '../openapi/problem.js';
import { JOB_STATES, type Job } from './job-queue.js';

/** What the routes about jobs take and answer. */

export const JobErrorOutput = z
  .object({ code: z.string(), message: z.string(), details: ErrorDetails.optional() })
  .meta({ id: 'JobError' });

/** A job as it is answered: what a client can use, without the worker's own fields. */
export const JobOutput = z
  .object({
    id: z.string(),
    name: z.string().describe('What is done: analyze, download, annotate, or a part of an analysis'),
    titleId: z.string().nullable(),
    series: z.string().nullable().describe('The series that the job is about, where it is no single title'),
    season: z.number().nullable(),
    after: z.array(z.string()).describe('The jobs that have to be done before this one starts'),
    priority: z.number().int().min(0).max(9),
    state: z.enum(JOB_STATES),
    progress: fraction,
    stage: z.string(),
    attempts: z.number().int(),
    error: JobErrorOutput.nullable(),
    createdAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'Job' });
export type JobOutput = z.infer<typeof JobOutput>;

export function presentJob(job: Job): JobOutput {
  const { id, name, data, after, priority, state, progress, stage, attempts, error, createdAt, startedAt, finishedAt } =
    job;
  const { titleId, series, season } = data;
  return {
    id,
    name,
    titleId: typeof titleId === 'string' ? titleId : null,
    series: typeof series === 'string' ? series : null,
    season: typeof season === 'number' ? season : null,
    after: [...after],
    priority,
    state,
    progress,
    stage,
    attempts,
    error: error && { ...error, details: ErrorDetails.safeParse(error.details).data },
    createdAt,
    startedAt,
    finishedAt,
  };
}

export const JobsQuery = PageQuery.extend({
  state: z.enum(JOB_STATES).optional().describe('Only jobs in this state, e.g. failed'),
  titleId: z.string().max(200).optional().describe('Only jobs about this title'),
});
export type JobsQuery = z.infer<typeof JobsQuery>;

export const JobPage = pageOf(JobOutput, 'JobPage');
export type JobPage = z.infer<typeof JobPage>;
