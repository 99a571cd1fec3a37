import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { Observable } from 'rxjs';
import { currentTenant } from '../core/context.js';
import { JOB_QUEUE, type Job, type JobQueue } from './job-queue.js';

/** How often those who follow a tenant's jobs see what has changed, milliseconds. */
const POLL_MS = 500;
/** The newest jobs are told of whatever their state; of the older ones so many that wait, and so many that run. */
const NEWEST = 50;
const ACTIVE = 200;

type View = Omit<Job, 'version'>;

/** All jobs of a tenant as they change. */
@Injectable()
export class TenantJobs {
  constructor(@Inject(JOB_QUEUE) private readonly queue: JobQueue) {}

  /** First the newest and the active jobs, the oldest first, then every change, from whatever process. Never ends. */
  follow(): Observable<Job> {
    const tenant = currentTenant();
    return new Observable((subscriber) => {
      const seen = new Map<string, View>();
      let timer: NodeJS.Timeout | null = null;
      let over = false;
      const look = async (): Promise<void> => {
        // when the database is away the next turn looks again
        const jobs = await this.changed(tenant, seen).catch(() => []);
        if (over) return;
        for (const job of jobs) subscriber.next(job);
        timer = setTimeout(() => void look(), POLL_MS);
      };
      void look();
      return () => {
        over = true;
        if (timer) clearTimeout(timer);
      };
    });
  }

  private async changed(tenant: string, seen: Map<string, View>): Promise<Job[]> {
    const pages = await Promise.all([
      this.queue.list({ tenant, limit: NEWEST }),
      this.queue.list({ tenant, state: 'running', limit: ACTIVE }),
      this.queue.list({ tenant, state: 'queued', limit: ACTIVE }),
    ]);
    const listed = new Map(pages.flatMap(({ items }) => items).map((job) => [job.id, job]));
    const left = [...seen.values()].filter(({ id, state }) => isActive(state) && !listed.has(id));
    const ended = await Promise.all(left.map(({ id }) => this.queue.get(id)));
    const now = [...listed.values(), ...ended.flatMap((job) => job ?? [])];
    const changed = now.filter((job) => !isDeepStrictEqual(seen.get(job.id), viewOf(job)));
    // one that has ended and is no longer listed is forgotten
    seen.clear();
    for (const job of now) seen.set(job.id, viewOf(job));
    return changed.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  }
}

const isActive = (state: Job['state']): boolean => state === 'queued' || state === 'running';

/** A heartbeat makes a new version of a job in which nothing has changed. */
function viewOf({ version: _version, ...view }: Job): View {
  return view;
}
