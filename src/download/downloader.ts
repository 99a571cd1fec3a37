import type { Readable } from 'node:stream';
import type { Types } from 'youtubei.js';
import { KinoscopeError } from '../core/errors.js';
import { type Joiner, openMedia } from '../frames/media.js';
import { AddressGuard, type GuardSettings } from './address-guard.js';
import { ApiSource } from './api-source.js';
import { BandwidthLimiter } from './bandwidth.js';
import { HttpFetcher } from './http-fetcher.js';
import { HttpSource } from './http-source.js';
import { KeptVideos } from './kept-videos.js';
import { describeLocalFile } from './local-metadata.js';
import { LocalSource } from './local-source.js';
import type { Fetched, FetchOptions, MediaMetadata, MediaSource, StoredFile } from './media-source.js';
import { isS3Link, type S3Settings, S3Source } from './s3-source.js';
import { namedHosts, type ProgramSettings, SitePrograms } from './site-programs.js';
import {
  AllSourcesFailed,
  asDownloadError,
  SourceError,
  type FailedAttempt,
  type SourceReason,
} from './source-error.js';
import { adoptFile, receiveStream, type ReceiveOptions } from './upload.js';
import { youtubeId } from './youtube-link.js';
import { YoutubeSource } from './youtube.js';
import { YtDlpSource } from './yt-dlp.js';

export { isS3Link } from './s3-source.js';
export type { ReceiveOptions } from './upload.js';
export { canonicalLink } from './youtube-link.js';
export { DownloadPaused, type Fetched, type FetchOptions, type MediaMetadata } from './media-source.js';

/** Injection token of the downloader. */
export const DOWNLOADER = Symbol('DOWNLOADER');

export interface DownloadSettings extends GuardSettings {
  /** Folders whose files may be opened by path; null: all. */
  readonly roots: readonly string[] | null;
  /** The api that `fetchFromApi` asks; null (default): none. */
  readonly api?: { readonly url: string; readonly key: string | null } | null;
  /** Storage that `s3://bucket/key` leads to; null (default): none. */
  readonly s3?: S3Settings | null;
  /** Largest upload or download, bytes. Default 20 GiB. */
  readonly maxBytes?: number;
  /** Bytes of the disk that an upload or download leaves free. Default 512 MiB. */
  readonly minFreeBytes?: number;
  /** Longest video of a site, seconds. Default 5 hours. */
  readonly maxDuration?: number;
  /** Of one download, all attempts together. Default 2 hours. */
  readonly maxSeconds?: number;
  /** A connection that says nothing for so long is given up. Default 30. */
  readonly stallSeconds?: number;
  /** Attempts in a row that get no further. Default 5. */
  readonly maxRetries?: number;
  /** Wait before the first retry, milliseconds. Default 500. */
  readonly backoffMs?: number;
  /** Default 5. */
  readonly maxRedirects?: number;
  /** All downloads together; null (default): no limit. */
  readonly bytesPerSecond?: number | null;
  /** The yt-dlp to run, a name on PATH or a path. Default `yt-dlp`; null: none. */
  readonly ytDlp?: string | null;
  /** Sites that yt-dlp may be used for. */
  readonly ytDlpHosts?: readonly string[] | null;
  /** Programs that were fetched from their release pages; null (default): none are. */
  readonly programs?: ProgramSettings | null;
  /** JavaScript runtime for yt-dlp. Default: a deno of those programs, or the Node.js that runs this. */
  readonly jsRuntime?: string | null;
  readonly poToken?: string | null;
  readonly visitorData?: string | null;
  readonly youtubeClients?: readonly Types.InnerTubeClient[] | null;
  /** Makes one file of pictures and sound that come apart. Default: `openMedia`'s. */
  readonly joiner?: Joiner;
  /** How YouTube is asked about a video, in tests. */
  readonly youtubeFetch?: typeof globalThis.fetch;
}

export const YT_DLP_HOSTS = [
  'youtube.com',
  'youtu.be',
  'youtube-nocookie.com',
  'vimeo.com',
  'dailymotion.com',
] as const;
/** Those that were last known to be given plain links, without a token first. */
const YOUTUBE_CLIENTS = ['ANDROID_VR', 'VISIONOS', 'TV', 'WEB'] as const;

