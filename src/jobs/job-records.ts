import { randomBytes, randomUUID } from 'node:crypto';
import { currentTenant } from '../context.js';
import { KinoscopeError } from '../errors.js';
import {
  DuplicateKeyError,
  PreconditionError,
  type Collection,
  type Filter,
  type Patch,
  type Store,
  type Write,
} from '../storage/collection.js';
import type { Job, JobError, JobState, NewJob } from './job-queue.js';

/** A job as it is stored. An active job has a time at which something is due; whoever runs it holds its lease. */
export interface JobRecord extends Job {
  /**
   * Milliseconds since 1970: when a queued job may start, when a running job's lease ends; null while it waits for
   * another job, and once it has ended.
   */
  readonly dueAt: number | null;
  /** Fencing token of the present run: only its holder may change the job. */
  readonly lease: string | null;
  readonly attemptsLeft: number;
  /** Tenant and unique key while the job is active, and none afterwards. */
  readonly activeKey?: string;
}

const COLLECTION = 'jobs';
const DEFAULT_MAX_ATTEMPTS = 3;
const STATES: readonly JobState[] = ['queued', 'running', 'done', 'failed', 'cancelled'];
const ACTIVE: Filter = { state: { $in: ['queued', 'running'] } };
const WAITING: Filter = { state: 'queued', dueAt: null };

/** The job without the fields that only queues use. */
export function toJob(record: JobRecord): Job {
  const { id, version, tenant, name, data, state, progress, stage, attempts, maxAttempts } = record;
  const { error, uniqueKey, createdAt, startedAt, finishedAt } = record;
  return {
    id, version, tenant, name, data, state, progress, stage, attempts, maxAttempts,
    error, uniqueKey, after: record.after ?? null, createdAt, startedAt, finishedAt,
  };
}

export function hasEnded(job: Job): boolean {
  return job.state !== 'queued' && job.state !== 'running';
}

/** The stored jobs and every way in which one changes. Each change is one atomic write. */
export class JobRecords {
  private constructor(
    private readonly store: Store,
    private readonly jobs: Collection<JobRecord>,
  ) {}

  /** Hears of jobs that need not wait for another job any more. */
  onDue: (record: JobRecord) => Promise<void> = async () => undefined;

  static async open(store: Store): Promise<JobRecords> {
    const indexes = [{ paths: ['activeKey'], unique: true }, { paths: ['dueAt'] }, { paths: ['state'] }, { paths: ['after'] }];
    return new JobRecords(store, await store.collection<JobRecord>({ name: COLLECTION, indexes, shared: true }));
  }

  /** Stores a job, or finds the active one of the same unique key. @throws KinoscopeError `not-found` */
  async create(job: NewJob): Promise<JobRecord> {
    const first = job.after === undefined ? null : await this.jobs.get(job.after);
    if (job.after !== undefined && !first) throw new KinoscopeError('not-found', `There is no job ${job.after}`);
    const record = await this.insert(job);
    if (!first || record.after !== first.id) return record;
    // it may have ended before there was anybody to tell
    await this.advance(first.id);
    return (await this.jobs.get(record.id)) ?? record;
  }

  private async insert({ name, data, uniqueKey, after, maxAttempts = DEFAULT_MAX_ATTEMPTS }: NewJob): Promise<JobRecord> {
    const now = Date.now();
    const tenant = currentTenant();
    const activeKey = uniqueKey === undefined ? undefined : `${tenant}/${uniqueKey}`;
    const fresh = {
      id: newId(now),
      tenant,
      name,
      data,
      state: 'queued' as const,
      progress: 0,
      stage: after === undefined ? 'queued' : 'waiting',
      attempts: 0,
      maxAttempts,
      error: null,
      uniqueKey: uniqueKey ?? null,
      after: after ?? null,
      createdAt: new Date(now).toISOString(),
      startedAt: null,
      finishedAt: null,
      dueAt: after === undefined ? now : null,
      lease: null,
      attemptsLeft: maxAttempts,
      ...(activeKey !== undefined && { activeKey }),
    };
    for (;;) {
      try {
        return await this.jobs.insert(fresh);
      } catch (error) {
        if (!(error instanceof DuplicateKeyError) || activeKey === undefined) throw error;
        const [active] = (await this.jobs.find({ activeKey }, { limit: 1 })).items;
        // it may have ended since: then the key is free and the insert is tried again
        if (active) return active;
      }
    }
  }

  get(id: string): Promise<JobRecord | null> {
    return this.jobs.get(id);
  }

  /** Starts the first due job of these names under a new lease; null when there is none. */
  async startDue(names: readonly string[], leaseMs: number): Promise<JobRecord | null> {
    const silent = () => ({ state: 'running', dueAt: { $lte: Date.now() } });
    while (await this.failExhausted(silent()));
    return this.start({ name: { $in: names }, dueAt: { $lte: Date.now() } }, leaseMs);
  }

  /**
   * Starts this job under a new lease, whoever had it before; null when it has ended. Its worker is taken for dead if
   * it was running.
   */
  async startById(id: string, leaseMs: number): Promise<JobRecord | null> {
    await this.failExhausted({ id, state: 'running' });
    return this.start({ id, ...ACTIVE }, leaseMs);
  }

  /** Jobs that should have been started, or ended, by that time (milliseconds since 1970). */
  async overdue(before: number): Promise<JobRecord[]> {
    const sort = { path: 'dueAt', order: 'asc' } as const;
    return (await this.jobs.find({ dueAt: { $lte: before } }, { sort, limit: 1000 })).items;
  }

