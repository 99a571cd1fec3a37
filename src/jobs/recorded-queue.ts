import type { Page, Write } from '../storage/collection.js';
import type { Claimed, Job, JobQueue, JobState, JobsWanted, Lease, LeaseTiming, NewJob } from './job-queue.js';
import { toJob } from './job-record.js';
import type { JobRecords } from './job-records.js';
import { JobWatch } from './job-watch.js';
import { RecordLease } from './record-lease.js';

/** What both queues have in common: the store keeps each job. How a job comes to a worker is the queue's own. */
export abstract class RecordedQueue implements JobQueue {
  protected readonly watch: JobWatch;
  protected readonly leases = new Set<RecordLease>();
  protected closed = false;

  constructor(
    protected readonly records: JobRecords,
    protected readonly timing: Required<LeaseTiming>,
  ) {
    this.watch = new JobWatch((id) => this.get(id), timing.pollMs);
  }

  abstract enqueue(job: NewJob): Promise<Job>;
  abstract get(id: string): Promise<Job | null>;
  abstract claim(names: readonly string[], which?: Claimed): Promise<Lease | null>;
  abstract cancel(id: string): Promise<Job | null>;
  abstract ping(): Promise<void>;

  async hasSuspect(names: readonly string[]): Promise<boolean> {
    return !this.closed && this.records.hasSuspect(names);
  }

  async retry(id: string): Promise<Job | null> {
    // it is handed out as a job that need not wait any more
    const record = await this.records.retried.retry(id);
    return record && toJob(record);
  }

  async list(wanted?: JobsWanted): Promise<Page<Job>> {
    const { items, nextCursor } = await this.records.list(wanted);
    return { items: items.map(toJob), nextCursor };
  }

  titlesOf(wanted: Omit<JobsWanted, 'limit' | 'cursor'>): Promise<string[]> {
    return this.records.titlesOf(wanted);
  }

  subscribe(id: string, listener: (job: Job) => void): () => void {
    return this.watch.add(id, listener);
  }

  onEnded(listener: (job: Job) => Promise<void>): void {
    this.records.announced.onEnded = listener;
  }

  removalsOf(titleId: string): Write[] {
    return this.records.removalsOf(titleId);
  }

  async cancelOf(titleId: string): Promise<void> {
    for (const { id } of await this.records.activeOf(titleId)) await this.cancel(id);
  }

  counts(name?: string): Promise<Record<JobState, number>> {
    return this.records.counts(name);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.watch.close();
    // one that was lost at this very moment is another worker's already
    await Promise.allSettled([...this.leases].map((lease) => lease.release()));
  }
}
