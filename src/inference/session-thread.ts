import './telemetry-off.js';
import type { Worker } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import { prefersAnswers } from '../core/priority.js';
import { startThread } from '../core/start-thread.js';
import type { Tensor } from './types.js';

/** What the thread of `session-program.ts` is asked; `session` numbers the networks that it has loaded. */
export type Request = { readonly id: number; readonly session: number } & Question;
type Question =
  | { readonly kind: 'open'; readonly model: string | Uint8Array; readonly options: InferenceSession.SessionOptions }
  | {
      readonly kind: 'run';
      readonly inputs: Readonly<Record<string, Tensor>>;
      /** Whether the inputs' memory comes back with the answer. */
      readonly handBack: boolean;
    }
  | { readonly kind: 'close' };

/** What it is given as it starts. */
export interface SessionThreadData {
  /** What it is at. */
  readonly phase: Int32Array;
  /** Whether it is scheduled after what answers requests. */
  readonly givesWay: boolean;
}

/** What it answers: a result or what was thrown. */
export interface Answer {
  readonly id: number;
  readonly result?: Result;
  readonly error?: unknown;
}

export interface Result {
  readonly outputNames?: readonly string[];
  readonly outputs?: Record<string, Tensor>;
  readonly handedBack?: readonly ArrayBuffer[];
}

/** What the thread is at; it starts nothing more once it was told to end. */
export const IDLE = 0;
export const BUSY = 1;
const ENDING = 2;
export const ENDED = 3;
/** The longest that the end of a process waits for a network to finish its turn, milliseconds. */
const END_PATIENCE_MS = 10_000;

interface Asked {
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * A thread that networks run in, so that a service answers and a worker keeps its jobs while a network computes. The
 * networks of one lane share a thread and take turns; nearly all are in the first lane, as they share the cores anyway. A
 * thread starts with its first session and ends with the last; idle it does not keep the process alive.
 */
export class SessionThread {
  private static readonly lanes = new Map<number, SessionThread>();
  private readonly worker: Worker;
  private readonly asked = new Map<number, Asked>();
  private readonly sessions = new Set<number>();
  private readonly phase = new Int32Array(new SharedArrayBuffer(4));
  private readonly onExit = (): void => this.finishTurn();
  private count = 0;

  /** Takes the lane's thread, or starts it. @returns with the number of a session that may be opened */
  static join(lane: number): { thread: SessionThread; session: number } {
    const thread = SessionThread.lanes.get(lane) ?? new SessionThread(lane);
    SessionThread.lanes.set(lane, thread);
    const session = ++thread.count;
    thread.sessions.add(session);
    return { thread, session };
  }

  private constructor(private readonly lane: number) {
    const data: SessionThreadData = { phase: this.phase, givesWay: prefersAnswers() };
    this.worker = startThread(import.meta.url, './session-program', data);
    process.once('exit', this.onExit);
    this.worker.on('message', (answer: Answer) => this.settle(answer));
    this.worker.on('error', (error) => this.end(error));
    this.worker.on('exit', () => this.end(new Error('The thread of the networks ended')));
    this.worker.unref();
  }

  /** @param handedOver memory that changes hands without a copy, and is lost to the caller */
  ask(session: number, question: Question, handedOver: ArrayBuffer[] = []): Promise<Result> {
    if (!this.isCurrent()) throw new Error('The thread of the networks has ended');
    return new Promise((resolve, reject) => {
      const id = ++this.count;
      this.worker.postMessage({ id, session, ...question } satisfies Request, handedOver);
      if (this.asked.size === 0) this.worker.ref();
      this.asked.set(id, { resolve, reject });
    });
  }

  /** Gives a session's number back; with the last one the thread ends. */
  async leave(session: number): Promise<void> {
    if (!this.sessions.delete(session) || this.sessions.size > 0 || !this.isCurrent()) return;
    SessionThread.lanes.delete(this.lane);
    this.finishTurn();
    await this.worker.terminate();
  }

  private isCurrent(): boolean {
    return SessionThread.lanes.get(this.lane) === this;
  }

  private settle({ id, result, error }: Answer): void {
    const asked = this.asked.get(id);
    this.asked.delete(id);
    if (this.asked.size === 0) this.worker.unref();
    if (result) asked?.resolve(result);
    else asked?.reject(error);
  }

  /** Waits until nothing computes any more, and lets nothing start. */
  private finishTurn(): void {
    if (Atomics.exchange(this.phase, 0, ENDING) === BUSY) Atomics.wait(this.phase, 0, ENDING, END_PATIENCE_MS);
  }

  /** The thread is gone: nobody waits for it in vain, and the next session starts another. */
  private end(error: unknown): void {
    if (this.isCurrent()) SessionThread.lanes.delete(this.lane);
    process.off('exit', this.onExit);
    for (const { reject } of this.asked.values()) reject(error);
    this.asked.clear();
  }
}
