import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { currentContext, currentTenant } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import {
  DuplicateKeyError,
  PreconditionError,
  type Collection,
  type Filter,
  type Page,
  type Patch,
  type Store,
  type Write,
} from '../storage/collection.js';
import { AnnouncedJobs } from './announced-jobs.js';
import {
  JOB_STATES,
  type JobError,
  type JobState,
  type JobsWanted,
  type LeaseTiming,
  type NewJob,
} from './job-queue.js';
import { due, hasEnded, type JobRecord, longestWait, rankOf, toEnded } from './job-record.js';
import { WaitingJobs } from './waiting-jobs.js';

const COLLECTION = 'jobs';
const DEFAULT_MAX_ATTEMPTS = 3;
/** Deaths of its process, of a job that was not given a number of attempts of its own: it is tried again once. */
const DEFAULT_MAX_CRASHES = 2;
const LONGEST_PRUNING_PAUSE_MS = 3_600_000;
/** Where a job says which title it is about: its own, or that of the job that its message tells of. */
const ABOUT = ['data.titleId', 'data.message.titleId'] as const;
const ACTIVE: Filter = { state: { $in: ['queued', 'running'] } };
const DIED_EVERY_TIME = 'The worker stopped unexpectedly in every attempt to do this job';
const DIED_ALONE =
  'The worker stopped unexpectedly while it did this job, and again when it did nothing else: the job is taken for the cause';
const ENDED: Filter = { state: { $in: ['done', 'failed', 'cancelled'] } };
const ENDED_IN_VAIN: readonly JobState[] = ['failed', 'cancelled'];

/** The stored jobs and every way in which one changes. Each change is one atomic write. */
export class JobRecords {
  readonly announced: AnnouncedJobs;
  readonly waiting: WaitingJobs;
  private nextPruning = 0;

