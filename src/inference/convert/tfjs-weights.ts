import { z } from 'zod';

/** Weights of TensorFlow.js: one list of tensors and the bytes of all of them in a row. */

const TfjsWeightSchema = z.object({
  name: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  dtype: z.enum(['float32', 'int32', 'bool']),
  quantization: z
    .object({ dtype: z.enum(['uint8', 'uint16', 'float16']), min: z.number().optional(), scale: z.number().optional() })
    .optional(),
});

export const TfjsWeightsSchema = z.array(z.object({ weights: z.array(TfjsWeightSchema) }));

export type TfjsWeight = z.infer<typeof TfjsWeightSchema>;

export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * Every tensor by name, as floats. Quantised values become `value * scale + min` in double precision, rounded once, as
 * TensorFlow.js does it.
 * @throws RangeError when the bytes are fewer or more than the list says
 */
export function decodeWeights(specs: readonly TfjsWeight[], bytes: Uint8Array): Map<string, Weight> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const weights = new Map<string, Weight>();
  let offset = 0;
  for (const spec of specs) {
    const count = spec.shape.reduce((product, size) => product * size, 1);
    const { read, size } = reader(spec, view);
    if (offset + count * size > bytes.byteLength) throw new RangeError(`the weights end before ${spec.name}`);
    const data = new Float32Array(count);
    for (let i = 0; i < count; i++, offset += size) data[i] = read(offset);
    weights.set(spec.name, { shape: spec.shape, data });
  }
  if (offset !== bytes.byteLength) throw new RangeError(`${bytes.byteLength - offset} bytes after the last weight`);
  return weights;
}

function reader({ dtype, quantization }: TfjsWeight, view: DataView): { read(at: number): number; size: number } {
  const { scale = 1, min = 0 } = quantization ?? {};
  switch (quantization?.dtype ?? dtype) {
    case 'uint8':
      return { size: 1, read: (at) => view.getUint8(at) * scale + min };
    case 'uint16':
      return { size: 2, read: (at) => view.getUint16(at, true) * scale + min };
    case 'float16':
      return { size: 2, read: (at) => halfToFloat(view.getUint16(at, true)) };
    case 'float32':
      return { size: 4, read: (at) => view.getFloat32(at, true) };
    case 'int32':
      return { size: 4, read: (at) => view.getInt32(at, true) };
    case 'bool':
      return { size: 1, read: (at) => view.getUint8(at) };
  }
}

/** IEEE 754 half precision: 1 sign, 5 exponent and 10 fraction bits. */
function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
