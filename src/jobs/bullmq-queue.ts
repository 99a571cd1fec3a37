import { randomUUID } from 'node:crypto';
import { type Job as BullJob, type Queue, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { KinoscopeError } from '../core/errors.js';
import type { Store } from '../storage/collection.js';
import type { Claimed, Job, JobQueue, Lease, LeaseTiming, NewJob, Rates } from './job-queue.js';
import { type JobRecord, toJob } from './job-record.js';
import { JobRecords } from './job-records.js';
import { DEFAULT_TIMING, RecordLease, type Delivery, type Outcome, type Progress } from './record-lease.js';
import { RecordedQueue } from './recorded-queue.js';
import type { RedisConnections } from './redis.js';

/**
 * Jobs on Redis. The store keeps each job and decides what becomes of it: unique keys, fencing, and the result in one
 * transaction with the completion. BullMQ hands the jobs out, one queue for each name of a job: it knows whose turn it
 * is, waits before retries, notices dead workers, and carries the progress. So whatever Redis does twice or forgets,
 * every job ends once.
 */

export interface BullQueueOptions {
  readonly redis: RedisConnections;
  /** Of the names that jobs may have. */
  readonly queues: ReadonlyMap<string, Queue>;
  readonly store: Store;
  readonly timing?: LeaseTiming;
  readonly rates?: Rates;
}

/** BullMQ fails a job that stalled this often by itself; here the store counts the attempts. */
const NEVER = 1_000_000;

export async function createBullQueue({
  redis,
  queues,
  store,
  timing,
  rates = {},
}: BullQueueOptions): Promise<JobQueue> {
  const records = await JobRecords.open(store);
  const queue = new BullQueue(records, redis, queues, { ...DEFAULT_TIMING, pollMs: 1_000, ...timing }, rates);
  await queue.listen();
  return queue;
}

class BullQueue extends RecordedQueue {
  private readonly workers = new Map<string, Promise<Worker>>();
  private readonly listener: Redis;
  private nextRecovery = 0;

  constructor(
    records: JobRecords,
    private readonly redis: RedisConnections,
    private readonly queues: ReadonlyMap<string, Queue>,
    timing: Required<LeaseTiming>,
    private readonly rates: Rates,
  ) {
    super(records, timing);
    this.listener = redis.patient.duplicate();
    // the connection tells of its errors; an emitter that nobody listens to would throw them
    for (const one of [this.listener, ...queues.values()]) one.on('error', () => undefined);
    // one that cannot be delivered now is overdue a little later
    records.waiting.onDue = (record) => this.deliver(record).catch(() => undefined);
  }

  /** Hears from other processes which job has changed. What is missed is found by looking, a little later. */
  async listen(): Promise<void> {
    this.listener.on('message', (_, id) => {
      if (this.watch.watches(id)) void this.watch.lookAt(id);
      for (const lease of this.leases) if (lease.job.id === id) void lease.look();
    });
    await this.listener.subscribe(this.channel);
  }

  async enqueue(job: NewJob): Promise<Job> {
    const record = await this.records.create(job);
    try {
      if (record.dueAt !== null) await this.deliver(record);
    } catch (error) {
      // the stored job is delivered once Redis is back; asking for it again gives it by its unique key
      throw new KinoscopeError('unavailable', 'The queue does not answer: Redis is away', { cause: error });
    }
    return toJob(record);
  }

  async get(id: string): Promise<Job | null> {
    const record = await this.records.get(id);
    if (record?.state !== 'running') return record && toJob(record);
    // without Redis there is no news, and the stored job is the answer
    const delivered = await this.queues
      .get(record.name)
      ?.getJob(id)
      .catch(() => undefined);
    const news = delivered?.progress as Partial<Progress> | undefined;
    return { ...toJob(record), ...(news?.stage !== undefined && news) };
  }

  async claim(names: readonly string[], which: Claimed = 'any'): Promise<Lease | null> {
    if (this.closed) return null;
    await this.recover();
    const lease = which === 'suspect' ? null : await this.claimDelivered(names);
    return lease ?? (which === 'innocent' ? null : this.claimSuspect(names));
  }

  private async claimDelivered(names: readonly string[]): Promise<Lease | null> {
    for (const name of names) {
      const worker = await this.worker(name);
      for (;;) {
        const token = randomUUID();
        const delivered = (await worker.getNextJob(token, { block: false })) as BullJob | undefined;
        if (!delivered) break;
        const lease = await this.lease(delivered, token);
        if (lease) return lease;
      }
    }
    return null;
  }

  /** From the store alone: Redis would hand it to a worker that does other work. */
  private async claimSuspect(names: readonly string[]): Promise<Lease | null> {
    const record = await this.records.startSuspect(names, this.timing.leaseMs);
    if (record) void this.tell(record.id).catch(() => undefined);
    return record && this.leaseOf(record);
  }

  async cancel(id: string): Promise<Job | null> {
    const record = await this.records.cancel(id);
    if (!record) return null;
    // one that runs is locked and stays: its worker hears of it, or looks; without Redis it ends all the same
    await this.queues
      .get(record.name)
      ?.remove(id)
      .then(() => this.tell(id))
      .catch(() => undefined);
    return toJob(record);
  }

  async ping(): Promise<void> {
    await this.redis.requests.ping();
  }

  override async close(): Promise<void> {
    await super.close();
    const workers = await Promise.all(this.workers.values());
    await Promise.all([...workers, ...this.queues.values()].map((one) => one.close()));
    for (const connection of [this.listener, this.redis.patient, this.redis.requests]) connection.disconnect();
  }

  private get channel(): string {
    return `${this.redis.prefix}:jobs`;
  }

  private async tell(id: string): Promise<void> {
    await this.redis.requests.publish(this.channel, id);
  }

  private async deliver(record: JobRecord): Promise<void> {
    // BullMQ ignores an id that it has already
    await this.queue(record.name).add(
      record.name,
      {},
      {
        jobId: record.id,
        attempts: record.maxAttempts,
        backoff: { type: 'exponential', delay: this.timing.backoffMs },
        removeOnComplete: true,
        removeOnFail: true,
        priority: record.priority,
      },
    );
  }

  /** Delivers once more what Redis has lost: a process died between the store and Redis, or Redis lost its memory. */
  private async recover(): Promise<void> {
    if (performance.now() < this.nextRecovery) return;
    this.nextRecovery = performance.now() + this.timing.leaseMs;
    await this.records.tidyUp(this.timing);
    for (const record of await this.records.overdue(Date.now() - 2 * this.timing.leaseMs)) await this.deliver(record);
  }

  private async lease(delivered: BullJob, token: string): Promise<Lease | null> {
    const delivery = this.delivery(delivered, token);
    const record = delivered.id === undefined ? null : await this.records.startById(delivered.id, this.timing.leaseMs);
    if (!record) {
      // it was delivered again after its end, was cancelled, or has to be tried alone
      await delivery.settle('done');
      return null;
    }
    // what an earlier attempt has reported is no news of this one
    if (record.attempts > 1) await delivery.report({ progress: record.progress, stage: record.stage });
    else void this.tell(record.id).catch(() => undefined);
    return this.leaseOf(record, delivery);
  }

  private leaseOf(record: JobRecord, delivery?: Delivery): Lease {
    const lease = new RecordLease(this.records, record, this.timing, (ended) => this.leases.delete(ended), delivery);
    this.leases.add(lease);
    return lease;
  }

  private delivery(delivered: BullJob, token: string): Delivery {
    const id = delivered.id ?? '';
    const settled: Record<Outcome, () => Promise<unknown>> = {
      done: () => delivered.moveToCompleted(null, token, false),
      lost: () => delivered.moveToCompleted(null, token, false),
      waiting: () => delivered.moveToCompleted(null, token, false),
      failed: () => delivered.moveToFailed(new UnrecoverableError('failed'), token, false),
      again: () => delivered.moveToFailed(new Error('failed'), token, false),
      released: () => delivered.moveToWait(token),
    };
    return {
      report: async (news) => {
        await delivered.updateProgress({ ...news });
        await this.tell(id);
      },
      prolong: async () => {
        await delivered.extendLock(token, this.timing.leaseMs);
      },
      settle: async (outcome) => {
        // a delivery that stays because Redis is away is delivered again, and found to have been settled
        await settled[outcome]().catch(() => undefined);
        void this.tell(id).catch(() => undefined);
      },
    };
  }

  private queue(name: string): Queue {
    const queue = this.queues.get(name);
    if (!queue) throw new Error(`There is no queue "${name}"`);
    return queue;
  }

  private worker(name: string): Promise<Worker> {
    const known = this.workers.get(name);
    if (known) return known;
    const max = this.rates[name];
    const worker = new Worker(name, null, {
      connection: this.redis.patient,
      prefix: this.redis.prefix,
      autorun: false,
      // of all workers together
      ...(max !== undefined && { limiter: { max, duration: 60_000 } }),
      lockDuration: this.timing.leaseMs,
      stalledInterval: this.timing.leaseMs / 2,
      maxStalledCount: NEVER,
    });
    worker.on('error', () => undefined);
    const ready = worker
      .waitUntilReady()
      .then(() => worker.startStalledCheckTimer())
      .then(() => worker);
    this.workers.set(name, ready);
    return ready;
  }
}
