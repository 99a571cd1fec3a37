import { setTimeout as delay } from 'node:timers/promises';
import { KinoscopeError } from '../core/errors.js';
import type { Write } from '../storage/collection.js';
import type { Delegation, Job, JobError, Lease, LeaseTiming } from './job-queue.js';
import { type JobRecord, LONGEST_BACKOFF, lostError, toJob } from './job-record.js';
import type { JobRecords } from './job-records.js';
import { newRecord } from './new-record.js';

export const DEFAULT_TIMING: Required<LeaseTiming> = {
  leaseMs: 30_000,
  backoffMs: 2_000,
  pollMs: 250,
  keepMs: 30 * 24 * 3_600_000,
};

/** For so many leases a worker goes on without the database, and keeps trying to say that it has ended a job. */
const PATIENCE = 10;
const PAUSE_MS = 1_000;

export interface Progress {
  readonly progress: number;
  readonly stage: string;
}

/** How a running job ends for its worker. */
export type Outcome = 'done' | 'failed' | 'again' | 'released' | 'waiting' | 'lost';

/** A second system that handed out the job, and has to be told how it fares. */
export interface Delivery {
  /** Shows progress, instead of the stored job. */
  report(news: Progress): Promise<void>;
  /** The worker is alive. */
  prolong(): Promise<void>;
  /** The stored job has ended or gone back; never rejects, because that is a fact by now. */
  settle(outcome: Outcome): Promise<void>;
}

/**
 * A lease on a stored job. It prolongs itself, writes the latest progress, and notices when it was lost. Where the database
 * is away it stands: what a job has come to is kept until it can be written, or another worker turns out to have the job.
 */
export class RecordLease implements Lease {
  readonly job: Job;
  private readonly aborter = new AbortController();
  private readonly token: string;
  private readonly timers: readonly NodeJS.Timeout[];
  private expiresAt: number;
  private nextBeat: number;
  private news: Progress | null = null;
  private lost: KinoscopeError | null = null;
  private busy = false;
  /** Its end is being written: that it is not held any more does not mean that it was lost. */
  private ending = false;
  /** It goes back in any case: there is no time for its end. */
  private givenUp = false;
  private over = false;

  constructor(
    private readonly records: JobRecords,
    private readonly record: JobRecord,
    private readonly timing: Required<LeaseTiming>,
    private readonly onEnd: (lease: RecordLease) => void,
    private readonly delivery?: Delivery,
  ) {
    this.job = toJob(record);
    this.token = record.lease ?? '';
    this.expiresAt = record.dueAt ?? 0;
    this.nextBeat = Date.now() + timing.leaseMs / 3;
    this.timers = [
      setInterval(() => void this.tick(), Math.min(timing.pollMs, timing.leaseMs / 3)),
      // while the database keeps the other one waiting, too; where this fails it is delivered again
      ...(delivery ? [setInterval(() => void delivery.prolong().catch(() => undefined), timing.leaseMs / 3)] : []),
    ];
  }

  get signal(): AbortSignal {
    return this.aborter.signal;
  }

  async progress(progress: number, stage: string): Promise<void> {
    this.check();
    this.news = { progress: Math.min(1, Math.max(0, progress)), stage };
  }

  async complete(writes: readonly Write[]): Promise<void> {
    await this.end('done', () => this.records.held.complete(this.record, writes));
  }

  async fail(error: JobError, { retry = true }: { retry?: boolean } = {}): Promise<void> {
    const again = retry && this.record.attemptsLeft > 0;
    const delay = this.timing.backoffMs * 2 ** Math.min(this.job.attempts - 1, LONGEST_BACKOFF);
    await this.end(again ? 'again' : 'failed', () =>
      this.records.held.fail(this.record.id, this.token, error, again ? delay : null),
    );
  }

  async release(): Promise<void> {
    this.givenUp = true;
    await this.end('released', () => this.records.held.release(this.record.id, this.token));
  }

  async wait(after: readonly string[]): Promise<void> {
    await this.end('waiting', () => this.records.held.wait(this.record.id, this.token, after));
    // only now: a queue that delivers it again must find that this delivery is over
    await this.records.waiting.reconsider(this.record.id);
  }

  async delegate({ to, writes = [], then }: Delegation): Promise<void> {
    const next = then ? newRecord(then) : null;
    const after = [...to, ...(next ? [next.id] : [])];
    await this.end('waiting', () => this.records.held.delegate(this.record, after, writes, next));
    const stored = next && (await this.records.get(next.id));
    if (stored) await this.records.waiting.onDue(stored);
    await this.records.waiting.reconsider(this.record.id);
  }

  /** Looks now whether the lease was lost, without waiting for the next turn. */
  async look(): Promise<void> {
    await this.tick();
  }

  /** Ends the lease with the job, unless it was lost; a write that throws leaves it as it was. */
  private async end(outcome: Outcome, write: () => Promise<boolean>): Promise<void> {
    this.check();
    this.ending = true;
    const held = await this.persistently(write).catch((error: unknown) => {
      this.ending = false;
      throw error;
    });
    if (held) await this.stop(outcome);
    else await this.lose(await this.records.get(this.record.id));
    if (this.lost) throw this.lost;
  }

  private async persistently(write: () => Promise<boolean>): Promise<boolean> {
    for (const end = Date.now() + PATIENCE * this.timing.leaseMs; ;) {
      try {
        return await write();
      } catch (error) {
        const away = error instanceof KinoscopeError && error.code === 'unavailable';
        if (!away || this.givenUp || Date.now() >= end) throw error;
        await delay(Math.min(PAUSE_MS, this.timing.leaseMs / 10));
      }
    }
  }

  private check(): void {
    if (this.lost) throw this.lost;
    if (this.over) throw new Error('The lease has ended already');
  }

  private async tick(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      if (this.delivery && this.news) await this.report(this.delivery, this.news);
      const held = await (this.news || Date.now() >= this.nextBeat ? this.beat() : this.stillHeld());
      if (!held && !this.ending && !this.over) await this.lose(await this.records.get(this.record.id));
    } catch {
      // The database is away, for others most likely, too. Whether another worker has got the job is known when it is back.
      const patience = this.expiresAt + (PATIENCE - 1) * this.timing.leaseMs;
      if (!this.ending && !this.over && Date.now() >= patience) await this.lose(null);
    } finally {
      this.busy = false;
    }
  }

  private stillHeld(): Promise<boolean> {
    return this.records.held.holds(this.record.id, this.token);
  }

  private async beat(): Promise<boolean> {
    const news = this.news;
    const now = Date.now();
    const dueAt = now + this.timing.leaseMs;
    const held = await this.records.held.change(this.record.id, this.token, { $set: { ...news, dueAt } });
    if (held) {
      this.expiresAt = dueAt;
      this.nextBeat = now + this.timing.leaseMs / 3;
      if (this.news === news) this.news = null;
    }
    return held;
  }

  private async report(delivery: Delivery, news: Progress): Promise<void> {
    await delivery.report(news);
    if (this.news === news) this.news = null;
  }

  private async lose(job: Job | null): Promise<void> {
    if (this.over) return;
    this.lost = lostError(job);
    const stopped = this.stop('lost');
    this.aborter.abort(this.lost);
    await stopped;
  }

  private async stop(outcome: Outcome): Promise<void> {
    this.over = true;
    this.timers.forEach((timer) => clearInterval(timer));
    this.onEnd(this);
    await this.delivery?.settle(outcome);
  }
}
