import {
  type CanActivate,
  Controller,
  Delete,
  type ExecutionContext,
  Get,
  HttpCode,
  Inject,
  Injectable,
  Param,
  Post,
  Query,
  Sse,
  type MessageEvent,
  UseGuards,
} from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { Observable } from 'rxjs';
import { z } from 'zod';
import { currentContext, currentTenant } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { JOB_QUEUE, JOB_STATES, type Job, type JobQueue } from './job-queue.js';

/** A job as it is answered: what a client can use, without the worker's own fields. */
export const JobOutput = z.object({
  id: z.string(),
  name: z.string(),
  titleId: z.string().nullable(),
  after: z.array(z.string()).describe('The jobs that have to be done before this one starts'),
  priority: z.number().int(),
  state: z.enum(JOB_STATES),
  progress: z.number().min(0).max(1),
  stage: z.string(),
  attempts: z.number().int(),
  error: z
    .object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()).optional() })
    .nullable(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
export type JobOutput = z.infer<typeof JobOutput>;

export function presentJob(job: Job): JobOutput {
  const { id, name, data, after, priority, state, progress, stage, attempts, error, createdAt, startedAt, finishedAt } =
    job;
  const titleId = typeof data['titleId'] === 'string' ? data['titleId'] : null;
  return {
    id,
    name,
    titleId,
    after: [...after],
    priority,
    state,
    progress,
    stage,
    attempts,
    error,
    createdAt,
    startedAt,
    finishedAt,
  };
}

const ended = (job: Job): boolean => job.state === 'done' || job.state === 'failed' || job.state === 'cancelled';

export const JobsQuery = z.object({
  state: JobOutput.shape.state.optional().describe('Only jobs in this state, e.g. failed'),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  cursor: z.string().optional(),
});
type JobsQuery = z.infer<typeof JobsQuery>;

export const JobPage = z.object({ items: z.array(JobOutput), nextCursor: z.string().nullable() });

/** @throws KinoscopeError `not-found`, also for another tenant's job */
async function existingJob(queue: JobQueue, id: string): Promise<Job> {
  const job = await queue.get(id);
  if (job?.tenant !== currentTenant()) throw new KinoscopeError('not-found', `There is no job ${id}`);
  return job;
}

/** Lets nobody into a route of a job that is not there. A stream has begun before its handler can refuse. */
@Injectable()
export class JobExists implements CanActivate {
  constructor(@Inject(JOB_QUEUE) private readonly queue: JobQueue) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await existingJob(this.queue, context.switchToHttp().getRequest<Request<{ id: string }>>().params.id);
    return true;
  }
}

@ApiTags('jobs')
@Controller('v1/jobs')
export class JobsController {
  constructor(@Inject(JOB_QUEUE) private readonly queue: JobQueue) {}

  @Get()
  @ApiOperation({ summary: 'All jobs, or those in one state, the newest first' })
  @ApiOkResponse({ standardSchema: JobPage })
  async list(@Query({ schema: JobsQuery }) { state, limit, cursor }: JobsQuery): Promise<z.infer<typeof JobPage>> {
    const page = await this.queue.list({
      tenant: currentTenant(),
      limit,
      ...(state && { state }),
      ...(cursor !== undefined && { cursor }),
    });
    return { items: page.items.map(presentJob), nextCursor: page.nextCursor };
  }

  @Get(':id')
  @ApiOperation({ summary: 'How far a job is' })
  @ApiOkResponse({ standardSchema: JobOutput })
  async read(@Param('id') id: string): Promise<JobOutput> {
    return presentJob(await this.existing(id));
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Cancel a job; one that has ended stays as it ended' })
  @ApiOkResponse({ standardSchema: JobOutput })
  async cancel(@Param('id') id: string): Promise<JobOutput> {
    const job = await this.existing(id);
    return presentJob((await this.queue.cancel(id)) ?? job);
  }

  @Post(':id/retry')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Try a failed or cancelled job again',
    description: 'With all its attempts, and with the jobs that ended because it comes before or after them.',
  })
  @ApiAcceptedResponse({ standardSchema: JobOutput })
  async retry(@Param('id') id: string): Promise<JobOutput> {
    const job = await this.existing(id);
    // the process that began this request may have done so
    if (currentContext()?.repeated && !ended(job)) return presentJob(job);
    return presentJob((await this.queue.retry(id)) ?? job);
  }

  @UseGuards(JobExists)
  @Sse(':id/events')
  @ApiOperation({ summary: 'Follow a job: one event now, one after every change, the last when it has ended' })
  @ApiProduces('text/event-stream')
  events(@Param('id') id: string): Observable<MessageEvent> {
    return new Observable((subscriber) =>
      this.queue.subscribe(id, (job) => {
        subscriber.next({ type: 'job', data: presentJob(job) });
        if (ended(job)) subscriber.complete();
      }),
    );
  }

  private existing(id: string): Promise<Job> {
    return existingJob(this.queue, id);
  }
}
