import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { Operation, Tag } from '../openapi/operation.js';
import { SeriesPlayers } from './schemas.js';
import { SeriesService } from './series.service.js';
import { TitleWork } from './title-work.js';

@Tag('titles')
@Controller('v1/series/:series/players')
export class SeriesController {
  constructor(
    private readonly series: SeriesService,
    private readonly work: TitleWork,
  ) {}

  @Get()
  @Operation('getSeriesPlayers', { summary: 'Whether a series reaches players', answers: { 200: SeriesPlayers } })
  async read(@Param('series') series: string): Promise<SeriesPlayers> {
    return { players: await this.series.players(series) };
  }

  @Put()
  @Operation('setSeriesPlayers', {
    summary: 'Switch a series off for players, or on again',
    description: 'For its episodes of today and of tomorrow; what is said of a title itself wins.',
    answers: { 200: SeriesPlayers },
  })
  async set(
    @Param('series') series: string,
    @Body({ schema: SeriesPlayers }) { players }: SeriesPlayers,
  ): Promise<SeriesPlayers> {
    await this.series.setPlayers(series, players);
    await this.work.tellPlayers(await this.series.titlesOf(series));
    return { players };
  }
}
