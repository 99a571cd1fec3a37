import { KinoscopeError } from '../core/errors.js';
import type { NumberArray } from './array-file.js';

/**
 * A forest in flat arrays: nodes of all trees in one numbering. An inner node n sends a row left when
 * `row[feature[n]] < threshold[n]`, to node `next[n]`, and right to `next[n] + 1`; a leaf has the feature
 * {@link LEAF} and its answer in row `next[n]` of `leaves`.
 */
export interface Forest {
  readonly outputs: number;
  /** First node of every tree. */
  readonly roots: Uint32Array;
  readonly feature: Uint16Array;
  readonly threshold: Float32Array;
  readonly next: Uint32Array;
  /** [leaves, outputs], probabilities in steps of 1/255. */
  readonly leaves: Uint8Array;
}

export const LEAF = 0xffff;

/**
 * Adds the mean answer of all trees to `sum` (length `outputs`, probabilities 0 to 1).
 * @param row at least as long as the largest feature number asks for
 */
export function addForestAnswer(forest: Forest, row: Float32Array, sum: Float32Array): void {
  const { outputs, roots, feature, threshold, next, leaves } = forest;
  const weight = 1 / (255 * roots.length);
  for (const root of roots) {
    let node = root;
    for (let split = feature[node]!; split !== LEAF; split = feature[node]!) {
      node = next[node]! + (row[split]! < threshold[node]! ? 0 : 1);
    }
    const leaf = next[node]! * outputs;
    for (let g = 0; g < outputs; g++) sum[g] = sum[g]! + leaves[leaf + g]! * weight;
  }
}

const ARRAYS = {
  roots: Uint32Array,
  feature: Uint16Array,
  threshold: Float32Array,
  next: Uint32Array,
  leaves: Uint8Array,
} as const;

/** The forest as arrays of a file, and back. @throws KinoscopeError `unavailable` when one is missing or points outside */
export const forestArrays = ({
  roots,
  feature,
  threshold,
  next,
  leaves,
}: Forest): Record<keyof typeof ARRAYS, NumberArray> => ({ roots, feature, threshold, next, leaves });

export function forestFromArrays(arrays: Readonly<Record<string, NumberArray>>, outputs: number): Forest {
  const array = <T extends NumberArray>(name: keyof typeof ARRAYS, Type: abstract new (...args: never) => T): T => {
    const found = arrays[name];
    if (found instanceof Type) return found;
    throw new KinoscopeError('unavailable', `The genre model has no array ${name}`);
  };
  const forest: Forest = {
    outputs,
    roots: array('roots', ARRAYS.roots),
    feature: array('feature', ARRAYS.feature),
    threshold: array('threshold', ARRAYS.threshold),
    next: array('next', ARRAYS.next),
    leaves: array('leaves', ARRAYS.leaves),
  };
  const nodes = forest.feature.length;
  // Children come after their parent: walking a damaged file ends all the same.
  const sound = forest.next.every((next, node) =>
    forest.feature[node] === LEAF ? (next + 1) * outputs <= forest.leaves.length : next > node && next + 1 < nodes,
  );
  if (!sound || forest.roots.some((root) => root >= nodes)) {
    throw new KinoscopeError('unavailable', 'The forest of the genre model is damaged');
  }
  return forest;
}
