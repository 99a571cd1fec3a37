import { Module } from '@nestjs/common';
import { AnalysesModule } from '../analyses/analyses.module.js';
import { PeopleModule } from '../people/people.module.js';
import { TitlesModule } from '../titles/titles.module.js';
import { ExportsService } from './exports.service.js';
import { FilmExports } from './film-exports.service.js';
import { Sidecars } from './sidecars.service.js';

/** Stored answers in others' formats, on the player's clock. */
@Module({
  imports: [AnalysesModule, PeopleModule, TitlesModule],
  providers: [ExportsService, FilmExports, Sidecars],
  exports: [ExportsService, FilmExports, Sidecars],
})
export class ExportsModule {}
