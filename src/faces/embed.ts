import type { RgbImage } from '../frames/types.js';
import type { Models } from '../inference/types.js';
import type { FivePoints } from './geometry.js';
import { loadFaceNetwork } from './networks.js';
import type { Recognizer, RecognizerId } from './recognizers.js';
import { drawWarped, fitSimilarity, invert } from './warp.js';

/** A face whose five points are known, pixels. */
export interface Landmarked {
  readonly landmarks: FivePoints;
}

/** The face turned, scaled and shifted onto the recogniser's template. */
export function alignFace(
  image: RgbImage,
  points: FivePoints,
  { template, side }: Pick<Recognizer, 'template' | 'side'>,
): RgbImage {
  return drawWarped(image, invert(fitSimilarity(points, template)), side, side);
}

/** Scales to unit length, in place. The zero vector stays. */
export function normalize(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  for (let i = 0; i < vector.length; i++) vector[i]! *= scale;
  return vector;
}

/** Cosine similarity of two vectors of unit length, -1 to 1. */
export function similarity(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  for (let i = 0; i < a.length; i++) dot += a[i]! * b[i]!;
  return dot;
}

/** Weighted mean of vectors of unit length, of unit length itself. */
export function meanEmbedding(vectors: readonly Float32Array[], weights?: readonly number[]): Float32Array {
  const mean = new Float32Array(vectors[0]?.length ?? 0);
  vectors.forEach((vector, n) => {
    const weight = weights?.[n] ?? 1;
    for (let i = 0; i < mean.length; i++) mean[i]! += weight * vector[i]!;
  });
  return normalize(mean);
}

export interface Embedded {
  /** Of unit length. */
  readonly embedding: Float32Array;
  /** Its length before: short for what hardly looks like a face. */
  readonly strength: number;
}

/** Embeddings of aligned faces, with how strongly each looks like a face. */
export async function embedAligned(
  models: Models,
  aligned: readonly RgbImage[],
  recognizer: RecognizerId,
): Promise<Embedded[]> {
  if (aligned.length === 0) return [];
  const { embedding } = await (await loadFaceNetwork(models, recognizer)).runImages(aligned);
  if (!embedding) throw new Error(`${recognizer} does not answer an embedding`);
  const size = embedding.data.length / aligned.length;
  return aligned.map((_, i) => {
    const vector = Float32Array.from((embedding.data as Float32Array).subarray(i * size, (i + 1) * size));
    return { strength: Math.hypot(...vector), embedding: normalize(vector) };
  });
}
