import type { Collection, Filter } from '../storage/collection.js';
import type { Job, JobState } from './job-queue.js';
import { type JobRecord, toJob } from './job-record.js';

const ENDED: readonly JobState[] = ['done', 'failed', 'cancelled'];

/** The stored jobs whose end somebody wants to hear of. */
export class AnnouncedJobs {
  /** Hears of the ends; null: other processes do. */
  onEnded: ((job: Job) => Promise<void>) | null = null;

  constructor(private readonly jobs: Collection<JobRecord>) {}

  /** Tells of this job's end, if it is one of them. */
  async tell(id: string): Promise<void> {
    // what the listener cannot take now it is told a little later by `tellAll`
    await this.announce({ id }).catch(() => undefined);
  }

  /** Tells of all that were not told: their processes died after the end, had no listener, or it could not take them. */
  async tellAll(): Promise<void> {
    await this.announce({}).catch(() => undefined);
  }

  private async announce(which: Filter): Promise<void> {
    if (!this.onEnded) return;
    const { items } = await this.jobs.find({ ...which, announced: false, state: { $in: ENDED } }, { limit: 1000 });
    for (const ended of items) {
      await this.onEnded(toJob(ended));
      await this.jobs.claim({ id: ended.id, finishedAt: ended.finishedAt }, { $set: { announced: true } });
    }
  }
}
