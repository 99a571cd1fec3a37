import { openSession } from '../session.js';
import type { Tensor } from '../types.js';
import { activationsOf, exposeActivations, type QuantizeOptions, type Ranges } from './quantize.js';

export interface CalibrateOptions extends QuantizeOptions {
  /** Share of an activation's values, in per cent, that its range holds on each side; 100 is from minimum to maximum. */
  readonly percentile: number;
  readonly threads: number;
  readonly onProgress?: (done: number) => void;
}

/**
 * Runs a network in floats and measures the ranges that `quantizeModel` needs.
 * @param inputs the network's input (named tensors) for one picture after the other
 */
export async function calibrate(
  bytes: Uint8Array,
  inputs: AsyncIterable<Readonly<Record<string, Tensor>>>,
  options: CalibrateOptions,
): Promise<Ranges> {
  const names = activationsOf(bytes, options);
  const session = await openSession(exposeActivations(bytes, names), { provider: 'cpu', threads: options.threads });
  const histograms = new Map(names.map((name) => [name, new Histogram()]));
  let done = 0;
  for await (const input of inputs) {
    const values = { ...(await session.run(input)), ...input };
    for (const [name, histogram] of histograms) {
      const data = values[name]?.data;
      if (data instanceof Float32Array) histogram.add(data);
    }
    options.onProgress?.(++done);
  }
  await session.close();
  return Object.fromEntries([...histograms].map(([name, histogram]) => [name, histogram.range(options.percentile)]));
}

const BINS = 8192;

/** Counts of values in equal steps from -limit to limit; the limit doubles when a value exceeds it. */
class Histogram {
  private counts = new Float64Array(BINS);
  private limit = 2 ** -20;
  private total = 0;
  private min = 0;
  private max = 0;

  add(values: Float32Array): void {
    for (const value of values) {
      if (value < this.min) this.min = value;
      if (value > this.max) this.max = value;
    }
    while (Math.max(this.max, -this.min) >= this.limit) this.widen();
    const { counts, limit } = this;
    const step = BINS / 2 / limit;
    for (const value of values) counts[Math.floor((value + limit) * step)]! += 1;
    this.total += values.length;
  }

  private widen(): void {
    const wider = new Float64Array(BINS);
    this.counts.forEach((count, bin) => (wider[BINS / 4 + Math.floor(bin / 2)]! += count));
    this.counts = wider;
    this.limit *= 2;
  }

  /** Smallest and largest value when the rarest values beyond `percentile` on each side are left out; zero is inside. */
  range(percentile: number): readonly [number, number] {
    const spared = this.total * (1 - percentile / 100);
    const edge = (bin: number): number => (bin * 2 * this.limit) / BINS - this.limit;
    let [low, high] = [0, BINS];
    for (let below = this.counts[low] ?? 0; below <= spared && low < BINS / 2; below += this.counts[low] ?? 0) low++;
    for (
      let above = this.counts[high - 1] ?? 0;
      above <= spared && high > BINS / 2;
      above += this.counts[high - 1] ?? 0
    )
      high--;
    return [rounded(Math.max(this.min, edge(low))), rounded(Math.min(this.max, edge(high)))];
  }
}

/** Six digits are more than 8 bits need, and keep the file of ranges small. */
const rounded = (value: number): number => Number(value.toPrecision(6));
