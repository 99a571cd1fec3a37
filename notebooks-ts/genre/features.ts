import { openMedia } from '../../src/frames/media.js';
import { runPass } from '../../src/frames/pass.js';
import { readPicture } from '../../src/frames/picture.js';
import type { Frame, RgbImage } from '../../src/frames/types.js';
import { COARSE, NETWORK_INPUTS, prepareInput } from '../../src/genre/feature-extractor.js';
import { dropReason, sketch } from '../../src/genre/frame-filter.js';
import type { Model, Tensor } from '../../src/inference/types.js';
import type { Collection, Document, Store } from '../../src/storage/collection.js';
import type { Item } from './dataset.js';

/** The outputs that make up a descriptor, network by network, and the say of each in it; together 1, half for either network. */
export const OUTPUTS = [
  { network: 'inception-v3.int8', name: 'features', size: 2048, share: 1 / 8 },
  { network: 'inception-v3.int8', name: 'mixed8Mean', size: 1280, share: 1 / 8 },
  { network: 'inception-v3.int8', name: 'mixed7Mean', size: 768, share: 1 / 8 },
  { network: 'inception-v3.int8', name: 'mixed4Mean', size: 768, share: 1 / 8 },
  { network: 'resnet50-imagenet.int8', name: 'features', size: 2048, share: 1 / 4 },
  { network: 'resnet50-imagenet.int8', name: 'stage4Mean', size: 1024, share: 1 / 4 },
] as const;
const lengthOf = (outputs: readonly { size: number }[]): number => outputs.reduce((sum, { size }) => sum + size, 0);
export const DESCRIPTOR = lengthOf(OUTPUTS);
export const NETWORKS = Object.keys(NETWORK_INPUTS);

/** What one network sees in an item, as the store keeps it under {@link documentId}. */
export interface FeatureDocument extends Document {
  /** Its version. */
  readonly network: string;
  /** Pictures that were kept; those that say nothing (src/genre/frame-filter.ts) are dropped from trailers. */
  readonly rows: number;
  readonly dropped: number;
  /** Base64 of [rows, the network's part of DESCRIPTOR] 16-bit numbers: the roots of the values in steps of 1 / {@link STEPS}. */
  readonly descriptors: string;
}

/** Roots of ResNet's values reach 5. */
const STEPS = 8192;
const documentId = (network: string, item: Item): string => `${network}/${item.id}`;

/** One picture's outputs of a network as the store's 16-bit numbers. */
function pack(network: string, outputs: Readonly<Record<string, Tensor>>): Uint16Array {
  const own = OUTPUTS.filter((output) => output.network === network);
  const packed = new Uint16Array(lengthOf(own));
  let at = 0;
  for (const { name, size } of own) {
    const data = outputs[name]?.data;
    if (data?.length !== size) throw new Error(`the network ${network} has no output ${name} of ${size} values`);
    for (let i = 0; i < size; i++, at++)
      packed[at] = Math.min(0xffff, Math.round(Math.sqrt(Math.max(Number(data[i]), 0)) * STEPS));
  }
  return packed;
}

/** [rows, DESCRIPTOR] roots of the values of an item; null where a network has not seen it yet, or nothing in it counts. */
export async function storedRows(collection: Collection<FeatureDocument>, item: Item): Promise<Float32Array | null> {
  const documents = await Promise.all(NETWORKS.map((network) => collection.get(documentId(network, item))));
  const count = documents[0]?.rows ?? 0;
  if (count === 0 || documents.some((document) => document?.rows !== count)) return null;
  const out = new Float32Array(count * DESCRIPTOR);
  let start = 0;
  for (const document of documents) {
    const bytes = Buffer.from(document?.descriptors ?? '', 'base64');
    const width = bytes.length / 2 / count;
    for (let n = 0; n < count; n++) {
      for (let i = 0; i < width; i++) out[n * DESCRIPTOR + start + i] = bytes.readUInt16LE((n * width + i) * 2) / STEPS;
    }
    start += width;
  }
  return out;
}

export const featureCollection = (store: Store): Promise<Collection<FeatureDocument>> =>
  store.collection({ name: 'genre_features' });

/** Has a video (a path or a link) as a local file while `use` runs. */
export type UseVideo = (video: string, use: (file: string) => Promise<unknown>) => Promise<unknown>;
const AS_IT_LIES: UseVideo = (video, use) => use(video);

/** What networks see in the pictures of an item that say something, without holding them all. `rows`: [pictures][networks]. */
async function describe(
  item: Item,
  networks: readonly Model[],
  useVideo: UseVideo,
): Promise<{ rows: Uint16Array[][]; dropped: number }> {
  const rows: Promise<Uint16Array[]>[] = [];
  let dropped = 0;
  let previous: Uint8Array | null = null;
  const take = (image: RgbImage): Promise<unknown> => {
    const view = prepareInput(image);
    if (item.set === 'trailers') {
      const pixels = sketch(view.square);
      const reason = dropReason(pixels, previous);
      previous = pixels;
      if (reason) {
        dropped++;
        return Promise.resolve();
      }
    }
    const row = Promise.all(
      networks.map(async (network) => pack(network.id, await network.runImage(NETWORK_INPUTS[network.id]!(view)))),
    );
    rows.push(row);
    return row;
  };
  if (item.video) {
    const media = openMedia({ kind: 'node-av', threads: 1 });
    await useVideo(item.video, (file) =>
      runPass(media.source, file, {
        plan: { kind: 'everySecond' },
        consumer: {
          sizes: [COARSE],
          push: async ({ images: [image] }: Frame) => {
            if (image) await take(image);
          },
        },
      }),
    );
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
  networks: readonly Model[],
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
        const stored = await Promise.all(networks.map(({ id }) => collection.get(documentId(id, item))));
        const whole = ({ rows, dropped }: FeatureDocument): boolean =>
          item.video !== undefined || rows + dropped === item.pictures.length;
        const missing = networks.filter(({ version }, i) => {
          const own = stored[i];
          return own?.network !== version || !whole(own);
        });
        if (missing.length > 0) {
          const { rows, dropped } = await describe(item, missing, useVideo);
          await store.commit(
            missing.map(({ id, version }, i) => {
              const descriptors = Buffer.concat(rows.map((row) => Buffer.from(row[i]!.buffer))).toString('base64');
              const document = { id: documentId(id, item), network: version, rows: rows.length, dropped, descriptors };
              return { kind: 'upsert', collection: collection.name, document };
            }),
          );
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
