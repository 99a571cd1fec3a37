import { SvelteMap } from 'svelte/reactivity';
import type { Job } from './types.js';

export const isActive = ({ state }: Pick<Job, 'state'>): boolean => state === 'queued' || state === 'running';

/** Every job that the service tells of, as it is now: filled again after a reload, fed by one stream of events. */
class Jobs {
  readonly all = new SvelteMap<string, Job>();
  connected = $state(true);
  private source: EventSource | null = null;
  private readonly listeners = new Set<(job: Job, before: Job | undefined) => void>();

  readonly newest = $derived([...this.all.values()].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)));
  readonly active = $derived(this.newest.filter(isActive));

  /** Follows the service's jobs; the browser comes back by itself when the line breaks. */
  open(): void {
    this.source?.close();
    this.source = new EventSource('/v1/jobs/events');
    this.source.addEventListener('job', (event: MessageEvent<string>) => this.take(JSON.parse(event.data) as Job));
    this.source.addEventListener('open', () => (this.connected = true));
    this.source.addEventListener('error', () => (this.connected = false));
  }

  take(job: Job): void {
    const before = this.all.get(job.id);
    this.all.set(job.id, job);
    for (const listener of this.listeners) listener(job, before);
  }

  /** Calls back with every change. @returns what ends that */
  onChange(listener: (job: Job, before: Job | undefined) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  of(titleId: string): Job[] {
    return this.newest.filter((job) => job.titleId === titleId);
  }
}

export const jobs = new Jobs();
