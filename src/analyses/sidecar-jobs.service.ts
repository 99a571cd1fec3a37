import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { currentTenant, DEFAULT_TENANT } from '../core/context.js';
import { JOB_QUEUE, type Job, type JobQueue } from '../jobs/job-queue.js';
import type { Title } from '../titles/documents.js';
import { SIDECAR } from './job-kinds.js';

/** Has the files beside films brought up to date after their answers have changed. */
@Injectable()
export class SidecarJobs {
  constructor(
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Where the operator wants any; after this job, if there is one. */
  async enqueue(titles: readonly Title[], after: Pick<Job, 'id'> | null = null): Promise<void> {
    if (this.settings.sidecars.formats.length === 0 || currentTenant() !== DEFAULT_TENANT) return;
    // No job of a title stands for another: one that runs may have read what is changed now.
    for (const { id: titleId, source } of titles)
      if (source.kind === 'path')
        await this.queue.enqueue(SIDECAR.job({ titleId }, after ? { after: [after.id] } : {}));
  }
}
