import { Injectable, Logger, type NestMiddleware } from '@nestjs/common';
import { SpanKind } from '@opentelemetry/api';
import type { NextFunction, Request, Response } from 'express';
import { Metrics } from './metrics.js';
import { endFailed, remoteParent, traceparentOf, tracer } from './tracing.js';

/** The route's pattern, so that a million titles are one series; what met no route is one as well. */
function routeOf(request: Request): string {
  const route = request.route as { path?: unknown } | undefined;
  return typeof route?.path === 'string' && !route.path.includes('*') ? route.path : 'other';
}

/** Counts, times, traces and (at the level `log`) logs every request. */
@Injectable()
export class ObserveMiddleware implements NestMiddleware {
  private readonly logger = new Logger('http');

  constructor(private readonly metrics: Metrics) {}

  use(request: Request, response: Response, next: NextFunction): void {
    const start = performance.now();
    const { method } = request;
    const span = tracer().startSpan(method, { kind: SpanKind.SERVER }, remoteParent(request.get('traceparent')));
    response.once('close', () => {
      const seconds = (performance.now() - start) / 1000;
      const [route, status] = [routeOf(request), response.writableFinished ? response.statusCode : 499];
      const id = String(response.getHeader('X-Request-Id') ?? '');
      this.metrics.requestSeconds.observe({ method, route, status }, seconds);
      span.updateName(`${method} ${route}`);
      span.setAttributes({
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': status,
        'kinoscope.request': id,
      });
      if (status >= 500) endFailed(span, String(status));
      else span.end();
      // The path, not the query: links and keys may stand there.
      this.logger.log(`${method} ${request.path} ${status} ${(seconds * 1000).toFixed(1)} ms ${id}`);
    });
    // who asks is found out after this, and what is done in their name belongs to the trace
    response.locals['trace'] = traceparentOf(span);
    next();
  }
}
