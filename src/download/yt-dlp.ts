import { readlink, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Joiner } from '../frames/media.js';
import type { AddressGuard } from './address-guard.js';
import { shareOfPictures } from './formats.js';
import { hashFile, requireSize, requireSpace, type WriteLimits } from './hashing.js';
import { inTwo, keepWithSound } from './join-sound.js';
import {
  describedBy,
  type FetchOptions,
  type KeptFile,
  type MediaMetadata,
  type MediaSource,
  type ResolvedMedia,
} from './media-source.js';
import { SourceError, type SourceReason } from './source-error.js';
import { extensionOf, WorkFolder } from './work-folder.js';
import { youtubeId } from './youtube-link.js';
import { type ProgramSettings, YT_DLP_FOR_YOUTUBE, YtDlpProgram } from './yt-dlp-program.js';

/** What servers may send for it to find out what there is to be had, bytes. */
const MAX_PAGES = 64 * 2 ** 20;
/** In a link, tells its extractors what to send and which proxy to do without. */
const SMUGGLED = '__youtubedl_smuggle';
/** What a site says to a program that it has left behind. */
const OUTDATED: readonly SourceReason[] = ['too-old', 'bot-check', 'sabr-only', 'forbidden', 'unsupported', 'network'];
/** Told apart from anything else that yt-dlp writes. */
const PROGRESS_MARK = 'kinoscope-progress';
const PROGRESS = `download:${PROGRESS_MARK} %(info.format_id)s %(progress.downloaded_bytes)s %(progress.total_bytes)s %(progress.total_bytes_estimate)s`;
/** Of a file that is complete. */
const ARRIVAL_MARK = 'kinoscope-arrived';
const ARRIVED = `after_move:${ARRIVAL_MARK} %(format_id)s %(filepath)s`;

export interface YtDlpSettings extends ProgramSettings {
  /** Sites that it may be used for, with their subdomains. */
  readonly hosts: readonly string[];
  /** Longest video, seconds. */
  readonly maxDuration: number;
  /** null: no limit. */
  readonly bytesPerSecond: number | null;
  readonly limits: WriteLimits;
}

/** A format, as yt-dlp describes it. */
interface Format {
  /** Without white space. */
  readonly format_id?: string;
  readonly filesize?: number | null;
  /** Thousands of bits a second. */
  readonly tbr?: number | null;
}

/** The parts of yt-dlp's info JSON that are used here. */
interface Info extends Format {
  /** Pictures and sound, where they come apart. */
  readonly requested_formats?: readonly Format[];
  readonly _type?: string;
  readonly id?: string;
  readonly extractor_key?: string;
  readonly title?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly channel?: string;
  readonly uploader?: string;
  readonly duration?: number;
  readonly thumbnail?: string;
  readonly live_status?: string;
  readonly is_live?: boolean;
}

/** Videos of known sites, through the yt-dlp that is installed. */
export class YtDlpSource implements MediaSource {
  readonly name = 'yt-dlp';
  private readonly program: YtDlpProgram;

  constructor(
    private readonly settings: YtDlpSettings,
    private readonly guard: AddressGuard,
    private readonly joiner: Joiner,
  ) {
    this.program = new YtDlpProgram(settings, guard);
  }

