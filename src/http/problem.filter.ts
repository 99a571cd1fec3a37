import { sep } from 'node:path';
import { Catch, HttpException, Inject, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { SETTINGS, type Settings } from '../config/settings.js';
import { asKinoscopeError } from '../core/errors.js';
import { Metrics } from '../operations/metrics.js';

/** RFC 9457: how every failure leaves the service. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** What else the error tells, e.g. the `reason` and `attempts` of a link. */
  readonly [member: string]: unknown;
}

function problemOf(thrown: unknown, home: string): Problem {
  if (thrown instanceof HttpException) {
    const status = thrown.getStatus();
    const body = thrown.getResponse();
    const message = typeof body === 'object' && 'message' in body ? body.message : thrown.message;
    const title = typeof body === 'object' && 'error' in body ? String(body.error) : thrown.message;
    return {
      type: 'about:blank',
      title,
      status,
      detail: Array.isArray(message) ? message.join('; ') : String(message),
    };
  }
  if (isBodyParserError(thrown)) {
    return { type: 'about:blank', title: 'Bad Request', status: thrown.status, detail: thrown.message };
  }
  const error = asKinoscopeError(thrown);
  const detail =
    error.code === 'internal' ? 'The service failed; its log says why' : withoutFolders(error.message, home);
  return {
    type: `urn:kinoscope:${error.code}`,
    title: error.title,
    status: error.httpStatus,
    detail,
    ...error.details,
  };
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
    const response = host.switchToHttp().getResponse<Response>();
    const problem = problemOf(thrown, this.settings.home);
    this.metrics.errors.inc({
      where: 'request',
      code: /^urn:kinoscope:(.+)$/.exec(problem.type)?.[1] ?? String(problem.status),
    });
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
