import { types } from 'node:util';
import { asKinoscopeError, KinoscopeError, type ErrorCode } from '../core/errors.js';

/** Why a source gives no film, in the words that users know from the sites themselves. */
const REASONS = {
  'login-required': ['not-allowed', 'login required'],
  'age-limit': ['not-allowed', 'age limit: only for viewers who are logged in'],
  'geo-block': ['not-allowed', 'geo block: not available in this country'],
  'bot-check': ['unavailable', 'bot check: the site asks whether we are human'],
  'sabr-only': ['unavailable', 'SABR only: the site offers no format that can be downloaded'],
  private: ['not-allowed', 'private'],
  removed: ['not-found', 'removed or never there'],
  live: ['unreadable', 'live or not yet broadcast'],
  'too-long': ['too-large', 'too long'],
  'too-large': ['too-large', 'too large'],
  'not-a-video': ['unreadable', 'not a video'],
  'bad-link': ['not-allowed', 'link refused'],
  'private-address': ['not-allowed', 'private network address refused'],
  'no-such-host': ['not-found', 'no such host'],
  'not-found': ['not-found', 'not found'],
  forbidden: ['not-allowed', 'the server refuses it'],
  'redirect-loop': ['unavailable', 'too many redirects'],
  'too-slow': ['unavailable', 'took too long'],
  network: ['unavailable', 'the download failed'],
  'not-installed': ['unavailable', 'not installed'],
  'too-old': ['unavailable', 'too old'],
  unsupported: ['unreadable', 'nothing that can be downloaded'],
} as const satisfies Record<string, readonly [ErrorCode, string]>;

export type SourceReason = keyof typeof REASONS;

/** A source that gives no film, and why. */
export class SourceError extends KinoscopeError {
  constructor(
    readonly reason: SourceReason,
    detail?: string,
    options?: { cause?: unknown },
  ) {
    const [code, text] = REASONS[reason];
    super(code, detail ? `${text} (${detail})` : text, options);
  }

  override get details(): { readonly reason: SourceReason } {
    return { reason: this.reason };
  }
}

/** What one way of getting at a source said. */
export interface FailedAttempt {
  readonly source: string;
  readonly error: KinoscopeError;
}

/** Reasons that say more about a video than about the way it was asked for. */
const TELLING: readonly SourceReason[] = [
  'removed',
  'private',
  'age-limit',
  'geo-block',
  'live',
  'too-long',
  'too-large',
  'login-required',
];

/** Reasons that a newer program does away with. */
const MISSING: readonly SourceReason[] = ['not-installed', 'too-old'];
const NEXT_STEP = 'kinoscope doctor --fix gets a current yt-dlp';

/** Every way failed. Code and reason are those of the most telling failure; the message has one part for each way. */
export class AllSourcesFailed extends KinoscopeError {
  readonly reason: SourceReason | null;

  constructor(
    link: string,
    readonly attempts: readonly [FailedAttempt, ...FailedAttempt[]],
  ) {
    const rank = ({ error }: FailedAttempt): number =>
      error instanceof SourceError ? TELLING.indexOf(error.reason) : -1;
    const telling = attempts.filter((attempt) => rank(attempt) >= 0).sort((a, b) => rank(a) - rank(b));
    const missing = ({ error }: FailedAttempt): boolean =>
      error instanceof SourceError && MISSING.includes(error.reason);
    const { error } = telling[0] ?? attempts.find((attempt) => !missing(attempt)) ?? attempts[0];
    const said = attempts.map(({ source, error: { message } }) => `${source}: ${message}`).join('; ');
    // Nothing helps where the video itself is not to be had.
    super(error.code, `Cannot get ${link}: ${said}${!telling[0] && attempts.some(missing) ? ` (${NEXT_STEP})` : ''}`);
    this.reason = error instanceof SourceError ? error.reason : null;
  }

