import { APPEARANCES, type Appearance, describeAppearances, type StoredAppearance } from '../cast/appearances.js';
import type { Cast } from '../cast/cast.js';
import type { Names, Who } from '../cast/names.js';
import type { StoredTrack } from '../cast/stored.js';
import { TITLE_NAMES, type TitleNames } from '../cast/title-names.js';
import { currentTenant } from '../core/context.js';
import { decodeEmbedding } from '../faces/embedding-text.js';
import { iou } from '../faces/geometry.js';
import { rulesVersion, type RulesOptions } from '../parameters/rules.js';
import { withoutVersion, type Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import type { CastLists } from '../titles/cast-lists.js';
import { nameKey } from '../titles/search.js';
import { whyNobody } from './another-network.js';
import { assign, type Assignment, NEWCOMER, type UnnamedAppearance, type Stranger } from './assign.js';
import { anchored, type Constraint, CONSTRAINTS, partTracks, statedOf } from './constraints.js';
import { type Exemplar, type GalleryState, type Person, upsert } from './documents.js';
import { type Change, type DecodedPerson, type GalleryStore } from './gallery-store.js';
import { GalleryUnitOfWork } from './gallery-unit-of-work.js';
import { withoutFilm } from './map-documents.js';
import { mergePeople, meetAnywhere } from './merge.js';

/** Changes whenever the same appearances and the same gallery might give other names. */
export const namingVersion = (options?: RulesOptions): string => rulesVersion('naming', ['people/assign'], options);
export const NAMING_VERSION = namingVersion();

/** A stranger's number as a name; null for people who have one. */
export const labelOf = ({ name, number }: Pick<Person, 'name' | 'number'>): string | null =>
  name === null && number !== null ? `person ${number}` : null;

/** What a film shows, as it was found now. */
export type Found = Pick<Cast, 'tracks' | 'appearances' | 'embeddings'>;

export interface Replaced {
  readonly tracks: readonly StoredTrack[];
  readonly writes: readonly Write[];
}

/** Titles whose names are kept in memory while those in the store are out of date. */
const MOST_UNWRITTEN = 50;

/** Tells who appears in a title, by the gallery of today, without looking at the film again. */
export class Naming {
  /** Names that readers were told of titles whose stored names are out of date, the latest last. */
  private readonly unwritten = new Map<string, { readonly asOf: string; readonly names: Promise<Names> }>();

  constructor(
    private readonly gallery: GalleryStore,
    private readonly castLists: Pick<CastLists, 'keysOf'>,
  ) {}

  /**
   * From the store when nothing has changed since; otherwise given in memory: readers write nothing, so strangers who have
   * no number yet are nobody until {@link refreshNames}. null: the cast of this content is not known.
   */
  async namesOf(contentHash: string): Promise<Names | null> {
    const [state, names] = await Promise.all([this.gallery.state(), this.gallery.names.get(contentHash)]);
    if (names === null) return null;
    if (isCurrent(names, state)) return names.who;
    if (await this.gallery.learntByAnother(state)) return this.asStored(names);
    const asOf = `${state.changes}:${names.version}`;
    const key = `${currentTenant()}:${contentHash}`;
    const kept = this.unwritten.get(key);
    if (kept?.asOf === asOf) return kept.names;
    const given = this.namesInMemory(contentHash, state);
    this.unwritten.delete(key);
    this.unwritten.set(key, { asOf, names: given });
    for (const oldest of [...this.unwritten.keys()].slice(0, -MOST_UNWRITTEN)) this.unwritten.delete(oldest);
    return given.catch((error: unknown) => {
      this.unwritten.delete(key);
      throw error;
    });
  }

  /** Where nothing can be compared: who was named before, and of what was found since, nobody. */
  private async asStored({ id, who }: TitleNames): Promise<Names> {
    const appearances = await this.appearancesOf(id);
    return Object.fromEntries(appearances.map(({ key }) => [key, who[key] ?? whoIs(undefined, 0)]));
  }

  private async namesInMemory(contentHash: string, state: GalleryState): Promise<Names> {
    const known = new Set((await this.gallery.everybody(state)).map(({ person }) => person.id));
    const { names: told } = (await this.name(contentHash, state)).result;
    return Object.fromEntries(
      Object.entries(told).map(([key, who]) => [
        key,
        who.personId !== null && known.has(who.personId) ? who : whoIs(undefined, 0),
      ]),
    );
  }

  /** See {@link whyNobody}. */
  whyNobody(readBy: string): Promise<string | null> {
    return whyNobody(this.gallery, readBy);
  }

  appearancesOf(contentHash: string): Promise<StoredAppearance[]> {
    return everything(this.gallery.appearances, { contentHash });
  }

  /** Brings the names of every title up to date, after a change of the gallery or of a cast. */
  async refreshAllNames(): Promise<void> {
    const { revision } = await this.gallery.state();
    for (const outdated of [{ revision: { $ne: revision } }, { rules: { $ne: NAMING_VERSION } }])
      for (const { id } of await everything(this.gallery.names, outdated)) await this.refreshNames(id);
  }

  /**
   * Replaces a title's appearances by those that were found now; people stay who they were said to be.
   * @returns the tracks, with appearances of their own where something was said of them alone, and the writes but for theirs
   */
  async replace(contentHash: string, { tracks: found, appearances: seen, embeddings }: Found): Promise<Replaced> {
    const former = await this.appearancesOf(contentHash);
    const left = (await this.gallery.names.get(contentHash))?.left ?? [];
    const said = anchored(await everything(this.gallery.constraints, { contentHash }), found);
    let tracks = [...found];
    for (const { tracks: marked } of said) tracks = partTracks(tracks, new Set(marked.map(({ id }) => id))).tracks;
    const appearances =
      new Set(tracks.map((track) => track.appearance)).size === seen.length
        ? seen
        : describeAppearances(tracks, embeddings);
    const writes = [
      { kind: 'delete', collection: APPEARANCES.name, filter: { contentHash } } as const,
      ...said.map((one) => upsert(CONSTRAINTS, withoutVersion(one))),
      ...appearances.map((appearance): Write => {
        const before = former.find((one) => sameMoment(one, appearance));
        return upsert(APPEARANCES, {
          id: `${contentHash}:${appearance.key}`,
          ...appearance,
          contentHash,
          personId: before?.personId ?? null,
          mustLink: before?.mustLink ?? false,
          cannotLink: before?.cannotLink ?? [],
        } as { readonly id: string });
      }),
      upsert(TITLE_NAMES, {
        id: contentHash,
        revision: 0,
        rules: NAMING_VERSION,
        who: {},
        left: [...new Set([...left, ...former.flatMap(({ personId }) => personId ?? [])])],
      } as { readonly id: string }),
    ];
    return { tracks, writes };
  }

  /**
   * Removes what is known of who appears in a title; strangers who were seen nowhere else go with it.
   * @param more says whose content it is, null: nobody's, and what else is to be written in the same commit; null: nothing at all
   */
  async forget(
    more: () => Promise<{ readonly contentHash: string | null; readonly writes: readonly Write[] } | null>,
  ): Promise<void> {
    await this.gallery.change(async (state): Promise<Change<void>> => {
      const also = await more();
      if (also === null) return { writes: [], result: undefined, changes: 'nothing' };
      const { contentHash } = also;
      if (contentHash === null) return { writes: also.writes, result: undefined, changes: 'people' };
      const stored = await this.appearancesOf(contentHash);
      const unit = new GalleryUnitOfWork(
        this.gallery,
        (await this.gallery.everybody(state)).map(({ person }) => person),
        state.strangers,
      );
      const names = await this.gallery.names.get(contentHash);
      await this.dropLeft(contentHash, names?.left, stored, new Map(), unit);
      return {
        writes: [
          { kind: 'delete', collection: APPEARANCES.name, filter: { contentHash } },
          { kind: 'delete', collection: TITLE_NAMES.name, filter: { id: contentHash } },
          { kind: 'delete', collection: CONSTRAINTS.name, filter: { contentHash } },
          ...(await withoutFilm(this.gallery.maps, contentHash)),
          ...(await unit.writes()),
          ...also.writes,
        ],
        result: undefined,
        changes: 'people',
      };
    });
  }

  /** Brings the names of a title up to date; null: its cast is not known. */
  async refreshNames(contentHash: string): Promise<Names | null> {
    const [state, stored] = await Promise.all([this.gallery.state(), this.gallery.names.get(contentHash)]);
    if (stored === null) return null;
    if (isCurrent(stored, state)) return stored.who;
    return (await this.gallery.learntByAnother(state)) ? this.asStored(stored) : this.giveNames(contentHash);
  }

  private async giveNames(contentHash: string): Promise<Names> {
    const { names, joins } = await this.gallery.change((state) => this.name(contentHash, state));
    let joined = false;
    for (const [a, b] of joins) joined = (await this.join(a, b)) || joined;
    return joined ? this.giveNames(contentHash) : names;
  }

  private async name(
    contentHash: string,
    state: GalleryState,
  ): Promise<Change<{ names: Names; joins: Assignment['joins'] }>> {
    const before = await this.gallery.names.get(contentHash);
    const stored = await this.appearancesOf(contentHash);
    const said = await everything(this.gallery.constraints, { contentHash });
    const people = await this.gallery.everybody(state);
    const strangers = people.filter(({ person }) => person.name === null).map(strangerOf);
    const { decisions, joins } = assign(
      stored.map((one) => unnamed(one, said)),
      await this.gallery.known(state),
      strangers,
      { named: await this.namedOf(contentHash, people) },
    );
    const unit = new GalleryUnitOfWork(
      this.gallery,
      people.map(({ person }) => person),
      state.strangers,
    );
    const given = new Map<string, string | null>();
    for (const { key } of stored) {
      const { person } = decisions.get(key)!;
      // Somebody whom a user named may have been deleted since.
      const id = person === NEWCOMER ? unit.add(null).id : person;
      given.set(key, id !== null && unit.get(id) ? id : null);
    }
    await this.dropLeft(contentHash, before?.left, stored, given, unit);
    for (const appearance of stored) {
      const id = given.get(appearance.key)!;
      if (id !== null && id !== appearance.personId && unit.get(id)!.name === null)
        unit.addFaces(id, faceOf(appearance));
    }
    const names = Object.fromEntries(
      stored.map(({ key }): [string, Who] => {
        const id = given.get(key)!;
        return [key, whoIs(id === null ? undefined : unit.get(id), decisions.get(key)!.confidence)];
      }),
    );
    return {
      writes: [
        ...stored.flatMap(({ id, key, personId }): Write[] =>
          personId === given.get(key)
            ? []
            : [{ kind: 'patch', collection: APPEARANCES.name, id, patch: { $set: { personId: given.get(key)! } } }],
        ),
        ...(await unit.writes()),
        {
          kind: 'patch',
          collection: TITLE_NAMES.name,
          id: contentHash,
          patch: { $set: { revision: state.revision, rules: NAMING_VERSION, who: names, left: [] } },
          // What they rest on may have changed meanwhile: then they are given again.
          where: { version: before?.version ?? 0 },
        },
      ],
      result: { names, joins },
      changes: unit.touched ? 'people' : 'nothing',
      strangers: unit.strangers,
    };
  }

  /** Ids of those of the gallery who are called so, however it is written; null: nobody, or several. */
  async called(names: readonly string[]): Promise<(string | null)[]> {
    const people = await this.gallery.everybody(await this.gallery.state());
    return names.map((name) => {
      const key = nameKey(name);
      const [one, ...others] = people.filter(({ keys }) => keys.includes(key));
      return one && others.length === 0 ? one.person.id : null;
    });
  }

  /** People of the gallery who are named of a title. */
  private async namedOf(contentHash: string, people: readonly DecodedPerson[]): Promise<ReadonlySet<string>> {
    const listed = await this.castLists.keysOf(contentHash);
    const named = listed.size === 0 ? [] : people.filter(({ keys }) => keys.some((key) => listed.has(key)));
    return new Set(named.map(({ person }) => person.id));
  }

  /**
   * Takes the faces of appearances from strangers who have them no more; a stranger without any is nobody.
   * @param seen before the title was analysed again
   */
  private async dropLeft(
    contentHash: string,
    seen: readonly string[] = [],
    stored: readonly StoredAppearance[],
    given: ReadonlyMap<string, string | null>,
    unit: GalleryUnitOfWork,
  ): Promise<void> {
    const left = stored.filter(({ key, personId }) => personId !== null && given.get(key) !== personId);
    for (const id of new Set([...seen, ...left.map(({ personId }) => personId!)])) {
      if (unit.get(id)?.name !== null) continue;
      unit.dropFaces(
        id,
        new Set(left.filter(({ personId }) => personId === id).flatMap(({ embedding }) => embedding ?? [])),
      );
      if ([...given.values()].includes(id)) continue;
      const elsewhere = (await everything(this.gallery.appearances, { personId: id })).filter(
        (one) => one.contentHash !== contentHash,
      );
      if (elsewhere.length === 0) unit.remove(id);
      else unit.addFaces(id, elsewhere.flatMap(faceOf));
    }
  }

  /** Makes two strangers one, unless they were seen in one frame somewhere. @returns whether they are one now */
  private join(a: string, b: string): Promise<boolean> {
    return this.gallery.change(async (state): Promise<Change<boolean>> => {
      const people = new Map((await this.gallery.everybody(state)).map(({ person }) => [person.id, person]));
      const [first, second] = [people.get(a), people.get(b)];
      if (!first || !second || (await meetAnywhere(this.gallery, a, b)))
        return { writes: [], result: false, changes: 'nothing' };
      const [older, younger] = (first.number ?? 0) <= (second.number ?? 0) ? [first, second] : [second, first];
      return { writes: await mergePeople(this.gallery, older, younger), result: true, changes: 'people' };
    });
  }
}

const isCurrent = ({ revision, rules }: TitleNames, state: GalleryState): boolean =>
  revision === state.revision && rules === NAMING_VERSION;

/** What an appearance adds to its person. */
export function faceOf({ embedding, weight }: Pick<Appearance, 'embedding' | 'weight'>): Exemplar[] {
  return embedding === null ? [] : [{ embedding, weight }];
}

const strangerOf = ({ person: { id }, mean, exemplars, cannotLinkFaces, cannotLink }: DecodedPerson): Stranger => ({
  id,
  mean,
  exemplars,
  cannotLinkFaces,
  cannotLink,
});

function unnamed(appearance: StoredAppearance, said: readonly Constraint[]): UnnamedAppearance {
  const { key, embedding, weight, quality, meets } = appearance;
  const { personId, cannotLink } = statedOf(appearance, said);
  return {
    key,
    embedding: embedding === null ? null : decodeEmbedding(embedding),
    weight,
    quality,
    meets,
    personId: personId ?? appearance.personId,
    mustLink: personId !== null,
    cannotLink,
  };
}
export function whoIs(person: Person | undefined, confidence: number): Who {
  if (!person) return { personId: null, name: null, label: null, confidence, hidden: false };
  return { personId: person.id, name: person.name, label: labelOf(person), confidence, hidden: person.hidden };
}

/** The best frames of two analyses show the same face at the same place. */
function sameMoment(a: Appearance, b: Appearance): boolean {
  return Math.abs(a.bestFrame.time - b.bestFrame.time) < 0.5 && iou(a.bestFrame.box, b.bestFrame.box) > 0.5;
}
