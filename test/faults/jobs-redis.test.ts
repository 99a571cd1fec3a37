import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import type { Job } from '../../src/jobs/job-queue.js';
import { JobWorker, type JobHandler } from '../../src/jobs/worker.js';
import { connectQueue } from '../contract/jobs-openers.js';
import { hasRedisServer, RedisServer } from '../contract/redis-server.js';

const JOBS = 24;

const NAME = 'jobs end exactly once while Redis is killed, comes back, and loses its memory';

if (hasRedisServer()) {
  test(NAME, killRedis);
} else {
  process.stderr.write('SKIPPED: killing Redis under jobs needs a redis-server program (1 test)\n');
  test.todo(NAME);
}

async function killRedis(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kinoscope-redis-fault-'));
  const server = await RedisServer.start();
  const timing = { leaseMs: 1_000, backoffMs: 20, pollMs: 50 };
  const redisUnderTest = { redisUrl: server.url, prefix: 'kinoscope' };
  const { queue, store, close } = await connectQueue({
    database: join(folder, 'test.db'),
    timing,
    redis: redisUnderTest,
  });
  const ledger = await store.collection<{ id: string; version: number; completions: number }>({ name: 'ledger' });
  const records = await store.collection<Job>({ name: 'jobs' });

  const work: JobHandler = async (job, { progress }) => {
    await progress(0.5, 'working');
    await delay(60);
    return [{ kind: 'patch', collection: 'ledger', id: job.id, patch: { $inc: { completions: 1 } } }];
  };
  for (let i = 0; i < JOBS; i++) {
    const { id } = await queue.enqueue({ name: 'work', data: { i }, maxAttempts: 20 });
    await ledger.insert({ id, completions: 0 });
  }
  const worker = new JobWorker(queue, ['work'], [['work', work]], { concurrency: 2, pollMs: 20 });
  worker.start();
  const done = async (count: number): Promise<void> => {
    while ((await queue.counts()).done < count) await delay(10);
  };

  await done(JOBS / 4);
  await server.kill();
  // what is stored can be asked for all the same, and nothing hangs
  const late = queue.enqueue({ name: 'work', data: {}, uniqueKey: 'late' });
  await expect(late).rejects.toMatchObject({ code: 'unavailable' });
  const unlucky = (await records.find({ uniqueKey: 'late' })).items[0];
  expect(await queue.get(unlucky?.id ?? '')).toMatchObject({ state: 'queued' });
  expect(await queue.cancel(unlucky?.id ?? '')).toMatchObject({ state: 'cancelled' });
  await server.restart();
  await done(JOBS / 2);
  const redis = new Redis(server.url);
  await redis.flushall();
  redis.disconnect();
  await done(JOBS);

  await worker.stop();
  expect(await queue.counts()).toEqual({ queued: 0, running: 0, done: JOBS, failed: 0, cancelled: 1 });
  expect(await ledger.count({ completions: 1 })).toBe(JOBS);
  await close();
  await server.stop();
  await rm(folder, { recursive: true });
}
