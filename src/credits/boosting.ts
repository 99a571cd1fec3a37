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
  /** Share of the features that each tree may ask, at least one. */
  readonly featureShare: number;
  readonly seed: number;
}

const BINS = 64;

interface Sums {
  readonly g: Float64Array;
  readonly h: Float64Array;
}

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

/** Writes the gradient and hessian of the log-likelihood at the present scores, one an example. */
type Objective = (score: Float64Array, gradient: Float64Array, hessian: Float64Array) => void;

/**
 * Learns to answer yes or no.
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
  let [positive, total] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    positive += labels[i]! * weights[i]!;
    total += weights[i]!;
  }
  const base = Math.log((positive + 1) / (total - positive + 1));
  return boost(features, rows, base, settings, (score, gradient, hessian) => {
    for (let i = 0; i < score.length; i++) {
      const p = 1 / (1 + Math.exp(-score[i]!));
      gradient[i] = weights[i]! * (labels[i]! - p);
      hessian[i] = weights[i]! * p * (1 - p);
    }
  });
}

/**
 * Learns to choose: within each group exactly one example is the right one, and the exponentials of the log-odds,
 * divided by their sum over the group, are the probabilities (McFadden's conditional logit).
 * @param targets share of each example in being the right one; sums to 1 over a group
 * @param counts how many alike an example stands for
 * @param groups number of each example's group; the examples of a group are neighbours
 */
export function trainBoostedChoice(
  features: readonly string[],
  rows: readonly ArrayLike<number>[],
  targets: ArrayLike<number>,
  counts: ArrayLike<number>,
  groups: ArrayLike<number>,
  settings: BoostingSettings,
): BoostedTrees {
  return boost(features, rows, 0, settings, (score, gradient, hessian) => {
    for (let from = 0, to = 0; from < score.length; from = to) {
      while (to < score.length && groups[to] === groups[from]) to++;
      const largest = score.subarray(from, to).reduce((a, b) => Math.max(a, b));
      let sum = 0;
      for (let i = from; i < to; i++) sum += counts[i]! * Math.exp(score[i]! - largest);
      for (let i = from; i < to; i++) {
        const p = (counts[i]! * Math.exp(score[i]! - largest)) / sum;
        gradient[i] = targets[i]! - p;
        hessian[i] = p * (1 - p);
      }
    }
  });
}

function boost(
  features: readonly string[],
  rows: readonly ArrayLike<number>[],
  base: number,
  settings: BoostingSettings,
  objective: Objective,
): BoostedTrees {
  const count = rows.length;
  const random = randomOf(settings.seed);
  const grower = new TreeGrower(features, rows, settings);
  const score = new Float64Array(count).fill(base);
  const trees: TreeNode[] = [];
  for (let round = 0; round < settings.rounds; round++) {
    objective(score, grower.gradient, grower.hessian);
    const members = Uint32Array.from({ length: count }, (_, i) => i).filter(() => random() < settings.rowShare);
    const asked = features.map((_, f) => f).filter(() => random() < settings.featureShare);
    if (asked.length === 0) asked.push(Math.floor(random() * features.length));
    const tree = rounded(grower.tree(members, asked));
    trees.push(tree);
    const single = { features, base: 0, trees: [tree] };
    for (let i = 0; i < count; i++) score[i]! += logOddsOf(single, rows[i] as Float32Array);
  }
  return { features, base: Number(base.toPrecision(6)), trees };
}

/** Grows trees on the gradients and hessians of all rows. */
class TreeGrower {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  private readonly cuts: readonly ArrayLike<number>[];
  private readonly bins: readonly Uint8Array[];

  constructor(
    features: readonly string[],
    rows: readonly ArrayLike<number>[],
    private readonly settings: BoostingSettings,
  ) {
    const cuts = features.map((_, f) => cutPoints(rows, f));
    this.cuts = cuts;
    this.bins = features.map((_, f) =>
      Uint8Array.from({ length: rows.length }, (_row, i) => binOf(cuts[f]!, rows[i]![f]!)),
    );
    this.gradient = new Float64Array(rows.length);
    this.hessian = new Float64Array(rows.length);
  }

