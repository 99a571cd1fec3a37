import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { KinoscopeError } from '../core/errors.js';

/** A file that is open, and what is said of it. */
export interface OpenFile {
  readonly handle: FileHandle;
  /** Bytes. */
  readonly size: number;
  readonly modified: Date;
  readonly type: string;
  /** The name under which it is saved; null where a browser may show it. */
  readonly saveAs: string | null;
}

/**
 * The range of bytes that is asked for, both ends included; null for all, also where there are several or what is asked is none
 * (RFC 9110, 14.1.2). @throws KinoscopeError `no-such-range` for one past the end
 */
function rangeOf(request: Request, response: Response, size: number): { start: number; end: number } | null {
  const condition = request.get('if-range');
  if (condition !== undefined && condition !== response.get('ETag') && condition !== response.get('Last-Modified'))
    return null;
  const [, first, last] = /^bytes=(\d*)-(\d*)$/i.exec(request.get('range') ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') return null;
  // the last bytes may be more than there are
  const [start, end] =
    first === ''
      ? [Math.max(0, size - Number(last)), size - 1]
      : [Number(first), last === '' ? size - 1 : Math.min(Number(last), size - 1)];
  if (last !== '' && first !== '' && Number(last) < Number(first)) return null;
  if (start < size) return { start, end };
  response.setHeader('Content-Range', `bytes */${size}`);
  throw new KinoscopeError('no-such-range', `The file has ${size} bytes, of which the range has none`);
}

/**
 * Answers with a file, or with the range of bytes that was asked for, and closes it. Browsers are told to take it for nothing but what
 * it is, and to run nothing of it.
 */
export async function sendFile(
  request: Request,
  response: Response,
  { handle, size, modified, type, saveAs }: OpenFile,
): Promise<void> {
  try {
    response.setHeader('Accept-Ranges', 'bytes');
    response.setHeader('ETag', `"${size.toString(16)}-${modified.getTime().toString(16)}"`);
    response.setHeader('Last-Modified', modified.toUTCString());
    response.setHeader('Cache-Control', 'private, no-cache');
    if (request.fresh) return void response.status(304).end();
    const range = rangeOf(request, response, size);
    const { start, end } = range ?? { start: 0, end: size - 1 };
    if (range) response.status(206).setHeader('Content-Range', `bytes ${start}-${end}/${size}`);
    response.setHeader('Content-Type', type);
    response.setHeader('Content-Length', end - start + 1);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Content-Security-Policy', 'sandbox');
    response.setHeader('Content-Disposition', saveAs === null ? 'inline' : `attachment; filename="${saveAs}"`);
    if (request.method === 'HEAD') return void response.end();
    // A client that leaves in the middle can be told nothing more.
    await pipeline(handle.createReadStream({ start, end, autoClose: false }), response).catch(() => response.destroy());
  } finally {
    await handle.close();
  }
}
