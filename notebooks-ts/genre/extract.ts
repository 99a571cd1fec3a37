/**
 * Extracts the features of all pictures into a store; stopped at any point, it goes on from there.
 *
 *   npx tsx notebooks-ts/genre/extract.ts [STORE.sqlite] [THREADS]
 */
import { createModels } from '../../src/inference/registry.js';
import { type Item, readItems } from './dataset.js';
import { extractFeatures, NETWORKS } from './features.js';
import { DATA, openFeatureStore } from './places.js';

const [, , file, threads = '0'] = process.argv;
const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: Number(threads) });
const store = await openFeatureStore(file);
const rank = ({ set, unknown }: Item): number => (set === 'stills' ? 0 : set === 'trailers' ? 2 : unknown.length ? 3 : 1);
const items = readItems(DATA).sort((a, b) => rank(a) - rank(b) || (a.set==='posters' ? Number(a.id.slice(-3)) - Number(b.id.slice(-3)) : 0));
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
