import { reserve, startWasm } from '../wasm.js';

/** Its arguments are explained in evidence.wat. */
const { memory, evidence } = startWasm<{
  readonly evidence: (values: number, mean: number, scale: number, matrix: number, length: number, sums: number, end: number) => void;
}>('evidence.wasm');

/** Values of a row are padded to a multiple of this. */
const STEP = 16;

/** What turns a descriptor into linear evidence. */
export interface LinearHead {
  /** Of the square roots of the descriptor's values, and one over their spread. [descriptor] */
  readonly mean: Float32Array;
  readonly scale: Float32Array;
  /** [genres, descriptor] */
  readonly linear: Float32Array;
}

/**
 * Linear evidence for each genre of some descriptors: of the square roots of their values, standardised. [count][genres]
 * @param read writes the n-th descriptor to `into`
 */
export function evidenceOf({ mean, scale, linear }: LinearHead, count: number, read: (n: number, into: Float32Array) => void): Float32Array[] {
  const length = mean.length;
  const genres = linear.length / length;
  const padded = Math.ceil(length / STEP) * STEP;
  const sumsAt = (3 + genres) * padded;
  reserve(memory, 4 * (sumsAt + genres));
  const row = (n: number): Float32Array => new Float32Array(memory.buffer, 4 * n * padded, length);
  // What pads a row is 0 in the scale and the matrix, so whatever else is there counts nothing.
  new Float32Array(memory.buffer, 0, sumsAt).fill(0);
  row(0).set(mean);
  row(1).set(scale);
  for (let g = 0; g < genres; g++) row(3 + g).set(linear.subarray(g * length, (g + 1) * length));
  const sums = new Float32Array(memory.buffer, 4 * sumsAt, genres);
  const values = row(2);
  return Array.from({ length: count }, (_, n) => {
    read(n, values);
    evidence(8 * padded, 0, 4 * padded, 12 * padded, 4 * padded, 4 * sumsAt, 4 * (sumsAt + genres));
    return sums.slice();
  });
}
