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
import type { Request } from 'express';
import { map, Observable } from 'rxjs';
import { currentContext, currentTenant } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { Operation, text, Tag } from '../openapi/operation.js';
import { JOB_QUEUE, type Job, type JobQueue } from './job-queue.js';
import { JobOutput, JobPage, JobsQuery, presentJob } from './schemas.js';
import { TenantJobs } from './tenant-jobs.js';

const ended = (job: Job): boolean => job.state === 'done' || job.state === 'failed' || job.state === 'cancelled';

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

@Tag('jobs')
@Controller('v1/jobs')
export class JobsController {
  constructor(
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    private readonly tenantJobs: TenantJobs,
  ) {}

  @Get()
  @Operation('listJobs', {
    summary: 'All jobs, those in one state or about one title, the newest first',
    answers: { 200: JobPage },
  })
  async list(@Query({ schema: JobsQuery }) { state, titleId, limit, cursor }: JobsQuery): Promise<JobPage> {
    const page = await this.queue.list({
      tenant: currentTenant(),
      limit,
      ...(state && { state }),
      ...(titleId !== undefined && { titleIds: [titleId] }),
      ...(cursor !== undefined && { cursor }),
    });
    return { items: page.items.map(presentJob), nextCursor: page.nextCursor };
  }

  @Sse('events')
  @Operation('followJobs', {
    summary: 'Follow all jobs: the newest and the active ones now, then one event after every change',
    answers: { 200: text('text/event-stream') },
  })
  allEvents(): Observable<MessageEvent> {
    return this.tenantJobs.follow().pipe(map((job) => ({ type: 'job', data: presentJob(job) })));
  }

  @Get(':id')
  @Operation('getJob', { summary: 'How far a job is', answers: { 200: JobOutput }, problems: [404] })
  async read(@Param('id') id: string): Promise<JobOutput> {
    return presentJob(await this.existing(id));
  }

  @Delete(':id')
  @Operation('cancelJob', {
    summary: 'Cancel a job; one that has ended stays as it ended',
    answers: { 200: JobOutput },
    problems: [404],
  })
  async cancel(@Param('id') id: string): Promise<JobOutput> {
    const job = await this.existing(id);
    return presentJob((await this.queue.cancel(id)) ?? job);
  }

  @Post(':id/retry')
  @HttpCode(202)
  @Operation('retryJob', {
    summary: 'Try a failed or cancelled job again',
    description: 'With all its attempts, and with the jobs that ended because it comes before or after them.',
    answers: { 202: JobOutput },
    problems: [404, 409],
    idempotent: true,
  })
  async retry(@Param('id') id: string): Promise<JobOutput> {
    const job = await this.existing(id);
    // the process that began this request may have done so
    if (currentContext()?.repeated && !ended(job)) return presentJob(job);
    return presentJob((await this.queue.retry(id)) ?? job);
  }

  @UseGuards(JobExists)
  @Sse(':id/events')
  @Operation('followJob', {
    summary: 'Follow a job: one event now, one after every change, the last when it has ended',
    description: 'Server-sent events of the type "job"; the data of each is the job as JSON.',
    answers: { 200: text('text/event-stream') },
    problems: [404],
  })
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
