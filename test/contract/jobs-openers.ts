import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { BULL_QUEUES, BullQueuesModule } from '../../src/jobs/bull-queues.module.js';
import { createBullQueue } from '../../src/jobs/bullmq-queue.js';
import { createEmbeddedQueue } from '../../src/jobs/embedded-queue.js';
import type { JobQueue, LeaseTiming, Rates } from '../../src/jobs/job-queue.js';
import { REDIS } from '../../src/jobs/redis.js';
import type { Store } from '../../src/storage/collection.js';
import { openMongoStore } from '../../src/storage/mongo-store.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';

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
  const open = config.database.startsWith('mongodb:') ? openMongoStore : openSqliteStore;
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