  private constructor(
    private readonly store: Store,
    private readonly jobs: Collection<JobRecord>,
  ) {
    this.announced = new AnnouncedJobs(jobs);
    this.waiting = new WaitingJobs(jobs, this.announced);
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
      await store.collection<JobRecord>({ name: COLLECTION, indexes, fields, shared: true }),
    );
  }

  /** Stores a job, or finds the active one of the same unique key. @throws KinoscopeError `not-found` */
  async create(job: NewJob): Promise<JobRecord> {
    for (const id of job.after ?? []) {
      if (!(await this.jobs.get(id))) throw new KinoscopeError('not-found', `There is no job ${id}`);
    }
    const record = await this.insert(this.fresh(job));
    if (record.dueAt !== null || hasEnded(record)) return record;
    // those before it may have ended before there was anybody to tell
    await this.waiting.decide(record);
    return (await this.jobs.get(record.id)) ?? record;
  }

  /** A job as it is stored first. */
  fresh(job: NewJob): Omit<JobRecord, 'version'> {
    const { name, data, uniqueKey, after = [], regardless = false, priority = 0, announced = false } = job;
    const { maxAttempts = DEFAULT_MAX_ATTEMPTS } = job;
    const now = Date.now();
    const createdAt = new Date(now).toISOString();
    const tenant = currentTenant();
    return {
      id: newId(now),
      tenant,
      name,
      data,
      state: 'queued',
      progress: 0,
      stage: after.length > 0 ? 'waiting' : 'queued',
      attempts: 0,
      maxAttempts,
      error: null,
      uniqueKey: uniqueKey ?? null,
      after,
      regardless,
      priority,
      createdAt,
      trace: currentContext()?.trace ?? null,
      startedAt: null,
      finishedAt: null,
      ...(after.length > 0 ? { dueAt: null, rank: null } : { dueAt: now, rank: rankOf({ priority, createdAt }) }),
      lease: null,
      attemptsLeft: maxAttempts,
      crashesLeft: (job.maxAttempts ?? DEFAULT_MAX_CRASHES) - 1,
      ...(uniqueKey !== undefined && { activeKey: activeKey(tenant, uniqueKey) }),
      ...(announced && { announced: false }),
    };
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
      const end: Write = { kind: 'patch', collection: COLLECTION, id, patch: done, where: { lease } };
      await this.store.commit([end, ...writes]);
    } catch (error) {
      if (!(error instanceof PreconditionError) || error.collection !== COLLECTION || error.id !== id) throw error;
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
        { kind: 'patch', collection: COLLECTION, id, patch, where: { lease } },
        ...writes,
        ...(next ? [{ kind: 'upsert' as const, collection: COLLECTION, document: next }] : []),
      ]);
    } catch (error) {
      if (!(error instanceof PreconditionError) || error.collection !== COLLECTION || error.id !== id) throw error;
      const record = await this.jobs.get(id);
      return record?.delegated === true && isDeepStrictEqual(record.after, after);
    }
    return true;
  }

  /** Queues a job again that failed or was cancelled; null when it is unknown. @throws KinoscopeError `conflict` */
  async retry(id: string): Promise<JobRecord | null> {
    const record = await this.jobs.get(id);
    if (!record) return null;
    if (!ENDED_IN_VAIN.includes(record.state)) {
      throw new KinoscopeError(
        'conflict',
        `The job ${id} is ${record.state}: only one that failed or was cancelled can be tried again`,
      );
    }
    const before = (await Promise.all(record.after.map((first) => this.jobs.get(first)))).flatMap(
      (first) => first ?? [],
    );
    if (!record.regardless) for (const first of before) await this.retryIfInVain(first.id);
    await this.queueAgain(
      record,
      before.some((first) => (record.regardless ? !hasEnded(first) : first.state !== 'done')),
    );
    // what has cleared up after it does so once more
    const cleared = (await this.jobs.find({ after: id, regardless: true, state: 'done' }, { limit: 1000 })).items;
    for (const job of cleared) await this.queueAgain(job, true);
    const behind = (await this.jobs.find({ after: id, state: record.state, attempts: 0 }, { limit: 1000 })).items;
    for (const job of behind) await this.retryIfInVain(job.id);
    return this.jobs.get(id);
  }

  /** One of several that are tried again together: another one may have brought it along. */
  private async retryIfInVain(id: string): Promise<void> {
    const record = await this.jobs.get(id);
    if (record && ENDED_IN_VAIN.includes(record.state)) await this.retry(id);
  }

  /** @throws KinoscopeError `conflict` */
  private async queueAgain(record: JobRecord, waits: boolean): Promise<void> {
    const { id, state, maxAttempts } = record;
    const again = {
      state: 'queued',
      progress: 0,
      attempts: 0,
      attemptsLeft: maxAttempts,
      error: null,
      startedAt: null,
      finishedAt: null,
      crashesLeft: DEFAULT_MAX_CRASHES - 1,
      suspect: false,
      ...(waits ? { stage: 'waiting', dueAt: null, rank: null } : due(record, Date.now())),
      ...(record.uniqueKey !== null && { activeKey: activeKey(record.tenant, record.uniqueKey) }),
      ...(record.announced !== undefined && { announced: false }),
    };
    try {
      const queued = await this.jobs.claim({ id, state }, { $set: again });
      if (queued && !waits) await this.waiting.onDue(queued);
      if (queued && waits) await this.waiting.decide(queued);
    } catch (error) {
      if (!(error instanceof DuplicateKeyError)) throw error;
      throw new KinoscopeError('conflict', `Another job does what the job ${id} would do`, { cause: error });
    }
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
      collection: COLLECTION,
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

/** The queued jobs of these names that may start now. */
const dueNow = (names: readonly string[]): Filter => ({
  name: names.length === 1 ? names[0]! : { $in: names },
  state: 'queued',
  dueAt: { $lte: Date.now() },
});

const activeKey = (tenant: string, uniqueKey: string): string => `${tenant}/${uniqueKey}`;

let lastMs = 0;
let sequence = 0;

/** An id that sorts by time, so that jobs of one millisecond start in the order in which they came. */
function newId(now: number): string {
  sequence = now === lastMs ? sequence + 1 : 0;
  lastMs = now;
  const digits = (value: number, length: number) => value.toString(36).padStart(length, '0');
  return `${digits(now, 9)}${digits(sequence, 4)}${randomBytes(6).toString('hex')}`;
}
