import { type Span, SpanKind } from '@opentelemetry/api';
import { asKinoscopeError } from '../core/errors.js';
import type { Job } from '../jobs/job-queue.js';
import type { Metrics } from './metrics.js';
import { endFailed, remoteParent, startChild, tracer } from './tracing.js';

/** Does a job's work with its time, its stages' times and its failure counted and traced. */
export async function observeJob<T>(
  metrics: Metrics,
  job: Job,
  work: (onStage: (stage: string) => void) => Promise<T>,
): Promise<T> {
  const { name } = job;
  const attributes = { 'kinoscope.job': job.id, 'kinoscope.attempt': job.attempts };
  const span = tracer().startSpan(
    `job ${name}`,
    { kind: SpanKind.CONSUMER, attributes },
    remoteParent(job.trace ?? undefined),
  );
  const start = performance.now();
  let stage: { readonly name: string; readonly start: number; readonly span: Span } | null = null;
  const endStage = (): void => {
    if (!stage) return;
    metrics.stageSeconds.observe({ job: name, stage: stage.name }, (performance.now() - stage.start) / 1000);
    stage.span.end();
    stage = null;
  };
  const onStage = (next: string): void => {
    if (stage?.name === next) return;
    endStage();
    stage = { name: next, start: performance.now(), span: startChild(span, next) };
  };
  const end = (outcome: string): void => {
    endStage();
    metrics.jobSeconds.observe({ job: name, outcome }, (performance.now() - start) / 1000);
  };
  try {
    const result = await work(onStage);
    end('done');
    span.end();
    return result;
  } catch (error) {
    const { code } = asKinoscopeError(error);
    end(code);
    metrics.errors.inc({ where: 'job', code });
    endFailed(span, code);
    throw error;
  }
}
