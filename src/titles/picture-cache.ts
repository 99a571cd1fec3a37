import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface CacheLimits {
  readonly files: number;
  readonly bytes: number;
}

/** Small files below a folder that can be made again: those that were asked for last are kept. */
export class PictureCache {
  /** Since it was last looked how much there is; before the first look it may be anything. */
  private written = { files: Infinity, bytes: Infinity };
  private sweeping: Promise<void> | null = null;

  constructor(
    private readonly root: string,
    private readonly limits: CacheLimits,
  ) {}

  async get(name: string): Promise<Buffer | null> {
    const path = join(this.root, name);
    const kept = await readFile(path).catch(() => null);
    if (kept) await utimes(path, new Date(), new Date()).catch(() => undefined);
    return kept;
  }

  /** Keeps a file; what cannot be kept (the disk is full) is made again. */
  async put(name: string, data: Buffer): Promise<void> {
    const path = join(this.root, name);
    const part = join(dirname(path), `.${randomUUID()}`);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(part, data);
      await rename(part, path);
    } catch {
      await rm(part, { force: true });
    }
    // a tenth of the limit may be written before it is looked again how much there is
    this.written.bytes += data.length;
    this.written.files++;
    if (this.written.bytes * 10 > this.limits.bytes || this.written.files * 10 > this.limits.files) await this.sweep();
  }

  /** Deletes the files that were asked for longest ago, where there are too many. */
  private async sweep(): Promise<void> {
    this.sweeping ??= this.removeOldest().finally(() => (this.sweeping = null));
    await this.sweeping;
  }

  private async removeOldest(): Promise<void> {
    this.written = { files: 0, bytes: 0 };
    const names = await readdir(this.root, { recursive: true }).catch(() => []);
    const found = await Promise.all(
      names.map(async (name) => ({ name, now: await stat(join(this.root, name)).catch(() => null) })),
    );
    const kept = found
      .flatMap(({ name, now }) => (now?.isFile() ? [{ name, size: now.size, used: now.mtimeMs }] : []))
      .sort((a, b) => b.used - a.used);
    let bytes = 0;
    for (const [index, { name, size }] of kept.entries()) {
      bytes += size;
      // nine tenths: what is written before the next look has room
      if (index >= this.limits.files * 0.9 || bytes > this.limits.bytes * 0.9)
        await rm(join(this.root, name), { force: true });
    }
  }
}
