import { Inject, Injectable } from '@nestjs/common';
import { JOB_QUEUE, type Job, type JobQueue } from '../jobs/job-queue.js';
import type { Title } from './documents.js';
import type { Progress } from './progress.js';
import { TitlesService } from './titles.service.js';

export const DOWNLOAD_JOB = 'download';

/** Fetches the films of links, in a queue of their own: a slow server keeps no analysis waiting. */
@Injectable()
export class DownloadsService {
  constructor(
    private readonly titles: TitlesService,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
  ) {}

  /** The job that fetches a link's film; the one that is under way, if there is one. */
  enqueue({ id }: Title): Promise<Job> {
    return this.queue.enqueue({
      name: DOWNLOAD_JOB,
      data: { titleId: id },
      uniqueKey: `${DOWNLOAD_JOB}:${id}`,
      announced: true,
    });
  }

  /** The handler of `download` jobs. The title knows its film before the job ends: doing it twice finds it there. */
  async handle(job: Job, { signal, onProgress }: Progress): Promise<[]> {
    const { titleId } = job.data as { titleId: string };
    await this.titles.download(await this.titles.get(titleId), {
      signal,
      onProgress: (fraction) => onProgress?.(fraction ?? 0, 'fetching'),
    });
    return [];
  }
}
