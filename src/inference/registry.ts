import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_FACE_NETWORKS, type FaceNetworks } from '../config/face-networks.js';
import { KinoscopeError } from '../core/errors.js';
import { inferenceDone } from '../core/signals.js';
import type { RgbImage } from '../frames/types.js';
import { named, sha256 } from '../parameters/learnt.js';
import { createBatcher, joinBatches } from './batching.js';
import { checkSizes, imagesToTensor } from './image-tensor.js';
import { type FileEntry, folderOf, type Manifest, type ModelEntry, readManifest } from './manifest.js';
import { openSession, type Session, type SessionOptions } from './session.js';
import type { ImageInput, Model, Models, Tensor } from './types.js';
import { checkFile } from './verified-file.js';

export interface ModelsOptions extends Pick<SessionOptions, 'provider' | 'threads'> {
  /** Folder of manifest.json and the networks trained here. */
  readonly modelsDir: string;
  /** Folder of the networks that the set-up built; default `modelsDir`/.cache. */
  readonly cacheDir?: string;
  readonly faces?: FaceNetworks;
}

/** What the registry knows of one network, for lists and answers. */
export interface ModelStatus {
  readonly id: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  /** The package that it comes from, `name@version`, or the script of this project that trains it. */
  readonly origin: string;
  readonly optional: boolean;
  readonly state: 'ok' | 'missing' | 'different';
}

export interface ModelRegistry extends Models {
  /** Every network and other model of the manifest, and whether its file is there. */
  list(): Promise<readonly ModelStatus[]>;
}

/** The networks of `modelsDir`/manifest.json. Nothing is read before the first call. */
export function createModels(options: ModelsOptions): ModelRegistry {
  return new Registry(options);
}

interface Loaded {
  readonly model: Model;
  readonly sessions: readonly Session[];
}

class Registry implements ModelRegistry {
  readonly faces: FaceNetworks;
  private readonly modelsDir: string;
  private readonly cacheDir: string;
  private readonly loaded = new Map<string, Promise<Loaded>>();
  private manifest: Promise<Manifest> | undefined;
  private overflow: Promise<boolean> | undefined;
  /** Runs that each thread was asked for, by whichever network, and has not answered. */
  private readonly busy: number[] = [];
  private closed = false;

  constructor(private readonly options: ModelsOptions) {
    this.faces = options.faces ?? DEFAULT_FACE_NETWORKS;
    this.modelsDir = options.modelsDir;
    this.cacheDir = options.cacheDir ?? join(options.modelsDir, '.cache');
  }

  async load(id: string, asked = 1): Promise<Model> {
    if (this.closed) throw new KinoscopeError('unavailable', 'The networks are closed');
    const copies = this.options.provider === 'cpu' ? asked : 1;
    const key = `${id} ${copies}`;
    let opening = this.loaded.get(key);
    if (!opening) {
      opening = this.open(id, copies);
      this.loaded.set(key, opening);
      // A failure is not remembered: after a set-up in another terminal the next call succeeds.
      opening.catch(() => this.loaded.delete(key));
    }
    return (await opening).model;
  }

  async labels(id: string): Promise<string[]> {
    const entry = await this.find(id);
    if (!entry.labels) throw new KinoscopeError('unavailable', `The network ${id} has no list of labels`);
    const text = await readFile(await this.verified(entry, entry.labels.file, entry.labels.sha256), 'utf8');
    return text.replace(/\r?\n$/, '').split(/\r?\n/);
  }

  async trained(id: string): Promise<{ file: string; version: string }> {
    const entry = (await this.read()).trained.find((one) => one.id === id);
    if (!entry) throw new KinoscopeError('unavailable', `There is no model ${id} in models/manifest.json`);
    return { file: await this.verified(entry, entry.file, entry.sha256), version: versionOf(entry) };
  }

  async list(): Promise<ModelStatus[]> {
    const { models, trained } = await this.read();
    return Promise.all(
      [...models, ...trained].map(async (entry: FileEntry) => ({
        id: entry.id,
        version: versionOf(entry),
        description: entry.description,
        license: entry.source.license,
        origin: 'package' in entry.source ? `${entry.source.package}@${entry.source.version}` : entry.source.trained,
        optional: entry.optional ?? false,
        state: await checkFile(this.pathOf(entry, entry.file), entry.sha256, this.cacheDir),
      })),
    );
  }

  async close(): Promise<void> {
    this.closed = true;
    const opened = await Promise.allSettled(this.loaded.values());
    this.loaded.clear();
    await Promise.all(
      opened.flatMap((one) => (one.status === 'fulfilled' ? one.value.sessions.map((session) => session.close()) : [])),
    );
  }

  private read(): Promise<Manifest> {
    return (this.manifest ??= readManifest(this.modelsDir));
  }

  private pathOf(entry: FileEntry, file: string): string {
    return join(folderOf(entry, this.modelsDir, this.cacheDir), file);
  }

  private async find(id: string): Promise<ModelEntry> {
    const entry = (await this.read()).models.find((one) => one.id === id);
    if (!entry) throw new KinoscopeError('unavailable', `There is no network ${id} in models/manifest.json`);
    return entry;
  }