export interface Downloader {
  /** A path or a link becomes a local file. @throws KinoscopeError; nothing is left over then */
  fetch(source: string, options: FetchOptions): Promise<Fetched>;
  /** A film of the api's, by the path of its route. @throws KinoscopeError; nothing is left over then */
  fetchFromApi(path: string, extension: string, options: FetchOptions): Promise<StoredFile>;
  /** An uploaded stream becomes a local file. @throws KinoscopeError; nothing is left over then */
  receive(stream: Readable, options: ReceiveOptions): Promise<Fetched>;
  /** A file that has come becomes a local file under the hash of its content; it stays where it is, too. @throws KinoscopeError */
  adopt(file: string, options: ReceiveOptions): Promise<Fetched>;
  /** A link that may be fetched, as far as its form tells. @throws KinoscopeError `not-allowed` */
  check(link: string): void;
  /** The real path of a file that may be opened. @throws KinoscopeError `not-allowed`, `not-found`, `unreadable` */
  locate(path: string): Promise<string>;
  /** What the name of a file, and the .nfo files beside it, say about it. @throws KinoscopeError as `locate` */
  describe(path: string): Promise<MediaMetadata>;
  /** Reads a small file of the web, e.g. a picture. @throws KinoscopeError `too-large`, `unavailable`; SourceError for where it must not go */
  read(link: string, options: ReadOptions): Promise<Buffer>;
  /** A file of the web of any kind, e.g. a broadcast guide, into a folder. @throws KinoscopeError; nothing is left over then */
  fetchFile(link: string, options: FetchOptions): Promise<StoredFile>;
  /** Ends every connection. */
  close(): Promise<void>;
}

export interface ReadOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

const NO_S3 = 'no S3 storage was set up (AWS_ACCESS_KEY_ID)';

/** Another way of getting at the same film would end the same. */
const FINAL: readonly SourceReason[] = ['bad-link', 'private-address', 'live', 'too-long', 'too-large'];

/** What every way of fetching keeps to, with the defaults filled in. */
function limitsOf(settings: DownloadSettings) {
  const limits = { maxBytes: settings.maxBytes ?? 20 * 2 ** 30, minFreeBytes: settings.minFreeBytes ?? 512 * 2 ** 20 };
  const timing = { maxSeconds: settings.maxSeconds ?? 2 * 3600, stallSeconds: settings.stallSeconds ?? 30 };
  const http = {
    ...limits,
    ...timing,
    maxRedirects: settings.maxRedirects ?? 5,
    maxRetries: settings.maxRetries ?? 5,
    backoffMs: settings.backoffMs ?? 500,
  };
  return { limits, timing, http, maxDuration: settings.maxDuration ?? 5 * 3600 };
}

/** The ways to a site's video, in the order in which they are tried. */
function siteSources(
  settings: DownloadSettings,
  { guard, fetcher, releases }: { guard: AddressGuard; fetcher: HttpFetcher; releases: HttpFetcher },
): MediaSource[] {
  const { ytDlp = 'yt-dlp', bytesPerSecond = null, joiner = openMedia({}) } = settings;
  const { limits, timing, maxDuration } = limitsOf(settings);
  const youtube = new YoutubeSource(
    {
      poToken: settings.poToken ?? null,
      visitorData: settings.visitorData ?? null,
      clients: settings.youtubeClients ?? YOUTUBE_CLIENTS,
      maxDuration,
      limits,
      fetch: settings.youtubeFetch,
    },
    fetcher,
    joiner,
  );
  if (ytDlp === null) return [youtube];
  const options = {
    command: ytDlp,
    hosts: settings.ytDlpHosts ?? YT_DLP_HOSTS,
    programs: settings.programs ? new SitePrograms(settings.programs, releases.fetch) : null,
    jsRuntime: settings.jsRuntime ?? null,
    maxDuration,
    ...timing,
    bytesPerSecond,
    limits,
  };
  return [new YtDlpSource(options, guard, joiner), youtube];
}

const READ_MS = 30_000;
/** Of a file of the web that is no film. */
const LARGEST_FILE = 2 ** 30;

