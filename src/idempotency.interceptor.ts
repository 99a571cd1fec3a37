import { createHash } from 'node:crypto';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { currentContext } from './context.js';
import { KinoscopeError } from './errors.js';
import { KEPT_ANSWERS, type KeptAnswer } from './kept-answers.js';
import { type Collection, DuplicateKeyError, type Store } from './storage/collection.js';

const KEPT_MS = 24 * 60 * 60 * 1000;
/** A request that is unanswered for so long died with its process. */
const ABANDONED_MS = 60 * 60 * 1000;
const LONGEST_KEY = 200;

/** Honours the Idempotency-Key header of POST requests for a day. A request that failed may be repeated. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private constructor(private readonly answers: Collection<KeptAnswer>) {}

  static async open(store: Store): Promise<IdempotencyInterceptor> {
    return new IdempotencyInterceptor(await store.collection<KeptAnswer>(KEPT_ANSWERS));
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const key = request.method === 'POST' ? request.get('idempotency-key') : undefined;
    if (!key || !currentContext()) return next.handle();
    return from(this.answered(key, request, http.getResponse<Response>(), next));
  }

  private async answered(key: string, request: Request, response: Response, next: CallHandler): Promise<unknown> {
    if (key.length > LONGEST_KEY) throw new KinoscopeError('usage', `An Idempotency-Key has at most ${LONGEST_KEY} characters`);
    const digest = createHash('sha256')
      .update(JSON.stringify([request.method, request.originalUrl, request.body ?? null]))
      .digest('hex');
    const kept = await this.reserve(key, digest);
    if (kept) {
      if (kept.request !== digest) throw new KinoscopeError('usage', 'This Idempotency-Key was used for another request');
      if (kept.status === null) throw new KinoscopeError('conflict', 'The first request with this Idempotency-Key is still being answered');
      response.status(kept.status);
      return kept.body;
    }
    try {
      const body: unknown = await lastValueFrom(next.handle());
      await this.answers.patch(key, { $set: { status: response.statusCode, body } });
      return body;
    } catch (error) {
      await this.answers.delete(key);
      throw error;
    }
  }

  /** Takes the key for this request; what is kept under it already, otherwise. */
  private async reserve(key: string, request: string): Promise<KeptAnswer | null> {
    const before = (age: number): string => new Date(Date.now() - age).toISOString();
    await this.answers.deleteMany({ createdAt: { $lt: before(KEPT_MS) } });
    await this.answers.deleteMany({ status: null, createdAt: { $lt: before(ABANDONED_MS) } });
    try {
      await this.answers.insert({ id: key, request, status: null, body: null, createdAt: new Date().toISOString() });
      return null;
    } catch (error) {
      if (!(error instanceof DuplicateKeyError)) throw error;
      return this.answers.get(key);
    }
  }
}
