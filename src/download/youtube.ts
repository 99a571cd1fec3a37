import type { Types } from 'youtubei.js';
import { KinoscopeError } from '../core/errors.js';
import type { Joiner } from '../frames/media.js';
import { chooseFormats, type ChosenFormats, type MediaFormat, shareOfPictures } from './formats.js';
import type { WriteLimits } from './hashing.js';
import type { HttpFetcher, HttpRequest } from './http-fetcher.js';
import { inTwo, keepWithSound } from './join-sound.js';
import {
  describedBy,
  type FetchOptions,
  type KeptFile,
  type MediaMetadata,
  type MediaSource,
  type ResolvedMedia,
} from './media-source.js';
import { evaluateInChild } from './player-evaluator.js';
import { reasonOf, refusalIn, SourceError, type SourceReason, wordsOf } from './source-error.js';
import { youtubeId } from './youtube-link.js';

/** YouTube slows down a client that asks for a whole file; its own player asks for parts of this size at most. */
const CHUNK_BYTES = 10 * 2 ** 20;

/** Answers that another of YouTube's own clients may not get. */
const CLIENT_SPECIFIC: readonly SourceReason[] = [
  'sabr-only',
  'bot-check',
  'login-required',
  'age-limit',
  'unsupported',
  'network',
];

export interface YoutubeSettings {
  /** Proof-of-origin token, which YouTube asks of some networks; null: none. */
  readonly poToken: string | null;
  /** The visitor that the token was made for. */
  readonly visitorData: string | null;
  /** Which of YouTube's own clients to pass for, in this order. */
  readonly clients: readonly Types.InnerTubeClient[];
  /** Longest video, seconds. */
  readonly maxDuration: number;
  readonly limits: WriteLimits;
  /** Stands in for the guarded fetch when the site is asked about a video. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

interface PlayableFormat extends MediaFormat {
  readonly itag: number;
  /** Unsigned or enciphered, only the site's own script makes it a link. */
  link(): Promise<string>;
}

interface Video {
  readonly metadata: MediaMetadata;
  readonly formats: ChosenFormats<PlayableFormat>;
}

/** Videos of YouTube, through the interface that its own players use. */
export class YoutubeSource implements MediaSource {
  readonly name = 'youtubei.js';
  private readonly cache = new MemoryCache();

  constructor(
    private readonly settings: YoutubeSettings,
    private readonly fetcher: HttpFetcher,
    private readonly joiner: Joiner,
  ) {}

  match(source: string): boolean {
    return youtubeId(source) !== null;
  }

  async resolve(source: string, signal?: AbortSignal): Promise<ResolvedMedia> {
    const id = youtubeId(source)!;
    const innertube = await this.connect(signal);
    let failure: KinoscopeError | null = null;
    for (const client of this.settings.clients) {
      try {
        const { metadata, formats } = await this.ask(innertube, id, client);
        return { metadata, fetch: (options) => this.download(id, formats, options) };
      } catch (thrown) {
        signal?.throwIfAborted();
        const error = asSourceError(thrown);
        // What the first client was told is what users know from their own browser.
        failure ??= error;
        if (!CLIENT_SPECIFIC.includes(error.reason)) throw error;
      }
    }
    throw failure ?? new SourceError('unsupported', 'no client of YouTube is set');
  }

