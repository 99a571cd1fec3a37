import { createHash, randomUUID } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { currentTenant, DEFAULT_TENANT, inContext } from '../core/context.js';
import { asKinoscopeError, KinoscopeError } from '../core/errors.js';
import { hasDied, THIS_PROCESS } from '../core/process-identity.js';
import {
  canonicalLink,
  DOWNLOADER,
  isS3Link,
  type Downloader,
  type Fetched,
  type MediaMetadata,
  type ReceiveOptions,
} from '../download/downloader.js';
import { hashFile } from '../download/hashing.js';
import { extensionOf } from '../download/work-folder.js';
import { MEDIA, type Media } from '../frames/media.js';
import { DuplicateKeyError, type FindOptions, type NewDocument, type Page } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { castListChanged } from './cast-lists.js';
import { Documents } from './collections.js';
import { type Arrival, type Title, type TitleSource } from './documents.js';
import { type GivenMetadata, shown, withGiven } from './given.js';
import { underItsName } from './own-name.js';
import { searchable } from './search.js';
import { isUnchanged } from './send-film.js';
import { isNamedBySource, nameOf, TitleDescriptions } from './title-descriptions.js';
import { describeSource, movieHashOf, written } from './title-sources.js';

export interface FetchOptions {
  readonly name?: string | undefined;
  /** What is known of the film beside what its source says. */
  readonly metadata?: MediaMetadata;
  /** What its user says of it; it stays, whatever the source says later. */
  readonly given?: GivenMetadata;
  readonly signal?: AbortSignal | undefined;
  /** 0 to 1 while a source is fetched, null where its size is not known. */
  readonly onProgress?: (fraction: number | null) => void;
}

/** 24 hexadecimal digits: long enough that two films never meet, short enough for a URL. */
const ID_LENGTH = 24;

export const isLink = (source: string): boolean => /^https?:\/\//i.test(source) || isS3Link(source);

const identify = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, ID_LENGTH);

/** Creates, finds and deletes titles. The same content given twice is one title, whatever it is called. */
@Injectable()
export class TitlesService implements OnApplicationBootstrap {
  private readonly logger = new Logger('titles');

