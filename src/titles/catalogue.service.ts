import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ApiKeys } from '../access/keys.js';
import { currentTenant, DEFAULT_TENANT, inContext } from '../core/context.js';
import { asKinoscopeError } from '../core/errors.js';
import { JOB_QUEUE, type Job, type JobQueue } from '../jobs/job-queue.js';
import type { Filter, Page } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { Documents } from './collections.js';
import { ANALYSIS_KINDS, analysisId, type AnalysisKind, type Title } from './documents.js';
import { TITLE_SORTS, type TitlesQuery, type TitleStatus } from './schemas.js';
import { searchable, wordsOf } from './search.js';

const ACTIVE = ['queued', 'running'] as const;

/** A title with what was and is being done about it. */
export interface CataloguedTitle {
  readonly title: Title;
  readonly status: TitleStatus;
  readonly kinds: readonly AnalysisKind[];
  /** The first that is under way, or waits. */
  readonly job: Job | null;
  /** The last that has ended, where it failed. */
  readonly failed: Job | null;
}

/** Lists titles: every condition is a query of the store, and a page is described by three more, however long the library is. */
@Injectable()
export class Catalogue implements OnApplicationBootstrap {
  private readonly logger = new Logger('titles');

  constructor(
    private readonly documents: Documents,
    private readonly keys: ApiKeys,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
  ) {}

  /** Makes titles of earlier versions searchable. */
  async onApplicationBootstrap(): Promise<void> {
    const tenants = new Set([DEFAULT_TENANT, ...(await this.keys.list()).map(({ tenant }) => tenant)]);
    for (const tenant of tenants) {
      await inContext({ tenant, actor: 'api' }, () => this.describeOld()).catch((error: unknown) =>
        this.logger.warn(`Some titles cannot be searched yet: ${asKinoscopeError(error).message}`),
      );
    }
  }

  private async describeOld(): Promise<void> {
    for (const { id, name, metadata } of await everything(this.documents.titles, { words: { $exists: false } }))
      await this.documents.titles.patch(id, { $set: { ...searchable({ name, metadata }) } });
  }

  async list(query: TitlesQuery): Promise<Page<CataloguedTitle>> {
    const { limit, cursor, sort } = query;
    const by = sort.replace('-', '') as keyof typeof TITLE_SORTS;
    const filter = await this.filterOf(query);
    const page = await this.documents.titles.find(filter, {
      limit,
      sort: { path: TITLE_SORTS[by], order: sort.startsWith('-') ? 'desc' : 'asc' },
      ...(cursor !== undefined && { cursor }),
    });
    return { items: await this.describe(page.items), nextCursor: page.nextCursor };
  }

  private async filterOf({ q, status, genre, person, path, hash }: TitlesQuery): Promise<Filter> {
    const { analyses, appearances } = this.documents;
    const [ofGenre, ofPerson, ofHash, answered, running, failed] = await Promise.all([
      genre === undefined ? null : this.ofGenre(genre),
      person === undefined ? null : appearances.distinct('contentHash', { personId: person }),
      hash === undefined ? null : this.ofHash(hash.toLowerCase()),
      status === 'done' || status === 'new' ? analyses.distinct('contentHash') : [],
      status === undefined ? [] : this.running(),
      status === undefined || status === 'running' ? [] : this.failed(),
    ]);
    const contents = [ofGenre, ofPerson, ofHash, status === 'done' ? answered : null].filter((list) => list !== null);
    const content = {
      ...(contents.length > 0 && { $in: inAll(contents) }),
      ...(status === 'new' && { $nin: answered }),
    };
    const words = wordsOf(q ?? '');
    return {
      ...(words.length > 0 && { words: { $prefix: words } }),
      ...(path !== undefined && { 'source.kind': 'path', 'source.file': { $prefix: path } }),
      ...(Object.keys(content).length > 0 && { contentHash: content }),
      ...(status === 'running' && { id: { $in: running } }),
      ...(status === 'failed' && { id: { $in: failed, $nin: running } }),
      ...((status === 'done' || status === 'new') && { id: { $nin: [...running, ...failed] } }),
    };
  }

