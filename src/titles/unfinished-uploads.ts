import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Writable } from 'node:stream';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { currentTenant } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { requireSize, requireSpace } from '../download/hashing.js';
import { type Collection, type CollectionSpec, type Document, type Store, STORE } from '../storage/collection.js';
import { everything } from '../storage/pages.js';

/** An upload that comes in parts: its length is promised, and how much is there is told by its file. */
export interface UnfinishedUpload extends Document {
  readonly tenant: string;
  /** As its sender calls it. */
  readonly fileName: string;
  /** Bytes of the whole file. */
  readonly size: number;
  readonly createdAt: string;
}

const UPLOADS: CollectionSpec = {
  name: 'uploads',
  fields: { tenant: 'string', fileName: 'string', size: 'number', createdAt: 'string' },
  indexes: [{ paths: ['tenant'] }],
  // what nobody comes back for is removed in nobody's name
  shared: true,
};

export interface UploadState {
  readonly id: string;
  readonly fileName: string;
  readonly size: number;
  /** Bytes that are there. */
  readonly offset: number;
  /** When it goes unless more of it comes. */
  readonly expiresAt: string;
}

/** Of one tenant. */
const MOST_AT_ONCE = 1000;
const DISK_CHECK_BYTES = 64 * 2 ** 20;
const SWEEP_MS = 3_600_000;

/** A part of an upload that is coming. */
interface Coming {
  readonly abort: AbortController;
  readonly ended: Promise<unknown>;
}

