import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, statfs, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KinoscopeError } from '../core/errors.js';

/** Bytes between two looks at the free space of the disk. */
const DISK_CHECK_BYTES = 64 * 2 ** 20;

export interface WriteLimits {
  readonly maxBytes: number;
  /** Bytes of the disk that stay free. */
  readonly minFreeBytes: number;
}

/** SHA-256 of a file, hexadecimal. `onBytes` hears how many bytes were read so far. @throws AbortError, system errors */
export async function hashFile(
  file: string,
  { signal, onBytes }: { signal?: AbortSignal | undefined; onBytes?: (bytes: number) => void } = {},
): Promise<string> {
  return (await readInto(createHash('sha256'), file, signal, onBytes)).digest('hex');
}

const HASHED_END = 65_536;

/**
 * The hash by which players and OpenSubtitles know a film without reading it whole: its size and the 64-bit words of its first and
 * last 64 KiB added up, 16 hexadecimal digits; null for a file that is smaller than that.
 */
export async function movieHash(file: string): Promise<string | null> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size < HASHED_END) return null;
    let sum = BigInt(size);
    for (const at of [0, size - HASHED_END]) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HASHED_END), 0, HASHED_END, at);
      for (let word = 0; word + 8 <= bytesRead; word += 8) sum += buffer.readBigUInt64LE(word);
    }
    return BigInt.asUintN(64, sum).toString(16).padStart(16, '0');
  } finally {
    await handle.close();
  }
}

async function readInto(
  hash: Hash,
  file: string,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<Hash> {
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20, ...(signal ? { signal } : {}) })) {
    hash.update(chunk as Buffer);
    onBytes?.((bytes += (chunk as Buffer).length));
  }
  return hash;
}

/** @throws KinoscopeError `unavailable` when `bytes` more would not leave `minFreeBytes` free in the folder */
export async function requireSpace(dir: string, bytes: number, minFreeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  if (bavail * bsize - bytes < minFreeBytes) {
    throw new KinoscopeError(
      'unavailable',
      `The disk is too full: ${toMegabytes(bytes)} MB wanted, ${toMegabytes(bavail * bsize)} MB free`,
    );
  }
}

/** @throws KinoscopeError `too-large` */
export function requireSize(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes)
    throw new KinoscopeError('too-large', `The file is larger than ${toMegabytes(maxBytes)} MB, the limit`);
}

const toMegabytes = (bytes: number): number => Math.ceil(bytes / 1e6);

/** A file that grows at its end, within limits, and whose hash is ready with its last byte. */
export class HashingFile {
  private nextDiskCheck: number;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly limits: WriteLimits,
    private hash: Hash,
    private bytes: number,
  ) {
    this.nextDiskCheck = bytes + DISK_CHECK_BYTES;
  }

  /** Opens a file, reading what it holds already into the hash. */
  static async open(path: string, limits: WriteLimits, signal?: AbortSignal): Promise<HashingFile> {
    const handle = await open(path, 'a+');
    try {
      const { size } = await handle.stat();
      await requireSpace(dirname(path), 0, limits.minFreeBytes);
      return new HashingFile(path, handle, limits, await readInto(createHash('sha256'), path, signal), size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get size(): number {
    return this.bytes;
  }

  /** @throws KinoscopeError `too-large`, `unavailable` when the disk is full */
  async write(chunk: Uint8Array): Promise<void> {
    requireSize(this.bytes + chunk.length, this.limits.maxBytes);
    if (this.bytes >= this.nextDiskCheck) {
      await requireSpace(dirname(this.path), 0, this.limits.minFreeBytes);
      this.nextDiskCheck = this.bytes + DISK_CHECK_BYTES;
    }
    // writeFile on a handle goes on at the end until everything is written; write() may stop short.
    await this.handle.writeFile(chunk).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOSPC') throw error;
      throw new KinoscopeError('unavailable', 'The disk is full', { cause: error });
    });
    this.hash.update(chunk);
    this.bytes += chunk.length;
  }

  /** Forgets everything that was written. */
  async restart(): Promise<void> {
    await this.handle.truncate(0);
    this.hash = createHash('sha256');
    this.bytes = 0;
    this.nextDiskCheck = DISK_CHECK_BYTES;
  }

  /** Everything on the disk for good; SHA-256 in hexadecimal. */
  async finish(): Promise<string> {
    await this.handle.sync();
    await this.close();
    return this.hash.digest('hex');
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