  private async connect(signal?: AbortSignal): Promise<InstanceType<(typeof import('youtubei.js'))['Innertube']>> {
    const { fetch = this.fetcher.fetch, poToken, visitorData } = this.settings;
    // Loaded when it is first needed: it is large.
    const { Innertube, Log, Platform } = await import('youtubei.js');
    Log.setLevel(Log.Level.NONE);
    const guarded: typeof globalThis.fetch = (input, init) => fetch(input, { ...init, ...(signal ? { signal } : {}) });
    // Its own fetch, too: whatever part of it asks on its own account is guarded.
    Platform.load({
      ...Platform.shim,
      fetch: guarded,
      eval: (data) => evaluateInChild(data.output) as Promise<Types.EvalResult>,
    });
    return Innertube.create({
      fetch: guarded,
      cache: this.cache,
      retrieve_innertube_config: false,
      ...(poToken ? { po_token: poToken } : {}),
      ...(visitorData ? { visitor_data: visitorData } : {}),
    }).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw asSourceError(error);
    });
  }

  private async ask(
    innertube: Awaited<ReturnType<YoutubeSource['connect']>>,
    id: string,
    client: Types.InnerTubeClient,
  ): Promise<Video> {
    const info = await innertube.getBasicInfo(id, { client });
    const { basic_info: basic, playability_status: playability, streaming_data: streaming } = info;
    if (playability && playability.status !== 'OK') throw refusal(playability.status, playability.reason);
    if (basic.is_live || basic.is_upcoming || basic.is_post_live_dvr) throw new SourceError('live');
    const duration = basic.duration ?? 0;
    if (duration > this.settings.maxDuration) {
      throw new SourceError('too-long', `${duration} s, the limit is ${this.settings.maxDuration} s`);
    }
    const offered = [...(streaming?.formats ?? []), ...(streaming?.adaptive_formats ?? [])]
      .filter((format) => format.url ?? format.signature_cipher ?? format.cipher)
      .map((format): PlayableFormat => ({
        itag: format.itag,
        height: format.height ?? null,
        codec: /codecs="([^"]+)"/.exec(format.mime_type)?.[1] ?? '',
        hasVideo: format.has_video,
        hasAudio: format.has_audio,
        bitrate: format.bitrate,
        isOther: [format.is_dubbed, format.is_auto_dubbed, format.is_descriptive, format.is_secondary].includes(true),
        link: async () => format.decipher(innertube.session.player),
      }));
    const formats = chooseFormats(offered);
    if (!formats) throw new SourceError('sabr-only');
    const thumbnail = basic.thumbnail?.[0]?.url;
    return {
      metadata: {
        site: 'youtube',
        videoId: id,
        ...(basic.title ? { title: basic.title } : {}),
        ...(basic.author ? { channel: basic.author } : {}),
        ...(duration ? { duration } : {}),
        ...(thumbnail ? { thumbnail } : {}),
        ...describedBy(basic.short_description, basic.keywords),
      },
      formats,
    };
  }

  private download(
    id: string,
    { pictures, sound }: ChosenFormats<PlayableFormat>,
    options: FetchOptions,
  ): Promise<KeptFile> {
    const { signal, onProgress } = options;
    const { joiner, settings } = this;
    const request = async ({ link }: PlayableFormat): Promise<HttpRequest> => ({
      url: await link().catch((error: unknown) => {
        signal?.throwIfAborted();
        throw asSourceError(error);
      }),
      chunkBytes: CHUNK_BYTES,
    });
    const key = `youtube ${id} ${pictures.itag}${sound ? `+${sound.itag}` : ''}`;
    return this.fetcher.inFolder(key, options, async (fetch, work) => {
      const heard = inTwo(sound ? shareOfPictures(pictures.bitrate, sound.bitrate) : 1, onProgress);
      const film = await fetch('media', await request(pictures), heard.pictures).catch((error: unknown) => {
        if (!(error instanceof SourceError) || error.reason !== 'forbidden') throw error;
        throw new SourceError('forbidden', 'HTTP 403; a PO token may be needed', { cause: error });
      });
      if (!sound) return { ...(await work.keep(film)), kept: true };
      return keepWithSound({
        ...{ work, pictures: film, joiner, signal, limits: settings.limits },
        sound: async () => (await fetch('sound', await request(sound), heard.sound)).path,
      });
    });
  }
}

function refusal(status: string, words: string | undefined): SourceError {
  const reason = reasonOf(`${words ?? ''} ${status}`);
  return new SourceError(reason === 'network' ? 'unsupported' : reason, words ?? status);
}

function asSourceError(thrown: unknown): SourceError {
  const refused = refusalIn(thrown);
  if (refused) return refused;
  const error = thrown as Error & { info?: { status?: string; reason?: string } };
  // The library throws where the site says ERROR, with what it said.
  if (error.info?.status) return refusal(error.info.status, error.info.reason);
  const words = wordsOf(thrown);
  return new SourceError(reasonOf(words), words, { cause: thrown });
}

/** Keeps the site's player between videos; nothing is written to disk. */
class MemoryCache implements Types.ICache {
  readonly cache_dir = '';
  private readonly entries = new Map<string, ArrayBuffer>();

  async get(key: string): Promise<ArrayBuffer | undefined> {
    return this.entries.get(key);
  }

  async set(key: string, value: ArrayBuffer): Promise<void> {
    // Players change every few days: only the newest of each kind is wanted.
    if (this.entries.size > 8) this.entries.clear();
    this.entries.set(key, value);
  }

  async remove(key: string): Promise<void> {
    this.entries.delete(key);
  }
}
