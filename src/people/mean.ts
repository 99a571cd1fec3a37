import { meanEmbedding, similarity } from '../faces/embed.js';
import { decodeEmbedding, encodeEmbedding } from '../faces/embedding-text.js';
import { type Exemplar, MOST_EXEMPLARS, type Person, type PersonPhoto } from './documents.js';

/** What stands for a person: the mean of their photos' embeddings, good photos (quality 0 to 1) counting more. */
export function galleryMean(embeddings: readonly Float32Array[], qualities?: readonly number[]): Float32Array {
  return meanEmbedding(embeddings, qualities?.map(weighted));
}

const weighted = (quality: number): number => 0.1 + quality;

export interface ProposedWeights {
  /** What a face that was proposed counts beside those that somebody has vouched for, 0 to 1. */
  readonly proposed: number;
  /** A proposed face that is as like those is confirmed by them: a cosine. */
  readonly confirmed: number;
}

/** What both casts of bench/people-proposed.ts chose, each measured on the other. */
const WEIGHTS: ProposedWeights = { proposed: 0.1, confirmed: 0.35 };

/**
 * What a person's photos and faces of films come to. Photos that were found for their name count less, unless what a person said
 * (a photo, a face of a film) shows the same face.
 */
export function learn(
  photos: readonly Pick<PersonPhoto, 'flag' | 'embedding' | 'quality' | 'proposedFrom' | 'confirmed'>[],
  exemplars: readonly Exemplar[],
  weights: ProposedWeights = WEIGHTS,
): Pick<Person, 'mean' | 'photos' | 'exemplars'> {
  const unique = new Map(exemplars.map((exemplar) => [exemplar.embedding, exemplar]));
  const surest = [...unique.values()].sort((a, b) => b.weight - a.weight).slice(0, MOST_EXEMPLARS);
  const good = photos.flatMap(({ flag, embedding, quality, proposedFrom, confirmed }) =>
    flag === null && embedding !== null
      ? [{ face: decodeEmbedding(embedding), quality, proposed: proposedFrom !== undefined && confirmed !== true }]
      : [],
  );
  const faces = [
    ...good,
    ...surest.map(({ embedding, weight }) => ({
      face: decodeEmbedding(embedding),
      quality: Math.min(1, weight),
      proposed: false,
    })),
  ];
  const sure = faces.filter(({ proposed }) => !proposed);
  const vouched = sure.length === 0 ? null : galleryMean(...columns(sure));
  const weightOf = ({ face, quality, proposed }: (typeof faces)[number]): number =>
    weighted(quality) *
    (proposed && !(vouched && similarity(face, vouched) >= weights.confirmed) ? weights.proposed : 1);
  const mean =
    faces.length === 0
      ? null
      : encodeEmbedding(
          meanEmbedding(
            faces.map(({ face }) => face),
            faces.map(weightOf),
          ),
        );
  return { mean, photos: good.length, exemplars: surest };
}

const columns = (faces: readonly { face: Float32Array; quality: number }[]): [Float32Array[], number[]] => [
  faces.map(({ face }) => face),
  faces.map(({ quality }) => quality),
];
