import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { DownloadModule } from '../download/download.module.js';
import { FramesModule } from '../frames/frames.module.js';
import { GuideModule } from '../guide/guide.module.js';
import { STORE, type Store } from '../storage/collection.js';
import { StorageModule } from '../storage/storage.module.js';
import { CastLists } from './cast-lists.js';
import { Documents } from './collections.js';
import { DownloadsService } from './downloads.service.js';
import { ExportedFiles } from './exported-files.js';
import { FileRemoval } from './file-removal.js';
import { GuideCasts } from './guide-casts.service.js';
import { ProxiesService } from './proxies.service.js';
import { ProxyFiles } from './proxy-files.js';
import { SeriesService } from './series.service.js';
import { Stills } from './stills.js';
import { TitleDescriptions } from './title-descriptions.js';
import { TitlesService } from './titles.service.js';

/** The library: titles, where their films come from and what files belong to them. */
@Module({
  imports: [AccessModule, DownloadModule, FramesModule, GuideModule, StorageModule],
  providers: [
    { provide: Documents, inject: [STORE], useFactory: (store: Store) => Documents.open(store) },
    {
      provide: FileRemoval,
      inject: [STORE, SETTINGS],
      useFactory: (store: Store, settings: Settings) => FileRemoval.open(store, settings),
    },
    CastLists,
    TitleDescriptions,
    GuideCasts,
    TitlesService,
    DownloadsService,
    ExportedFiles,
    ProxyFiles,
    ProxiesService,
    Stills,
    SeriesService,
  ],
  exports: [
    Documents,
    CastLists,
    TitleDescriptions,
    GuideCasts,
    TitlesService,
    DownloadsService,
    ExportedFiles,
    ProxyFiles,
    ProxiesService,
    FileRemoval,
    Stills,
    SeriesService,
    DownloadModule,
    FramesModule,
    GuideModule,
  ],
})
export class TitlesModule {}
