import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { type Face, readFaces } from '../src/faces/detect.js';
import { similarity } from '../src/faces/embed.js';
import type { Box } from '../src/faces/geometry.js';
import { resize } from '../src/faces/warp.js';
import { readPicture } from '../src/frames/picture.js';
import type { RgbImage } from '../src/frames/types.js';
import type { Models } from '../src/inference/types.js';

/** Photos of two casts, a folder a person, as embeddings: what the benches of recognition and its calibration share. */

export interface PhotoFace {
  readonly file: string;
  readonly cast: string;
  readonly person: string;
  /** Pixels. */
  readonly box: Box;
  readonly embedding: Float32Array;
  readonly quality: number;
}

export const CASTS = ['friends', 'himym'] as const;

export function dataFolder(): string {
  const folder = process.env['KINOSCOPE_DATA'] ?? join(import.meta.dirname, '..', '..', 'shared', 'data');
  if (!existsSync(folder)) throw new Error(`The data are wanted at ${folder} (or where KINOSCOPE_DATA points)`);
  return folder;
}

/** Two photos this similar are one picture: a probe must not meet itself in the gallery. */
const SAME_PICTURE = 0.97;

/**
 * The largest face of every photo. Photos without a face are left out, and so are pictures that come twice.
 * @param only take these files and no others: what other networks found to be different pictures
 */
export async function readCasts(models: Models, only?: ReadonlySet<string>): Promise<PhotoFace[]> {
  const photos: PhotoFace[] = [];
  for (const cast of CASTS) {
    const folder = join(dataFolder(), 'faces', cast);
    for (const person of readdirSync(folder)
      .filter((name) => statSync(join(folder, name)).isDirectory())
      .sort()) {
      const seen: PhotoFace[] = [];
      for (const name of readdirSync(join(folder, person)).sort()) {
        const file = join(folder, person, name);
        if (only && !only.has(file)) continue;
        const image = await readPicture(file);
        const faces = await readFaces(models, image);
        const face = faces.sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3])[0];
        if (!face || (!only && seen.some(({ embedding }) => similarity(embedding, face.embedding) > SAME_PICTURE)))
          continue;
        seen.push({ file, cast, person, box: face.box, embedding: face.embedding, quality: face.quality.score });
      }
      photos.push(...seen);
    }
  }
  return photos;
}

/** Numbers of 0 to 1 that look random and are the same in every run (mulberry32, Tommy Ettinger). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** The faces of photos of crowds (face-boxes), each of somebody else: people whom nobody looks for. */
export async function readCrowd(models: Models): Promise<PhotoFace[]> {
  const folder = join(dataFolder(), 'face-boxes', 'images');
  const faces: PhotoFace[] = [];
  for (const name of readdirSync(folder).sort())
    for (const { box, embedding, quality } of await readFaces(models, await readPicture(join(folder, name))))
      faces.push({
        file: name,
        cast: 'crowd',
        person: `crowd ${faces.length}`,
        box,
        embedding,
        quality: quality.score,
      });
  return faces;
}

/** The same faces as a film shows them from afar: 13 to 26 pixels wide, compressed (JPEG at 50); those that are found no more are left out. */
export async function readFarFaces(models: Models, photos: readonly PhotoFace[]): Promise<Map<string, PhotoFace>> {
  const random = seeded(5);
  const far = new Map<string, PhotoFace>();
  const largest = async (image: RgbImage): Promise<Face | undefined> =>
    (await readFaces(models, image)).sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3])[0];
  for (const photo of photos) {
    const image = await readPicture(photo.file);
    const factor = Math.min(1, (13 + 13 * random()) / (await largest(image))!.box[2]);
    const small = resize(image, Math.round(image.width * factor), Math.round(image.height * factor));
    const raw = { width: small.width, height: small.height, channels: 3 } as const;
    const compressed = await sharp(small.data, { raw }).jpeg({ quality: 50 }).toBuffer();
    const data = await sharp(compressed).removeAlpha().raw().toBuffer();
    const face = await largest({ width: small.width, height: small.height, data: new Uint8Array(data) });
    if (face) far.set(photo.file, { ...photo, embedding: face.embedding, quality: face.quality.score });
  }
  return far;
}
