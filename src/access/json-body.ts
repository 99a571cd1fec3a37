import { HttpException, Injectable, type NestMiddleware } from '@nestjs/common';
import { json, type NextFunction, type Request, type Response } from 'express';
import { keepContext } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { callerOf } from './access.middleware.js';

/** Largest JSON body. Films come as multipart/form-data, limited by KINOSCOPE_MAX_UPLOAD_BYTES. */
const LIMIT = '1mb';
/** From somebody whose key is not known yet: it is what they send. */
const STRANGERS_LIMIT = '4kb';

/** Half a character, which no text may have: databases and clients would each make something else of it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

function refuseBrokenText(key: string, value: unknown): unknown {
  if (LONE_SURROGATE.test(key) || (typeof value === 'string' && LONE_SURROGATE.test(value))) {
    throw new KinoscopeError('usage', 'The text of the request is broken: it has half a character (a lone surrogate)');
  }
  return value;
}

/** What its users are told, by the parser's type of error. */
const FAULTS: Readonly<Record<string, string>> = {
  'entity.parse.failed': 'The body is no JSON object',
  'entity.too.large': 'The body is too large',
  'encoding.unsupported': 'The body has a Content-Encoding that is not known here',
  'charset.unsupported': 'The body is in other letters than UTF-8',
  'request.aborted': 'The request was broken off',
  'request.size.invalid': 'The body has not the length that Content-Length says',
};

function inPlainWords(error: unknown): unknown {
  if (!(error instanceof Error) || !('type' in error && 'status' in error) || error instanceof KinoscopeError)
    return error;
  const fault = FAULTS[String(error.type)];
  return fault === undefined ? error : new HttpException(fault, Number(error.status), { cause: error });
}

/** Reads JSON bodies, once it is known who asks: nobody's body is read who may not send one. */
@Injectable()
export class JsonBody implements NestMiddleware {
  private readonly read = json({ limit: LIMIT, reviver: refuseBrokenText });
  private readonly readStrangers = json({ limit: STRANGERS_LIMIT, reviver: refuseBrokenText });

  use(request: Request, response: Response, next: NextFunction): void {
    const go = keepContext((error?: unknown) => next(inPlainWords(error)));
    if (callerOf(request)) this.read(request, response, go);
    else if (request.originalUrl === '/v1/session') this.readStrangers(request, response, go);
    else go();
  }
}
