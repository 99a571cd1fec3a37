import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fetch as undiciFetch, request, type Agent, type Dispatcher } from 'undici';
import type { AddressGuard } from './address-guard.js';
import type { BandwidthLimiter } from './bandwidth.js';
import { extensionOfType } from './http-response.js';
import { asAttemptError, HttpTransfer, type TransferLimits } from './http-transfer.js';
import type { FetchOptions, StoredFile } from './media-source.js';
import { SourceError } from './source-error.js';
import { extensionOf, type FinishedFile, WorkFolder } from './work-folder.js';

export interface HttpLimits extends TransferLimits {
  /** Of one download, all attempts together. */
  readonly maxSeconds: number;
  readonly maxRedirects: number;
  /** A connection that says nothing for so long is given up. */
  readonly stallSeconds: number;
}

export interface HttpRequest {
  readonly url: string;
  /** Names the content over restarts, where the link itself is signed and changes. Default: the link. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Asks for so many bytes at a time, for servers that slow down a client that asks for everything. */
  readonly chunkBytes?: number;
  /** Whatever is sent is taken, pages and archives too: its reader tells whether it is what was wanted. Default: only what may be a film. */
  readonly anything?: true;
  /** Of the file's name, where neither the server nor the link tells. */
  readonly extension?: string;
}

/** Fetches a file into a work folder under a name. @throws SourceError, KinoscopeError `too-large`, `unavailable` */
export type FetchPart = (
  name: string,
  wanted: HttpRequest,
  onProgress?: FetchOptions['onProgress'],
) => Promise<FinishedFile>;

const HEADERS = {
  'user-agent': 'Mozilla/5.0 (compatible; kinoscope)',
  accept: 'video/*, application/octet-stream;q=0.9, */*;q=0.5',
  'accept-encoding': 'identity',
};

/** Downloads over http and https that go on where they were cut, and connect only where the guard lets them. */
export class HttpFetcher {
  private readonly agent: Agent;

  constructor(
    private readonly guard: AddressGuard,
    private readonly limits: HttpLimits,
    private readonly limiter: BandwidthLimiter,
  ) {
    const stallMs = limits.stallSeconds * 1000;
    this.agent = guard.agent({ connectMs: stallMs, stallMs });
  }

  /**
   * Downloads a file into `dir`, or the rest of it where a process that was killed left a part.
   * @throws SourceError, KinoscopeError `too-large`, `unavailable`; nothing is left over then
   */
  async download(wanted: HttpRequest, options: FetchOptions): Promise<StoredFile & { kept: boolean }> {
    const key = wanted.key ?? this.guard.check(wanted.url).href;
    return this.inFolder(key, options, async (fetch, work) => ({
      ...(await work.keep(await fetch('media', wanted, options.onProgress))),
      kept: true,
    }));
  }

  /**
   * Downloads files that one is made of into a work folder, within the limits of one download, or the rest of them where a process
   * that was killed left some.
   * @param key names what is made
   * @param make is given what fetches a file under a name of its own
   * @throws SourceError, KinoscopeError `too-large`, `unavailable`, whatever `make` throws; nothing is left over then
   */
  async inFolder<T>(
    key: string,
    { dir, signal }: Pick<FetchOptions, 'dir' | 'signal'>,
    make: (fetch: FetchPart, work: WorkFolder) => Promise<T>,
  ): Promise<T> {
    const deadline = AbortSignal.timeout(this.limits.maxSeconds * 1000);
    const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
    let left = this.limits.maxBytes;
    return WorkFolder.use(dir, `http ${key}`, signal, (work) =>
      make(async (name, wanted, onProgress) => {
        const file = await this.fetchInto(work, name, wanted, { left, signal: either, onProgress }).catch(
          (error: unknown) => {
            if (!deadline.aborted || signal?.aborted) throw error;
            throw new SourceError('too-slow', `more than ${this.limits.maxSeconds} s`, { cause: error });
          },
        );
        left -= (await stat(file.path)).size;
        return file;
      }, work),
    );
  }

  private async fetchInto(
    work: WorkFolder,
    name: string,
    wanted: HttpRequest,
    { left, signal, onProgress }: { left: number; signal: AbortSignal; onProgress: FetchOptions['onProgress'] },
  ): Promise<FinishedFile> {
    const url = this.guard.check(wanted.url);
    const path = join(work.path, name);
    const { sha256, contentType } = await HttpTransfer.run(work, path, {
      limits: { ...this.limits, maxBytes: left },
      limiter: this.limiter,
      open: (headers) => this.open(url, { ...HEADERS, ...wanted.headers, ...headers }, signal),
      chunkBytes: wanted.chunkBytes ?? null,
      anything: wanted.anything ?? false,
      signal,
      onProgress,
    });
    const extension = extensionOfType(contentType) ?? wanted.extension ?? extensionOf(url.pathname);
    return { path, sha256, extension };
  }

  /** A link that may be asked for, as far as its form tells. @throws SourceError `bad-link`, `private-address` */
  check(link: string): URL {
    return this.guard.check(link);
  }

  /** `fetch` for libraries that talk to a site themselves: the same guard. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const asked = new Request(input, init);
    const response = await undiciFetch(this.guard.check(asked.url), {
      method: asked.method,
      headers: [...asked.headers],
      ...(asked.body ? { body: await asked.text() } : {}),
      redirect: asked.redirect,
      signal: asked.signal,
      dispatcher: this.agent,
    });
    // undici's own type, of the same class
    // eslint-disable-next-line no-restricted-syntax
    return response as unknown as Response;
  };

  /** Ends every connection. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async open(
    start: URL,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    let url = start;
    for (let hop = 0; hop <= this.limits.maxRedirects; hop++) {
      const response = await request(url, { dispatcher: this.agent, headers, signal }).catch((error: unknown) => {
        throw asAttemptError(error, signal);
      });
      const { location } = response.headers;
      if (response.statusCode < 300 || response.statusCode >= 400 || typeof location !== 'string') return response;
      response.body.on('error', () => undefined).destroy();
      url = this.guard.check(location, url);
    }
    throw new SourceError('redirect-loop', `more than ${this.limits.maxRedirects}`);
  }
}
