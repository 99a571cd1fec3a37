import type { Readable } from 'node:stream';
import { asKinoscopeError, KinoscopeError } from '../errors.js';
import { LocalSource } from './local-source.js';
import type { Fetched, FetchOptions, MediaSource } from './media-source.js';
import { receiveStream, type ReceiveOptions } from './upload.js';

export type { Fetched, FetchOptions, MediaMetadata } from './media-source.js';

/** Injection token of the downloader. */
export const DOWNLOADER = Symbol('DOWNLOADER');

export interface DownloadSettings {
  /** Folders whose files may be opened by path; null: all. */
  readonly roots: readonly string[] | null;
  /** Largest upload or download, bytes. Default 20 GiB. */
  readonly maxBytes?: number;
  /** Bytes of the disk that an upload or download leaves free. Default 512 MiB. */
  readonly minFreeBytes?: number;
}

export interface Downloader {
  /** A path or a link becomes a local file. @throws KinoscopeError; nothing is left over then */
  fetch(source: string, options: FetchOptions): Promise<Fetched>;
  /** An uploaded stream becomes a local file. @throws KinoscopeError; nothing is left over then */
  receive(stream: Readable, options: ReceiveOptions): Promise<Fetched>;
  /** The real path of a file that may be opened. @throws KinoscopeError `not-allowed`, `not-found`, `unreadable` */
  locate(path: string): Promise<string>;
}

export function createDownloader(settings: DownloadSettings): Downloader {
  const limits = { maxBytes: settings.maxBytes ?? 20 * 2 ** 30, minFreeBytes: settings.minFreeBytes ?? 512 * 2 ** 20 };
  const local = new LocalSource(settings.roots);
  const sources: readonly MediaSource[] = [local];

  async function fetchFrom(source: string, options: FetchOptions): Promise<Fetched> {
    const [way] = sources.filter((candidate) => candidate.match(source));
    if (!way) throw new KinoscopeError('not-allowed', 'Only files, http and https links can be opened');
    const { metadata, fetch } = await way.resolve(source, options.signal);
    return { ...(await fetch(options)), metadata };
  }

  return {
    fetch: (source, options) => fetchFrom(source, options).catch((error: unknown) => Promise.reject(asKinoscopeError(error))),
    receive: (stream, options) => receiveStream(stream, options, limits),
    locate: (path) => local.locate(path),
  };
}