  override get details(): Readonly<Record<string, unknown>> {
    return {
      reason: this.reason,
      attempts: this.attempts.map(({ source, error }) => ({
        source,
        code: error.code,
        ...error.details,
        message: error.message,
      })),
    };
  }
}

/** What sites and extractors say, in the order of how specific it is: the first that matches counts. */
const PHRASES: readonly (readonly [RegExp, SourceReason])[] = [
  [/past the proxy was refused/, 'private-address'],
  [/not a bot|captcha|unusual traffic|automated requests/i, 'bot-check'],
  [
    /confirm your age|age[- ]restrict|inappropriate for some users|age verification|AGE_(VERIFICATION|CHECK)_REQUIRED/i,
    'age-limit',
  ],
  [/private video|video is private/i, 'private'],
  [/in your country|geo[- ]?restrict|in your location|from your location/i, 'geo-block'],
  [/live event|live stream|is_live|premieres? in|premiere will begin|LIVE_STREAM_OFFLINE/i, 'live'],
  [
    /\bSABR\b|only images are available|missing a url|no video formats found|requested format is not available/i,
    'sabr-only',
  ],
  [/larger than max-filesize/i, 'too-large'],
  [/unsupported url|no video could be found/i, 'unsupported'],
  [/HTTP Error 404|HTTP Error 410|status code 404/i, 'not-found'],
  [/HTTP Error 40[13]|HTTP Error 451|status code 40[13]/i, 'forbidden'],
  [/sign in|log ?in|registered users|LOGIN_REQUIRED|members[- ]only|join this channel|cookies/i, 'login-required'],
  [/removed|terminated|unavailable|no longer available|does not exist|deleted/i, 'removed'],
  [/timed out|timeout/i, 'too-slow'],
];

/** The reason that a site's or an extractor's own words stand for; `network` where they are not known. */
export function reasonOf(words: string): SourceReason {
  return PHRASES.find(([phrase]) => phrase.test(words))?.[1] ?? 'network';
}

/** What the codes of the network mean. */
const CODES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name server does not answer',
  ECONNREFUSED: 'the server takes no connections',
  ECONNRESET: 'the server broke the connection off',
  ETIMEDOUT: 'the server does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'the server does not answer',
  UND_ERR_HEADERS_TIMEOUT: 'the server does not answer',
  UND_ERR_BODY_TIMEOUT: 'the server does not answer',
  UND_ERR_SOCKET: 'the server broke the connection off',
  ENETUNREACH: 'there is no network',
  ENOSPC: 'the disk is full',
  EACCES: 'the folder cannot be written',
  EROFS: 'the folder cannot be written',
};

/** The refusal of ours that a library has wrapped into an error of its own; null: there is none. */
export function refusalIn(thrown: unknown): SourceError | null {
  for (let error = thrown; types.isNativeError(error); error = error.cause)
    if (error instanceof SourceError) return error;
  return null;
}

/** What went wrong, in one line and without a library's words where there are better ones. */
export function wordsOf(thrown: unknown): string {
  for (let error = thrown; types.isNativeError(error); error = error.cause) {
    if (error instanceof KinoscopeError) return error.message;
    const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
    const words = CODES[(first as NodeJS.ErrnoException).code ?? ''];
    if (words) return words;
    // What follows the comma is a path of this machine.
    if ((error as NodeJS.ErrnoException).syscall !== undefined) return error.message.split(',', 1)[0]!;
    if (!types.isNativeError(error.cause)) return error.message.split('\n', 1)[0]!.slice(0, 300);
  }
  return String(thrown).split('\n', 1)[0]!.slice(0, 300);
}

/** Anything that was thrown on the way to a film; what the system says is told without paths of this machine. */
export function asDownloadError(thrown: unknown): KinoscopeError {
  const isSystems = types.isNativeError(thrown) && (thrown as NodeJS.ErrnoException).syscall !== undefined;
  return isSystems ? new KinoscopeError('unavailable', wordsOf(thrown), { cause: thrown }) : asKinoscopeError(thrown);
}
