import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import {
  access,
  chmod,
  constants,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { programEnvironment } from '../config/programs.js';
import { KinoscopeError } from '../core/errors.js';
import { AddressGuard } from './address-guard.js';
import { BandwidthLimiter } from './bandwidth.js';
import { HttpFetcher } from './http-fetcher.js';
import { runGroup } from './process-group.js';
import { wordsOf } from './source-error.js';

/** Where both programs are published, each in a repository of its own. */
export const RELEASES = 'https://github.com';

export interface ProgramSettings {
  /** Where they are kept. */
  readonly folder: string;
  /** Default: {@link RELEASES}. A host that is named here may be private. */
  readonly releases?: string | undefined;
}

export type ProgramName = 'yt-dlp' | 'deno';

export interface Updated {
  readonly name: ProgramName;
  readonly file: string;
  /** It was not there, or was another one. */
  readonly changed: boolean;
}

interface Release {
  readonly name: ProgramName;
  readonly repository: string;
  readonly asset: string;
  /** The file that tells its sha256. */
  readonly sums: string;
  /** The program in the archive; null: the asset is the program. */
  readonly entry: string | null;
}

/** Larger is neither of them, bytes. */
const MAX_BYTES = 300 * 2 ** 20;
/** What is left of an update that was killed goes after so long, milliseconds. */
const STALE_MS = 3_600_000;
/** When a site refuses, a newer program is looked for at most once in so long, milliseconds. */
const CHECK_MS = 3_600_000;
const TEMPORARY = '.new-';
const EXE = process.platform === 'win32' ? '.exe' : '';

/** What is published for this machine. */
function releases(): Release[] {
  const { platform, arch } = process;
  const musl =
    platform === 'linux' &&
    !(process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header.glibcVersionRuntime;
  const arm = arch === 'arm64';
  const ytDlp =
    platform === 'linux' && (arm || arch === 'x64')
      ? `yt-dlp_${musl ? 'musllinux' : 'linux'}${arm ? '_aarch64' : ''}`
      : platform === 'darwin'
        ? 'yt-dlp_macos'
        : platform === 'win32'
          ? 'yt-dlp.exe'
          : 'yt-dlp';
  const system =
    platform === 'darwin'
      ? 'apple-darwin'
      : platform === 'win32'
        ? 'pc-windows-msvc'
        : platform === 'linux' && !musl
          ? 'unknown-linux-gnu'
          : null;
  const deno = system && (arm || arch === 'x64') ? `deno-${arm ? 'aarch64' : 'x86_64'}-${system}.zip` : null;
  return [
    { name: 'yt-dlp', repository: 'yt-dlp/yt-dlp', asset: ytDlp, sums: 'SHA2-256SUMS', entry: null },
    ...(deno
      ? [
          {
            name: 'deno' as const,
            repository: 'denoland/deno',
            asset: deno,
            sums: `${deno}.sha256sum`,
            entry: `deno${EXE}`,
          },
        ]
      : []),
  ];
}

/**
 * yt-dlp and the JavaScript runtime that it likes best, in a folder of ours. Sites change faster than packages do, so they come
 * from their release pages; they are fetched only when somebody asks, and updated where they were fetched before.
 */
export class SitePrograms {
  constructor(
    private readonly settings: ProgramSettings,
    private readonly fetch: typeof globalThis.fetch,
  ) {}

  /** Runs work with the programs of a folder, which are fetched as all downloads are: from permitted addresses only. */
  static async use<T>(
    settings: ProgramSettings,
    allowHosts: readonly string[],
    work: (programs: SitePrograms) => Promise<T>,
  ): Promise<T> {
    const fetcher = new HttpFetcher(
      new AddressGuard({ allowHosts: [...allowHosts, ...namedHosts(settings)] }),
      {
        maxBytes: MAX_BYTES,
        minFreeBytes: 0,
        maxSeconds: 3600,
        maxRedirects: 5,
        maxRetries: 0,
        backoffMs: 0,
        stallSeconds: 30,
      },
      new BandwidthLimiter(null),
    );
    return work(new SitePrograms(settings, fetcher.fetch)).finally(() => fetcher.close());
  }

  /** The path of a program that was fetched; null when it was not. */
  async find(name: ProgramName): Promise<string | null> {
    const file = join(this.settings.folder, `${name}${EXE}`);
    return access(file, constants.X_OK).then(
      () => file,
      () => null,
    );
  }

  /** When a program was fetched, milliseconds since 1970; null when it was not. */
  async changed(name: ProgramName): Promise<number | null> {
    const file = await this.find(name);
    return file === null
      ? null
      : stat(file).then(
          ({ mtimeMs }) => mtimeMs,
          () => null,
        );
  }

  /**
   * Fetches what is missing or no longer current, checked against the published sha256. What is there stays until the new one runs.
   * @throws KinoscopeError `unavailable`, in one line; nothing is left over then
   */
  async update(
    signal: AbortSignal | undefined,
    onStep: (name: ProgramName) => void = () => undefined,
  ): Promise<Updated[]> {
    const { folder } = this.settings;
    await mkdir(folder, { recursive: true });
    await this.clear();
    await writeFile(join(folder, '.checked'), '');
    const updated: Updated[] = [];
    for (const release of releases()) {
      onStep(release.name);
      const temporary = join(folder, `${TEMPORARY}${randomUUID()}`);
      try {
        updated.push(await this.updateOne(release, temporary, signal));
      } catch (error) {
        if (signal?.aborted) throw new KinoscopeError('cancelled', 'The update was cancelled', { cause: error });
        throw new KinoscopeError(
          'unavailable',
          `Cannot get ${release.name} from ${this.link(release, release.asset)}: ${wordsOf(error)}`,
          { cause: error },
        );
      } finally {
        await rm(temporary, { recursive: true, force: true });
      }
    }
    return updated;
  }

  /** Updates what was fetched before, unless that was tried a short while ago. @returns whether a program has changed */
  async updateIfDue(signal: AbortSignal | undefined): Promise<boolean> {
    const checked = await stat(join(this.settings.folder, '.checked')).catch(() => null);
    if (!checked || Date.now() - checked.mtimeMs < CHECK_MS) return false;
    return this.update(signal).then(
      (all) => all.some(({ changed }) => changed),
      () => false,
    );
  }

  private async updateOne(release: Release, temporary: string, signal: AbortSignal | undefined): Promise<Updated> {
    const { name, asset, sums, entry } = release;
    const file = join(this.settings.folder, `${name}${EXE}`);
    const stamp = join(this.settings.folder, `${name}.sha256`);
    const published = publishedHash(await textOf(await this.get(release, sums, signal)), asset);
    if (published === null) throw new Error(`${sums} has no sha256 for it`);
    const there = await this.find(name);
    if (there && (await readFile(stamp, 'utf8').catch(() => '')) === published) return { name, file, changed: false };
    await mkdir(temporary);
    const download = join(temporary, 'download');
    const actual = await this.save(await this.get(release, asset, signal), download);
    if (actual !== published) throw new Error(`its sha256 is ${actual}, not ${published} as ${sums} says`);
    const program = entry === null ? download : join(temporary, entry);
    if (entry !== null) await extract(download, entry, program);
    await chmod(program, 0o755);
    await requireRuns(program, signal);
    await rename(program, file);
    await writeFile(stamp, published);
    return { name, file, changed: true };
  }

  private link({ repository }: Release, asset: string): string {
    return `${(this.settings.releases ?? RELEASES).replace(/\/$/, '')}/${repository}/releases/latest/download/${asset}`;
  }

  private async get(release: Release, asset: string, signal: AbortSignal | undefined): Promise<Response> {
    const response = await this.fetch(this.link(release, asset), signal ? { signal } : {});
    if (response.ok) return response;
    await response.body?.cancel();
    throw new Error(`${asset}: HTTP ${response.status}`);
  }

  /** @returns the sha256, hexadecimal */
  private async save({ body }: Response, path: string): Promise<string> {
    const hash = createHash('sha256');
    const file = await open(path, 'wx');
    let size = 0;
    try {
      for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
        size += chunk.length;
        if (size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
        hash.update(chunk);
        await file.writeFile(chunk);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    return hash.digest('hex');
  }

  private async clear(): Promise<void> {
    for (const name of await readdir(this.settings.folder)) {
      const path = join(this.settings.folder, name);
      const { mtimeMs = Infinity } = (await stat(path).catch(() => null)) ?? {};
      if (name.startsWith(TEMPORARY) && mtimeMs < Date.now() - STALE_MS)
        await rm(path, { recursive: true, force: true });
    }
  }
}

/** Hosts of release pages that the operator has named: they may be private. */
export function namedHosts({ releases: base }: ProgramSettings): string[] {
  return base === undefined || base === RELEASES ? [] : [new URL(base).hostname.replace(/^\[|\]$/g, '')];
}

/** A short text. */
async function textOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    parts.push(chunk);
    if ((size += chunk.length) > 2 ** 20) throw new Error('the list of sha256 is too long');
  }
  return Buffer.concat(parts).toString();
}

/** The sha256 of a file in a list of many (`HASH  NAME` a line) or in a text about that one. */
function publishedHash(text: string, name: string): string | null {
  const lines = text.split(/\r?\n/).map((line) => /^([0-9a-f]{64})\s+\*?(\S+)$/i.exec(line.trim()));
  const own = lines.find((line) => line?.[2] === name)?.[1];
  const only = lines.filter(Boolean).length > 1 ? undefined : /\b[0-9a-f]{64}\b/i.exec(text)?.[0];
  return (own ?? only)?.toLowerCase() ?? null;
}

/** Takes one file out of a zip archive. */
async function extract(archive: string, name: string, to: string): Promise<void> {
  const zip = await openPromise(archive, { lazyEntries: true });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== name) continue;
      if (entry.uncompressedSize > 2 * MAX_BYTES) throw new Error(`${name} is too large`);
      return await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(to));
    }
    throw new Error(`there is no ${name} in it`);
  } finally {
    zip.close();
  }
}

async function requireRuns(program: string, signal: AbortSignal | undefined): Promise<void> {
  const deadline = AbortSignal.timeout(60_000);
  const { code } = await runGroup(program, ['--version'], {
    env: programEnvironment(),
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
  });
  if (code !== 0) throw new Error('it does not run on this machine');
}
