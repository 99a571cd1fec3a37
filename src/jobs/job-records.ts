import { randomUUID } from 'node:crypto';
import { currentTenant } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { renamed } from '../storage/changed-documents.js';
import {
  DuplicateKeyError,
  type Collection,
  type Filter,
  type Page,
  type Patch,
  type Store,
  type Write,
} from '../storage/collection.js';
import { AnnouncedJobs } from './announced-jobs.js';
import { HeldJobs } from './held-jobs.js';
import {
  JOB_STATES,
  type JobError,
  type JobState,
  type JobsWanted,
  type LeaseTiming,
  type NewJob,
} from './job-queue.js';
import { hasEnded, JOBS, type JobRecord, longestWait, toEnded } from './job-record.js';
import { newRecord } from './new-record.js';
import { RetriedJobs } from './retried-jobs.js';
import { WaitingJobs } from './waiting-jobs.js';

const LONGEST_PRUNING_PAUSE_MS = 3_600_000;
/** Where a job says which title it is about: its own, or that of the job that its message tells of. */
const ABOUT = ['data.titleId', 'data.message.titleId'] as const;
const ACTIVE: Filter = { state: { $in: ['queued', 'running'] } };
const DIED_EVERY_TIME = 'The worker stopped unexpectedly in every attempt to do this job';
const DIED_ALONE =
  'The worker stopped unexpectedly while it did this job, and again when it did nothing else: the job is taken for the cause';
/** Jobs on a long film that release 0.1.0 has left. */
const CHANGES = [renamed('parent-job', { 'data.flow': 'data.parentJob' })];
const ENDED: Filter = { state: { $in: ['done', 'failed', 'cancelled'] } };

/** The stored jobs and every way in which one changes. Each change is one atomic write. */
export class JobRecords {
  readonly announced: AnnouncedJobs;
  readonly waiting: WaitingJobs;
  readonly held: HeldJobs;
  readonly retried: RetriedJobs;
  private nextPruning = 0;

  private constructor(
    store: Store,
    private readonly jobs: Collection<JobRecord>,
  ) {
    this.announced = new AnnouncedJobs(jobs);
    this.waiting = new WaitingJobs(jobs, this.announced);
    this.held = new HeldJobs(store, jobs, this.waiting);
    this.retried = new RetriedJobs(jobs, this.waiting);
  }

  static async open(store: Store): Promise<JobRecords> {
    const indexes = [
      { paths: ['activeKey'], unique: true },
      { paths: ['dueAt'] },
      { paths: ['state', 'createdAt'] },
      { paths: ['after'] },
      { paths: ['tenant', 'createdAt'] },
      { paths: ['tenant', 'state', 'createdAt'] },
      { paths: ['name', 'state', 'rank'] },
      { paths: ['name', 'startedAt'] },
      { paths: ['announced'] },
      { paths: ['finishedAt'] },
      { paths: ['suspect'] },
      ...ABOUT.map((path) => ({ paths: [path] })),
    ];
    const fields = {
      tenant: 'string',
      name: 'string',
      data: 'object',
      state: 'string',
      progress: 'number',
      attempts: 'number',
      createdAt: 'string',
    } as const;
    return new JobRecords(
      store,
      await store.collection<JobRecord>({ name: JOBS, indexes, fields, changes: CHANGES, shared: true }),
    );
  }

  /** Stores a job, or finds the active one of the same unique key. @throws KinoscopeError `not-found` */
  async create(job: NewJob): Promise<JobRecord> {
    for (const id of job.after ?? []) {
      if (!(await this.jobs.get(id))) throw new KinoscopeError('not-found', `There is no job ${id}`);
    }
    const record = await this.insert(newRecord(job));
    if (record.dueAt !== null || hasEnded(record)) return record;
    // those before it may have ended before there was anybody to tell
    await this.waiting.decide(record);
    return (await this.jobs.get(record.id)) ?? record;
  }

