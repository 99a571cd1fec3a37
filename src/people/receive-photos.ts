import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Request } from 'express';
import { KinoscopeError } from '../core/errors.js';
import { WorkFolder } from '../download/work-folder.js';
import type { PictureFile } from '../frames/picture.js';
import type { Fields, Uploads } from '../http/uploads.js';

/** Pictures as they lie in a folder of their own while a request is answered. */
export interface Received {
  readonly files: readonly PictureFile[];
  readonly fields: Fields;
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
}

const MOST_PHOTOS = 50;
/** Of one picture, bytes. */
const LARGEST_PHOTO = 30 * 2 ** 20;

/**
 * Has `work` done with the pictures of a multipart request, and leaves none of them behind.
 * @throws KinoscopeError `usage`, `too-large`, `cancelled`, `unavailable`; whatever `work` throws
 */
export async function withPhotos<T>(
  uploads: Uploads,
  request: Request,
  work: (received: Received) => Promise<T>,
): Promise<T> {
  const folder = await WorkFolder.open(uploads.folder, null);
  const left = new AbortController();
  const leave = (): void => left.abort();
  request.socket.once('close', leave);
  try {
    const files: PictureFile[] = [];
    const fields = await uploads.read(
      request,
      { files: MOST_PHOTOS, fileBytes: LARGEST_PHOTO },
      async ({ name, stream }, _fields, signal) => {
        const photo = { file: join(folder.path, String(files.length)), name: name || 'photo' };
        files.push(photo);
        await pipeline(stream, createWriteStream(photo.file), { signal });
        if ('truncated' in stream && stream.truncated)
          throw new KinoscopeError('too-large', `${photo.name} is larger than ${LARGEST_PHOTO / 2 ** 20} MB`);
      },
    );
    return await work({ files, fields, signal: left.signal });
  } finally {
    request.socket.off('close', leave);
    await folder.discard();
  }
}
