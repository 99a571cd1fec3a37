import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { KinoscopeError } from '../../src/core/errors.js';
import { createEmbeddedQueue } from '../../src/jobs/embedded-queue.js';
import type { Job, JobQueue } from '../../src/jobs/job-queue.js';
import { JobWorker, type JobHandler, type WorkerOptions } from '../../src/jobs/worker.js';
import type { Store, Write } from '../../src/storage/collection.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';

const idle: JobHandler = async () => [];

let store: Store;
let queue: JobQueue;
let workers: JobWorker[];
beforeEach(async () => {
  store = await openSqliteStore(':memory:');
  await store.collection({ name: 'results' });
  queue = await createEmbeddedQueue(store, { leaseMs: 2_000, backoffMs: 10, pollMs: 10 });
  workers = [];
});
afterEach(async () => {
  for (const worker of workers) await worker.stop();
  await queue.close();
  await store.close();
});

function started(handler: JobHandler, options: WorkerOptions = {}, from = queue): JobWorker {
  const worker = new JobWorker(from, ['work'], [['work', handler]], { pollMs: 10, ...options });
  workers.push(worker);
  worker.start();
  return worker;
}

function endOf(id: string): Promise<Job> {
  return new Promise((resolve) => {
    queue.subscribe(id, (job) => {
      if (job.finishedAt !== null) resolve(job);
    });
  });
}

/** A handler that runs until its signal aborts, and a promise of its start. */
function endless(): { handler: JobHandler; begun: Promise<void>; aborted: () => boolean } {
  let begin = (): void => undefined;
  let aborted = false;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const handler: JobHandler = (_, { signal }) =>
    new Promise((_resolve, reject) => {
      begin();
      signal.addEventListener('abort', () => {
        aborted = true;
        reject(signal.reason as Error);
      });
    });
  return { handler, begun, aborted: () => aborted };
}

describe('the handlers of a worker', () => {
  test.each<[string, string[], string[], RegExp]>([
    ['none for a name', ['work', 'other'], ['work'], /"other" has 0 handlers/],
    ['two for a name', ['work'], ['work', 'work'], /"work" has 2 handlers/],
    ['one for a name that is unknown', ['work'], ['work', 'other'], /no such job/],
  ])('are refused at start: %s', (_, names, handled, message) => {
    expect(
      () =>
        new JobWorker(
          queue,
          names,
          handled.map((name) => [name, idle] as const),
        ),
    ).toThrow(message);
  });
});

describe('a worker', () => {
  test('does the jobs and commits their results', async () => {
    started(async (job, { progress }) => {
      await progress(0.5, 'half');
      return [{ kind: 'upsert', collection: 'results', document: { id: String(job.data['key']) } }];
    });
    const { id } = await queue.enqueue({ name: 'work', data: { key: 'r' } });
    expect(await endOf(id)).toMatchObject({ state: 'done', progress: 1 });
    expect(await (await store.collection({ name: 'results' })).get('r')).not.toBeNull();
  });

  test('runs as many at a time as it may', async () => {
    let running = 0;
    let most = 0;
    let reached = (): void => undefined;
    const three = new Promise<void>((resolve) => (reached = resolve));
    started(
      async () => {
        most = Math.max(most, ++running);
        if (running === 3) reached();
        // A fourth would come meanwhile.
        await three;
        await delay(20);
        running--;
        return [];
      },
      { concurrency: 3 },
    );
    const jobs = await Promise.all(Array.from({ length: 9 }, (_, i) => queue.enqueue({ name: 'work', data: { i } })));
    await Promise.all(jobs.map((job) => endOf(job.id)));
    expect(most).toBe(3);
  });

  test('tries again what may pass, and not what a user must mend', async () => {
    started(async (job) => {
      if (job.data['film'] === 'broken') throw new KinoscopeError('unreadable', 'No film');
      if (job.attempts < 3) throw new Error('line one\nline two');
      return [];
    });
    const broken = await queue.enqueue({ name: 'work', data: { film: 'broken' } });
    const flaky = await queue.enqueue({ name: 'work', data: {} });
    expect(await endOf(broken.id)).toMatchObject({
      state: 'failed',
      attempts: 1,
      error: { code: 'unreadable', message: 'No film' },
    });
    expect(await endOf(flaky.id)).toMatchObject({ state: 'done', attempts: 3 });
  });

  test('fails a job whose result is refused, and goes on', async () => {
    const unwritable: Write = { kind: 'upsert', collection: 'unopened', document: { id: 'x' } };
    started(async (job) => (job.data['bad'] ? [unwritable] : []));
    const bad = await queue.enqueue({ name: 'work', data: { bad: true }, maxAttempts: 1 });
    const good = await queue.enqueue({ name: 'work', data: {} });
    expect(await endOf(bad.id)).toMatchObject({ state: 'failed', error: { code: 'internal' } });
    expect(await endOf(good.id)).toMatchObject({ state: 'done' });
  });

  test('aborts the handler of a job that is cancelled, and takes the next', async () => {
    const { handler, begun, aborted } = endless();
    started((job, context) => (job.data['endless'] ? handler(job, context) : idle(job, context)));
    const { id } = await queue.enqueue({ name: 'work', data: { endless: true } });
    await begun;
    await queue.cancel(id);
    const next = await queue.enqueue({ name: 'work', data: {} });
    expect(await endOf(next.id)).toMatchObject({ state: 'done' });
    expect(aborted()).toBe(true);
    expect(await queue.get(id)).toMatchObject({ state: 'cancelled' });
  });

  test('tells of a queue that is out of reach, and comes back to it', async () => {
    let away = true;
    const errors: unknown[] = [];
    const unsteady: JobQueue = Object.assign(Object.create(queue) as JobQueue, {
      claim: (names: readonly string[]) => {
        if (!away) return queue.claim(names);
        away = false;
        return Promise.reject(new Error('away'));
      },
    });
    started(idle, { onError: (error) => errors.push(error) }, unsteady);
    const { id } = await queue.enqueue({ name: 'work', data: {} });
    expect(await endOf(id)).toMatchObject({ state: 'done' });
    expect(errors).toEqual([new Error('away')]);
  });
});

describe('stopping a worker', () => {
  test('lets the running job end within its grace', async () => {
    const worker = started(async () => {
      await delay(50);
      return [];
    });
    const { id } = await queue.enqueue({ name: 'work', data: {} });
    while ((await queue.get(id))?.state !== 'running') await delay(5);
    const waiting = await queue.enqueue({ name: 'work', data: {} });
    await worker.stop(10_000);
    expect(await queue.get(id)).toMatchObject({ state: 'done' });
    expect(await queue.get(waiting.id)).toMatchObject({ state: 'queued', attempts: 0 });
  });

  test('hands back a job that takes longer', async () => {
    const { handler, begun, aborted } = endless();
    const worker = started(handler);
    const { id } = await queue.enqueue({ name: 'work', data: {}, maxAttempts: 1 });
    await begun;
    await worker.stop();
    expect(aborted()).toBe(true);
    expect(await queue.get(id)).toMatchObject({ state: 'queued', attempts: 0, error: null });
  });

  test('is possible before it was started, and twice', async () => {
    const worker = new JobWorker(queue, ['work'], [['work', idle]]);
    await worker.stop();
    await worker.stop();
    expect((await queue.counts()).queued).toBe(0);
  });
});
