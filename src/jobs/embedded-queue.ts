import type { Store } from '../storage/collection.js';
import type { Claimed, Job, JobQueue, Lease, LeaseTiming, NewJob, Rates } from './job-queue.js';
import { type JobRecord, toJob } from './job-record.js';
import { JobRecords } from './job-records.js';
import { DEFAULT_TIMING, RecordLease } from './record-lease.js';
import { RecordedQueue } from './recorded-queue.js';

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

class EmbeddedQueue extends RecordedQueue {
  private nextLook = 0;

  constructor(
    records: JobRecords,
    timing: Required<LeaseTiming>,
    private readonly rates: Rates,
  ) {
    super(records, timing);
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
}
