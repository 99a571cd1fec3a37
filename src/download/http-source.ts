import { posix } from 'node:path';
import type { HttpFetcher } from './http-fetcher.js';
import { parseMediaName } from './media-name.js';
import type { MediaSource, ResolvedMedia } from './media-source.js';
import { youtubeId } from './youtube-link.js';

/** Any link that is a film itself. */
export class HttpSource implements MediaSource {
  readonly name = 'http';

  constructor(private readonly fetcher: HttpFetcher) {}

  match(source: string): boolean {
    return /^https?:/i.test(source) && youtubeId(source) === null;
  }

  async resolve(source: string): Promise<ResolvedMedia> {
    const { pathname } = this.fetcher.check(source);
    const name = decode(posix.basename(pathname));
    return { metadata: parseMediaName(name), fetch: (options) => this.fetcher.download({ url: source }, options) };
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
