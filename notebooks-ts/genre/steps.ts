import type { SteppedRows } from '../../src/genre/array-file.js';

/** {@link SteppedRows} of a matrix whose rows have `width` values: half a step is the largest error, 1/254 of a row's largest value. */
export function inSteps(matrix: Float32Array, width: number): SteppedRows {
  const steps = Float32Array.from({ length: matrix.length / width }, (_, row) => {
    const most = matrix
      .subarray(row * width, (row + 1) * width)
      .reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    return most / 127 || 1;
  });
  return {
    values: Uint8Array.from(matrix, (value, i) => 128 + Math.round(value / steps[Math.floor(i / width)]!)),
    steps,
  };
}
