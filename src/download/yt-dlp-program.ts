import { basename, delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programEnvironment } from '../config/programs.js';
import type { AddressGuard } from './address-guard.js';
import { YT_DLP_FORMAT } from './formats.js';
import { GuardedProxy } from './guarded-proxy.js';
import { type GroupOptions, type GroupResult, runGroup } from './process-group.js';
import type { SitePrograms } from './site-programs.js';
import { reasonOf, SourceError } from './source-error.js';

/** The oldest that was tried: Debian 12's. */
const OLDEST = '2023.03.04';
/** The first that runs a site's JavaScript in a runtime of ours (`--js-runtimes`), without which YouTube gives little. */
export const YT_DLP_FOR_YOUTUBE = '2025.11.12';

export interface ProgramSettings {
  /** The program: a name to be found on PATH, or a path. */
  readonly command: string;
  /** Programs that were fetched from their release pages; null: none are. */
  readonly programs: SitePrograms | null;
  /** As in `--js-runtimes`, e.g. `node:/usr/bin/node`; null: a deno that was fetched, or the Node.js that runs this. */
  readonly jsRuntime: string | null;
  /** Of one run. */
  readonly maxSeconds: number;
  readonly stallSeconds: number;
}

/** The yt-dlp that is installed, behind a proxy. */
export class YtDlpProgram {
  private found: Promise<YtDlp> | null = null;
  private foundBeside: number | null = null;

  constructor(
    private readonly settings: ProgramSettings,
    private readonly guard: AddressGuard,
  ) {}

  /** The one to run. @throws SourceError `not-installed`, `too-old` */
  async find(signal?: AbortSignal): Promise<YtDlp> {
    const { command, programs } = this.settings;
    // It may be fetched, or updated, by another process.
    const beside = (await programs?.changed('yt-dlp')) ?? null;
    if (beside !== this.foundBeside) this.found = null;
    this.foundBeside = beside;
    this.found ??= findYtDlp(command, programs, signal)
      .then((program) => {
        if (program.version < OLDEST)
          throw new SourceError('too-old', `version ${program.version}; ${OLDEST} or newer is needed`);
        return program;
      })
      .catch((error: unknown) => {
        // It may be installed by the next time.
        this.found = null;
        throw error;
      });
    return this.found;
  }

  /**
   * Runs it behind a proxy, as it follows redirects and looks names up by itself. The proxy is told by the environment: an argument
   * is for everybody to see, and is not for ftp.
   * @param maxBytes that servers may send
   * @throws SourceError what the guard refused, otherwise in yt-dlp's own words
   */
  run(args: readonly string[], maxBytes: number, options: GroupOptions): Promise<GroupResult> {
    const { stallSeconds } = this.settings;
    return GuardedProxy.use(this.guard, { stallSeconds, maxBytes }, async (url, proxy) => {
      const result = await this.start(args, { ...options, env: behind(url) });
      if (result.code === 0) return result;
      throw proxy.refusal ?? failureOf(result);
    });
  }

  private async start(args: readonly string[], options: GroupOptions): Promise<GroupResult> {
    const { programs, maxSeconds, stallSeconds } = this.settings;
    const { command, version } = await this.find(options.signal);
    const deno = await programs?.find('deno');
    const jsRuntime = this.settings.jsRuntime ?? (deno ? `deno:${deno}` : `node:${process.execPath}`);
    const common = [
      '--ignore-config',
      '--no-update',
      '--no-warnings',
      '--no-color',
      '--no-cache-dir',
      '--no-playlist',
      ...(version < YT_DLP_FOR_YOUTUBE
        ? []
        : ['--no-plugin-dirs', '--no-js-runtimes', '--js-runtimes', jsRuntime, '--progress-delta', '0.2']),
      '--socket-timeout',
      String(stallSeconds),
      '--retries',
      '10',
      ...YT_DLP_FORMAT,
    ];
    const deadline = AbortSignal.timeout(maxSeconds * 1000);
    const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
    return runGroup(command, [...common, ...args], { ...options, signal }).catch((error: unknown) => {
      if (!deadline.aborted || options.signal?.aborted) throw error;
      throw new SourceError('too-slow', `more than ${maxSeconds} s`, { cause: error });
    });
  }
}

/** A Python module that leaves a program no connection but that to the proxy. */
const ONLY_PROXY = fileURLToPath(new URL('../../bin/only-proxy', import.meta.url));

/** The environment of a program, and of what it starts, that is to connect through a proxy only. */
function behind(proxy: string): Record<string, string> {
  const own = programEnvironment();
  return {
    ...own,
    ...Object.fromEntries(['http', 'https', 'ftp', 'all'].map((protocol) => [`${protocol}_proxy`, proxy])),
    PYTHONPATH: [ONLY_PROXY, own['PYTHONPATH']].filter(Boolean).join(delimiter),
    KINOSCOPE_PROXY_PORT: new URL(proxy).port,
  };
}

/** In yt-dlp's own words: "ERROR: [site] id: words (caused by ...)", now and then with the words on the next line. */
function failureOf({ code, stderr }: GroupResult): SourceError {
  const from = stderr.findLastIndex((line) => line.startsWith('ERROR:'));
  const text =
    stderr.slice(Math.max(from, 0)).join(' ').slice(0, 5000).replace(/\s+/g, ' ').trim() ||
    `it ended with status ${code}`;
  const words = text
    .replace(/^ERROR: ?(\[[^\]]+\] ?)?/, '')
    .replace(/ ?\(caused by .*$/, '')
    .slice(0, 300);
  return new SourceError(reasonOf(words), words);
}

/** A yt-dlp that can be run. */
export interface YtDlp {
  /** A name to be found on PATH, or a path. */
  readonly command: string;
  /** E.g. `2025.11.12`. */
  readonly version: string;
}

/**
 * The yt-dlp to run: the one of this name or path, or the one that was fetched where that is newer. A path is taken as it is.
 * @throws SourceError `not-installed`
 */
export async function findYtDlp(command: string, programs: SitePrograms | null, signal?: AbortSignal): Promise<YtDlp> {
  const versionOf = async (one: string): Promise<YtDlp> => ({ command: one, version: await ytDlpVersion(one, signal) });
  const own = basename(command) === command ? await programs?.find('yt-dlp') : null;
  if (!own) return versionOf(command);
  const [fetched, other] = await Promise.all([
    versionOf(own).catch(() => null),
    versionOf(command).catch((error: unknown) => error as Error),
  ]);
  if (fetched && (other instanceof Error || fetched.version > other.version)) return fetched;
  if (other instanceof Error) throw other;
  return other;
}

/** The version of the yt-dlp of this name or path, e.g. `2025.11.12`. @throws SourceError `not-installed` */
export async function ytDlpVersion(command: string, signal?: AbortSignal): Promise<string> {
  const { stdout } = await runGroup(command, ['--ignore-config', '--version'], {
    signal,
    env: programEnvironment(),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'EACCES') throw error;
    throw new SourceError('not-installed', undefined, { cause: error });
  });
  const version = /^\d{4}\.\d{2}\.\d{2}/.exec(stdout)?.[0];
  if (!version) throw new SourceError('not-installed', `${command} does not tell its version`);
  return version;
}