  private async verified(entry: FileEntry, file: string, sha256: string): Promise<string> {
    const path = this.pathOf(entry, file);
    const state = await checkFile(path, sha256, this.cacheDir);
    if (state === 'ok') return path;
    if ('trained' in entry.source) {
      const fault = state === 'missing' ? 'is missing' : 'is not the one that manifest.json names by its sha256';
      throw new KinoscopeError(
        'unavailable',
        `The file ${file} of the model ${entry.id} ${fault}: restore both, or train it (${entry.source.trained})`,
      );
    }
    const command = entry.optional ? `node dist/inference/build-models.js ${entry.id}` : 'npx kinoscope models --build';
    const fault = state === 'missing' ? 'is not built yet' : 'has a damaged file';
    throw new KinoscopeError('unavailable', `The network ${entry.id} ${fault} (${path}): run "${command}"`);
  }

  private async open(id: string, copies: number): Promise<Loaded> {
    const entry = await this.find(id);
    const path = await this.verified(entry, entry.file, entry.sha256);
    const exactProducts = await (this.overflow ??= needsExactProducts());
    const { provider } = this.options;
    const share =
      copies === 1
        ? this.options.threads
        : Math.max(1, Math.floor((this.options.threads || availableParallelism()) / copies));
    const threads =
      entry.threadLimit === undefined || (share > 0 && share < entry.threadLimit) ? share : entry.threadLimit;
    const sessions = await Promise.all(
      Array.from({ length: copies }, (_, lane) => openSession(path, { provider, exactProducts, threads, lane })),
    );
    while (this.busy.length < copies) this.busy.push(0);
    const model = createModel(entry, path, sessions, this.busy);
    if (entry.input) await Promise.all(sessions.map(() => warm(model)));
    return { model, sessions };
  }
}

/** The question takes what builds networks, which nothing else here does: it is loaded when the first network is. */
async function needsExactProducts(): Promise<boolean> {
  const { productsOverflow } = await import('./quantize/overflow.js');
  return productsOverflow();
}

/** Like {@link needsExactProducts}. */
async function readMetadata(path: string): Promise<Readonly<Record<string, string>>> {
  const { metadataOf } = await import('./onnx/proto.js');
  return metadataOf(await readFile(path));
}

/** The version that results carry: it changes whenever the file does, or how the manifest says that it is fed and read. */
const versionOf = ({ id, sha256: file, input, outputs, labels }: FileEntry): string =>
  named(id, outputs ? sha256(JSON.stringify([file, input, outputs, labels?.sha256])) : file);

/** @param busy by lane, kept up to date */
function createModel(entry: ModelEntry, path: string, sessions: readonly Session[], busy: number[]): Model {
  const { input, outputs, batchLimit } = entry;
  const names = Object.entries(outputs);
  for (const [name, inner] of names) {
    if (sessions.every(({ outputNames }) => outputNames.includes(inner))) continue;
    throw new KinoscopeError(
      'internal',
      `The network ${entry.id} has no output ${inner} (${name}) as the manifest says`,
    );
  }

  function pictures(): ImageInput {
    if (input) return input;
    throw new KinoscopeError('internal', `The network ${entry.id} reads no pictures`);
  }

  async function run(inputs: Readonly<Record<string, Tensor>>, handOver = false): Promise<Record<string, Tensor>> {
    const lane = busy.indexOf(Math.min(...busy.slice(0, sessions.length)));
    busy[lane]!++;
    const results = await sessions[lane]!.run(inputs, { handOver }).finally(() => busy[lane]!--);
    return Object.fromEntries(
      names.flatMap(([name, inner]) => {
        const tensor = results[inner];
        return tensor ? [[name, tensor]] : [];
      }),
    );
  }

  async function runBatch(images: readonly RgbImage[]): Promise<Record<string, Tensor>> {
    const tensor = imagesToTensor(images, pictures());
    const start = performance.now();
    const results = await run({ [pictures().name]: tensor }, true);
    inferenceDone.tell({ network: entry.id, pictures: images.length, seconds: (performance.now() - start) / 1000 });
    return results;
  }

  async function runImages(images: readonly RgbImage[]): Promise<Record<string, Tensor>> {
    checkSizes(images, pictures());
    const parts: Record<string, Tensor>[] = [];
    for (let at = 0; at < images.length; at += batchLimit)
      parts.push(await runBatch(images.slice(at, at + batchLimit)));
    return joinBatches(parts);
  }

  const batched = createBatcher(runBatch, batchLimit, sessions.length);
  // A picture of the wrong size fails alone, not with the batch that it would have joined.
  const runImage: Model['runImage'] = async (image) => {
    checkSizes([image], pictures());
    return batched(image);
  };

  let metadata: ReturnType<Model['metadata']> | undefined;

  return {
    id: entry.id,
    version: versionOf(entry),
    get input() {
      return pictures();
    },
    metadata: () => (metadata ??= readMetadata(path)),
    run: (inputs) => run(inputs),
    runImages,
    runImage,
  };
}

/** The first run allocates and, on a GPU, compiles: done here, so that no caller pays for it. */
async function warm({ input, runImages }: Model): Promise<void> {
  // Networks of free size take multiples of 32 everywhere (five halvings).
  const width = input.width ?? 64;
  const height = input.height ?? 64;
  await runImages([{ width, height, data: new Uint8Array(width * height * 3) }]);
}
