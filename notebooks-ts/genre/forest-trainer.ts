import { UNKNOWN } from './corpus.js';
import { type Forest, LEAF } from './forest.js';
import { genreShares, type Labelled } from './linear-heads.js';
import { concatRows, transpose } from './matrix.js';
import { createRandom } from './random.js';

export interface ForestOptions {
  readonly trees: number;
  /** Features tried at every split. */
  readonly tried: number;
  /** Fewest rows of a leaf. */
  readonly leafRows: number;
  /** Share of the rows that each tree sees, drawn without replacement. */
  readonly sample: number;
  readonly seed: number;
}

/** A leaf with few rows is drawn towards the whole set: as if it held this much weight more, of average pictures. */
const SMOOTHING = 2;

/** Weighted labels of some rows. */
interface Sums {
  readonly total: number;
  readonly perGenre: Float64Array;
}

/** Trees that grow one after the other into the same arrays. */
class Grower {
  private readonly feature: number[] = [];
  private readonly threshold: number[] = [];
  private readonly next: number[] = [];
  private readonly leaves: number[] = [];
  private readonly roots: number[] = [];
  private readonly random: () => number;
  private readonly rows: number;
  private readonly width: number;
  /** Values of one column side by side: a split reads one column of many rows. */
  private readonly values: Float32Array;
  private readonly weights: Float32Array;
  private readonly shares: ArrayLike<number> & Iterable<number>;
  private readonly importance: readonly number[];
  /** The labels are sparse: two or three genres of 26. What one does not tell is taken for usual. */
  private readonly present: readonly (readonly { readonly g: number; readonly amount: number }[])[];
  private readonly left: Float64Array;

  constructor(
    { rows, labels, weights }: Labelled,
    private readonly genres: number,
    private readonly options: ForestOptions,
  ) {
    this.random = createRandom(options.seed);
    [this.rows, this.width] = [rows.count, rows.width];
    this.values = transpose(rows).data;
    this.weights = weights;
    const shares = genreShares({ rows, labels, weights }, genres);
    this.shares = shares;
    this.importance = Array.from(shares, (share) => 1 / Math.max(share * (1 - share), 0.02));
    this.present = Array.from({ length: rows.count }, (_, n) =>
      Array.from({ length: genres }, (_unused, g) => {
        const label = labels[n * genres + g]!;
        return { g, amount: weights[n]! * (label === UNKNOWN ? shares[g]! : label) };
      }).filter(({ amount }) => amount > 0),
    );
    this.left = new Float64Array(genres);
  }

  growTree(): void {
    const members = Int32Array.from({ length: this.rows }, (_, n) => n).filter(
      () => this.random() < this.options.sample,
    );
    const root = this.addNodes(1);
    this.roots.push(root);
    this.grow(root, members);
  }

  forest(): Forest {
    return {
      outputs: this.genres,
      roots: Uint32Array.from(this.roots),
      feature: Uint16Array.from(this.feature),
      threshold: Float32Array.from(this.threshold),
      next: Uint32Array.from(this.next),
      leaves: Uint8Array.from(this.leaves),
    };
  }

  /** @returns the first of so many new nodes */
  private addNodes(count: number): number {
    const first = this.feature.length;
    for (let k = 0; k < count; k++) {
      this.feature.push(LEAF);
      this.threshold.push(0);
      this.next.push(0);
    }
    return first;
  }

  private grow(node: number, members: Int32Array): void {
    const all = this.sumsOf(members);
    const best = this.bestSplit(members, all);
    if (best === null) {
      this.makeLeaf(node, all);
      return;
    }
    const { column, cut } = best;
    const goesLeft = (n: number): boolean => this.values[column * this.rows + n]! < cut;
    const child = this.addNodes(2);
    this.feature[node] = column;
    this.threshold[node] = cut;
    this.next[node] = child;
    this.grow(child, members.filter(goesLeft));
    this.grow(
      child + 1,
      members.filter((n) => !goesLeft(n)),
    );
  }

  /** The best of some random splits; null where none leaves enough rows on both sides. */
  private bestSplit(members: Int32Array, all: Sums): { readonly column: number; readonly cut: number } | null {
    if (members.length < 2 * this.options.leafRows) return null;
    let best = { explained: 0, column: -1, cut: 0 };
    for (let attempt = 0; attempt < this.options.tried; attempt++) {
      const column = Math.floor(this.random() * this.width);
      const valueOfAny = (): number =>
        this.values[column * this.rows + members[Math.floor(this.random() * members.length)]!]!;
      // Between the values of two random members: thresholds fall where the rows are.
      const [a, b] = [valueOfAny(), valueOfAny()];
      const cut = Math.fround(a + (b - a) * this.random());
      const explained = this.gain(members, column, cut, all);
      if (explained > best.explained) best = { explained, column, cut };
    }
    return best.column < 0 ? null : best;
  }

  private sumsOf(members: Int32Array): Sums {
    const perGenre = new Float64Array(this.genres);
    let total = 0;
    for (const n of members) {
      total += this.weights[n]!;
      for (const { g, amount } of this.present[n]!) perGenre[g] = perGenre[g]! + amount;
    }
    return { total, perGenre };
  }

  private makeLeaf(node: number, { total, perGenre }: Sums): void {
    this.feature[node] = LEAF;
    this.threshold[node] = 0;
    this.next[node] = this.leaves.length / this.genres;
    for (let g = 0; g < this.genres; g++) {
      this.leaves.push(Math.round((255 * (perGenre[g]! + SMOOTHING * this.shares[g]!)) / (total + SMOOTHING)));
    }
  }

  /** Explained variance of splitting, up to what all splits of a node share; -1 where a side has too few rows. */
  private gain(members: Int32Array, column: number, cut: number, all: Sums): number {
    const { left, values, weights, present } = this;
    const { leafRows } = this.options;
    left.fill(0);
    let [weight, count] = [0, 0];
    for (const n of members) {
      if (values[column * this.rows + n]! >= cut) continue;
      count++;
      weight += weights[n]!;
      for (const { g, amount } of present[n]!) left[g] = left[g]! + amount;
    }
    if (count < leafRows || members.length - count < leafRows) return -1;
    let explained = 0;
    for (let g = 0; g < this.genres; g++) {
      const right = all.perGenre[g]! - left[g]!;
      explained += this.importance[g]! * ((left[g]! * left[g]!) / weight + (right * right) / (all.total - weight));
    }
    return explained;
  }
}

/**
 * Extremely randomised trees (Geurts, Ernst, Wehenkel 2006) with all genres in one tree: at every split some features
 * are tried, each at one random threshold, and the split with the largest gain in explained label variance wins. Each
 * genre's variance counts in units of its own, so that rare genres shape trees as much as Drama does.
 */
export function trainForest(parts: readonly Labelled[], genres: number, options: ForestOptions): Forest {
  const all: Labelled = {
    rows: concatRows(parts.map(({ rows }) => rows)),
    labels: Int8Array.from(parts.flatMap(({ labels }) => Array.from(labels))),
    weights: Float32Array.from(parts.flatMap(({ weights }) => Array.from(weights))),
  };
  const grower = new Grower(all, genres, options);
  for (let tree = 0; tree < options.trees; tree++) grower.growTree();
  return grower.forest();
}
