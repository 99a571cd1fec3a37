import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What lies below a home's folders of arrivals. */
export async function arriving(home: string): Promise<string[]> {
  const found = await Promise.all(
    ['incoming', 'media'].map((name) => readdir(join(home, name), { recursive: true }).catch(() => [])),
  );
  return found.flat();
}

/** Files of a home's that this process has open, but its database. */
export async function opened(home: string): Promise<string[]> {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  return links.filter((link) => link.startsWith(home) && !link.includes('kinoscope.db'));
}

/** Asks again and again, some seconds at most. */
export async function until<T>(ask: () => Promise<T>, enough: (answer: T) => boolean): Promise<T> {
  let answer = await ask();
  for (let patience = 100; patience > 0 && !enough(answer); patience--) {
    await sleep(100);
    answer = await ask();
  }
  return answer;
}
