import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { InferenceModule } from '../inference/inference.module.js';
import { PeopleModule } from '../people/people.module.js';
import { TitleErasure } from '../people/title-erasure.js';
import { StorageModule } from '../storage/storage.module.js';
import { TitleWork } from '../titles/title-work.js';
import { TitlesModule } from '../titles/titles.module.js';
import { AnalysesService } from './analyses.service.js';
import { Analyzer } from './analyzer.js';
import { BilledNames } from './billed.service.js';
import { CorrectedAnswers } from './corrected-answers.service.js';
import { CorrectionList } from './correction-list.service.js';
import { CorrectionsService } from './corrections.service.js';
import { EpisodesService } from './episodes.service.js';
import { FilmsService } from './films.service.js';
import { Fingerprints } from './fingerprints.service.js';
import { LongFilms } from './long-films.service.js';
import { MomentService } from './moment.service.js';
import { SeasonsService } from './seasons.service.js';
import { SegmentsService } from './segments.service.js';
import { SidecarJobs } from './sidecar-jobs.service.js';
import { TracksService } from './tracks.service.js';

/** Which analysis runs when, on what, with which version. */
@Module({
  imports: [AccessModule, InferenceModule, PeopleModule, StorageModule, TitlesModule],
  providers: [
    AnalysesService,
    Analyzer,
    BilledNames,
    CorrectedAnswers,
    CorrectionList,
    CorrectionsService,
    EpisodesService,
    FilmsService,
    Fingerprints,
    LongFilms,
    MomentService,
    SeasonsService,
    SegmentsService,
    TracksService,
    SidecarJobs,
    {
      provide: TitleWork,
      inject: [AnalysesService, TitleErasure, SeasonsService, SidecarJobs],
      useFactory: (
        analyses: AnalysesService,
        erasure: TitleErasure,
        seasons: SeasonsService,
        sidecars: SidecarJobs,
      ): TitleWork => ({
        tellPlayers: (titles) => sidecars.enqueue(titles),
        analyze: (title) => analyses.enqueue(title),
        delete: async (id) => {
          const title = await seasons.titleOf(id);
          const deleted = await erasure.delete(id);
          if (deleted && title) await seasons.enqueue(title);
          return deleted;
        },
        moved: async (...titles) => {
          for (const title of titles) await seasons.enqueue(title);
        },
      }),
    },
  ],
  exports: [
    AnalysesService,
    BilledNames,
    CorrectionList,
    CorrectionsService,
    LongFilms,
    MomentService,
    SeasonsService,
    SegmentsService,
    TracksService,
    SidecarJobs,
    TitleWork,
  ],
})
export class AnalysesModule {}
