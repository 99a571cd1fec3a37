import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { NeedsScope } from '../access/scope.js';
import { Operation, Tag } from '../openapi/operation.js';
import { CorrectionList, presentCredits, presentGenre, presentSegments } from './correction-list.service.js';
import {
  CorrectionPage,
  CorrectionsQuery,
  CreditsCorrection,
  CreditsCorrectionInput,
  GenreCorrection,
  GenreCorrectionInput,
  SegmentsCorrection,
  SegmentsCorrectionInput,
} from './correction-schemas.js';
import { CorrectionsService } from './corrections.service.js';
import { SidecarJobs } from './sidecar-jobs.service.js';

@Tag('corrections')
@Controller('v1')
export class CorrectionsController {
  constructor(
    private readonly corrections: CorrectionsService,
    private readonly said: CorrectionList,
    private readonly sidecars: SidecarJobs,
  ) {}

  @Get('corrections')
  @NeedsScope('people')
  @Operation('listCorrections', {
    summary: 'What people have corrected, beside what the machine had said: training data',
    description:
      'Genres and credits first, then who is who (the constraints), each the oldest first. Times are seconds on a ' +
      "player's clock.",
    answers: { 200: CorrectionPage },
    problems: [404],
  })
  list(@Query({ schema: CorrectionsQuery }) query: CorrectionsQuery): Promise<CorrectionPage> {
    return this.said.list(query);
  }

  @Put('titles/:id/corrections/credits')
  @Operation('setCreditsCorrection', {
    summary: 'Say where the credits start and what they are made of, or that there are none',
    description:
      'It is certain, is answered and exported in place of what the machine says, which stays beside it, and survives a new ' +
      'analysis until it is deleted. What is left out stays as it is answered now. 409 while it is locked.',
    answers: { 200: CreditsCorrection },
    problems: [404, 409],
  })
  async setCredits(@Param('id') id: string, @Body({ schema: CreditsCorrectionInput }) input: CreditsCorrectionInput) {
    const { title, correction } = await this.corrections.setCredits(id, input);
    await this.sidecars.enqueue([title]);
    return presentCredits(correction, title);
  }

  @Put('titles/:id/corrections/genre')
  @Operation('setGenreCorrection', {
    summary: 'Say which genres a title is of',
    description: 'As with the credits: certain, in place of what the machine says, until it is deleted.',
    answers: { 200: GenreCorrection },
    problems: [404, 409],
  })
  async setGenre(@Param('id') id: string, @Body({ schema: GenreCorrectionInput }) input: GenreCorrectionInput) {
    const { title, correction } = await this.corrections.setGenre(id, input);
    return presentGenre(correction, title);
  }

  @Put('titles/:id/corrections/segments')
  @Operation('setSegmentsCorrection', {
    summary: 'Say where opening titles, recap and preview are, or that there are none',
    description: 'As with the credits: certain, in place of what the season says, until it is deleted.',
    answers: { 200: SegmentsCorrection },
    problems: [404, 409],
  })
  async setSegments(
    @Param('id') id: string,
    @Body({ schema: SegmentsCorrectionInput }) input: SegmentsCorrectionInput,
  ) {
    const { title, correction } = await this.corrections.setSegments(id, input);
    await this.sidecars.enqueue([title]);
    return presentSegments(correction, title);
  }

  @Delete('titles/:id/corrections/segments')
  @HttpCode(204)
  @Operation('deleteSegmentsCorrection', {
    summary: 'Undo what was said of opening titles, recap and preview: what the season says is answered again',
    answers: { 204: null },
    problems: [404, 409],
  })
  async deleteSegments(@Param('id') id: string): Promise<void> {
    await this.sidecars.enqueue([await this.corrections.delete(id, 'segments')]);
  }

  @Delete('titles/:id/corrections/credits')
  @HttpCode(204)
  @Operation('deleteCreditsCorrection', {
    summary: 'Undo what was said of the credits: what the machine says is answered again',
    answers: { 204: null },
    problems: [404, 409],
  })
  async deleteCredits(@Param('id') id: string): Promise<void> {
    await this.sidecars.enqueue([await this.corrections.delete(id, 'credits')]);
  }

  @Delete('titles/:id/corrections/genre')
  @HttpCode(204)
  @Operation('deleteGenreCorrection', {
    summary: 'Undo what was said of the genre: what the machine says is answered again',
    answers: { 204: null },
    problems: [404, 409],
  })
  async deleteGenre(@Param('id') id: string): Promise<void> {
    await this.corrections.delete(id, 'genre');
  }
}
