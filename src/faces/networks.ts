import type { Model, Models } from '../inference/types.js';
import type { RecognizerId } from './recognizers.js';

/** Their runs are too short for several threads to share; frames are read side by side instead. */
const COPIES = 2;

/** @throws KinoscopeError `unavailable` when the network is missing */
export function loadFaceNetwork(models: Models, id: 'face-rfb' | 'face-landmark' | RecognizerId): Promise<Model> {
  return models.load(id, COPIES);
}
