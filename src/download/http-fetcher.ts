import { join } from 'node:path';
import { fetch as undiciFetch, request, type Agent, type Dispatcher } from 'undici';
import type { AddressGuard } from './address-guard.js';
import type { BandwidthLimiter } from './bandwidth.js';
import { extensionOfType } from './http-response.js';
import { asAttemptError, HttpTransfer, type TransferLimits } from './http-transfer.js';
import { DownloadPaused, type FetchOptions, type StoredFile } from './media-source.js';
import { SourceError } from './source-error.js';
import { extensionOf, WorkFolder } from './work-folder.js';

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
  async download(
    wanted: HttpRequest,
    { dir, signal, onProgress }: FetchOptions,
  ): Promise<StoredFile & { kept: boolean }> {
    const url = this.guard.check(wanted.url);
    const work = await WorkFolder.open(dir, `http ${wanted.key ?? url.href}`);
    const deadline = AbortSignal.timeout(this.limits.maxSeconds * 1000);
    const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
    try {
      const path = join(work.path, 'media');
      const { sha256, contentType } = await HttpTransfer.run(work, path, {
        limits: this.limits,
        limiter: this.limiter,
        open: (headers) => this.open(url, { ...HEADERS, ...wanted.headers, ...headers }, either),
        chunkBytes: wanted.chunkBytes ?? null,
        anything: wanted.anything ?? false,
        signal: either,
        onProgress,
      });
      return {
        ...(await work.keep(
          path,
          sha256,
          extensionOfType(contentType) ?? wanted.extension ?? extensionOf(url.pathname),
        )),
        kept: true,
      };
    } catch (error) {
      if (signal?.reason instanceof DownloadPaused) work.leave();
      else await work.discard();
      if (!deadline.aborted || signal?.aborted) throw error;
      throw new SourceError('too-slow', `more than ${this.limits.maxSeconds} s`, { cause: error });
    }
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
