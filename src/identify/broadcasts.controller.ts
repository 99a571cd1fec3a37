import { Controller, Get, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import { NeedsScope } from '../access/scope.js';
import { parsePlace } from '../guide/place.js';
import { Operation, Tag } from '../openapi/operation.js';
import { OnAir } from '../people/schemas.js';
import { TitlesService } from '../titles/titles.service.js';
import { Broadcasts } from './broadcasts.service.js';

const BroadcastsQuery = z.strictObject({
  at: z.iso.datetime({ offset: true }).optional().describe('Of when it is asked; now where it is left out'),
  place: z.string().max(100).optional().describe('Only channels that can be received there: 48.86,2.35'),
});
type BroadcastsQuery = z.infer<typeof BroadcastsQuery>;

const BroadcastsOutput = z
  .object({
    last: OnAir.nullable().describe('What has last begun, on air still or not; null: the guides know of none'),
    next: OnAir.nullable().describe('What begins next; null: the guides know of none'),
  })
  .meta({ id: 'Broadcasts' });
type BroadcastsOutput = z.infer<typeof BroadcastsOutput>;

const asked = ({ at, place }: BroadcastsQuery) =>
  [at === undefined ? Date.now() : Date.parse(at), place === undefined ? null : parsePlace(place)] as const;

@Tag('people')
@NeedsScope('people')
@Controller('v1/people/:id/broadcasts')
export class PersonBroadcastsController {
  constructor(private readonly broadcasts: Broadcasts) {}

  @Get()
  @Operation('getPersonBroadcasts', {
    summary: 'When somebody was last on air, and when they will be next',
    description:
      'In programmes whose credits name them, and in those that are titles which they appear in. Nothing without ' +
      'KINOSCOPE_GUIDE; 404 where no broadcast guide covers the place.',
    answers: { 200: BroadcastsOutput },
    problems: [404, 422],
  })
  read(@Param('id') id: string, @Query({ schema: BroadcastsQuery }) query: BroadcastsQuery): Promise<BroadcastsOutput> {
    return this.broadcasts.ofPerson(id, ...asked(query));
  }
}

@Tag('titles')
@Controller('v1/titles/:id/broadcasts')
export class TitleBroadcastsController {
  constructor(
    private readonly broadcasts: Broadcasts,
    private readonly titles: TitlesService,
  ) {}

  @Get()
  @Operation('getTitleBroadcasts', {
    summary: 'When a title was last on air, and when it will be next',
    description:
      'A programme is a title by an id of both, else by name and year, of an episode by its number. Nothing without ' +
      'KINOSCOPE_GUIDE; 404 where no broadcast guide covers the place.',
    answers: { 200: BroadcastsOutput },
    problems: [404, 422],
  })
  async read(
    @Param('id') id: string,
    @Query({ schema: BroadcastsQuery }) query: BroadcastsQuery,
  ): Promise<BroadcastsOutput> {
    return this.broadcasts.ofTitle(await this.titles.get(id), ...asked(query));
  }
}
