import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import Database from 'libsql';
import { createEmbeddedQueue } from '../src/jobs/embedded-queue.js';
import type { JobQueue } from '../src/jobs/job-queue.js';
import { openSqliteStore } from '../src/storage/sqlite-store.js';
import { connectQueue } from '../test/contract/jobs-openers.js';
import { hasRedisServer, RedisServer } from '../test/contract/redis-server.js';
import { writeSection } from './results.js';

/**
 * What a job costs beyond its work: enqueue, claim, complete with one result. Beside it, in the same run, what the
 * ground it stands on costs: as many durable transactions of bare libsql, and the same steps of bare BullMQ.
 */
const JOBS = 150;
const ROUNDS = 5;

const folder = await mkdtemp(join(tmpdir(), 'kinoscope-bench-'));
const store = await openSqliteStore(join(folder, 'jobs.db'));
await store.collection({ name: 'results' });

async function lifeOfJobs(queue: JobQueue): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < JOBS; i++) await queue.enqueue({ name: 'bench', data: { i } });
  for (let i = 0; i < JOBS; i++) {
    const lease = await queue.claim(['bench']);
    await lease?.complete([{ kind: 'upsert', collection: 'results', document: { id: lease.job.id } }]);
  }
  return (performance.now() - start) / JOBS;
}

const bare = new Database(join(folder, 'bare.db'));
bare.prepare('PRAGMA journal_mode = WAL').all();
bare.exec('PRAGMA synchronous = FULL');
bare.exec('CREATE TABLE jobs (id INTEGER PRIMARY KEY, body TEXT)');
const put = bare.prepare('INSERT OR REPLACE INTO jobs VALUES (?, ?)');
const body = JSON.stringify({ name: 'bench', padding: 'x'.repeat(300) });
async function bareTransactions(): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < JOBS; i++) for (let write = 0; write < 3; write++) put.run([i, body]);
  return (performance.now() - start) / JOBS;
}

async function bareBullmq(queue: Queue, worker: Worker): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < JOBS; i++) await queue.add('bench', { i }, { removeOnComplete: true });
  for (let i = 0; i < JOBS; i++) {
    const job = await worker.getNextJob('token', { block: false });
    await job?.moveToCompleted(null, 'token', false);
  }
  return (performance.now() - start) / JOBS;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Both in turn, so that a busy moment of the machine meets both. */
async function compare(
  name: string,
  ours: () => Promise<number>,
  ground: string,
  theirs: () => Promise<number>,
): Promise<string> {
  const [a, b]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    a.push(await ours());
    b.push(await theirs());
  }
  const [mine, reference] = [median(a), median(b)];
  return `| ${name} | ${mine.toFixed(2)} | ${ground} | ${reference.toFixed(2)} | ${(mine / reference).toFixed(2)} |`;
}

const rows: string[] = [];
const embedded = await createEmbeddedQueue(store);
rows.push(
  await compare(
    'embedded queue',
    () => lifeOfJobs(embedded),
    'bare libsql, 3 transactions of one row',
    bareTransactions,
  ),
);
await embedded.close();

if (hasRedisServer()) {
  const server = await RedisServer.start();
  const connection = new Redis(server.url, { maxRetriesPerRequest: null });
  const [queue, worker] = [new Queue('bare', { connection }), new Worker('bare', null, { connection, autorun: false })];
  await worker.waitUntilReady();
  const bullmq = await connectQueue({
    database: join(folder, 'bullmq.db'),
    timing: {},
    redis: { redisUrl: server.url, prefix: 'kinoscope' },
  });
  rows.push(
    await compare(
      'BullMQ, results in SQLite',
      () => lifeOfJobs(bullmq.queue),
      'bare BullMQ, no store',
      () => bareBullmq(queue, worker),
    ),
  );
  await bullmq.close();
  await worker.close();
  await queue.close();
  connection.disconnect();
  await server.stop();
}
await store.close();
bare.close();
await rm(folder, { recursive: true });

writeSection(
  'jobs',
  `## Jobs: what a job costs beyond its work

Milliseconds a job for enqueue, claim and completion with one result, one after the other; median of ${ROUNDS} rounds of
${JOBS} jobs. The queues commit a result as well, the ground does not.
Redis syncs every write (\`appendfsync always\`), SQLite every transaction.

| Queue | ms a job | Ground | ms a job | ratio |
|---|---|---|---|---|
${rows.join('\n')}`,
);