  constructor(
    private readonly documents: Documents,
    private readonly descriptions: TitleDescriptions,
    @Inject(DOWNLOADER) private readonly downloader: Downloader,
    @Inject(MEDIA) private readonly media: Media,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Where a tenant's uploads and downloads are kept: apart, so that nobody deletes a file that another one needs. */
  private get folder(): string {
    const tenant = currentTenant();
    return tenant === DEFAULT_TENANT
      ? join(this.settings.home, 'media')
      : join(this.settings.home, 'tenants', tenant, 'media');
  }

  /** A title of a local file, made if its content is new. @throws KinoscopeError not-found, not-allowed, unreadable */
  async fromPath(path: string, options: FetchOptions = {}): Promise<Title> {
    // The media roots hold the operator's films.
    if (currentTenant() !== DEFAULT_TENANT)
      throw new KinoscopeError('not-allowed', 'Only the default tenant opens films by path: upload it');
    const known = await this.unchanged(path);
    // Its name or an .nfo file beside it may say more than they did.
    const title = known
      ? await this.descriptions.renew(
          known,
          { ...(await this.downloader.describe(path)), ...options.metadata },
          options.name,
        )
      : await this.store(await this.fetch(path, options), { kind: 'path', location: path }, options);
    return this.descriptions.withSaid(title, options.given);
  }

  /** A title of an uploaded file, which is kept. @throws KinoscopeError too-large, unreadable, cancelled */
  fromUpload(stream: Readable, fileName: string, options: FetchOptions = {}): Promise<Title> {
    return this.fromReceived(fileName, options, (how) => this.downloader.receive(stream, how));
  }

  /** A title of an uploaded file that lies on our disk already, and stays there beside the one that is kept. @throws as `fromUpload` */
  fromArrived(file: string, fileName: string, options: FetchOptions = {}): Promise<Title> {
    return this.fromReceived(fileName, options, (how) => this.downloader.adopt(file, how));
  }

  private async fromReceived(
    fileName: string,
    options: FetchOptions,
    receive: (how: ReceiveOptions) => Promise<Fetched>,
  ): Promise<Title> {
    const arrival = {
      id: randomUUID(),
      tenant: currentTenant(),
      owner: THIS_PROCESS,
      fileName,
      name: options.name ?? null,
    };
    const { arrivals } = this.documents;
    const onArrived = async (sha256: string): Promise<void> => void (await arrivals.insert({ ...arrival, sha256 }));
    try {
      const fetched = await receive({ dir: this.folder, name: fileName, signal: options.signal, onArrived });
      const title = await this.store(fetched, { kind: 'upload', location: basename(fileName) }, options);
      return await this.descriptions.withSaid(title, options.given);
    } finally {
      await arrivals.delete(arrival.id).catch(() => undefined);
    }
  }

  /** Makes titles of uploads that had arrived when their process died. */
  async onApplicationBootstrap(): Promise<void> {
    // they lie on the api's disk
    if (this.settings.api) return;
    const { items } = await this.documents.arrivals.find({}, { limit: 1000 });
    for (const arrival of items.filter(({ owner }) => hasDied(owner))) {
      await inContext({ tenant: arrival.tenant, actor: 'worker' }, () => this.takeIn(arrival)).catch((error: unknown) =>
        this.logger.warn(`The upload ${arrival.fileName} did not become a title: ${asKinoscopeError(error).message}`),
      );
      await this.documents.arrivals.delete(arrival.id).catch(() => undefined);
    }
  }

  private async takeIn({ sha256, fileName, name }: Arrival): Promise<void> {
    const file = join(this.folder, `${sha256}${extensionOf(fileName)}`);
    const found = await stat(file).catch(() => null);
    // one that did not get its final name is sent again
    if (!found) return;
    const fetched: Fetched = { file, sha256, size: found.size, kept: true, metadata: {} };
    await this.store(fetched, { kind: 'upload', location: basename(fileName) }, { ...(name !== null && { name }) });
  }

  /** A title of a link, at once and without its film; `download` fetches that. @throws KinoscopeError `not-allowed` */
  async fromLink(
    link: string,
    { name, metadata: told = {}, given }: Pick<FetchOptions, 'name' | 'metadata' | 'given'> = {},
  ): Promise<Title> {
    const metadata = shown(told);
    // The buckets hold the operator's films, too.
    if (isS3Link(link) && currentTenant() !== DEFAULT_TENANT)
      throw new KinoscopeError('not-allowed', 'Only the default tenant opens films of S3: upload it');
    this.downloader.check(link);
    const document: NewDocument<Title> = {
      id: identify(canonicalLink(link)),
      name: name ?? link,
      source: { kind: 'link', location: link, file: null, kept: false, size: null, modified: null },
      contentHash: null,
      media: null,
      metadata,
      ...searchable({ name: name ?? link, metadata }),
      createdAt: new Date().toISOString(),
    };
    return this.descriptions.withSaid(
      await this.descriptions.renew(await this.insertOrGet(document), metadata, name),
      given,
    );
  }

  /** Whether `download` has something to do. */
  async isToBeFetched({ source }: Title): Promise<boolean> {
    return source.kind === 'link' && !(await isUnchanged(source));
  }

  /** Whether the film is on this machine's disk, unchanged. */
  isHere({ source }: Title): Promise<boolean> {
    return isUnchanged(source);
  }

  /** The title, if its film is there. @throws KinoscopeError `not-found` */
  async present(title: Title): Promise<Title> {
    if (await isUnchanged(title.source)) return title;
    throw new KinoscopeError(
      'not-found',
      `The film of "${title.name}" is ${title.source.file ? 'gone' : 'not there yet'}: ${title.source.location}`,
    );
  }

  /** Fetches a link's film unless it is there already. @throws KinoscopeError as the downloader says */
  async download(title: Title, options: FetchOptions = {}): Promise<Title> {
    if (!(await this.isToBeFetched(title))) return this.present(title);
    const fetched = await this.fetch(title.source.location, options);
    const media = await this.probeOrDrop(fetched, title.source.location);
    const named = isNamedBySource(title) ? fetched.metadata.title : undefined;
    const name = named ?? title.name;
    const metadata = withGiven({ ...title.metadata, ...fetched.metadata }, title.given);
    const patched = await this.documents.titles.patch(title.id, {
      $set: {
        source: await describeSource(fetched, { kind: 'link', location: title.source.location }),
        contentHash: fetched.sha256,
        media,
        name,
        metadata,
        ...searchable({ name, metadata }),
      },
    });
    if (patched) {
      await this.documents.store.commit(castListChanged(patched));
      return patched;
    }
    await this.dropUnused(fetched);
    throw new KinoscopeError('not-found', `The title ${title.id} was deleted`);
  }

  /** @throws KinoscopeError `not-found` */
  async get(id: string): Promise<Title> {
    const title = await this.documents.titles.get(id);
    if (!title) throw new KinoscopeError('not-found', `There is no title ${id}`);
    return title;
  }

  /** A title by id, path or link: what the command line calls a source; a new film becomes a title. */
  async resolve(source: string, options: FetchOptions = {}): Promise<Title> {
    const known = /^[0-9a-f]{24}$/.test(source) ? await this.documents.titles.get(source) : null;
    if (known) return this.download(await this.descriptions.withSaid(known, options.given), options);
    if (isLink(source)) return this.download(await this.fromLink(source, options), options);
    return this.fromPath(source, options).catch((error: unknown) => {
      const isPath = /[./\\]/.test(source);
      if (isPath || !(error instanceof KinoscopeError) || error.code !== 'not-found') throw error;
      const message = `There is no title and no file ${source} ("kinoscope titles" lists the titles)`;
      throw new KinoscopeError('not-found', message, { cause: error });
    });
  }

  /** The titles of these contents. */
  async ofContents(contentHashes: readonly string[]): Promise<Title[]> {
    if (contentHashes.length === 0) return [];
    return (await this.documents.titles.find({ contentHash: { $in: contentHashes } }, { limit: 1000 })).items;
  }

  /** The whole library. */
  all(): Promise<Title[]> {
    return everything(this.documents.titles, {});
  }

  list(options: FindOptions): Promise<Page<Title>> {
    return this.documents.titles.find({}, { sort: { path: 'createdAt', order: 'desc' }, ...options });
  }

  /**
   * Notes that we have changed a title's film ourselves: it stays the film that was analysed.
   * @param chapters digest of the chapters that are in it now
   */
  async followOwnChange({ id, source }: Title, chapters: string | undefined): Promise<void> {
    const { chapters: _before, sha256: _other, ...kept } = source;
    const { size, mtimeMs } = await stat(source.file!);
    const now = { ...kept, size, modified: mtimeMs, ...(chapters !== undefined && { chapters }) };
    // At once: whoever watches the folder looks at size and time before the whole file is read.
    await this.documents.titles.patch(id, { $set: { source: now } });
    const [sha256, movieHash] = [await hashFile(source.file!), await movieHashOf(source.file!)];
    await this.documents.titles.patch(id, { $set: { source: { ...now, sha256, ...movieHash } } });
  }

  /** The title made from this path, if the file has neither grown nor changed since: saves hashing it again. */
  private async unchanged(path: string): Promise<Title | null> {
    const file = await this.downloader.locate(path);
    const { size, mtimeMs } = await stat(file);
    const { items } = await this.documents.titles.find(
      { 'source.file': file, 'source.size': size, 'source.modified': mtimeMs },
      { limit: 1 },
    );
    return items[0] ?? null;
  }

  private fetch(source: string, options: FetchOptions): Promise<Fetched> {
    return this.downloader.fetch(source, { dir: this.folder, signal: options.signal, onProgress: options.onProgress });
  }

  private async store(
    fetched: Fetched,
    origin: Pick<TitleSource, 'kind' | 'location'>,
    options: FetchOptions,
  ): Promise<Title> {
    const media = await this.probeOrDrop(fetched, origin.location);
    const known = (await this.documents.titles.find({ 'source.sha256': fetched.sha256 }, { limit: 1 })).items[0];
    const source = { ...written(known), ...(await describeSource(fetched, origin)) };
    const metadata = shown({ ...fetched.metadata, ...options.metadata });
    const title = await this.insertOrGet({
      id: known?.id ?? fetched.sha256.slice(0, ID_LENGTH),
      name: options.name ?? nameOf(origin, metadata),
      source,
      contentHash: fetched.sha256,
      media,
      metadata,
      ...searchable({ name: options.name ?? nameOf(origin, metadata), metadata }),
      createdAt: new Date().toISOString(),
    });
    if (title.source.file === source.file && (await isUnchanged(title.source))) return title;
    // The same content under another path: the title follows the newest one unless its own film is still there.
    if (await isUnchanged(title.source)) {
      await this.dropUnused(fetched);
      return title;
    }
    const renewed = await this.descriptions.renew(title, metadata, options.name);
    return (await this.documents.titles.patch(title.id, { $set: { source } })) ?? renewed;
  }

  /** What the container says; a file that cannot be read is not kept. */
  private async probeOrDrop(fetched: Fetched, location: string): Promise<Title['media']> {
    try {
      return await underItsName(fetched.file, location, () => this.media.probe(fetched.file));
    } catch (error) {
      await this.dropUnused(fetched);
      throw error;
    }
  }

  /** Deletes a file of ours that no title has. */
  private async dropUnused({ file, kept }: Fetched): Promise<void> {
    if (kept && (await this.documents.titles.count({ 'source.file': file })) === 0) await rm(file, { force: true });
  }

  private async insertOrGet(document: NewDocument<Title>): Promise<Title> {
    try {
      return await this.documents.titles.insert(document);
    } catch (error) {
      if (!(error instanceof DuplicateKeyError)) throw error;
      return this.get(document.id);
    }
  }
}