async function readSmall(
  fetcher: HttpFetcher,
  link: string,
  { headers = {}, maxBytes, signal }: ReadOptions,
): Promise<Buffer> {
  const deadline = AbortSignal.timeout(READ_MS);
  const { host } = fetcher.check(link);
  const failed = (why: string, cause?: unknown): KinoscopeError =>
    new KinoscopeError('unavailable', `${host} did not give what was asked for: ${why}`, { cause });
  const pieces: Uint8Array[] = [];
  try {
    const response = await fetcher.fetch(link, {
      headers,
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    if (!response.ok || !response.body) throw failed(`status ${response.status}`);
    let bytes = 0;
    for await (const piece of response.body) {
      if ((bytes += piece.length) > maxBytes)
        throw new KinoscopeError('too-large', `${host} sends more than ${maxBytes} bytes`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  } catch (error) {
    if (signal?.aborted || error instanceof KinoscopeError) throw error;
    // what a connection that the guard has refused died of
    const cause = error instanceof Error && error.cause instanceof KinoscopeError ? error.cause : error;
    throw cause instanceof KinoscopeError
      ? cause
      : failed(cause instanceof Error ? cause.message : String(cause), error);
  }
}

/** Puts the sources together, in the order in which they are tried. */
export function createDownloader(settings: DownloadSettings): Downloader {
  const { limits, http } = limitsOf(settings);
  const guard = new AddressGuard(settings);
  const limiter = new BandwidthLimiter(settings.bytesPerSecond ?? null);
  const fetcher = new HttpFetcher(guard, http, limiter);
  const files = new HttpFetcher(guard, { ...http, maxBytes: Math.min(http.maxBytes, LARGEST_FILE) }, limiter);
  const ownHosts = settings.programs ? namedHosts(settings.programs) : [];
  const releases = new HttpFetcher(
    new AddressGuard({ ...settings, allowHosts: [...(settings.allowHosts ?? []), ...ownHosts] }),
    http,
    limiter,
  );
  const api = settings.api ? new ApiSource(settings.api, settings, http, limiter) : null;
  const s3 = settings.s3 ? new S3Source(settings.s3, settings, http, limiter) : null;
  const local = new LocalSource(settings.roots);
  const media = new OrderedSources([
    local,
    ...(s3 ? [s3] : []),
    ...siteSources(settings, { guard, fetcher, releases }),
    new HttpSource(fetcher),
  ]);
  return {
    fetch: (source, options) => media.fetch(source, options),
    fetchFromApi: async (path, extension, options) => {
      if (!api) throw new KinoscopeError('unavailable', 'No api was named to fetch films from (KINOSCOPE_API_URL)');
      return api.fetch(path, extension, options);
    },
    receive: (stream, options) => receiveStream(stream, options, limits),
    adopt: adoptFile,
    check: (link) => {
      if (!isS3Link(link)) guard.check(link);
      else if (s3) s3.check(link);
      else throw new SourceError('bad-link', NO_S3);
    },
    locate: (path) => local.locate(path),
    describe: async (path) => describeLocalFile(await local.locate(path)),
    read: (link, options) => readSmall(fetcher, link, options),
    fetchFile: (link, options) => files.download({ url: link, anything: true }, options),
    close: async () => {
      await Promise.all([files.close(), fetcher.close(), releases.close(), api?.close(), s3?.close()]);
    },
  };
}

/** Tries the sources one after the other; the first that works wins. */
class OrderedSources {
  /** A caller who wants what is being fetched waits for it, and finds it kept. */
  private readonly underWay = new Map<string, Promise<unknown>>();

  constructor(private readonly sources: readonly MediaSource[]) {}

  async fetch(source: string, options: FetchOptions): Promise<Fetched> {
    const id = youtubeId(source);
    const key = `${options.dir} ${id ?? source}`;
    try {
      for (let earlier = this.underWay.get(key); earlier; earlier = this.underWay.get(key))
        await settled(earlier, options.signal);
      const work = this.findOrFetch(source, id, options);
      this.underWay.set(key, work);
      return await work.finally(() => this.underWay.delete(key));
    } catch (error) {
      if (options.signal?.aborted)
        throw new KinoscopeError('cancelled', 'The download was cancelled', { cause: error });
      throw asDownloadError(error);
    }
  }

  private async findOrFetch(source: string, id: string | null, options: FetchOptions): Promise<Fetched> {
    const kept = new KeptVideos(options.dir);
    const known = id ? await kept.find({ site: 'youtube', videoId: id }) : null;
    return known ?? this.firstThatWorks(source, kept, options);
  }

  private async firstThatWorks(source: string, kept: KeptVideos, options: FetchOptions): Promise<Fetched> {
    const failed: FailedAttempt[] = [];
    for (const way of this.sources.filter((candidate) => candidate.match(source))) {
      try {
        const { metadata, fetch } = await way.resolve(source, options.signal);
        const known = await kept.find(metadata);
        if (known) return known;
        const fetched = { ...(await fetch(options)), metadata };
        if (fetched.kept) await kept.add(fetched);
        return fetched;
      } catch (thrown) {
        options.signal?.throwIfAborted();
        const error = asDownloadError(thrown);
        failed.push({ source: way.name, error });
        if (error.code === 'too-large' || (error instanceof SourceError && FINAL.includes(error.reason))) break;
      }
    }
    const [first, ...others] = failed;
    if (!first)
      throw new SourceError('bad-link', isS3Link(source) ? NO_S3 : 'only files, http and https links can be opened');
    throw others.length ? new AllSourcesFailed(source, [first, ...others]) : first.error;
  }
}

/** Waits until a promise has ended in whatever way. @throws the signal's reason */
async function settled(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  await Promise.race([work.catch(() => undefined), aborted]);
}
