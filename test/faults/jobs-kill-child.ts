import { createInterface } from 'node:readline';
import { JobWorker, type JobHandler } from '../../src/jobs/worker.js';
import type { Store, Write } from '../../src/storage/collection.js';
import { connectQueue, type QueueConfig } from '../contract/jobs-openers.js';

/**
 * A process of the fleet that may die at any moment, by its parent's hand or by its own just before or after a commit. An
 * `api` enqueues a job for every line that it reads and says its id; a `worker` does jobs, and dies of those that are poison.
 */
export interface ChildOptions {
  readonly role: 'api' | 'worker';
  readonly config: QueueConfig;
  /** Probability of dying before and after each commit. */
  readonly suicides: number;
}

const { role, config, suicides } = JSON.parse(process.argv[2] ?? '') as ChildOptions;

const perhapsDie = (): void => {
  if (Math.random() < suicides) process.kill(process.pid, 'SIGKILL');
};
const deadly = (store: Store): Store => ({
  kind: store.kind,
  collection: (spec) => store.collection(spec),
  check: () => store.check(),
  purge: () => store.purge(),
  close: () => store.close(),
  commit: async (writes) => {
    perhapsDie();
    await store.commit(writes);
    perhapsDie();
  },
});

const work: JobHandler = async (job, { progress }) => {
  if (job.data['poison']) process.kill(process.pid, 'SIGKILL');
  for (let step = 0; step < 4; step++) {
    await progress(step / 4, 'working');
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
  }
  const half = (side: string): Write => {
    const document = { id: `${job.id}/${side}`, text: side.repeat(20_000) };
    return { kind: 'upsert', collection: 'halves', document };
  };
  const count: Write = {
    kind: 'patch',
    collection: 'ledger',
    id: String(job.data['n']),
    patch: { $inc: { completions: 1 } },
  };
  return [half('left'), count, half('right')];
};

const { queue, store } = await connectQueue(config, deadly);
for (const name of ['ledger', 'halves']) await store.collection({ name });
if (role === 'worker') {
  new JobWorker(queue, ['work'], [['work', work]], { concurrency: 2, pollMs: 20 }).start();
  process.stdout.write('ready\n');
} else {
  process.stdout.write('ready\n');
  for await (const line of createInterface(process.stdin)) {
    // one that cannot be enqueued is asked for again
    const job = await queue
      .enqueue({ name: 'work', data: { n: line }, maxAttempts: 1000, uniqueKey: `job ${line}` })
      .catch(() => null);
    process.stdout.write(`${line} ${job?.id ?? 'refused'}\n`);
  }
}
