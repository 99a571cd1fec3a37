import { type CanActivate, type ExecutionContext, Inject, Injectable, Optional } from '@nestjs/common';
import type { Request, Response } from 'express';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { SETTINGS, type Settings } from '../config/settings.js';
import { KinoscopeError } from '../core/errors.js';
import { REDIS, type RedisConnections } from '../jobs/redis.js';
import { callerOf } from './access.middleware.js';

/** Over which the rates are averaged, so that a page that asks for ten things at once is no offence. */
const WINDOW_SECONDS = 10;

/**
 * Limits what one key, or one address without a key, may ask for: of all api processes together where they share a Redis.
 * While that is away each of them counts for itself.
 */
@Injectable()
export class RateGuard implements CanActivate {
  private readonly requests: RateLimiterAbstract | null;
  private readonly writes: RateLimiterAbstract | null;

  constructor(@Inject(SETTINGS) { rateLimit }: Settings, @Optional() @Inject(REDIS) redis: RedisConnections | null) {
    const limiter = (what: string, rate: number): RateLimiterAbstract | null => {
      if (rate === 0) return null;
      const limit = { points: rate * WINDOW_SECONDS, duration: WINDOW_SECONDS };
      const own = new RateLimiterMemory(limit);
      if (!redis) return own;
      const keyPrefix = `${redis.prefix}:rate:${what}`;
      // who is over the limit is then refused without asking Redis
      return new RateLimiterRedis({
        ...limit,
        keyPrefix,
        storeClient: redis.requests,
        rejectIfRedisNotReady: true,
        insuranceLimiter: own,
        inMemoryBlockOnConsumed: limit.points + 1,
      });
    };
    this.requests = limiter('requests', rateLimit.requests);
    this.writes = limiter('writes', rateLimit.writes);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const caller = callerOf(request);
    const who = caller && caller.id !== 'open' ? caller.id : (request.ip ?? '');
    try {
      await this.requests?.consume(who);
      if (request.method !== 'GET' && request.method !== 'HEAD') await this.writes?.consume(who);
      return true;
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const seconds = Math.ceil(refused.msBeforeNext / 1000);
      http.getResponse<Response>().setHeader('Retry-After', seconds);
      throw new KinoscopeError('too-many-requests', `Too many requests: try again in ${seconds} s`);
    }
  }
}
