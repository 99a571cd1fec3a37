import { Controller, Get, Query } from '@nestjs/common';
import { Operation, Tag } from '../openapi/operation.js';
import { BilledPage, BilledQuery } from './billed-schemas.js';
import { BilledNames } from './billed.service.js';

@Tag('analyses')
@Controller('v1/credits')
export class BilledController {
  constructor(private readonly names: BilledNames) {}

  @Get()
  @Operation('searchCredits', {
    summary: 'Names that were read in the closing credits of the library',
    description:
      'Of titles that were analysed for `billing`. Words match from their beginning, without case and accents.',
    answers: { 200: BilledPage },
  })
  list(@Query({ schema: BilledQuery }) query: BilledQuery): Promise<BilledPage> {
    return this.names.search(query);
  }
}
