import { readdir, readFile } from 'node:fs/promises';

/** Does a process run? One that only waits to be reaped does not. */
export async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State: Z');
  return !/^State:\s+Z/m.test(status);
}

/** Parents of all processes (Linux). */
async function parents(): Promise<{ pid: number; parent: number }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async (pid) => {
      // The name in parentheses may hold spaces; the state and the parent's id come after it.
      const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      return { pid: Number(pid), parent: Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]) };
    }),
  );
}

/** Ids of the running processes that this process started. */
export async function childProcesses(): Promise<number[]> {
  return (await parents()).filter(({ parent }) => parent === process.pid).map(({ pid }) => pid);
}

/** Ids of the running processes that a process started, and those that they did. */
export async function descendantProcesses(of = process.pid): Promise<number[]> {
  const all = await parents();
  const below = (above: number): number[] =>
    all.filter(({ parent }) => parent === above).flatMap(({ pid }) => [pid, ...below(pid)]);
  return below(of);
}
