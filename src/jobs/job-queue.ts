import type { Document, FindOptions, Page, Write } from '../storage/collection.js';

/** The port of `jobs`: work that is done at least once and whose result is committed exactly once. */

/** Injection token of the {@link JobQueue}. */
export const JOB_QUEUE = Symbol('JOB_QUEUE');

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface JobError {
  /** An ErrorCode of `errors.ts`. */
  readonly code: string;
  readonly message: string;
  /** What else the error tells. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A job as it is stored and shown. Times are ISO 8601 in UTC. */
export interface Job extends Document {
  /** Whose job it is: only they may see it, and its handler works in their name. */
  readonly tenant: string;
  /** What to do, e.g. `analyze`: exactly one handler is registered for each. */
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly state: JobState;
  /** 0 to 1. */
  readonly progress: number;
  /** What is being done now, one or two words, e.g. `decoding`. */
  readonly stage: string;
  /** How often it was started, and how often it may be. */
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly error: JobError | null;
  /** While a job of this tenant with this key is queued or running, enqueuing the key again returns that job. */
  readonly uniqueKey: string | null;
  /** The jobs that have to be done before this one may start. */
  readonly after: readonly string[];
  /** 0 to 9; jobs of a lower number start first. */
  readonly priority: number;
  readonly createdAt: string;
  /** The trace of the request that it was made for, as a W3C `traceparent`; null where none was followed. */
  readonly trace: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

export interface NewJob {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly uniqueKey?: string;
  /** Default 3, but 2 where the process died of it: such a job is tried again alone. */
  readonly maxAttempts?: number;
  /** Ids of jobs that have to be done first; when one of them fails or is cancelled, this one ends likewise. */
  readonly after?: readonly string[];
  /** It starts once the jobs before it have ended, however they did: it clears up after them. Default false. */
  readonly regardless?: boolean;
  /** 0 to 9; jobs of a lower number start first, those of one number in the order in which they came. Default 0. */
  readonly priority?: number;
  /** Anyone who listens to the queue's ends (`onEnded`) hears of this job's. */
  readonly announced?: boolean;
}

/** Which jobs to list. */
export interface JobsWanted extends Pick<FindOptions, 'limit' | 'cursor'> {
  readonly tenant?: string;
  readonly state?: JobState | readonly JobState[];
  /** Only jobs about one of these titles (`data.titleId`). */
  readonly titleIds?: readonly string[];
  /** Only jobs that are `announced`: parts of others are not. */
  readonly announced?: true;
}

/** A claimed job. Every call fails once the lease was lost (another worker has the job, or it was cancelled). */
export interface Lease {
  readonly job: Job;
  /** Aborts when the job is cancelled or the lease is lost. */
  readonly signal: AbortSignal;
  /** Reports progress (0 to 1) and keeps the lease; called often, written at most a few times a second. */
  progress(progress: number, stage: string): Promise<void>;
  /** Ends the job and commits its result in the same transaction: both are visible, or neither. */
  complete(writes: readonly Write[]): Promise<void>;
  /** Puts the job back with exponential backoff, or ends it `failed` when it must not or can not be tried again. */
  fail(error: JobError, options?: { retry?: boolean }): Promise<void>;
  /** Hands the job back at once, not counted as an attempt (graceful shutdown). */
  release(): Promise<void>;
  /** Hands the job back until these jobs are done, not counted as an attempt; it ends as they do when one fails. */
  wait(after: readonly string[]): Promise<void>;
  /**
   * Leaves what is left of the job to others, whose end is its end: done when all of them are, failed or cancelled as the
   * first that is. It is handed to no worker any more.
   */
  delegate(delegation: Delegation): Promise<void>;
}

/** A job's end that is left to other jobs. */
export interface Delegation {
  /** Ids of jobs. */
  readonly to: readonly string[];
  /** What is committed now, in one transaction with the delegation. */
  readonly writes?: readonly Write[];
  /** One more job to delegate to, which starts once that is committed. */
  readonly then?: NewJob;
}

/**
 * Suspects are jobs whose process died: any other job may be beside them in the next one, but nothing should.
 * `innocent`: none of them; `suspect`: them alone; `any`: the others, and them after those. Default `any`.
 */
export type Claimed = 'any' | 'innocent' | 'suspect';

export interface JobQueue {
  /** The job belongs to the tenant in whose name this is called. @throws KinoscopeError `not-found` when there is no job to come after */
  enqueue(job: NewJob): Promise<Job>;
  get(id: string): Promise<Job | null>;
  /** The newest first. */
  list(wanted?: JobsWanted): Promise<Page<Job>>;
  /** The titles (`data.titleId`) that jobs as wanted are about, in no order. */
  titlesOf(wanted: Omit<JobsWanted, 'limit' | 'cursor'>): Promise<string[]>;
  /** The first due job of one of these names, by priority and age, leased; null when there is none. A heartbeat keeps the lease. */
  claim(names: readonly string[], which?: Claimed): Promise<Lease | null>;
  /** Whether there is a due suspect of these names. */
  hasSuspect(names: readonly string[]): Promise<boolean>;
  /** Cancels a queued or running job; the job as it is afterwards (an ended job stays as it ended), null if unknown. */
  cancel(id: string): Promise<Job | null>;
  /**
   * Queues a failed or cancelled job again, with all its attempts, and with it the jobs that failed because it comes
   * before or after them. @returns the job as it is afterwards, null if unknown
   * @throws KinoscopeError `conflict` when it has not failed, or another active job has its unique key
   */
  retry(id: string): Promise<Job | null>;
  /**
   * Calls back with the job at once and after every change until it has ended, from whatever process; returns an
   * unsubscribe.
   */
  subscribe(id: string, listener: (job: Job) => void): () => void;
  /**
   * Calls back with every job that was to be `announced` and has ended, by whatever process, until the callback resolves:
   * at least once, by one of those that listen.
   */
  onEnded(listener: (job: Job) => Promise<void>): void;
  /** Of all jobs, or of those of one name. */
  counts(name?: string): Promise<Record<JobState, number>>;
  /** Resolves when what hands out the jobs answers; rejects when it does not. */
  ping(): Promise<void>;
  /** The writes that delete this tenant's ended jobs about a title (`data.titleId`), and the messages that told of them. */
  removalsOf(titleId: string): Write[];
  /** Cancels this tenant's active jobs about a title. */
  cancelOf(titleId: string): Promise<void>;
  /** Hands back the jobs that are leased here, and gives out no more. */
  close(): Promise<void>;
}

/** Settings of both adapters, in milliseconds. */
export interface LeaseTiming {
  /** A worker that is silent for so long has lost its job. Default 30,000. */
  readonly leaseMs?: number;
  /** First retry delay, doubled every attempt. Default 2,000. */
  readonly backoffMs?: number;
  /** How often subscribers look for changes. Default 250. */
  readonly pollMs?: number;
  /** A job is deleted so long after its end, however it ended. Default 30 days. */
  readonly keepMs?: number;
}

/** How many jobs of a name all workers together start within any minute, by name; the others have no limit. */
export type Rates = Readonly<Record<string, number>>;
