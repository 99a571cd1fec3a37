import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { currentTenant } from '../core/context.js';

/** The films that were written with names on them: one of a film's content, of the tenant in whose name this is called. */
@Injectable()
export class ExportedFiles {
  private readonly root: string;

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {
    this.root = join(settings.home, 'exports');
  }

  /** The path of a film that was written, null when there is none. */
  async find(contentHash: string): Promise<string | null> {
    const file = this.pathOf(contentHash);
    return (await stat(file).catch(() => null)) && file;
  }

  /** Has a job write a film, which takes the place of the one before; nothing of it stays when it fails. */
  async write(contentHash: string, job: string, work: (file: string) => Promise<void>): Promise<void> {
    // Named after the job, so that what a killed process has left can be told from what is being written.
    const dir = join(this.folder, `.${job}`);
    try {
      await mkdir(dir, { recursive: true });
      const part = join(dir, 'film.mp4');
      await work(part);
      await rename(part, this.pathOf(contentHash));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }

  async remove(contentHash: string): Promise<void> {
    await rm(this.pathOf(contentHash), { force: true });
  }

  /** Removes all tenants' films that have been kept long enough, and what is left of jobs that are over. */
  async prune(isActive: (job: string) => Promise<boolean>): Promise<void> {
    for (const tenant of await readdir(this.root).catch(() => []))
      for (const name of await readdir(join(this.root, tenant)).catch(() => [])) {
        const path = join(this.root, tenant, name);
        const { mtimeMs = Infinity } = (await stat(path).catch(() => null)) ?? {};
        const old = name.startsWith('.')
          ? !(await isActive(name.slice(1)))
          : mtimeMs < Date.now() - this.settings.keepExportsMs;
        if (old) await rm(path, { recursive: true, force: true });
      }
  }

  private get folder(): string {
    return join(this.root, currentTenant());
  }

  /** Where a film is, if it was written. */
  pathOf(contentHash: string): string {
    return join(this.folder, `${contentHash}.mp4`);
  }
}
