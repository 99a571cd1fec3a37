import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Face, readFaces } from '../src/faces/detect.js';
import { alignFace, embedAligned, meanEmbedding, similarity } from '../src/faces/embed.js';
import { RECOGNIZERS, type RecognizerId } from '../src/faces/recognizers.js';
import { readPicture } from '../src/frames/picture.js';
import type { RgbImage } from '../src/frames/types.js';
import type { Models } from '../src/inference/types.js';

/** Photos of two casts, a folder a person, as embeddings: what the benches of recognition and its calibration share. */

export interface PhotoFace {
  readonly file: string;
  readonly cast: string;
  readonly person: string;
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
 * @param mirrored the embedding is the mean of the face's and its mirror picture's
 * @param only take these files and no others: what another recogniser found to be different pictures
 */
export async function readCasts(
  models: Models,
  recognizer: RecognizerId,
  only?: ReadonlySet<string>,
  mirrored = false,
): Promise<PhotoFace[]> {
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
        const faces = await readFaces(models, image, { recognizer });
        const face = faces.sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3])[0];
        if (!face || (!only && seen.some(({ embedding }) => similarity(embedding, face.embedding) > SAME_PICTURE)))
          continue;
        const embedding = mirrored ? await withMirror(models, image, face, recognizer) : face.embedding;
        seen.push({ file, cast, person, embedding, quality: face.quality.score });
      }
      photos.push(...seen);
    }
  }
  return photos;
}

async function withMirror(
  models: Models,
  image: RgbImage,
  face: Face,
  recognizer: RecognizerId,
): Promise<Float32Array> {
  const { width, height, data } = alignFace(image, face.landmarks, RECOGNIZERS[recognizer]);
  const turned = new Uint8Array(data.length);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const from = (pixel - (pixel % width) + width - 1 - (pixel % width)) * 3;
    turned.set(data.subarray(from, from + 3), pixel * 3);
  }
  const [mirror] = await embedAligned(models, [{ width, height, data: turned }], recognizer);
  return meanEmbedding([face.embedding, mirror!.embedding]);
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
