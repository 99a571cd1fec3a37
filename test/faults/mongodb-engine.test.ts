import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { JobWorker, type JobHandler } from '../../src/jobs/worker.js';
import { connectQueue } from '../contract/jobs-openers.js';
import { drop, newDatabase } from '../contract/mongodb-server.js';

/** The folder with the programs that start and stop the engine behind MONGODB_URI. */
const tool = process.env['DOCUMENTDB'];
const root = process.env['DOCUMENTDB_ROOT'] ?? '/var/tmp/documentdb';
const uri = newDatabase();

const STOPPED_MS = 15_000;
const JOBS = 8;
const NAME =
  "jobs end once each, at their first attempt and with their answers, while the engine behind MongoDB's protocol";

const run = promisify(execFile);
const signal = (name: NodeJS.Signals, ...pids: number[]): void => pids.forEach((pid) => process.kill(pid, name));
const pidIn = async (...path: string[]): Promise<number> =>
  Number((await readFile(join(root, ...path), 'utf8')).split('\n')[0]);
const gateway = (): Promise<number> => pidIn('gateway', 'pid');
const database = (): Promise<number> => pidIn('var', 'lib', 'pgdata', 'postmaster.pid');

if (tool === undefined || uri === null) {
  process.stderr.write('SKIPPED: killing the engine behind MongoDB needs DOCUMENTDB and MONGODB_URI (2 tests)\n');
  test.todo(`${NAME} is stopped or killed: needs DOCUMENTDB and MONGODB_URI`);
} else {
  afterAll(() => drop(uri));

  test(
    `${NAME} is stopped for 15 s`,
    () =>
      throughout(uri, async () => {
        signal('SIGSTOP', await gateway());
        await delay(STOPPED_MS);
        signal('SIGCONT', await gateway());
      }),
    180_000,
  );

  test(
    `${NAME} is killed and started again`,
    () =>
      throughout(uri, async () => {
        signal('SIGKILL', await database(), await gateway());
        // the database's own processes end a moment later
        await delay(2_000);
        await run(join(tool, 'start'), { env: { ...process.env, TXN_SECONDS: '5' } });
      }),
    180_000,
  );
}

async function throughout(address: string, disturb: () => Promise<void>): Promise<void> {
  const { queue, store, close } = await connectQueue({ database: address, timing: {} });
  const answers = await store.collection<{ id: string; version: number; text: string }>({ name: 'answers' });
  const ledger = await store.collection<{ id: string; version: number; completions: number }>({ name: 'ledger' });
  const ids: string[] = [];
  for (let i = 0; i < JOBS; i++) {
    const { id } = await queue.enqueue({ name: 'work', data: { i } });
    await ledger.insert({ id, completions: 0 });
    ids.push(id);
  }
  let begun = 0;
  const work: JobHandler = async (job, { progress }) => {
    begun++;
    await progress(0.5, 'working');
    await delay(400 + 100 * (begun % 4));
    return [
      { kind: 'upsert', collection: 'answers', document: { id: job.id, text: 'answer '.repeat(20_000) } },
      { kind: 'patch', collection: 'ledger', id: job.id, patch: { $inc: { completions: 1 } } },
    ];
  };
  const worker = new JobWorker(queue, ['work'], [['work', work]], { concurrency: 3, pollMs: 50 });
  worker.start();
  while (begun < JOBS / 2) await delay(10);
  await disturb();
  const ended = async (): Promise<number> => (await queue.counts().catch(() => ({ done: 0, failed: 0 }))).done;
  while ((await ended()) < JOBS) await delay(200);

  expect(begun).toBe(JOBS);
  for (const id of ids) {
    expect(await queue.get(id)).toMatchObject({ state: 'done', attempts: 1 });
    expect(await ledger.get(id)).toMatchObject({ completions: 1 });
    expect((await answers.get(id))?.text).toHaveLength(140_000);
  }
  await worker.stop();
  await close();
  await drop(address);
}
