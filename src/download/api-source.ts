import { KinoscopeError } from '../core/errors.js';
import { AddressGuard, type GuardSettings } from './address-guard.js';
import type { BandwidthLimiter } from './bandwidth.js';
import { HttpFetcher, type HttpLimits } from './http-fetcher.js';
import type { FetchOptions, StoredFile } from './media-source.js';

/** Films that lie on the disk of our own api. Its host may be private, and the key is sent nowhere else: no redirect is followed. */
export class ApiSource {
  private readonly fetcher: HttpFetcher;

  constructor(
    private readonly api: { readonly url: string; readonly key: string | null },
    { allowHosts = [], resolver }: GuardSettings,
    limits: HttpLimits,
    limiter: BandwidthLimiter,
  ) {
    const host = new URL(api.url).hostname.replace(/^\[|\]$/g, '');
    const guard = new AddressGuard({ allowHosts: [...allowHosts, host], resolver });
    this.fetcher = new HttpFetcher(guard, { ...limits, maxRedirects: 0 }, limiter);
  }

  /** @throws KinoscopeError; nothing is left over then */
  async fetch(path: string, extension: string, options: FetchOptions): Promise<StoredFile> {
    const url = new URL(path, this.api.url.endsWith('/') ? this.api.url : `${this.api.url}/`).href;
    const headers = this.api.key === null ? {} : { authorization: `Bearer ${this.api.key}` };
    try {
      return await this.fetcher.download({ url, extension, headers }, options);
    } catch (error) {
      if (options.signal?.aborted)
        throw new KinoscopeError('cancelled', 'The download was cancelled', { cause: error });
      throw error;
    }
  }

  close(): Promise<void> {
    return this.fetcher.close();
  }
}
