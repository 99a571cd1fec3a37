import { meanEmbedding, similarity } from '../src/faces/embed.js';
import { galleryMean } from '../src/people/mean.js';
import { type PhotoFace, seeded, shuffled } from './faces-photos.js';

/** Curves from cosines to probabilities, and what teaches them. */

export const ROUNDS = 20;
export const PHOTOS = 5;

export interface Curve {
  readonly slope: number;
  readonly middle: number;
}

export interface Example {
  readonly cosine: number;
  readonly same: boolean;
}

/** Logistic regression of one standardised variable, classes balanced, by Newton's method with a little ridge. */
export function fitLogistic(examples: readonly Example[]): Curve {
  const mean = examples.reduce((sum, { cosine }) => sum + cosine, 0) / examples.length;
  const deviation = Math.sqrt(examples.reduce((sum, { cosine }) => sum + (cosine - mean) ** 2, 0) / examples.length);
  const count = (same: boolean): number => examples.filter((example) => example.same === same).length;
  const weight = { true: 0.5 / count(true), false: 0.5 / count(false) };
  const ridge = 1e-3;
  let [slope, offset] = [1, 0];
  for (let step = 0; step < 100; step++) {
    let [g0, g1, h00, h01, h11] = [0, ridge * slope, 1e-9, 0, ridge];
    for (const { cosine, same } of examples) {
      const z = (cosine - mean) / deviation;
      const p = 1 / (1 + Math.exp(-(slope * z + offset)));
      const error = weight[`${same}`] * (p - Number(same));
      const curve = weight[`${same}`] * p * (1 - p);
      g0 += error;
      g1 += error * z;
      h00 += curve;
      h01 += curve * z;
      h11 += curve * z * z;
    }
    const det = h00 * h11 - h01 * h01;
    // Half steps: full ones can overshoot where the classes hardly overlap.
    offset -= (0.5 * (h11 * g0 - h01 * g1)) / det;
    slope -= (0.5 * (h00 * g1 - h01 * g0)) / det;
  }
  const round = (value: number): number => Math.round(value * 1e4) / 1e4;
  return { slope: round(slope / deviation), middle: round(mean - (offset / slope) * deviation) };
}

/** @param shown photos of what stands for what a title has shown of each person: then these make half of a person's reference */
export function identifyExamples(photos: readonly PhotoFace[], shown = 0): Example[] {
  const random = seeded(1);
  const examples: Example[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const cast of new Set(photos.map((photo) => photo.cast))) {
      const people = [...new Set(photos.filter((photo) => photo.cast === cast).map(({ person }) => person))];
      const heldOut = people[round % people.length];
      const probes: PhotoFace[] = [];
      const gallery = people.flatMap((person) => {
        const own = shuffled(
          photos.filter((photo) => photo.cast === cast && photo.person === person),
          random,
        );
        probes.push(...own.slice(PHOTOS + shown));
        const meanOf = (some: readonly PhotoFace[]): Float32Array =>
          galleryMean(
            some.map(({ embedding }) => embedding),
            some.map(({ quality }) => quality),
          );
        const mean = meanOf(own.slice(0, PHOTOS));
        const reference = shown === 0 ? mean : meanEmbedding([mean, meanOf(own.slice(PHOTOS, PHOTOS + shown))]);
        return person === heldOut ? [] : [{ person, mean: reference }];
      });
      probes.push(...photos.filter((photo) => photo.cast !== cast));
      for (const { person, embedding } of probes) {
        const best = gallery
          .map((one) => ({ ...one, cosine: similarity(one.mean, embedding) }))
          .reduce((a, b) => (b.cosine > a.cosine ? b : a));
        const known = gallery.some((one) => one.person === person);
        if (best.person === person || !known) examples.push({ cosine: best.cosine, same: best.person === person });
      }
    }
  }
  return examples;
}
