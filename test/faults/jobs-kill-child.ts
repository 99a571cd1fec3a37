import { JobWorker, type JobHandler } from '../../src/jobs/worker.js';
import type { Store, Write } from '../../src/storage/collection.js';
import { createEmbeddedQueue } from '../../src/jobs/embedded-queue.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';

/** A worker process that may die at any moment: by its parent's hand, or by its own just before or after a commit. */
const [path = '', suicides = '0'] = process.argv.slice(2);
const store = await openSqliteStore(path);
for (const name of ['ledger', 'halves']) await store.collection({ name });

const perhapsDie = (): void => {
  if (Math.random() < Number(suicides)) process.kill(process.pid, 'SIGKILL');
};
const deadly: Store = {
  kind: store.kind,
  collection: (spec) => store.collection(spec),
  close: () => store.close(),
  commit: async (writes) => {
    perhapsDie();
    await store.commit(writes);
    perhapsDie();
  },
};

const work: JobHandler = async (job, { progress }) => {
  for (let step = 0; step < 4; step++) {
    await progress(step / 4, 'working');
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
  }
  const half = (side: string): Write => {
    const document = { id: `${job.id}/${side}`, text: side.repeat(20_000) };
    return { kind: 'upsert', collection: 'halves', document };
  };
  const count: Write = { kind: 'patch', collection: 'ledger', id: job.id, patch: { $inc: { completions: 1 } } };
  return [half('left'), count, half('right')];
};

const queue = await createEmbeddedQueue(deadly, { leaseMs: 400, backoffMs: 20, pollMs: 20 });
new JobWorker(queue, ['work'], [['work', work]], { concurrency: 2, pollMs: 20 }).start();
process.stdout.write('ready\n');
