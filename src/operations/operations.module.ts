import { Inject, type MiddlewareConsumer, Module, type NestModule, type OnApplicationShutdown } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { Metrics } from './metrics.js';
import { ObserveMiddleware } from './observe.middleware.js';
import { startTracing } from './tracing.js';

/** Injection token of what ends the tracing; null where nothing is traced. */
const TRACING = Symbol('TRACING');
type EndTracing = () => Promise<void>;

/** What an operator sees of a running process. */
@Module({
  providers: [
    Metrics,
    {
      provide: TRACING,
      inject: [SETTINGS],
      useFactory: ({ tracing }: Settings): Promise<EndTracing> | null =>
        tracing && startTracing(tracing.endpoint, tracing.serviceName),
    },
  ],
  exports: [Metrics],
})
export class OperationsModule implements NestModule, OnApplicationShutdown {
  constructor(@Inject(TRACING) private readonly endTracing: EndTracing | null) {}

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(ObserveMiddleware).forRoutes('{*path}');
  }

  /** A collector that is away must not keep the process. */
  async onApplicationShutdown(): Promise<void> {
    await this.endTracing?.().catch(() => undefined);
  }
}
