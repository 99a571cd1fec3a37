/**
 * What can go wrong in a way that a user can act on. Every code maps to one HTTP status (problem+json) and one exit
 * status of the command line; anything else that is thrown is a fault of ours and ends as `internal`.
 */
const OUTCOMES = {
  usage: { http: 400, exit: 2, title: 'Wrong use' },
  unreadable: { http: 422, exit: 3, title: 'Unreadable input' },
  'not-allowed': { http: 403, exit: 4, title: 'Source not allowed' },
  unauthorized: { http: 401, exit: 1, title: 'An API key is needed' },
  forbidden: { http: 403, exit: 1, title: 'Not permitted' },
  'not-found': { http: 404, exit: 4, title: 'Not found' },
  conflict: { http: 409, exit: 1, title: 'Conflict' },
  'key-reused': { http: 422, exit: 2, title: 'Idempotency-Key used for another request' },
  'too-large': { http: 413, exit: 3, title: 'Too large' },
  unavailable: { http: 503, exit: 1, title: 'Unavailable' },
  cancelled: { http: 409, exit: 1, title: 'Cancelled' },
  'no-such-method': { http: 405, exit: 1, title: 'No such method here' },
  'too-slow': { http: 408, exit: 1, title: 'Too slow' },
  'no-such-range': { http: 416, exit: 1, title: 'No such range' },
  'too-many-requests': { http: 429, exit: 1, title: 'Too many requests' },
  internal: { http: 500, exit: 1, title: 'Internal error' },
} as const;

export type ErrorCode = keyof typeof OUTCOMES;
export const ERROR_CODES = Object.keys(OUTCOMES) as readonly ErrorCode[];

/** What an HTTP status means that somebody else's code answers with, e.g. a parser of bodies. */
export const codeOfStatus = (status: number): ErrorCode =>
  ERROR_CODES.find((code) => OUTCOMES[code].http === status) ?? (status < 500 ? 'usage' : 'internal');

/** RFC 9457's `type`: one for each code, whichever part of the service has found the error. */
export const problemType = (code: ErrorCode): string => `urn:kinoscope:${code}`;

/** An expected failure, with a message of one line that can be shown to a user as it is. */
export class KinoscopeError extends Error {
  override readonly name = 'KinoscopeError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }

  /** What else is known, for programs: members of the problem+json (RFC 9457) and of a failed job's error. */
  get details(): Readonly<Record<string, unknown>> {
    return {};
  }

  /** Whether the same may go well when it is tried again. */
  get mayPass(): boolean {
    return this.code === 'internal' || this.code === 'unavailable';
  }

  get httpStatus(): number {
    return OUTCOMES[this.code].http;
  }

  /** Exit status of the command line: 2 wrong use, 3 unreadable input, 4 not allowed or not found, 1 anything else. */
  get exitStatus(): number {
    return OUTCOMES[this.code].exit;
  }

  get title(): string {
    return OUTCOMES[this.code].title;
  }
}

/** What the system says when it is out of something that will be there again. */
const LACKING: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full',
  EDQUOT: 'The disk is full',
  EROFS: 'The disk is read-only',
  EMFILE: 'Too many files are open',
  ENFILE: 'Too many files are open',
};

/** Turns anything that was thrown into a KinoscopeError; what was not expected becomes `internal`. */
export function asKinoscopeError(thrown: unknown): KinoscopeError {
  if (thrown instanceof KinoscopeError) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new KinoscopeError('cancelled', 'The work was cancelled', { cause: thrown });
  }
  const lacking = thrown instanceof Error && 'code' in thrown ? LACKING[String(thrown.code)] : undefined;
  if (lacking !== undefined) return new KinoscopeError('unavailable', lacking, { cause: thrown });
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new KinoscopeError('internal', message.split('\n', 1)[0] ?? 'Unknown error', { cause: thrown });
}
