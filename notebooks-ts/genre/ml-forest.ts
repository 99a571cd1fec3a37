import { RandomForestRegression } from 'ml-random-forest';
import { type Forest, LEAF } from './forest.js';
import { type Rows, rowOf } from './matrix.js';
import { createRandom, shuffled } from './random.js';

/** What ml-random-forest writes of a tree (ml-cart). */
interface MlNode {
  readonly splitColumn?: number;
  readonly splitValue?: number;
  readonly left?: MlNode;
  readonly right?: MlNode;
  readonly distribution?: number;
}

interface MlForest {
  readonly baseModel: {
    /** Columns that each tree was given, in its own numbering. */
    readonly indexes: readonly (readonly number[])[];
    readonly estimators: readonly { readonly root: MlNode }[];
  };
}

/** A regression forest of ml-random-forest on labels 0 and 1, in the form that ours have. */
export function fromMlForest({ baseModel: { indexes, estimators } }: MlForest): Forest {
  const feature: number[] = [];
  const threshold: number[] = [];
  const next: number[] = [];
  const leaves: number[] = [];
  const add = (): number => {
    threshold.push(0);
    next.push(0);
    return feature.push(LEAF) - 1;
  };
  const fill = (at: number, node: MlNode, columns: readonly number[]): void => {
    if (!node.left || !node.right) {
      next[at] = leaves.push(Math.round(255 * (node.distribution ?? 0))) - 1;
      return;
    }
    feature[at] = columns[node.splitColumn ?? 0] ?? 0;
    threshold[at] = node.splitValue ?? 0;
    const child = add();
    add();
    next[at] = child;
    fill(child, node.left, columns);
    fill(child + 1, node.right, columns);
  };
  const roots = estimators.map(({ root }, tree) => {
    const at = add();
    fill(at, root, indexes[tree] ?? []);
    return at;
  });
  return {
    outputs: 1,
    roots: Uint32Array.from(roots),
    feature: Uint16Array.from(feature),
    threshold: Float32Array.from(threshold),
    next: Uint32Array.from(next),
    leaves: Uint8Array.from(leaves),
  };
}

/**
 * ml-random-forest for one genre. Regression on 0 and 1, because its classifier's `predictProbability` loses the first
 * tree's vote; on a random part of the rows, because a tree's cost grows with their square; without out-of-bag answers,
 * which throw when trees are few.
 */
export function trainMlForest(
  rows: Rows,
  labels: readonly number[],
  options: { trees: number; sample: number; seed: number },
): Forest {
  const chosen = shuffled(rows.count, createRandom(options.seed)).slice(0, options.sample);
  const forest = new RandomForestRegression({
    seed: options.seed,
    maxFeatures: 0.5,
    replacement: false,
    nEstimators: options.trees,
    useSampleBagging: true,
    noOOB: true,
    treeOptions: { minNumSamples: 20, maxDepth: 8 },
  });
  forest.train(
    chosen.map((n) => Array.from(rowOf(rows, n))),
    chosen.map((n) => labels[n]!),
  );
  return fromMlForest(forest.toJSON() as unknown as MlForest);
}
