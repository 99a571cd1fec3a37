import { z } from 'zod';
import type { FaceNetworks } from '../config/face-networks.js';
import { loadTable } from '../parameters/learnt.js';

/**
 * How surely a box is a face. The detector alone takes a wheel or a cloak for one at .95: such boxes mostly show at one
 * of the two scales only, and their embedding is short. The weights were learnt by bench/faces-verifier.ts.
 */

const Weights = z.object({
  constant: z.number(),
  /** Of the logarithmic odds of the detector's score, summed over both scales. */
  scores: z.number(),
  /** Of the logarithm of the height. */
  height: z.number(),
  /** Of the logarithm of the width as a share of the height. */
  shape: z.number(),
  /** Of how much what was found inside looks like a face; 0 where nothing looked. */
  strength: z.number(),
});
export type Weights = z.infer<typeof Weights>;

const ofNetworks = z.object({ withEmbedding: Weights, boxAlone: Weights });
const LEARNT = loadTable('face-verifier.json', z.object({ best: ofNetworks, clear: ofNetworks }));

/** What is known about a box. */
export interface Evidence {
  /** The detector's scores, 0 to 1, of the smaller and the larger picture: the same twice where there is only one. */
  readonly scores: readonly [number, number];
  /** Height of the box in pixels of a picture whose longer side is 640. */
  readonly height: number;
  /** Width of the box as a share of its height: faces are about .75, what is taken for one often is as wide as high. */
  readonly shape: number;
  /** How much what was found inside looks like a face (the embedding's length, or the mesh's odds); null: not known. */
  readonly strength: number | null;
}

/** Stronger looks say no more. */
export const STRONG = 3;

/** The numbers that the weights belong to: constant, scores, height, shape, strength. */
export function features({ scores, height, shape, strength }: Evidence): [number, number, number, number, number] {
  const odds = (score: number): number => {
    const inside = Math.min(0.998, Math.max(0.05, score));
    return Math.log(inside / (1 - inside));
  };
  return [
    1,
    odds(scores[0]) + odds(scores[1]),
    Math.log(Math.max(1, height) / 40),
    Math.log(Math.max(0.1, shape)),
    Math.min(STRONG, strength ?? 0),
  ];
}

/** 0 to 1, by the networks that looked into the box. */
export function faceProbability(evidence: Evidence, networks: FaceNetworks): number {
  const { withEmbedding, boxAlone } = LEARNT[networks];
  const weights = evidence.strength === null ? boxAlone : withEmbedding;
  const [one, scores, height, shape, strength] = features(evidence);
  const sum =
    weights.constant * one +
    weights.scores * scores +
    weights.height * height +
    weights.shape * shape +
    weights.strength * strength;
  return 1 / (1 + Math.exp(-sum));
}
