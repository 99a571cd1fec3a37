import type { RgbImage } from '../frames/types.js';
import type { Models } from '../inference/types.js';
import type { FivePoints } from './geometry.js';
import { loadFaceNetwork } from './networks.js';
import { type Look, type Recognizer, type RecognizerId, RECOGNIZERS, type Whitening } from './recognizers.js';
import { drawWarped, fitSimilarity, invert } from './warp.js';

/** The face turned, scaled and shifted onto the recogniser's template. */
export function alignFace(image: RgbImage, points: FivePoints, { template, mirrored }: Look, side: number): RgbImage {
  const aligned = drawWarped(image, invert(fitSimilarity(points, template)), side, side);
  return mirrored ? inMirror(aligned) : aligned;
}

function inMirror({ width, height, data }: RgbImage): RgbImage {
  const turned = new Uint8Array(data.length);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const from = (pixel - (pixel % width) + width - 1 - (pixel % width)) * 3;
    turned.set(data.subarray(from, from + 3), pixel * 3);
  }
  return { width, height, data: turned };
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
  /**
   * How clearly it shows whose the face is. Of one look, the embedding's length before it was scaled: short for what hardly looks like
   * a face. Of several, how alike they are, -1 to 1.
   */
  readonly strength: number;
  /** The face as the first look has it. */
  readonly aligned: RgbImage;
}

function whitened(vector: Float32Array, { centre, matrix }: Whitening): Float32Array {
  const size = vector.length;
  return Float32Array.from(vector, (_, row) => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += matrix[row * size + i]! * (vector[i]! - centre[i]!);
    return sum;
  });
}

/** The mean cosine of a look and the next. */
function agreement(looks: readonly Float32Array[]): number {
  const unit = looks.map((look) => normalize(Float32Array.from(look)));
  const next = unit.slice(1).map((look, i) => similarity(look, unit[i]!));
  return next.reduce((sum, cosine) => sum + cosine, 0) / next.length;
}

/** Embeddings of the faces that have these five points. */
export async function embedFaces(
  models: Models,
  image: RgbImage,
  faces: readonly FivePoints[],
  recognizer: RecognizerId,
): Promise<Embedded[]> {
  if (faces.length === 0) return [];
  const { looks, side, whitening }: Recognizer = RECOGNIZERS[recognizer];
  const pictures = faces.flatMap((points) => looks.map((look) => alignFace(image, points, look, side)));
  const { embedding } = await (await loadFaceNetwork(models, recognizer)).runImages(pictures);
  if (!embedding) throw new Error(`${recognizer} does not answer an embedding`);
  const size = embedding.data.length / pictures.length;
  const seen = pictures.map((_, i): Float32Array => {
    const vector = Float32Array.from((embedding.data as Float32Array).subarray(i * size, (i + 1) * size));
    return whitening ? whitened(vector, whitening) : vector;
  });
  return faces.map((_, n) => {
    const [first, ...others] = seen.slice(n * looks.length, (n + 1) * looks.length);
    const sum = first!.map((value, i) => others.reduce((all, other) => all + other[i]!, value));
    const strength = others.length > 0 ? agreement([first!, ...others]) : Math.hypot(...sum);
    return { strength, embedding: normalize(sum), aligned: pictures[n * looks.length]! };
  });
}
