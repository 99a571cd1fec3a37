/**
 * Extracts the features of all pictures into a store; stopped at any point, it goes on from there.
 *
 *   npx tsx notebooks-ts/genre/extract.ts [STORE.sqlite] [THREADS]
 */
import { createModels } from '../../src/inference/registry.js';
import { readItems } from './dataset.js';
import { extractFeatures, NETWORKS } from './features.js';
import { DATA, openFeatureStore } from './places.js';

const [, , file, threads = '0'] = process.argv;
const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: Number(threads) });
const store = await openFeatureStore(file);
const items = readItems(DATA);
const failures = await extractFeatures(
  items,
  await Promise.all(NETWORKS.map((id) => models.load(id))),
  store,
  (done) => {
    if (done % 100 === 0 || done === items.length) console.log(`${done} of ${items.length}`);
  },
);
for (const { item, reason } of failures) console.log(`${item.id}: ${String(reason)}`);
await store.close();
await models.close();
