import type { LinearHead } from '../src/credits/resnet.js';

const STEPS = 250;

/**
 * Logistic regression with a ridge penalty, learnt by accelerated gradient descent (Nesterov 1983).
 * @param rows one row an example
 * @param penalty of the squared weights, beside the mean loss of an example
 */
export function learnLogistic(
  rows: readonly Float32Array[],
  labels: readonly number[],
  counts: readonly number[],
  penalty: number,
): LinearHead {
  const width = rows[0]!.length;
  const total = counts.reduce((a, b) => a + b, 0);
  const mean = new Float64Array(width);
  rows.forEach((row, i) => {
    for (let k = 0; k < width; k++) mean[k]! += (counts[i]! / total) * row[k]!;
  });
  const centred = rows.map((row) => row.map((value, k) => value - mean[k]!));
  const dot = (row: Float32Array, w: Float64Array): number => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += row[k]! * w[k]!;
    return sum;
  };
  /** The rows, weighted: sum of factor times row. */
  const combined = (factors: readonly number[]): Float64Array => {
    const sum = new Float64Array(width);
    centred.forEach((row, i) => {
      for (let k = 0; k < width; k++) sum[k]! += factors[i]! * row[k]!;
    });
    return sum;
  };
  // The largest curvature, by power iteration, bounds the step.
  let direction: Float64Array = Float64Array.from({ length: width }, (_, k) => 1 + (k % 7));
  let curvature = 1;
  for (let step = 0; step < 12; step++) {
    const size = Math.hypot(...direction);
    direction = direction.map((value) => value / size);
    const next = combined(centred.map((row, i) => (counts[i]! / total) * dot(row, direction)));
    curvature = Math.hypot(...next);
    direction = next;
  }
  const rate = 1 / (0.3 * (curvature + 1) + penalty);
  let [weights, before] = [new Float64Array(width), new Float64Array(width)];
  let [bias, biasBefore] = [0, 0];
  for (let step = 0; step < STEPS; step++) {
    const momentum = step / (step + 3);
    const ahead = weights.map((w, k) => w + momentum * (w - before[k]!));
    const biasAhead = bias + momentum * (bias - biasBefore);
    const errors = centred.map(
      (row, i) => (counts[i]! / total) * (1 / (1 + Math.exp(-dot(row, ahead) - biasAhead)) - labels[i]!),
    );
    const gradient = combined(errors);
    [before, biasBefore] = [weights, bias];
    weights = ahead.map((w, k) => w - rate * (gradient[k]! + penalty * w));
    bias = biasAhead - rate * errors.reduce((a, b) => a + b, 0);
  }
  return { weights: [...weights], bias: bias - mean.reduce((sum, m, k) => sum + m * weights[k]!, 0) };
}
