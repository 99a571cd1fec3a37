import type { Duplex, Readable } from 'node:stream';
import { KinoscopeError } from '../core/errors.js';
import { type Child, type Ending, READING_MEMORY, startChild } from './child.js';
import { current } from './launcher.js';
import { BY_STANDARD_INPUT, RECORD_FD, type ReadBytes } from './records.js';
import type { FrameSettings } from './settings.js';

/**
 * A process of its own that touches an untrusted file, so that a crash or a hang inside a decoder is only its own. It
 * leads a process group, which is killed as a whole.
 */
export interface MediaProcess {
  /** The pipe that carries its data: descriptor 3 of a program of ours, standard output of another's. */
  readonly pipe: Duplex;
  /** The first and the last lines that the process wrote to its standard error. */
  readonly stderr: readonly string[];
  /**
   * Exit status, or the signal that ended it, once it is gone and its standard error is read to the end; rejects when
   * the program could not be started. Data may still wait in `pipe`.
   */
  readonly exited: Promise<Ending>;
  /** When it last said anything on standard error, by `performance.now()`. */
  readonly lastSign: number;
  /** Whether this process stays alive for that one: a child that only waits for its next job keeps no command from ending. */
  hold(held: boolean): void;
  /** Kills the process group, and waits until the process is gone. */
  kill(): Promise<void>;
}

/** A signal ended the process: the film has crashed its decoder, or the machine had no memory left, which passes. */
export class DecoderCrash extends KinoscopeError {
  override get mayPass(): boolean {
    return true;
  }
}

/** What is wrong when a process has ended with this status (never 0) without saying why. */
export function brokenBy(status: Ending, message: string): KinoscopeError {
  return typeof status === 'string'
    ? new DecoderCrash('unreadable', `${message} (${status})`)
    : new KinoscopeError('unreadable', message);
}

const STDERR_LINES = 200;

/**
 * Starts a program of another's, whose data comes by its standard output.
 * @param onStderrLine sees every line of standard error first, and says false to those that are not worth keeping
 */
export function startProcess(
  command: string,
  args: readonly string[],
  onStderrLine?: (line: string) => boolean,
): MediaProcess {
  return follow(startChild(command, args, 1, READING_MEMORY), onStderrLine);
}

/**
 * Starts a program of ours, which exchanges records with this process.
 * @param args as `programArguments` gives them
 * @param memory megabytes that it may take
 * @throws KinoscopeError `unavailable`
 */
export async function startProgram(
  args: readonly string[],
  onStderrLine?: (line: string) => boolean,
  memory = READING_MEMORY,
): Promise<MediaProcess> {
  const launcher = current();
  const child = launcher
    ? await launcher.start([...args, BY_STANDARD_INPUT], memory)
    : startChild(process.execPath, args, RECORD_FD, memory);
  return follow(child, onStderrLine);
}

function follow(child: Child, onStderrLine: (line: string) => boolean = () => true): MediaProcess {
  const { pipe, exited } = child;
  const stderr: string[] = [];
  let lastSign = performance.now();
  readLines(child.stderr, (line) => {
    lastSign = performance.now();
    if (!onStderrLine(line)) return;
    stderr.push(line);
    // The first lines tell what is wrong, the last ones why the process gave up.
    if (stderr.length > STDERR_LINES) stderr.splice(STDERR_LINES / 2, 1);
  });
  exited.catch(() => undefined);
  // A reader of the pipe sees its end; why it ended is told by the exit status and standard error.
  pipe.on('error', () => undefined);
  return {
    pipe,
    stderr,
    exited,
    get lastSign() {
      return lastSign;
    },
    hold: (held) => child.hold(held),
    async kill() {
      child.killGroup();
      pipe.destroy();
      await exited.catch(() => undefined);
    },
  };
}

/** Kills a process as soon as `signal` aborts. @returns what ends the process anyway and waits until it is gone */
export function attend(process: MediaProcess, signal: AbortSignal | undefined): () => Promise<void> {
  const onAbort = (): void => void process.kill();
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  return async () => {
    signal?.removeEventListener('abort', onAbort);
    await process.kill();
  };
}

/** @throws KinoscopeError `cancelled` when `signal` has aborted */
export function checkCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new KinoscopeError('cancelled', 'The work was cancelled', { cause: signal.reason });
}

/**
 * Reads from a process's pipe, with its patience: `stallSeconds` for one read and `maxSeconds` for all of them. Time
 * in which nobody reads does not count, as then it is the process that waits.
 *
 * @throws KinoscopeError `unreadable` when patience ends
 */
export function patientReader(process: MediaProcess, settings: FrameSettings): ReadBytes {
  const { pipe } = process;
  let waited = 0;
  let wake = (): void => undefined;
  for (const event of ['readable', 'end', 'close']) pipe.on(event, () => wake());
  return async (length) => {
    const started = performance.now();
    for (;;) {
      const bytes = pipe.read(length) as Buffer | null;
      const now = performance.now();
      if (bytes || pipe.readableEnded || pipe.destroyed) {
        waited += (now - started) / 1000;
        return bytes?.length === length ? bytes : null;
      }
      const silent = (now - Math.max(started, process.lastSign)) / 1000;
      const patience = Math.min(settings.stallSeconds - silent, settings.maxSeconds - waited - (now - started) / 1000);
      if (patience <= 0) throw new KinoscopeError('unreadable', 'Decoding takes too long or hangs');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patience * 1000);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
}

const WARNINGS = 20;

/** What a decoder complained about, each line once, without the addresses that libav prints. */
export function warningsOf(stderr: readonly string[]): string[] {
  const lines = stderr.map((line) => line.replace(/ @ 0x[0-9a-f]+\]/, ']').trim());
  return [...new Set(lines)].slice(0, WARNINGS);
}

/** What libav says in words that only those know who write decoders: users are told what is known of it in ours, or nothing. */
const IN_OUR_WORDS: readonly (readonly [RegExp, string])[] = [
  [/moov atom not found/, 'its index is missing: it is cut off, or not an MP4'],
];

/** What the complaints mean, as words to put in brackets behind a message; nothing where we have none for them. */
export function lastComplaint(stderr: readonly string[]): string {
  const ours = IN_OUR_WORDS.find(([theirs]) => stderr.some((line) => theirs.test(line)))?.[1];
  return ours === undefined ? '' : ` (${ours})`;
}

/** Calls back for every line; both `\n` and `\r` end one. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split(/[\r\n]+/);
    rest = (lines.pop() ?? '').slice(-4096);
    for (const line of lines) if (line !== '') onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
