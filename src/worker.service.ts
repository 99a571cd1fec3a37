import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SETTINGS, type Settings } from './config/settings.js';
import { JOB_QUEUE, type JobQueue } from './jobs/job-queue.js';
import { JobWorker } from './jobs/worker.js';
import { ANALYZE_JOB, AnalysesService } from './titles/analyses.service.js';

/** How long a job that runs when the service is stopped may go on before it is handed back, milliseconds. */
const STOP_GRACE_MS = 2_000;

/** Does the queue's jobs while the process runs. */
@Injectable()
export class WorkerService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('worker');
  private readonly worker: JobWorker;

  constructor(
    @Inject(JOB_QUEUE) queue: JobQueue,
    @Inject(SETTINGS) settings: Settings,
    analyses: AnalysesService,
  ) {
    this.worker = new JobWorker(
      queue,
      [ANALYZE_JOB],
      [[ANALYZE_JOB, (job, { signal, progress }) =>
        analyses.handle(job, { signal, onProgress: (fraction, stage) => void progress(fraction, stage).catch(() => undefined) })]],
      {
        concurrency: settings.workerConcurrency,
        onError: (error) => this.logger.error(error instanceof Error ? (error.stack ?? error.message) : error),
      },
    );
  }

  onApplicationBootstrap(): void {
    this.worker.start();
  }

  /** Before the queue and the store close. */
  onModuleDestroy(): Promise<void> {
    return this.worker.stop(STOP_GRACE_MS);
  }
}
