import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { SETTINGS, type Settings } from '../config/settings.js';
import { currentTenant } from '../core/context.js';
import { asKinoscopeError, KinoscopeError } from '../core/errors.js';
import { MEDIA, type Transcoder } from '../frames/media.js';
import { JobKind } from '../jobs/job-kind.js';
import { JOB_QUEUE, type Job, type JobQueue } from '../jobs/job-queue.js';
import type { Title } from './documents.js';
import { type Film, filmOf } from './film.js';
import { underItsName } from './own-name.js';
import { playbackOf } from './playback.js';
import { playingTime } from './player-clock.js';
import type { Progress } from './progress.js';
import { ProxyFiles, type StoredProxy } from './proxy-files.js';
import { TitlesService } from './titles.service.js';

/** Writes a film again so that browsers play it. */
export const PROXY = new JobKind('proxy', z.object({ titleId: z.string() }));

/** A viewer waits for it, but could look at stills meanwhile: everything else of its queue comes first. */
const PRIORITY = 9;

/** Copies of films that browsers play, written by jobs and kept while they are watched. */
@Injectable()
export class ProxiesService {
  constructor(
    private readonly titles: TitlesService,
    private readonly files: ProxyFiles,
    @Inject(MEDIA) private readonly media: Transcoder,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** What there is of a title's copy, and the job that writes it or last did. @throws KinoscopeError `not-found` */
  async read(title: Title): Promise<{ proxy: StoredProxy | null; job: Job | null }> {
    const { contentHash } = filmOf(title);
    const titleIds = (await this.titles.ofContents([contentHash])).map(({ id }) => id);
    const proxy = await this.files.find(contentHash);
    const { items } = await this.queue.list({ tenant: currentTenant(), titleIds, limit: 200 });
    return { proxy, job: items.find(({ name }) => name === PROXY.name) ?? null };
  }

  /** The job that writes the copy, one for all titles of this content; none where it is there. @throws KinoscopeError `not-found` */
  async enqueue(title: Title): Promise<Job | null> {
    const { contentHash } = filmOf(await this.titles.present(title));
    if ((await this.files.find(contentHash))?.complete) return null;
    return this.queue.enqueue(
      PROXY.job(
        { titleId: title.id },
        { uniqueKey: `${PROXY.name}:${contentHash}`, priority: PRIORITY, announced: true },
      ),
    );
  }

  /** The handler of `proxy` jobs. */
  async handle(job: Job, progress: Progress): Promise<[]> {
    const title = await this.titles.present(await this.titles.get(PROXY.dataOf(job).titleId));
    const film = filmOf(title);
    if ((await this.files.find(film.contentHash))?.complete) return [];
    const { mode, copies } = playbackOf(film.info);
    const version = `${job.id}-${job.attempts}`;
    const write = (name: string, copied: typeof copies): Promise<void> =>
      underItsName(film.file, title.source.location, () => this.write(film, name, copied, progress));
    // one that browsers should play as it is, and do not, is encoded
    if (mode === 'direct' || !(copies.pictures || copies.sound)) {
      await write(version, { pictures: false, sound: false });
    } else {
      await write(version, copies).catch(async (error: unknown) => {
        if (asKinoscopeError(error).code !== 'unreadable') throw error;
        await write(`${version}-encoded`, { pictures: false, sound: false });
      });
    }
    // a title that was deleted meanwhile found no copy yet that it had to take along
    if ((await this.titles.ofContents([film.contentHash])).length === 0) await this.files.remove(film.contentHash);
    return [];
  }

  private async write(
    { file, contentHash, info }: Film,
    version: string,
    copies: { pictures: boolean; sound: boolean },
    { signal, onProgress }: Progress,
  ): Promise<void> {
    await this.files.remove(contentHash);
    onProgress?.(0, 'copying');
    await this.files.write(contentHash, version, (output, onFragment) =>
      this.media.proxy(file, {
        output,
        copies,
        maxSeconds: this.settings.proxies.seconds,
        signal,
        onFragment: async (fragment) => {
          await onFragment(fragment);
          onProgress?.(Math.min(1, fragment.end / Math.max(playingTime(info), 0.001)), 'copying');
        },
      }),
    );
  }

  /** The path of the film. @param version as `read` has told it @throws KinoscopeError `not-found` */
  async open(title: Title, version: string): Promise<string> {
    const found = await this.files.find(filmOf(title).contentHash);
    if (found?.version === version) return found.file;
    throw new KinoscopeError('not-found', `There is no copy ${version} of the title ${title.id}`);
  }

  /** Ends the job that writes the copy, and deletes what there is of it. @throws KinoscopeError `not-found` where there is none */
  async delete(title: Title): Promise<void> {
    const { proxy, job } = await this.read(title);
    const active = job?.state === 'queued' || job?.state === 'running';
    if (!proxy && !active) throw new KinoscopeError('not-found', `There is no copy of the title ${title.id}`);
    if (active) await this.queue.cancel(job.id);
    await this.files.remove(filmOf(title).contentHash);
  }

  /** Removes copies that nobody watches, and what is left of jobs that are over. */
  prune(): Promise<void> {
    return this.files.prune(async (version) => {
      const [, id = '', attempt = ''] = /^(.*?)-(\d+)(-encoded)?$/.exec(version) ?? [];
      const job = await this.queue.get(id);
      return job?.state === 'running' && job.attempts === Number(attempt);
    });
  }
}
