/**
 * Gradient-boosted decision trees for a yes-or-no question (Friedman 2001, with the second-order leaf values of XGBoost,
 * Chen and Guestrin 2016). Small enough to train in seconds and to keep as JSON.
 */
export interface BoostedTrees {
  readonly features: readonly string[];
  /** Log-odds before the first tree. */
  readonly base: number;
  readonly trees: readonly TreeNode[];
}

/** `[feature, threshold, below, above]`, a missing value goes below; or a leaf's log-odds. */
export type TreeNode = number | readonly [number, number, TreeNode, TreeNode];

export function logOddsOf(model: BoostedTrees, row: readonly number[] | Float32Array): number {
  let sum = model.base;
  for (const tree of model.trees) {
    let node = tree;
    while (typeof node !== 'number') node = row[node[0]]! >= node[1] ? node[3] : node[2];
    sum += node;
  }
  return sum;
}

export function probabilityOf(model: BoostedTrees, row: readonly number[] | Float32Array): number {
  return 1 / (1 + Math.exp(-logOddsOf(model, row)));
}

export interface BoostingSettings {
  readonly rounds: number;
  readonly depth: number;
  /** Share of each tree's leaf values that is added. */
  readonly rate: number;
  /** Least sum of hessians in a leaf. */
  readonly leafWeight: number;
  /** Ridge penalty on leaf values. */
  readonly ridge: number;
  /** Share of the rows that each tree sees. */
  readonly rowShare: number;
  readonly seed: number;
}

const BINS = 64;

/** A small linear congruential generator (Numerical Recipes), so that training repeats exactly. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Up to 63 cut points a feature, at equal counts of a sample of its values. */
function cutPoints(rows: readonly ArrayLike<number>[], feature: number): number[] {
  const step = Math.max(1, Math.floor(rows.length / 20_000));
  const values: number[] = [];
  for (let i = 0; i < rows.length; i += step) {
    const value = rows[i]![feature]!;
    if (!Number.isNaN(value)) values.push(value);
  }
  values.sort((a, b) => a - b);
  const cuts = new Set<number>();
  for (let k = 1; k < BINS; k++) cuts.add(values[Math.floor((k * values.length) / BINS)] ?? 0);
  return [...cuts].sort((a, b) => a - b).filter((cut) => cut > (values[0] ?? 0));
}

/** Bin of a value: how many cut points it has reached; a missing value is in bin 0. */
function binOf(cuts: readonly number[], value: number): number {
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value >= cuts[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * @param rows one row an example, a column a feature, NaN where missing
 * @param labels 0 or 1
 * @param weights one an example
 */
export function trainBoostedTrees(
  features: readonly string[],
  rows: readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
  weights: ArrayLike<number>,
  settings: BoostingSettings,
): BoostedTrees {
  const count = rows.length;
  const random = randomOf(settings.seed);
  const cuts = features.map((_, f) => cutPoints(rows, f));
  const bins = features.map((_, f) => Uint8Array.from({ length: count }, (_row, i) => binOf(cuts[f]!, rows[i]![f]!)));
  let [positive, total] = [0, 0];
  for (let i = 0; i < count; i++) {
    positive += labels[i]! * weights[i]!;
    total += weights[i]!;
  }
  const base = Math.log((positive + 1) / (total - positive + 1));
  const score = new Float64Array(count).fill(base);
  const gradient = new Float64Array(count);
  const hessian = new Float64Array(count);

  const grow = (members: Uint32Array, depth: number): TreeNode => {
    let [g, h] = [0, 0];
    for (const i of members) {
      g += gradient[i]!;
      h += hessian[i]!;
    }
    const leaf = (settings.rate * g) / (h + settings.ridge);
    if (depth === 0 || h < 2 * settings.leafWeight) return leaf;
    let best = { gain: 1e-6, feature: -1, bin: 0 };
    for (let f = 0; f < features.length; f++) {
      const sumG = new Float64Array(BINS);
      const sumH = new Float64Array(BINS);
      const column = bins[f]!;
      for (const i of members) {
        sumG[column[i]!]! += gradient[i]!;
        sumH[column[i]!]! += hessian[i]!;
      }
      let [leftG, leftH] = [0, 0];
      for (let bin = 1; bin <= cuts[f]!.length; bin++) {
        leftG += sumG[bin - 1]!;
        leftH += sumH[bin - 1]!;
        if (leftH < settings.leafWeight || h - leftH < settings.leafWeight) continue;
        const gain = leftG ** 2 / (leftH + settings.ridge) + (g - leftG) ** 2 / (h - leftH + settings.ridge) -
          g ** 2 / (h + settings.ridge);
        if (gain > best.gain) best = { gain, feature: f, bin };
      }
    }
    if (best.feature < 0) return leaf;
    const column = bins[best.feature]!;
    const below = members.filter((i) => column[i]! < best.bin);
    const above = members.filter((i) => column[i]! >= best.bin);
    const threshold = Number(cuts[best.feature]![best.bin - 1]!.toPrecision(6));
    return [best.feature, threshold, grow(below, depth - 1), grow(above, depth - 1)];
  };

  const trees: TreeNode[] = [];
  for (let round = 0; round < settings.rounds; round++) {
    for (let i = 0; i < count; i++) {
      const p = 1 / (1 + Math.exp(-score[i]!));
      gradient[i] = weights[i]! * (labels[i]! - p);
      hessian[i] = weights[i]! * p * (1 - p);
    }
    const members = Uint32Array.from({ length: count }, (_, i) => i).filter(() => random() < settings.rowShare);
    const tree = rounded(grow(members, settings.depth));
    trees.push(tree);
    const single = { features, base: 0, trees: [tree] };
    for (let i = 0; i < count; i++) score[i]! += logOddsOf(single, rows[i] as Float32Array);
  }
  return { features, base: Number(base.toPrecision(6)), trees };
}

/** Five digits are more than the data supports, and keep the file small. */
function rounded(node: TreeNode): TreeNode {
  if (typeof node === 'number') return Number(node.toPrecision(5));
  return [node[0], node[1], rounded(node[2]), rounded(node[3])];
}
