import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { ERROR_CODES, problemType } from '../core/errors.js';

/** One way to a source that failed. */
const Attempt = z.object({
  source: z.string(),
  code: z.string(),
  reason: z.string().nullable().optional(),
  message: z.string(),
});

/** What else an error tells, for programs: of a failed job, and as members of a problem document. */
export const ErrorDetails = z.object({
  reason: z.string().nullable().optional().describe('Why a source gives no film, e.g. geo-block'),
  attempts: z.array(Attempt).optional().describe('What each way of getting at the source said'),
});

/** RFC 9457: how every failure leaves the service. */
export const Problem = ErrorDetails.extend({
  type: z.string().describe(`One of ${ERROR_CODES.map(problemType).join(', ')}`),
  title: z.string(),
  status: z.number().int().min(400).max(599),
  detail: z.string(),
}).meta({ id: 'Problem', description: 'RFC 9457 problem document' });
export type Problem = z.infer<typeof Problem>;

export const PROBLEM_TYPE = 'application/problem+json';

/** Statuses that answer with a problem document, and when. */
const REASONS: Readonly<Record<number, string>> = {
  400: 'A parameter or the body is wrong, or unknown',
  401: 'An API key is needed, or the one that was sent is not valid',
  403: 'The key has not the scope that is needed, or the source is not allowed',
  404: 'There is no such thing, or it has no answer yet',
  405: 'The path has no such method; Allow says which it has',
  408: 'The request came too slowly',
  409: 'What is there contradicts the request',
  413: 'The request, or the film, is too large',
  416: 'The file has none of the bytes that were asked for',
  422: 'The input cannot be read, or the Idempotency-Key was used for another request',
  429: 'Too many requests; Retry-After says when to try again',
  500: 'The service failed',
  503: 'Something is away for a moment; Retry-After says when to try again',
};

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } };
const HEADERS: Readonly<Record<string, object>> = {
  405: { Allow: { description: 'The methods that the path has', schema: { type: 'string' } } },
  429: RETRY_AFTER,
  503: RETRY_AFTER,
};

/** The name of a status among the components, e.g. NotFound. */
const nameOf = (status: number): string => (STATUS_CODES[status] ?? String(status)).replace(/[^A-Za-z]/g, '');

export const problemReference = (status: number): { $ref: string } => ({
  $ref: `#/components/responses/${nameOf(status)}`,
});

/** All problems as components of the document. @param examples by status */
export function problemResponses(examples: Readonly<Record<string, unknown>>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(REASONS).map(([status, description]) => [
      nameOf(Number(status)),
      {
        description,
        ...(HEADERS[status] && { headers: HEADERS[status] }),
        content: {
          [PROBLEM_TYPE]: {
            schema: { $ref: '#/components/schemas/Problem' },
            ...(examples[status] === undefined ? {} : { example: examples[status] }),
          },
        },
      },
    ]),
  );
}
