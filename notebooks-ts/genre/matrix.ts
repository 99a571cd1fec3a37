/** Rows of equal length in one array. */
export interface Rows {
  readonly count: number;
  readonly width: number;
  readonly data: Float32Array;
}

export const rowOf = ({ data, width }: Rows, row: number): Float32Array =>
  data.subarray(row * width, (row + 1) * width);

export function rowsOf(count: number, width: number, data = new Float32Array(count * width)): Rows {
  return { count, width, data };
}

export function selectRows(rows: Rows, wanted: readonly number[]): Rows {
  const picked = rowsOf(wanted.length, rows.width);
  wanted.forEach((row, i) => picked.data.set(rowOf(rows, row), i * rows.width));
  return picked;
}

export function concatRows(parts: readonly Rows[]): Rows {
  const joined = rowsOf(
    parts.reduce((sum, { count }) => sum + count, 0),
    parts[0]?.width ?? 0,
  );
  let at = 0;
  for (const { data } of parts) {
    joined.data.set(data, at);
    at += data.length;
  }
  return joined;
}

export function transpose({ count, width, data }: Rows): Rows {
  const out = rowsOf(width, count);
  for (let n = 0; n < count; n++) for (let i = 0; i < width; i++) out.data[i * count + n] = data[n * width + i]!;
  return out;
}

/** Four sums at once: the processor need not wait for one addition before the next. */
export function dot(a: Float32Array, aAt: number, b: Float32Array, bAt: number, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += a[aAt + i]! * b[bAt + i]!;
    s1 += a[aAt + i + 1]! * b[bAt + i + 1]!;
    s2 += a[aAt + i + 2]! * b[bAt + i + 2]!;
    s3 += a[aAt + i + 3]! * b[bAt + i + 3]!;
  }
  for (; i < length; i++) s0 += a[aAt + i]! * b[bAt + i]!;
  return s0 + s1 + s2 + s3;
}

/** Every row of `a` times every row of `b`: [a.count, b.count]. */
export function timesTransposed(a: Rows, b: Rows): Rows {
  const out = rowsOf(a.count, b.count);
  for (let i = 0; i < a.count; i++) {
    for (let j = 0; j < b.count; j++)
      out.data[i * b.count + j] = dot(a.data, i * a.width, b.data, j * b.width, a.width);
  }
  return out;
}

/** The transpose of `a` times `b`: [a.width, b.width], for a and b with equally many rows. */
export function transposedTimes(a: Rows, b: Rows): Rows {
  const out = rowsOf(a.width, b.width);
  for (let n = 0; n < a.count; n++) {
    for (let i = 0; i < a.width; i++) {
      const factor = a.data[n * a.width + i]!;
      const to = i * b.width;
      const from = n * b.width;
      for (let j = 0; j < b.width; j++) out.data[to + j] = out.data[to + j]! + factor * b.data[from + j]!;
    }
  }
  return out;
}

/** Solves A x = b for each column of b; A symmetric and positive definite, [n, n]; b [n, m]. In double precision. */
export function solveSymmetric(a: Float64Array, b: Float64Array, n: number, m: number): Float64Array {
  const l = Float64Array.from(a);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = l[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j]!;
    }
  }
  const x = Float64Array.from(b);
  for (let c = 0; c < m; c++) {
    for (let i = 0; i < n; i++) {
      let sum = x[i * m + c]!;
      for (let k = 0; k < i; k++) sum -= l[i * n + k]! * x[k * m + c]!;
      x[i * m + c] = sum / l[i * n + i]!;
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = x[i * m + c]!;
      for (let k = i + 1; k < n; k++) sum -= l[k * n + i]! * x[k * m + c]!;
      x[i * m + c] = sum / l[i * n + i]!;
    }
  }
  return x;
}
