import { Inject, Injectable } from '@nestjs/common';
import { KinoscopeError } from '../core/errors.js';
import type { Guide } from '../guide/guide.js';
import { GUIDE } from '../guide/guide.module.js';
import type { Around, Wanted } from '../guide/names.js';
import type { Place } from '../guide/place.js';
import type { Programme } from '../guide/xmltv.js';
import type { Person } from '../people/documents.js';
import { People } from '../people/people.js';
import { CastLists } from '../titles/cast-lists.js';
import type { Title } from '../titles/documents.js';
import { TitlesService } from '../titles/titles.service.js';

/** Times are ISO 8601, UTC. */
export interface Broadcast {
  readonly title: string;
  /** Of an episode. */
  readonly subtitle: string | null;
  readonly season: number | null;
  readonly episode: number | null;
  readonly channel: string;
  readonly start: string;
  readonly stop: string;
}

/** What has last begun, on air still or not, and what begins next; null: the guides know of none. */
export interface LastAndNext {
  readonly last: Broadcast | null;
  readonly next: Broadcast | null;
}

export const presentBroadcast = (programme: Programme): Broadcast => ({
  title: programme.titles[0] ?? '',
  subtitle: programme.subtitles?.[0] ?? null,
  season: programme.season ?? null,
  episode: programme.episode ?? null,
  channel: programme.channel,
  start: new Date(programme.start).toISOString(),
  stop: new Date(programme.stop).toISOString(),
});

const presentAround = ({ last, next }: Around): LastAndNext => ({
  last: last && presentBroadcast(last),
  next: next && presentBroadcast(next),
});

/** When people and titles were and will be on air, as broadcast guides say. */
@Injectable()
export class Broadcasts {
  constructor(
    @Inject(GUIDE) private readonly guide: Guide | null,
    private readonly people: People,
    private readonly titles: TitlesService,
    private readonly castLists: CastLists,
  ) {}

  /**
   * Of programmes that name them, and of the titles that they appear in.
   * @param at milliseconds since 1970
   * @param place only on channels that can be received there; null: anywhere
   * @throws KinoscopeError `not-found` for somebody who is not known, or where no guide covers the place; `unavailable`, `unreadable`
   */
  async ofPerson(id: string, at: number, place: Place | null): Promise<LastAndNext> {
    const person = await this.people.get(id);
    const [around] = await this.around(at, place, [await this.wantedPerson(person, await this.titlesOf(id))]);
    return presentAround(around!);
  }

  /** @throws KinoscopeError as `ofPerson` */
  async ofTitle(title: Title, at: number, place: Place | null): Promise<LastAndNext> {
    const [around] = await this.around(at, place, [{ titles: [await this.castLists.wanted(title)], cast: [] }]);
    return presentAround(around!);
  }

  /** Of people with the titles that they appear in, in their order; nothing where no guide can be read. */
  async ofPeople(people: readonly { person: Person; titles: readonly Title[] }[], at: number): Promise<LastAndNext[]> {
    const wanted = await Promise.all(people.map(({ person, titles }) => this.wantedPerson(person, titles)));
    const found = await this.around(at, null, wanted).catch((error: unknown) => {
      // who it is can be told without a guide that can be read
      if (error instanceof KinoscopeError) return [];
      throw error;
    });
    return people.map((_, i) => presentAround(found[i] ?? { last: null, next: null }));
  }

  /** Titles that somebody appears in, the longest on screen first. */
  async titlesOf(personId: string): Promise<Title[]> {
    const seconds = new Map<string, number>();
    for (const { contentHash, screenTime } of await this.people.appearancesOf(personId))
      seconds.set(contentHash, (seconds.get(contentHash) ?? 0) + screenTime);
    const titles = await this.titles.ofContents([...seconds.keys()]);
    return titles.sort((a, b) => seconds.get(b.contentHash!)! - seconds.get(a.contentHash!)!);
  }

  private async around(at: number, place: Place | null, wanted: readonly Wanted[]): Promise<readonly Around[]> {
    if (!this.guide) return wanted.map(() => ({ last: null, next: null }));
    return this.guide.around(at, place, wanted);
  }

  private async wantedPerson({ name, aliases = [] }: Person, titles: readonly Title[]): Promise<Wanted> {
    return {
      titles: await Promise.all(titles.map((title) => this.castLists.wanted(title))),
      cast: [...(name === null ? [] : [name]), ...aliases],
    };
  }
}
