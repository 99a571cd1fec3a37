import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { HttpException } from '@nestjs/common';
import type { Request, Response } from 'express';

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

/** The range of bytes that is asked for, both ends included; null for all, also where there are several. @throws HttpException 416 */
function rangeOf(request: Request, response: Response, size: number): { start: number; end: number } | null {
  const condition = request.get('if-range');
  if (condition !== undefined && condition !== response.get('ETag') && condition !== response.get('Last-Modified'))
    return null;
  const ranges = request.range(size, { combine: true });
  if (ranges === undefined || ranges === -2) return null;
  if (ranges === -1) {
    response.setHeader('Content-Range', `bytes */${size}`);
    throw new HttpException(
      { error: 'Range Not Satisfiable', message: `The file has ${size} bytes, of which the range has none` },
      416,
    );
  }
  return ranges.type === 'bytes' && ranges.length === 1 ? ranges[0]! : null;
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
