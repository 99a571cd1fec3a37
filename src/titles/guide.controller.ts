import { Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { z } from 'zod';
import { NeedsScope } from '../access/scope.js';
import { currentTenant, DEFAULT_TENANT } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import type { Guide, GuideSource } from '../guide/guide.js';
import { GUIDE } from '../guide/guide.module.js';
import { isLink } from '../guide/sources.js';
import { JobOutput, presentJob } from '../jobs/schemas.js';
import { instant } from '../openapi/fields.js';
import { Operation, Tag } from '../openapi/operation.js';
import { GuideCasts } from './guide-casts.service.js';

const SourceOutput = z
  .object({
    name: z.string(),
    kind: z.enum(['file', 'link']),
    refreshedAt: instant.nullable().describe('When its programmes were read; null: never'),
    checkedAt: instant.nullable().describe('When that was last tried'),
    channels: z.number().int(),
    programmes: z.number().int(),
    from: instant.nullable().describe('When the first of its programmes starts'),
    to: instant.nullable().describe('When the last one starts'),
    error: z
      .object({ code: z.string(), message: z.string() })
      .nullable()
      .describe('Why it could not be read the last time; what was read before is in force'),
    notes: z.array(z.string()).describe('What of it could not be read'),
  })
  .meta({ id: 'GuideSource' });
const GuideOutput = z
  .object({ sources: z.array(SourceOutput).describe('In the order of the settings; none without KINOSCOPE_GUIDE') })
  .meta({ id: 'Guide' });
type GuideOutput = z.infer<typeof GuideOutput>;

export function presentSource({ source, state }: GuideSource): GuideOutput['sources'][number] {
  return {
    name: source.name,
    kind: isLink(source.location) ? 'link' : 'file',
    refreshedAt: state?.refreshedAt ?? null,
    checkedAt: state?.checkedAt ?? null,
    channels: state?.channels ?? 0,
    programmes: state?.programmes ?? 0,
    from: state?.from ?? null,
    to: state?.to ?? null,
    error: state?.error ?? null,
    notes: (state?.faults ?? []).map(([fault, times]) => `${fault}${times > 1 ? `, ${times} times` : ''}`),
  };
}

/** Guides are everybody's; where they come from is the operator's. @throws KinoscopeError `forbidden` */
function requireOperator(): void {
  if (currentTenant() !== DEFAULT_TENANT)
    throw new KinoscopeError('forbidden', 'Only operators of the default tenant see how the service is set up');
}

@Tag('operations')
@NeedsScope('operate')
@Controller('v1/guide')
export class GuideController {
  constructor(
    @Inject(GUIDE) private readonly guide: Guide | null,
    private readonly casts: GuideCasts,
  ) {}

  @Get()
  @Operation('getGuide', {
    summary:
      'The broadcast guides, how fresh they are, and what is wrong with them, for operators of the default tenant',
    answers: { 200: GuideOutput },
  })
  async read(): Promise<GuideOutput> {
    requireOperator();
    return { sources: ((await this.guide?.sources()) ?? []).map(presentSource) };
  }

  @Post('refresh')
  @HttpCode(202)
  @Operation('refreshGuide', {
    summary: 'Read all broadcast guides again now, in a job',
    description: 'A source that fails keeps the programmes that it had. 400 without KINOSCOPE_GUIDE.',
    answers: { 202: JobOutput },
    idempotent: true,
  })
  async refresh(): Promise<JobOutput> {
    requireOperator();
    return presentJob(await this.casts.enqueue(true));
  }
}
