import { KinoscopeError } from '../core/errors.js';

/** A file of named number arrays behind a JSON header: little-endian, every array aligned to 8 bytes. */

const TYPES = { f32: Float32Array, u8: Uint8Array, u16: Uint16Array } as const;
type TypeName = keyof typeof TYPES;
export type NumberArray = Float32Array | Uint8Array | Uint16Array;

const MAGIC = 'KNSCARR1';
const align = (bytes: number): number => Math.ceil(bytes / 8) * 8;

interface Section {
  readonly name: string;
  readonly type: TypeName;
  readonly offset: number;
  readonly length: number;
}

interface Header {
  readonly meta: unknown;
  readonly sections: readonly Section[];
}

function typeOf(array: NumberArray): TypeName {
  const found = (Object.keys(TYPES) as TypeName[]).find((name) => array instanceof TYPES[name]);
  if (!found) throw new TypeError(`No type for ${array.constructor.name}`);
  return found;
}

/** The upper halves of 32-bit floats, rounded (bfloat16: two to three digits), for weights that are summed by the thousand. */
export function halves(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  return Uint16Array.from(bits, (whole) => (whole + 0x8000) >>> 16);
}

/** {@link halves} as floats again. */
export function fromHalves(values: Uint16Array): Float32Array {
  const bits = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) bits[i] = values[i]! << 16;
  return new Float32Array(bits.buffer);
}

/** Rows of weights in 255 steps, 128 for 0, of a size that each row has for itself. */
export interface SteppedRows {
  readonly values: Uint8Array;
  /** [rows] */
  readonly steps: Float32Array;
}

/** @param meta anything that JSON can hold */
export function encodeArrays(meta: unknown, arrays: Readonly<Record<string, NumberArray>>): Uint8Array {
  let offset = 0;
  const sections = Object.entries(arrays).map(([name, array]): Section => {
    const section = { name, type: typeOf(array), offset, length: array.length };
    offset += align(array.byteLength);
    return section;
  });
  const header = new TextEncoder().encode(JSON.stringify({ meta, sections } satisfies Header));
  const start = align(MAGIC.length + 4 + header.length);
  const file = new Uint8Array(start + offset);
  file.set(new TextEncoder().encode(MAGIC));
  new DataView(file.buffer).setUint32(MAGIC.length, header.length, true);
  file.set(header, MAGIC.length + 4);
  for (const { name, offset: at } of sections) {
    const array = arrays[name]!;
    file.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), start + at);
  }
  return file;
}

/**
 * The arrays are views into `file` where its alignment allows, else of a copy.
 * @throws KinoscopeError `unavailable` when the bytes are no such file, or cut off
 */
export function decodeArrays(file: Uint8Array): { meta: unknown; arrays: Readonly<Record<string, NumberArray>> } {
  const broken = (): KinoscopeError => new KinoscopeError('unavailable', 'The file of arrays is damaged');
  const bytes = file.byteOffset % 8 === 0 ? file : file.slice();
  if (bytes.length < 16 || new TextDecoder('latin1').decode(bytes.subarray(0, MAGIC.length)) !== MAGIC) throw broken();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(MAGIC.length, true);
  const start = align(MAGIC.length + 4 + headerLength);
  if (start > bytes.length) throw broken();
  const text = new TextDecoder().decode(bytes.subarray(MAGIC.length + 4, MAGIC.length + 4 + headerLength));
  const { meta, sections } = JSON.parse(text) as Header;
  const arrays = sections.map(({ name, type, offset, length }) => {
    const Type = TYPES[type];
    if (start + offset + length * Type.BYTES_PER_ELEMENT > bytes.length) throw broken();
    return [name, new Type(bytes.buffer as ArrayBuffer, bytes.byteOffset + start + offset, length)] as const;
  });
  return { meta, arrays: Object.fromEntries(arrays) };
}