  match(source: string): boolean {
    if (!URL.canParse(source)) return false;
    const { hostname } = new URL(source);
    return this.settings.hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`));
  }

  async resolve(source: string, signal?: AbortSignal): Promise<ResolvedMedia> {
    const link = this.guard.check(source).href;
    if (link.includes(SMUGGLED)) throw new SourceError('bad-link', 'it carries instructions for yt-dlp');
    const ask = (): Promise<ResolvedMedia> => this.ask(link, signal);
    return ask().catch(async (error: unknown) => {
      if (!(
        error instanceof SourceError &&
        OUTDATED.includes(error.reason) &&
        youtubeId(link) &&
        (await this.update(signal))
      ))
        throw error;
      return ask();
    });
  }

  /** Where the site refuses the program that we fetched, a newer one may be there. */
  private async update(signal?: AbortSignal): Promise<boolean> {
    const { programs } = this.settings;
    const { command } = await this.program.find(signal);
    return programs !== null && command === (await programs.find('yt-dlp')) && programs.updateIfDue(signal);
  }

  private async ask(link: string, signal?: AbortSignal): Promise<ResolvedMedia> {
    const { version } = await this.program.find(signal);
    if (version < YT_DLP_FOR_YOUTUBE && youtubeId(link)) {
      throw new SourceError('too-old', `version ${version}; YouTube takes ${YT_DLP_FOR_YOUTUBE} or newer`);
    }
    const { stdout } = await this.program.run(['--dump-single-json', '--', link], MAX_PAGES, { signal });
    const info = JSON.parse(stdout) as Info;
    if (info._type && info._type !== 'video') throw new SourceError('unsupported', 'a list of videos, not one');
    if (info.is_live || /^(is_live|is_upcoming|post_live)$/.test(info.live_status ?? '')) throw new SourceError('live');
    if ((info.duration ?? 0) > this.settings.maxDuration) {
      throw new SourceError('too-long', `${Math.round(info.duration!)} s, the limit is ${this.settings.maxDuration} s`);
    }
    return { metadata: describe(info), fetch: (options) => this.fetch(link, info, stdout, options) };
  }

  private fetch(link: string, info: Info, json: string, options: FetchOptions): Promise<KeptFile> {
    const { dir, signal } = options;
    const { limits } = this.settings;
    const [film = info, sound] = info.requested_formats ?? [];
    return WorkFolder.use(dir, `yt-dlp ${link}`, signal, async (work) => {
      await endOrphan(work);
      requireSize(film.filesize ?? 0, limits.maxBytes);
      await requireSpace(work.path, film.filesize ?? 0, limits.minFreeBytes);
      await writeFile(join(work.path, 'info.json'), json);
      const arrived = new Map<string, string>();
      const failure = await this.download(work, sound ? [film, sound] : [film], arrived, options).then(
        () => new SourceError('network', 'yt-dlp ended without a file'),
        (error: unknown) => error,
      );
      signal?.throwIfAborted();
      const path = arrived.get(film.format_id ?? '');
      if (path === undefined) throw failure;
      requireSize((await stat(path)).size, limits.maxBytes);
      const pictures = { path, sha256: await hashFile(path, { signal }), extension: extensionOf(path) };
      if (!sound) return { ...(await work.keep(pictures)), kept: true };
      const heard = arrived.get(sound.format_id ?? '');
      return keepWithSound({
        ...{ work, pictures, joiner: this.joiner, limits, signal },
        sound: () => (heard === undefined ? Promise.reject(failure) : Promise.resolve(heard)),
      });
    });
  }

  /**
   * Fetches formats one after the other, each into a file.
   * @param arrived is told their files, by format, as they are complete
   */
  private async download(
    work: WorkFolder,
    formats: readonly Format[],
    arrived: Map<string, string>,
    { signal, onProgress }: FetchOptions,
  ): Promise<void> {
    const { bytesPerSecond, limits } = this.settings;
    const overflow = new AbortController();
    const args = [
      '--load-info-json',
      'info.json',
      // By their ids, so that yt-dlp joins nothing: it has another program do that, which may not be there.
      '--format',
      formats.map(({ format_id: id = '' }) => `all[format_id=${JSON.stringify(id)}]`).join(','),
      // The format is part of the name: what was left of another one must not be continued.
      '--output',
      'media.%(format_id)s.%(ext)s',
      '--progress',
      '--newline',
      '--progress-template',
      PROGRESS,
      '--print',
      ARRIVED,
      '--max-filesize',
      String(limits.maxBytes),
      ...(bytesPerSecond === null ? [] : ['--limit-rate', String(bytesPerSecond)]),
    ];
    const [film, sound] = formats;
    const heard = inTwo(sound ? shareOfPictures(film?.tbr, sound.tbr) : 1, onProgress);
    const received = new Map<string, number>();
    const onLine = (line: string): void => {
      const [mark, id = '', ...rest] = line.split(' ');
      if (mark === ARRIVAL_MARK) arrived.set(id, join(work.path, basename(rest.join(' '))));
      if (mark !== PROGRESS_MARK) return;
      const [downloaded, total, estimate] = rest.map(Number);
      received.set(id, downloaded!);
      if ([...received.values()].reduce((sum, bytes) => sum + bytes) > limits.maxBytes) overflow.abort();
      const size = total || estimate;
      (id === sound?.format_id ? heard.sound : heard.pictures)?.(size ? Math.min(1, downloaded! / size) : null);
    };
    const either = signal ? AbortSignal.any([signal, overflow.signal]) : overflow.signal;
    let noted: Promise<void> | null = null;
    const onStart = (group: number): void => void (noted = work.note({ group } satisfies Running));
    await this.program
      .run(args, limits.maxBytes + MAX_PAGES, { cwd: work.path, onStart, onLine, signal: either })
      .catch((error: unknown) => {
        if (overflow.signal.aborted) requireSize(Infinity, limits.maxBytes);
        throw error;
      })
      .finally(() => noted);
  }
}

/** What is noted of a download that is under way. */
interface Running {
  readonly group: number;
}

/**
 * Kills the yt-dlp of a process that was killed itself: it may still be writing into the folder that was taken over. The
 * number may be another program's by now; only the one that works in this folder is meant. (Elsewhere than on Linux it
 * ends when it next reports its progress to nobody.)
 */
async function endOrphan(work: WorkFolder): Promise<void> {
  const left = await work.recall<Running>();
  if (!left || (await readlink(`/proc/${left.group}/cwd`).catch(() => null)) !== work.path) return;
  process.kill(-left.group, 'SIGKILL');
}

function describe(info: Info): MediaMetadata {
  const channel = info.channel ?? info.uploader;
  const site = info.extractor_key?.toLowerCase();
  return {
    // The generic extractor's ids are file names: they name nothing for good.
    ...(site && site !== 'generic' && info.id ? { site, videoId: info.id } : {}),
    ...(info.title ? { title: info.title } : {}),
    ...(channel ? { channel } : {}),
    ...(info.duration ? { duration: info.duration } : {}),
    ...(info.thumbnail ? { thumbnail: info.thumbnail } : {}),
    ...describedBy(info.description, info.tags),
  };
}
