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
 * The mean answer of all trees, probabilities 0 to 1. [outputs]
 * @param row at least as long as the largest feature number asks for
 */
export function forestAnswer(forest: Forest, row: Float32Array): Float32Array {
  const { outputs, roots, feature, threshold, next, leaves } = forest;
  const weight = 1 / (255 * roots.length);
  const sum = new Float32Array(outputs);
  for (const root of roots) {
    let node = root;
    for (let split = feature[node]!; split !== LEAF; split = feature[node]!) {
      node = next[node]! + (row[split]! < threshold[node]! ? 0 : 1);
    }
    const leaf = next[node]! * outputs;
    for (let g = 0; g < outputs; g++) sum[g] = sum[g]! + leaves[leaf + g]! * weight;
  }
  return sum;
}
