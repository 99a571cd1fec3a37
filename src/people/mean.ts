import { meanEmbedding } from '../faces/embed.js';

/** What stands for a person: the mean of their photos' embeddings, good photos (quality 0 to 1) counting more. */
export function galleryMean(embeddings: readonly Float32Array[], qualities?: readonly number[]): Float32Array {
  return meanEmbedding(
    embeddings,
    qualities?.map((quality) => 0.1 + quality),
  );
}