  /** Contents of which this is one of the genres that are answered: the machine's where no person has said others. */
  private async ofGenre(genre: string): Promise<string[]> {
    const { analyses, corrections } = this.documents;
    const [answered, corrected, said] = await Promise.all([
      analyses.distinct('contentHash', { 'result.top3.genre': genre }),
      corrections.distinct('contentHash', { kind: 'genre' }),
      corrections.distinct('contentHash', { 'said.genres': genre }),
    ]);
    const others = new Set(corrected);
    return [...answered.filter((contentHash) => !others.has(contentHash)), ...said];
  }

  /** Contents of a file with this SHA-256 or moviehash. */
  private async ofHash(hash: string): Promise<string[]> {
    const { titles } = this.documents;
    if (hash.length === 16) return titles.distinct('contentHash', { 'source.movieHash': hash });
    return [hash, ...(await titles.distinct('contentHash', { 'source.sha256': hash }))];
  }

  private running(): Promise<string[]> {
    return this.queue.titlesOf({ tenant: currentTenant(), state: ACTIVE, announced: true });
  }

  /** The titles whose last job that has ended failed. */
  private async failed(): Promise<string[]> {
    const some = await this.queue.titlesOf({ tenant: currentTenant(), state: 'failed', announced: true });
    const last = lastOf(await this.jobsOf(some));
    return some.filter((id) => last.get(id)?.ended?.state === 'failed');
  }

  /** The newest first. */
  private async jobsOf(titleIds: readonly string[]): Promise<Job[]> {
    if (titleIds.length === 0) return [];
    const jobs: Job[] = [];
    for (let cursor: string | null | undefined = undefined; cursor !== null;) {
      const page: Page<Job> = await this.queue.list({
        tenant: currentTenant(),
        titleIds,
        announced: true,
        limit: 1000,
        ...(cursor && { cursor }),
      });
      jobs.push(...page.items);
      cursor = page.nextCursor;
    }
    return jobs;
  }

  private async describe(titles: readonly Title[]): Promise<CataloguedTitle[]> {
    const hashes = [...new Set(titles.flatMap(({ contentHash }) => contentHash ?? []))];
    const [answered, jobs] = await Promise.all([
      this.documents.analyses.distinct('id', { contentHash: { $in: hashes } }),
      this.jobsOf(titles.map(({ id }) => id)),
    ]);
    const there = new Set(answered);
    const last = lastOf(jobs);
    return titles.map((title): CataloguedTitle => {
      const { contentHash } = title;
      const kinds = ANALYSIS_KINDS.filter((kind) => contentHash !== null && there.has(analysisId(contentHash, kind)));
      const { active: job = null, ended } = last.get(title.id) ?? {};
      const failed = ended?.state === 'failed' ? ended : null;
      const status = job ? 'running' : failed ? 'failed' : kinds.length > 0 ? 'done' : 'new';
      return { title, status, kinds, job, failed };
    });
  }
}

/** By title: the oldest of its jobs that are active, and the newest that has ended. @param jobs the newest first */
function lastOf(jobs: readonly Job[]): Map<string, { active?: Job; ended?: Job }> {
  const byTitle = new Map<string, { active?: Job; ended?: Job }>();
  for (const job of jobs) {
    const id = String(job.data['titleId']);
    const known = byTitle.get(id) ?? {};
    byTitle.set(id, known);
    if (job.state === 'queued' || job.state === 'running') known.active = job;
    else if (job.state !== 'cancelled') known.ended ??= job;
  }
  return byTitle;
}

/** What all lists have in common. */
function inAll(lists: readonly (readonly string[])[]): string[] {
  const [first = [], ...others] = lists.map((list) => new Set(list));
  return [...first].filter((one) => others.every((other) => other.has(one)));
}
