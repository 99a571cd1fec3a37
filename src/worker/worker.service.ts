import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AnalysesService } from '../analyses/analyses.service.js';
import { LongFilms } from '../analyses/long-films.service.js';
import { SeasonsService } from '../analyses/seasons.service.js';
import type { QueueName } from '../config/queue-names.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { DownloadPaused } from '../download/downloader.js';
import { FilmExports } from '../exports/film-exports.service.js';
import { Sidecars } from '../exports/sidecars.service.js';
import { keepReady } from '../frames/program.js';
import { Company } from '../jobs/company.js';
import { JOB_QUEUE, type Job, type JobQueue } from '../jobs/job-queue.js';
import { type JobHandler, JobWorker, type WorkerOptions } from '../jobs/worker.js';
import { Metrics } from '../operations/metrics.js';
import { observeJob } from '../operations/observed-job.js';
import { FaceMap } from '../people/face-map.js';
import { PhotoSearch } from '../people/photos/photo-search.service.js';
import { DownloadsService } from '../titles/downloads.service.js';
import { GuideCasts } from '../titles/guide-casts.service.js';
import type { Progress } from '../titles/progress.js';
import { ProxiesService } from '../titles/proxies.service.js';
import { WebhooksService } from '../webhooks/webhooks.service.js';

/** How long a job that runs when the service is stopped may go on before it is handed back, milliseconds. */
const STOP_GRACE_MS = 2_000;
const PRUNING_PAUSE_MS = 3_600_000;
/** What is done with a film's pictures. */
const FILM_JOBS: readonly QueueName[] = ['faces', 'part', 'join', 'analyze', 'export', 'proxy'];

type Handler = (job: Job, progress: Progress) => ReturnType<JobHandler>;

/** One handler for each kind of job. */
type Handlers = { readonly [Name in QueueName]: Handler };

/** Does the queue's jobs while the process runs, each kind with workers of its own. */
@Injectable()
export class WorkerService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('worker');
  private readonly workers: readonly JobWorker[];
  private readonly company = new Company();
  /** Whether the films that are written lie on a disk of this process. */
  private readonly writesFilms: boolean;
  /** Whether a decoder waits for the next film. */
  private readonly keepsDecoder: boolean;
  /** null: broadcast guides are others' work. */
  private guides: GuideCasts | null = null;
  private pruning: NodeJS.Timeout | undefined;
  private endReadiness: (() => Promise<void>) | undefined;

  constructor(
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    private readonly metrics: Metrics,
    @Inject(SETTINGS) settings: Settings,
    downloads: DownloadsService,
    analyses: AnalysesService,
    longFilms: LongFilms,
    seasons: SeasonsService,
    private readonly exports: FilmExports,
    private readonly proxies: ProxiesService,
    sidecars: Sidecars,
    photos: PhotoSearch,
    faceMap: FaceMap,
    guides: GuideCasts,
    webhooks: WebhooksService,
  ) {
    const handlers: Handlers = {
      download: (...job) => downloads.handle(...job),
      analyze: (...job) => analyses.handle(...job),
      part: (...job) => analyses.handleQuestion(...job),
      faces: (...job) => analyses.handleSegment(...job),
      join: (...job) => analyses.handleJoin(...job),
      names: (job) => analyses.handleNames(job),
      map: (_job, progress) => faceMap.handle(progress),
      season: (...job) => seasons.handle(...job),
      export: (...job) => exports.handle(...job),
      proxy: (...job) => proxies.handle(...job),
      sidecar: (job) => sidecars.handle(job),
      photos: (...job) => photos.handle(...job),
      guide: (...job) => guides.handle(...job),
      clear: (job) => longFilms.clear(job),
      webhook: (...job) => webhooks.handle(...job),
    };
    // What was fetched so far stays, and the next worker goes on from there.
    const stopReason = new DownloadPaused();
    const { queues: names, download, workerConcurrency: concurrency, exportConcurrency, proxies: copies } = settings;
    this.writesFilms = names.includes('export') || names.includes('proxy');
    // The system's ffmpeg is told its job as it starts, and cannot wait for one.
    this.keepsDecoder = settings.decoder === 'node-av' && names.some((name) => FILM_JOBS.includes(name));
    const worker = (group: readonly QueueName[], options: WorkerOptions = {}): JobWorker[] =>
      this.worker(
        group.filter((name) => names.includes(name)),
        handlers,
        options,
      );
    if (names.includes('guide')) this.guides = guides;
    this.workers = [
      ...worker(['download'], { concurrency: download.concurrency, stopReason }),
      // Parts come first: a film that was begun is finished before another one is.
      ...worker(['faces', 'part', 'join', 'analyze'], { concurrency, stopReason }),
      ...worker(['export'], { concurrency: exportConcurrency, stopReason }),
      ...worker(['proxy'], { concurrency: copies.concurrency, stopReason }),
      // No film keeps them waiting.
      ...worker(['names']),
      ...worker(['map'], { stopReason }),
      ...worker(['season'], { stopReason }),
      ...worker(['sidecar']),
      ...worker(['photos'], { stopReason }),
      ...worker(['guide'], { stopReason }),
      ...worker(['clear']),
      // One that waits for a slow receiver shall not keep all others waiting.
      ...worker(['webhook'], { concurrency: 4, pollMs: 1_000 }),
    ];
  }

  /** A worker of those of the jobs that are done here; none when there are none. */
  private worker(names: readonly QueueName[], handlers: Handlers, options: WorkerOptions): JobWorker[] {
    if (names.length === 0) return [];
    return [
      new JobWorker(
        this.queue,
        names,
        names.map((name) => [
          name,
          (job, { signal, progress }) =>
            observeJob(this.metrics, job, (onStage) =>
              handlers[name](job, {
                signal,
                onProgress: (fraction, stage) => {
                  onStage(stage);
                  void progress(fraction, stage).catch(() => undefined);
                },
              }),
            ),
        ]),
        {
          ...options,
          company: this.company,
          onError: (error) => this.logger.error(error instanceof Error ? (error.stack ?? error.message) : error),
        },
      ),
    ];
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.writesFilms) {
      await this.prune();
      this.pruning = setInterval(() => void this.prune().catch(() => undefined), PRUNING_PAUSE_MS).unref();
    }
    for (const worker of this.workers) worker.start();
    this.guides?.schedule();
    if (this.keepsDecoder) this.endReadiness = keepReady();
  }

  private async prune(): Promise<void> {
    await this.exports.prune();
    await this.proxies.prune();
  }

  /** Before the queue and the store close. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.pruning);
    this.guides?.stop();
    await Promise.all(this.workers.map((worker) => worker.stop(STOP_GRACE_MS)));
    await this.endReadiness?.();
  }
}
