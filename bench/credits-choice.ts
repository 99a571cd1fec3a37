/** A choice of one among many, linear in its evidence (McFadden's conditional logit), learnt by Newton's method. */

/** One choice: a row of evidence for everything that can be chosen, and how much each is the right one (sums to 1). */
export interface Choice {
  readonly rows: readonly (readonly number[])[];
  readonly target: readonly number[];
}

/** Exponentials over their sum. */
export function probabilities(scores: readonly number[]): number[] {
  const largest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const parts = scores.map((score) => Math.exp(score - largest));
  const sum = parts.reduce((a, b) => a + b, 0);
  return parts.map((part) => part / sum);
}

/** Solves a x = b for a symmetric positive matrix, by elimination. */
function solve(a: number[][], b: number[]): number[] {
  const n = b.length;
  for (let k = 0; k < n; k++) {
    for (let i = k + 1; i < n; i++) {
      const factor = a[i]![k]! / a[k]![k]!;
      for (let j = k; j < n; j++) a[i]![j]! -= factor * a[k]![j]!;
      b[i]! -= factor * b[k]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; k--) {
    let rest = b[k]!;
    for (let j = k + 1; j < n; j++) rest -= a[k]![j]! * x[j]!;
    x[k] = rest / a[k]![k]!;
  }
  return x;
}

const RIDGE = 6;
const STEPS = 12;

/** @returns the score of a row; the scores' exponentials are proportional to the probabilities */
export function learnChoice(choices: readonly Choice[]): (row: readonly number[]) => number {
  const width = choices[0]!.rows[0]!.length;
  const all = choices.flatMap(({ rows }) => rows);
  const mean = Array.from({ length: width }, (_, c) => all.reduce((sum, row) => sum + row[c]!, 0) / all.length);
  const scale = mean.map((m, c) => Math.sqrt(all.reduce((sum, row) => sum + (row[c]! - m) ** 2, 0) / all.length) || 1);
  const scaled = choices.map(({ rows, target }) => ({
    target,
    rows: rows.map((row) => row.map((value, c) => (value - mean[c]!) / scale[c]!)),
  }));
  let weights = new Array<number>(width).fill(0);
  const score = (row: readonly number[]): number => row.reduce((sum, value, c) => sum + value * weights[c]!, 0);
  const loss = (): number =>
    scaled.reduce(
      (sum, { rows, target }) => {
        const chances = probabilities(rows.map(score));
        return (
          sum - target.reduce((part, share, t) => part + (share === 0 ? 0 : share * Math.log(chances[t]! + 1e-30)), 0)
        );
      },
      (RIDGE / 2) * weights.reduce((sum, w) => sum + w * w, 0),
    );
  let before = loss();
  for (let step = 0; step < STEPS; step++) {
    const gradient = weights.map((w) => -RIDGE * w);
    const curve = weights.map((_, i) => weights.map((__, j) => (i === j ? RIDGE : 0)));
    for (const { rows, target } of scaled) {
      const chances = probabilities(rows.map(score));
      const expected = new Array<number>(width).fill(0);
      rows.forEach((row, t) =>
        row.forEach((value, c) => {
          expected[c]! += chances[t]! * value;
          gradient[c]! += (target[t]! - chances[t]!) * value;
        }),
      );
      rows.forEach((row, t) => {
        if (chances[t]! < 1e-7) return;
        for (let i = 0; i < width; i++) {
          for (let j = 0; j < width; j++)
            curve[i]![j]! += chances[t]! * (row[i]! - expected[i]!) * (row[j]! - expected[j]!);
        }
      });
    }
    const move = solve(curve, gradient);
    const from = weights;
    // Newton's step, halved while it overshoots.
    let after = Infinity;
    for (let size = 1; size > 1e-3; size /= 2) {
      weights = from.map((w, c) => w + size * move[c]!);
      after = loss();
      if (after < before) break;
    }
    if (!(after < before - 1e-6)) {
      if (!(after < before)) weights = from;
      break;
    }
    before = after;
  }
  const raw = weights.map((w, c) => w / scale[c]!);
  return (row) => row.reduce((sum, value, c) => sum + value * raw[c]!, 0);
}
