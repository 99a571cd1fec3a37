import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { QUEUE_NAMES } from '../config/queue-names.js';
import { frameDecoded, inferenceDone } from '../core/signals.js';
import { JOB_QUEUE, type JobQueue } from '../jobs/job-queue.js';

/** Jobs take from a second to hours, requests from a millisecond to an upload's minutes. */
const JOB_SECONDS = [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400];
const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30, 300];

/** The numbers of this process, and the queue's, as Prometheus reads them. Rates are `rate()` of the counters. */
@Injectable()
export class Metrics implements OnModuleDestroy {
  readonly registry = new Registry();
  readonly jobSeconds = this.histogram(
    'kinoscope_job_seconds',
    "Time from a job's start to its end, by kind and outcome",
    ['job', 'outcome'],
    JOB_SECONDS,
  );
  readonly stageSeconds = this.histogram(
    'kinoscope_job_stage_seconds',
    "Time of a job's stages",
    ['job', 'stage'],
    JOB_SECONDS,
  );
  readonly requestSeconds = this.histogram(
    'kinoscope_http_request_seconds',
    'Time to answer, by route',
    ['method', 'route', 'status'],
    REQUEST_SECONDS,
  );
  readonly errors = this.counter('kinoscope_errors_total', 'Failures by type, of requests and of jobs', [
    'where',
    'code',
  ]);
  private readonly frames = this.counter('kinoscope_frames_total', 'Frames that were decoded', []);
  private readonly pictures = this.counter('kinoscope_inferences_total', 'Pictures that a network has seen', [
    'network',
  ]);
  private readonly inferenceSeconds = this.counter('kinoscope_inference_seconds_total', 'Time that a network took', [
    'network',
  ]);
  private readonly silence: readonly (() => void)[];

  constructor(@Inject(JOB_QUEUE) queue: JobQueue) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'kinoscope_jobs',
      help: 'Jobs by queue and state, of all processes',
      labelNames: ['queue', 'state'],
      registers: [this.registry],
      async collect() {
        for (const name of QUEUE_NAMES)
          for (const [state, count] of Object.entries(await queue.counts(name)))
            this.set({ queue: name, state }, count);
      },
    });
    this.silence = [
      frameDecoded.listen(() => this.frames.inc()),
      inferenceDone.listen(({ network, pictures, seconds }) => {
        this.pictures.inc({ network }, pictures);
        this.inferenceSeconds.inc({ network }, seconds);
      }),
    ];
  }

  onModuleDestroy(): void {
    for (const stop of this.silence) stop();
  }

  private histogram(name: string, help: string, labelNames: string[], buckets: number[]): Histogram {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.registry] });
  }

  private counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}
