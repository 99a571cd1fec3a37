import { meanEmbedding } from '../faces/embed.js';
import { decodeEmbedding, encodeEmbedding } from '../faces/embedding-text.js';
import { type Exemplar, MOST_EXEMPLARS, type Person, type PersonPhoto } from './documents.js';

/** What stands for a person: the mean of their photos' embeddings, good photos (quality 0 to 1) counting more. */
export function galleryMean(embeddings: readonly Float32Array[], qualities?: readonly number[]): Float32Array {
  return meanEmbedding(
    embeddings,
    qualities?.map((quality) => 0.1 + quality),
  );
}

/** What a person's photos and faces of films come to. */
export function learn(
  photos: readonly Pick<PersonPhoto, 'flag' | 'embedding' | 'quality'>[],
  exemplars: readonly Exemplar[],
): Pick<Person, 'mean' | 'photos' | 'exemplars'> {
  const good = photos.flatMap(({ flag, embedding, quality }) =>
    flag === null && embedding !== null ? [{ embedding, quality }] : [],
  );
  const unique = new Map(exemplars.map((exemplar) => [exemplar.embedding, exemplar]));
  const surest = [...unique.values()].sort((a, b) => b.weight - a.weight).slice(0, MOST_EXEMPLARS);
  const faces = [...good, ...surest.map(({ embedding, weight }) => ({ embedding, quality: Math.min(1, weight) }))];
  const mean =
    faces.length === 0
      ? null
      : encodeEmbedding(
          galleryMean(
            faces.map(({ embedding }) => decodeEmbedding(embedding)),
            faces.map(({ quality }) => quality),
          ),
        );
  return { mean, photos: good.length, exemplars: surest };
}
