import type { RgbImage } from '../frames/types.js';
import type { Models } from '../inference/types.js';
import { findMesh } from './face-mesh.js';
import type { Box, FivePoints } from './geometry.js';
import { findLandmarks } from './landmarks.js';
import { loadFaceNetwork } from './networks.js';
import { FACE_READERS } from './recognizers.js';

/** Five points in a box, and how much what lies there looks like a face; null where the network does not say. */
export interface FoundPoints {
  readonly landmarks: FivePoints;
  readonly strength: number | null;
}

/** Logarithmic odds of a face by the mesh: below and above nothing more is told. They are as strong as embeddings of faces are long. */
const [UNLIKELY, SURE] = [-3, 5];
const STRONGEST = 3.2;

/** The five points of the face in each box, by the networks that read faces here. */
export async function findPoints(models: Models, image: RgbImage, boxes: readonly Box[]): Promise<FoundPoints[]> {
  const { landmarks: network } = FACE_READERS[models.faces];
  const model = await loadFaceNetwork(models, network);
  if (network === 'face-landmark')
    return (await findLandmarks(model, image, boxes)).map((landmarks) => ({ landmarks, strength: null }));
  return (await findMesh(model, image, boxes)).map(({ points, face }) => {
    const inside = Math.min(1 - 1e-6, Math.max(1e-6, face));
    const odds = Math.min(SURE, Math.max(UNLIKELY, Math.log(inside / (1 - inside))));
    return { landmarks: points, strength: ((odds - UNLIKELY) / (SURE - UNLIKELY)) * STRONGEST };
  });
}
