import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import type { Request } from 'express';
import { keepContext } from '../context.js';
import { KinoscopeError } from '../errors.js';

/** Pictures as they lie in a folder of their own while a request is answered. */
export interface Received {
  /** Paths, named as the client named them. */
  readonly files: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
}

const MOST_PHOTOS = 50;
/** Of one picture, bytes. */
const LARGEST_PHOTO = 30 * 2 ** 20;

/**
 * Has `work` done with the pictures of a multipart request, and leaves none of them behind.
 * @throws KinoscopeError `usage`, `too-large`, `cancelled`; whatever `work` throws
 */
export async function withPhotos<T>(request: Request, folder: string, work: (received: Received) => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  const own = await mkdtemp(join(folder, 'photos-'));
  try {
    return await work(await receive(request, own));
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

async function receive(request: Request, folder: string): Promise<Received> {
  let parser: busboy.Busboy;
  try {
    parser = busboy({
      headers: request.headers,
      limits: { files: MOST_PHOTOS + 1, fileSize: LARGEST_PHOTO, fields: 20, fieldSize: 10_000 },
      defParamCharset: 'utf8',
    });
  } catch (error) {
    throw new KinoscopeError('usage', 'The request is not multipart/form-data with a boundary', { cause: error });
  }
  const files: string[] = [];
  const fields: Record<string, string> = {};
  const written: Promise<void>[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      parser.on('field', (field, value) => {
        fields[field] = value;
      });
      parser.on('file', (_field, stream, { filename }) => {
        if (files.length === MOST_PHOTOS) {
          reject(new KinoscopeError('too-large', `A request has at most ${MOST_PHOTOS} pictures`));
          return void stream.resume();
        }
        // Two pictures may have one name.
        const place = join(folder, String(files.length));
        const file = join(place, basename((filename as string | undefined ?? '').replaceAll('\\', '/')) || 'photo');
        files.push(file);
        const arrived = mkdir(place).then(() => pipeline(stream, createWriteStream(file))).then(() => {
          if (stream.truncated) throw new KinoscopeError('too-large', `${basename(file)} is larger than ${LARGEST_PHOTO / 2 ** 20} MB`);
        });
        arrived.catch(reject);
        written.push(arrived);
      });
      parser.on('close', () => resolve());
      parser.on('error', (error) => reject(new KinoscopeError('usage', 'The upload is malformed or incomplete', { cause: error })));
      request.on('aborted', keepContext(() => reject(new KinoscopeError('cancelled', 'The upload was broken off'))));
      request.pipe(parser);
    });
    await Promise.all(written);
    return { files, fields };
  } finally {
    request.unpipe(parser);
    // What was not read would keep the connection busy.
    request.resume();
    await Promise.allSettled(written);
  }
}
