import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { currentTenant, DEFAULT_TENANT } from '../../core/context.js';
import { asKinoscopeError } from '../../core/errors.js';
import { DOWNLOADER, type Downloader } from '../../download/downloader.js';
import { MODELS, type Models } from '../../inference/types.js';
import { JobKind } from '../../jobs/job-kind.js';
import { JOB_QUEUE, type Job, type JobQueue } from '../../jobs/job-queue.js';
import { everything } from '../../storage/pages.js';
import { CastLists } from '../../titles/cast-lists.js';
import { Documents } from '../../titles/collections.js';
import type { Title } from '../../titles/documents.js';
import type { Progress } from '../../titles/progress.js';
import { nameKey } from '../../titles/search.js';
import type { PersonPhoto } from '../documents.js';
import { enrolPhotos } from '../enrol.js';
import { Naming } from '../naming.js';
import { People } from '../people.js';
import type { CastPhotos, FoundPhoto, Wanted } from './cast-photos.js';
import { besideFilm, FolderPhotos } from './folder-photos.js';
import { NfoPhotos, type ReadWeb, TmdbPhotos } from './web-photos.js';

/** Looks for photos of the people of a title, or of all titles. */
export const FETCH_PHOTOS = new JobKind('photos', z.object({ titleId: z.string().nullable() }));

/** What was found for a name. */
export interface SearchedPerson {
  readonly name: string;
  /** Photos that were learnt from, and where they were. */
  readonly learnt: readonly string[];
  /** Photos that were found and teach nothing, and why; places that could not be asked. */
  readonly passedOver: readonly { readonly from: string; readonly reason: string }[];
}

const LARGEST_PICTURE = 20 * 2 ** 20;
/** How sure a name of the credits must be read to be looked for. */
const READ_SURELY = 0.8;

/** Finds photos of who is named of a title, where libraries keep them, and proposes them as faces. */
@Injectable()
export class PhotoSearch {
  constructor(
    private readonly documents: Documents,
    private readonly castLists: CastLists,
    private readonly people: People,
    private readonly naming: Naming,
    @Inject(DOWNLOADER) private readonly downloader: Downloader,
    @Inject(MODELS) private readonly models: Models,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** @param title null: all titles */
  enqueue(title: Title | null): Promise<Job> {
    const titleId = title?.id ?? null;
    return this.queue.enqueue(
      FETCH_PHOTOS.job({ titleId }, { uniqueKey: `${FETCH_PHOTOS.name}:${titleId ?? 'all'}`, announced: true }),
    );
  }

  /** The handler of `photos` jobs. */
  async handle(job: Job, progress: Progress): Promise<[]> {
    const { titleId } = FETCH_PHOTOS.dataOf(job);
    const title = titleId === null ? null : await this.documents.titles.get(titleId);
    if (titleId === null || title !== null) await this.fetch(title, progress);
    return [];
  }

  /**
   * Looks for everybody who is named of a title (null: of all) and has no photo yet that somebody gave.
   * @throws KinoscopeError `unavailable` when a network is
   */
  async fetch(title: Title | null, { signal, onProgress }: Progress = {}): Promise<SearchedPerson[]> {
    const titles = title ? [title] : await everything(this.documents.titles, {});
    const wanted = new Map<string, Wanted[]>();
    for (const one of titles)
      for (const person of await this.namedOf(one)) {
        const key = nameKey(person.name);
        if (key !== '') wanted.set(key, [...(wanted.get(key) ?? []), person]);
      }
    const places = this.places();
    const searched: SearchedPerson[] = [];
    for (const [index, same] of [...wanted.values()].entries()) {
      signal?.throwIfAborted();
      onProgress?.(index / wanted.size, same[0]!.name);
      const found = await this.search(places, same, signal);
      if (found) searched.push(found);
    }
    if (searched.some(({ learnt }) => learnt.length > 0)) await this.naming.refreshAllNames();
    return searched;
  }

  private places(): CastPhotos[] {
    const { photos } = this.settings;
    const read: ReadWeb = (link, how) => this.downloader.read(link, { ...how, maxBytes: LARGEST_PICTURE });
    // Films and folders are the operator's.
    const own = currentTenant() === DEFAULT_TENANT;
    return [
      ...(own ? [besideFilm(), new NfoPhotos(read)] : []),
      ...(own && photos.folders.length > 0 ? [new FolderPhotos('folder of people', () => photos.folders)] : []),
      ...(photos.tmdbKey === null
        ? []
        : [new TmdbPhotos(read, photos.tmdbKey, 'https://api.themoviedb.org', 'https://image.tmdb.org')]),
    ];
  }

  /** Who is named of a title, as far as it was read surely. */
  private async namedOf(title: Title): Promise<Wanted[]> {
    const film = title.source.kind === 'path' ? title.source.file : null;
    return (await this.castLists.of(title))
      .filter(({ confidence }) => confidence >= READ_SURELY)
      .map(({ name, thumb }): Wanted => ({ name, film, thumb: thumb ?? null }));
  }

  /** null: somebody has given photos of theirs. */
  private async search(
    places: readonly CastPhotos[],
    same: readonly Wanted[],
    signal: AbortSignal | undefined,
  ): Promise<SearchedPerson | null> {
    const [{ name }] = same as [Wanted];
    const known = (await this.people.called(name, { named: true }, { limit: 1000 })).items.find(
      (one) => nameKey(one.name ?? '') === nameKey(name),
    );
    const photos = known ? await this.people.photosOf(known.id) : [];
    const isGiven = ({ proposedFrom, confirmed }: PersonPhoto): boolean =>
      proposedFrom === undefined || confirmed === true;
    if (photos.some((photo) => photo.flag === null && isGiven(photo))) return null;
    const rejected = new Set(photos.flatMap(({ flag, hash }) => (flag === 'rejected' ? hash : [])));
    const folder = await mkdtemp(join(tmpdir(), 'kinoscope-photos-'));
    try {
      const passedOver: { from: string; reason: string }[] = [];
      const found: FoundPhoto[] = [];
      for (const place of places)
        for (const wanted of same)
          try {
            found.push(...(await place.find(wanted, folder, signal)));
          } catch (error) {
            if (signal?.aborted) throw error;
            passedOver.push({ from: place.name, reason: asKinoscopeError(error).message });
          }
      const learnt = await this.propose(known?.name ?? name, found, rejected, passedOver, signal);
      return { name: known?.name ?? name, learnt, passedOver };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async propose(
    name: string,
    found: readonly FoundPhoto[],
    rejected: ReadonlySet<string>,
    passedOver: { from: string; reason: string }[],
    signal: AbortSignal | undefined,
  ): Promise<string[]> {
    const from = new Map(found.map(({ picture, from: place }) => [picture.file, place]));
    const pictures = [...new Map(found.map(({ picture }) => [picture.file, picture])).values()];
    if (pictures.length === 0) return [];
    const person = await enrolPhotos(this.models, name, pictures, { proposedFrom: from, ...(signal && { signal }) });
    for (const { proposedFrom = '', reason, hash } of person.photos) {
      const why = rejected.has(hash) ? 'somebody said that it is not them' : reason;
      if (why !== null && why !== undefined) passedOver.push({ from: proposedFrom, reason: why });
    }
    const learnt = person.photos.filter(({ flag, hash }) => flag === null && !rejected.has(hash));
    // Whom nothing was learnt of is no person of the gallery.
    if (learnt.length > 0) await this.people.enrol({ ...person, photos: learnt });
    return learnt.flatMap(({ proposedFrom }) => proposedFrom ?? []);
  }
}
