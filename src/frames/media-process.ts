import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Duplex, Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { KinoscopeError } from '../errors.js';
import { RECORD_FD, type ReadBytes } from './records.js';
import type { FrameSettings } from './settings.js';

/**
 * A process of its own that touches an untrusted file, so that a crash or a hang inside a decoder is only its own. It
 * leads a process group, which is killed as a whole.
 */
export interface MediaProcess {
  /** The pipe at descriptor 3 of the process. */
  readonly pipe: Duplex;
  /** The first and the last lines that the process wrote to its standard error. */
  readonly stderr: readonly string[];
  /** Exit status, or the signal that ended it; rejects when the program could not be started. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** Kills the process group, and waits until the process is gone. */
  kill(): Promise<void>;
}

const STDERR_LINES = 200;

export function startProcess(command: string, args: readonly string[], onStderrLine?: (line: string) => void): MediaProcess {
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const stderr: string[] = [];
  readLines(child.stderr as Readable, (line) => {
    if (onStderrLine) onStderrLine(line);
    stderr.push(line);
    // The first lines tell what is wrong, the last ones why the process gave up.
    if (stderr.length > STDERR_LINES) stderr.splice(STDERR_LINES / 2, 1);
  });
  const exited = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    // 'close' comes after the pipes are read to their ends, so that the last complaint is not lost.
    child.on('close', (code, signal) => resolve(code ?? signal ?? 1));
    child.on('error', reject);
  });
  exited.catch(() => undefined);
  const pipe = child.stdio[RECORD_FD] as Duplex;
  // Whoever waits on the pipe sees its end; why it ended is told by the exit status and standard error.
  pipe.on('error', () => undefined);
  return {
    pipe,
    stderr,
    exited,
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

/**
 * Starts one of this folder's own programs (a module beside this one, named without its extension). From TypeScript
 * sources it runs through tsx.
 */
export function startProgram(name: string, job: object): MediaProcess {
  const fromSource = import.meta.url.endsWith('.ts');
  const program = fileURLToPath(new URL(`./${name}.${fromSource ? 'ts' : 'js'}`, import.meta.url));
  const loader = fromSource
    ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
    : [];
  return startProcess(process.execPath, [...loader, program, JSON.stringify(job)]);
}

/**
 * Reads from a process's pipe, with its patience: `stallSeconds` for one read and `maxSeconds` for all of them. Time
 * in which nobody reads does not count, as then it is the process that waits.
 *
 * @throws KinoscopeError `unreadable` when patience ends
 */
export function patientReader(pipe: Readable, settings: FrameSettings): ReadBytes {
  let waited = 0;
  let wake = (_news: boolean): void => undefined;
  for (const event of ['readable', 'end', 'close']) pipe.on(event, () => wake(true));
  return async (length) => {
    for (;;) {
      const bytes = pipe.read(length) as Buffer | null;
      if (bytes) return bytes.length === length ? bytes : null;
      if (pipe.readableEnded || pipe.destroyed) return null;
      const patience = Math.max(0, Math.min(settings.stallSeconds, settings.maxSeconds - waited));
      const started = performance.now();
      const news = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), patience * 1000);
        wake = (any) => {
          clearTimeout(timer);
          resolve(any);
        };
      });
      if (!news) throw new KinoscopeError('unreadable', `Decoding gave no answer for ${Math.round(patience)} s`);
      waited += (performance.now() - started) / 1000;
    }
  };
}

const WARNINGS = 20;

/** What a decoder complained about, each line once, without the addresses that libav prints. */
export function warningsOf(stderr: readonly string[]): string[] {
  const lines = stderr.map((line) => line.replace(/ @ 0x[0-9a-f]+\]/, ']').trim());
  return [...new Set(lines)].slice(0, WARNINGS);
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
