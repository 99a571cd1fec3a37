import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import busboy from 'busboy';
import type { Request } from 'express';
import { SETTINGS, type Settings } from '../config/settings.js';
import { keepContext } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { WorkFolder } from '../download/work-folder.js';

/** A file of a multipart request, as it comes. */
export interface UploadedFile {
  /** What its sender calls it, at most 255 bytes: to be shown, never to be opened. */
  readonly name: string;
  readonly stream: Readable;
}

export interface UploadLimits {
  readonly files: number;
  /** Of one file; unset: its taker has a limit. */
  readonly fileBytes?: number;
}

export type Fields = Readonly<Partial<Record<string, string>>>;
type Receive = (file: UploadedFile, fields: Fields, signal: AbortSignal) => Promise<void>;

/** No field has more than 10 000 characters, each at most 3 bytes a unit of UTF-16; who takes it counts them. */
const FIELD_BYTES = 40_000;
/** As file systems have it. */
const NAME_BYTES = 255;

/** What comes as multipart/form-data: handed on as streams, and broken off when the client leaves or the service stops. */
@Injectable()
export class Uploads implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly underWay = new Map<Promise<unknown>, (reason: KinoscopeError) => void>();
  private stopping = false;

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  /** Where files lie while they are looked at. */
  get folder(): string {
    return join(this.settings.home, 'incoming');
  }

  /** Removes what processes that are gone were receiving. */
  async onApplicationBootstrap(): Promise<void> {
    const { home } = this.settings;
    const tenants = await readdir(join(home, 'tenants')).catch(() => []);
    const folders = [
      this.folder,
      join(home, 'media'),
      ...tenants.map((tenant) => join(home, 'tenants', tenant, 'media')),
    ];
    for (const folder of folders) await WorkFolder.sweep(folder);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    for (const breakOff of this.underWay.values())
      breakOff(new KinoscopeError('unavailable', 'The service is stopping'));
    await Promise.allSettled(this.underWay.keys());
  }

  /**
   * Hands every file of a request to `receive` as it comes, and waits until all are taken. Nothing is held in memory.
   * @returns the fields
   * @throws KinoscopeError `usage` when the request is malformed, `too-large`, `cancelled` when the client has left, `unavailable`
   *   when the service stops; whatever `receive` throws. Its signal has aborted then, and what it was doing has ended.
   */
  async read(request: Request, limits: UploadLimits, receive: Receive): Promise<Fields> {
    if (this.stopping) throw new KinoscopeError('unavailable', 'The service is stopping');
    const abort = new AbortController();
    const work = readSegments(request, openParser(request, limits), limits, receive, abort);
    this.underWay.set(work, (reason) => abort.abort(reason));
    try {
      return await work;
    } finally {
      this.underWay.delete(work);
    }
  }
}

function openParser(request: Request, { files, fileBytes = Infinity }: UploadLimits): busboy.Busboy {
  try {
    // one more than is allowed, so that it is refused instead of left out
    const limits = { files: files + 1, fileSize: fileBytes + 1, fields: 20, fieldSize: FIELD_BYTES, headerPairs: 20 };
    return busboy({ headers: request.headers, limits, defParamCharset: 'utf8' });
  } catch (cause) {
    throw new KinoscopeError('usage', 'The request is not multipart/form-data with a boundary', { cause });
  }
}

async function readSegments(
  request: Request,
  parser: busboy.Busboy,
  limits: UploadLimits,
  receive: Receive,
  abort: AbortController,
): Promise<Fields> {
  const { signal } = abort;
  const fields: Partial<Record<string, string>> = {};
  const taken: Promise<void>[] = [];
  const leave = (): void => abort.abort(new KinoscopeError('cancelled', 'The upload was broken off'));
  try {
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      const take = keepContext(async (filename: string | undefined, stream: Readable): Promise<void> => {
        if (taken.length >= limits.files)
          throw new KinoscopeError(
            'too-large',
            `A request has at most ${limits.files} file${limits.files === 1 ? '' : 's'}`,
          );
        await receive({ name: checkedName(filename), stream }, fields, signal);
      });
      parser.on('file', (_field, stream, { filename }) => {
        // it ends with an error when the request does
        stream.on('error', () => undefined);
        const taking = take(filename as string | undefined, stream);
        taking.catch((error: unknown) => abort.abort(error));
        taken.push(taking);
      });
      parser.on('field', (field, value, { valueTruncated }) => {
        if (valueTruncated) abort.abort(new KinoscopeError('too-large', `The field ${field} is too long`));
        else fields[field] = value;
      });
      parser.on('close', resolve);
      parser.on('error', (cause) =>
        abort.abort(new KinoscopeError('usage', 'The upload is malformed or incomplete', { cause })),
      );
      request.on('aborted', leave);
      if (request.destroyed) leave();
      request.pipe(parser);
    });
    await Promise.all(taken);
    return fields;
  } finally {
    request.off('aborted', leave);
    request.unpipe(parser);
    parser.destroy();
    // what was not read is to come to its end, or to the one that `slow-requests.ts` makes of it
    request.resume();
    await Promise.allSettled(taken);
  }
}

/** @throws KinoscopeError `usage` for a name that no file can have */
function checkedName(name = ''): string {
  if (Buffer.byteLength(name) > NAME_BYTES)
    throw new KinoscopeError('usage', `A file's name has at most ${NAME_BYTES} bytes`);
  return name;
}
