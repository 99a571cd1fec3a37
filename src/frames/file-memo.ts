import { stat } from 'node:fs/promises';

/** Files whose measures are remembered at a time. */
const REMEMBERED = 64;

/** Remembers what was found out about files, until they change; for as long as the process lives. */
export class FileMemo<T> {
  private readonly known = new Map<string, T>();

  async get(file: string): Promise<T | undefined> {
    return this.known.get((await identityOf(file)) ?? '');
  }

  async set(file: string, value: T): Promise<void> {
    const identity = await identityOf(file);
    if (identity === null) return;
    this.known.delete(identity);
    this.known.set(identity, value);
    for (const oldest of this.known.keys()) {
      if (this.known.size <= REMEMBERED) break;
      this.known.delete(oldest);
    }
  }
}

/** What is written to a file changes at least one of these; null for one that is not there. */
async function identityOf(file: string): Promise<string | null> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  return found && [found.dev, found.ino, found.size, found.mtimeNs].join(' ');
}