  private start(filter: Filter, leaseMs: number): Promise<JobRecord | null> {
    const now = Date.now();
    const patch = {
      $set: {
        state: 'running',
        progress: 0,
        stage: 'starting',
        startedAt: new Date(now).toISOString(),
        lease: randomUUID(),
        dueAt: now + leaseMs,
      },
      $inc: { attempts: 1, attemptsLeft: -1 },
    };
    return this.jobs.claim({ ...filter, attemptsLeft: { $gt: 0 } }, patch, { path: 'dueAt', order: 'asc' });
  }

  /** Ends a job whose worker went silent in the last attempt. */
  private async failExhausted(silent: Filter): Promise<JobRecord | null> {
    const message = 'The worker stopped unexpectedly in every attempt to do this job';
    const failed = await this.jobs.claim({ ...silent, attemptsLeft: 0 }, toEnded('failed', { code: 'internal', message }));
    if (failed) await this.tellWaiting(failed.id);
    return failed;
  }

  private async tellWaiting(id: string): Promise<void> {
    // it has ended, whatever comes now; those who wait are told a little later by `advanceAll`
    await this.advance(id).catch(() => undefined);
  }

  /** Tells the jobs that wait for this one how it ended, if it has. */
  private async advance(id: string): Promise<void> {
    const first = await this.jobs.get(id);
    if (first && !hasEnded(first)) return;
    // a job is deleted long after its end: whoever still waits then waits for nothing
    const next = first?.state === 'done'
      ? { $set: { stage: 'queued', dueAt: Date.now() } }
      : toEnded(first?.state ?? 'failed', first?.error ?? { code: 'not-found', message: `There is no job ${id}` });
    for (let waiting: JobRecord | null; (waiting = await this.jobs.claim({ ...WAITING, after: id }, next));) {
      if (waiting.state === 'queued') await this.onDue(waiting);
      else await this.advance(waiting.id);
    }
  }

  /** The same for all jobs that wait, in case that a process died between the end of one and the start of the next. */
  async advanceAll(): Promise<void> {
    const { items } = await this.jobs.find({ ...WAITING, after: { $exists: true } }, { limit: 1000 });
    for (const id of new Set(items.flatMap(({ after }) => after ?? []))) await this.advance(id);
  }

  /** Changes a running job, if this lease holds it. */
  async change(id: string, lease: string, patch: Patch): Promise<boolean> {
    return (await this.jobs.claim({ id, lease }, patch)) !== null;
  }

  async holds(id: string, lease: string): Promise<boolean> {
    return (await this.jobs.count({ id, lease })) === 1;
  }

  /** Ends a running job as done together with its result, if this lease holds it. */
  async complete(id: string, lease: string, writes: readonly Write[]): Promise<boolean> {
    const done = toEnded('done', null, { progress: 1, stage: 'done' });
    try {
      // the job comes first: whoever has lost it must not wait for the results to be written in vain
      const end: Write = { kind: 'patch', collection: COLLECTION, id, patch: done, where: { lease } };
      await this.store.commit([end, ...writes]);
    } catch (error) {
      if (error instanceof PreconditionError && error.collection === COLLECTION && error.id === id) return false;
      throw error;
    }
    await this.tellWaiting(id);
    return true;
  }

  /** Puts a running job back to be tried again after a delay, or ends it (null), if this lease holds it. */
  async fail(id: string, lease: string, error: JobError, retryInMs: number | null): Promise<boolean> {
    if (retryInMs === null) {
      const failed = await this.change(id, lease, toEnded('failed', error));
      if (failed) await this.tellWaiting(id);
      return failed;
    }
    const again = { state: 'queued', stage: 'waiting', lease: null, error, dueAt: Date.now() + retryInMs };
    return this.change(id, lease, { $set: again });
  }

  /** Puts a running job back as if it had not been started, if this lease holds it. */
  release(id: string, lease: string): Promise<boolean> {
    const again = { state: 'queued', stage: 'queued', progress: 0, lease: null, dueAt: Date.now() };
    return this.change(id, lease, { $set: again, $inc: { attempts: -1, attemptsLeft: 1 } });
  }

  /** Cancels a job that is active; the job as it is afterwards. */
  async cancel(id: string): Promise<JobRecord | null> {
    const error: JobError = { code: 'cancelled', message: 'The job was cancelled' };
    const cancelled = await this.jobs.claim({ id, ...ACTIVE }, toEnded('cancelled', error));
    if (cancelled) await this.tellWaiting(id);
    return cancelled ?? this.jobs.get(id);
  }

  async counts(): Promise<Record<JobState, number>> {
    const counts = await Promise.all(STATES.map(async (state) => [state, await this.jobs.count({ state })] as const));
    return Object.fromEntries(counts) as Record<JobState, number>;
  }
}

function toEnded(state: JobState, error: JobError | null, fields: Readonly<Record<string, unknown>> = {}): Patch {
  const end = { state, error, finishedAt: new Date().toISOString(), lease: null, dueAt: null };
  return { $set: { stage: state, ...fields, ...end }, $unset: ['activeKey'] };
}

/** Why a worker's calls on a job fail: it was cancelled, or it is another worker's now. */
export function lostError(job: Job | null): KinoscopeError {
  if (job?.state === 'cancelled') return new KinoscopeError('cancelled', 'The job was cancelled');
  return new KinoscopeError('conflict', 'The lease was lost: the job is not this worker\'s any more');
}

let lastMs = 0;
let sequence = 0;

/** An id that sorts by time, so that jobs of one millisecond start in the order in which they came. */
function newId(now: number): string {
  sequence = now === lastMs ? sequence + 1 : 0;
  lastMs = now;
  const digits = (value: number, length: number) => value.toString(36).padStart(length, '0');
  return `${digits(now, 9)}${digits(sequence, 4)}${randomBytes(6).toString('hex')}`;
}
