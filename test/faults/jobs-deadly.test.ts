import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import type { Job } from '../../src/jobs/job-queue.js';
import { CHILD_LOADER } from '../children/program.js';
import { connectQueue, type QueueConfig } from '../contract/jobs-openers.js';
import { hasRedisServer, RedisServer } from '../contract/redis-server.js';

const CHILD = fileURLToPath(new URL('./jobs-deadly-child.ts', import.meta.url));

/** Processes start and die one after the other. */
const LIMIT_MS = 300_000;

const NAME = 'a job that kills its process is tried again once, alone, then failed; those beside it are done';
test(`${NAME} (embedded)`, () => deadly(), LIMIT_MS);
if (hasRedisServer()) {
  test(
    `${NAME} (BullMQ)`,
    async () => {
      const server = await RedisServer.start();
      try {
        await deadly({ redisUrl: server.url, prefix: 'deadly' });
      } finally {
        await server.stop();
      }
    },
    LIMIT_MS,
  );
} else {
  process.stderr.write('SKIPPED: deadly jobs on BullMQ need a redis-server program (1 test)\n');
  test.todo(`${NAME} (BullMQ): needs a redis-server program`);
}

async function deadly(redis?: QueueConfig['redis']): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kinoscope-deadly-'));
  const log = join(folder, 'log');
  const config: QueueConfig = {
    database: join(folder, 'test.db'),
    timing: { leaseMs: 1_000, backoffMs: 20, pollMs: 20 },
    ...(redis && { redis }),
  };
  const { queue, close } = await connectQueue(config);
  const enqueue = (name: string, does: string): Promise<Job> => queue.enqueue({ name, data: { does } });
  const innocent = [await enqueue('work', 'nothing'), await enqueue('other', 'nothing')];
  const guilty = [await enqueue('work', 'kill'), await enqueue('work', 'fill the memory')];
  for (let n = 0; n < 4; n++) innocent.push(await enqueue('other', 'nothing'));

  let ended = false;
  const signals: (string | null)[] = [];
  const fleet = (async () => {
    while (!ended) {
      const child = spawn(
        process.execPath,
        ['--max-old-space-size=160', ...CHILD_LOADER, CHILD, JSON.stringify({ config, log })],
        { stdio: 'ignore' },
      );
      const exit = once(child, 'exit');
      while (!ended && child.exitCode === null && child.signalCode === null) await delay(20);
      if (ended) child.kill('SIGKILL');
      const [, signal] = (await exit) as [number | null, string | null];
      if (!ended) signals.push(signal);
    }
  })();
  const active = async (): Promise<number> => {
    const { queued, running } = await queue.counts();
    return queued + running;
  };
  while ((await active()) > 0) await delay(50);
  ended = true;
  await fleet;

  for (const { id } of innocent) expect(await queue.get(id)).toMatchObject({ state: 'done' });
  for (const { id } of guilty) {
    expect(await queue.get(id)).toMatchObject({
      state: 'failed',
      attempts: 2,
      error: {
        code: 'internal',
        message: expect.stringMatching(/stopped unexpectedly.*again when it did nothing else/),
      },
    });
  }
  // whichever of two deadly ones is first takes the other along, which is then tried alone: three or four deaths
  expect(signals.length).toBeLessThanOrEqual(4);
  expect(new Set(signals)).toEqual(new Set(['SIGKILL', 'SIGABRT']));

  const lines = (await readFile(log, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => line.split(' ') as [pid: string, what: string, id: string]);
  const seen = new Map<string, number>();
  for (const [index, [pid, what, id]] of lines.entries()) {
    if (what !== 'begin') continue;
    seen.set(id, (seen.get(id) ?? 0) + 1);
    if (seen.get(id) === 1) continue;
    const before = lines.slice(0, index).filter(([process]) => process === pid);
    expect(before.filter(([, kind]) => kind === 'begin').length).toBe(
      before.filter(([, kind]) => kind === 'end').length,
    );
    const [next] = lines.slice(index + 1).filter(([process]) => process === pid);
    // the next that its process does is to end it, or to die
    if (next) expect(next).toEqual([pid, 'end', id]);
  }
  await close();
  await rm(folder, { recursive: true });
}
