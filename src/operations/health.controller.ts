import { Controller, Get, HttpCode, Inject, Res } from '@nestjs/common';
import type { RequestHandler, Response } from 'express';
import { z } from 'zod';
import { Open } from '../access/scope.js';
import { KinoscopeError } from '../core/errors.js';
import type { ModelRegistry } from '../inference/registry.js';
import { MODELS } from '../inference/types.js';
import { JOB_QUEUE, type JobQueue } from '../jobs/job-queue.js';
import { Operation, Tag } from '../openapi/operation.js';
import { STORE, type Store } from '../storage/collection.js';

const Health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

const ALIVE: z.infer<typeof Health> = { status: 'ok' };

/**
 * Says that the process is alive before anything else is done for a request: no file is read for it, nothing is asked of a database or
 * another thread, and no rate is counted.
 */
export const answerHealth: RequestHandler = ({ method, path }, response, next) => {
  if (path === '/healthz' && (method === 'GET' || method === 'HEAD')) response.json(ALIVE);
  else next();
};

const Check = z.enum(['ok', 'failing']);
const Readiness = z
  .object({
    status: Check,
    checks: z.object({ database: Check, queue: Check, models: Check }),
    reasons: z
      .record(z.string(), z.string())
      .optional()
      .describe('Why a check fails, where there is something to be done about it'),
  })
  .meta({ id: 'Readiness' });
type Check = z.infer<typeof Check>;

/** How long a database or queue that says nothing is waited for. */
const PATIENCE_MS = 3_000;

interface Checked {
  readonly state: Check;
  readonly reason?: string;
}

async function check(work: Promise<unknown>): Promise<Checked> {
  const late = new Promise<Checked>((resolve) =>
    setTimeout(resolve, PATIENCE_MS, { state: 'failing', reason: 'There is no answer' }).unref(),
  );
  const failing = (error: unknown): Checked => ({
    state: 'failing',
    ...(error instanceof KinoscopeError && { reason: error.message }),
  });
  return Promise.race([work.then((): Checked => ({ state: 'ok' }), failing), late]);
}

@Tag('operations')
@Open()
@Controller()
export class HealthController {
  constructor(
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(MODELS) private readonly models: ModelRegistry,
    @Inject(STORE) private readonly store: Store,
  ) {}

  @Get('healthz')
  @Operation('getHealth', { summary: 'The process is alive', answers: { 200: Health }, open: true })
  health(): z.infer<typeof Health> {
    return ALIVE;
  }

  @Get('readyz')
  @HttpCode(200)
  @Operation('getReadiness', {
    summary: 'Work can be done: the database answers and has space, the queue answers, and the networks are there',
    answers: { 200: Readiness, 503: Readiness },
    open: true,
  })
  async readiness(@Res({ passthrough: true }) response: Response): Promise<z.infer<typeof Readiness>> {
    const [database, queue, models] = await Promise.all([
      check(Promise.all([this.queue.counts(), this.store.check()])),
      check(this.queue.ping()),
      check(this.allThere()),
    ]);
    const all = { database, queue, models };
    const status = Object.values(all).every(({ state }) => state === 'ok') ? 'ok' : 'failing';
    response.status(status === 'ok' ? 200 : 503);
    const reasons = Object.fromEntries(
      Object.entries(all).flatMap(([name, { reason }]) => (reason === undefined ? [] : [[name, reason]])),
    );
    return {
      status,
      checks: { database: database.state, queue: queue.state, models: models.state },
      ...(Object.keys(reasons).length > 0 && { reasons }),
    };
  }

  private async allThere(): Promise<void> {
    const missing = (await this.models.list()).filter(({ state, optional }) => state !== 'ok' && !optional);
    if (missing.length > 0) throw new Error(`missing: ${missing.map(({ id }) => id).join(', ')}`);
  }
}