  private async insert(fresh: Omit<JobRecord, 'version'>): Promise<JobRecord> {
    for (;;) {
      try {
        return await this.jobs.insert(fresh);
      } catch (error) {
        if (!(error instanceof DuplicateKeyError) || fresh.activeKey === undefined) throw error;
        const [active] = (await this.jobs.find({ activeKey: fresh.activeKey }, { limit: 1 })).items;
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
    if ((await this.jobs.find(silent(), { limit: 1 })).items.length > 0) while (await this.takeFromDead(silent()));
    return this.start({ ...dueNow(names), suspect: { $ne: true } }, leaseMs);
  }

  /**
   * Starts this job under a new lease, no matter who had it before; null when it has ended, or when a process died of it. If it
   * was running, its worker is taken for dead, unless the lease was prolonged lately: then it was delivered twice.
   */
  async startById(id: string, leaseMs: number): Promise<JobRecord | null> {
    const queued = await this.start({ id, state: 'queued', suspect: { $ne: true } }, leaseMs);
    if (queued) return queued;
    // a live worker prolongs its lease in every third of it
    const lately = Date.now() + leaseMs / 2;
    if (await this.takeFromDead({ id, state: 'running', dueAt: { $lte: lately } })) return null;
    return this.start({ id, state: 'running', dueAt: { $gt: lately } }, leaseMs, { progress: 0 });
  }

  async hasSuspect(names: readonly string[]): Promise<boolean> {
    return (await this.jobs.find({ ...dueNow(names), suspect: true }, { limit: 1 })).items.length > 0;
  }

  startSuspect(names: readonly string[], leaseMs: number): Promise<JobRecord | null> {
    return this.start({ ...dueNow(names), suspect: true }, leaseMs);
  }

  /** Jobs that should have been started, or ended, by that time (milliseconds since 1970). */
  async overdue(before: number): Promise<JobRecord[]> {
    const sort = { path: 'dueAt', order: 'asc' } as const;
    return (await this.jobs.find({ dueAt: { $lte: before } }, { sort, limit: 1000 })).items;
  }

  /** How many jobs of this name were started within the last minute. */
  startedWithinAMinute(name: string): Promise<number> {
    const [now, then] = [Date.now(), Date.now() - 60_000].map((at) => new Date(at).toISOString()) as [string, string];
    return this.jobs.count({ name, startedAt: { $gt: then, $lte: now } });
  }

  /** A job that has waited for its parts goes on with the progress that they have made. */
  private start(filter: Filter, leaseMs: number, fields: object = {}): Promise<JobRecord | null> {
    const now = Date.now();
    const patch = {
      $set: {
        state: 'running',
        stage: 'starting',
        ...fields,
        startedAt: new Date(now).toISOString(),
        lease: randomUUID(),
        dueAt: now + leaseMs,
      },
      $inc: { attempts: 1, attemptsLeft: -1 },
    };
    return this.jobs.claim({ ...filter, attemptsLeft: { $gt: 0 } }, patch, { path: 'rank', order: 'asc' });
  }

  /** Takes a job from a worker that went silent: puts it back to be tried alone, or ends it if that was done. null: there is none. */
  private async takeFromDead(silent: Filter): Promise<JobRecord | null> {
    const end = (message: string): Patch => toEnded('failed', { code: 'internal', message });
    const failed =
      (await this.jobs.claim({ ...silent, crashesLeft: 0 }, end(DIED_ALONE))) ??
      (await this.jobs.claim({ ...silent, attemptsLeft: 0 }, end(DIED_EVERY_TIME)));
    if (failed) await this.waiting.tell(failed.id);
    const again = { state: 'queued', stage: 'queued', progress: 0, lease: null, dueAt: Date.now(), suspect: true };
    const back = { ...silent, attemptsLeft: { $gt: 0 }, crashesLeft: { $ne: 0 } };
    return failed ?? this.jobs.claim(back, { $set: again, $inc: { crashesLeft: -1 } });
  }

  /** Does what was left undone by processes that died, or is nobody's turn: to be called now and then. */
  async tidyUp(timing: Required<LeaseTiming>): Promise<void> {
    await this.waiting.advanceAll();
    await this.announced.tellAll();
    await this.bringForward(longestWait(timing));
    await this.prune(timing.keepMs);
  }

  /** Deletes the jobs that ended long ago. */
  private async prune(keepMs: number): Promise<void> {
    if (performance.now() < this.nextPruning) return;
    this.nextPruning = performance.now() + Math.min(LONGEST_PRUNING_PAUSE_MS, keepMs);
    await this.jobs.deleteMany({ finishedAt: { $lt: new Date(Date.now() - keepMs).toISOString() } });
  }

  /** Makes jobs due that would be only after the longest wait: a clock was put back since. Leases protect what runs. */
  private async bringForward(longestMs: number): Promise<void> {
    while (await this.jobs.claim({ dueAt: { $gt: Date.now() + longestMs } }, { $set: { dueAt: Date.now() } }));
  }

  async list({ limit, cursor, ...wanted }: JobsWanted = {}): Promise<Page<JobRecord>> {
    const page = { ...(limit !== undefined && { limit }), ...(cursor !== undefined && { cursor }) };
    return this.jobs.find(filterOf(wanted), { sort: { path: 'createdAt', order: 'desc' }, ...page });
  }

  titlesOf(wanted: Omit<JobsWanted, 'limit' | 'cursor'>): Promise<string[]> {
    return this.jobs.distinct(ABOUT[0], filterOf(wanted));
  }

  /** Cancels a job that is active; the job as it is afterwards. */
  async cancel(id: string): Promise<JobRecord | null> {
    const error: JobError = { code: 'cancelled', message: 'The job was cancelled' };
    const cancelled = await this.jobs.claim({ id, ...ACTIVE }, toEnded('cancelled', error));
    if (cancelled) await this.waiting.tell(id);
    return cancelled ?? this.jobs.get(id);
  }

  removalsOf(titleId: string): Write[] {
    return ABOUT.map((path) => ({
      kind: 'delete',
      collection: JOBS,
      filter: { [path]: titleId, tenant: currentTenant(), ...ENDED },
    }));
  }

  /** Those that are active, at most a thousand. */
  async activeOf(titleId: string): Promise<JobRecord[]> {
    return (await this.jobs.find({ [ABOUT[0]]: titleId, tenant: currentTenant(), ...ACTIVE }, { limit: 1000 })).items;
  }

  async counts(name?: string): Promise<Record<JobState, number>> {
    const which = name === undefined ? {} : { name };
    const counts = await Promise.all(
      JOB_STATES.map(async (state) => [state, await this.jobs.count({ ...which, state })] as const),
    );
    return Object.fromEntries(counts) as Record<JobState, number>;
  }
}

const filterOf = ({ tenant, state, titleIds, announced }: JobsWanted): Filter => ({
  ...(tenant !== undefined && { tenant }),
  ...(state && { state: typeof state === 'string' ? state : { $in: state } }),
  ...(titleIds && { [ABOUT[0]]: { $in: titleIds } }),
  ...(announced && { announced: { $exists: true } }),
});

/** The queued jobs of these names that may start now. */
const dueNow = (names: readonly string[]): Filter => ({
  name: names.length === 1 ? names[0]! : { $in: names },
  state: 'queued',
  dueAt: { $lte: Date.now() },
});
