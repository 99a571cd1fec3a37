import { afterAll, describe, test } from '@jest/globals';
import { openMongoStore } from '../../src/storage/mongo-store.js';
import { ABANDON_MONGO, killedMidway } from './abandon.js';
import { findMongoServer } from './mongodb-server.js';
import { storageContract } from './storage.js';

const server = await findMongoServer();
let databases = 0;

if (!server) {
  process.stderr.write('SKIPPED: the storage contract needs MONGODB_URI or MONGOMS_SYSTEM_BINARY (1 suite)\n');
  test.todo('the storage contract on MongoDB: needs MONGODB_URI or MONGOMS_SYSTEM_BINARY');
} else {
  describe('on a server', () => {
    afterAll(() => server.stop());

    storageContract(
      'MongoDB',
      async () => {
        const uri = server.uri(`kinoscope_test_${process.pid}_${++databases}`);
        const stores = [await openMongoStore(uri)];
        return {
          store: stores[0]!,
          connect: async () => {
            const store = await openMongoStore(uri);
            stores.push(store);
            return store;
          },
          abandon: (id) => killedMidway(ABANDON_MONGO, [uri, id]),
          dispose: async () => {
            for (const store of stores) await store.close();
            await server.drop(uri);
          },
        };
      },
      server,
    );
  });
}
