import { isDeepStrictEqual } from 'node:util';
import { PreconditionError, type Collection, type Patch, type Store, type Write } from '../storage/collection.js';
import type { JobError } from './job-queue.js';
import { DEFAULT_MAX_CRASHES, type JobRecord, JOBS, toEnded } from './job-record.js';
import type { WaitingJobs } from './waiting-jobs.js';

/** What becomes of a running job by its worker, as long as the worker's lease holds it. Each change is one atomic write. */
export class HeldJobs {
  constructor(
    private readonly store: Store,
    private readonly jobs: Collection<JobRecord>,
    private readonly waiting: WaitingJobs,
  ) {}

  /** Changes a running job, if this lease holds it. */
  async change(id: string, lease: string, patch: Patch): Promise<boolean> {
    return (await this.jobs.claim({ id, lease }, patch)) !== null;
  }

  async holds(id: string, lease: string): Promise<boolean> {
    return (await this.jobs.count({ id, lease })) === 1;
  }

  /**
   * Ends a running job as done together with its result, if the lease of this start still holds it, or has done so already:
   * an earlier call may have succeeded although nobody was told.
   */
  async complete({ id, lease, attempts }: JobRecord, writes: readonly Write[]): Promise<boolean> {
    const done = toEnded('done', null, { progress: 1, stage: 'done' });
    try {
      // the job comes first: a worker that has lost it must not wait for the results to be written in vain
      const end: Write = { kind: 'patch', collection: JOBS, id, patch: done, where: { lease } };
      await this.store.commit([end, ...writes]);
    } catch (error) {
      if (!(error instanceof PreconditionError) || error.collection !== JOBS || error.id !== id) throw error;
      // a later start counts another attempt
      const record = await this.jobs.get(id);
      if (record?.state !== 'done' || record.attempts !== attempts) return false;
    }
    await this.waiting.tell(id);
    return true;
  }

  /** Puts a running job back to be tried again after a delay, or ends it (null), if this lease holds it. */
  async fail(id: string, lease: string, error: JobError, retryInMs: number | null): Promise<boolean> {
    if (retryInMs === null) {
      const failed = await this.change(id, lease, toEnded('failed', error));
      if (failed) await this.waiting.tell(id);
      return failed;
    }
    const again = { state: 'queued', stage: 'waiting', progress: 0, lease: null, error, dueAt: Date.now() + retryInMs };
    return this.change(id, lease, { $set: again });
  }

  /** Puts a running job back as if it had not been started, if this lease holds it. */
  release(id: string, lease: string): Promise<boolean> {
    const again = { state: 'queued', stage: 'queued', progress: 0, lease: null, dueAt: Date.now() };
    return this.change(id, lease, { $set: again, $inc: { attempts: -1, attemptsLeft: 1 } });
  }

  /** Puts a running job back until these are done, as if it had not been started, if this lease holds it. */
  async wait(id: string, lease: string, after: readonly string[]): Promise<boolean> {
    const again = { ...waitingFor(after), progress: 0, delegated: false };
    return this.change(id, lease, { $set: again, $inc: { attempts: -1, attemptsLeft: 1 } });
  }

  /**
   * Leaves a running job's end to these, with the writes of what it has come to itself, if its lease still holds it or has
   * done so already.
   * @param next one of them that is stored in the same transaction
   */
  async delegate(
    { id, lease }: JobRecord,
    after: readonly string[],
    writes: readonly Write[],
    next: Omit<JobRecord, 'version'> | null,
  ): Promise<boolean> {
    const left = { ...waitingFor(after), delegated: true, ...(writes.length > 0 && { progress: 1 }) };
    const patch: Patch = { $set: left, $inc: { attempts: -1, attemptsLeft: 1 } };
    try {
      await this.store.commit([
        { kind: 'patch', collection: JOBS, id, patch, where: { lease } },
        ...writes,
        ...(next ? [{ kind: 'upsert' as const, collection: JOBS, document: next }] : []),
      ]);
    } catch (error) {
      if (!(error instanceof PreconditionError) || error.collection !== JOBS || error.id !== id) throw error;
      const record = await this.jobs.get(id);
      return record?.delegated === true && isDeepStrictEqual(record.after, after);
    }
    return true;
  }
}

/** What a running job becomes that waits for these. */
const waitingFor = (after: readonly string[]) => ({
  state: 'queued',
  stage: 'waiting',
  lease: null,
  after,
  dueAt: null,
  rank: null,
  // its process has survived this stage of it
  crashesLeft: DEFAULT_MAX_CRASHES - 1,
  suspect: false,
});
