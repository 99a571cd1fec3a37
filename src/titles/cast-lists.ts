import { Injectable } from '@nestjs/common';
import { staleNames } from '../cast/title-names.js';
import type { CastEntry } from '../download/media-source.js';
import type { Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { Documents } from './collections.js';
import { type Title, TITLES } from './documents.js';
import { nameKey } from './search.js';

/** Who names somebody of a title: a user's cast list, its source or its .nfo, its own closing credits. */
export const CAST_SOURCES = ['given', 'source', 'credits'] as const;
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
  constructor(private readonly documents: Documents) {}

  /** Everybody who is named of a title, by each that does. */
  async of(title: Title): Promise<NamedPerson[]> {
    return [...told(title), ...(title.contentHash === null ? [] : await this.billed(title.contentHash))];
  }

  /** The names of everybody who is named of the titles of a content, as `nameKey` has them. */
  async keysOf(contentHash: string): Promise<ReadonlySet<string>> {
    const titles = await everything(this.documents.titles, { contentHash });
    const named = [...titles.flatMap(told), ...(await this.billed(contentHash))];
    return new Set(named.map(({ name }) => nameKey(name)).filter((key) => key !== ''));
  }

  /** Replaces the list that users have given; an empty one takes it back. The title's names are given again. */
  async give(title: Title, cast: readonly CastEntry[]): Promise<void> {
    await this.documents.store.commit([
      { kind: 'patch', collection: TITLES.name, id: title.id, patch: { $set: { givenCast: cast } } },
      ...castListChanged(title),
    ]);
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
