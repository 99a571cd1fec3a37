import type { Collection, Filter } from '../storage/collection.js';
import type { AnnouncedJobs } from './announced-jobs.js';
import { due, type JobRecord, toEnded } from './job-record.js';

const WAITING: Filter = { state: 'queued', dueAt: null };

/** The stored jobs that wait for others, and when each of them need not wait any more. */
export class WaitingJobs {
  constructor(
    private readonly jobs: Collection<JobRecord>,
    private readonly announced: AnnouncedJobs,
  ) {}

  /** Hears of jobs that may start now. */
  onDue: (record: JobRecord) => Promise<void> = async () => undefined;

  /** Tells those who wait for this job, or want to hear of it, that it has ended. */
  async tell(id: string): Promise<void> {
    // it has ended, whatever comes now; those who wait are told a little later by `advanceAll`
    await this.advance(id).catch(() => undefined);
    await this.announced.tell(id);
  }

  private async advance(id: string): Promise<void> {
    const { items } = await this.jobs.find({ after: id, ...WAITING }, { limit: 1000 });
    for (const waiting of items) await this.decide(waiting);
  }

  /** Lets a job that waits start once those before it are done, or end when one of them is not going to be. */
  async decide(waiting: JobRecord): Promise<void> {
    const before = await Promise.all(
      waiting.after.map(async (id) => {
        // a job is deleted long after its end: a job that still waits then waits for nothing
        return (
          (await this.jobs.get(id)) ?? {
            state: 'failed' as const,
            error: { code: 'not-found', message: `There is no job ${id}` },
          }
        );
      }),
    );
    const failed = waiting.regardless
      ? undefined
      : before.find(({ state }) => state === 'failed' || state === 'cancelled');
    const left = before.filter(({ state }) => state === 'queued' || state === 'running').length;
    if (!failed && left > 0) return this.tellShare(waiting, before.length - left);
    const next = failed
      ? toEnded(failed.state, failed.error)
      : waiting.delegated
        ? toEnded('done', null, { progress: 1 })
        : { $set: due(waiting, Date.now()) };
    const decided = await this.jobs.claim({ id: waiting.id, ...WAITING }, next);
    if (decided?.state === 'queued') await this.onDue(decided);
    else if (decided) await this.tell(decided.id);
  }

  /** What it does itself after them counts as one more; progress never goes back. */
  private async tellShare({ id, after, progress: known, delegated }: JobRecord, ended: number): Promise<void> {
    const share = ended / (after.length + (delegated ? 0 : 1));
    const progress = delegated ? Math.max(known, share) : share;
    if (progress !== known) await this.jobs.claim({ id, ...WAITING }, { $set: { progress } });
  }

  /** Decides about all that wait, in case that a process died between the end of one and the start of the next. */
  async advanceAll(): Promise<void> {
    const { items } = await this.jobs.find({ ...WAITING, after: { $exists: true } }, { limit: 1000 });
    for (const waiting of items) await this.decide(waiting);
  }

  /** Lets a job that waits start if nothing is before it any more. */
  async reconsider(id: string): Promise<void> {
    const record = await this.jobs.get(id);
    if (record?.state === 'queued' && record.dueAt === null) await this.decide(record);
  }
}
