import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, jest, test } from '@jest/globals';
import { createEmbeddedQueue } from '../../src/jobs/embedded-queue.js';
import type { Lease } from '../../src/jobs/job-queue.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';

const HOUR = 3_600_000;
const TIMING = { leaseMs: 300, backoffMs: 1, pollMs: 10 };
const now = Date.now;
afterEach(() => {
  jest.restoreAllMocks();
});

test.each([
  ['back', -HOUR],
  ['forward', HOUR],
])('a clock that jumps %s an hour keeps no job waiting and ends none twice', async (_, jump) => {
  const store = await openSqliteStore(':memory:');
  const results = await store.collection({ name: 'results' });
  const [queue, other] = [await createEmbeddedQueue(store, TIMING), await createEmbeddedQueue(store, TIMING)];
  const claimed = async (from = other): Promise<Lease> => {
    for (;;) {
      const lease = await from.claim(['work']);
      if (lease) return lease;
      await delay(10);
    }
  };
  const complete = (lease: Lease) =>
    lease.complete([
      { kind: 'upsert', collection: 'results', document: { id: `${lease.job.id}/${lease.job.attempts}` } },
    ]);

  for (let i = 0; i < 3; i++) await queue.enqueue({ name: 'work', data: { i }, maxAttempts: 10 });
  const running = await claimed(queue);
  await (await claimed(queue)).fail({ code: 'internal', message: 'once' });
  jest.spyOn(Date, 'now').mockImplementation(() => now() + jump);

  // a worker may lose its job to a clock, but then cannot end it
  const ended: string[] = [];
  const first = complete(running).then(
    () => ended.push(running.job.id),
    () => undefined,
  );
  while ((await queue.counts()).done < 3) {
    const lease = await other.claim(['work']);
    if (lease)
      await complete(lease).then(
        () => ended.push(lease.job.id),
        () => undefined,
      );
    else await delay(10);
  }
  await first;
  expect(new Set(ended).size).toBe(3);
  expect(ended).toHaveLength(3);
  expect(await results.count()).toBe(3);
  await queue.close();
  await other.close();
  await store.close();
});
