import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errors, type Dispatcher } from 'undici';
import { KinoscopeError } from '../core/errors.js';
import type { BandwidthLimiter } from './bandwidth.js';
import { HashingFile, requireSize, requireSpace, type WriteLimits } from './hashing.js';
import { readAnswer, requireMediaBytes, Retryable, type Announced } from './http-response.js';
import { SourceError } from './source-error.js';
import type { WorkFolder } from './work-folder.js';

export interface TransferLimits extends WriteLimits {
  /** Attempts in a row that got no further than the ones before. */
  readonly maxRetries: number;
  /** Wait before the first retry, milliseconds; doubled with every attempt that got no further. */
  readonly backoffMs: number;
}

export interface TransferOptions {
  readonly limits: TransferLimits;
  readonly limiter: BandwidthLimiter;
  /** Sends one request with these headers (redirects followed) and hands back its answer. */
  readonly open: (headers: Record<string, string>) => Promise<Dispatcher.ResponseData>;
  /** Asks for so many bytes at a time; null: for everything that is missing. */
  readonly chunkBytes: number | null;
  /** Whether more than films is taken. */
  readonly anything?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: ((fraction: number | null) => void) | undefined;
}

/** What is noted of a file that is half here, so that another process can go on with it. */
interface Half {
  readonly validator: string | null;
  readonly total: number | null;
  readonly contentType: string;
}

const MAX_WAIT_MS = 60_000;
/** An attempt that brought less is not counted as one that got further. */
const MIN_GAIN_BYTES = 16_384;

/**
 * Fetches one file over as many connections as it takes. Each goes on where the last one was cut, as long as the server
 * says that the file is still the same (If-Range); otherwise it starts again.
 */
export class HttpTransfer {
  private total: number | null = null;
  private validator: string | null = null;
  private contentType = '';

  private constructor(
    private readonly work: WorkFolder,
    private readonly name: string,
    private readonly file: HashingFile,
    private readonly options: TransferOptions,
  ) {}

