import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { probe } from '../../src/frames/probe.js';
import { expectJob, keepReady } from '../../src/frames/program.js';
import { openVideoWriter } from '../../src/frames/writer.js';
import { CHILD_LOADER } from '../children/program.js';
import { drawNumber } from '../clips/bar-code.js';
import { childProcesses, isRunning } from '../clips/processes.js';

const KEEPER = fileURLToPath(new URL('./frames-program-keeper.ts', import.meta.url));
const EXPECTER = fileURLToPath(new URL('./frames-program-expecter.ts', import.meta.url));

let folder: string;
let film: string;
let endReadiness: (() => Promise<void>) | undefined;
/** What an earlier suite has left. */
let strangers: readonly number[];
beforeEach(async () => {
  strangers = await childProcesses();
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-program-'));
  film = join(folder, 'film.mp4');
  const writer = await openVideoWriter(film, { width: 64, height: 48, frameRate: 25 });
  await writer.write(drawNumber(1, 64, 48));
  await writer.close();
});
afterEach(async () => {
  await endReadiness?.();
  endReadiness = undefined;
  await rm(folder, { recursive: true, force: true });
});

const newChildren = async (): Promise<number[]> => (await childProcesses()).filter((pid) => !strangers.includes(pid));

/** The one child process that comes up; the test's own time runs out when none does. */
async function nextChild(): Promise<number> {
  for (;;) {
    const [pid, ...others] = await newChildren();
    expect(others).toEqual([]);
    if (pid !== undefined) return pid;
    await sleep(50);
  }
}

const gone = async (pid: number): Promise<void> => {
  while (await isRunning(pid)) await sleep(20);
};

test('at rest one process waits, it takes the next job, and none stays when that is over', async () => {
  endReadiness = keepReady();
  const first = await nextChild();
  expect(await probe(film)).toMatchObject({ width: 64, height: 48 });
  await gone(first);
  const second = await nextChild();
  expect(second).not.toBe(first);
  await endReadiness();
  endReadiness = undefined;
  await gone(second);
  expect(await newChildren()).toEqual([]);
});

test('a process that is expected waits for the next job alone, and is started once', async () => {
  expectJob();
  expectJob();
  const waiting = await nextChild();
  expect(await probe(film)).toMatchObject({ width: 64, height: 48 });
  await gone(waiting);
  expect(await newChildren()).toEqual([]);
  const takeBack = expectJob();
  const another = await nextChild();
  takeBack();
  await gone(another);
});

test('a process that died while it waited costs nobody a job', async () => {
  endReadiness = keepReady();
  const waiting = await nextChild();
  process.kill(waiting, 'SIGKILL');
  // Once the system has nothing of it left, its end was heard of here.
  while (existsSync(`/proc/${waiting}`)) await sleep(20);
  await sleep(20);
  expect(await probe(film)).toMatchObject({ width: 64, height: 48 });
});

test('a process that dies leaves no process that waits', async () => {
  const keeper = spawn(process.execPath, [...CHILD_LOADER, KEEPER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const waiting = Number(String((await once(keeper.stdout, 'data'))[0]));
  expect(await isRunning(waiting)).toBe(true);
  keeper.kill('SIGKILL');
  await gone(waiting);
});

test('a job that is expected and never comes keeps no command from ending', async () => {
  const expecter = spawn(process.execPath, [...CHILD_LOADER, EXPECTER], { stdio: ['ignore', 'ignore', 'inherit'] });
  expect((await once(expecter, 'exit'))[0]).toBe(0);
});
