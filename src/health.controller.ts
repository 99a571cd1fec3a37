import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Open } from './access/scope.js';
import { KinoscopeError } from './errors.js';
import { JOB_QUEUE, type JobQueue } from './jobs/job-queue.js';

const Health = z.object({ status: z.literal('ok') });
const Readiness = Health.extend({ jobs: z.record(z.string(), z.number().int()) });

@ApiTags('health')
@Open()
@Controller()
export class HealthController {
  constructor(@Inject(JOB_QUEUE) private readonly queue: JobQueue) {}

  @Get('healthz')
  @ApiOperation({ summary: 'The process is alive' })
  @ApiOkResponse({ standardSchema: Health })
  health(): z.infer<typeof Health> {
    return { status: 'ok' };
  }

  @Get('readyz')
  @ApiOperation({ summary: 'The database answers; jobs by state' })
  @ApiOkResponse({ standardSchema: Readiness })
  async readiness(): Promise<z.infer<typeof Readiness>> {
    try {
      return { status: 'ok', jobs: await this.queue.counts() };
    } catch (error) {
      throw new KinoscopeError('unavailable', 'The database does not answer', { cause: error });
    }
  }
}
