import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** Names this process: a restarted container has the host and the number of the one before, so something random as well. */
export const THIS_PROCESS = `${HOST}:${process.pid}:${randomBytes(6).toString('hex')}`;

/** Whether the process of a name has ended; null where that cannot be told: it is another host's. */
export function hasDied(name: string): boolean | null {
  if (name === THIS_PROCESS) return false;
  const [host, pid] = name.split(':');
  if (host !== HOST) return null;
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
}
