import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { z } from 'zod';
import { ApiKeys } from '../access/keys.js';
import { staleNames } from '../cast/title-names.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { DEFAULT_TENANT, inContext } from '../core/context.js';
import { asKinoscopeError, KinoscopeError } from '../core/errors.js';
import type { Guide } from '../guide/guide.js';
import { GUIDE } from '../guide/guide.module.js';
import { writeJson } from '../guide/sources.js';
import { JobKind } from '../jobs/job-kind.js';
import { JOB_QUEUE, type Job, type JobQueue } from '../jobs/job-queue.js';
import { everything } from '../storage/pages.js';
import { Documents } from './collections.js';
import { wantedTitles } from './guide-titles.js';
import type { Progress } from './progress.js';

/** Reads broadcast guides again: those that are due, or all. */
export const REFRESH_GUIDE = new JobKind('guide', z.object({ all: z.boolean() }));

const LOOK_MS = 60_000;
const Casts = z.object({ asOf: z.string(), titles: z.record(z.string(), z.string()) });

/** Keeps broadcast guides up to date, and the names in titles whose cast they tell. */
@Injectable()
export class GuideCasts {
  private readonly logger = new Logger('guide');
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(GUIDE) private readonly guide: Guide | null,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly documents: Documents,
    private readonly keys: ApiKeys,
  ) {}

  /** @throws KinoscopeError `usage` when no guide is set */
  async enqueue(all: boolean): Promise<Job> {
    this.wanted();
    return this.queue.enqueue(
      REFRESH_GUIDE.job(
        { all },
        { uniqueKey: `${REFRESH_GUIDE.name}:${all ? 'all' : 'due'}`, maxAttempts: 1, announced: all },
      ),
    );
  }

  /** Has guides read when they are due, by whichever worker takes the job: all that look find the same one queued. */
  schedule(): void {
    if (!this.guide) return;
    const look = (): Promise<void> =>
      inContext({ tenant: DEFAULT_TENANT, actor: 'worker' }, async () => {
        if ((await this.guide!.due()).length > 0 || !(await this.isCurrent())) await this.enqueue(false);
      }).catch((error: unknown) => this.logger.warn(asKinoscopeError(error).message));
    this.timer = setInterval(() => void look(), LOOK_MS).unref();
    void look();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The handler of `guide` jobs. @throws KinoscopeError as the first source that failed */
  async handle(job: Job, progress: Progress): Promise<[]> {
    const { all } = REFRESH_GUIDE.dataOf(job);
    if (this.guide) await this.refresh(all, progress);
    return [];
  }

  /** Sources that fail keep what they had. @throws KinoscopeError as the first of them; `usage` when no guide is set */
  async refresh(all: boolean, { signal, onProgress }: Progress = {}): Promise<void> {
    const guide = this.wanted();
    const sources = all ? (await guide.sources()).map(({ source }) => source) : await guide.due();
    const failed: string[] = [];
    for (const [index, source] of sources.entries()) {
      signal?.throwIfAborted();
      onProgress?.(index / sources.length, source.name);
      const { error } = await guide.refresh(source, signal);
      if (error) failed.push(`${source.name}: ${error.message}`);
    }
    await this.renew();
    if (failed.length > 0)
      throw new KinoscopeError('unavailable', `Broadcast guides were not read: ${failed.join('; ')}`);
  }

  private wanted(): Guide {
    if (this.guide) return this.guide;
    throw new KinoscopeError('usage', 'There is no broadcast guide: KINOSCOPE_GUIDE names one');
  }

  /** When sources were last read. */
  private async asOf(): Promise<string> {
    return JSON.stringify(
      (await this.guide!.sources()).map(({ source, state }) => [source.location, state?.refreshedAt]),
    );
  }

  private async isCurrent(): Promise<boolean> {
    const asOf = await this.asOf();
    return (await this.told(DEFAULT_TENANT)).asOf === asOf;
  }

  private file(tenant: string): string {
    return join(this.settings.home, 'guide', `casts-${tenant}.json`);
  }

  private async told(tenant: string): Promise<z.infer<typeof Casts>> {
    const none = { asOf: '', titles: {} };
    const text = await readFile(this.file(tenant), 'utf8').catch(() => null);
    if (text === null) return none;
    try {
      return Casts.safeParse(JSON.parse(text)).data ?? none;
    } catch {
      return none;
    }
  }

  /** The names in titles of which guides say something else now are given again. */
  private async renew(): Promise<void> {
    const asOf = await this.asOf();
    for (const tenant of new Set([DEFAULT_TENANT, ...(await this.keys.list()).map((key) => key.tenant)]))
      await inContext({ tenant, actor: 'worker' }, async () => {
        const before = await this.told(tenant);
        const found = await everything(this.documents.titles, {});
        const casts = await this.guide!.castOf(wantedTitles(found)).catch(() => []);
        const titles: Record<string, string> = {};
        for (const [i, { contentHash }] of found.entries()) {
          const cast = casts[i] ?? [];
          if (contentHash !== null && cast.length > 0) titles[contentHash] = digestOf(cast.map(({ name }) => name));
        }
        const changed = [...new Set([...Object.keys(titles), ...Object.keys(before.titles)])].filter(
          (hash) => titles[hash] !== before.titles[hash],
        );
        await this.documents.store.commit(staleNames(changed));
        await writeJson(this.file(tenant), { asOf, titles });
      });
  }
}

const digestOf = (names: readonly string[]): string =>
  createHash('sha256').update(names.toSorted().join('\n')).digest('hex').slice(0, 16);
