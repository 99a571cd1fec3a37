import { similarity } from '../faces/embed.js';
import type { RecognizerId } from '../faces/recognizers.js';
import { CALIBRATIONS } from './calibration.js';
import { FaceMatrix } from './face-matrix.js';

/** A person as the recogniser knows them. */
export interface KnownPerson {
  readonly id: string;
  readonly name: string;
  /** Mean of the good photos' embeddings, of unit length. */
  readonly mean: Float32Array;
  /** Faces of which a user said "not this person". */
  readonly rejected: readonly Float32Array[];
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

/** Known people, made ready for looking faces up. */
export class Gallery {
  private readonly means: FaceMatrix;
  /** Places of people who have rejected faces. */
  private readonly corrected: readonly number[];

  constructor(
    readonly recognizer: RecognizerId,
    readonly people: readonly KnownPerson[],
  ) {
    this.means = new FaceMatrix(people.map(({ mean }) => mean));
    this.corrected = people.flatMap(({ rejected }, i) => (rejected.length > 0 ? [i] : []));
  }

  /**
   * The likeliest people, best first, at most `limit`. A face that is more like one that was said not to be somebody than
   * like their photos is never offered as them. Confidences are calibrated on photos of two casts (data/
   * face-calibration.json) and sum to less than 1: what is missing is the probability of a stranger.
   *
   * Everybody is looked at roughly; whoever can be among the best by that is compared exactly, so the people, their order
   * and their similarities are those of comparing with all.
   */
  identify(embedding: Float32Array, limit = 3): Candidate[] {
    const { cosines, slack } = this.means.cosines(embedding);
    for (const i of this.corrected) {
      const { mean, rejected } = this.people[i]!;
      if (isRejected(embedding, similarity(mean, embedding), rejected)) cosines[i] = -Infinity;
    }
    // The best may be overrated by the slack, and another one underrated by as much. No cosine of a face is below -2.
    const floor = Math.max(nthLargest(cosines, limit) - 2 * slack, -2);
    const likely: { readonly person: KnownPerson; readonly likeness: number }[] = [];
    for (let i = 0; i < cosines.length; i++) {
      if (cosines[i]! < floor) continue;
      const person = this.people[i]!;
      const likeness = similarity(person.mean, embedding);
      cosines[i] = likeness;
      likely.push({ person, likeness });
    }
    // Odds against a stranger; the people compete with each other and with the stranger's odds of 1.
    const { slope, middle } = CALIBRATIONS[this.recognizer].identify;
    let total = 1;
    for (let i = 0; i < cosines.length; i++) total += Math.exp(slope * (cosines[i]! - middle));
    return likely.sort((a, b) => b.likeness - a.likeness).slice(0, limit).map(({ person: { id, name }, likeness }) => ({
      personId: id,
      name,
      confidence: Math.exp(slope * (likeness - middle)) / total,
      similarity: likeness,
    }));
  }
}

/** The nth largest of the values, counted from 1; -Infinity when there are fewer. */
function nthLargest(values: Float32Array, nth: number): number {
  const top = new Float64Array(nth).fill(-Infinity);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value <= top[nth - 1]!) continue;
    let at = nth - 1;
    for (; at > 0 && top[at - 1]! < value; at--) top[at] = top[at - 1]!;
    top[at] = value;
  }
  return top[nth - 1]!;
}

/** Confidence from which a face gets its name; below it is unknown. */
export const NAMED_FROM = 0.5;

/** Probability that two faces are one person's, 0 to 1, from the cosine of their embeddings. */
export function sameProbability(cosine: number, recognizer: RecognizerId): number {
  const { slope, middle } = CALIBRATIONS[recognizer].compare;
  return 1 / (1 + Math.exp(-slope * (cosine - middle)));
}
