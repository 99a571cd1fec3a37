import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { z } from 'zod';
import { NeedsScope } from '../../access/scope.js';
import { JobOutput, presentJob } from '../../jobs/schemas.js';
import { Operation, Tag } from '../../openapi/operation.js';
import { TitlesService } from '../../titles/titles.service.js';
import { PhotoSearch } from './photo-search.service.js';

const PhotoSearchInput = z
  .strictObject({ title: z.string().max(100).optional().describe('Id of a title; unset: all') })
  .meta({ id: 'PhotoSearchInput' });
type PhotoSearchInput = z.infer<typeof PhotoSearchInput>;

@Tag('people')
@NeedsScope('people')
@Controller('v1/people')
export class PhotosController {
  constructor(
    private readonly photos: PhotoSearch,
    private readonly titles: TitlesService,
  ) {}

  @Post('fetch')
  @HttpCode(202)
  @Operation('fetchPhotos', {
    summary: 'Look for photos of who is named of a title, in a job',
    description:
      'By the names of its credits and of its source, of whom nobody has given photos: beside the film, in .nfo files, in the ' +
      'folders and sites of the settings. Each photo says where it was found (`proposedFrom`).',
    answers: { 202: JobOutput },
    problems: [404],
    idempotent: true,
  })
  async fetch(@Body({ schema: PhotoSearchInput }) { title }: PhotoSearchInput): Promise<JobOutput> {
    return presentJob(await this.photos.enqueue(title === undefined ? null : await this.titles.get(title)));
  }
}
