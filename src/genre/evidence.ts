import { reserve, startWasm } from '../parameters/wasm.js';

/** Descriptors, and rows of the matrix, that the program takes at a time. */
const TOGETHER = 4;
const ROWS = 2;
/** Values of a row are padded to a multiple of this. */
const STEP = 4;

/** How descriptors are standardised: mean of the square roots of their values, and one over the spread of these. [descriptor] */
export interface Standard {
  readonly mean: Float32Array;
  readonly scale: Float32Array;
}

/**
 * Some descriptors, of the square roots of their values, standardised, times every row of the matrices. [count][rows of all matrices]
 * @param read writes the n-th descriptor to `into`
 */
export type EvidenceOf = (
  standard: Standard,
  count: number,
  read: (n: number, into: Float32Array) => void,
) => Float32Array[];

/**
 * A program that keeps copies of matrices in its memory; the matrices themselves are not held.
 * @param matrices each [rows, descriptor]
 * @param length of a descriptor
 */
export function startEvidence(matrices: readonly Float32Array[], length: number): EvidenceOf {
  // Its arguments are explained in evidence.wat.
  const { memory, evidence } = startWasm<{
    readonly evidence: (
      values: number,
      mean: number,
      scale: number,
      matrix: number,
      length: number,
      sums: number,
      end: number,
    ) => void;
  }>('evidence.wasm');
  const padded = Math.ceil(length / STEP) * STEP;
  const rows = matrices.flatMap((matrix) =>
    Array.from({ length: matrix.length / length }, (_, r) => matrix.subarray(r * length, (r + 1) * length)),
  );
  const rowCount = rows.length;
  const height = Math.ceil(rowCount / ROWS) * ROWS;
  const [meanAt, scaleAt, valuesAt, matrixAt] = [0, padded, 2 * padded, (2 + TOGETHER) * padded];
  const sumsAt = matrixAt + height * padded;
  const end = sumsAt + height * TOGETHER;
  reserve(memory, 4 * end);
  // Memory begins as zeros, and what pads a row stays 0 in the scale and the matrix: whatever pads the values counts nothing.
  const rowAt = (at: number): Float32Array => new Float32Array(memory.buffer, 4 * at, length);
  rows.forEach((row, r) => rowAt(matrixAt + r * padded).set(row));
  const sums = new Float32Array(memory.buffer, 4 * sumsAt, height * TOGETHER);
  return ({ mean, scale }, count, read) => {
    rowAt(meanAt).set(mean);
    rowAt(scaleAt).set(scale);
    const found: Float32Array[] = [];
    for (let first = 0; first < count; first += TOGETHER) {
      const own = Math.min(TOGETHER, count - first);
      for (let n = 0; n < own; n++) read(first + n, rowAt(valuesAt + n * padded));
      evidence(4 * valuesAt, 4 * meanAt, 4 * scaleAt, 4 * matrixAt, 4 * padded, 4 * sumsAt, 4 * end);
      for (let n = 0; n < own; n++)
        found.push(Float32Array.from({ length: rowCount }, (_, r) => sums[r * TOGETHER + n]!));
    }
    return found;
  };
}
