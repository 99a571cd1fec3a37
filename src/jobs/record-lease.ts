import type { KinoscopeError } from '../errors.js';
import type { Write } from '../storage/collection.js';
import type { Job, JobError, Lease, LeaseTiming } from './job-queue.js';
import { lostError, toJob, type JobRecord, type JobRecords } from './job-records.js';

export const DEFAULT_TIMING: Required<LeaseTiming> = { leaseMs: 30_000, backoffMs: 2_000, pollMs: 250 };

/** A lease on a stored job. It prolongs itself, writes the latest progress, and notices when it was lost. */
export class RecordLease implements Lease {
  readonly job: Job;
  private readonly aborter = new AbortController();
  private readonly token: string;
  private readonly timer: NodeJS.Timeout;
  private expiresAt: number;
  private nextBeat: number;
  private news: { readonly progress: number; readonly stage: string } | null = null;
  private lost: KinoscopeError | null = null;
  private busy = false;
  private over = false;

  constructor(
    private readonly records: JobRecords,
    private readonly record: JobRecord,
    private readonly timing: Required<LeaseTiming>,
    private readonly onEnd: (lease: RecordLease) => void,
  ) {
    this.job = toJob(record);
    this.token = record.lease ?? '';
    this.expiresAt = record.dueAt ?? 0;
    this.nextBeat = Date.now() + timing.leaseMs / 3;
    this.timer = setInterval(() => void this.tick(), Math.min(timing.pollMs, timing.leaseMs / 3));
  }

  get signal(): AbortSignal {
    return this.aborter.signal;
  }

  async progress(progress: number, stage: string): Promise<void> {
    this.check();
    this.news = { progress: Math.min(1, Math.max(0, progress)), stage };
  }

  async complete(writes: readonly Write[]): Promise<void> {
    await this.end(() => this.records.complete(this.record.id, this.token, writes));
  }

  async fail(error: JobError, { retry = true }: { retry?: boolean } = {}): Promise<void> {
    const delay = this.timing.backoffMs * 2 ** (this.job.attempts - 1);
    await this.end(() => this.records.fail(this.record, this.token, error, retry ? delay : null));
  }

  async release(): Promise<void> {
    await this.end(() => this.records.release(this.record.id, this.token));
  }

  /** Ends the lease with the job, unless it was lost; a write that throws leaves it as it was. */
  private async end(write: () => Promise<boolean>): Promise<void> {
    this.check();
    if (await write()) this.stop();
    else this.lose(await this.records.get(this.record.id));
    if (this.lost) throw this.lost;
  }

  private check(): void {
    if (this.lost) throw this.lost;
    if (this.over) throw new Error('The lease has ended already');
  }

  private async tick(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const held = await (this.news !== null || Date.now() >= this.nextBeat ? this.beat() : this.stillHeld());
      if (!held && !this.over) this.lose(await this.records.get(this.record.id));
    } catch {
      // The database is away. The lease stands until its time is over; then another worker may have the job.
      if (!this.over && Date.now() >= this.expiresAt) this.lose(null);
    } finally {
      this.busy = false;
    }
  }

  private stillHeld(): Promise<boolean> {
    return this.records.holds(this.record.id, this.token);
  }

  private async beat(): Promise<boolean> {
    const news = this.news;
    const now = Date.now();
    const dueAt = now + this.timing.leaseMs;
    const held = await this.records.change(this.record.id, this.token, { $set: { ...news, dueAt } });
    if (held) {
      this.expiresAt = dueAt;
      this.nextBeat = now + this.timing.leaseMs / 3;
      if (this.news === news) this.news = null;
    }
    return held;
  }

  private lose(job: Job | null): void {
    if (this.over) return;
    this.lost = lostError(job);
    this.stop();
    this.aborter.abort(this.lost);
  }

  private stop(): void {
    this.over = true;
    clearInterval(this.timer);
    this.onEnd(this);
  }
}
