import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { presentJob } from '../jobs/jobs.controller.js';
import type { AnalysisAnswer } from '../titles/documents.js';
import {
  AnalysesInput,
  AnalysesOutput,
  CastOutput,
  CastQuery,
  CreditsOutput,
  GenreOutput,
  ShotsOutput,
  type AnalysisOutput,
} from '../titles/schemas.js';
import { AnalysesService } from './analyses.service.js';

function presentAnalysis({ kind, detectorVersion, truncated, finishedAt, result }: AnalysisAnswer): AnalysisOutput {
  return { kind, detectorVersion, truncated, finishedAt, result: { ...result } };
}

/** The answer of one kind, with what made it. */
function presentAnswer({ detectorVersion, truncated, result }: AnalysisAnswer) {
  return { ...result, detectorVersion, truncated };
}

@ApiTags('analyses')
@Controller('v1/titles/:id')
export class AnalysesController {
  constructor(private readonly analyses: AnalysesService) {}

  @Post('analyses')
  @ApiOperation({
    summary: 'Analyse a title',
    description: '202 with a job, or 200 without one when every answer asked for is stored and up to date.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiOkResponse({ standardSchema: AnalysesOutput })
  @ApiAcceptedResponse({ standardSchema: AnalysesOutput })
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
  @ApiOperation({ summary: 'The stored answers of a title' })
  @ApiOkResponse({ standardSchema: AnalysesOutput })
  async list(@Param('id') id: string) {
    return { job: null, analyses: (await this.analyses.stored(id)).map(presentAnalysis) };
  }

  @Get('genre')
  @ApiOperation({ summary: 'The three most likely genres' })
  @ApiOkResponse({ standardSchema: GenreOutput })
  async genre(@Param('id') id: string) {
    return presentAnswer(await this.analyses.read(id, 'genre'));
  }

  @Get('credits')
  @ApiOperation({ summary: 'Where the closing credits start, and when to offer the next episode' })
  @ApiOkResponse({ standardSchema: CreditsOutput })
  async credits(@Param('id') id: string) {
    return presentAnswer(await this.analyses.read(id, 'credits'));
  }

  @Get('shots')
  @ApiOperation({ summary: 'The shots: between cuts, fades and dissolves' })
  @ApiOkResponse({ standardSchema: ShotsOutput })
  async shots(@Param('id') id: string) {
    return presentAnswer(await this.analyses.read(id, 'shots'));
  }

  @Get('cast')
  @ApiOperation({ summary: 'Who is in which scene; with t, who is on screen at that second' })
  @ApiOkResponse({ standardSchema: CastOutput })
  async cast(@Param('id') id: string, @Query({ schema: CastQuery }) query: CastQuery) {
    if (query.t === undefined) return presentAnswer(await this.analyses.read(id, 'cast'));
    return this.analyses.castAt(id, query.t);
  }
}
