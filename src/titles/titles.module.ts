import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { DownloadModule } from '../download/download.module.js';
import { FramesModule } from '../frames/frames.module.js';
import { InferenceModule } from '../inference/inference.module.js';
import { PeopleModule } from '../people/people.module.js';
import { STORE, type Store } from '../storage/collection.js';
import { StorageModule } from '../storage/storage.module.js';
import { AnalysesService } from '../analyses/analyses.service.js';
import { Analyzer } from '../analyses/analyzer.js';
import { Documents } from './collections.js';
import { DownloadsService } from './downloads.service.js';
import { FilmsService } from '../analyses/films.service.js';
import { ExportsService } from '../exports/exports.service.js';
import { FilmExports } from '../exports/film-exports.service.js';
import { LongFilms } from '../analyses/long-films.service.js';
import { LibraryService } from './library.service.js';
import { EpisodesService } from '../analyses/episodes.service.js';
import { TitlesService } from './titles.service.js';

@Module({
  imports: [AccessModule, DownloadModule, FramesModule, InferenceModule, PeopleModule, StorageModule],
  providers: [
    { provide: Documents, inject: [STORE], useFactory: (store: Store) => Documents.open(store) },
    TitlesService,
    FilmsService,
    LibraryService,
    DownloadsService,
    AnalysesService,
    EpisodesService,
    Analyzer,
    ExportsService,
    FilmExports,
    LongFilms,
  ],
  exports: [
    TitlesService,
    LibraryService,
    ExportsService,
    FilmExports,
    DownloadsService,
    AnalysesService,
    LongFilms,
    PeopleModule,
  ],
})
export class TitlesModule {}
