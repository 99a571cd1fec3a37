import { genreShares, type Labelled } from './linear-heads.js';
import { concatRows, type Rows, rowOf } from './matrix.js';

export interface BoostingOptions {
  readonly rounds: number;
  /** Part of each tree's answer that is added. */
  readonly rate: number;
  /** Least weight of a leaf. */
  readonly leafWeight: number;
}

/** A tree of depth two: a cut, and a cut on either side of it. */
interface Tree {
  readonly cuts: readonly [Cut, Cut, Cut];
  /** Of the four leaves, from the left. */
  readonly values: readonly number[];
}

interface Cut {
  readonly column: number;
  readonly bin: number;
}

const BINS = 32;

/** Each column's values in bins of equal count. */
function binning(rows: Rows): { edges: Float32Array[]; bins: Uint8Array[] } {
  const columns = Array.from({ length: rows.width }, (_, i) =>
    Float32Array.from({ length: rows.count }, (_unused, n) => rows.data[n * rows.width + i]!),
  );
  const edges = columns.map((values) => {
    const sorted = values.toSorted();
    return Float32Array.from({ length: BINS - 1 }, (_, bin) => sorted[Math.floor(((bin + 1) * sorted.length) / BINS)]!);
  });
  return { edges, bins: columns.map((values, i) => Uint8Array.from(values, (value) => binOf(edges[i]!, value))) };
}

const binOf = (edges: Float32Array, value: number): number =>
  edges.reduce((bin, edge) => bin + Number(value >= edge), 0);

/** Gradient boosting (Friedman 2001) on the logistic loss with trees of depth two, for each genre by itself. */
export function trainBoosting(
  parts: readonly Labelled[],
  genres: number,
  { rounds, rate, leafWeight }: BoostingOptions,
): (row: Float32Array) => Float32Array {
  const rows = concatRows(parts.map((part) => part.rows));
  const labels = Uint8Array.from(parts.flatMap((part) => Array.from(part.labels)));
  const weights = Float32Array.from(parts.flatMap((part) => Array.from(part.weights)));
  const shares = genreShares({ rows, labels, weights }, genres);
  const { edges, bins } = binning(rows);
  const everyone = Int32Array.from({ length: rows.count }, (_, n) => n);

  /** The cut with the largest gain of second order; null when no side may be that small. */
  const bestCut = (members: Int32Array, slopes: Float64Array, curves: Float64Array): Cut | null => {
    let best: (Cut & { gain: number }) | null = null;
    for (let column = 0; column < rows.width; column++) {
      const [slope, curve] = [new Float64Array(BINS), new Float64Array(BINS)];
      const own = bins[column]!;
      for (const n of members) {
        slope[own[n]!]! += slopes[n]!;
        curve[own[n]!]! += curves[n]!;
      }
      const [allSlope, allCurve] = [slope, curve].map((values) => values.reduce((sum, value) => sum + value, 0)) as [
        number,
        number,
      ];
      let [leftSlope, leftCurve] = [0, 0];
      for (let bin = 1; bin < BINS; bin++) {
        leftSlope += slope[bin - 1]!;
        leftCurve += curve[bin - 1]!;
        if (leftCurve < leafWeight || allCurve - leftCurve < leafWeight) continue;
        const gain = leftSlope ** 2 / leftCurve + (allSlope - leftSlope) ** 2 / (allCurve - leftCurve);
        if (!best || gain > best.gain) best = { column, bin, gain };
      }
    }
    return best;
  };

  const forests = Array.from({ length: genres }, (_, g) => {
    const share = Math.min(Math.max(shares[g]!, 1e-3), 1 - 1e-3);
    const start = Math.log(share / (1 - share));
    const scores = new Float64Array(rows.count).fill(start);
    const trees: Tree[] = [];
    const [slopes, curves] = [new Float64Array(rows.count), new Float64Array(rows.count)];
    for (let round = 0; round < rounds; round++) {
      scores.forEach((score, n) => {
        const p = 1 / (1 + Math.exp(-score));
        slopes[n] = weights[n]! * (labels[n * genres + g]! - p);
        curves[n] = weights[n]! * p * (1 - p);
      });
      const root = bestCut(everyone, slopes, curves);
      if (!root) break;
      const left = everyone.filter((n) => bins[root.column]![n]! < root.bin);
      const right = everyone.filter((n) => bins[root.column]![n]! >= root.bin);
      const none: Cut = { column: 0, bin: 0 };
      const cuts = [root, bestCut(left, slopes, curves) ?? none, bestCut(right, slopes, curves) ?? none] as const;
      const leaves = [left, right].flatMap((side, i) => {
        const { column, bin } = cuts[i + 1]!;
        return [side.filter((n) => bins[column]![n]! < bin), side.filter((n) => bins[column]![n]! >= bin)];
      });
      const values = leaves.map((members) => {
        const [slope, curve] = [slopes, curves].map((all) => members.reduce((sum, n) => sum + all[n]!, 0)) as [
          number,
          number,
        ];
        const value = (rate * slope) / (curve + leafWeight);
        for (const n of members) scores[n] = scores[n]! + value;
        return value;
      });
      trees.push({ cuts: [...cuts], values });
    }
    return { start, trees };
  });

  return (row) => {
    const own = edges.map((edge, i) => binOf(edge, row[i]!));
    const goes = ({ column, bin }: Cut): number => Number(own[column]! >= bin);
    return Float32Array.from(forests, ({ start, trees }) =>
      trees.reduce((sum, { cuts, values }) => {
        const side = goes(cuts[0]);
        return sum + values[2 * side + goes(cuts[side === 0 ? 1 : 2])]!;
      }, start),
    );
  };
}

/** Answers of all rows. */
export const answerAll = (rows: Rows, learner: (row: Float32Array) => Float32Array): Float32Array[] =>
  Array.from({ length: rows.count }, (_, n) => learner(rowOf(rows, n)));
