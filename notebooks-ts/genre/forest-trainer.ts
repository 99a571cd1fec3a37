import { type Forest, LEAF } from '../../src/genre/forest.js';
import { UNKNOWN } from './corpus.js';
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

/**
 * Extremely randomised trees (Geurts, Ernst, Wehenkel 2006) with all genres in one tree: at every split some features
 * are tried, each at one random threshold, and the split with the largest gain in explained label variance wins. Each
 * genre's variance counts in units of its own, so that rare genres shape trees as much as Drama does.
 */
export function trainForest(parts: readonly Labelled[], genres: number, options: ForestOptions): Forest {
  const { trees, tried, leafRows, sample, seed } = options;
  const random = createRandom(seed);
  const rows = concatRows(parts.map((part) => part.rows));
  // Values of one column side by side: a split reads one column of many rows.
  const values = transpose(rows).data;
  const labels = Int8Array.from(parts.flatMap((part) => Array.from(part.labels)));
  const weights = Float32Array.from(parts.flatMap((part) => Array.from(part.weights)));
  const shares = genreShares({ rows, labels, weights }, genres);
  const importance = shares.map((share) => 1 / Math.max(share * (1 - share), 0.02));
  // The labels are sparse: two or three genres of 26. What one does not tell is taken for usual.
  const present = Array.from({ length: rows.count }, (_, n) =>
    Array.from({ length: genres }, (_unused, g) => {
      const label = labels[n * genres + g]!;
      return { g, amount: weights[n]! * (label === UNKNOWN ? shares[g]! : label) };
    }).filter(({ amount }) => amount > 0),
  );

  const feature: number[] = [];
  const threshold: number[] = [];
  const next: number[] = [];
  const leaves: number[] = [];
  const roots: number[] = [];

  const sums = (members: Int32Array): { total: number; perGenre: Float64Array } => {
    const perGenre = new Float64Array(genres);
    let total = 0;
    for (const n of members) {
      total += weights[n]!;
      for (const { g, amount } of present[n]!) perGenre[g] = perGenre[g]! + amount;
    }
    return { total, perGenre };
  };

  const makeLeaf = (node: number, { total, perGenre }: { total: number; perGenre: Float64Array }): void => {
    feature[node] = LEAF;
    threshold[node] = 0;
    next[node] = leaves.length / genres;
    for (let g = 0; g < genres; g++) {
      leaves.push(Math.round((255 * (perGenre[g]! + SMOOTHING * shares[g]!)) / (total + SMOOTHING)));
    }
  };

  const left = new Float64Array(genres);
  /** Explained variance of splitting, up to what all splits of a node share. */
  const gain = (
    members: Int32Array,
    column: number,
    cut: number,
    all: { total: number; perGenre: Float64Array },
  ): number => {
    left.fill(0);
    let [weight, count] = [0, 0];
    for (const n of members) {
      if (values[column * rows.count + n]! >= cut) continue;
      count++;
      weight += weights[n]!;
      for (const { g, amount } of present[n]!) left[g] = left[g]! + amount;
    }
    if (count < leafRows || members.length - count < leafRows) return -1;
    let explained = 0;
    for (let g = 0; g < genres; g++) {
      const right = all.perGenre[g]! - left[g]!;
      explained += importance[g]! * ((left[g]! * left[g]!) / weight + (right * right) / (all.total - weight));
    }
    return explained;
  };

  const grow = (node: number, members: Int32Array): void => {
    const all = sums(members);
    let best = { explained: 0, column: -1, cut: 0 };
    if (members.length >= 2 * leafRows) {
      for (let attempt = 0; attempt < tried; attempt++) {
        const column = Math.floor(random() * rows.width);
        // Between the values of two random members: thresholds fall where the rows are.
        const [a, b] = [0, 1].map(
          () => values[column * rows.count + members[Math.floor(random() * members.length)]!]!,
        ) as [number, number];
        const cut = Math.fround(a + (b - a) * random());
        const explained = gain(members, column, cut, all);
        if (explained > best.explained) best = { explained, column, cut };
      }
    }
    if (best.column < 0) {
      makeLeaf(node, all);
      return;
    }
    const goesLeft = (n: number): boolean => values[best.column * rows.count + n]! < best.cut;
    const child = feature.length;
    feature.push(LEAF, LEAF);
    threshold.push(0, 0);
    next.push(0, 0);
    feature[node] = best.column;
    threshold[node] = best.cut;
    next[node] = child;
    grow(child, members.filter(goesLeft));
    grow(
      child + 1,
      members.filter((n) => !goesLeft(n)),
    );
  };

  for (let tree = 0; tree < trees; tree++) {
    const members = Int32Array.from({ length: rows.count }, (_, n) => n).filter(() => random() < sample);
    roots.push(feature.length);
    feature.push(LEAF);
    threshold.push(0);
    next.push(0);
    grow(feature.length - 1, members);
  }
  return {
    outputs: genres,
    roots: Uint32Array.from(roots),
    feature: Uint16Array.from(feature),
    threshold: Float32Array.from(threshold),
    next: Uint32Array.from(next),
    leaves: Uint8Array.from(leaves),
  };
}
