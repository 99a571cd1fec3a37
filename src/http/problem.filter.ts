import { sep } from 'node:path';
import {
  Catch,
  HttpException,
  Inject,
  Logger,
  NotFoundException,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { SETTINGS, type Settings } from '../config/settings.js';
import { asKinoscopeError, codeOfStatus, KinoscopeError, problemType } from '../core/errors.js';
import { Metrics } from '../operations/metrics.js';
import { methodsAt } from './methods.js';

/** RFC 9457: how every failure leaves the service. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** What else the error tells, e.g. the `reason` and `attempts` of a link. */
  readonly [member: string]: unknown;
}

/** What was thrown, with the status that it came with: Nest and parsers of bodies have errors of their own. */
function errorOf(thrown: unknown): { readonly error: KinoscopeError; readonly status: number } {
  if (thrown instanceof HttpException) {
    const [status, body] = [thrown.getStatus(), thrown.getResponse()];
    const message = typeof body === 'object' && 'message' in body ? body.message : thrown.message;
    const detail = Array.isArray(message) ? message.join('; ') : String(message);
    return { error: new KinoscopeError(codeOfStatus(status), detail, { cause: thrown }), status };
  }
  if (isBodyParserError(thrown)) {
    const { status, message } = thrown;
    return { error: new KinoscopeError(codeOfStatus(status), message, { cause: thrown }), status };
  }
  const error = asKinoscopeError(thrown);
  return { error, status: error.httpStatus };
}

function problemOf({ error, status }: ReturnType<typeof errorOf>, home: string): Problem {
  const { code, title, message, details } = error;
  const detail = code === 'internal' ? 'The service failed; its log says why' : withoutFolders(message, home);
  return { type: problemType(code), title, status, detail, ...details };
}

/** Calls files below the service's home by their names alone. */
function withoutFolders(message: string, home: string): string {
  return message
    .split(`${home}${sep}`)
    .map((part, index) => (index === 0 ? part : part.replace(/^(?:[^\s/]+\/)+/, '')))
    .join('');
}

/** Express's body parser throws its own errors (a JSON syntax fault, a body that is too large) with a 4xx status. */
function isBodyParserError(thrown: unknown): thrown is Error & { status: number } {
  return thrown instanceof Error && 'status' in thrown && typeof thrown.status === 'number' && thrown.status < 500;
}

/** What is away for a moment, such as a database between two primaries, is back by then. */
const RETRY_AFTER_SECONDS = 5;

function traceOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${traceOf(error.cause)}` : '';
  return (error.stack ?? error.message) + cause;
}

/** Answers every failure as application/problem+json, and logs those that are our own. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  constructor(
    private readonly metrics: Metrics,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const [request, response] = [http.getRequest<Request>(), http.getResponse<Response>()];
    const allowed = thrown instanceof NotFoundException && !request.route ? methodsAt(request) : '';
    if (allowed !== '') response.setHeader('Allow', allowed);
    const found = errorOf(
      allowed === '' ? thrown : new KinoscopeError('no-such-method', `${request.path} knows ${allowed} alone`),
    );
    const problem = problemOf(found, this.settings.home);
    this.metrics.errors.inc({ where: 'request', code: found.error.code });
    if (problem.status >= 500) this.logger.error(thrown instanceof Error ? traceOf(thrown) : thrown);
    // An event stream that has begun, or a client that has left, can be told nothing more.
    if (response.headersSent || response.destroyed) {
      response.end();
      return;
    }
    if (problem.status === 503) response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
    if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}
