import { APPEARANCES, describeAppearances, type StoredAppearance } from '../cast/appearances.js';
import { chunkWrites, joinChunks } from '../cast/stored.js';
import { KinoscopeError } from '../core/errors.js';
import { decodeEmbedding } from '../faces/embedding-text.js';
import { withoutVersion, type Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { type GalleryState, type Person, upsert } from './documents.js';
import { type Change, type GalleryStore } from './gallery-store.js';
import { idOfRequest, GalleryUnitOfWork } from './gallery-unit-of-work.js';
import { faceOf } from './naming.js';

/** Tracks of one title. */
export interface TracksOf {
  readonly contentHash: string;
  readonly tracks: readonly string[];
}

/** The appearances that show exactly these tracks, and the writes that part others for it. */
interface Parted {
  readonly chosen: readonly StoredAppearance[];
  readonly all: readonly StoredAppearance[];
  readonly writes: readonly Write[];
}

/** What users say about who a track shows. It is remembered, and outweighs what the faces say. */
export class Corrections {
  constructor(private readonly gallery: GalleryStore) {}

  /**
   * These tracks show this person.
   * @throws KinoscopeError `not-found`; `conflict` when the person is on screen beside one of them
   */
  give(personId: string, chosen: readonly TracksOf[]): Promise<Person> {
    return this.gallery.change(async (state): Promise<Change<Person>> => {
      await this.gallery.person(personId);
      const unit = await this.unitOfWork(state);
      const writes: Write[] = [];
      for (const tracks of chosen) writes.push(...(await this.pin(tracks, personId, unit)));
      return { writes: [...writes, ...(await unit.writes())], result: unit.get(personId)!, changes: 'names' };
    });
  }

  /**
   * These tracks of a person show somebody else, who becomes a person of their own.
   * @param name null: a stranger
   * @throws KinoscopeError `not-found`, `conflict` when the name is taken
   */
  split(personId: string, chosen: readonly TracksOf[], name: string | null): Promise<Person> {
    return this.gallery.change(async (state): Promise<Change<Person>> => {
      const from = await this.gallery.person(personId);
      const id = idOfRequest();
      const before = id === undefined ? null : await this.gallery.people.get(id);
      if (before) return { writes: [], result: before, changes: 'nothing' };
      const taken =
        name === null
          ? undefined
          : (await this.gallery.people.find({ name, recognizer: from.recognizer }, { limit: 1 })).items[0];
      if (taken)
        throw new KinoscopeError(
          'conflict',
          `There is somebody named ${name} already (${taken.id}): give them the tracks instead`,
        );
      const unit = await this.unitOfWork(state);
      const made = unit.add(name, id);
      unit.put({ ...made, apart: [personId] });
      unit.put({ ...from, apart: [...from.apart, made.id] });
      const writes: Write[] = [];
      for (const tracks of chosen) writes.push(...(await this.pin(tracks, made.id, unit, personId)));
      return {
        writes: [...writes, ...(await unit.writes())],
        result: unit.get(made.id)!,
        changes: 'names',
        strangers: unit.strangers,
      };
    });
  }

  /** These tracks do not show this person. @throws KinoscopeError `not-found` */
  reject(personId: string, tracks: TracksOf): Promise<Person> {
    return this.gallery.change(async (state): Promise<Change<Person>> => {
      const person = await this.gallery.person(personId);
      const unit = await this.unitOfWork(state);
      const { chosen, all, writes } = await this.part(tracks);
      const faces = chosen.flatMap(({ embedding }) => embedding ?? []);
      unit.put({ ...person, rejected: [...new Set([...person.rejected, ...faces])] });
      unit.dropFaces(personId, new Set(faces));
      const changed = chosen.map((appearance): StoredAppearance => {
        const theirs = appearance.personId === personId;
        return {
          ...appearance,
          not: [...new Set([...appearance.not, personId])],
          pinned: appearance.pinned && !theirs,
          personId: theirs ? null : appearance.personId,
        };
      });
      return {
        writes: [...writes, ...replaced(all, changed), ...(await unit.writes())],
        result: unit.get(personId)!,
        changes: 'names',
      };
    });
  }

  private async unitOfWork(state: GalleryState): Promise<GalleryUnitOfWork> {
    return new GalleryUnitOfWork(
      this.gallery,
      (await this.gallery.everybody(state)).map(({ person }) => person),
      state.strangers,
    );
  }

  private async pin(tracks: TracksOf, personId: string, unit: GalleryUnitOfWork, not?: string): Promise<Write[]> {
    const { chosen, all, writes } = await this.part(tracks);
    const keys = new Set(chosen.map(({ key }) => key));
    const beside = all.filter((one) => one.personId === personId && one.pinned && !keys.has(one.key));
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
      pinned: true,
      not: [...new Set([...appearance.not.filter((id) => id !== personId), ...(not ? [not] : [])])],
    }));
    return [...writes, ...replaced(all, changed)];
  }

  /** Finds the appearances of tracks; one that has other tracks too is parted in two. */
  private async part({ contentHash, tracks: chosenTracks }: TracksOf): Promise<Parted> {
    const wanted = new Set(chosenTracks);
    const stored = await everything(this.gallery.appearances, { contentHash });
    const there = new Set(stored.flatMap(({ tracks }) => tracks));
    const missing = chosenTracks.find((track) => !there.has(track));
    if (missing !== undefined || wanted.size === 0)
      throw new KinoscopeError('not-found', `This title has no track ${missing ?? ''}`);
    const touched = stored.filter(({ tracks }) => tracks.some((track) => wanted.has(track)));
    const partly = touched.filter(({ tracks }) => tracks.some((track) => !wanted.has(track)));
    if (partly.length === 0) return { chosen: touched, all: stored, writes: [] };

    let number = Math.max(...stored.map(({ key }) => Number(key.slice(1))));
    const newKeys = new Map(partly.map(({ key }) => [key, `u${++number}`]));
    const tracks = joinChunks(await everything(this.gallery.chunks, { contentHash })).map((track) => {
      const key = wanted.has(track.id) ? newKeys.get(track.appearance) : undefined;
      return key === undefined ? track : { ...track, appearance: key };
    });
    const embeddings = new Map(
      (await everything(this.gallery.embeddings, { contentHash })).flatMap((part) =>
        Object.entries(part.embeddings).map(([id, text]) => [id, decodeEmbedding(text)] as const),
      ),
    );
    const origin = new Map([...newKeys].map(([old, made]) => [made, old]));
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
    const keys = new Set([
      ...touched.filter((one) => !partly.includes(one)).map(({ key }) => key),
      ...newKeys.values(),
    ]);
    return {
      chosen: all.filter(({ key }) => keys.has(key)),
      all,
      writes: [...chunkWrites(contentHash, tracks), ...all.map((one) => upsert(APPEARANCES, withoutVersion(one)))],
    };
  }
}

function replaced(all: readonly StoredAppearance[], changed: readonly StoredAppearance[]): Write[] {
  const known = new Set(all.map(({ id }) => id));
  return changed.filter(({ id }) => known.has(id)).map((one) => upsert(APPEARANCES, withoutVersion(one)));
}
