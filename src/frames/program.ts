import { programArguments, READING_MEMORY, WRITING_MEMORY } from './child.js';
import type { MediaJob } from './media-jobs.js';
import { type MediaProcess, startProgram } from './media-process.js';
import { recordHeader } from './records.js';

/** A process of the program in `av/` that has no job yet. */
interface Waiting {
  readonly process: MediaProcess;
  give(job: MediaJob, onStderrLine?: (line: string) => boolean): void;
}

const PROGRAM = programArguments(import.meta.url, './av/main');

async function start(memory = READING_MEMORY): Promise<Waiting> {
  let onLine: ((line: string) => boolean) | undefined;
  const child = await startProgram(PROGRAM, (line) => onLine?.(line) ?? true, memory);
  return {
    process: child,
    give(job, onStderrLine) {
      onLine = onStderrLine;
      child.pipe.write(recordHeader({ type: 'job', bytes: 0, job }));
    },
  };
}

/** How long nothing is to be done before a process is started for what comes next, milliseconds. */
const REST = 2_000;

let keepers = 0;
let running = 0;
let ready: Promise<Waiting> | null = null;
let rest: NodeJS.Timeout | undefined;

/**
 * Starts a job of the program in a process that does nothing else, before or after.
 * @param onStderrLine as `startProgram` has it
 * @throws KinoscopeError `unavailable`
 */
export async function startJob(job: MediaJob, onStderrLine?: (line: string) => boolean): Promise<MediaProcess> {
  const writes = job.kind === 'encode';
  const taken = writes ? start(WRITING_MEMORY) : (ready ?? start());
  if (!writes) ready = null;
  clearTimeout(rest);
  running++;
  const over = (): void => {
    running--;
    awaitRest();
  };
  try {
    const { process: child, give } = await taken;
    child.hold(true);
    whenGone(child, over);
    give(job, onStderrLine);
    // Who asks what a film is mostly goes on to decode it.
    if (job.kind === 'probe' && keepers > 0 && !ready) getReady();
    return child;
  } catch (error) {
    over();
    throw error;
  }
}

/**
 * From now on, while nothing is to be done, one process waits for the next job: the tenth of a second that its start takes is
 * over then.
 * @returns what ends that, and the process that waits
 */
export function keepReady(): () => Promise<void> {
  keepers++;
  awaitRest();
  return async () => {
    keepers--;
    if (keepers > 0) return;
    clearTimeout(rest);
    const last = ready?.catch(() => null);
    ready = null;
    await (await last)?.process.kill();
  };
}

/**
 * Says that a job follows soon: a process waits for it from now on. It keeps no command from ending.
 * @returns what takes that back
 */
export function expectJob(): () => void {
  if (!ready) getReady();
  const mine = ready;
  return () => {
    if (ready !== mine || keepers > 0) return;
    ready = null;
    mine?.then(({ process }) => process.kill()).catch(() => undefined);
  };
}

function awaitRest(): void {
  clearTimeout(rest);
  if (keepers > 0 && running === 0 && !ready) rest = setTimeout(getReady, REST).unref();
}

function getReady(): void {
  const mine = start();
  const forget = (): void => {
    if (ready === mine) ready = null;
  };
  ready = mine;
  mine.then(({ process }) => {
    process.hold(false);
    whenGone(process, forget);
  }, forget);
}

const whenGone = ({ exited }: MediaProcess, then: () => void): void => void exited.then(then, then);
