import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { Audit } from '../access/audit.js';
import { STORE, type Store } from '../storage/collection.js';
import { StorageModule } from '../storage/storage.module.js';
import { Corrections } from './corrections.js';
import { Erasure } from './erasure.js';
import { GalleryStore } from './gallery-store.js';
import { Naming } from './naming.js';
import { People } from './people.js';

@Module({
  imports: [AccessModule, StorageModule],
  providers: [
    { provide: GalleryStore, inject: [STORE], useFactory: (store: Store) => GalleryStore.open(store) },
    ...[People, Naming, Corrections].map((service) => ({
      provide: service,
      inject: [GalleryStore],
      useFactory: (gallery: GalleryStore) => new service(gallery),
    })),
    {
      provide: Erasure,
      inject: [GalleryStore, Audit],
      useFactory: (gallery: GalleryStore, audit: Audit) => new Erasure(gallery, audit),
    },
  ],
  exports: [People, Naming, Corrections, Erasure],
})
export class PeopleModule {}
