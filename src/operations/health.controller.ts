import { Controller, Get, HttpCode, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import { Open } from '../access/scope.js';
import type { ModelRegistry } from '../inference/registry.js';
import { MODELS } from '../inference/types.js';
import { JOB_QUEUE, type JobQueue } from '../jobs/job-queue.js';

const Health = z.object({ status: z.literal('ok') });

const Check = z.enum(['ok', 'failing']);
const Readiness = z.object({
  status: Check,
  checks: z.object({ database: Check, queue: Check, models: Check }),
});
type Check = z.infer<typeof Check>;

/** How long a database or queue that says nothing is waited for. */
const PATIENCE_MS = 3_000;

async function check(work: Promise<unknown>): Promise<Check> {
  const late = new Promise<Check>((resolve) => setTimeout(resolve, PATIENCE_MS, 'failing').unref());
  return Promise.race([work.then((): Check => 'ok', (): Check => 'failing'), late]);
}

@ApiTags('operations')
@Open()
@Controller()
export class HealthController {
  constructor(
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(MODELS) private readonly models: ModelRegistry,
  ) {}

  @Get('healthz')
  @ApiOperation({ summary: 'The process is alive' })
  @ApiOkResponse({ standardSchema: Health })
  health(): z.infer<typeof Health> {
    return { status: 'ok' };
  }

  @Get('readyz')
  @HttpCode(200)
  @ApiOperation({ summary: 'Work can be done: the database and the queue answer, and the networks are there' })
  @ApiOkResponse({ standardSchema: Readiness })
  @ApiServiceUnavailableResponse({ standardSchema: Readiness })
  async readiness(@Res({ passthrough: true }) response: Response): Promise<z.infer<typeof Readiness>> {
    const [database, queue, models] = await Promise.all([
      check(this.queue.counts()),
      check(this.queue.ping()),
      check(this.allThere()),
    ]);
    const status = [database, queue, models].every((one) => one === 'ok') ? 'ok' : 'failing';
    response.status(status === 'ok' ? 200 : 503);
    return { status, checks: { database, queue, models } };
  }

  private async allThere(): Promise<void> {
    const missing = (await this.models.list()).filter(({ state, optional }) => state !== 'ok' && !optional);
    if (missing.length > 0) throw new Error(`missing: ${missing.map(({ id }) => id).join(', ')}`);
  }
}
