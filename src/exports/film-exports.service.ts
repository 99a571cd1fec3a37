import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AnalysesService } from '../analyses/analyses.service.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { KinoscopeError } from '../core/errors.js';
import { requireSpace } from '../download/hashing.js';
import { MEDIA, type Media } from '../frames/media.js';
import { JobKind } from '../jobs/job-kind.js';
import { JOB_QUEUE, type Job, type JobQueue } from '../jobs/job-queue.js';
import type { Title } from '../titles/documents.js';
import { ExportedFiles } from '../titles/exported-files.js';
import { filmOf } from '../titles/film.js';
import type { Progress } from '../titles/progress.js';
import { TitlesService } from '../titles/titles.service.js';
import { annotate } from './annotate.js';
import { ExportsService } from './exports.service.js';

/** Writes a title's film with its faces marked. */
export const EXPORT = new JobKind('export', z.object({ titleId: z.string() }));

/** Films with a box and a name around every face, written by jobs and kept for KINOSCOPE_KEEP_EXPORTS days. */
@Injectable()
export class FilmExports {
  constructor(
    private readonly titles: TitlesService,
    private readonly analyses: AnalysesService,
    private readonly exports: ExportsService,
    private readonly files: ExportedFiles,
    @Inject(MEDIA) private readonly media: Media,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** The job that writes the film, after the one that finds the faces if need be; the one under way, if there is one. */
  async enqueue(titleId: string): Promise<Job> {
    const { job } = await this.analyses.start(titleId, { kinds: ['cast'], force: false, priority: 0 });
    return this.queue.enqueue(
      EXPORT.job(
        { titleId },
        { uniqueKey: `${EXPORT.name}:${titleId}`, announced: true, ...(job ? { after: [job.id] } : {}) },
      ),
    );
  }

  /** The handler of `export` jobs. */
  async handle(job: Job, { signal, onProgress }: Progress): Promise<[]> {
    const title = await this.titles.present(await this.titles.get(EXPORT.dataOf(job).titleId));
    const { file, info, contentHash } = filmOf(title);
    const tracks = await this.exports.tracks(title);
    const { maxPixels, download } = this.settings;
    await this.files.write(contentHash, job.id, async (output) => {
      await requireSpace(dirname(output), title.source.size ?? 0, download.minFreeBytes);
      await annotate(this.media, {
        file,
        info,
        tracks,
        output,
        maxPixels,
        ...(signal && { signal }),
        onProgress: (fraction) => onProgress?.(fraction, 'writing'),
      });
    });
    // A title or a person that was deleted meanwhile found no film yet that it had to take along.
    const now = await this.titles
      .get(title.id)
      .then((still) => this.exports.tracks(still))
      .catch(() => null);
    if (isDeepStrictEqual(now, tracks)) return [];
    await this.files.remove(contentHash);
    throw new KinoscopeError(
      'unavailable',
      `The names in "${title.name}" have changed while they were written into the film`,
    );
  }

  /** The path of the film that was written. @throws KinoscopeError `not-found` */
  async read(titleId: string): Promise<string> {
    const file = await this.files.find(this.contentOf(await this.titles.get(titleId)));
    if (!file) throw new KinoscopeError('not-found', `The film of the title ${titleId} was not written with names yet`);
    return file;
  }

  /** @throws KinoscopeError `not-found` */
  async delete(titleId: string): Promise<void> {
    await this.read(titleId);
    await this.files.remove(this.contentOf(await this.titles.get(titleId)));
  }

  private contentOf({ id, contentHash }: Title): string {
    if (contentHash === null) throw new KinoscopeError('not-found', `The film of the title ${id} was not fetched yet`);
    return contentHash;
  }

  /** Removes films that have been kept long enough, and what is left of jobs that are over. */
  prune(): Promise<void> {
    return this.files.prune(async (id) => {
      // one that is queued begins from the start
      return (await this.queue.get(id))?.state === 'running';
    });
  }
}
