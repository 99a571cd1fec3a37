import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { presentJob } from '../jobs/schemas.js';
import { Operation, Tag } from '../openapi/operation.js';
import type { AnalysisAnswer } from '../titles/documents.js';
import { AnalysesService } from './analyses.service.js';
import { MomentService } from './moment.service.js';
import {
  AnalysesInput,
  AnalysesOutput,
  BillingOutput,
  CastAnswer,
  CastQuery,
  CreditsOutput,
  GenreOutput,
  ShotsOutput,
  SoundOutput,
} from './schemas.js';

function presentAnalysis({ kind, detectorVersion, truncated, finishedAt, result }: AnalysisAnswer) {
  return { kind, detectorVersion, truncated, finishedAt, result };
}

/** The answer of one kind, with what made it. */
function presentAnswer({ detectorVersion, truncated, result }: AnalysisAnswer) {
  return { ...result, detectorVersion, truncated };
}

@Tag('analyses')
@Controller('v1/titles/:id')
export class AnalysesController {
  constructor(
    private readonly analyses: AnalysesService,
    private readonly moments: MomentService,
  ) {}

  @Post('analyses')
  @Operation('startAnalysis', {
    summary: 'Analyse a title',
    description: '202 with a job, or 200 without one when every answer asked for is stored and up to date.',
    answers: { 200: AnalysesOutput, 202: AnalysesOutput },
    problems: [404],
    idempotent: true,
  })
  async start(
    @Param('id') id: string,
    @Body({ schema: AnalysesInput }) input: AnalysesInput,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { job, analyses } = await this.analyses.start(id, input);
    response.status(job ? 202 : 200);
    return { job: job ? presentJob(job) : null, analyses: analyses.map(presentAnalysis) };
  }

  @Get('analyses')
  @Operation('listAnalyses', {
    summary: 'The stored answers of a title',
    answers: { 200: AnalysesOutput },
    problems: [404],
  })
  async list(@Param('id') id: string) {
    return { job: null, analyses: (await this.analyses.stored(id)).map(presentAnalysis) };
  }

  @Get('genre')
  @Operation('getGenre', { summary: 'The three most likely genres', answers: { 200: GenreOutput }, problems: [404] })
  async genre(@Param('id') id: string) {
    return presentAnswer(await this.analyses.read(id, 'genre'));
  }

  @Get('credits')
  @Operation('getCredits', {
    summary: 'Where the closing credits start, and when to offer the next episode',
    answers: { 200: CreditsOutput },
    problems: [404],
  })
  async credits(@Param('id') id: string) {
    return presentAnswer(await this.analyses.read(id, 'credits'));
  }

  @Get('credits/text')
  @Operation('getCreditsText', {
    summary: 'Who the closing credits name, and for what',
    description:
      'Read from the screen, with the second at which each line stands. Asked for as the analysis `billing`, which follows that of the credits. ' +
      'What cannot be read is left out.',
    answers: { 200: BillingOutput },
    problems: [404],
  })
  async creditsText(@Param('id') id: string) {
    return presentAnswer(await this.analyses.read(id, 'billing'));
  }

  @Get('sound')
  @Operation('getSound', {
    summary: 'What the sound is like: loudness and its range, shares of speech and of silence, cuts a minute',
    description:
      'Levels as EBU R 128 has them. A film without sound has an answer, too: its `reason` says why nothing is told.',
    answers: { 200: SoundOutput },
    problems: [404],
  })
  async sound(@Param('id') id: string) {
    return presentAnswer(await this.analyses.read(id, 'sound'));
  }

  @Get('shots')
  @Operation('getShots', {
    summary: 'The shots: between cuts, fades and dissolves',
    answers: { 200: ShotsOutput },
    problems: [404],
  })
  async shots(@Param('id') id: string) {
    return presentAnswer(await this.analyses.read(id, 'shots'));
  }

  @Get('cast')
  @Operation('getCastAt', {
    summary: 'Who is in which scene; with t, who is on screen at that second',
    answers: { 200: CastAnswer },
    problems: [404],
  })
  async cast(@Param('id') id: string, @Query({ schema: CastQuery }) query: CastQuery) {
    if (query.t === undefined) return presentAnswer(await this.analyses.read(id, 'cast'));
    return query.by === 'face' ? this.moments.facesAt(id, query.t) : this.moments.castAt(id, query.t);
  }
}
