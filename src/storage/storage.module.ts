import { join } from 'node:path';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { STORE, type Store } from './collection.js';
import { openSqliteStore } from './sqlite-store.js';
import { separateTenants } from './tenant-store.js';

/** Provides the {@link STORE}, which keeps tenants apart. It closes in the last phase of a shutdown; workers and queues write until then. */
@Module({
  providers: [
    {
      provide: STORE,
      inject: [SETTINGS],
      // The driver is loaded only by those who use it.
      useFactory: async ({ home, mongodbUri, databaseLimitMs, requireKeys }: Settings) =>
        separateTenants(
          await (mongodbUri
            ? (await import('./mongo-store.js')).openMongoStore(mongodbUri, databaseLimitMs)
            : openSqliteStore(join(home, 'kinoscope.db'))),
          { strict: requireKeys },
        ),
    },
  ],
  exports: [STORE],
})
export class StorageModule implements OnApplicationShutdown {
  constructor(@Inject(STORE) private readonly store: Store) {}

  onApplicationShutdown(): Promise<void> {
    return this.store.close();
  }
}
