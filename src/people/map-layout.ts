import { UMAP } from 'umap-js';
import { normalize, similarity } from '../faces/embed.js';
import { FaceMatrix } from './face-matrix.js';

/** Faces as a map in two dimensions, where those that are alike lie together. */

/** A face that is laid out. */
export interface MapFace {
  /** Whose it is. */
  readonly personId: string;
  /** Of unit length. */
  readonly embedding: Float32Array;
}

/** Where a face lies: 0 to 1 from left to right and from top to bottom. */
export interface MapPlace {
  readonly x: number;
  readonly y: number;
  /** The person whose mean is nearer to the face than that of its own person's other faces; null: none, or there is no other face. */
  readonly nearer: string | null;
}

/** Neighbours of a face, as UMAP's authors recommend (McInnes, Healy and Melville 2018); points lie less close than theirs, to be told apart. */
const NEIGHBOURS = 15;
const MIN_DIST = 0.4;
/** The same faces make the same map. */
const SEED = 20181203;
/** Two faces that are the same are this far apart: UMAP takes a distance of 0 for none. */
const LEAST_DISTANCE = 1e-6;
/** Of the search for neighbours and of the layout, of all that is to be done. */
const SEARCH_SHARE = 0.4;
/** Decimals of a place. */
const PRECISION = 1e4;

/**
 * Lays faces out by UMAP on the cosines of their exact nearest neighbours.
 * @param onProgress 0 to 1
 * @returns a place for each face, in their order; the same for the same faces
 */
export function layOut(faces: readonly MapFace[], onProgress: (done: number) => void = () => undefined): MapPlace[] {
  const matrix = new FaceMatrix(faces.map(({ embedding }) => embedding));
  const count = Math.min(NEIGHBOURS, faces.length - 1);
  // UMAP has nothing to weigh among three: they lie side by side
  const points =
    faces.length < 4
      ? faces.map((_, i) => [i, 0])
      : place(
          faces.map((face, i) => {
            if (i % 64 === 0) onProgress((i / faces.length) * SEARCH_SHARE);
            return nearest(matrix, face, i, count);
          }),
          (done) => onProgress(SEARCH_SHARE + done * (1 - SEARCH_SHARE)),
        );
  const nearer = outliers(faces);
  return inUnitSquare(points).map(([x, y], i) => ({ x, y, nearer: nearer[i] ?? null }));
}

interface Neighbours {
  readonly indices: number[];
  readonly distances: number[];
}

/** A face itself and those most like it, the most alike first. */
function nearest(matrix: FaceMatrix, { embedding }: MapFace, self: number, count: number): Neighbours {
  const { cosines } = matrix.cosines(embedding);
  const [indices, likeness]: [number[], number[]] = [[], []];
  for (const [i, cosine] of cosines.entries()) {
    if (i === self || (indices.length === count && cosine <= likeness[count - 1]!)) continue;
    let at = Math.min(indices.length, count - 1);
    for (; at > 0 && likeness[at - 1]! < cosine; at--)
      [indices[at], likeness[at]] = [indices[at - 1]!, likeness[at - 1]!];
    [indices[at], likeness[at]] = [i, cosine];
  }
  return {
    indices: [self, ...indices],
    distances: [0, ...likeness.map((cosine) => Math.max(LEAST_DISTANCE, 1 - cosine))],
  };
}

function place(neighbours: readonly Neighbours[], onProgress: (done: number) => void): number[][] {
  const umap = new UMAP({ nNeighbors: neighbours[0]!.indices.length - 1, minDist: MIN_DIST, random: seeded(SEED) });
  umap.setPrecomputedKNN(
    neighbours.map(({ indices }) => indices),
    neighbours.map(({ distances }) => distances),
  );
  // what the vectors are is not asked any more, only how many there are
  const epochs = umap.initializeFit(neighbours.map(() => []));
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step();
    onProgress((epoch + 1) / epochs);
  }
  return umap.getEmbedding();
}

/** For each face the person who is nearer to it than the other faces of its own person are; null: none. */
function outliers(faces: readonly MapFace[]): (string | null)[] {
  const sums = new Map<string, { readonly sum: Float32Array; count: number }>();
  for (const { personId, embedding } of faces) {
    const of = sums.get(personId) ?? { sum: new Float32Array(embedding.length), count: 0 };
    sums.set(personId, of);
    of.count++;
    for (let i = 0; i < embedding.length; i++) of.sum[i]! += embedding[i]!;
  }
  const ids = [...sums.keys()];
  const means = [...sums.values()].map(({ sum }) => normalize(Float32Array.from(sum)));
  const matrix = new FaceMatrix(means);
  return faces.map(({ personId, embedding }) => {
    const { sum, count } = sums.get(personId)!;
    if (count < 2) return null;
    const own = similarity(normalize(sum.map((value, i) => value - embedding[i]!)), embedding);
    const { cosines, slack } = matrix.cosines(embedding);
    let best: { readonly id: string; readonly likeness: number } | null = null;
    for (const [i, cosine] of cosines.entries()) {
      if (ids[i] === personId || cosine < (best?.likeness ?? own) - slack) continue;
      const likeness = similarity(means[i]!, embedding);
      if (likeness > (best?.likeness ?? own)) best = { id: ids[i]!, likeness };
    }
    return best?.id ?? null;
  });
}

/** Keeps the shape: both axes have one scale. */
function inUnitSquare(points: readonly number[][]): [number, number][] {
  const [low, high] = [0, 1]
    .map((axis) => points.map((point) => point[axis]!))
    .reduce<[number[], number[]]>(
      ([lows, highs], values) => [
        [...lows, values.reduce((a, b) => Math.min(a, b), Infinity)],
        [...highs, values.reduce((a, b) => Math.max(a, b), -Infinity)],
      ],
      [[], []],
    );
  const size = Math.max(high[0]! - low[0]!, high[1]! - low[1]!) || 1;
  const at = (point: readonly number[], axis: 0 | 1): number => {
    const middle = (low[axis]! + high[axis]!) / 2;
    return Math.round(((point[axis]! - middle) / size + 0.5) * PRECISION) / PRECISION;
  };
  return points.map((point) => [at(point, 0), at(point, 1)]);
}

/** Numbers from 0 to 1, the same for a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
