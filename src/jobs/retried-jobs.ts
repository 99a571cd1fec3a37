import { KinoscopeError } from '../core/errors.js';
import { DuplicateKeyError, type Collection } from '../storage/collection.js';
import type { JobState } from './job-queue.js';
import { DEFAULT_MAX_CRASHES, due, hasEnded, type JobRecord } from './job-record.js';
import { activeKey } from './new-record.js';
import type { WaitingJobs } from './waiting-jobs.js';

const ENDED_IN_VAIN: readonly JobState[] = ['failed', 'cancelled'];

/** Jobs that are queued again after they failed or were cancelled, with those that they wait for and those that wait for them. */
export class RetriedJobs {
  constructor(
    private readonly jobs: Collection<JobRecord>,
    private readonly waiting: WaitingJobs,
  ) {}

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
}
