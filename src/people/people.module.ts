import { Module } from '@nestjs/common';
import { STORE, type Store } from '../storage/collection.js';
import { StorageModule } from '../storage/storage.module.js';
import { People } from './people.js';

@Module({
  imports: [StorageModule],
  providers: [{ provide: People, inject: [STORE], useFactory: (store: Store) => People.open(store) }],
  exports: [People],
})
export class PeopleModule {}
