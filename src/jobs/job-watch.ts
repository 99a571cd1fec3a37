import { breaths } from '../core/slices.js';
import type { Job } from './job-queue.js';
import { hasEnded } from './job-record.js';

interface Subscription {
  readonly id: string;
  readonly listener: (job: Job) => void;
  /** What the listener saw last. */
  version: number;
  view: string;
}

/** Looks at the watched jobs from time to time and tells the listeners what has changed. */
export class JobWatch {
  private readonly subscriptions = new Set<Subscription>();
  private timer: NodeJS.Timeout | null = null;
  private looking = false;

  constructor(
    private readonly get: (id: string) => Promise<Job | null>,
    private readonly pollMs: number,
  ) {}

  add(id: string, listener: (job: Job) => void): () => void {
    const subscription: Subscription = { id, listener, version: 0, view: '' };
    this.subscriptions.add(subscription);
    this.timer ??= setInterval(() => void this.lookAtAll(), this.pollMs);
    void this.lookAt(id);
    return () => this.remove(subscription);
  }

  watches(id: string): boolean {
    return [...this.subscriptions].some((subscription) => subscription.id === id);
  }

  /** Looks at a job now, without waiting for the next turn. */
  async lookAt(id: string): Promise<void> {
    // when the database is away the next turn looks again
    const job = await this.get(id).catch(() => null);
    if (job) this.tell(job);
  }

  close(): void {
    this.subscriptions.clear();
    this.stopIfIdle();
  }

  private async lookAtAll(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    const breathe = breaths();
    try {
      for (const id of new Set([...this.subscriptions].map((one) => one.id))) {
        await this.lookAt(id);
        // a database in this process answers without a turn of the event loop
        await breathe();
      }
    } finally {
      this.looking = false;
    }
  }

  private tell(job: Job): void {
    // a heartbeat makes a new version of a job in which nothing has changed
    const view = JSON.stringify({ ...job, version: 0 });
    for (const subscription of this.subscriptions) {
      if (subscription.id !== job.id || subscription.version > job.version || subscription.view === view) continue;
      subscription.version = job.version;
      subscription.view = view;
      if (hasEnded(job)) this.remove(subscription);
      subscription.listener(job);
    }
  }

  private remove(subscription: Subscription): void {
    this.subscriptions.delete(subscription);
    this.stopIfIdle();
  }

  private stopIfIdle(): void {
    if (this.subscriptions.size > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }
}
