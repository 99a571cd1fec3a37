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
  for (let started = performance.now(); ;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - started < SLICE) continue;
    await setImmediate();
    started = performance.now();
  }
}
