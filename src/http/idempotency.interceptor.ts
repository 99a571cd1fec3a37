import { createHash, randomUUID } from 'node:crypto';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { currentContext, inContext } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { hasDied, THIS_PROCESS } from '../core/process-identity.js';
import { type Collection, DuplicateKeyError, type Store } from '../storage/collection.js';
import { KEPT_ANSWERS, type KeptAnswer } from './kept-answers.js';
import { MultipartDigest } from './multipart-digest.js';

const KEPT_MS = 24 * 60 * 60 * 1000;
/** How often a process says that it still answers a request. */
const BEAT_MS = 20_000;
/** A process of another host that has said nothing for so long has died. */
const SILENT_MS = 90_000;
const LONGEST_KEY = 200;

const TOLD_ONCE = 'kinoscope:told-once';

/** Fields of a route's answer that are neither kept nor told again to a client that repeats its request. */
export const ToldOnce = (...fields: string[]): MethodDecorator => SetMetadata(TOLD_ONCE, fields);

/** A request whose key is this one's to answer. */
interface Reserved {
  readonly once: string;
  readonly repeated: boolean;
}

/** Honours the Idempotency-Key header of POST requests for a day. A request that failed, or whose process died, may be repeated. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private constructor(
    private readonly answers: Collection<KeptAnswer>,
    private readonly reflector: Reflector,
  ) {}

  static async open(store: Store, reflector: Reflector): Promise<IdempotencyInterceptor> {
    return new IdempotencyInterceptor(await store.collection<KeptAnswer>(KEPT_ANSWERS), reflector);
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const key = request.method === 'POST' ? request.get('idempotency-key') : undefined;
    if (!key || !currentContext()) return next.handle();
    const secrets = this.reflector.get<string[] | undefined>(TOLD_ONCE, context.getHandler()) ?? [];
    return from(this.answered(key, secrets, request, http.getResponse<Response>(), next));
  }

  private async answered(
    key: string,
    secrets: readonly string[],
    request: Request,
    response: Response,
    next: CallHandler,
  ): Promise<unknown> {
    if (key.length > LONGEST_KEY)
      throw new KinoscopeError('usage', `An Idempotency-Key has at most ${LONGEST_KEY} characters`);
    const head = createHash('sha256')
      .update(JSON.stringify([request.method, request.originalUrl, request.body ?? null]))
      .digest('hex');
    const parts = MultipartDigest.of(request);
    const digest = async (): Promise<string> => (parts ? `${head}:${await parts.end()}` : head);
    const reserved = await this.reserve(key, head);
    if ('request' in reserved) {
      if (reserved.request !== (await digest()))
        throw new KinoscopeError('key-reused', 'This Idempotency-Key was used for another request');
      response.status(reserved.status ?? 200);
      return reserved.body;
    }
    parts?.follow();
    const beat = setInterval(
      () => void this.answers.patch(key, { $set: { aliveAt: now() } }).catch(() => undefined),
      BEAT_MS,
    );
    try {
      const body: unknown = await inContext({ ...currentContext()!, ...reserved }, () => lastValueFrom(next.handle()));
      await this.answers.patch(key, {
        $set: { status: response.statusCode, body: without(body, secrets), request: await digest() },
      });
      return body;
    } catch (error) {
      // if it cannot be deleted now, a repeat is refused until this process has ended
      await this.answers.delete(key).catch(() => undefined);
      throw error;
    } finally {
      clearInterval(beat);
    }
  }

  /**
   * Takes the key for this request; what is kept under it, where it was answered.
   * @throws KinoscopeError `conflict` while another request is being answered, `key-reused` when it is not the same
   */
  private async reserve(key: string, request: string): Promise<Reserved | KeptAnswer> {
    await this.answers.deleteMany({ createdAt: { $lt: new Date(Date.now() - KEPT_MS).toISOString() } });
    const once = randomUUID();
    try {
      await this.answers.insert({
        id: key,
        request,
        status: null,
        body: null,
        createdAt: now(),
        owner: THIS_PROCESS,
        aliveAt: now(),
        once,
      });
      return { once, repeated: false };
    } catch (error) {
      if (!(error instanceof DuplicateKeyError)) throw error;
    }
    const kept = await this.answers.get(key);
    if (!kept) return this.reserve(key, request);
    if (kept.status !== null) return kept;
    if (kept.request !== request)
      throw new KinoscopeError('key-reused', 'This Idempotency-Key was used for another request');
    const taken =
      isAbandoned(kept) &&
      (await this.answers.claim(
        { id: key, status: null, version: kept.version },
        { $set: { owner: THIS_PROCESS, aliveAt: now(), once: kept.once ?? once } },
      ));
    if (!taken)
      throw new KinoscopeError('conflict', 'The first request with this Idempotency-Key is still being answered');
    return { once: taken.once ?? once, repeated: true };
  }
}

const now = (): string => new Date().toISOString();

/** Whether the process that was to answer has died. */
function isAbandoned({ owner, aliveAt = '' }: KeptAnswer): boolean {
  // without an owner it is of an older version, which is not running any more
  return owner === undefined || (hasDied(owner) ?? Date.parse(aliveAt) < Date.now() - SILENT_MS);
}

function without(body: unknown, fields: readonly string[]): unknown {
  if (fields.length === 0 || typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).filter(([field]) => !fields.includes(field)));
}
