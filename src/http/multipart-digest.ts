import { createHash } from 'node:crypto';
import { finished } from 'node:stream/promises';
import type { Request } from 'express';

/**
 * The hash of a multipart body as somebody else reads it. The boundary, which a client may choose again for the same
 * parts, does not count.
 */
export class MultipartDigest {
  private readonly hash = createHash('sha256');
  /** What stands before and after each part. The first has no line before it. */
  private readonly delimiter: Buffer;
  private rest = Buffer.from('\r\n');

  /** null: the request has no parts. */
  static of(request: Request): MultipartDigest | null {
    const type = request.get('content-type') ?? '';
    const boundary = /^multipart\/form-data\b.*;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type);
    return boundary && new MultipartDigest(request, boundary[1] ?? boundary[2]!);
  }

  private constructor(
    private readonly request: Request,
    boundary: string,
  ) {
    this.delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  /** Listens as soon as somebody else does: to listen is what makes a request flow. */
  follow(): void {
    const begin = (event: string | symbol): void => {
      if (event !== 'data') return;
      this.request.off('newListener', begin);
      this.request.on('data', (chunk: Buffer) => this.update(chunk));
    };
    this.request.on('newListener', begin);
  }

  /** Waits for the end of the body, and reads it where nobody else does. @throws when it was broken off */
  async end(): Promise<string> {
    if (!this.request.readableEnded) {
      // the reader who has listened, or the hash alone
      if (this.request.listenerCount('data') === 0) this.request.on('data', (chunk: Buffer) => this.update(chunk));
      this.request.resume();
      await finished(this.request, { writable: false });
    }
    return this.hash.update(this.rest).digest('hex');
  }

  private update(chunk: Buffer): void {
    const bytes = Buffer.concat([this.rest, chunk]);
    let start = 0;
    for (let at = bytes.indexOf(this.delimiter); at >= 0; at = bytes.indexOf(this.delimiter, start)) {
      this.hash.update(bytes.subarray(start, at)).update('\0');
      start = at + this.delimiter.length;
    }
    // a delimiter may go on in the next chunk
    const sure = Math.max(start, bytes.length - this.delimiter.length + 1);
    this.hash.update(bytes.subarray(start, sure));
    this.rest = Buffer.from(bytes.subarray(sure));
  }
}
