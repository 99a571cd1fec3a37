import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { StoredFile } from './media-source.js';

const PREFIX = '.part';
/** A folder of a process that cannot be asked whether it lives (another host's) counts as given up after so long. */
const ABANDONED_MS = 10 * 60_000;
/** A given-up folder that nobody came back for goes after so long. */
const STALE_MS = 24 * 3_600_000;

const HOST = digest(hostname()).slice(0, 8);
/** Folders that this process is working in: a new process may have the old one's id, as in a restarted container. */
const active = new Set<string>();

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * A hidden folder in which one download or upload is put together, `.part-<key>-<host>-<process>-<random>`. It is
 * claimed by renaming it, so that the work of a process that died is taken up by one other process and no more.
 */
export class WorkFolder {
  private constructor(
    private readonly dir: string,
    readonly path: string,
  ) {
    active.add(path);
  }

  /**
   * A work folder inside `dir` (made if missing): the one that a dead process left for the same key, or a new one.
   * @param key names what is fetched; null for what cannot be taken up again
   */
  static async open(dir: string, key: string | null): Promise<WorkFolder> {
    const root = resolve(dir);
    await mkdir(root, { recursive: true });
    const wanted = key === null ? 'once' : digest(key).slice(0, 24);
    const own = join(root, [PREFIX, wanted, HOST, process.pid, randomBytes(4).toString('hex')].join('-'));
    for (const entry of await readdir(root)) {
      if (!entry.startsWith(`${PREFIX}-`)) continue;
      const left = join(root, entry);
      const age = await ageOf(left);
      if (age === null || !isAbandoned(left, entry, age)) continue;
      const [, entryKey] = entry.split('-');
      if (key !== null && entryKey === wanted && (await rename(left, own).then(() => true, () => false))) {
        return new WorkFolder(root, own);
      }
      if (entryKey === 'once' || age > STALE_MS) await rm(left, { recursive: true, force: true });
    }
    await mkdir(own);
    return new WorkFolder(root, own);
  }

  /** What `note` wrote, even if another process did; null when there is nothing (readable). */
  async recall<T>(): Promise<T | null> {
    return readFile(join(this.path, 'state.json'), 'utf8').then((text) => JSON.parse(text) as T).catch(() => null);
  }

  async note(state: unknown): Promise<void> {
    await writeFile(join(this.path, 'state.json'), JSON.stringify(state));
  }

  /** Moves the finished file out, named after its content, and deletes the folder. */
  async keep(file: string, sha256: string, extension: string): Promise<StoredFile> {
    const target = join(this.dir, `${sha256}${extension}`);
    const { size } = await stat(file);
    const there = await stat(target).catch(() => null);
    // The same content was there before: whoever knows that file by its time of change still finds it unchanged.
    if (there?.size !== size) await rename(file, target);
    await this.discard();
    return { file: target, sha256, size };
  }

  async discard(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    active.delete(this.path);
  }

  /** Leaves everything where it is, for the next one who opens a folder with this key. */
  leave(): void {
    active.delete(this.path);
  }
}

async function ageOf(folder: string): Promise<number | null> {
  // The file that grows tells the time; the folder's own time only changes with its entries.
  const names = await readdir(folder).catch(() => null);
  if (!names) return null;
  const times = await Promise.all([folder, ...names.map((name) => join(folder, name))].map((path) => stat(path).catch(() => null)));
  return Date.now() - Math.max(...times.map((found) => found?.mtimeMs ?? 0));
}

function isAbandoned(path: string, entry: string, age: number): boolean {
  const [, , host, pid] = entry.split('-');
  if (host !== HOST) return age > ABANDONED_MS;
  if (Number(pid) === process.pid) return !active.has(path);
  return !isAlive(Number(pid)) || age > STALE_MS;
}

/** `.mp4` of a name or a path of a link; empty when it has none that a file name should carry. */
export function extensionOf(name: string): string {
  return /\.[a-z0-9]{1,5}$/i.exec(name)?.[0].toLowerCase() ?? '';
}