  /** A tree of some rows that asks for some features. */
  tree(members: Uint32Array, asked: readonly number[]): TreeNode {
    return this.grow(members, this.sumsOf(members, asked), asked, this.settings.depth);
  }

  /** Gradients and hessians of some rows, summed by feature and bin. */
  private sumsOf(members: Uint32Array, asked: readonly number[]): Sums {
    const sums = { g: new Float64Array(asked.length * BINS), h: new Float64Array(asked.length * BINS) };
    asked.forEach((f, k) => {
      const column = this.bins[f]!;
      for (const i of members) {
        const at = k * BINS + column[i]!;
        sums.g[at]! += this.gradient[i]!;
        sums.h[at]! += this.hessian[i]!;
      }
    });
    return sums;
  }

  private grow(members: Uint32Array, sums: Sums, asked: readonly number[], depth: number): TreeNode {
    const { rate, ridge, leafWeight } = this.settings;
    let [g, h] = [0, 0];
    for (let bin = 0; bin < BINS; bin++) {
      g += sums.g[bin]!;
      h += sums.h[bin]!;
    }
    const leaf = (rate * g) / (h + ridge);
    if (depth === 0 || h < 2 * leafWeight) return leaf;
    const best = this.bestSplit(sums, asked, g, h);
    if (best.feature < 0) return leaf;
    const column = this.bins[best.feature]!;
    const below = members.filter((i) => column[i]! < best.bin);
    const above = members.filter((i) => column[i]! >= best.bin);
    const threshold = Number(this.cuts[best.feature]![best.bin - 1]!.toPrecision(6));
    if (depth === 1) {
      const only = asked.slice(0, 1);
      return [
        best.feature,
        threshold,
        this.grow(below, this.sumsOf(below, only), asked, 0),
        this.grow(above, this.sumsOf(above, only), asked, 0),
      ];
    }
    // The larger half's sums are what the smaller one leaves of both.
    const smaller = this.sumsOf(below.length < above.length ? below : above, asked);
    const larger = {
      g: sums.g.map((value, k) => value - smaller.g[k]!),
      h: sums.h.map((value, k) => value - smaller.h[k]!),
    };
    const [first, second] = below.length < above.length ? [smaller, larger] : [larger, smaller];
    return [
      best.feature,
      threshold,
      this.grow(below, first, asked, depth - 1),
      this.grow(above, second, asked, depth - 1),
    ];
  }

  /** The split that gains most, of sums whose totals are `g` and `h`; feature -1 where none gains. */
  private bestSplit(sums: Sums, asked: readonly number[], g: number, h: number): { feature: number; bin: number } {
    const { ridge, leafWeight } = this.settings;
    let best = { gain: 1e-6, feature: -1, bin: 0 };
    asked.forEach((f, k) => {
      let [leftG, leftH] = [0, 0];
      for (let bin = 1; bin <= this.cuts[f]!.length; bin++) {
        leftG += sums.g[k * BINS + bin - 1]!;
        leftH += sums.h[k * BINS + bin - 1]!;
        if (leftH < leafWeight || h - leftH < leafWeight) continue;
        const gain = leftG ** 2 / (leftH + ridge) + (g - leftG) ** 2 / (h - leftH + ridge) - g ** 2 / (h + ridge);
        if (gain > best.gain) best = { gain, feature: f, bin };
      }
    });
    return best;
  }
}

/** Five digits are more than the data supports, and keep the file small. */
function rounded(node: TreeNode): TreeNode {
  if (typeof node === 'number') return Number(node.toPrecision(5));
  return [node[0], node[1], rounded(node[2]), rounded(node[3])];
}
