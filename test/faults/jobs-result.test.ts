import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createEmbeddedQueue } from '../../src/jobs/embedded-queue.js';
import type { JobQueue } from '../../src/jobs/job-queue.js';
import { JobWorker } from '../../src/jobs/worker.js';
import type { Collection, Document, Store, Write } from '../../src/storage/collection.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';
import { BrokenLine } from '../servers/broken-line.js';

const timing = { leaseMs: 200, backoffMs: 10, pollMs: 10 };

let real: Store;
let line: BrokenLine;
let queue: JobQueue;
let ledger: Collection<Document & { readonly completions: number }>;
beforeEach(async () => {
  real = await openSqliteStore(':memory:');
  line = new BrokenLine();
  ledger = await real.collection({ name: 'ledger' });
  queue = await createEmbeddedQueue(line.through(real), timing);
});
afterEach(async () => {
  await queue.close();
  await real.close();
});

const count = (id: string): Write => ({ kind: 'patch', collection: 'ledger', id, patch: { $inc: { completions: 1 } } });

async function enqueued(): Promise<string> {
  const { id } = await queue.enqueue({ name: 'work', data: {} });
  await ledger.insert({ id, completions: 0 });
  return id;
}

describe('what a job has come to', () => {
  test('is kept while the database is away for several leases, and nothing is done again', async () => {
    const id = await enqueued();
    let runs = 0;
    let away: Promise<void> = Promise.resolve();
    const worker = new JobWorker(
      queue,
      ['work'],
      [
        [
          'work',
          async () => {
            runs++;
            away = line.breakFor(5 * timing.leaseMs);
            return [count(id)];
          },
        ],
      ],
      { pollMs: 10 },
    );
    worker.start();
    while (runs === 0) await delay(5);
    await away;
    while ((await queue.get(id))?.state !== 'done') await delay(10);
    await worker.stop();
    expect(runs).toBe(1);
    expect(await queue.get(id)).toMatchObject({ state: 'done', attempts: 1 });
    expect(await ledger.get(id)).toMatchObject({ completions: 1 });
  });

  test('is found although the database was away for several leases before', async () => {
    const id = await enqueued();
    const lease = (await queue.claim(['work']))!;
    await line.breakFor(5 * timing.leaseMs);
    expect(lease.signal.aborted).toBe(false);
    await lease.complete([count(id)]);
    expect(await queue.get(id)).toMatchObject({ state: 'done', attempts: 1 });
  });

  test("that was written although the answer was lost is not taken for another worker's", async () => {
    const id = await enqueued();
    const { id: next } = await queue.enqueue({ name: 'work', data: {}, after: [id] });
    const lease = (await queue.claim(['work']))!;
    line.lostAnswers = 1;
    await lease.complete([count(id)]);
    expect(lease.signal.aborted).toBe(false);
    expect(await queue.get(id)).toMatchObject({ state: 'done', attempts: 1 });
    expect(await ledger.get(id)).toMatchObject({ completions: 1 });
    expect((await queue.claim(['work']))?.job.id).toBe(next);
  });

  test('gives way to the worker that has taken the job up meanwhile', async () => {
    const id = await enqueued();
    const lease = (await queue.claim(['work']))!;
    const away = line.breakFor(2 * timing.leaseMs);
    const ending = expect(lease.complete([count(id)])).rejects.toMatchObject({ code: 'conflict' });
    // another process, whose way to the database is another one
    const other = await createEmbeddedQueue(real, timing);
    let taken = await other.claim(['work']);
    for (; !taken; taken = await other.claim(['work'])) await delay(10);
    await away;
    await ending;
    await taken.complete([count(id)]);
    expect(await ledger.get(id)).toMatchObject({ completions: 1 });
    expect(await queue.get(id)).toMatchObject({ state: 'done', attempts: 2 });
    await other.close();
  });

  test('does not keep a worker that has to stop', async () => {
    await enqueued();
    const lease = (await queue.claim(['work']))!;
    const away = line.breakFor(1_000);
    const ending = expect(lease.complete([])).rejects.toMatchObject({ code: 'unavailable' });
    await delay(50);
    await expect(lease.release()).rejects.toMatchObject({ code: 'unavailable' });
    await ending;
    await away;
  });
});
