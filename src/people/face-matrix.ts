import { startWasm } from '../parameters/wasm.js';

/** Its arguments are explained in dots.wat. */
const { memory, dots } = startWasm<{
  readonly dots: (rows: number, end: number, probe: number, columns: number, sums: number) => void;
}>('dots.wasm');

// Where things are in the module's memory. A block of rows is small enough for the processor's cache.
const PROBE = 0;
const ROWS = 4096;
const BLOCK = 262144;
const SUMS = ROWS + BLOCK;
/** Columns are padded to a multiple of this. */
const STEP = 16;
/** Numbers of a row are -127 to 127, of a probe -8191 to 8191: the sum of 2048 products fits into 32 bits. */
const [ROW_RANGE, PROBE_RANGE] = [127, 8191];
const MOST_COLUMNS = 2048;
/** Sums of single-precision numbers differ by about this much when they are added in another order. */
const ROUNDING = 1e-5;

/** Writes a vector as whole numbers of -range to range. @returns their unit, and the length of what was rounded away */
function quantize(vector: Float32Array, into: Int8Array | Int16Array, range: number): { unit: number; lost: number } {
  let largest = 0;
  for (let i = 0; i < vector.length; i++) {
    const size = Math.abs(vector[i]!);
    if (size > largest) largest = size;
  }
  const unit = largest / range || 1;
  let squares = 0;
  for (let i = 0; i < vector.length; i++) {
    const whole = Math.round(vector[i]! / unit);
    into[i] = whole;
    const rest = vector[i]! - whole * unit;
    squares += rest * rest;
  }
  return { unit, lost: Math.sqrt(squares) };
}

/** Many vectors of unit length, a byte for each number, to compare one with all of them quickly. */
export class FaceMatrix {
  private readonly columns: number;
  private readonly rows: Int8Array;
  private readonly units: Float32Array;
  /** Length of the most that was rounded away from a row. */
  private readonly lost: number = 0;

  /** @param vectors all of one length, at most 2048 numbers */
  constructor(vectors: readonly Float32Array[]) {
    this.columns = Math.ceil((vectors[0]?.length ?? 0) / STEP) * STEP;
    if (this.columns > MOST_COLUMNS) throw new RangeError(`A vector has at most ${MOST_COLUMNS} numbers`);
    this.rows = new Int8Array(vectors.length * this.columns);
    this.units = new Float32Array(vectors.length);
    for (const [i, vector] of vectors.entries()) {
      const { unit, lost } = quantize(vector, this.rows.subarray(i * this.columns, (i + 1) * this.columns), ROW_RANGE);
      this.units[i] = unit;
      this.lost = Math.max(this.lost, lost);
    }
  }

  /**
   * Cosines of a vector of unit length to every row, each at most `slack` from the exact one: a dot product of what was
   * rounded away is at most the product of the lengths (Cauchy and Schwarz).
   */
  cosines(vector: Float32Array): { cosines: Float32Array; slack: number } {
    const { columns, rows, units } = this;
    const cosines = new Float32Array(units.length);
    if (units.length === 0) return { cosines, slack: 0 };
    const probe = new Int16Array(memory.buffer, PROBE, columns).fill(0);
    const { unit, lost } = quantize(vector, probe, PROBE_RANGE);
    const bytes = new Int8Array(memory.buffer);
    const perBlock = Math.floor(BLOCK / columns);
    const sums = new Int32Array(memory.buffer, SUMS, perBlock);
    for (let first = 0; first < units.length; first += perBlock) {
      const count = Math.min(perBlock, units.length - first);
      bytes.set(rows.subarray(first * columns, (first + count) * columns), ROWS);
      dots(ROWS, ROWS + count * columns, PROBE, columns, SUMS);
      for (let i = 0; i < count; i++) cosines[first + i] = sums[i]! * units[first + i]! * unit;
    }
    return { cosines, slack: this.lost + (1 + this.lost) * lost + ROUNDING };
  }
}
