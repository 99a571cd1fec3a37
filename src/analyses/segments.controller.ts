import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { Operation, Tag } from '../openapi/operation.js';
import { SegmentsOutput, SkipSettings, SkipSettingsInput } from './segment-schemas.js';
import { SegmentsService } from './segments.service.js';

@Tag('analyses')
@Controller('v1')
export class SegmentsController {
  constructor(private readonly segments: SegmentsService) {}

  @Get('titles/:id/segments')
  @Operation('getSegments', {
    summary: 'Recap, opening titles, credits, scenes among them and preview, in order of time',
    description:
      'Opening titles, recap and preview are learnt from the other episodes of the season, in a job that follows the last ' +
      'analysis of one of them. Players act on what is sure.',
    answers: { 200: SegmentsOutput },
    problems: [404],
  })
  read(@Param('id') id: string): Promise<SegmentsOutput> {
    return this.segments.read(id);
  }

  @Get('series/:series/skip')
  @Operation('getSkipSettings', {
    summary: 'How players treat what can be skipped of a series',
    answers: { 200: SkipSettings },
  })
  skip(@Param('series') series: string) {
    return this.segments.skipOfSeries(series);
  }

  @Put('series/:series/skip')
  @Operation('setSkipSettings', {
    summary: 'Say how players treat what can be skipped of a series',
    description: 'What is left out stays as it is.',
    answers: { 200: SkipSettings },
  })
  setSkip(@Param('series') series: string, @Body({ schema: SkipSettingsInput }) input: SkipSettingsInput) {
    return this.segments.setSkip(series, input);
  }
}
