import {
  isSpanContextValid,
  ROOT_CONTEXT,
  type Context,
  type Span,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';

/** Without a provider (see `startTracing`) it makes spans that do nothing. */
export const tracer = (): Tracer => trace.getTracer('kinoscope');

/**
 * Sends spans by OTLP over HTTP to `endpoint` (its path `/v1/traces`); only then is the SDK loaded.
 * @returns what sends the last spans and ends it
 */
export async function startTracing(endpoint: string, serviceName: string): Promise<() => Promise<void>> {
  const [{ TracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all(
    [
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ],
  );
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  trace.setGlobalTracerProvider(provider);
  return async () => {
    trace.disable();
    await provider.shutdown();
  };
}

/** The caller's span, of a W3C `traceparent` header. */
export function remoteParent(header: string | undefined): Context {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(header ?? '') ?? [];
  const context = {
    traceId: traceId ?? '',
    spanId: spanId ?? '',
    traceFlags: parseInt(flags ?? '0', 16),
    isRemote: true,
  };
  return isSpanContextValid(context) ? trace.setSpanContext(ROOT_CONTEXT, context) : ROOT_CONTEXT;
}

/** A span as a `traceparent`, to be followed elsewhere; undefined when nobody is tracing. */
export function traceparentOf(span: Span): string | undefined {
  const context = span.spanContext();
  return isSpanContextValid(context) ? `00-${context.traceId}-${context.spanId}-0${context.traceFlags & 1}` : undefined;
}

export function startChild(parent: Span, name: string): Span {
  return tracer().startSpan(name, {}, trace.setSpan(ROOT_CONTEXT, parent));
}

export function endFailed(span: Span, code: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  span.end();
}
