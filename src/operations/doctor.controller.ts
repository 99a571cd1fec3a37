import { Controller, Get, Inject } from '@nestjs/common';
import { z } from 'zod';
import { NeedsScope } from '../access/scope.js';
import { describeSettings, SETTINGS, type Settings } from '../config/settings.js';
import { currentTenant, DEFAULT_TENANT } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { programSettings } from '../download/download.module.js';
import { SitePrograms } from '../download/site-programs.js';
import type { Guide } from '../guide/guide.js';
import { GUIDE } from '../guide/guide.module.js';
import type { ModelRegistry } from '../inference/registry.js';
import { MODELS } from '../inference/types.js';
import { JOB_QUEUE, type JobQueue } from '../jobs/job-queue.js';
import { Operation, Tag } from '../openapi/operation.js';
import { programs, writable } from './doctor.js';

const Check = z.object({
  name: z.string(),
  value: z.string(),
  ok: z.boolean(),
  advice: z.string().nullable().describe('What is wrong, or how to get it'),
});
const DoctorOutput = z
  .object({
    checks: z.array(Check),
    settings: z.array(
      z.object({
        name: z.string(),
        value: z.string().describe('The default; of what was set, only that it was'),
        description: z.string(),
      }),
    ),
  })
  .meta({ id: 'DoctorReport' });
type DoctorOutput = z.infer<typeof DoctorOutput>;

/** What `kinoscope doctor` says of this process, without a value that was set: it may be a secret. */
@Tag('operations')
@NeedsScope('operate')
@Controller('v1/doctor')
export class DoctorController {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(MODELS) private readonly models: ModelRegistry,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(GUIDE) private readonly guide: Guide | null,
  ) {}

  @Get()
  @Operation('getDoctorReport', {
    summary: 'What is there, what is missing and how to get it, for operators of the default tenant',
    answers: { 200: DoctorOutput },
  })
  async report(): Promise<DoctorOutput> {
    if (currentTenant() !== DEFAULT_TENANT)
      throw new KinoscopeError('forbidden', 'Only operators of the default tenant see how the service is set up');
    const { home, mongodbUri, redisUrl, download } = this.settings;
    const answers = await this.queue.ping().then(
      () => null,
      () => 'It does not answer',
    );
    const canWrite = await writable(home);
    const networks = (await this.models.list()).filter(({ state, optional }) => state !== 'ok' && !optional);
    const found = await SitePrograms.use(programSettings(this.settings), download.allowHosts, (fetched) =>
      programs(this.settings, fetched),
    );
    const guides = (await this.guide?.sources()) ?? [];
    const check = (name: string, value: string, advice: string | null): DoctorOutput['checks'][number] => ({
      name,
      value,
      ok: advice === null,
      advice,
    });
    return {
      checks: [
        check('Node.js', process.versions.node, null),
        check('Folder of the service', home, canWrite ? null : 'Not writable: set KINOSCOPE_HOME'),
        check('Database', mongodbUri ? 'MongoDB' : 'SQLite file', answers),
        check('Queue', redisUrl ? 'BullMQ on Redis' : 'in the SQLite file', answers),
        check(
          'Networks',
          networks.length === 0 ? 'all there' : '',
          networks.length === 0 ? null : `Missing: ${networks.map(({ id }) => id).join(', ')} (npm run setup)`,
        ),
        ...guides.map(({ source: { name }, state }) =>
          check(
            `Broadcast guide ${name}`,
            state?.refreshedAt ? `${state.programmes} programmes, read ${state.refreshedAt}` : 'not read yet',
            state?.error?.message ?? null,
          ),
        ),
        ...found.map(({ name, path, for: purpose, advice }) =>
          check(name, path ? `${path}, for ${purpose}` : `for ${purpose}`, advice),
        ),
      ],
      settings: describeSettings().map(({ name, default: fallback, description, set }) => ({
        name,
        value: set ? 'set' : fallback,
        description,
      })),
    };
  }
}
