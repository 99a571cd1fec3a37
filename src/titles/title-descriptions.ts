import { basename, extname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { KinoscopeError } from '../core/errors.js';
import { withoutControls } from '../core/terminal.js';
import type { MediaMetadata } from '../download/downloader.js';
import { castListChanged } from './cast-lists.js';
import { Documents } from './collections.js';
import { type Title, TITLES, type TitleSource } from './documents.js';
import { type GivenMetadata, withGiven } from './given.js';
import type { TitlePatch } from './schemas.js';
import { searchable } from './search.js';

/** What a title is called and what is known of it: by its source, and by its user, who is right. */
@Injectable()
export class TitleDescriptions {
  constructor(private readonly documents: Documents) {}

  /** Adds what was not known yet. A name that came from the source follows it, one that a user gave stays. */
  async renew(title: Title, known: MediaMetadata, name?: string): Promise<Title> {
    const metadata = withGiven({ ...title.metadata, ...known }, title.given);
    const automatic = isNamedBySource(title) ? nameOf(title.source, metadata) : title.name;
    return this.describeAs(title, name ?? automatic, metadata);
  }

  /** What a user says of a title; null takes back what they or its source said. @throws KinoscopeError `not-found` */
  async change(id: string, { name, players, ...said }: TitlePatch): Promise<Title> {
    const before = await this.documents.titles.get(id);
    if (!before) throw new KinoscopeError('not-found', `There is no title ${id}`);
    const title =
      players === undefined ? before : ((await this.documents.titles.patch(id, { $set: { players } })) ?? before);
    const given: GivenMetadata = { ...title.given, ...said };
    return this.describeAs(title, name ?? title.name, withGiven(title.metadata, given), given);
  }

  /** With what is said now; what was said before and is not mentioned stays. */
  async withSaid(title: Title, given: GivenMetadata = {}): Promise<Title> {
    const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    return Object.keys(said).length === 0 ? title : this.change(title.id, said);
  }

  private async describeAs(
    title: Title,
    name: string,
    metadata: MediaMetadata,
    given: GivenMetadata = title.given ?? {},
  ): Promise<Title> {
    if (name === title.name && isDeepStrictEqual([metadata, given], [title.metadata, title.given ?? {}])) return title;
    const patch = { $set: { name, metadata, given, ...searchable({ name, metadata }) } };
    const recast = !isDeepStrictEqual(metadata.cast, title.metadata.cast);
    await this.documents.store.commit([
      { kind: 'patch', collection: TITLES.name, id: title.id, patch },
      ...(recast ? castListChanged(title) : []),
    ]);
    return (await this.documents.titles.get(title.id)) ?? title;
  }
}

/** Whether nobody has named the title yet. */
export function isNamedBySource({ name, source, metadata }: Title): boolean {
  return name === nameOf(source, metadata);
}

/** What a title is called unless a user says otherwise. */
export function nameOf({ kind, location }: Pick<TitleSource, 'kind' | 'location'>, { title }: MediaMetadata): string {
  return withoutControls(title ?? (kind === 'link' ? location : basename(location, extname(location))));
}
