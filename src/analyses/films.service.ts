import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { currentTenant } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { DOWNLOADER, type Downloader, DownloadPaused, type FetchOptions, isS3Link } from '../download/downloader.js';
import { JOB_QUEUE, type JobQueue } from '../jobs/job-queue.js';
import type { Title } from '../titles/documents.js';
import { type Film, filmOf } from '../titles/film.js';
import { underItsName } from '../titles/own-name.js';
import type { Progress } from '../titles/progress.js';
import { TitlesService } from '../titles/titles.service.js';

/**
 * A worker's way to films: on its own disk or, where KINOSCOPE_API_URL says so, from the api's, those of S3 from there. What
 * was fetched lies in a folder that is named after the analysis it is for, and goes with that.
 */
@Injectable()
export class FilmsService implements OnApplicationBootstrap {
  private readonly folder: string;

  constructor(
    private readonly titles: TitlesService,
    @Inject(DOWNLOADER) private readonly downloader: Downloader,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.folder = join(settings.home, 'fetched');
  }

  /** Removes what a worker that was killed has left. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.settings.api) await this.clear();
  }

  /**
   * Has work done on a title's film.
   * @param analysis the job whose film it is
   * @param shared other jobs of this analysis want it as well: it stays until the analysis has ended
   * @throws KinoscopeError `not-found`, or as the work says
   */
  async use<T>(
    title: Title,
    { analysis, shared }: { analysis: string; shared: boolean },
    progress: Progress,
    task: (film: Film) => Promise<T>,
  ): Promise<T> {
    const work = (film: Film): Promise<T> => underItsName(film.file, title.source.location, () => task(film));
    if (!this.settings.api || (await this.titles.isHere(title))) return work(filmOf(await this.titles.present(title)));
    await this.clear();
    const dir = join(this.folder, analysis);
    try {
      return await work({ ...filmOf(title), file: await this.fetch(title, dir, progress) });
    } finally {
      // a worker that is only stopped may go on where it was
      if (!shared && !(progress.signal?.reason instanceof DownloadPaused))
        await rm(dir, { recursive: true, force: true });
    }
  }

  private async fetch(title: Title, dir: string, { signal, onProgress }: Progress): Promise<string> {
    const { file, contentHash } = filmOf(title);
    const extension = /\.\w{1,5}$/.exec(file)?.[0] ?? '';
    const there = join(dir, `${contentHash}${extension}`);
    if ((await stat(there).catch(() => null))?.size === title.source.size) return there;
    const options: FetchOptions = { dir, signal, onProgress: (fraction) => onProgress?.(fraction ?? 0, 'fetching') };
    const { location } = title.source;
    const fetched =
      this.settings.s3 && isS3Link(location)
        ? await this.downloader.fetch(location, options)
        : await this.downloader.fetchFromApi(
            `v1/titles/${title.id}/file?tenant=${currentTenant()}`,
            extension,
            options,
          );
    if (fetched.sha256 === (title.source.sha256 ?? contentHash)) return fetched.file;
    throw new KinoscopeError(
      'unavailable',
      `The film of the title ${title.id} is another one than that which is to be analysed`,
    );
  }

  /** Removes the films of analyses that have ended. */
  private async clear(): Promise<void> {
    for (const analysis of await readdir(this.folder).catch(() => [])) {
      const job = await this.queue.get(analysis);
      if (job?.state === 'queued' || job?.state === 'running') continue;
      await rm(join(this.folder, analysis), { recursive: true, force: true });
    }
  }
}
