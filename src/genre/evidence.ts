import { reserve, startWasm } from '../wasm.js';

/** Its arguments are explained in evidence.wat. */
const { memory, evidence } = startWasm<{
  readonly evidence: (values: number, mean: number, scale: number, matrix: number, length: number, sums: number, end: number) => void;
}>('evidence.wasm');

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
 * Some descriptors, of the square roots of their values, standardised, times every row of matrices. [count][rows of all matrices]
 * @param matrices each [rows, descriptor]
 * @param read writes the n-th descriptor to `into`
 */
export function evidenceOf(
  { mean, scale }: Standard, matrices: readonly Float32Array[], count: number, read: (n: number, into: Float32Array) => void,
): Float32Array[] {
  const length = mean.length;
  const padded = Math.ceil(length / STEP) * STEP;
  const rows = matrices.flatMap((matrix) => Array.from({ length: matrix.length / length }, (_, r) => matrix.subarray(r * length, (r + 1) * length)));
  const height = Math.ceil(rows.length / ROWS) * ROWS;
  const [valuesAt, matrixAt, sumsAt] = [2 * padded, (2 + TOGETHER) * padded, (2 + TOGETHER + height) * padded];
  const end = sumsAt + height * TOGETHER;
  reserve(memory, 4 * end);
  const rowAt = (at: number): Float32Array => new Float32Array(memory.buffer, 4 * at, length);
  // What pads a row is 0 in the scale and the matrix, so whatever else is there counts nothing.
  new Float32Array(memory.buffer, 0, sumsAt).fill(0);
  rowAt(0).set(mean);
  rowAt(padded).set(scale);
  rows.forEach((row, r) => rowAt(matrixAt + r * padded).set(row));
  const sums = new Float32Array(memory.buffer, 4 * sumsAt, height * TOGETHER);
  const found: Float32Array[] = [];
  for (let first = 0; first < count; first += TOGETHER) {
    const own = Math.min(TOGETHER, count - first);
    for (let n = 0; n < own; n++) read(first + n, rowAt(valuesAt + n * padded));
    evidence(4 * valuesAt, 0, 4 * padded, 4 * matrixAt, 4 * padded, 4 * sumsAt, 4 * end);
    for (let n = 0; n < own; n++) found.push(Float32Array.from(rows, (_, r) => sums[r * TOGETHER + n]!));
  }
  return found;
}
