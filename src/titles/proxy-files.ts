import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { currentTenant } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { requireSpace } from '../download/hashing.js';
import type { Fragment } from '../frames/proxy.js';

/** A copy of a film that browsers play, whole or as far as it is written. */
export interface StoredProxy {
  /** Changes with the bytes of the file. */
  readonly version: string;
  readonly file: string;
  readonly complete: boolean;
  /** In order; what lies before the first is what all of them have in common. */
  readonly fragments: readonly Fragment[];
}

/** A proxy's two files: the film, and a line of JSON a fragment with {@link END} last. */
const FILM = '.mp4';
const INDEX = '.jsonl';
const END = '"end"';
/** Bytes between two looks at the free space of the disk. */
const DISK_CHECK_BYTES = 64 * 2 ** 20;

type Line = readonly [start: number, end: number, offset: number, size: number];

/** The copies that browsers play: one of a film's content, of the tenant in whose name this is called. */
@Injectable()
export class ProxyFiles {
  private readonly root: string;

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {
    this.root = join(settings.home, 'proxies');
  }

  /** What the paths of all files of a film begin with. */
  prefixOf(contentHash: string): string {
    return join(this.folder, contentHash);
  }

  /** The copy of a film: the whole one, or the one that is being written. One that is looked for stays. */
  async find(contentHash: string): Promise<StoredProxy | null> {
    const names = await readdir(this.folder).catch(() => []);
    let newest: { proxy: StoredProxy; at: number } | null = null;
    for (const name of names.filter((one) => one.startsWith(`${contentHash}.`) && one.endsWith(INDEX))) {
      const proxy = await this.read(contentHash, name.slice(contentHash.length + 1, -INDEX.length));
      if (!proxy) continue;
      const path = join(this.folder, name);
      if (proxy.complete) {
        await utimes(path, new Date(), new Date()).catch(() => undefined);
        return proxy;
      }
      const at = (await stat(path).catch(() => null))?.mtimeMs ?? 0;
      if (!newest || at > newest.at) newest = { proxy, at };
    }
    return newest?.proxy ?? null;
  }

  private async read(contentHash: string, version: string): Promise<StoredProxy | null> {
    const path = `${this.prefixOf(contentHash)}.${version}`;
    const text = await readFile(path + INDEX, 'utf8').catch(() => null);
    if (text === null) return null;
    // the last line may not be there whole
    const lines = text.split('\n').slice(0, -1);
    const fragments = lines
      .filter((line) => line !== END)
      .map((line) => {
        const [start, end, offset, size] = JSON.parse(line) as Line;
        return { start, end, offset, size };
      });
    return { version, file: path + FILM, complete: lines.at(-1) === END, fragments };
  }

  /**
   * Has a copy written; it can be read while it grows. Nothing of it stays when that fails.
   * @param version of letters, digits and hyphens, that no other has
   * @throws KinoscopeError `too-large` past KINOSCOPE_PROXY_BYTES, `unavailable` when the disk is full; whatever `work` throws
   */
  async write(
    contentHash: string,
    version: string,
    work: (output: string, onFragment: (fragment: Fragment) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const path = `${this.prefixOf(contentHash)}.${version}`;
    // held open: one that was deleted meanwhile does not come back
    const index = await open(path + INDEX, 'wx');
    try {
      await work(path + FILM, this.recorder(index));
      await index.appendFile(`${END}\n`);
      await index.close();
    } catch (error) {
      await index.close().catch(() => undefined);
      await this.removeVersion(contentHash, version);
      throw error;
    }
    await this.makeRoom();
  }

  private recorder(index: FileHandle): (fragment: Fragment) => Promise<void> {
    let nextCheck = 0;
    return async ({ start, end, offset, size }) => {
      const { proxies, download } = this.settings;
      if (offset + size > proxies.bytes)
        throw new KinoscopeError('too-large', 'The copy is larger than all may be together (KINOSCOPE_PROXY_BYTES)');
      if (offset + size >= nextCheck) {
        await requireSpace(this.root, 0, download.minFreeBytes);
        nextCheck = offset + size + DISK_CHECK_BYTES;
      }
      const line: Line = [start, end, offset, size];
      await index.appendFile(`${JSON.stringify(line)}\n`);
    };
  }

  async removeVersion(contentHash: string, version: string): Promise<void> {
    for (const extension of [INDEX, FILM])
      await rm(`${this.prefixOf(contentHash)}.${version}${extension}`, { force: true });
  }

  /** Removes all copies of a film but this one. */
  async remove(contentHash: string, kept: string | null = null): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => []))
      if (name.startsWith(`${contentHash}.`) && (kept === null || !name.startsWith(`${contentHash}.${kept}.`)))
        await rm(join(this.folder, name), { force: true });
  }

  /** Removes all tenants' copies that nobody has watched for long, and those that nobody writes any more. */
  async prune(isWritten: (version: string) => Promise<boolean>): Promise<void> {
    for (const { path, version, complete, used } of await this.all()) {
      const old = complete ? used < Date.now() - this.settings.proxies.keepMs : !(await isWritten(version));
      if (old) await removeBoth(path);
    }
    // a film without its index
    for (const tenant of await readdir(this.root).catch(() => []))
      for (const name of await readdir(join(this.root, tenant)).catch(() => [])) {
        const path = join(this.root, tenant, name);
        if (name.endsWith(FILM) && !(await stat(path.slice(0, -FILM.length) + INDEX).catch(() => null)))
          await rm(path, { force: true });
      }
  }

  /** Removes the copies that were watched longest ago, where there are too many. */
  private async makeRoom(): Promise<void> {
    let bytes = 0;
    const all = (await this.all()).sort((a, b) => b.used - a.used);
    for (const { path, size, complete } of all) {
      bytes += size;
      if (complete && bytes > this.settings.proxies.bytes) await removeBoth(path);
    }
  }

  /** The copies of all tenants. */
  private async all() {
    const found = [];
    for (const tenant of await readdir(this.root).catch(() => []))
      for (const name of await readdir(join(this.root, tenant)).catch(() => [])) {
        if (!name.endsWith(INDEX)) continue;
        const path = join(this.root, tenant, name.slice(0, -INDEX.length));
        const index = await stat(path + INDEX).catch(() => null);
        const film = await stat(path + FILM).catch(() => null);
        if (!index) continue;
        found.push({
          path,
          version: name.slice(name.indexOf('.') + 1, -INDEX.length),
          size: film?.size ?? 0,
          complete: await endsWith(path + INDEX, index.size),
          used: index.mtimeMs,
        });
      }
    return found;
  }

  private get folder(): string {
    return join(this.root, currentTenant());
  }
}

/** Whether an index is closed. */
async function endsWith(index: string, size: number): Promise<boolean> {
  const wanted = `${END}\n`;
  if (size < wanted.length) return false;
  let text = '';
  for await (const chunk of createReadStream(index, { start: size - wanted.length, encoding: 'utf8' }))
    text += chunk as string;
  return text === wanted;
}

async function removeBoth(path: string): Promise<void> {
  await rm(path + INDEX, { force: true });
  await rm(path + FILM, { force: true });
}
