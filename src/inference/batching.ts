import type { RgbImage } from '../frames/types.js';
import type { Tensor, TensorData } from './types.js';

type Outputs = Record<string, Tensor>;

interface Waiting {
  readonly image: RgbImage;
  resolve(outputs: Outputs): void;
  reject(reason: unknown): void;
}

/**
 * Dynamic batching without a delay: while batches run, the pictures that are asked for collect, and the next batch
 * takes as many of one size as it may. A lone picture never waits for company.
 *
 * @param runBatch runs 1 to `limit` pictures of one size; the first dimension of every output is their number
 * @param atOnce batches that go on side by side. They share what waits, so that the last ones end at about the same time
 */
export function createBatcher(
  runBatch: (images: readonly RgbImage[]) => Promise<Outputs>,
  limit: number,
  atOnce = 1,
): (image: RgbImage) => Promise<Outputs> {
  let waiting: Waiting[] = [];
  let running = 0;

  async function drain(): Promise<void> {
    // Callers of the same turn of the event loop (a Promise.all over a frame's faces) come into one batch.
    await new Promise(setImmediate);
    for (let first = waiting[0]; first; first = waiting[0]) {
      const { width, height } = first.image;
      const most = Math.min(limit, Math.ceil(waiting.length / atOnce));
      const batch = waiting.filter(({ image }) => image.width === width && image.height === height).slice(0, most);
      const taken = new Set(batch);
      waiting = waiting.filter((one) => !taken.has(one));
      try {
        const outputs = await runBatch(batch.map(({ image }) => image));
        batch.forEach((one, index) => one.resolve(sliceBatch(outputs, index)));
      } catch (error) {
        for (const one of batch) one.reject(error);
      }
    }
    running--;
  }

  return (image) =>
    new Promise((resolve, reject) => {
      waiting.push({ image, resolve, reject });
      if (running === atOnce) return;
      running++;
      void drain();
    });
}

/** Item `index` of every output, without the batch dimension; a view, no copy. */
function sliceBatch(outputs: Outputs, index: number): Outputs {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { dims, data }]) => {
      const rest = dims.slice(1);
      const size = rest.reduce((product, dim) => product * dim, 1);
      return [name, { dims: rest, data: data.subarray(index * size, (index + 1) * size) }];
    }),
  );
}

/** Joins outputs along their first dimension. All parts have the same names and the same other dimensions. */
export function joinBatches(parts: readonly Outputs[]): Outputs {
  const [first] = parts;
  if (!first || parts.length === 1) return first ?? {};
  return Object.fromEntries(
    Object.entries(first).map(([name, { dims, data }]) => {
      const tensors = parts.map((part) => part[name] ?? { dims: [0], data: data.slice(0, 0) });
      const count = tensors.reduce((sum, tensor) => sum + (tensor.dims[0] ?? 0), 0);
      return [name, { dims: [count, ...dims.slice(1)], data: concatenate(tensors.map((tensor) => tensor.data)) }];
    }),
  );
}

function concatenate(parts: readonly TensorData[]): TensorData {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const TypedArray = (parts[0] ?? new Float32Array()).constructor as new (length: number) => TensorData;
  const joined = new TypedArray(length);
  let at = 0;
  for (const part of parts) {
    // All parts are of one type (one output of one network), which the type of `set` cannot know.
    joined.set(part as never, at);
    at += part.length;
  }
  return joined;
}
