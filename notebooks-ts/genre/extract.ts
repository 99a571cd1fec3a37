/**
 * Extracts the features of all pictures into a store; stopped at any point, it goes on from there.
 *
 *   npx tsx notebooks-ts/genre/extract.ts [STORE.sqlite] [THREADS]
 */
import { createModels } from '../../src/inference/registry.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';
import { readItems } from './dataset.js';
import { extractFeatures, NETWORK } from './features.js';
import { DATA, STORE_FILE } from './places.js';

const [, , file = STORE_FILE, threads = '0'] = process.argv;
const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: Number(threads) });
const store = await openSqliteStore(file);
const items = readItems(DATA);
const failures = await extractFeatures(items, await models.load(NETWORK), store, (done) => {
  if (done % 100 === 0 || done === items.length) console.log(`${done} of ${items.length}`);
});
for (const { item, reason } of failures) console.log(`${item.id}: ${String(reason)}`);
await store.close();
await models.close();
