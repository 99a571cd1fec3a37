import type { z } from 'zod';
import type { QueueName } from '../config/queue-names.js';
import { KinoscopeError } from '../core/errors.js';
import type { Job, NewJob } from './job-queue.js';

/** What a kind of job is told, as JSON. */
export type Payload = Readonly<Record<string, unknown>>;

/** A kind of job: its name, which is that of its queue, and the payload that all jobs of this name have. */
export class JobKind<Data extends Payload> {
  constructor(
    readonly name: QueueName,
    private readonly schema: z.ZodType<Data>,
  ) {}

  /** A job to be enqueued. */
  job(data: Data, options: Omit<NewJob, 'name' | 'data'> = {}): NewJob {
    return { name: this.name, data, ...options };
  }

  /** @throws KinoscopeError `internal` for a job of another name, or whose payload is none of this kind */
  dataOf({ id, name, data }: Pick<Job, 'id' | 'name' | 'data'>): Data {
    const read = name === this.name ? this.schema.safeParse(data) : null;
    if (read?.success) return read.data;
    throw new KinoscopeError('internal', `The job ${id} is no ${this.name} job: ${read?.error.message ?? name}`);
  }
}
