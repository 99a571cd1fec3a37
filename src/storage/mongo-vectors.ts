import { Binary } from 'mongodb';

/**
 * Embeddings as MongoDB's own vectors: BSON Binary, subtype 9, 8-bit integers. In documents they are text (see
 * faces/embedding-text.ts): the scale that makes them of unit length (float32), then a byte a number, base64.
 */

/** Paths of vectors, as their segments; `*` stands for any field. */
export type VectorPaths = readonly (readonly string[])[];

export function vectorPaths(paths: readonly string[] = []): VectorPaths {
  return paths.map((path) => path.split('.'));
}

/** A value at a path (of a document or a patch) with its vectors as MongoDB has them. */
export function toVectors(value: unknown, paths: VectorPaths, path = ''): unknown {
  // a position in an array is no field
  const segments = path.split('.').filter((segment) => segment !== '' && !/^\d+$/.test(segment));
  return convert(value, segments.reduce(below, paths), toBinary);
}

/** A document with its vectors as text again. */
export function fromVectors(document: unknown, paths: VectorPaths): unknown {
  return convert(document, paths, fromBinary);
}

function below(paths: VectorPaths, segment: string): VectorPaths {
  return paths.filter(([first]) => first === segment || first === '*').map(([, ...rest]) => rest);
}

function convert(value: unknown, paths: VectorPaths, leaf: (value: unknown) => unknown): unknown {
  if (paths.length === 0 || value === null || value === undefined) return value;
  if (Array.isArray(value)) return value.map((one) => convert(one, paths, leaf));
  if (paths.some((path) => path.length === 0)) return leaf(value);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, convert(inner, below(paths, key), leaf)]),
  );
}

function toText(numbers: Int8Array): string {
  const bytes = Buffer.alloc(4 + numbers.length);
  bytes.writeFloatLE(127 / (Math.sqrt(numbers.reduce((sum, number) => sum + number * number, 0)) || 127), 0);
  bytes.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.length), 4);
  return bytes.toString('base64');
}

function toBinary(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length <= 4) return value;
  const numbers = Int8Array.from(bytes.subarray(4), (byte) => (byte << 24) >> 24);
  // what would not come back as it is stays as it is
  return toText(numbers) === value ? Binary.fromInt8Array(numbers) : value;
}

function fromBinary(value: unknown): unknown {
  return value instanceof Binary && value.sub_type === Binary.SUBTYPE_VECTOR ? toText(value.toInt8Array()) : value;
}
