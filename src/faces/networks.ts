import type { Model, Models } from '../inference/types.js';
import { FACE_DETECTOR, FACE_READERS, type FaceReaders } from './recognizers.js';

/** Their runs are too short for several threads to share; frames are read side by side instead. */
const COPIES = 2;

type FaceNetworkId = typeof FACE_DETECTOR | FaceReaders['landmarks' | 'recognizer'];

/** @throws KinoscopeError `unavailable` when the network is missing */
export function loadFaceNetwork(models: Models, id: FaceNetworkId): Promise<Model> {
  return models.load(id, COPIES);
}

/** All that read faces here, the detector first. */
export function faceNetworks({ faces }: Pick<Models, 'faces'>): FaceNetworkId[] {
  const { landmarks, recognizer } = FACE_READERS[faces];
  return [FACE_DETECTOR, landmarks, recognizer];
}
