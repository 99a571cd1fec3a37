import { createModels } from '../../src/inference/registry.js';

/** Ends, with a status of its own, while a network computes. */
const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
const model = await models.load('inception-v3');
const image = { width: 299, height: 299, data: new Uint8Array(299 * 299 * 3) };
void model.runImages(Array.from({ length: 64 }, () => image));
setTimeout(() => process.exit(7), 50);
