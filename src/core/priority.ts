import { setPriority } from 'node:os';

/** How much less than answers the work on films is preferred by the system's scheduler, as `nice` counts. */
const NICENESS = 10;

let answering = false;

/**
 * From now on this process answers requests while it works on films: what computes for them is scheduled after what answers. Where
 * nobody waits for an answer all of it stays equal.
 */
export function preferAnswers(): void {
  answering = true;
}

export const prefersAnswers = (): boolean => answering;

/** Has a process that was just started give way, with all threads that it will start. */
export function giveWay(pid: number | undefined): void {
  if (answering && pid !== undefined) lower(pid);
}

/** Has the thread that calls it give way, with all threads that it will start. Only Linux knows priorities of threads. */
export function threadGivesWay(): void {
  if (process.platform === 'linux') lower(0);
}

function lower(pid: number): void {
  try {
    setPriority(pid, NICENESS);
  } catch {
    // It has ended already, or nothing can be told to wait here.
  }
}
