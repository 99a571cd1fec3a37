import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { JobKind } from '../jobs/job-kind.js';
import { JOB_QUEUE, type Job, type JobQueue } from '../jobs/job-queue.js';
import type { Title } from './documents.js';
import type { Progress } from './progress.js';
import { TitlesService } from './titles.service.js';

/** Fetches a link's film. */
export const DOWNLOAD = new JobKind('download', z.object({ titleId: z.string() }));

/** Fetches the films of links, in a queue of their own: a slow server keeps no analysis waiting. */
@Injectable()
export class DownloadsService {
  constructor(
    private readonly titles: TitlesService,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
  ) {}

  /** The job that fetches a link's film; the one that is under way, if there is one. */
  enqueue({ id }: Title): Promise<Job> {
    return this.queue.enqueue(DOWNLOAD.job({ titleId: id }, { uniqueKey: `${DOWNLOAD.name}:${id}`, announced: true }));
  }

  /** The handler of `download` jobs. The title knows its film before the job ends: doing it twice finds it there. */
  async handle(job: Job, { signal, onProgress }: Progress): Promise<[]> {
    const { titleId } = DOWNLOAD.dataOf(job);
    await this.titles.download(await this.titles.get(titleId), {
      signal,
      onProgress: (fraction) => onProgress?.(fraction ?? 0, 'fetching'),
    });
    return [];
  }
}
