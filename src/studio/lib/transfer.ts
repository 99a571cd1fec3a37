import { DetailedError, Upload } from 'tus-js-client';
import { Refusal, refusalOf } from './api.js';

/** Milliseconds before each try to go on after the line broke. */
const TRIES = [0, 1000, 3000, 5000, 10_000, 20_000];

/** A file on its way to the service, from where an earlier try of this browser has come to. */
export class Transfer {
  private readonly upload: Upload;
  private onProgress: (fraction: number) => void = () => undefined;
  private resolve: (id: string | null) => void = () => undefined;
  private reject: (error: Error) => void = () => undefined;
  private begun = false;

  constructor(file: File) {
    this.upload = new Upload(file, {
      endpoint: '/v1/uploads',
      metadata: { filename: file.name },
      retryDelays: TRIES,
      onProgress: (sent, total) => this.onProgress(total ? sent / total : 0),
      onError: (error) => this.reject(asRefusal(error)),
      onSuccess: () => this.resolve(this.upload.url?.split('/').at(-1) ?? null),
    });
  }

  /** @returns the upload's id once all is there; null when it was paused or cancelled @throws Refusal */
  async send(onProgress: (fraction: number) => void): Promise<string | null> {
    this.onProgress = onProgress;
    if (!this.begun) {
      this.begun = true;
      const [before] = await this.upload.findPreviousUploads();
      if (before) this.upload.resumeFromPreviousUpload(before);
    }
    return new Promise((resolve, reject) => {
      [this.resolve, this.reject] = [resolve, reject];
      this.upload.start();
    });
  }

  pause(): void {
    void this.upload.abort();
    this.resolve(null);
  }

  /** Has the service delete what it has. */
  async cancel(): Promise<void> {
    this.resolve(null);
    await this.upload.abort(true).catch(() => undefined);
  }
}

function asRefusal(error: Error | DetailedError): Refusal {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  if (!response) return new Refusal(0, 'unreachable', 'The service cannot be reached');
  let body: unknown = null;
  try {
    body = JSON.parse(response.getBody());
  } catch {
    // a proxy's own answer
  }
  return refusalOf(response.getStatus(), body);
}
