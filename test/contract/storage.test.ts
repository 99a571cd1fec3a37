import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';
import { ABANDON_SQLITE, killedMidway } from './abandon.js';
import { storageContract } from './storage.js';

storageContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kinoscope-storage-'));
  const connect = () => openSqliteStore(join(folder, 'test.db'));
  const stores = [await connect()];
  return {
    store: stores[0]!,
    connect: async () => {
      const store = await connect();
      stores.push(store);
      return store;
    },
    abandon: (id) => killedMidway(ABANDON_SQLITE, [join(folder, 'test.db'), id]),
    dispose: async () => {
      for (const store of stores) await store.close();
      await rm(folder, { recursive: true });
    },
  };
});
