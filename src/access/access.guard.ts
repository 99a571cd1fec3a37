import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { KinoscopeError } from '../core/errors.js';
import { callerOf } from './access.middleware.js';
import type { Scope } from './keys.js';
import { SCOPE } from './scope.js';

/** Lets a request through whose caller has the scope that the route needs. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const said = this.reflector.getAllAndOverride<Scope | null | undefined>(SCOPE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (said === null) return true;
    const scope = said ?? (request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'write');
    const caller = callerOf(request);
    if (!caller)
      throw new KinoscopeError('unauthorized', 'Send an API key that is valid: Authorization: Bearer ks_...');
    if (!caller.scopes.includes(scope))
      throw new KinoscopeError('forbidden', `This API key has not the scope "${scope}"`);
    return true;
  }
}
