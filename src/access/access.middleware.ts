import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { isLoopback, SETTINGS, type Settings } from '../config/settings.js';
import { DEFAULT_TENANT, inContext } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { ApiKeys, type Scope, SCOPES } from './keys.js';

/** Who a request is from. */
export interface Caller {
  /** The key's id; `open` where no key is needed. */
  readonly id: string;
  readonly tenant: string;
  readonly scopes: readonly Scope[];
}

/** Where a browser carries the key: the pages' video and event streams cannot send a header. */
export const COOKIE = 'kinoscope_key';

const OPEN: Caller = { id: 'open', tenant: DEFAULT_TENANT, scopes: SCOPES };
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const REQUEST_ID = /^[\w.:-]{1,64}$/;

const callers = new WeakMap<Request, Caller>();

/** Whom the middleware found; undefined: nobody whom we know. */
export const callerOf = (request: Request): Caller | undefined => callers.get(request);

/** The key that a request carries, in a header or the cookie. */
function keyOf(request: Request): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
  const cookie = request
    .get('cookie')
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${COOKIE}=`));
  return bearer ?? request.get('x-api-key') ?? cookie?.slice(COOKIE.length + 1);
}

/** Finds out who asks, gives the request its id, and has everything after it done in the caller's name. */
@Injectable()
export class AccessMiddleware implements NestMiddleware {
  constructor(
    private readonly keys: ApiKeys,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async use(request: Request, response: Response, next: NextFunction): Promise<void> {
    this.refuseForeignPages(request);
    const given = request.get('x-request-id');
    const id = given && REQUEST_ID.test(given) ? given : randomUUID();
    response.setHeader('X-Request-Id', id);
    const caller = await this.identify(request);
    if (caller) callers.set(request, caller);
    const trace: unknown = response.locals['trace'];
    if (caller)
      inContext(
        { tenant: caller.tenant, actor: caller.id, request: id, ...(typeof trace === 'string' && { trace }) },
        next,
      );
    else next();
  }

  private async identify(request: Request): Promise<Caller | null> {
    const text = keyOf(request);
    if (text === undefined) return this.settings.requireKeys ? null : OPEN;
    return this.keys.check(text);
  }

  /**
   * A browser sends what any page asks it to send, to this machine as well and with its cookies: a page of elsewhere
   * must change nothing, nor pass its own name off as ours to read the answers (DNS rebinding).
   */
  private refuseForeignPages(request: Request): void {
    const host = request.get('host') ?? '';
    const origin = request.get('origin');
    const ours =
      origin === undefined || origin === `${request.protocol}://${host}` || this.settings.corsOrigins.includes(origin);
    if (!ours && !SAFE.has(request.method))
      throw new KinoscopeError('forbidden', `Pages of ${origin} may not call this service (KINOSCOPE_CORS_ORIGINS)`);
    const name = host.replace(/:\d+$/, '');
    if (!this.settings.requireKeys && isLoopback(this.settings.host) && !isLoopback(name)) {
      throw new KinoscopeError('forbidden', 'Without API keys this service answers only to localhost');
    }
  }
}
