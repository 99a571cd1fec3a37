/** Embeddings in documents: a byte a number, base64. */

/**
 * A vector of unit length as base64 of its numbers in steps of a 127th of the largest, and before them the scale that
 * makes them of unit length again (float32; it follows from the numbers). Cosines change by less than .002; 512 numbers
 * take 688 characters.
 */
export function encodeEmbedding(vector: Float32Array): string {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const steps = Int8Array.from(vector, (value) => Math.round((value / largest) * 127));
  const bytes = Buffer.alloc(4 + vector.length);
  bytes.writeFloatLE(127 / (Math.sqrt(steps.reduce((sum, step) => sum + step * step, 0)) || 127), 0);
  steps.forEach((step, i) => bytes.writeInt8(step, 4 + i));
  return bytes.toString('base64');
}

/** The vector again, of unit length. */
export function decodeEmbedding(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  const scale = bytes.readFloatLE(0);
  const vector = Float32Array.from({ length: bytes.length - 4 }, (_, i) => (bytes.readInt8(4 + i) / 127) * scale);
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
