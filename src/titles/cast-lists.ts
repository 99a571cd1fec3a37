import { Inject, Injectable } from '@nestjs/common';
import { staleNames } from '../cast/title-names.js';
import { KinoscopeError } from '../core/errors.js';
import type { CastEntry } from '../download/media-source.js';
import type { Guide } from '../guide/guide.js';
import { GUIDE } from '../guide/guide.module.js';
import type { WantedTitle } from '../guide/names.js';
import type { Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { Documents } from './collections.js';
import { type Title, TITLES } from './documents.js';
import { isAmbiguous, wantedTitle } from './guide-titles.js';
import { nameKey, searchable } from './search.js';

/** Who names somebody of a title: a user's cast list, its source or its .nfo, its own closing credits, a broadcast guide. */
export const CAST_SOURCES = ['given', 'source', 'credits', 'guide'] as const;
export type CastSource = (typeof CAST_SOURCES)[number];

/** Somebody who is named of a title. */
export interface NamedPerson extends CastEntry {
  readonly by: CastSource;
  /** That every letter is right, 0 to 1: of those that were read in pictures. */
  readonly confidence: number;
}

/** The names in a title are given again when its cast list has changed. */
export const castListChanged = ({ contentHash }: Pick<Title, 'contentHash'>): Write[] =>
  contentHash === null ? [] : staleNames([contentHash]);

/** Who is likely to be on screen, since somebody says so. */
@Injectable()
export class CastLists {
  constructor(
    private readonly documents: Documents,
    @Inject(GUIDE) private readonly guide: Guide | null = null,
  ) {}

  /** Everybody who is named of a title, by each that does. */
  async of(title: Title): Promise<NamedPerson[]> {
    const billed = title.contentHash === null ? [] : await this.billed(title.contentHash);
    return [...told(title), ...billed, ...(await this.broadcast([title]))];
  }

  /** The names of everybody who is named of the titles of a content, as `nameKey` has them. */
  async keysOf(contentHash: string): Promise<ReadonlySet<string>> {
    const titles = await everything(this.documents.titles, { contentHash });
    const named = [...titles.flatMap(told), ...(await this.billed(contentHash)), ...(await this.broadcast(titles))];
    return new Set(named.map(({ name }) => nameKey(name)).filter((key) => key !== ''));
  }

  /** Replaces the list that users have given; an empty one takes it back. The title's names are given again. */
  async give(title: Title, cast: readonly CastEntry[]): Promise<void> {
    await this.documents.store.commit([
      { kind: 'patch', collection: TITLES.name, id: title.id, patch: { $set: { givenCast: cast } } },
      ...castListChanged(title),
    ]);
  }

  /** As guides name them in the programmes that a title is; nobody where no guide can be read. */
  private async broadcast(titles: readonly Title[]): Promise<NamedPerson[]> {
    if (!this.guide) return [];
    try {
      const casts = await this.guide.castOf(await Promise.all(titles.map((title) => this.wanted(title))));
      return casts.flat().map(({ name, role }): NamedPerson => ({ name, role, by: 'guide', confidence: 1 }));
    } catch (error) {
      if (error instanceof KinoscopeError) return [];
      throw error;
    }
  }

  /** What tells which programmes of a guide a title is. */
  async wanted(title: Title): Promise<WantedTitle> {
    const { sortName = '' } = searchable(title);
    const { items: called } = await this.documents.titles.find({ sortName }, { limit: 1000 });
    return wantedTitle(title, isAmbiguous(title, called));
  }

  private async billed(contentHash: string): Promise<NamedPerson[]> {
    const billed = await everything(this.documents.billed, { contentHash, kind: 'cast' });
    return billed.map(({ name, role, confidence }): NamedPerson => ({ name, role, by: 'credits', confidence }));
  }
}

function told({ givenCast = [], metadata }: Title): NamedPerson[] {
  const lists: [CastSource, readonly CastEntry[]][] = [
    ['given', givenCast],
    ['source', metadata.cast ?? []],
  ];
  return lists.flatMap(([by, list]) => list.map((entry): NamedPerson => ({ ...entry, by, confidence: 1 })));
}
