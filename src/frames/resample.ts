import { reserve, startWasm } from '../parameters/wasm.js';
import type { RgbImage } from './types.js';

/** Its arguments are explained in resample.wat. */
const { memory, resample: run } = startWasm<{
  readonly resample: (
    source: number,
    stride: number,
    length: number,
    rows: number,
    rowReach: number,
    height: number,
    columns: number,
    columnReach: number,
    width: number,
    line: number,
    out: number,
  ) => void;
}>('resample.wasm');
/** What the program may touch behind a picture, bytes. */
const MARGIN = 8;
/** Source bytes that are handed to the program at a time, unless a single row of the output takes more. */
const BLOCK = 1 << 20;

/** A rectangle of whole pixels. */
export interface PixelWindow {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** For every place of the scaled line: where the `reach` source places that count begin, and their weights. */
interface Taps {
  readonly reach: number;
  readonly start: Int32Array;
  /** [places, reach] */
  readonly weights: Float32Array;
}

/** Triangle filter, as wide as the reduction (bilinear when enlarging), so that a reduced picture does not alias. */
function taps(from: number, to: number): Taps {
  const scale = from / to;
  const radius = Math.max(1, scale);
  const reach = Math.min(from, Math.ceil(2 * radius));
  const start = new Int32Array(to);
  const weights = new Float32Array(to * reach);
  for (let place = 0; place < to; place++) {
    const centre = (place + 0.5) * scale;
    // The first source place whose middle lies inside the triangle, or as many before the end as are needed.
    const first = Math.min(from - reach, Math.max(0, Math.floor(centre - radius + 0.5)));
    let sum = 0;
    for (let i = 0; i < reach; i++) {
      const weight = Math.max(0, 1 - Math.abs(first + i + 0.5 - centre) / radius);
      weights[place * reach + i] = weight;
      sum += weight;
    }
    start[place] = first;
    for (let i = 0; i < reach; i++) weights[place * reach + i]! /= sum;
  }
  return { reach, start, weights };
}

/** Bytes that the program takes `count` places' taps in. */
const tapBytes = ({ reach }: Taps, count: number): number => count * (reach + 1) * 4;

/** Writes the taps of some places as the program takes them; `step`: bytes from a source place to the next. */
function writeTaps({ reach, start, weights }: Taps, first: number, count: number, step: number, at: number): void {
  const offsets = new Int32Array(memory.buffer, at, count * (reach + 1));
  const floats = new Float32Array(memory.buffer, at, count * (reach + 1));
  for (let n = 0, to = 0; n < count; n++) {
    offsets[to++] = (start[first + n]! - start[first]!) * step;
    for (let i = 0; i < reach; i++) floats[to++] = weights[(first + n) * reach + i]!;
  }
}

/** The window of a picture, scaled to exactly width x height (the aspect is not kept). */
export function resample(
  { data: source, width: sourceWidth }: RgbImage,
  window: PixelWindow,
  width: number,
  height: number,
): RgbImage {
  const columns = taps(window.width, width);
  const rows = taps(window.height, height);
  const stride = sourceWidth * 3;
  const length = window.width * 3;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height;) {
    // As many rows of the output as come of one block of the source.
    const first = rows.start[y]!;
    let end = y + 1;
    while (end < height && (rows.start[end]! + rows.reach - first) * stride <= BLOCK) end++;
    const from = (window.top + first) * stride + window.left * 3;
    const block = (rows.start[end - 1]! + rows.reach - 1 - first) * stride + length;
    const bytes = (end - y) * width * 3;

    const columnsAt = 0;
    const rowsAt = columnsAt + tapBytes(columns, width);
    const lineAt = rowsAt + tapBytes(rows, end - y);
    const outAt = lineAt + (length + MARGIN) * 4;
    const sourceAt = outAt + bytes + MARGIN;
    reserve(memory, sourceAt + block + MARGIN);
    const all = new Uint8Array(memory.buffer);
    writeTaps(columns, 0, width, 12, columnsAt);
    writeTaps(rows, y, end - y, stride, rowsAt);
    all.set(source.subarray(from, from + block), sourceAt);
    run(sourceAt, stride, length, rowsAt, rows.reach, end - y, columnsAt, columns.reach, width, lineAt, outAt);
    data.set(all.subarray(outAt, outAt + bytes), y * width * 3);
    y = end;
  }
  return { width, height, data };
}
