import { expect, test } from '@jest/globals';
import { createEmbeddedQueue } from '../../src/jobs/embedded-queue.js';
import type { JobRecord } from '../../src/jobs/job-record.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';

test('a failed job waits twice as long after every attempt', async () => {
  const store = await openSqliteStore(':memory:');
  const queue = await createEmbeddedQueue(store, { backoffMs: 1_000_000 });
  const records = await store.collection<JobRecord>({ name: 'jobs' });
  const { id } = await queue.enqueue({ name: 'work', data: {}, maxAttempts: 4 });
  for (const factor of [1, 2, 4]) {
    await records.patch(id, { $set: { dueAt: 0 } });
    const lease = await queue.claim(['work']);
    const before = Date.now();
    await lease?.fail({ code: 'internal', message: 'it broke' });
    const wait = ((await records.get(id))?.dueAt ?? 0) - before;
    expect(Math.floor(wait / 1_000_000)).toBe(factor);
    expect(await queue.claim(['work'])).toBeNull();
  }
  await queue.close();
  await store.close();
});
