import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/kinoscope.js', import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command line as a process of its own, with a home and a temporary folder of its own. */
export class CommandLine {
  readonly home = mkdtempSync(join(tmpdir(), 'kinoscope-cli-'));
  readonly temporary = mkdtempSync(join(tmpdir(), 'kinoscope-tmp-'));

  /** @param variables of the environment, besides its home */
  constructor(private readonly variables: Readonly<Record<string, string>> = {}) {}

  run(...args: string[]): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [program, ...args], {
        env: { ...process.env, KINOSCOPE_HOME: this.home, TMPDIR: this.temporary, NODE_OPTIONS: '', ...this.variables },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (chunk) => (stdout += chunk));
      child.stderr.on('data', (chunk) => (stderr += chunk));
      child.on('error', reject);
      child.on('close', (status) => resolve({ status, stdout, stderr }));
    });
  }

  async json<T>(...args: string[]): Promise<T> {
    const { status, stdout, stderr } = await this.run(...args, '--json');
    if (status !== 0) throw new Error(`${args.join(' ')} ended with status ${status}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** What commands have left in the temporary folder and among the kept films. */
  leftovers(): string[] {
    const kept = (() => {
      try {
        return readdirSync(join(this.home, 'media'));
      } catch {
        return [];
      }
    })();
    return [...readdirSync(this.temporary), ...kept];
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
    rmSync(this.temporary, { recursive: true, force: true });
  }
}
