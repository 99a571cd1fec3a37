import { link, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { KinoscopeError } from '../core/errors.js';
import { hashFile, HashingFile, type WriteLimits } from './hashing.js';
import { parseMediaName } from './media-name.js';
import type { Fetched } from './media-source.js';
import { extensionOf, WorkFolder } from './work-folder.js';

export interface ReceiveOptions {
  readonly dir: string;
  /** The file's name as its sender calls it: its ending is kept, and what else it says is the film's metadata. */
  readonly name: string;
  readonly signal?: AbortSignal | undefined;
  /** Is told the hash before the file gets its final name. */
  readonly onArrived?: (sha256: string) => Promise<void>;
}

/**
 * Stores a stream under the hash of its content.
 * @throws KinoscopeError `too-large`, `cancelled` when the sender leaves, `unreadable` when nothing was sent; the stream
 * is destroyed and nothing is left over then
 */
export async function receiveStream(
  stream: Readable,
  { dir, name, signal, onArrived }: ReceiveOptions,
  limits: WriteLimits,
): Promise<Fetched> {
  const work = await WorkFolder.open(dir, null);
  // Destroying the stream is what ends the loop below when it waits for a sender that is silent.
  const onAbort = (): void => void stream.destroy(new Error('aborted'));
  try {
    signal?.throwIfAborted();
    signal?.addEventListener('abort', onAbort, { once: true });
    const path = join(work.path, 'media');
    const sha256 = await write(stream, await HashingFile.open(path, limits));
    await onArrived?.(sha256);
    const stored = await work.keep({ path, sha256, extension: extensionOf(name) });
    return { ...stored, kept: true, metadata: parseMediaName(name) };
  } catch (error) {
    stream.destroy();
    await work.discard();
    if (error instanceof KinoscopeError) throw error;
    if (signal?.aborted || stream.errored || stream.readableAborted) {
      throw new KinoscopeError('cancelled', 'The upload was broken off', { cause: error });
    }
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/**
 * Keeps a file of this disk under the hash of its content as well, without copying it.
 * @throws KinoscopeError `unreadable` when it is empty, `cancelled`
 */
export async function adoptFile(file: string, { dir, name, signal, onArrived }: ReceiveOptions): Promise<Fetched> {
  const work = await WorkFolder.open(dir, null);
  try {
    const path = join(work.path, 'media');
    await link(file, path);
    if ((await stat(path)).size === 0) throw new KinoscopeError('unreadable', 'The upload is empty');
    const sha256 = await hashFile(path, { signal });
    await onArrived?.(sha256);
    return {
      ...(await work.keep({ path, sha256, extension: extensionOf(name) })),
      kept: true,
      metadata: parseMediaName(name),
    };
  } catch (error) {
    await work.discard();
    throw error;
  }
}

async function write(stream: Readable, file: HashingFile): Promise<string> {
  try {
    for await (const chunk of stream) await file.write(chunk as Uint8Array);
    if (file.size === 0) throw new KinoscopeError('unreadable', 'The upload is empty');
    return await file.finish();
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}
