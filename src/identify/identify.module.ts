import { Module } from '@nestjs/common';
import { GuideModule } from '../guide/guide.module.js';
import { InferenceModule } from '../inference/inference.module.js';
import { PeopleModule } from '../people/people.module.js';
import { TitlesModule } from '../titles/titles.module.js';
import { Broadcasts } from './broadcasts.service.js';
import { Identifier } from './identifier.js';

@Module({
  imports: [GuideModule, InferenceModule, PeopleModule, TitlesModule],
  providers: [Broadcasts, Identifier],
  exports: [Broadcasts, GuideModule, Identifier, InferenceModule, PeopleModule, TitlesModule],
})
export class IdentifyModule {}
