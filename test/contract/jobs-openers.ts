import { createBullQueue } from '../../src/jobs/bullmq-queue.js';
import { createEmbeddedQueue } from '../../src/jobs/embedded-queue.js';
import type { JobQueue, LeaseTiming } from '../../src/jobs/job-queue.js';
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
  /** With it BullMQ, without it the embedded queue. */
  readonly redis?: { readonly redisUrl: string; readonly prefix: string };
}

/** @param through what the queue and the test get instead of the store itself */
export async function connectQueue(config: QueueConfig, through = (store: Store): Store => store): Promise<Connection> {
  const open = config.database.startsWith('mongodb:') ? openMongoStore : openSqliteStore;
  const store = through(await open(config.database));
  await store.collection({ name: 'results', indexes: [{ paths: ['key'], unique: true }] });
  const queue = config.redis
    ? await createBullQueue({ ...config.redis, store, timing: config.timing })
    : await createEmbeddedQueue(store, config.timing);
  return {
    queue,
    store,
    close: async () => {
      await queue.close();
      await store.close();
    },
  };
}
