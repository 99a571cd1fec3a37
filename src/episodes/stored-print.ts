import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { Fingerprint } from './types.js';

/** Fingerprints as text: brotli in base64. */

type Sound = NonNullable<Fingerprint['sound']>;
type Pictures = NonNullable<Fingerprint['pictures']>;

const pack = (bytes: Uint8Array): string =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }).toString('base64');
const unpack = (text: string): Uint8Array => new Uint8Array(brotliDecompressSync(Buffer.from(text, 'base64')));

/** Neighbours are alike, so what differs is stored, the same byte of all words together. */
function planes(words: Uint32Array, stride: number): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  words.forEach((word, k) => {
    const other = (word ^ (words[k - stride] ?? 0)) >>> 0;
    for (let byte = 0; byte < 4; byte++) bytes[byte * words.length + k] = (other >>> (8 * byte)) & 255;
  });
  return bytes;
}

function words(bytes: Uint8Array, stride: number): Uint32Array {
  const length = bytes.length / 4;
  const found = new Uint32Array(length);
  for (let k = 0; k < length; k++) {
    let word = found[k - stride] ?? 0;
    for (let byte = 0; byte < 4; byte++) word ^= bytes[byte * length + k]! << (8 * byte);
    found[k] = word >>> 0;
  }
  return found;
}

const MILLI = 1000;
const milliseconds = (times: readonly number[]): Uint32Array =>
  Uint32Array.from(times, (time, k) => Math.round(time * MILLI) - Math.round((times[k - 1] ?? 0) * MILLI));
function seconds(steps: Uint32Array): number[] {
  let sum = 0;
  return Array.from(steps, (step) => (sum += step) / MILLI);
}

/** Byte arrays one after the other, each behind its length. */
function join(arrays: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    arrays.flatMap((array) => {
      const head = Buffer.alloc(4);
      head.writeUInt32LE(array.length);
      return [head, array];
    }),
  );
}

function split(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const arrays: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at, true);
    arrays.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return arrays;
}

export const encodeSound = ({ words: told, levels }: Sound): string => pack(join([planes(told, 1), levels]));

export const encodePictures = ({ times, hashes, cuts, blacks }: Pictures): string =>
  pack(
    join([
      planes(milliseconds([...times]), 1),
      planes(hashes, 2),
      planes(milliseconds([...cuts]), 1),
      planes(milliseconds(blacks.flat()), 1),
    ]),
  );

export function decodeSound(text: string): Sound {
  const [told, levels] = split(unpack(text));
  return { words: words(told!, 1), levels: levels! };
}

export function decodePictures(text: string): Pictures {
  const [times, hashes, cuts, blacks] = split(unpack(text));
  const edges = seconds(words(blacks!, 1));
  return {
    times: Float64Array.from(seconds(words(times!, 1))),
    hashes: words(hashes!, 2),
    cuts: Float64Array.from(seconds(words(cuts!, 1))),
    blacks: Array.from({ length: edges.length >> 1 }, (_, k) => [edges[2 * k]!, edges[2 * k + 1]!] as const),
  };
}
