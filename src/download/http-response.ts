import type { IncomingHttpHeaders } from 'undici/types/header.js';
import { SourceError } from './source-error.js';

/** What a response says about the bytes that follow. */
export interface Announced {
  /** Where in the file they belong. */
  readonly start: number;
  /** Bytes of the whole file; null when the server does not say. */
  readonly total: number | null;
  /** Unchanged as long as the file is: a strong ETag, else the time of its last change; null for neither. */
  readonly validator: string | null;
  readonly contentType: string;
}

/** A failure that another attempt may not have, and how long the server asks to wait for that, milliseconds. */
export class Retryable extends Error {
  override readonly name = 'Retryable';
  constructor(
    message: string,
    readonly waitMs = 0,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

const single = (value: string | string[] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? '';

const toBytes = (text: string | undefined): number | null => (text && /^\d+$/.test(text) ? Number(text) : null);

/**
 * Reads status and headers of an answer that is not a redirect.
 * @param anything whether more than films is taken
 * @throws SourceError for an answer that will stay as it is; Retryable for one that may not
 */
export function readAnswer(status: number, headers: IncomingHttpHeaders, anything = false): Announced {
  if (status === 404 || status === 410) throw new SourceError('not-found', `HTTP ${status}`);
  if (status === 401 || status === 403 || status === 407 || status === 451)
    throw new SourceError('forbidden', `HTTP ${status}`);
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    throw new Retryable(`HTTP ${status}`, Number(single(headers['retry-after']) || 0) * 1000 || 0);
  }
  // The part that we have is not one of this file (any more).
  if (status === 416) throw new Retryable('HTTP 416: the file is not what it was');
  if (status !== 200 && status !== 206) throw new SourceError('unsupported', `HTTP ${status}`);

  const encoding = single(headers['content-encoding']).trim().toLowerCase();
  // Nothing compressed was asked for. What arrives compressed all the same is never unpacked: it might have no end.
  if (encoding && encoding !== 'identity') throw new SourceError('not-a-video', `sent compressed: ${encoding}`);
  const contentType = single(headers['content-type']).split(';', 1)[0]!.trim().toLowerCase();
  if (!anything) requireMediaType(contentType);

  const etag = single(headers.etag);
  const validator = /^"/.test(etag) ? etag : single(headers['last-modified']) || null;
  if (status === 200) return { start: 0, total: toBytes(single(headers['content-length'])), validator, contentType };

  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(single(headers['content-range']));
  if (!range) throw new Retryable('HTTP 206 without a proper Content-Range');
  return { start: Number(range[1]), total: toBytes(range[3]), validator, contentType };
}

/** Servers call films all kinds of things; a page, a picture, a playlist or a piece of text is none. */
function requireMediaType(type: string): void {
  const isOther = /^(text|image|font|multipart|message)\//.test(type);
  if (isOther || /[/+](json|xml|javascript|x?html|zip|gzip|pdf)$|mpegurl|dash\+xml/.test(type)) {
    throw new SourceError('not-a-video', `the server sent ${type}`);
  }
}

/** @throws SourceError when the first bytes of a file are those of a web page or a playlist, whatever it is called */
export function requireMediaBytes(start: Uint8Array): void {
  const text = Buffer.from(start.subarray(0, 64))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  if (text.startsWith('<') || text.startsWith('#extm3u') || text.startsWith('{"')) {
    throw new SourceError('not-a-video', 'the server sent a page or a playlist');
  }
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'video/mp4': '.mp4',
  'application/mp4': '.mp4',
  'video/x-m4v': '.m4v',
  'video/webm': '.webm',
  'video/x-matroska': '.mkv',
  'application/x-matroska': '.mkv',
  'video/quicktime': '.mov',
  'video/mp2t': '.ts',
  'video/mpeg': '.mpg',
  'video/x-msvideo': '.avi',
  'video/ogg': '.ogv',
  'application/ogg': '.ogv',
  'application/mxf': '.mxf',
};

export function extensionOfType(contentType: string): string | undefined {
  return EXTENSIONS[contentType];
}
