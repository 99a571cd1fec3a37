/** How many pieces are kept: as many as two threads of networks and what is made ready for them take. */
const MOST = 4;

const pieces: ArrayBuffer[] = [];

/** Keeps the memory of a tensor that nobody needs any more. */
export function keepSpare(memory: ArrayBuffer): void {
  pieces.push(memory);
  if (pieces.length > MOST) pieces.shift();
}

/**
 * Memory for a tensor, of one that is done with where that was as large: what is allocated for each picture anew has to be cleared,
 * and makes the garbage collector run. It holds any numbers.
 */
export function spareFloats(length: number): Float32Array {
  const at = pieces.findLastIndex(({ byteLength }) => byteLength === length * Float32Array.BYTES_PER_ELEMENT);
  return at < 0 ? new Float32Array(length) : new Float32Array(pieces.splice(at, 1)[0]!);
}
