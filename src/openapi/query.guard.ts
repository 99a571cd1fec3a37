import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import type { Request } from 'express';
import { KinoscopeError } from '../core/errors.js';

/** How Nest keys the query among the arguments of a handler: RouteParamtypes.QUERY. */
const QUERY = /^4:/;

/** Refuses query parameters of routes that have none; the schemas of the others say what they know. */
@Injectable()
export class QueryGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const unknown = Object.keys(context.switchToHttp().getRequest<Request>().query);
    if (unknown.length === 0 || takesQuery(context)) return true;
    throw new KinoscopeError('usage', `${unknown.join(', ')} ${unknown.length === 1 ? 'is' : 'are'} not known here`);
  }
}

function takesQuery(context: ExecutionContext): boolean {
  const parameters: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name);
  return Object.keys(parameters ?? {}).some((key) => QUERY.test(key));
}
