import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { TestService } from '../e2e/service.js';
import { launch, open, program } from './chromium.js';

interface Start {
  readonly variables?: Record<string, string>;
  /** Of the broadcast guide. */
  readonly guide?: string;
  readonly role?: 'serve' | 'api';
  /** Makes films before the service starts: what is waited for in one piece breaks connections. */
  readonly films?: (folder: string) => Promise<unknown>;
}

/** One for all services of a suite. */
let browser: Promise<Browser> | null = null;

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = null;
}

/** A service with a folder of films that it may open, and a browser's page on its studio. */
export class Studio {
  folder = '';
  service!: TestService;
  browser!: Browser;
  page!: Page;
  /** What must never happen (`open`). */
  readonly faults: string[] = [];

  /** @param suite `import.meta.url` of the suite */
  constructor(private readonly suite: string) {
    if (!program) process.stderr.write(`${basename(suite)}: SKIPPED, no Chromium on this machine\n`);
  }

  async start({ variables = {}, role = 'serve', films, guide }: Start = {}): Promise<void> {
    if (!program) return;
    this.folder = await mkdtemp(join(tmpdir(), `kinoscope-${basename(this.suite, '.ts')}-`));
    await films?.(this.folder);
    const inForce: Record<string, string> = { KINOSCOPE_MEDIA_ROOTS: this.folder, ...variables };
    if (guide !== undefined) {
      inForce['KINOSCOPE_GUIDE'] = this.at('guide.xml');
      await writeFile(this.at('guide.xml'), guide);
    }
    [this.service, this.browser] = await Promise.all([TestService.start(inForce, role), (browser ??= launch())]);
    this.page = await open(this.browser, this.faults);
  }

  async stop(): Promise<void> {
    await this.page?.context().close();
    await this.service?.stop();
    if (this.folder) await rm(this.folder, { recursive: true, force: true });
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  get url(): string {
    return this.service.url;
  }

  /** Lists a film. @returns its title's id */
  async titleOf(path: string): Promise<string> {
    const made = await this.service.post('/v1/titles', { path });
    return ((await made.json()) as { title: { id: string } }).title.id;
  }
}