/** Keeps what has come of uploads until the rest does, whatever happens to the sender or this process meanwhile. */
@Injectable()
export class UnfinishedUploads implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly folder: string;
  private readonly coming = new Map<string, Coming>();
  private uploads: Collection<UnfinishedUpload> | null = null;
  private sweeper: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.folder = join(settings.home, 'unfinished');
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.sweep();
    this.sweeper = setInterval(() => void this.sweep().catch(() => undefined), SWEEP_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    clearInterval(this.sweeper);
    const all = [...this.coming.values()];
    for (const { abort } of all) abort.abort(new KinoscopeError('unavailable', 'The service is stopping'));
    await Promise.allSettled(all.map(({ ended }) => ended));
  }

  /** @throws KinoscopeError `too-large`, `unavailable` when the disk would be too full, `conflict` past {@link MOST_AT_ONCE} */
  async create(fileName: string, size: number): Promise<UploadState> {
    const { maxUploadBytes, download } = this.settings;
    requireSize(size, maxUploadBytes);
    await mkdir(this.folder, { recursive: true });
    await requireSpace(this.folder, size, download.minFreeBytes);
    const uploads = await this.open();
    const tenant = currentTenant();
    if ((await uploads.count({ tenant })) >= MOST_AT_ONCE)
      throw new KinoscopeError('conflict', `${MOST_AT_ONCE} uploads are not finished: finish or delete some first`);
    const id = randomBytes(16).toString('hex');
    const createdAt = new Date().toISOString();
    await uploads.insert({ id, tenant, fileName, size, createdAt });
    await (await open(this.pathOf(id), 'wx')).close();
    return this.read(id);
  }

  /** @throws KinoscopeError `not-found`, also for another tenant's */
  async read(id: string): Promise<UploadState> {
    const { fileName, size } = await this.find(id);
    const { offset, modified } = await this.stateOf(id);
    const expiresAt = new Date(modified + this.settings.keepUploadsMs).toISOString();
    return { id, fileName, size, offset, expiresAt };
  }

  /** This tenant's, the newest first. */
  async list(): Promise<UploadState[]> {
    const { items } = await (
      await this.open()
    ).find({ tenant: currentTenant() }, { limit: 1000, sort: { path: 'createdAt', order: 'desc' } });
    const states = await Promise.all(items.map(({ id }) => this.read(id).catch(() => null)));
    return states.filter((state) => state !== null);
  }

  /**
   * Adds what comes to an upload. A part of it that was coming before is broken off: its sender has come back.
   * @param offset bytes that the sender knows to be there
   * @returns bytes that are there now
   * @throws KinoscopeError `not-found`, `conflict` when it is another offset, `too-large` past its length, `cancelled` when the
   *   sender leaves, `unavailable` when the disk is full or the service stops; what has come stays
   */
  async append(id: string, offset: number, stream: Readable): Promise<number> {
    const { size } = await this.find(id);
    await this.breakOff(id);
    if (this.stopping) throw new KinoscopeError('unavailable', 'The service is stopping');
    const abort = new AbortController();
    const work = this.write(id, size, offset, stream, abort.signal);
    const one = { abort, ended: work.catch(() => undefined) };
    this.coming.set(id, one);
    try {
      return await work;
    } finally {
      if (this.coming.get(id) === one) this.coming.delete(id);
    }
  }

  /** @throws KinoscopeError `not-found` */
  async remove(id: string): Promise<void> {
    await this.find(id);
    await this.breakOff(id);
    await (await this.open()).delete(id);
    await rm(this.pathOf(id), { force: true });
  }

  /** Has work done with an upload that is there whole; afterwards it is gone, unless the work may be tried again. */
  async finish<T>(id: string, work: (file: string, fileName: string) => Promise<T>): Promise<T> {
    const { fileName, size, offset } = await this.read(id);
    if (offset < size) throw new KinoscopeError('conflict', `Of the upload ${id} ${size - offset} bytes have not come`);
    try {
      const done = await work(this.pathOf(id), fileName);
      await this.remove(id).catch(() => undefined);
      return done;
    } catch (error) {
      if (error instanceof KinoscopeError && !error.mayPass && error.code !== 'cancelled')
        await this.remove(id).catch(() => undefined);
      throw error;
    }
  }

  private async write(
    id: string,
    size: number,
    offset: number,
    stream: Readable,
    signal: AbortSignal,
  ): Promise<number> {
    const there = (await this.stateOf(id)).offset;
    if (there !== offset)
      throw new KinoscopeError('conflict', `Of the upload ${id} ${there} bytes are there, not ${offset}`);
    const { minFreeBytes } = this.settings.download;
    const file = await open(this.pathOf(id), 'a');
    let end = offset;
    let nextCheck = offset;
    let last: Promise<void> = Promise.resolve();
    const take = async (chunk: Buffer): Promise<void> => {
      if (end + chunk.length > size)
        throw new KinoscopeError('too-large', `The upload is longer than the ${size} bytes that were promised`);
      if (end >= nextCheck) {
        await requireSpace(this.folder, 0, minFreeBytes);
        nextCheck = end + DISK_CHECK_BYTES;
      }
      await file.appendFile(chunk);
      end += chunk.length;
    };
    try {
      await drain(stream, (chunk) => (last = take(chunk)), signal);
      if (end === size) await file.sync();
      return end;
    } finally {
      await last.catch(() => undefined);
      await close(file);
    }
  }

  private async breakOff(id: string): Promise<void> {
    const before = this.coming.get(id);
    before?.abort.abort(new KinoscopeError('cancelled', 'The upload goes on in another request'));
    await before?.ended;
  }

  private async find(id: string): Promise<UnfinishedUpload> {
    const found = await (await this.open()).get(id);
    if (found?.tenant !== currentTenant()) throw new KinoscopeError('not-found', `There is no upload ${id}`);
    return found;
  }

  private async stateOf(id: string): Promise<{ offset: number; modified: number }> {
    const found = await stat(this.pathOf(id)).catch(() => null);
    if (!found) throw new KinoscopeError('not-found', `There is no upload ${id}`);
    return { offset: found.size, modified: found.mtimeMs };
  }

  /** Removes what nobody came back for, and files that belong to no upload. */
  private async sweep(): Promise<void> {
    const uploads = await this.open();
    const oldest = Date.now() - this.settings.keepUploadsMs;
    for (const { id, createdAt } of await everything(uploads, {})) {
      const found = await stat(this.pathOf(id)).catch(() => null);
      if ((found?.mtimeMs ?? Date.parse(createdAt)) >= oldest || this.coming.has(id)) continue;
      await uploads.delete(id);
      await rm(this.pathOf(id), { force: true });
    }
    for (const name of await readdir(this.folder).catch(() => [])) {
      if (!(await uploads.get(name))) await rm(join(this.folder, name), { force: true });
    }
  }

  private async open(): Promise<Collection<UnfinishedUpload>> {
    return (this.uploads ??= await this.store.collection<UnfinishedUpload>(UPLOADS));
  }

  private pathOf(id: string): string {
    return join(this.folder, id);
  }
}

const close = async (file: FileHandle): Promise<void> => file.close().catch(() => undefined);

/**
 * Gives what comes to `take`, a chunk at a time, until all has come. It flows, so that a sender who does not get on is noticed.
 * @throws what `take` throws, the signal's reason, KinoscopeError `cancelled` when the sender leaves
 */
function drain(stream: Readable, take: (chunk: Buffer) => Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const sink = new Writable({ write: (chunk: Buffer, _encoding, done) => void take(chunk).then(() => done(), done) });
    const leave = (): void => fail(new KinoscopeError('cancelled', 'The upload was broken off'));
    const stop = (): void => fail(signal.reason as Error);
    const end = (): void => {
      signal.removeEventListener('abort', stop);
      stream.off('close', closed);
    };
    const fail = (error: Error): void => {
      end();
      stream.unpipe(sink);
      sink.destroy();
      // what was not read is to come to its end
      stream.resume();
      reject(error);
    };
    const closed = (): void => {
      if (!stream.readableEnded) leave();
    };
    sink.on('finish', () => {
      end();
      resolve();
    });
    sink.on('error', fail);
    stream.on('error', leave);
    stream.on('close', closed);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) return stop();
    if (stream.destroyed) return leave();
    stream.pipe(sink);
  });
}
