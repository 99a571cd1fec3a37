import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { KinoscopeError } from '../core/errors.js';
import { findProgram } from '../core/find-program.js';
import { giveWay } from '../core/priority.js';

/** How a process ended. */
export type Ending = number | NodeJS.Signals;

/** A process that leads a group of its own, whatever has started it. */
export interface Child {
  /** The pipe that carries its data, both ways. */
  readonly pipe: Socket;
  readonly stderr: Readable;
  /** Settles when it is gone and its standard error is read to the end; rejects when it could not be started. */
  readonly exited: Promise<Ending>;
  /** Ends its group, if it has not ended. */
  killGroup(): void;
  /** Whether this process stays alive for it. */
  hold(held: boolean): void;
}

/**
 * What Node.js is to be given to run a program of ours that lies beside a module.
 * @param module `import.meta.url` of that module
 * @param program the program's path from there, without its extension
 */
export function programArguments(module: string, program: string): string[] {
  const { url, loader } = findProgram(module, program);
  return [...(loader === null ? [] : ['--import', loader]), fileURLToPath(url)];
}

/** What a process gets of the environment: no secrets of ours, and no certificates, which Node would read at every start. */
const PASSED_ON = /^(PATH|LD_LIBRARY_PATH|DYLD_\w+|LANG|LC_\w+|TZ|HOME|TMPDIR|TEMP|TMP|SYSTEMROOT|WINDIR|PATHEXT)$/i;

export const safeEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name)));

/** Megabytes of its own memory that a process may take that reads a stranger's film: a header can make a decoder ask for any amount. */
export const READING_MEMORY = 2560;
/** One that writes pictures of 8192 x 4320 as H.264 takes 3.5 GB. */
export const WRITING_MEMORY = 5120;

/** Has a limit that holds inside a single call as well, and is the first to be ended where the machine runs out of memory. */
const LIMITED = 'echo 1000 2>/dev/null >/proc/self/oom_score_adj; ulimit -d "$0" 2>/dev/null; exec "$@"';
/** What a shell says of a program that is not there, or cannot be run. */
const NOT_STARTED = [126, 127];

/** A command that becomes another one which has so many megabytes at most. Only Linux counts all that a process takes. */
export function withinMemory(megabytes: number, command: string, args: readonly string[]): [string, string[]] {
  if (process.platform !== 'linux') return [command, [...args]];
  return ['/bin/sh', ['-c', LIMITED, `${megabytes * 1024}`, command, ...args]];
}

/** @param dataFd the descriptor, in that process, of the pipe that carries its data; both ways unless it is standard output */
export function startChild(command: string, args: readonly string[], dataFd: 1 | 3, memory: number): Child {
  const child = spawn(...withinMemory(memory, command, args), {
    stdio: dataFd === 1 ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
    env: safeEnvironment(),
  });
  giveWay(child.pid);
  // both are sockets, which their types do not tell
  const [pipe, stderr] = [child.stdio[dataFd] as Socket, child.stderr as Socket];
  return {
    pipe,
    stderr,
    exited: endOf(child, command),
    killGroup: () => killGroupOf(child),
    hold(held) {
      for (const handle of [child, pipe, stderr]) {
        if (held) handle.ref();
        else handle.unref();
      }
    },
  };
}

/** @throws KinoscopeError `unavailable` when it could not be started */
export function endOf(child: ChildProcess, command: string): Promise<Ending> {
  const allSaid = new Promise((resolve) => child.stderr?.on('close', resolve));
  return new Promise<Ending>((resolve, reject) => {
    // Not 'close': that waits for the pipe, which nobody may read any more.
    const fail = (cause?: Error): void =>
      reject(new KinoscopeError('unavailable', `The program ${command} could not be started`, { cause }));
    child.on('exit', (code, signal) => {
      if (NOT_STARTED.includes(code ?? 0)) fail();
      else void allSaid.then(() => resolve(code ?? signal ?? 1));
    });
    child.on('error', fail);
  });
}

export function killGroupOf({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
