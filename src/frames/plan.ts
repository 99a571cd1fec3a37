import type { SamplingPlan, TimeWindow } from './types.js';

/** Plans that look at consecutive frames; `keyframes` never sees those in between. */
export type ForwardPlan = Exclude<SamplingPlan, { kind: 'keyframes' }>;

/**
 * Picks the wanted frames out of a stream of frames in order of time. `target` tells the decoder what may be skipped:
 * the wanted frame is the last one at or before it, or one after it.
 */
export interface Selector<T> {
  /** Seconds; null when nothing more is wanted. */
  readonly target: number | null;
  /** Offers the next frame. @returns the frame that is now known to be wanted: this one or the one before */
  offer(frame: T, time: number): T | null;
  /** Says that no frame follows. */
  end(): T | null;
}

const WHOLE_FILE: TimeWindow = { start: 0, end: Infinity };

export function windowOf(plan: SamplingPlan): TimeWindow {
  if (plan.kind === 'exactAt') return WHOLE_FILE;
  return plan.window ?? WHOLE_FILE;
}

export function selectorFor<T>(plan: ForwardPlan): Selector<T> {
  switch (plan.kind) {
    case 'everySecond':
      return everySecond(windowOf(plan));
    case 'every':
      return everyFrame(windowOf(plan));
    case 'exactAt':
      return exactAt(plan.times);
  }
}

/**
 * Whether a plan of key frames wants the one at this time; asked in order of time.
 * @param duration of the file, seconds, for a plan with `most`
 */
export function keyFrameChoice(
  { times, most }: Extract<SamplingPlan, { kind: 'keyframes' }>,
  duration: number,
): (time: number) => boolean {
  if (most !== undefined && duration > 0) return firstOfStretch(duration / most);
  return times === undefined ? () => true : firstAfter(times);
}

/** A file that is longer than it says goes on having a frame in every stretch. */
function firstOfStretch(length: number): (time: number) => boolean {
  let last = -1;
  return (time) => {
    const before = last;
    last = Math.max(last, Math.floor(time / length));
    return last > before;
  };
}

/** Whether this is the first one at or after one of `times`. */
function firstAfter(times: readonly number[]): (time: number) => boolean {
  const ordered = [...times].sort((a, b) => a - b);
  let next = 0;
  return (time) => {
    const before = next;
    while (next < ordered.length && ordered[next]! <= time) next++;
    return next > before;
  };
}

function everySecond<T>({ start, end }: TimeWindow): Selector<T> {
  let target: number | null = start < end ? Math.max(0, Math.ceil(start)) : null;
  return {
    get target() {
      return target;
    },
    offer(frame, time) {
      if (target === null || time < target) return null;
      const next = Math.floor(time) + 1;
      target = next < end ? next : null;
      return time < end ? frame : null;
    },
    end: () => null,
  };
}

function everyFrame<T>({ start, end }: TimeWindow): Selector<T> {
  let target: number | null = start < end ? start : null;
  return {
    get target() {
      return target;
    },
    offer(frame, time) {
      if (time >= end) target = null;
      return target !== null && time >= start ? frame : null;
    },
    end: () => null,
  };
}

function exactAt<T>(times: readonly number[]): Selector<T> {
  const wanted = [...new Set(times)].sort((a, b) => a - b);
  let next = 0;
  let before: T | null = null;
  let given: T | null = null;
  const give = (frame: T | null): T | null => {
    if (frame === given) return null;
    given = frame;
    return frame;
  };
  return {
    get target() {
      return wanted[next] ?? null;
    },
    offer(frame, time) {
      let found: T | null = null;
      for (; next < wanted.length && time > (wanted[next] ?? Infinity); next++) {
        // Before the first frame of the file nothing is on screen yet: the first frame stands in.
        found ??= give(before ?? frame);
      }
      before = frame;
      return found;
    },
    end() {
      if (next >= wanted.length) return null;
      next = wanted.length;
      return give(before);
    },
  };
}
