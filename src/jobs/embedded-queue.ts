import type { Page, Store, Write } from '../storage/collection.js';
import type { Claimed, Job, JobQueue, JobState, JobsWanted, Lease, LeaseTiming, NewJob, Rates } from './job-queue.js';
import { type JobRecord, toJob } from './job-record.js';
import { JobRecords } from './job-records.js';
import { JobWatch } from './job-watch.js';
import { DEFAULT_TIMING, RecordLease } from './record-lease.js';

/**
 * A queue in the store itself, for one machine: as many processes as have the store open may enqueue and work. Closing
 * it hands back the jobs that are still leased; the store stays open.
 */
export async function createEmbeddedQueue(
  store: Store,
  timing: LeaseTiming = {},
  rates: Rates = {},
): Promise<JobQueue> {
  return new EmbeddedQueue(await JobRecords.open(store), { ...DEFAULT_TIMING, ...timing }, rates);
}

class EmbeddedQueue implements JobQueue {
  private readonly watch: JobWatch;
  private readonly leases = new Set<RecordLease>();
  private nextLook = 0;
  private closed = false;

  constructor(
    private readonly records: JobRecords,
    private readonly timing: Required<LeaseTiming>,
    private readonly rates: Rates,
  ) {
    this.watch = new JobWatch((id) => this.get(id), timing.pollMs);
  }

  async enqueue(job: NewJob): Promise<Job> {
    return toJob(await this.records.create(job));
  }

  async get(id: string): Promise<Job | null> {
    const record = await this.records.get(id);
    return record && toJob(record);
  }

  async claim(names: readonly string[], which: Claimed = 'any'): Promise<Lease | null> {
    if (this.closed) return null;
    if (performance.now() >= this.nextLook) {
      this.nextLook = performance.now() + this.timing.leaseMs;
      await this.records.tidyUp(this.timing);
    }
    const open = await this.withinRates(names);
    if (open.length === 0) return null;
    const record = which === 'suspect' ? null : await this.records.startDue(open, this.timing.leaseMs);
    return this.lease(
      record ?? (which === 'innocent' ? null : await this.records.startSuspect(open, this.timing.leaseMs)),
    );
  }

  async hasSuspect(names: readonly string[]): Promise<boolean> {
    return !this.closed && this.records.hasSuspect(names);
  }

  private lease(record: JobRecord | null): Lease | null {
    if (!record) return null;
    const lease = new RecordLease(this.records, record, this.timing, (ended) => this.leases.delete(ended));
    this.leases.add(lease);
    return lease;
  }

  async cancel(id: string): Promise<Job | null> {
    const record = await this.records.cancel(id);
    return record && toJob(record);
  }

  async retry(id: string): Promise<Job | null> {
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

  async ping(): Promise<void> {
    await this.records.counts();
  }

  /** Those names of which more may be started. Processes that look at the same moment may start one more each. */
  private async withinRates(names: readonly string[]): Promise<string[]> {
    const within = await Promise.all(
      names.map(async (name) => {
        const rate = this.rates[name];
        return rate === undefined || (await this.records.startedWithinAMinute(name)) < rate ? [name] : [];
      }),
    );
    return within.flat();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.watch.close();
    // one that was lost at this very moment is another worker's already
    await Promise.allSettled([...this.leases].map((lease) => lease.release()));
  }
}
