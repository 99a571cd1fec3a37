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

/** Another sight of a face of which a user said "not this person" is at least this similar to it. */
const LIKE_REJECTED = 0.5;

/** Whether a face is more like one that was said not to be somebody than like their own faces. */
export function isRejected(embedding: Float32Array, likeness: number, rejected: readonly Float32Array[]): boolean {
  return rejected.some((face) => similarity(face, embedding) > Math.max(LIKE_REJECTED, likeness));
}

/**
 * The likeliest people, best first, at most `limit`. A face that is more like one that was said not to be somebody than
 * like their photos is never offered as them. Confidences are calibrated on photos of two casts (data/
 * face-calibration.json) and sum to less than 1: what is missing is the probability of a stranger.
 */
export function identify(embedding: Float32Array, { recognizer, people }: Gallery, limit = 3): Candidate[] {
  const { slope, middle } = CALIBRATIONS[recognizer].identify;
  const scored = people
    .flatMap((person) => {
      const likeness = similarity(person.mean, embedding);
      if (isRejected(embedding, likeness, person.rejected)) return [];
      // Odds against a stranger; the people compete with each other and with the stranger's odds of 1.
      return [{ person, likeness, odds: Math.exp(slope * (likeness - middle)) }];
    })
    .sort((a, b) => b.likeness - a.likeness);
  const total = scored.reduce((sum, { odds }) => sum + odds, 1);
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
