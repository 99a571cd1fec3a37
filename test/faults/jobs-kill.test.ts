import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import Database from 'libsql';
import { CHILD_LOADER } from '../children/program.js';
import { connectQueue, type QueueConfig } from '../contract/jobs-openers.js';
import { hasRedisServer, RedisServer } from '../contract/redis-server.js';
import type { ChildOptions } from './jobs-kill-child.js';

const CHILD = fileURLToPath(new URL('./jobs-kill-child.ts', import.meta.url));
const JOBS = 30;
const WORKERS = 3;
const SUICIDES = 0.06;
/** After so many deaths of workers all may live until all is done, however slow the machine is. */
const DEATHS = 8;
const LIMIT_MS = 600_000;

const NAME = 'jobs end exactly once, and whole, while workers, the api';
test(`${NAME} are killed at random moments, and a poisonous job blocks nobody (embedded)`, () => kill(null), LIMIT_MS);
if (hasRedisServer()) {
  test(
    `${NAME} and Redis are killed at random moments, and a poisonous job blocks nobody (BullMQ)`,
    async () => {
      const server = await RedisServer.start();
      await kill(server);
      await server.stop();
    },
    LIMIT_MS,
  );
} else {
  process.stderr.write('SKIPPED: killing Redis, workers and the api needs a redis-server program (1 test)\n');
  test.todo(`${NAME} and Redis are killed: needs a redis-server program`);
}

async function kill(redis: RedisServer | null): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kinoscope-kill-'));
  const config: QueueConfig = {
    database: join(folder, 'test.db'),
    timing: { leaseMs: 1_000, backoffMs: 20, pollMs: 20 },
    ...(redis && { redis: { redisUrl: redis.url, prefix: 'kill' } }),
  };
  const { queue, store, close } = await connectQueue(config);
  const ledger = await store.collection<{ id: string; version: number; completions: number }>({ name: 'ledger' });
  const halves = await store.collection({ name: 'halves' });
  for (let n = 0; n < JOBS; n++) await ledger.insert({ id: String(n), completions: 0 });
  const poison = await queue.enqueue({ name: 'work', data: { poison: true }, maxAttempts: 3 });

  let finished = false;
  let deaths = 0;
  /** How often Redis went away or came back. */
  let redisMoves = 0;
  const untilFinished = async (ms: number): Promise<void> => {
    const end = Date.now() + ms;
    while (!finished && Date.now() < end) await delay(5);
  };
  /** Keeps one process alive: kills it at a random moment after it is ready, and starts the next. */
  const keepAndKill = async (
    role: ChildOptions['role'],
    use: (child: ChildProcess) => void = () => undefined,
  ): Promise<void> => {
    while (!finished) {
      const last = deaths >= DEATHS;
      const options: ChildOptions = { role, config, suicides: last ? 0 : SUICIDES };
      const movesBefore = redisMoves;
      const child = spawn(process.execPath, [...CHILD_LOADER, CHILD, JSON.stringify(options)], {
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      let said = '';
      child.stderr.on('data', (text: Buffer) => (said += text.toString()));
      child.stdin.on('error', () => undefined);
      const exit = once(child, 'exit');
      await Promise.race([once(child.stdout, 'data').then(() => use(child)), exit]);
      await Promise.race([untilFinished(last ? Infinity : Math.random() * 1_000), exit]);
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      const [code, signal] = (await exit) as [number | null, string | null];
      // no process ends by itself, but that it may not start while Redis is away
      if (redisMoves === movesBefore && movesBefore % 2 === 0)
        expect({ code, signal, said }).toEqual({ code: null, signal: 'SIGKILL', said: '' });
      if (signal) deaths++;
    }
  };
  /** What the api has acknowledged, by number. */
  const ids = new Map<string, string>();
  const enqueueAll = (child: ChildProcess): void => {
    createInterface(child.stdout!).on('line', (line) => {
      const [n = '', id = ''] = line.split(' ');
      if (id !== '' && id !== 'refused') ids.set(n, id);
    });
    void (async () => {
      while (child.exitCode === null && child.signalCode === null && ids.size < JOBS) {
        for (let n = 0; n < JOBS; n++) if (!ids.has(String(n))) child.stdin?.write(`${n}\n`);
        await delay(500);
      }
    })();
  };
  const killRedis = async (): Promise<void> => {
    for (let times = 0; redis && times < 3 && !finished; times++) {
      await untilFinished(1_000 + Math.random() * 2_000);
      redisMoves++;
      await redis.kill();
      // once for long, as a database that fails over
      await untilFinished(times === 1 ? 20_000 : Math.random() * 500);
      await redis.restart();
      redisMoves++;
    }
  };
  /** The jobs' results as another process than the workers sees them: all or nothing. */
  const look = async (): Promise<number> => {
    const { items } = await queue.list({ limit: 1_000 });
    for (const { id } of items.filter(({ id }) => id !== poison.id)) {
      const sides = await halves.count({ id: { $prefix: `${id}/` } });
      expect([0, 2]).toContain(sides);
      if (sides === 2) expect((await queue.get(id))?.state).toBe('done');
    }
    return items.filter(({ state }) => state === 'done').length;
  };

  const fleet = Promise.all([
    ...Array.from({ length: WORKERS }, () => keepAndKill('worker')),
    keepAndKill('api', enqueueAll),
    killRedis(),
  ]);
  let broken: unknown = null;
  fleet.catch((error: unknown) => (broken = error));
  try {
    const active = async (): Promise<number> => {
      const { queued, running } = await queue.counts();
      return queued + running;
    };
    while (!broken && (ids.size < JOBS || (await active()) > 0)) {
      await look();
      await delay(50);
    }
  } finally {
    finished = true;
    await fleet;
  }

  const done = await look();
  const jobs = (await queue.list({ limit: 1_000 })).items;
  for (const id of ids.values()) expect(jobs.find((job) => job.id === id)?.state).toBe('done');
  for (let n = 0; n < JOBS; n++) {
    // an api that died before it could acknowledge was asked again, maybe after the job had ended
    const asked = jobs.filter(({ data }) => data['n'] === String(n)).length;
    expect([n, (await ledger.get(String(n)))?.completions]).toEqual([n, asked]);
  }
  expect(await queue.get(poison.id)).toMatchObject({
    state: 'failed',
    attempts: 3,
    error: { message: expect.stringMatching(/stopped unexpectedly/) },
  });
  expect(done).toBe(jobs.length - 1);
  expect(await halves.count()).toBe(2 * done);
  expect(deaths).toBeGreaterThan(DEATHS / 4);
  await close();
  expect(integrity(config.database)).toBe('ok');
  expect((await readdir(folder)).filter((name) => !name.startsWith('test.db'))).toEqual([]);
  await rm(folder, { recursive: true });
}

function integrity(path: string): unknown {
  const db = new Database(path);
  try {
    const rows = db.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[];
    return rows[0]?.integrity_check;
  } finally {
    db.close();
  }
}
