import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { DownloadPaused, type StoredFile } from './media-source.js';

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

/** A file in a work folder that has come whole. */
export interface FinishedFile {
  readonly path: string;
  readonly sha256: string;
  /** As {@link extensionOf} has it. */
  readonly extension: string;
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
    for (const { entry, path, age } of await leftIn(root)) {
      const [, entryKey] = entry.split('-');
      if (
        key !== null &&
        entryKey === wanted &&
        (await rename(path, own).then(
          () => true,
          () => false,
        ))
      ) {
        return new WorkFolder(root, own);
      }
      await removeStale(entry, path, age);
    }
    await mkdir(own);
    return new WorkFolder(root, own);
  }

  /**
   * Work in such a folder, which is gone when that fails, unless it was only paused.
   * @param key as `open` has it
   */
  static async use<T>(
    dir: string,
    key: string,
    signal: AbortSignal | undefined,
    work: (folder: WorkFolder) => Promise<T>,
  ): Promise<T> {
    const folder = await WorkFolder.open(dir, key);
    try {
      return await work(folder);
    } catch (error) {
      if (signal?.reason instanceof DownloadPaused) folder.leave();
      else await folder.discard();
      throw error;
    }
  }

  /** Removes from `dir` the folders of processes that are gone, but those that may be taken up again. */
  static async sweep(dir: string): Promise<void> {
    for (const { entry, path, age } of await leftIn(dir)) await removeStale(entry, path, age);
  }

  /** What `note` wrote of something, even if another process did; null when there is nothing (readable). */
  async recall<T>(of = 'state'): Promise<T | null> {
    return readFile(join(this.path, `${of}.json`), 'utf8')
      .then((text) => JSON.parse(text) as T)
      .catch(() => null);
  }

  async note(state: unknown, of = 'state'): Promise<void> {
    await writeFile(join(this.path, `${of}.json`), JSON.stringify(state));
  }

  /** Moves the finished file out, named after its content, and deletes the folder. */
  async keep({ path: file, sha256, extension }: FinishedFile): Promise<StoredFile> {
    const target = join(this.dir, `${sha256}${extension}`);
    const { size } = await stat(file);
    const there = await stat(target).catch(() => null);
    // The same content was there before: a reader who knows that file by its time of change still finds it unchanged.
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

interface LeftFolder {
  readonly entry: string;
  readonly path: string;
  /** Milliseconds since something was written there. */
  readonly age: number;
}

/** The work folders inside `dir` whose process is gone; none where there is no such folder. */
async function leftIn(dir: string): Promise<LeftFolder[]> {
  const left: LeftFolder[] = [];
  for (const entry of await readdir(dir).catch(() => [])) {
    if (!entry.startsWith(`${PREFIX}-`)) continue;
    const path = join(dir, entry);
    const age = await ageOf(path);
    if (age !== null && isAbandoned(path, entry, age)) left.push({ entry, path, age });
  }
  return left;
}

async function removeStale(entry: string, path: string, age: number): Promise<void> {
  if (entry.split('-')[1] === 'once' || age > STALE_MS) await rm(path, { recursive: true, force: true });
}

async function ageOf(folder: string): Promise<number | null> {
  // The file that grows tells the time; the folder's own time only changes with its entries.
  const names = await readdir(folder).catch(() => null);
  if (!names) return null;
  const times = await Promise.all(
    [folder, ...names.map((name) => join(folder, name))].map((path) => stat(path).catch(() => null)),
  );
  return Date.now() - Math.max(...times.map((found) => found?.mtimeMs ?? 0));
}

function isAbandoned(path: string, entry: string, age: number): boolean {
  const [, , host, pid] = entry.split('-');
  if (host !== HOST) return age > ABANDONED_MS;
  if (Number(pid) === process.pid) return !active.has(path);
  return !isAlive(Number(pid)) || age > STALE_MS;
}

/** Those that tell a demuxer something. A stranger's other ones (`.js`, `.html`) would tell web servers and browsers something. */
const EXTENSIONS = new Set([
  ...[
    '.mp4',
    '.m4v',
    '.mov',
    '.3gp',
    '.3g2',
    '.mkv',
    '.webm',
    '.avi',
    '.mpg',
    '.mpeg',
    '.m2v',
    '.vob',
    '.ts',
    '.m2ts',
    '.mts',
    '.wmv',
    '.asf',
  ],
  ...['.flv', '.ogv', '.ogg', '.mxf', '.rm', '.rmvb', '.wtv', '.dv', '.nut', '.ivf', '.y4m', '.gif', '.mj2'],
]);

/** `.mp4` of a name or a path of a link; empty when it has none that films have. */
export function extensionOf(name: string): string {
  const extension = /\.[a-z0-9]{1,5}$/i.exec(name)?.[0].toLowerCase() ?? '';
  return EXTENSIONS.has(extension) ? extension : '';
}
