import { readFileSync } from 'node:fs';

/** Milliseconds that this thread has computed (Linux): what else the machine does meanwhile does not count. */
function computed(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

/** Does some work, and tells for how many milliseconds of computing, at most, the event loop did not turn. */
export async function longestPause<T>(work: () => Promise<T>): Promise<{ result: T; pause: number }> {
  let longest = 0;
  let last = computed();
  const turned = (): void => {
    const now = computed();
    longest = Math.max(longest, now - last);
    last = now;
  };
  // A turn fires whatever timers are due once: work between two of them kept the loop.
  const timer = setInterval(turned, 1);
  try {
    const result = await work();
    turned();
    return { result, pause: longest };
  } finally {
    clearInterval(timer);
  }
}
