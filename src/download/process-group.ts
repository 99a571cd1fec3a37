import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Of what a program writes, so much is kept at most, characters. */
const MAX_OUTPUT = 32 * 2 ** 20;
const MAX_ERROR_LINES = 200;

export interface GroupOptions {
  readonly cwd?: string;
  /** Written to its standard input, which is then closed. */
  readonly input?: string;
  readonly signal?: AbortSignal | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** Hears the number of the group. */
  readonly onStart?: (group: number) => void;
  /** Hears every line of its standard output. Without it the output is collected. */
  readonly onLine?: (line: string) => void;
}

export interface GroupResult {
  readonly code: number | null;
  readonly stdout: string;
  /** The last lines of its standard error. */
  readonly stderr: readonly string[];
}

/**
 * Runs a program in a process group of its own. Aborting kills the whole group; the promise settles when it is gone.
 * @throws the system's error when the program cannot be started; the signal's reason when it was aborted
 */
export async function runGroup(
  command: string,
  args: readonly string[],
  options: GroupOptions = {},
): Promise<GroupResult> {
  const { cwd, env, input, onLine, onStart, signal } = options;
  signal?.throwIfAborted();
  const child = spawn(command, args, {
    detached: true,
    stdio: 'pipe',
    ...(cwd ? { cwd } : {}),
    ...(env ? { env } : {}),
  });
  if (child.pid !== undefined) onStart?.(child.pid);
  const kill = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group has ended by itself.
    }
  };
  signal?.addEventListener('abort', kill, { once: true });
  let stdout = '';
  const stderr: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (onLine) return onLine(line);
    if (stdout.length + line.length < MAX_OUTPUT) stdout += `${line}\n`;
    else kill();
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    stderr.push(line.slice(0, 2000));
    if (stderr.length > MAX_ERROR_LINES) stderr.shift();
  });
  child.stdin.on('error', () => undefined).end(input ?? '');
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    signal?.throwIfAborted();
    return { code, stdout, stderr };
  } finally {
    signal?.removeEventListener('abort', kill);
    // What the program itself has started may have outlived it.
    kill();
  }
}