  /**
   * Fetches into `path`, which may hold the beginning already.
   * @throws SourceError, KinoscopeError `too-large`, `unavailable`, AbortError
   */
  static async run(
    work: WorkFolder,
    path: string,
    options: TransferOptions,
  ): Promise<{ sha256: string; contentType: string }> {
    const file = await HashingFile.open(path, options.limits, options.signal);
    try {
      const transfer = new HttpTransfer(work, basename(path), file, options);
      await transfer.recall();
      await transfer.untilComplete();
      return { sha256: await file.finish(), contentType: transfer.contentType };
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
  }

  private async recall(): Promise<void> {
    const half = await this.work.recall<Half>(this.name);
    if (half?.validator) {
      this.validator = half.validator;
      this.total = half.total;
      this.contentType = half.contentType;
    } else {
      await this.file.restart();
    }
  }

  private async untilComplete(): Promise<void> {
    const { limits, signal } = this.options;
    let farthest = this.file.size;
    // Killed between the last byte and the end.
    if (farthest > 0 && farthest === this.total) return;
    for (let failures = 0; ;) {
      try {
        if (await this.attempt()) return;
        failures = 0;
      } catch (thrown) {
        const error = asAttemptError(thrown, signal);
        if (!(error instanceof Retryable)) throw error;
        failures = this.file.size >= farthest + MIN_GAIN_BYTES ? 0 : failures + 1;
        if (failures > limits.maxRetries) throw new SourceError('network', error.message, { cause: error });
        // Half of the wait is chance, so that clients who were cut off together do not come back together.
        const wait = Math.max(error.waitMs, limits.backoffMs * 2 ** failures * (0.5 + Math.random() / 2));
        await sleep(Math.min(wait, MAX_WAIT_MS), undefined, { signal });
      }
      farthest = Math.max(farthest, this.file.size);
    }
  }

  /** One connection; whether the file is complete after it. */
  private async attempt(): Promise<boolean> {
    const { body, headers, statusCode } = await this.options.open(this.headers());
    try {
      if (statusCode === 416) await this.file.restart();
      await this.align(readAnswer(statusCode, headers, this.options.anything));
      for await (const chunk of body) await this.take(chunk as Uint8Array);
    } finally {
      // Destroying a body that was read to its end does nothing; any other one is not waited for.
      body.on('error', () => undefined).destroy();
    }
    if (this.file.size === 0) throw new Retryable('the server sent nothing');
    if (this.total === null || this.file.size === this.total) return true;
    // A part that was asked for and came as a whole is no failure.
    if (statusCode === 206 && this.options.chunkBytes !== null) return false;
    throw new Retryable(`the server sent ${this.file.size} of ${this.total} bytes`);
  }

  private headers(): Record<string, string> {
    const { chunkBytes } = this.options;
    const { size } = this.file;
    if (size === 0 && chunkBytes === null) return {};
    const end = chunkBytes === null ? '' : size + chunkBytes - 1;
    return { range: `bytes=${size}-${end}`, ...(size > 0 && this.validator ? { 'if-range': this.validator } : {}) };
  }

  /** Makes the file fit what the server is about to send. */
  private async align(announced: Announced): Promise<void> {
    const { limits } = this.options;
    const changed =
      (this.validator !== null && announced.validator !== null && announced.validator !== this.validator) ||
      (this.total !== null && announced.total !== null && announced.total !== this.total);
    const { size } = this.file;
    if (size > 0 && (changed || announced.start !== size)) await this.file.restart();
    this.validator = announced.validator;
    this.total = announced.total;
    this.contentType = announced.contentType;
    if (announced.start !== this.file.size) throw new Retryable('the server sent another part than it was asked for');
    if (this.total !== null) {
      requireSize(this.total, limits.maxBytes);
      await requireSpace(this.work.path, this.total - this.file.size, limits.minFreeBytes);
    }
    const half: Half = { validator: this.validator, total: this.total, contentType: this.contentType };
    await this.work.note(half, this.name);
  }

  private async take(chunk: Uint8Array): Promise<void> {
    const { limiter, signal, onProgress } = this.options;
    if (this.file.size === 0 && !this.options.anything) requireMediaBytes(chunk);
    if (this.total !== null && this.file.size + chunk.length > this.total)
      throw new Retryable('the server sent too much');
    await this.file.write(chunk);
    onProgress?.(this.total ? this.file.size / this.total : null);
    await limiter.take(chunk.length, signal);
  }
}

/** What went wrong with one connection: final as it is, or worth another attempt. */
export function asAttemptError(thrown: unknown, signal: AbortSignal): unknown {
  if (signal.aborted || thrown instanceof KinoscopeError || thrown instanceof Retryable) return thrown;
  const error = thrown as NodeJS.ErrnoException;
  if (error.code === 'ENOTFOUND') return new SourceError('no-such-host', undefined, { cause: error });
  if (error.code === 'EAI_AGAIN') return new Retryable('the name server does not answer', 0, { cause: error });
  const { BodyTimeoutError, ConnectTimeoutError, HeadersTimeoutError } = errors;
  if ([BodyTimeoutError, ConnectTimeoutError, HeadersTimeoutError].some((kind) => error instanceof kind)) {
    return new Retryable('the server does not answer', 0, { cause: error });
  }
  // Errors of the disk carry a path, errors of the connection do not.
  if (error.path !== undefined) return error;
  if (error.code?.startsWith('CERT_') || error.code?.startsWith('ERR_TLS_') || error.code?.includes('SELF_SIGNED')) {
    return new SourceError('network', `the certificate is not trusted: ${error.code}`, { cause: error });
  }
  return new Retryable(error.message.split('\n', 1)[0] || String(error.code ?? error.name), 0, { cause: error });
}
