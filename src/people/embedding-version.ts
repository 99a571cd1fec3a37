import { join } from 'node:path';
import { FACE_READERS, RECOGNIZERS, WHITENING_TABLE } from '../faces/recognizers.js';
import type { ModelRegistry } from '../inference/registry.js';
import { DATA, versionOfFile } from '../parameters/learnt.js';

/**
 * What makes embeddings here: the network, and the table that its numbers go through, by hash. Those of two versions cannot be compared.
 * @param data folder of the table
 * @returns such as `face-embed-512@0a1b2c3d4e5f`; null where the network is missing
 */
export async function embeddingVersion(
  models: Pick<ModelRegistry, 'list' | 'faces'>,
  data = DATA,
): Promise<string | null> {
  const { recognizer } = FACE_READERS[models.faces];
  const network = (await models.list()).find(({ id }) => id === recognizer);
  if (network?.state !== 'ok') return null;
  return RECOGNIZERS[recognizer].whitening
    ? `${network.version} ${versionOfFile(join(data, WHITENING_TABLE))}`
    : network.version;
}
