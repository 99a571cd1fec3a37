import { setImmediate } from 'node:timers/promises';

/** Long computing in steps: its runner decides what happens between two of them. */
export type Steps<T> = Generator<void, T, void>;

/** Milliseconds of computing after which the event loop turns. */
const SLICE = 15;

/** Runs all steps without a pause. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Runs all steps, and lets requests, timers and other work have their turn in between. */
export async function inSlices<T>(steps: Steps<T>): Promise<T> {
  const breathe = breaths();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    const turn = breathe();
    if (turn) await turn;
  }
}

/** @returns what is awaited between two pieces of work: it lets the event loop turn when that has computed for long */
export function breaths(): () => Promise<void> | undefined {
  let started = performance.now();
  return () => {
    if (performance.now() - started < SLICE) return undefined;
    return setImmediate().then(() => {
      started = performance.now();
    });
  };
}
