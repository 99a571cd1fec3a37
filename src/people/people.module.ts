import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { Audit } from '../access/audit.js';
import { FACE_READERS } from '../faces/recognizers.js';
import { FramesModule } from '../frames/frames.module.js';
import { KEPT_ANSWERS, type KeptAnswer } from '../http/kept-answers.js';
import { InferenceModule } from '../inference/inference.module.js';
import type { ModelRegistry } from '../inference/registry.js';
import { MODELS } from '../inference/types.js';
import { JOB_QUEUE, type JobQueue } from '../jobs/job-queue.js';
import { STORE, type Store } from '../storage/collection.js';
import { StorageModule } from '../storage/storage.module.js';
import { CastLists } from '../titles/cast-lists.js';
import { ExportedFiles } from '../titles/exported-files.js';
import { FileRemoval } from '../titles/file-removal.js';
import { TitlesModule } from '../titles/titles.module.js';
import { Corrections } from './corrections.js';
import { embeddingVersion } from './embedding-version.js';
import { Erasure } from './erasure.js';
import { FaceMap } from './face-map.js';
import { GalleryStore } from './gallery-store.js';
import { Naming } from './naming.js';
import { People } from './people.js';
import { PhotoSearch } from './photos/photo-search.service.js';
import { Portraits } from './portraits.js';
import { Suggestions } from './suggestions.js';
import { TitleErasure } from './title-erasure.js';

@Module({
  imports: [AccessModule, FramesModule, InferenceModule, StorageModule, TitlesModule],
  providers: [
    {
      provide: GalleryStore,
      inject: [STORE, MODELS],
      useFactory: (store: Store, models: ModelRegistry) =>
        GalleryStore.open(store, {
          recognizer: FACE_READERS[models.faces].recognizer,
          network: () => embeddingVersion(models),
        }),
    },
    ...[People, Corrections, Suggestions].map((service) => ({
      provide: service,
      inject: [GalleryStore],
      useFactory: (gallery: GalleryStore) => new service(gallery),
    })),
    {
      provide: Naming,
      inject: [GalleryStore, CastLists],
      useFactory: (gallery: GalleryStore, castLists: CastLists) => new Naming(gallery, castLists),
    },
    {
      provide: FaceMap,
      inject: [GalleryStore, JOB_QUEUE],
      useFactory: (gallery: GalleryStore, queue: JobQueue) => new FaceMap(gallery, queue),
    },
    Portraits,
    PhotoSearch,
    TitleErasure,
    {
      provide: Erasure,
      inject: [GalleryStore, Naming, Audit, Portraits, ExportedFiles, STORE, FileRemoval],
      useFactory: async (
        gallery: GalleryStore,
        naming: Naming,
        audit: Audit,
        portraits: Portraits,
        films: ExportedFiles,
        store: Store,
        files: FileRemoval,
      ) =>
        new Erasure(gallery, naming, audit, portraits, films, await store.collection<KeptAnswer>(KEPT_ANSWERS), files),
    },
  ],
  exports: [People, Naming, Corrections, Suggestions, FaceMap, Erasure, TitleErasure, Portraits, PhotoSearch],
})
export class PeopleModule {}
