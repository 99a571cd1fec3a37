import { readdir, readFile } from 'node:fs/promises';

/** Ids of the running processes that this process started (Linux). */
export async function childProcesses(): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(
    pids.map(async (pid) => {
      // The name in parentheses may hold spaces; the state and the parent's id come after it.
      const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      return { pid: Number(pid), parent: Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]) };
    }),
  );
  return parents.filter(({ parent }) => parent === process.pid).map(({ pid }) => pid);
}
