import { type BeforeApplicationShutdown, Inject, Module } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { STORE, type Store } from '../storage/collection.js';
import { StorageModule } from '../storage/storage.module.js';
import { createEmbeddedQueue } from './embedded-queue.js';
import { JOB_QUEUE, type JobQueue } from './job-queue.js';

/**
 * Provides the {@link JOB_QUEUE}. It closes between the workers, which stop when modules are destroyed, and the store.
 */
@Module({
  imports: [StorageModule],
  providers: [{
    provide: JOB_QUEUE,
    inject: [STORE, SETTINGS],
    // The driver is loaded only by those who use it.
    useFactory: async (store: Store, { redisUrl, keepJobsMs: keepMs }: Settings) => (redisUrl
      ? (await import('./bullmq-queue.js')).createBullQueue({ redisUrl, store, timing: { keepMs } })
      : createEmbeddedQueue(store, { keepMs })),
  }],
  exports: [JOB_QUEUE],
})
export class JobsModule implements BeforeApplicationShutdown {
  constructor(@Inject(JOB_QUEUE) private readonly queue: JobQueue) {}

  beforeApplicationShutdown(): Promise<void> {
    return this.queue.close();
  }
}
