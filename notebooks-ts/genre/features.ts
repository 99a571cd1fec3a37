import { openMedia } from '../../src/frames/media.js';
import { runPass } from '../../src/frames/pass.js';
import { readPicture } from '../../src/frames/picture.js';
import type { Frame, RgbImage } from '../../src/frames/types.js';
import { COARSE, toNetworkSize } from '../../src/genre/analyzer.js';
import { transform } from '../../src/genre/genre-model.js';
import { irrelevance, sketch } from '../../src/genre/relevance.js';
import type { Model, Tensor } from '../../src/inference/types.js';
import type { Collection, Document, Store } from '../../src/storage/collection.js';
import type { Item } from './dataset.js';

/** The network, and those of its outputs that make up a descriptor. */
export const NETWORK = 'inception-v3.int8';
export const OUTPUTS = [
  { name: 'features', size: 2048 },
  { name: 'mixed8Mean', size: 1280 },
  { name: 'mixed7Mean', size: 768 },
  { name: 'mixed4Mean', size: 768 },
] as const;
export const DESCRIPTOR = OUTPUTS.reduce((sum, { size }) => sum + size, 0);

/** Features of an item, as the store keeps them. */
export interface FeatureDocument extends Document {
  readonly network: string;
  /** Pictures that were kept; those that say nothing (src/genre/relevance.ts) are dropped from trailers. */
  readonly rows: number;
  readonly dropped: number;
  /** Base64 of [rows, DESCRIPTOR] 16-bit numbers: the transformed values in steps of 1/8192. */
  readonly descriptors: string;
}

const STEPS = 8192;

/** One picture's outputs as the store's 16-bit numbers. */
function pack(outputs: Readonly<Record<string, Tensor>>): Uint16Array {
  const packed = new Uint16Array(DESCRIPTOR);
  let at = 0;
  for (const { name, size } of OUTPUTS) {
    const data = outputs[name]?.data;
    if (data?.length !== size) throw new Error(`the network has no output ${name} of ${size} values`);
    for (let i = 0; i < size; i++, at++) packed[at] = Math.min(0xffff, Math.round(transform(Number(data[i])) * STEPS));
  }
  return packed;
}

/** [rows, DESCRIPTOR] transformed values of a stored item. */
export function unpack({ descriptors, rows }: Pick<FeatureDocument, 'descriptors' | 'rows'>): Float32Array {
  const bytes = Buffer.from(descriptors, 'base64');
  const out = new Float32Array(rows * DESCRIPTOR);
  for (let i = 0; i < out.length; i++) out[i] = bytes.readUInt16LE(i * 2) / STEPS;
  return out;
}

export const featureCollection = (store: Store): Promise<Collection<FeatureDocument>> => store.collection({ name: 'genre_features' });

/** Has a video (a path or a link) as a local file while `use` runs. */
export type UseVideo = (video: string, use: (file: string) => Promise<unknown>) => Promise<unknown>;
const AS_IT_LIES: UseVideo = (video, use) => use(video);

/** The pictures of an item that say something, as the network takes them, without holding them all. */
async function describe(item: Item, network: Model, useVideo: UseVideo): Promise<{ rows: Uint16Array[]; dropped: number }> {
  const rows: Promise<Uint16Array>[] = [];
  let dropped = 0;
  let previous: Uint8Array | null = null;
  const take = (image: RgbImage): Promise<unknown> => {
    const picture = toNetworkSize(image);
    if (item.set === 'trailers') {
      const pixels = sketch(picture);
      const reason = irrelevance(pixels, previous);
      previous = pixels;
      if (reason) {
        dropped++;
        return Promise.resolve();
      }
    }
    const row = network.runImage(picture).then(pack);
    rows.push(row);
    return row;
  };
  if (item.video) {
    const media = openMedia({ kind: 'node-av', threads: 1 });
    await useVideo(item.video, (file) => runPass(media.source, file, {
      plan: { kind: 'everySecond' },
      consumer: { sizes: [COARSE], push: async ({ images: [image] }: Frame) => { if (image) await take(image); } },
    }));
  } else {
    const TOGETHER = 8;
    for (let at = 0; at < item.pictures.length; at += TOGETHER) {
      const images = await Promise.all(item.pictures.slice(at, at + TOGETHER).map(readPicture));
      await Promise.all(images.map(take));
    }
  }
  return { rows: await Promise.all(rows), dropped };
}

/**
 * Extracts what is not in the store yet; stopped at any point, it goes on from there.
 * @param onProgress called after every item
 * @param useVideo how the items' videos are come by; default: they are files
 * @returns the items that failed, with the reason
 */
export async function extractFeatures(
  items: readonly Item[],
  network: Model,
  store: Store,
  onProgress: (done: number) => void = () => undefined,
  useVideo: UseVideo = AS_IT_LIES,
): Promise<{ item: Item; reason: unknown }[]> {
  const collection = await featureCollection(store);
  const failures: { item: Item; reason: unknown }[] = [];
  const waiting = items.entries();
  let done = 0;
  // Several items at a time fill the network's batches with single posters.
  const worker = async (): Promise<void> => {
    for (const [, item] of waiting) {
      try {
        const stored = await collection.get(item.id);
        if (stored?.network !== network.version) {
          const { rows, dropped } = await describe(item, network, useVideo);
          const descriptors = Buffer.concat(rows.map((row) => Buffer.from(row.buffer, row.byteOffset, row.byteLength))).toString('base64');
          const document = { id: item.id, network: network.version, rows: rows.length, dropped, descriptors };
          await store.commit([{ kind: 'upsert', collection: collection.name, document }]);
        }
      } catch (reason) {
        failures.push({ item, reason });
      }
      onProgress(++done);
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return failures;
}
