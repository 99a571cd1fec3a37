import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { type DynamicModule, Logger, Module } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { connectRedis, REDIS } from './redis.js';

/** Injection token of the queues by their names, a `ReadonlyMap<string, Queue>`. */
export const BULL_QUEUES = Symbol('BULL_QUEUES');

export interface BullQueuesOptions {
  readonly redisUrl: string;
  readonly names: readonly string[];
  /** What all keys and channels begin with. Default `kinoscope`. */
  readonly prefix?: string;
}

/** The connections to Redis, for all modules, and BullMQ's queues as @nestjs/bullmq registers them. */
@Module({})
export class BullQueuesModule {
  /** @throws KinoscopeError `unavailable` when Redis cannot be reached */
  static async register({ redisUrl, names, prefix = 'kinoscope' }: BullQueuesOptions): Promise<DynamicModule> {
    const logger = new Logger('redis');
    // Not by forRootAsync: when its factory fails, the queues are made all the same and look for a Redis on this machine.
    const redis = await connectRedis(redisUrl, prefix, ({ message }) => logger.warn(message));
    return {
      module: BullQueuesModule,
      global: true,
      imports: [
        BullModule.forRoot({ connection: redis.requests, prefix }),
        BullModule.registerQueue(...names.map((name) => ({ name }))),
      ],
      providers: [
        { provide: REDIS, useValue: redis },
        {
          provide: BULL_QUEUES,
          inject: names.map((name) => getQueueToken(name)),
          useFactory: (...queues: Queue[]) => new Map(queues.map((queue) => [queue.name, queue])),
        },
      ],
      exports: [REDIS, BULL_QUEUES],
    };
  }
}
