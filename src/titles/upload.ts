import type { Readable } from 'node:stream';
import busboy from 'busboy';
import type { Request } from 'express';
import { keepContext } from '../context.js';
import { KinoscopeError } from '../errors.js';
import type { Title } from './documents.js';
import type { FetchOptions } from './titles.service.js';

type Receive = (stream: Readable, fileName: string, options: FetchOptions) => Promise<Title>;

/**
 * Hands the first file of a multipart request on as a stream: nothing of it is held in memory. A client that leaves in
 * the middle aborts the upload.
 * @throws KinoscopeError `usage` when the request carries no file or is malformed; whatever `receive` throws
 */
export async function receiveUpload(request: Request, receive: Receive): Promise<Title> {
  const abort = new AbortController();
  let parser: busboy.Busboy;
  try {
    parser = busboy({ headers: request.headers, limits: { files: 1, fields: 10, fieldSize: 10_000 }, defParamCharset: 'utf8' });
  } catch (error) {
    throw new KinoscopeError('usage', 'The upload is not multipart/form-data with a boundary', { cause: error });
  }
  try {
    return await new Promise<Title>((resolve, reject) => {
      let name: string | undefined;
      let received: Promise<void> | null = null;
      parser.on('field', (field, value) => {
        if (field === 'name' && value) name = value;
      });
      parser.on('file', keepContext((_field: string, stream: Readable, { filename }: busboy.FileInfo) => {
        const options = { signal: abort.signal, ...(name ? { name } : {}) };
        received = receive(stream, filename || 'upload', options).then(resolve, reject);
      }));
      parser.on('close', () => {
        if (!received) reject(new KinoscopeError('usage', 'The upload carries no file'));
      });
      parser.on('error', (error) => {
        abort.abort();
        reject(new KinoscopeError('usage', 'The upload is malformed or incomplete', { cause: error }));
      });
      request.on('aborted', () => {
        abort.abort();
        reject(new KinoscopeError('cancelled', 'The upload was broken off'));
      });
      request.pipe(parser);
    });
  } finally {
    request.unpipe(parser);
    // What was not read would keep the connection busy.
    request.resume();
  }
}
