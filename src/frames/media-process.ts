import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { KinoscopeError } from '../core/errors.js';
import { RECORD_FD, type ReadBytes } from './records.js';
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
  readonly exited: Promise<number | NodeJS.Signals>;
  /** When it last said anything on standard error, by `performance.now()`. */
  readonly lastSign: number;
  /** Whether this process stays alive for that one: a child that only waits for its next job keeps no command from ending. */
  hold(held: boolean): void;
  /** Kills the process group, and waits until the process is gone. */
  kill(): Promise<void>;
}

/**
 * What Node.js is to be given to run a program of ours that lies beside a module; from TypeScript sources it runs through tsx.
 * @param module `import.meta.url` of that module
 * @param program the program's path from there, without its extension
 */
export function programArguments(module: string, program: string): string[] {
  const fromSource = module.endsWith('.ts');
  return [
    ...(fromSource ? ['--import', pathToFileURL(createRequire(module).resolve('tsx')).href] : []),
    fileURLToPath(new URL(`${program}.${fromSource ? 'ts' : 'js'}`, module)),
  ];
}

/** A signal ended the process: the film has crashed its decoder, or the machine had no memory left, which passes. */
export class DecoderCrash extends KinoscopeError {
  override get mayPass(): boolean {
    return true;
  }
}

/** What is wrong when a process has ended with this status (never 0) without saying why. */
export function brokenBy(status: number | NodeJS.Signals, message: string): KinoscopeError {
  return typeof status === 'string'
    ? new DecoderCrash('unreadable', `${message} (${status})`)
    : new KinoscopeError('unreadable', message);
}

const STDERR_LINES = 200;

/** What such a process gets of the environment: no secrets of ours, and no certificates, which Node would read at every start. */
const PASSED_ON = /^(PATH|LD_LIBRARY_PATH|DYLD_\w+|LANG|LC_\w+|TZ|HOME|TMPDIR|TEMP|TMP|SYSTEMROOT|WINDIR|PATHEXT)$/i;
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name)));

/** @param onStderrLine sees every line of standard error first, and says false to those that are not worth keeping */
export function startProcess(
  command: string,
  args: readonly string[],
  dataFd: 1 | typeof RECORD_FD,
  onStderrLine: (line: string) => boolean = () => true,
): MediaProcess {
  const child = spawn(command, args, {
    stdio: dataFd === 1 ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
    env: environment(),
  });
  const stderr: string[] = [];
  let lastSign = performance.now();
  readLines(child.stderr as Readable, (line) => {
    lastSign = performance.now();
    if (!onStderrLine(line)) return;
    stderr.push(line);
    // The first lines tell what is wrong, the last ones why the process gave up.
    if (stderr.length > STDERR_LINES) stderr.splice(STDERR_LINES / 2, 1);
  });
  const allSaid = new Promise((resolve) => child.stderr?.on('close', resolve));
  const exited = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    // Not 'close': that waits for `pipe`, which nobody may read any more.
    child.on('exit', (code, signal) => void allSaid.then(() => resolve(code ?? signal ?? 1)));
    child.on('error', (error) => {
      reject(new KinoscopeError('unavailable', `The program ${command} could not be started`, { cause: error }));
    });
  });
  exited.catch(() => undefined);
  const pipe = child.stdio[dataFd] as Duplex;
  // A reader of the pipe sees its end; why it ended is told by the exit status and standard error.
  pipe.on('error', () => undefined);
  return {
    pipe,
    stderr,
    exited,
    get lastSign() {
      return lastSign;
    },
    hold(held) {
      // both are sockets, which their types do not tell
      const handles = [child, pipe as Socket, child.stderr as Socket];
      for (const handle of handles) {
        if (held) handle.ref();
        else handle.unref();
      }
    },
    async kill() {
      killGroup(child);
      pipe.destroy();
      await exited.catch(() => undefined);
    },
  };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/** Kills a process as soon as `signal` aborts. @returns what ends the process anyway and waits until it is gone */
export function attend(process: MediaProcess, signal: AbortSignal | undefined): () => Promise<void> {
  const onAbort = (): void => void process.kill();
  signal?.addEventListener('abort', onAbort, { once: true });
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

/** The last complaint, as words to put in brackets behind a message; nothing where there is none. */
export function lastComplaint(stderr: readonly string[]): string {
  const last = warningsOf(stderr).findLast((line) => !line.startsWith('file:'));
  return last === undefined ? '' : ` (${last.replace(/^\[[^\]]*\] */, '')})`;
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
