/** Embeddings in documents: a byte a number, base64. */

/**
 * A vector of unit length as base64 of its numbers in steps of a 127th of the largest, the largest first (float32).
 * Cosines change by less than .002; 512 numbers take 688 characters.
 */
export function encodeEmbedding(vector: Float32Array): string {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const bytes = Buffer.alloc(4 + vector.length);
  bytes.writeFloatLE(largest, 0);
  vector.forEach((value, i) => bytes.writeInt8(Math.round((value / largest) * 127), 4 + i));
  return bytes.toString('base64');
}

/** The vector again, of unit length. */
export function decodeEmbedding(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  const largest = bytes.readFloatLE(0);
  const vector = Float32Array.from({ length: bytes.length - 4 }, (_, i) => (bytes.readInt8(4 + i) / 127) * largest);
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
