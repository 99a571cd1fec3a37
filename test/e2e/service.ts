import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Abstract } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { readSettings } from '../../src/config/settings.js';
import { createApi } from '../../src/service.js';
import { drop, newDatabase } from '../contract/mongodb-server.js';
import { checkAnswer } from './answers.js';

export interface JobView {
  readonly id: string;
  readonly state: string;
  readonly progress: number;
  readonly error: { code: string; message: string } | null;
}

/** A service of its own on a real socket, with a home of its own, and a database of its own on the server that MONGODB_URI names if any. */
export class TestService {
  private constructor(
    private app: NestExpressApplication,
    private address: string,
    readonly home: string,
    private readonly reopen: () => Promise<NestExpressApplication>,
    private readonly database: string | null,
  ) {}

  get url(): string {
    return this.address;
  }

  /** For what an operator does in another process. */
  get environment(): Record<string, string> {
    return { KINOSCOPE_HOME: this.home, ...(this.database !== null && { MONGODB_URI: this.database }) };
  }

  static async start(variables: Record<string, string> = {}, role: 'serve' | 'api' = 'serve'): Promise<TestService> {
    const home = await mkdtemp(join(tmpdir(), 'kinoscope-e2e-'));
    const database = newDatabase();
    const common = {
      KINOSCOPE_HOME: home,
      KINOSCOPE_LOG_LEVEL: 'fatal',
      ...(database !== null && { MONGODB_URI: database }),
    };
    const open = async (): Promise<NestExpressApplication> => {
      const app = await createApi(role, readSettings({ ...common, ...variables }));
      await app.listen(0, '127.0.0.1');
      return app;
    };
    const app = await open();
    return new TestService(app, await app.getUrl(), home, open, database);
  }

  /** Stops it as a signal does, and starts another one on the same home. */
  async restart(): Promise<void> {
    await this.app.close();
    this.app = await this.reopen();
    this.address = await this.app.getUrl();
  }

  /** One of the service's own parts, for what an operator does on the command line. */
  part<T>(type: Abstract<T>): T {
    return this.app.get(type);
  }

  async stop(): Promise<void> {
    await this.app.close();
    if (this.database !== null) await drop(this.database);
    await rm(this.home, { recursive: true, force: true });
  }

  /** The answer is as openapi.json says, or this throws. */
  async fetch(path: string, init?: RequestInit): Promise<Response> {
    const response = await fetch(`${this.url}${path}`, init);
    await checkAnswer(init?.method ?? 'GET', path, response);
    return response;
  }

  async get<T>(path: string): Promise<T> {
    const response = await this.fetch(path);
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  /** Follows a job's event stream to its end; all events in order. */
  async follow(jobId: string): Promise<JobView[]> {
    const response = await this.fetch(`/v1/jobs/${jobId}/events`);
    const text = await response.text();
    return text
      .split('\n')
      .filter((line) => line.startsWith('data: '))
      .map((line) => JSON.parse(line.slice(6)) as JobView);
  }

  /** Files kept below the home's media folder. */
  async kept(): Promise<string[]> {
    return readdir(join(this.home, 'media')).catch(() => []);
  }
}
