import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { JobView } from './service.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A role of the built service in a process of its own, as it is started for real. */
export class ServiceProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(
    role: 'serve' | 'api' | 'worker',
    variables: Readonly<Record<string, string>>,
  ): Promise<ServiceProcess> {
    const child = spawn(process.execPath, [MAIN, role], {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        KINOSCOPE_PORT: '0',
        KINOSCOPE_OPERATIONS_PORT: '0',
        KINOSCOPE_RATE_LIMIT: '0',
        KINOSCOPE_WRITE_RATE_LIMIT: '0',
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stdout!.on('data', (text) => {
        said += String(text);
        const found = /(http:\S+)/.exec(said);
        if (found) resolve(found[1]!);
      });
      child.once('exit', (code) => reject(new Error(`The ${role} ended with status ${code}`)));
    });
    return new ServiceProcess(child, url);
  }

  get pid(): number {
    return this.child.pid!;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }

  async json<T>(path: string, init?: RequestInit): Promise<T> {
    const response = await fetch(this.url + path, init);
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  post<T>(path: string, body: object): Promise<T> {
    return this.json<T>(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** Follows a job's event stream to its end; all events in order. */
  async follow(job: string): Promise<JobView[]> {
    const text = await (await fetch(`${this.url}/v1/jobs/${job}/events`)).text();
    return text
      .split('\n')
      .filter((line) => line.startsWith('data: '))
      .map((line) => JSON.parse(line.slice(6)) as JobView);
  }

  /** The sum of all series of a metric whose labels match. */
  async metric(name: string, labels: RegExp = /./): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) && labels.test(line))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }
}
