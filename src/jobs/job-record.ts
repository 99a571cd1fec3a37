import { KinoscopeError } from '../core/errors.js';
import type { Patch } from '../storage/collection.js';
import type { Job, JobError, JobState, LeaseTiming } from './job-queue.js';

/** The collection of the jobs. */
export const JOBS = 'jobs';
/** Deaths of its process, of a job that was not given a number of attempts of its own: it is tried again once. */
export const DEFAULT_MAX_CRASHES = 2;

/** A job as it is stored. An active job has a time at which something is due; its worker holds its lease. */
export interface JobRecord extends Job {
  /**
   * Milliseconds since 1970: when a queued job may start, when a running job's lease ends; null while it waits for
   * another job, and once it has ended.
   */
  readonly dueAt: number | null;
  /** Fencing token of the present run: only its holder may change the job. */
  readonly lease: string | null;
  readonly attemptsLeft: number;
  /** How many more deaths of its process it survives; absent in jobs of older versions, which are limited by their attempts. */
  readonly crashesLeft?: number;
  /** Its process died: it is tried again with nothing else running beside it. */
  readonly suspect?: boolean;
  /** The order in which queued jobs start: by priority, then by age; null while it waits, and once it has ended. */
  readonly rank: number | null;
  /** It starts after the jobs before it even if they fail. */
  readonly regardless: boolean;
  /** It does not start after the jobs before it but ends as they do; absent in jobs of older versions. */
  readonly delegated?: boolean;
  /** Tenant and unique key while the job is active, and none afterwards. */
  readonly activeKey?: string;
  /** Whether its end was told to those who listen; absent: nobody wants to know. */
  readonly announced?: boolean;
}

/** More than the milliseconds since 1970 for the next thousand years. */
const RANKS_OF_A_PRIORITY = 1e14;

/** The job without the fields that only queues use. */
export function toJob(record: JobRecord): Job {
  const { id, version, tenant, name, data, state, progress, stage, attempts, maxAttempts } = record;
  const { error, uniqueKey, after, priority, createdAt, trace, startedAt, finishedAt } = record;
  return {
    id,
    version,
    tenant,
    name,
    data,
    state,
    progress,
    stage,
    attempts,
    maxAttempts,
    error,
    uniqueKey,
    after,
    priority,
    createdAt,
    trace: trace ?? null,
    startedAt,
    finishedAt,
  };
}

export function hasEnded(job: Job): boolean {
  return job.state !== 'queued' && job.state !== 'running';
}

/** What makes a queued job startable. */
export function due(
  job: Pick<Job, 'priority' | 'createdAt'>,
  at: number,
): { stage: string; dueAt: number; rank: number } {
  return { stage: 'queued', dueAt: at, rank: rankOf(job) };
}

export function rankOf({ priority, createdAt }: Pick<Job, 'priority' | 'createdAt'>): number {
  return priority * RANKS_OF_A_PRIORITY + Date.parse(createdAt);
}

export function toEnded(
  state: JobState,
  error: JobError | null,
  fields: Readonly<Record<string, unknown>> = {},
): Patch {
  const end = { state, error, finishedAt: new Date().toISOString(), lease: null, dueAt: null, rank: null };
  return { $set: { stage: state, ...fields, ...end }, $unset: ['activeKey', 'suspect'] };
}

/** Delays double no more often than this: 2 s become half an hour. */
export const LONGEST_BACKOFF = 10;

/** No job waits longer than this for a retry or a lease, milliseconds. */
export function longestWait({ leaseMs, backoffMs }: Required<LeaseTiming>): number {
  return leaseMs + backoffMs * 2 ** LONGEST_BACKOFF;
}

/** Why a worker's calls on a job fail: it was cancelled, or it is another worker's now. */
export function lostError(job: Job | null): KinoscopeError {
  if (job?.state === 'cancelled') return new KinoscopeError('cancelled', 'The job was cancelled');
  return new KinoscopeError('conflict', "The lease was lost: the job is not this worker's any more");
}
