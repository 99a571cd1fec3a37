import { AwsV4Signer } from 'aws4fetch';
import type { Settings } from '../config/settings.js';
import { AddressGuard, type GuardSettings } from './address-guard.js';
import type { BandwidthLimiter } from './bandwidth.js';
import { HttpFetcher, type HttpLimits } from './http-fetcher.js';
import { parseMediaName } from './media-name.js';
import type { MediaSource, ResolvedMedia } from './media-source.js';
import { SourceError } from './source-error.js';

export type S3Settings = NonNullable<Settings['s3']>;

const LINK = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/s;

export const isS3Link = (source: string): boolean => source.startsWith('s3://');

/**
 * Films of S3-compatible storage, as `s3://bucket/key`: a link signed for as long as a download may take, fetched as any
 * other. The endpoint is the operator's, so it may be private; no redirect is followed.
 */
export class S3Source implements MediaSource {
  readonly name = 's3';
  private readonly fetcher: HttpFetcher;

  constructor(
    private readonly settings: S3Settings,
    { allowHosts = [], resolver }: GuardSettings,
    private readonly limits: HttpLimits,
    limiter: BandwidthLimiter,
  ) {
    const host = new URL(settings.endpoint).hostname.replace(/^\[|\]$/g, '');
    this.fetcher = new HttpFetcher(
      new AddressGuard({ allowHosts: [...allowHosts, host], resolver }),
      { ...limits, maxRedirects: 0 },
      limiter,
    );
  }

  match(source: string): boolean {
    return isS3Link(source);
  }

  /** @throws SourceError `bad-link` when it is none, or its bucket may not be opened */
  check(source: string): { readonly bucket: string; readonly key: string } {
    const [, bucket, key] = LINK.exec(source) ?? [];
    // A URL would resolve the steps, and lead into another bucket.
    if (!bucket || !key || key.split('/').some((step) => step === '.' || step === '..'))
      throw new SourceError('bad-link', 'not s3://bucket/key');
    const { buckets } = this.settings;
    if (
      buckets &&
      !buckets.some((allowed) => `${bucket}/${key}`.startsWith(allowed.endsWith('/') ? allowed : `${allowed}/`))
    ) {
      throw new SourceError('bad-link', `KINOSCOPE_S3_BUCKETS does not name ${bucket}`);
    }
    return { bucket, key };
  }

  async resolve(source: string): Promise<ResolvedMedia> {
    const { bucket, key } = this.check(source);
    return {
      metadata: parseMediaName(key),
      fetch: async (options) => this.fetcher.download({ url: await this.signed(bucket, key), key: source }, options),
    };
  }

  close(): Promise<void> {
    return this.fetcher.close();
  }

  private async signed(bucket: string, key: string): Promise<string> {
    const { endpoint, region, accessKeyId, secretAccessKey, sessionToken } = this.settings;
    const url = new URL(
      `${endpoint.endsWith('/') ? endpoint : `${endpoint}/`}${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`,
    );
    url.searchParams.set('X-Amz-Expires', String(Math.ceil(this.limits.maxSeconds)));
    const signer = new AwsV4Signer({
      method: 'GET',
      url: url.href,
      service: 's3',
      region,
      accessKeyId,
      secretAccessKey,
      signQuery: true,
      ...(sessionToken && { sessionToken }),
    });
    return (await signer.sign()).url.href;
  }
}
