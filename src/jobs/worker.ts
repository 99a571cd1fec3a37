import { setTimeout as delay } from 'node:timers/promises';
import { inContext, type WorkContext } from '../core/context.js';
import { asKinoscopeError, KinoscopeError } from '../core/errors.js';
import type { Write } from '../storage/collection.js';
import { Company } from './company.js';
import type { Delegation, Job, JobQueue, Lease } from './job-queue.js';

export interface JobContext {
  /** Aborts when the job is cancelled, its lease is lost, or the worker has to stop. */
  readonly signal: AbortSignal;
  /** Progress 0 to 1, and what is being done in one or two words. */
  progress(progress: number, stage: string): Promise<void>;
}

/** Jobs that have to be done before a job can be; it starts again after them. */
export interface WaitFor {
  readonly after: readonly string[];
}

/** What a handler comes to: writes that are committed together with the job's end, or jobs before it or instead of it. */
export type JobResult = readonly Write[] | WaitFor | Delegation;

export type JobHandler = (job: Job, context: JobContext) => Promise<JobResult>;

export interface WorkerOptions {
  /** Jobs at a time. Default 1. */
  readonly concurrency?: number;
  /** How often an idle worker looks for a job, in milliseconds. Default 250. */
  readonly pollMs?: number;
  /** The reason that the signals of running jobs abort with when the worker has to stop. Default an AbortError. */
  readonly stopReason?: Error;
  /** All jobs of this process, whichever worker does them. Default: those of this worker. */
  readonly company?: Company;
  /** Hears of failures that no job can tell of: the queue is out of reach. */
  readonly onError?: (error: unknown) => void;
}

/** After the queue could not be reached. */
const PAUSE_MS = 2_000;
/** How long a handler may take to notice its signal before its job is handed back over its head. */
const ABORT_GRACE_MS = 5_000;

/** Takes jobs from the queue and does them with the handlers of their names. */
export class JobWorker {
  private readonly handlers: ReadonlyMap<string, JobHandler>;
  private readonly stopping = new AbortController();
  private readonly aborting = new AbortController();
  private readonly running = new Set<Lease>();
  private readonly company: Company;
  private loops: Promise<unknown> | null = null;

  /**
   * @param names every name of a job that may be enqueued
   * @param handlers name and handler, exactly one for each name
   * @throws Error when a name has no handler or two, or a handler's name is unknown
   */
  constructor(
    private readonly queue: JobQueue,
    private readonly names: readonly string[],
    handlers: readonly (readonly [name: string, handler: JobHandler])[],
    private readonly options: WorkerOptions = {},
  ) {
    for (const name of new Set([...names, ...handlers.map(([name]) => name)])) {
      const count = handlers.filter(([handled]) => handled === name).length;
      if (count !== 1) throw new Error(`The job "${name}" has ${count} handlers; it needs exactly one`);
      if (!names.includes(name)) throw new Error(`There is a handler for "${name}", but no such job`);
    }
    this.handlers = new Map(handlers);
    this.company = options.company ?? new Company();
  }

  start(): void {
    const { concurrency = 1 } = this.options;
    this.loops ??= Promise.all(Array.from({ length: concurrency }, () => this.loop()));
  }

  /**
   * Takes no more jobs and resolves when none is running. Jobs that take longer than `graceMs` are aborted and handed
   * back to the queue, not counted as an attempt.
   */
  async stop(graceMs = 0): Promise<void> {
    this.stopping.abort();
    const stopped = this.loops ?? Promise.resolve();
    if (await endsWithin(stopped, graceMs)) return;
    this.aborting.abort(this.options.stopReason);
    if (await endsWithin(stopped, ABORT_GRACE_MS)) return;
    await Promise.allSettled([...this.running].map((lease) => lease.release()));
  }

  private async loop(): Promise<void> {
    const { pollMs = 250, onError } = this.options;
    while (!this.stopping.signal.aborted) {
      try {
        if (!(await this.next())) await this.pause(pollMs);
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        onError?.(error);
        await this.pause(PAUSE_MS);
      }
    }
  }

  /** Does the next job; false when there is none. */
  private async next(): Promise<boolean> {
    const { signal } = this.stopping;
    if (
      (await this.queue.hasSuspect(this.names)) &&
      (await this.claimAndWork('suspect', await this.company.joinAlone(signal)))
    )
      return true;
    return this.claimAndWork('innocent', await this.company.join(signal));
  }

  private async claimAndWork(which: 'innocent' | 'suspect', leave: () => void): Promise<boolean> {
    try {
      const lease = await this.queue.claim(this.names, which);
      if (lease) await inContext(contextOf(lease.job), () => this.work(lease));
      return lease !== null;
    } finally {
      leave();
    }
  }

  private async work(lease: Lease): Promise<void> {
    this.running.add(lease);
    try {
      const handler = this.handlers.get(lease.job.name);
      if (!handler) throw new Error(`The queue handed out a job "${lease.job.name}" that was not asked for`);
      const signal = AbortSignal.any([lease.signal, this.aborting.signal]);
      const result = await handler(lease.job, { signal, progress: (value, stage) => lease.progress(value, stage) });
      if ('after' in result) await lease.wait(result.after);
      else if ('to' in result) await lease.delegate(result);
      else await lease.complete(result);
    } catch (thrown) {
      await this.settle(lease, thrown);
    } finally {
      this.running.delete(lease);
    }
  }

  private async settle(lease: Lease, thrown: unknown): Promise<void> {
    // the job was cancelled or is another worker's: there is nothing to say about it any more
    if (lease.signal.aborted) return;
    try {
      const { code, message: said, details, mayPass } = asKinoscopeError(thrown);
      // what a library says is for the log
      if (code === 'internal') this.options.onError?.(thrown);
      const message =
        code === 'internal' && !(thrown instanceof KinoscopeError) ? 'The service failed; its log says why' : said;
      if (this.aborting.signal.aborted) await lease.release();
      else await lease.fail({ code, message, ...(Object.keys(details).length ? { details } : {}) }, { retry: mayPass });
    } catch (error) {
      if (!lease.signal.aborted) throw error;
    }
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

function contextOf({ id, tenant, trace }: Job): WorkContext {
  return { tenant, actor: 'worker', job: id, ...(trace && { trace }) };
}

async function endsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const ended = work.then(() => true);
  const late = delay(ms, false, { signal: timer.signal }).catch(() => false);
  const first = await Promise.race([ended, late]);
  timer.abort();
  return first;
}
