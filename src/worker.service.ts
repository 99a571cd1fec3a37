import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SETTINGS, type Settings } from './config/settings.js';
import { DownloadPaused } from './download/downloader.js';
import { JOB_QUEUE, type Job, type JobQueue } from './jobs/job-queue.js';
import { type JobHandler, JobWorker, type WorkerOptions } from './jobs/worker.js';
import { Metrics } from './operations/metrics.js';
import { observeJob } from './operations/observed-job.js';
import { ANALYZE_JOB, AnalysesService } from './titles/analyses.service.js';
import { DOWNLOAD_JOB, DownloadsService } from './titles/downloads.service.js';
import { CLEAR_JOB, LongFilms, PART_JOB } from './titles/long-films.service.js';
import type { Progress } from './titles/progress.js';
import { WEBHOOK_JOB, WebhooksService } from './webhooks/webhooks.service.js';

/** How long a job that runs when the service is stopped may go on before it is handed back, milliseconds. */
const STOP_GRACE_MS = 2_000;

/** Does the queue's jobs while the process runs, each kind with workers of its own. */
@Injectable()
export class WorkerService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('worker');
  private readonly workers: readonly JobWorker[];

  constructor(
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    private readonly metrics: Metrics,
    @Inject(SETTINGS) settings: Settings,
    downloads: DownloadsService,
    analyses: AnalysesService,
    longFilms: LongFilms,
    webhooks: WebhooksService,
  ) {
    // What was fetched so far stays, and the next worker goes on from there.
    const stopReason = new DownloadPaused();
    this.workers = [
      // What a worker with a disk of its own fetched nobody else would find.
      ...(settings.api ? [] : [this.worker({ [DOWNLOAD_JOB]: (...job) => downloads.handle(...job) }, {
        concurrency: settings.download.concurrency,
        perMinute: settings.download.perMinute,
        stopReason,
      })]),
      this.worker({ [ANALYZE_JOB]: (...job) => analyses.handle(...job), [PART_JOB]: (...job) => analyses.handlePart(...job) }, {
        concurrency: settings.workerConcurrency,
        perMinute: settings.analysesPerMinute,
        stopReason,
      }),
      // No film keeps it waiting.
      this.worker({ [CLEAR_JOB]: (job) => longFilms.clear(job) }, {}),
      // One that waits for a slow receiver shall not keep all others waiting.
      this.worker({ [WEBHOOK_JOB]: (...job) => webhooks.handle(...job) }, { concurrency: 4, pollMs: 1_000 }),
    ];
  }

  private worker(handlers: Record<string, (job: Job, progress: Progress) => ReturnType<JobHandler>>, options: WorkerOptions): JobWorker {
    return new JobWorker(
      this.queue,
      Object.keys(handlers),
      Object.entries(handlers).map(([name, handle]) => [name, (job, { signal, progress }) =>
        observeJob(this.metrics, job, (onStage) => handle(job, {
          signal,
          onProgress: (fraction, stage) => {
            onStage(stage);
            void progress(fraction, stage).catch(() => undefined);
          },
        }))]),
      { ...options, onError: (error) => this.logger.error(error instanceof Error ? (error.stack ?? error.message) : error) },
    );
  }

  onApplicationBootstrap(): void {
    for (const worker of this.workers) worker.start();
  }

  /** Before the queue and the store close. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop(STOP_GRACE_MS)));
  }
}
