import { APPEARANCES, describeAppearances, type StoredAppearance } from '../cast/appearances.js';
import { withAppearances } from '../cast/bodies.js';
import { chunkWrites, joinBodies, joinChunks } from '../cast/stored.js';
import { KinoscopeError } from '../core/errors.js';
import { decodeEmbedding } from '../faces/embedding-text.js';
import { withoutVersion, type FindOptions, type Page, type Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import {
  type Constraint,
  CONSTRAINTS,
  type MachineSaid,
  type MarkedTrack,
  markOf,
  newConstraint,
  partTracks,
  statedOf,
  withoutTracks,
} from './constraints.js';
import { type GalleryState, type Person, removal, upsert } from './documents.js';
import { type Change, type GalleryStore } from './gallery-store.js';
import { GalleryUnitOfWork, idOfRequest } from './gallery-unit-of-work.js';
import { saidOfPair, saidOfTracks } from './machine-said.js';
import { unmergePeople } from './merge.js';
import { faceOf } from './naming.js';
import { type Linked, splitOf, unsplit } from './split.js';

/** Tracks of one title. */
export interface TracksOf {
  readonly contentHash: string;
  readonly tracks: readonly string[];
}

/** The appearances that show exactly these tracks, and the writes that part others for it. */
interface Parted {
  readonly chosen: readonly StoredAppearance[];
  readonly all: readonly StoredAppearance[];
  /** What is said of this title's tracks so far. */
  readonly said: readonly Constraint[];
  readonly marks: readonly MarkedTrack[];
  /** Whom the machine says they show. */
  readonly machine: MachineSaid;
  /** Ids of those that were parted from others. */
  readonly parted: ReadonlySet<string>;
  readonly writes: readonly Write[];
}

/** Which constraints to list. */
export interface ConstraintsWanted {
  readonly personId?: string | undefined;
  readonly contentHash?: string | undefined;
}

/** What users say about who is who, kept as constraints. */
export class Corrections {
  constructor(private readonly gallery: GalleryStore) {}

  /** The oldest first. */
  page({ personId, contentHash }: ConstraintsWanted, options: FindOptions): Promise<Page<Constraint>> {
    return this.gallery.constraints.find(
      { ...(personId !== undefined && { people: personId }), ...(contentHash !== undefined && { contentHash }) },
      { ...options, sort: { path: 'createdAt', order: 'asc' } },
    );
  }

  /**
   * These tracks show this person.
   * @throws KinoscopeError `not-found`; `conflict` when the person is on screen beside one of them
   */
  give(personId: string, chosen: readonly TracksOf[]): Promise<Person> {
    return this.gallery.change(async (state): Promise<Change<Person>> => {
      await this.gallery.person(personId);
      const unit = await this.unitOfWork(state);
      const writes: Write[] = [];
      for (const tracks of chosen) writes.push(...(await this.mustLink(tracks, personId, unit)).writes);
      return { writes: [...writes, ...(await unit.writes())], result: unit.get(personId)!, changes: 'names' };
    });
  }

  /**
   * These tracks of a person show somebody else. One constraint says so, and takes all of it back when it is deleted.
   * @param to somebody who is there, or the name of a new person; null: a stranger
   * @throws KinoscopeError `not-found`; `conflict` when the name is taken, or the other one is on screen beside a track
   */
  split(
    personId: string,
    chosen: readonly TracksOf[],
    to: { readonly into: string } | { readonly name: string | null },
  ): Promise<Person> {
    return this.gallery.change(async (state): Promise<Change<Person>> => {
      const from = await this.gallery.person(personId);
      const made = 'name' in to;
      const id = made ? idOfRequest() : to.into;
      const before = id === undefined ? null : await this.gallery.people.get(id);
      if (made && before) return { writes: [], result: before, changes: 'nothing' };
      if (!made && id === personId) throw new KinoscopeError('usage', 'They show this person already');
      if (made && to.name !== null) await this.requireFree(to.name, from);
      const unit = await this.unitOfWork(state);
      const other = made ? unit.add(to.name, id) : await this.gallery.person(to.into);
      const linked: Linked[] = [];
      for (const tracks of chosen) linked.push(await this.mustLink(tracks, other.id, unit));
      const said = { kind: 'cannotLink', personId, otherId: other.id } as const;
      return {
        writes: [
          upsert(CONSTRAINTS, newConstraint({ ...said, split: splitOf(from, other, made, linked) })),
          ...linked.flatMap(({ writes }) => writes),
          ...(await unit.writes()),
        ],
        result: unit.get(other.id)!,
        changes: 'names',
        strangers: unit.strangers,
      };
    });
  }

  private async requireFree(name: string, { recognizer }: Pick<Person, 'recognizer'>): Promise<void> {
    const [taken] = (await this.gallery.people.find({ name, recognizer }, { limit: 1 })).items;
    if (!taken) return;
    throw new KinoscopeError(
      'conflict',
      `There is somebody named ${name} already (${taken.id}): give them the tracks instead`,
    );
  }

  /** These tracks do not show this person. @throws KinoscopeError `not-found` */
  reject(personId: string, tracks: TracksOf): Promise<Person> {
    return this.gallery.change(async (state): Promise<Change<Person>> => {
      await this.gallery.person(personId);
      const unit = await this.unitOfWork(state);
      const { contentHash } = tracks;
      const { chosen, said, marks, machine, writes } = await this.part(tracks);
      const faces = chosen.flatMap(({ embedding }) => embedding ?? []);
      unit.dropFaces(personId, new Set(faces));
      const about = said.filter((one) => one.personId === personId);
      const changed = chosen.map((appearance): StoredAppearance => {
        const theirs = appearance.personId === personId;
        return {
          ...appearance,
          mustLink: appearance.mustLink && !theirs,
          personId: theirs ? null : appearance.personId,
        };
      });
      return {
        writes: [
          ...writes,
          ...changed.map((one) => upsert(APPEARANCES, withoutVersion(one))),
          ...withoutTracks(about, new Set(tracks.tracks)),
          upsert(
            CONSTRAINTS,
            newConstraint({ kind: 'cannotLink', personId, contentHash, tracks: marks, faces, machine }),
          ),
          ...(await unit.writes()),
        ],
        result: unit.get(personId)!,
        changes: 'names',
      };
    });
  }

  /** These two are two people, and are never taken for one. @throws KinoscopeError `not-found`, `usage` */
  async keepApart(personId: string, otherId: string): Promise<void> {
    if (personId === otherId) throw new KinoscopeError('usage', 'A person cannot be two');
    return this.gallery.change(async (): Promise<Change<void>> => {
      const machine = saidOfPair(await this.gallery.person(personId), await this.gallery.person(otherId));
      return {
        writes: [upsert(CONSTRAINTS, newConstraint({ kind: 'cannotLink', personId, otherId, machine }))],
        result: undefined,
        changes: 'names',
      };
    });
  }

  /** The last that was said of a kind about a person, which is what the caller has just said. */
  async last(kind: Constraint['kind'], personId: string, about: Partial<Constraint>): Promise<Constraint> {
    const { contentHash, otherId } = about;
    const { items } = await this.gallery.constraints.find(
      { kind, personId, ...(contentHash != null && { contentHash }), ...(otherId != null && { otherId }) },
      { sort: { path: 'createdAt', order: 'desc' }, limit: 1 },
    );
    if (!items[0]) throw new KinoscopeError('not-found', 'The constraint was deleted meanwhile');
    return items[0];
  }

  /** Undoes what was said. @throws KinoscopeError `not-found`; `conflict` when a name that would come back is taken */
  remove(id: string): Promise<void> {
    return this.gallery.change(async (state): Promise<Change<void>> => {
      const constraint = await this.gallery.constraints.get(id);
      if (!constraint) throw new KinoscopeError('not-found', `There is no constraint ${id}`);
      const undone = constraint.merged
        ? await unmergePeople(this.gallery, constraint.personId, constraint.merged)
        : constraint.split
          ? await unsplit(this.gallery, constraint, constraint.split, await this.unitOfWork(state))
          : constraint.kind === 'mustLink'
            ? await this.released(constraint, state)
            : [];
      return { writes: [removal(CONSTRAINTS, id), ...undone], result: undefined, changes: 'names' };
    });
  }

  /** The writes after which nothing but their faces tells whom these tracks show. */
  private async released({ personId, contentHash, tracks }: Constraint, state: GalleryState): Promise<Write[]> {
    const marked = new Set(tracks.map(({ id }) => id));
    const theirs = await everything(this.gallery.appearances, { personId });
    const free = theirs.filter(
      (one) => one.contentHash === contentHash && one.tracks.every((track) => marked.has(track)),
    );
    const unit = await this.unitOfWork(state);
    unit.dropFaces(personId, new Set(free.flatMap(({ embedding }) => embedding ?? [])));
    const writes = free.map((one) => upsert(APPEARANCES, withoutVersion({ ...one, personId: null })));
    if (unit.get(personId)?.name === null && free.length === theirs.length) {
      // a stranger whom nothing shows is nobody
      unit.remove(personId);
      writes.push({ kind: 'delete', collection: CONSTRAINTS.name, filter: { people: personId } });
    }
    return [...writes, ...(await unit.writes())];
  }

  /** @throws KinoscopeError `conflict` when faces of a film cannot be put among the gallery's */
  private async unitOfWork(state: GalleryState): Promise<GalleryUnitOfWork> {
    await this.gallery.requireComparable(state);
    return new GalleryUnitOfWork(
      this.gallery,
      (await this.gallery.everybody(state)).map(({ person }) => person),
      state.strangers,
    );
  }

  private async mustLink(tracks: TracksOf, personId: string, unit: GalleryUnitOfWork): Promise<Linked> {
    const { contentHash } = tracks;
    const { chosen, all, said, marks, machine, parted, writes } = await this.part(tracks);
    const keys = new Set(chosen.map(({ key }) => key));
    const beside = all.filter((one) => statedOf(one, said).personId === personId && !keys.has(one.key));
    if (chosen.some(({ meets }) => beside.some(({ key }) => meets.includes(key)) || meets.some((key) => keys.has(key))))
      throw new KinoscopeError(
        'conflict',
        'This person is on screen beside that track: one of the two is somebody else',
      );
    for (const { embedding, personId: before } of chosen)
      if (before !== null && before !== personId && embedding !== null) unit.dropFaces(before, new Set([embedding]));
    unit.addFaces(personId, chosen.flatMap(faceOf));
    const changed = chosen.map((appearance): StoredAppearance => ({
      ...appearance,
      personId,
      mustLink: false,
      cannotLink: appearance.cannotLink.filter((id) => id !== personId),
    }));
    const former = said.filter((one) => one.kind === 'mustLink' || one.personId === personId);
    const ids = new Set(tracks.tracks);
    const link = newConstraint({ kind: 'mustLink', personId, contentHash, tracks: marks, machine });
    return {
      writes: [
        ...writes,
        ...changed.map((one) => upsert(APPEARANCES, withoutVersion(one))),
        ...withoutTracks(former, ids),
        upsert(CONSTRAINTS, link),
      ],
      link,
      before: chosen,
      parted,
      former: former.filter((one) => one.tracks.some(({ id }) => ids.has(id))),
    };
  }

  /** Finds the appearances of tracks; one that has other tracks too is parted in two. */
  private async part({ contentHash, tracks: chosenTracks }: TracksOf): Promise<Parted> {
    const wanted = new Set(chosenTracks);
    const stored = await everything(this.gallery.appearances, { contentHash });
    const there = new Set(stored.flatMap(({ tracks }) => tracks));
    const missing = chosenTracks.find((track) => !there.has(track));
    if (missing !== undefined || wanted.size === 0)
      throw new KinoscopeError('not-found', `This title has no track ${missing ?? ''}`);
    const said = await everything(this.gallery.constraints, { contentHash });
    const chunks = await everything(this.gallery.chunks, { contentHash });
    const whole = joinChunks(chunks);
    const marks = whole.filter(({ id }) => wanted.has(id)).map(markOf);
    const names = await this.gallery.names.get(contentHash);
    const machine = saidOfTracks(chosenTracks, stored, names?.who);
    const { tracks, origin } = partTracks(whole, wanted);
    if (origin.size === 0) {
      const chosen = stored.filter((one) => one.tracks.some((track) => wanted.has(track)));
      return { chosen, all: stored, said, marks, machine, parted: new Set(), writes: [] };
    }
    const embeddings = new Map(
      (await everything(this.gallery.embeddings, { contentHash })).flatMap((part) =>
        Object.entries(part.embeddings).map(([id, text]) => [id, decodeEmbedding(text)] as const),
      ),
    );
    const all = describeAppearances(tracks, embeddings).map((appearance): StoredAppearance => {
      const { key } = appearance;
      const before = stored.find((one) => one.key === (origin.get(key) ?? key))!;
      const same = before.tracks.length === appearance.tracks.length;
      return {
        ...before,
        ...appearance,
        id: `${contentHash}:${key}`,
        embedding: same ? before.embedding : appearance.embedding,
      };
    });
    return {
      chosen: all.filter((one) => one.tracks.some((track) => wanted.has(track))),
      all,
      said,
      marks,
      machine,
      parted: new Set([...origin.keys()].map((key) => `${contentHash}:${key}`)),
      writes: [
        ...chunkWrites(contentHash, tracks, withAppearances(joinBodies(chunks), tracks)),
        ...all.map((one) => upsert(APPEARANCES, withoutVersion(one))),
      ],
    };
  }
}
