import type { Worker } from 'node:worker_threads';
import { type ErrorCode, KinoscopeError } from '../core/errors.js';
import { startThread } from '../core/start-thread.js';
import type { Around, Wanted, WantedTitle } from './names.js';
import type { Place } from './place.js';
import type { CastMember, Programme } from './xmltv.js';

/** A file to be read in place of what is kept of its source. */
export interface Taking {
  readonly name: string;
  readonly file: string;
  readonly kept: string;
  /** What was over by then, milliseconds since 1970, is forgotten. */
  readonly since: number;
}

/** What it held. */
export interface Taken {
  readonly channels: number;
  readonly programmes: number;
  /** Of the first programme's start and the last one's, milliseconds since 1970. */
  readonly from: number | null;
  readonly to: number | null;
  readonly faults: readonly (readonly [fault: string, times: number])[];
}

/** Which channels are looked at. */
interface Where {
  readonly sources: readonly { readonly name: string; readonly kept: string }[];
  /** Path of the channels' areas. */
  readonly areas: string | null;
  readonly place: Place | null;
}

/** Times are milliseconds since 1970. */
export interface Questions {
  readonly take: { readonly ask: Taking; readonly answer: Taken };
  readonly onAir: {
    readonly ask: Where & { readonly at: number };
    /** `covered`: some channel can be received there. */
    readonly answer: { readonly covered: boolean; readonly programmes: readonly Programme[] };
  };
  readonly around: {
    readonly ask: Where & { readonly at: number; readonly wanted: readonly Wanted[] };
    /** In the order of what was asked. */
    readonly answer: readonly Around[];
  };
  readonly cast: {
    readonly ask: Pick<Where, 'sources'> & { readonly titles: readonly WantedTitle[] };
    /** In the order of what was asked. */
    readonly answer: readonly (readonly CastMember[])[];
  };
}

export type Kind = keyof Questions;
/** What the thread of `guide-program.ts` is told. */
export type GuideRequest = {
  [K in Kind]: { readonly id: number; readonly kind: K; readonly ask: Questions[K]['ask'] };
}[Kind];
export type GuideAnswer = { readonly id: number } & (
  | { readonly answer: Questions[Kind]['answer'] }
  | { readonly error: { readonly code: ErrorCode; readonly message: string } }
);

interface Asked {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/**
 * A thread that reads guides and keeps what they say: a guide of tens of megabytes takes seconds to read, and its
 * programmes as much memory. It starts with the first question; idle it does not keep the process alive.
 */
export class GuideThread {
  private worker: Worker | null = null;
  private readonly asked = new Map<number, Asked>();
  private count = 0;

  /** @throws KinoscopeError `unreadable`, `not-found`, `too-large` */
  async ask<K extends Kind>(kind: K, ask: Questions[K]['ask']): Promise<Questions[K]['answer']> {
    const answer = await new Promise((resolve, reject) => {
      const id = ++this.count;
      this.asked.set(id, { resolve, reject });
      const worker = (this.worker ??= this.start());
      worker.ref();
      worker.postMessage({ id, kind, ask });
    });
    return answer as Questions[K]['answer'];
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
    if ('answer' in answer) asked?.resolve(answer.answer);
    else asked?.reject(new KinoscopeError(answer.error.code, answer.error.message));
  }
}
