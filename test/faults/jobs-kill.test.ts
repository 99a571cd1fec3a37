import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import Database from 'libsql';
import { createEmbeddedQueue } from '../../src/jobs/embedded-queue.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';

const CHILD = fileURLToPath(new URL('./jobs-kill-child.ts', import.meta.url));
const JOBS = 40;
const WORKERS = 3;
const SUICIDES = '0.06';
/** After so many deaths the workers may live until all is done, however slow the machine is. */
const DEATHS = 12;

test('jobs end exactly once, and whole, while their workers are killed at random moments', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kinoscope-kill-'));
  const path = join(folder, 'test.db');
  const store = await openSqliteStore(path);
  const ledger = await store.collection<{ id: string; version: number; completions: number }>({ name: 'ledger' });
  const halves = await store.collection({ name: 'halves' });
  const queue = await createEmbeddedQueue(store);
  const ids: string[] = [];
  for (let i = 0; i < JOBS; i++) {
    const { id } = await queue.enqueue({ name: 'work', data: { i }, maxAttempts: 1000, uniqueKey: `job ${i}` });
    await ledger.insert({ id, completions: 0 });
    ids.push(id);
  }

  let finished = false;
  let deaths = 0;
  /** Keeps one worker alive: kills it at a random moment after it is ready, and starts the next. */
  const keepAndKill = async (): Promise<void> => {
    while (!finished) {
      const last = deaths >= DEATHS;
      const args = ['--import', 'tsx', CHILD, path, last ? '0' : SUICIDES];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const exit = once(child, 'exit');
      await Promise.race([once(child.stdout, 'data'), exit]);
      await Promise.race([untilFinished(last ? Infinity : Math.random() * 700), exit]);
      kill(child);
      const [code, signal] = await exit;
      // a worker never ends by itself: whatever it throws would show here
      expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
      deaths++;
    }
  };
  const untilFinished = async (ms: number): Promise<void> => {
    const end = Date.now() + ms;
    while (!finished && Date.now() < end) await delay(5);
  };
  /** The job's result as another process than the workers sees it: all or nothing. */
  const whole = async (id: string): Promise<number> => {
    const sides = (await halves.find({ id: { $prefix: `${id}/` } })).items.length;
    const completions = (await ledger.get(id))?.completions;
    if (sides === 0) return 0;
    const state = (await queue.get(id))?.state;
    expect({ sides, completions, state }).toEqual({ sides: 2, completions: 1, state: 'done' });
    return 1;
  };

  const workers = Promise.all(Array.from({ length: WORKERS }, keepAndKill));
  try {
    while ((await queue.counts()).done < JOBS) {
      for (const id of ids) await whole(id);
      await delay(20);
    }
  } finally {
    finished = true;
    await workers;
  }

  for (const id of ids) expect(await whole(id)).toBe(1);
  expect(await queue.counts()).toEqual({ queued: 0, running: 0, done: JOBS, failed: 0, cancelled: 0 });
  expect(await halves.count()).toBe(2 * JOBS);
  // Enough of them that the deaths fell on every step; how many it takes to end the jobs is chance.
  expect(deaths).toBeGreaterThan(DEATHS / 4);
  await queue.close();
  await store.close();
  expect(integrity(path)).toBe('ok');
  await rm(folder, { recursive: true });
});

function kill(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
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
