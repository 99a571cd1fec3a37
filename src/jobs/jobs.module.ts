import { type BeforeApplicationShutdown, type DynamicModule, Inject, Module } from '@nestjs/common';
import { QUEUE_NAMES } from '../config/queue-names.js';
import type { Settings } from '../config/settings.js';
import { STORE, type Store } from '../storage/collection.js';
import { StorageModule } from '../storage/storage.module.js';
import { createEmbeddedQueue } from './embedded-queue.js';
import { JOB_QUEUE, type JobQueue } from './job-queue.js';
import { TenantJobs } from './tenant-jobs.js';

/**
 * Provides the {@link JOB_QUEUE} to all modules. It closes between the workers, which stop when modules are destroyed, and
 * the store.
 */
@Module({})
export class JobsModule implements BeforeApplicationShutdown {
  constructor(@Inject(JOB_QUEUE) private readonly queue: JobQueue) {}

  static async register({ redisUrl, keepJobsMs: keepMs, jobsPerMinute: rates }: Settings): Promise<DynamicModule> {
    const common = { module: JobsModule, global: true, exports: [JOB_QUEUE, TenantJobs] };
    if (!redisUrl) {
      const useFactory = (store: Store): Promise<JobQueue> => createEmbeddedQueue(store, { keepMs }, rates);
      return {
        ...common,
        imports: [StorageModule],
        providers: [TenantJobs, { provide: JOB_QUEUE, inject: [STORE], useFactory }],
      };
    }
    // BullMQ is loaded only by those who use it.
    const [{ BULL_QUEUES, BullQueuesModule }, { createBullQueue }, { REDIS }] = await Promise.all([
      import('./bull-queues.module.js'),
      import('./bullmq-queue.js'),
      import('./redis.js'),
    ]);
    type Parts = Parameters<typeof createBullQueue>[0];
    return {
      ...common,
      imports: [StorageModule, BullQueuesModule.register({ redisUrl, names: QUEUE_NAMES })],
      providers: [
        TenantJobs,
        {
          provide: JOB_QUEUE,
          inject: [STORE, REDIS, BULL_QUEUES],
          useFactory: (store: Store, redis: Parts['redis'], queues: Parts['queues']) =>
            createBullQueue({ redis, queues, store, timing: { keepMs }, rates }),
        },
      ],
    };
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.queue.close();
  }
}
