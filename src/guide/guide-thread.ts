import type { Worker } from 'node:worker_threads';
import { type ErrorCode, KinoscopeError } from '../core/errors.js';
import { startThread } from '../core/start-thread.js';
import type { WantedNames } from './names.js';
import type { Programme } from './xmltv.js';

/** What the thread of `guide-program.ts` is asked: what these files have on air at a time, in milliseconds since 1970. */
export interface GuideRequest {
  readonly id: number;
  readonly files: readonly string[];
  readonly at: number;
  /** For each of these, what had last begun by then. */
  readonly last: readonly WantedNames[];
}

/** What a guide's file told. */
export interface GuideReport {
  readonly file: string;
  readonly programmes: number;
  /** What could not be read, in words, with how often. */
  readonly faults: ReadonlyMap<string, number>;
}

export interface OnAir {
  readonly programmes: readonly Programme[];
  readonly reports: readonly GuideReport[];
  /** In the order of what was asked. */
  readonly last: readonly (Programme | null)[];
}

export type GuideAnswer = { readonly id: number } & (
  { readonly onAir: OnAir } | { readonly error: { readonly code: ErrorCode; readonly message: string } }
);

interface Asked {
  resolve(onAir: OnAir): void;
  reject(error: unknown): void;
}

/**
 * A thread that reads guides and keeps what they say: a guide of hundreds of megabytes takes seconds to read, and its
 * programmes as much memory. It starts with the first question; idle it does not keep the process alive.
 */
export class GuideThread {
  private worker: Worker | null = null;
  private readonly asked = new Map<number, Asked>();
  private count = 0;

  /** @throws KinoscopeError `unreadable`, `not-found` */
  onAir(files: readonly string[], at: number, last: readonly WantedNames[] = []): Promise<OnAir> {
    return new Promise((resolve, reject) => {
      const id = ++this.count;
      this.asked.set(id, { resolve, reject });
      const worker = (this.worker ??= this.start());
      worker.ref();
      worker.postMessage({ id, files, at, last } satisfies GuideRequest);
    });
  }

  async close(): Promise<void> {
    await this.worker?.terminate();
  }

  private start(): Worker {
    const worker = startThread(import.meta.url, './guide-program');
    let reason: unknown = new KinoscopeError('unavailable', 'The broadcast guide is no longer read: its thread ended');
    worker.on('message', (answer: GuideAnswer) => this.settle(answer));
    worker.on('error', (error) => (reason = error));
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = null;
      for (const { reject } of this.asked.values()) reject(reason);
      this.asked.clear();
    });
    return worker;
  }

  private settle(answer: GuideAnswer): void {
    const asked = this.asked.get(answer.id);
    this.asked.delete(answer.id);
    if (this.asked.size === 0) this.worker?.unref();
    if ('onAir' in answer) asked?.resolve(answer.onAir);
    else asked?.reject(new KinoscopeError(answer.error.code, answer.error.message));
  }
}
