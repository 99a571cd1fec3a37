import { createEmbeddedQueue } from '../../src/jobs/embedded-queue.js';
import type { JobQueue, LeaseTiming, Rates } from '../../src/jobs/job-queue.js';
import type { Store } from '../../src/storage/collection.js';

/** A connection to a queue, and to the store that its jobs write to. */
export interface Connection {
  readonly queue: JobQueue;
  readonly store: Store;
  close(): Promise<void>;
}

/** How a process of a test comes to the queue: plain data, so that a child process can be told. */
export interface QueueConfig {
  /** A file of SQLite's, or the URI of a MongoDB. */
  readonly database: string;
  readonly timing: LeaseTiming;
  readonly rates?: Rates;
  /** With it BullMQ, without it the embedded queue. */
  readonly redis?: { readonly redisUrl: string; readonly prefix: string };
}

/** @param through what the queue and the test get instead of the store itself */
export async function connectQueue(config: QueueConfig, through = (store: Store): Store => store): Promise<Connection> {
  // processes of tests are started by the dozen: each loads what it uses
  const open = config.database.startsWith('mongodb:')
    ? (await import('../../src/storage/mongo-store.js')).openMongoStore
    : (await import('../../src/storage/sqlite-store.js')).openSqliteStore;
  const store = through(await open(config.database));
  await store.collection({ name: 'results', indexes: [{ paths: ['key'], unique: true }] });
  const { queue, close } = await openQueue(config, store);
  return {
    queue,
    store,
    close: async () => {
      await close();
      await store.close();
    },
  };
}

/** The names of jobs that tests enqueue. */
const NAMES = ['work', 'other', 'clear', 'nothing', 'bench'];

async function openQueue(
  { redis, timing, rates }: QueueConfig,
  store: Store,
): Promise<{ queue: JobQueue; close: () => Promise<void> }> {
  if (!redis) {
    const queue = await createEmbeddedQueue(store, timing, rates);
    return { queue, close: () => queue.close() };
  }
  await import('reflect-metadata');
  const { NestFactory } = await import('@nestjs/core');
  const { BULL_QUEUES, BullQueuesModule } = await import('../../src/jobs/bull-queues.module.js');
  const { createBullQueue } = await import('../../src/jobs/bullmq-queue.js');
  const { REDIS } = await import('../../src/jobs/redis.js');
  const nest = await NestFactory.createApplicationContext(BullQueuesModule.register({ ...redis, names: NAMES }), {
    logger: false,
    abortOnError: false,
  });
  const queue = await createBullQueue({
    redis: nest.get(REDIS),
    queues: nest.get(BULL_QUEUES),
    store,
    timing,
    ...(rates && { rates }),
  });
  return {
    queue,
    close: async () => {
      await queue.close();
      await nest.close();
    },
  };
}
