import { type CanActivate, type ExecutionContext, HttpException, Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { SETTINGS, type Settings } from '../config/settings.js';
import { callerOf } from './access.middleware.js';

/** Over which the rates are averaged, so that a page that asks for ten things at once is no offence. */
const WINDOW_SECONDS = 10;

/**
 * Limits what one key, or one address without a key, may ask for. Every process counts for itself: of several api
 * processes each allows the whole rate.
 */
@Injectable()
export class RateGuard implements CanActivate {
  private readonly requests: RateLimiterMemory | null;
  private readonly writes: RateLimiterMemory | null;

  constructor(@Inject(SETTINGS) { rateLimit }: Settings) {
    const limiter = (rate: number): RateLimiterMemory | null =>
      (rate === 0 ? null : new RateLimiterMemory({ points: rate * WINDOW_SECONDS, duration: WINDOW_SECONDS }));
    this.requests = limiter(rateLimit.requests);
    this.writes = limiter(rateLimit.writes);
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
      throw new HttpException({ error: 'Too many requests', message: `Too many requests: try again in ${seconds} s` }, 429);
    }
  }
}
