import { readFileSync } from 'node:fs';
import { z } from 'zod';

/**
 * How surely a box is a face. The detector alone takes a wheel or a cloak for one at .95: such boxes mostly show at one
 * of the two scales only, and their embedding is short. The weights were learnt by bench/faces-opinion.ts.
 */

const Weights = z.object({
  constant: z.number(),
  /** Of the logarithmic odds of the detector's score at each scale. */
  scales: z.tuple([z.number(), z.number()]),
  /** Of the logarithm of the height. */
  height: z.number(),
  /** Of the embedding's length; 0 without one. */
  strength: z.number(),
});
export type Weights = z.infer<typeof Weights>;

const FILE = new URL('../../data/face-opinion.json', import.meta.url);
const { withEmbedding, boxAlone } = z
  .object({ withEmbedding: Weights, boxAlone: Weights })
  .parse(JSON.parse(readFileSync(FILE, 'utf8')));

/** What is known about a box. */
export interface Evidence {
  /** The detector's scores, 0 to 1, of the smaller and the larger picture: the same twice where there is only one. */
  readonly scores: readonly [number, number];
  /** Height of the box in pixels of a picture whose longer side is 640. */
  readonly height: number;
  /** Length of the embedding before it was scaled to 1; null: not known. */
  readonly strength: number | null;
}

/** Longer embeddings say no more. */
export const STRONG = 3;

/** The numbers that the weights belong to: constant, both scales, height, strength. */
export function features({ scores, height, strength }: Evidence): [number, number, number, number, number] {
  const odds = (score: number): number => {
    const inside = Math.min(0.998, Math.max(0.05, score));
    return Math.log(inside / (1 - inside));
  };
  return [1, odds(scores[0]), odds(scores[1]), Math.log(Math.max(1, height) / 40), Math.min(STRONG, strength ?? 0)];
}

/** 0 to 1. */
export function faceProbability(evidence: Evidence): number {
  const { constant, scales, height, strength } = evidence.strength === null ? boxAlone : withEmbedding;
  const [one, small, large, size, length] = features(evidence);
  const sum = constant * one + scales[0] * small + scales[1] * large + height * size + strength * length;
  return 1 / (1 + Math.exp(-sum));
}
