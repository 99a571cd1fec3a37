import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Settings } from '../config/settings.js';
import { currentTenant, inContext } from '../core/context.js';
import type { Collection, CollectionSpec, Document, Store, Write } from '../storage/collection.js';
import { TITLES, type Title } from './documents.js';

/** Files that have to go because what they show was deleted, as the commit that deleted it notes them. */
interface NotedFiles extends Document {
  readonly tenant: string;
  /** Paths, below the service's home where they lie there. */
  readonly files: readonly string[];
  /** Beginnings of paths: all files of a folder that begin so. */
  readonly prefixes: readonly string[];
  /** Films, which stay while a title has them. */
  readonly films: readonly string[];
}

const NOTED_FILES: CollectionSpec = {
  name: 'noted_files',
  fields: { tenant: 'string', files: 'array', prefixes: 'array', films: 'array' },
  shared: true,
};

const PAUSE_MS = 3_600_000;

/**
 * Removes files together with the documents that they belong to: the commit that deletes these notes those, so that a
 * process that dies afterwards leaves the rest to the next one that starts.
 */
export class FileRemoval implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('removal');
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly store: Store,
    private readonly noted: Collection<NotedFiles>,
    private readonly titles: Collection<Title>,
    private readonly settings: Pick<Settings, 'home' | 'api'>,
  ) {}

  static async open(store: Store, settings: Pick<Settings, 'home' | 'api'>): Promise<FileRemoval> {
    return new FileRemoval(store, await store.collection(NOTED_FILES), await store.collection(TITLES), settings);
  }

  /** The write that notes files, to be committed with the deletion of what they show. */
  note({ files = [], prefixes = [], films = [] }: Partial<Pick<NotedFiles, 'files' | 'prefixes' | 'films'>>): Write {
    const { home } = this.settings;
    // the home may be mounted elsewhere tomorrow
    const portable = (path: string): string => {
      const inside = relative(home, path);
      return inside.startsWith('..') || isAbsolute(inside) ? path : inside;
    };
    const document = {
      id: randomUUID(),
      tenant: currentTenant(),
      files: files.map(portable),
      prefixes: prefixes.map(portable),
      films: films.map(portable),
    };
    return { kind: 'upsert', collection: NOTED_FILES.name, document };
  }

  /** Removes what is noted, and has the database forget what was deleted; what cannot be done now stays noted. */
  async carryOut(): Promise<void> {
    // the files lie on the api's disk
    if (this.settings.api) return;
    try {
      const { items } = await this.noted.find({}, { limit: 1000 });
      if (items.length === 0) return;
      for (const one of items) await inContext({ tenant: one.tenant, actor: 'worker' }, () => this.remove(one));
      await this.store.purge();
      for (const { id } of items) await this.noted.delete(id);
    } catch (error) {
      this.logger.warn(`Files of what was deleted are left, and are removed later: ${String(error)}`);
    }
  }

  private async remove({ files, prefixes, films }: NotedFiles): Promise<void> {
    const place = (path: string): string => resolve(this.settings.home, path);
    for (const file of files) await rm(place(file), { force: true });
    for (const prefix of prefixes.map(place)) {
      const names = await readdir(dirname(prefix)).catch(() => []);
      for (const name of names)
        if (name.startsWith(basename(prefix))) await rm(join(dirname(prefix), name), { force: true });
    }
    for (const film of films.map(place))
      if ((await this.titles.count({ 'source.file': film })) === 0) await rm(film, { force: true });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.carryOut();
    this.timer = setInterval(() => void this.carryOut(), PAUSE_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }
}
