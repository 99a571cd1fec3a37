import { readdir, readFile } from 'node:fs/promises';

/** Does a process run? One that only waits to be reaped does not. */
export async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State: Z');
  return !/^State:\s+Z/m.test(status);
}

/** Ids of the running processes that a process started (Linux). Cheap: tests ask many times a second. */
export async function childProcesses(of = process.pid): Promise<number[]> {
  // each thread has those that it started
  const threads = await readdir(`/proc/${of}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${of}/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

/** Ids of the running processes that a process started, and those that they did. */
export async function descendantProcesses(of = process.pid): Promise<number[]> {
  const below = await Promise.all(
    (await childProcesses(of)).map(async (pid) => [pid, ...(await descendantProcesses(pid))]),
  );
  return below.flat();
}
