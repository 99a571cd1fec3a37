import { similarity } from '../faces/embed.js';
import type { RecognizerId } from '../faces/recognizers.js';
import { CALIBRATIONS } from './calibration.js';

/** A person as the recogniser knows them. */
export interface KnownPerson {
  readonly id: string;
  readonly name: string;
  /** Mean of the good photos' embeddings, of unit length. */
  readonly mean: Float32Array;
  /** Faces of which a user said "not this person". */
  readonly rejected: readonly Float32Array[];
}

export interface Gallery {
  readonly recognizer: RecognizerId;
  readonly people: readonly KnownPerson[];
}

export interface Candidate {
  readonly personId: string;
  readonly name: string;
  /** Probability that it is this person, 0 to 1. */
  readonly confidence: number;
  /** Cosine to the mean of the person's photos. */
  readonly similarity: number;
}

/** A face of which a user said "not this person" bars its like: the same face on another frame is this similar. */
const SAME_AS_REJECTED = 0.6;

/**
 * The likeliest people, best first, at most `limit`. Confidences are calibrated on photos of two casts (data/
 * face-calibration.json) and sum to at most 1: what is missing is the probability of a stranger.
 */
export function identify(embedding: Float32Array, { recognizer, people }: Gallery, limit = 3): Candidate[] {
  const { slope, middle } = CALIBRATIONS[recognizer].identify;
  const scored = people
    .filter(({ rejected }) => !rejected.some((face) => similarity(face, embedding) >= SAME_AS_REJECTED))
    .map((person) => {
      const likeness = similarity(person.mean, embedding);
      return { person, likeness, odds: 1 / (1 + Math.exp(-slope * (likeness - middle))) };
    })
    .sort((a, b) => b.likeness - a.likeness);
  const total = Math.max(1, scored.reduce((sum, { odds }) => sum + odds, 0));
  return scored.slice(0, limit).map(({ person, likeness, odds }) => ({
    personId: person.id,
    name: person.name,
    confidence: odds / total,
    similarity: likeness,
  }));
}

/** Confidence from which a face gets its name; below it is unknown. */
export const NAMED_FROM = 0.5;

/** Probability that two faces are one person's, 0 to 1, from the cosine of their embeddings. */
export function sameProbability(cosine: number, recognizer: RecognizerId): number {
  const { slope, middle } = CALIBRATIONS[recognizer].compare;
  return 1 / (1 + Math.exp(-slope * (cosine - middle)));
}
