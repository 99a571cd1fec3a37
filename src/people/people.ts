import { APPEARANCES, type StoredAppearance } from '../cast/appearances.js';
import { currentContext } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { encodeEmbedding } from '../faces/embedding-text.js';
import type { RecognizerId } from '../faces/recognizers.js';
import { withoutVersion, type FindOptions, type Page, type Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { wordsOf } from '../titles/search.js';
import type { AnotherNetwork } from './another-network.js';
import { CONSTRAINTS, newConstraint } from './constraints.js';
import { PEOPLE, type Person, PERSON_PHOTOS, type PersonPhoto, removal, upsert } from './documents.js';
import { forgetFaces, forgettable, type ForgottenFaces } from './forget-faces.js';
import { type Change, type GalleryStore } from './gallery-store.js';
import { idOfRequest, newPerson } from './gallery-unit-of-work.js';
import type { Gallery } from './gallery.js';
import { saidOfPair } from './machine-said.js';
import { learn } from './mean.js';
import { meetAnywhere, mergedOf, mergePeople, photoId } from './merge.js';
import type { Enrolled } from './photo.js';

export interface PeopleFilter {
  /** Only people with a name, or only strangers; absent: both. */
  readonly named?: boolean | undefined;
  readonly hidden?: boolean | undefined;
}

/** The gallery: people, their photos and what was learnt of them. */
export class People {
  constructor(private readonly gallery_: GalleryStore) {}

  /** Everybody with a name, by name. */
  async list(): Promise<(Person & { readonly name: string })[]> {
    const people = await everything(this.gallery_.people, { name: { $ne: null } }, 'name');
    return people.flatMap((person) => (person.name === null ? [] : [{ ...person, name: person.name }]));
  }

  /** Named people and strangers, the oldest first. */
  page({ named, hidden }: PeopleFilter, options: FindOptions): Promise<Page<Person>> {
    return this.gallery_.people.find(
      {
        ...(named === undefined ? {} : { name: named ? { $ne: null } : null }),
        ...(hidden === undefined ? {} : { hidden }),
      },
      { ...options, sort: { path: 'createdAt', order: 'asc' } },
    );
  }

  /** Those of whose names and aliases one has all these words, or beginnings of them, the oldest first. @param cursor an id */
  async called(
    text: string,
    { named, hidden }: PeopleFilter,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<Page<Person>> {
    const words = wordsOf(text);
    const fits = ({ name, aliases = [] }: Person): boolean =>
      [name ?? '', ...aliases].some((one) => {
        const own = wordsOf(one);
        return words.every((word) => own.some((begins) => begins.startsWith(word)));
      });
    const found = (await this.gallery_.everybody(await this.gallery_.state()))
      .map(({ person }) => person)
      .filter((person) => named === undefined || named === (person.name !== null))
      .filter((person) => (hidden === undefined || hidden === person.hidden) && fits(person))
      .sort((a, b) => (a.createdAt + a.id < b.createdAt + b.id ? -1 : 1));
    const from = cursor === undefined ? 0 : found.findIndex(({ id }) => id === cursor) + 1;
    if (cursor !== undefined && from === 0) throw new KinoscopeError('usage', 'The cursor is not one of this list');
    const items = found.slice(from, from + limit);
    return { items, nextCursor: from + limit < found.length ? items.at(-1)!.id : null };
  }

  /** @throws KinoscopeError `not-found` */
  get(id: string): Promise<Person> {
    return this.gallery_.person(id);
  }

  photosOf(id: string): Promise<PersonPhoto[]> {
    return everything(this.gallery_.photos, { personId: id });
  }

  /** Where somebody was seen. */
  appearancesOf(id: string): Promise<StoredAppearance[]> {
    return everything(this.gallery_.appearances, { personId: id });
  }

  /** Everybody with a name, for looking faces up. */
  async gallery(): Promise<Gallery> {
    return this.gallery_.known(await this.gallery_.state());
  }

  /** The network that the people were learnt by, where it is not the one that reads faces here; null where it is. */
  async learntByAnother(): Promise<AnotherNetwork | null> {
    return this.gallery_.learntByAnother(await this.gallery_.state());
  }

  /** What {@link forgetFaces} would forget. */
  forgettable(): Promise<ForgottenFaces> {
    return forgettable(this.gallery_);
  }

  /** See forget-faces.ts. */
  forgetFaces(): Promise<ForgottenFaces> {
    return forgetFaces(this.gallery_);
  }

  /**
   * Adds photos to the person of this name, or makes them; a photo that is there already is replaced.
   * @throws KinoscopeError `conflict` when the people were learnt by another network
   */
  enrol({ name, photos }: Enrolled): Promise<Person> {
    const { recognizer } = this.gallery_;
    return this.gallery_.change(async () => {
      // Disks of a Mac spell names with letters and accents apart.
      const spellings = [...new Set([name.normalize('NFC'), name.normalize('NFD')])];
      const named = (await this.gallery_.people.find({ recognizer, name: { $in: spellings } }, { limit: 1 })).items[0];
      return this.learnt(named ?? newPerson(recognizer, name.normalize('NFC'), null), photos);
    });
  }

  /** Somebody new. @throws KinoscopeError `conflict` when there is somebody of this name */
  create({ name, photos }: Enrolled): Promise<Person> {
    return this.gallery_.change(async (): Promise<Change<Person>> => {
      const id = idOfRequest();
      const made = id === undefined ? null : await this.gallery_.people.get(id);
      if (made) return { writes: [], result: made, changes: 'nothing' };
      await this.checkName(name, null, this.gallery_.recognizer);
      return this.learnt(newPerson(this.gallery_.recognizer, name, null, id), photos);
    });
  }

  /** @throws KinoscopeError `not-found`, `conflict` for a stranger: a photo needs a name first */
  addPhotos(id: string, photos: Enrolled['photos']): Promise<Person> {
    return this.gallery_.change(async () => {
      const person = await this.get(id);
      if (person.name === null)
        throw new KinoscopeError('conflict', 'This person has no name yet: name them before adding photos');
      return this.learnt(person, photos);
    });
  }

  /** @throws KinoscopeError `not-found` */
  removePhoto(id: string, photo: string): Promise<Person> {
    return this.gallery_.change(async () => {
      const person = await this.get(id);
      const photos = await this.photosOf(id);
      if (!photos.some((one) => one.id === photo))
        throw new KinoscopeError('not-found', `There is no photo ${photo} of this person`);
      const changed = {
        ...person,
        ...learn(
          photos.filter((one) => one.id !== photo),
          person.exemplars,
        ),
      };
      return {
        writes: [upsert(PEOPLE, withoutVersion(changed)), removal(PERSON_PHOTOS, photo)],
        result: changed,
        changes: 'names',
      };
    });
  }

  /**
   * Says whether a photo that was found by name shows the person. One that does not teaches nothing, and is not proposed again.
   * @throws KinoscopeError `not-found`; `conflict` for a photo that somebody gave
   */
  judgePhoto(id: string, photo: string, confirmed: boolean): Promise<Person> {
    return this.gallery_.change(async () => {
      const person = await this.get(id);
      const photos = await this.photosOf(id);
      const found = photos.find((one) => one.id === photo);
      if (!found) throw new KinoscopeError('not-found', `There is no photo ${photo} of this person`);
      if (found.proposedFrom === undefined)
        throw new KinoscopeError('conflict', 'Somebody gave this photo: delete it if it is not theirs');
      const judged: PersonPhoto = { ...found, confirmed, flag: confirmed ? null : 'rejected' };
      const all = photos.map((one) => (one.id === photo ? judged : one));
      const changed = { ...person, ...learn(all, person.exemplars) };
      return {
        writes: [upsert(PEOPLE, withoutVersion(changed)), upsert(PERSON_PHOTOS, withoutVersion(judged))],
        result: changed,
        changes: 'names',
      };
    });
  }

  /**
   * Names or renames somebody, hides them or shows them again. What a stranger was seen in stays theirs under the name; `null` takes
   * back the name of somebody who was a stranger.
   * @throws KinoscopeError `not-found`, `conflict` when somebody else has the name (merge them instead), and when somebody who was
   *   never a stranger, or has photos, is to have none
   */
  change(
    id: string,
    {
      name,
      hidden,
      aliases,
    }: {
      readonly name?: string | null | undefined;
      readonly hidden?: boolean | undefined;
      readonly aliases?: readonly string[] | undefined;
    },
  ): Promise<Person> {
    return this.gallery_.change(async (): Promise<Change<Person>> => {
      const person = await this.get(id);
      if (typeof name === 'string') await this.checkName(name, id, person.recognizer);
      if (name === null && (person.number === null || person.photos > 0))
        throw new KinoscopeError('conflict', `${person.name ?? 'Somebody'} was learnt from photos under this name`);
      const changed = {
        ...person,
        name: name === undefined ? person.name : name,
        hidden: hidden ?? person.hidden,
        ...(aliases && { aliases: [...new Set(aliases)] }),
      };
      const turned = name !== undefined && (person.name === null) !== (name === null);
      const pins = turned ? await this.appearancesOf(id) : [];
      return {
        writes: [
          upsert(PEOPLE, withoutVersion(changed)),
          ...pins.map((one): Write => ({
            kind: 'patch',
            collection: APPEARANCES.name,
            id: one.id,
            patch: { $set: { mustLink: name !== null } },
          })),
        ],
        result: changed,
        changes: 'names',
      };
    });
  }

  rename(id: string, name: string): Promise<Person> {
    return this.change(id, { name });
  }

  /**
   * Gives all that others have to `into` and removes the others.
   * @throws KinoscopeError `not-found`, `usage`; `conflict` when two of them were seen in one frame
   */
  async merge(into: string, ...others: readonly string[]): Promise<Person> {
    for (const from of others) {
      // the process that began this request may have got so far
      if (currentContext()?.repeated && !(await this.gallery_.people.get(from))) continue;
      await this.mergeOne(into, from);
    }
    return this.get(into);
  }

  /** Remembers that this face (of unit length) is not this person's. @throws KinoscopeError `not-found` */
  reject(id: string, face: Float32Array): Promise<Person> {
    return this.gallery_.change(async (): Promise<Change<Person>> => {
      const person = await this.get(id);
      const constraint = newConstraint({ kind: 'cannotLink', personId: id, faces: [encodeEmbedding(face)] });
      return { writes: [upsert(CONSTRAINTS, constraint)], result: person, changes: 'names' };
    });
  }

  private mergeOne(into: string, from: string): Promise<void> {
    if (into === from) throw new KinoscopeError('usage', 'A person cannot be merged with themselves');
    return this.gallery_.change(async (): Promise<Change<void>> => {
      const [target, source] = [await this.get(into), await this.get(from)];
      if (target.recognizer !== source.recognizer)
        throw new KinoscopeError('usage', 'The two were learnt by different recognisers');
      if (await meetAnywhere(this.gallery_, into, from))
        throw new KinoscopeError('conflict', 'The two were seen in one frame: they cannot be one person');
      // A name is kept, whichever of the two has it.
      const heir = { ...target, name: target.name ?? source.name };
      const pins = heir.name === null ? [] : [...(await this.appearancesOf(into)), ...(await this.appearancesOf(from))];
      return {
        writes: [
          ...(await mergePeople(this.gallery_, heir, source)),
          upsert(
            CONSTRAINTS,
            newConstraint({
              kind: 'mustLink',
              personId: into,
              otherId: from,
              merged: await mergedOf(this.gallery_, target, source),
              machine: saidOfPair(target, source),
            }),
          ),
          ...pins
            .filter(({ personId }) => (personId === into ? target : source).name === null)
            .map((one): Write => ({
              kind: 'patch',
              collection: APPEARANCES.name,
              id: one.id,
              patch: { $set: { mustLink: true } },
            })),
        ],
        result: undefined,
        changes: 'names',
      };
    });
  }

  private async learnt(person: Person, photos: Enrolled['photos']): Promise<Change<Person>> {
    await this.gallery_.requireComparable(await this.gallery_.state());
    const { id } = person;
    const added = photos.map(({ embedding, ...photo }): Omit<PersonPhoto, 'version'> => ({
      id: photoId(id, photo.hash),
      personId: id,
      ...photo,
      embedding: embedding && encodeEmbedding(embedding),
    }));
    // Copies of one file come once, as the one that counts.
    const unique = new Map([...added].reverse().map((photo) => [photo.id, photo]));
    const kept = (await this.photosOf(id)).filter((photo) => !unique.has(photo.id));
    const changed: Person = { ...person, ...learn([...kept, ...unique.values()], person.exemplars) };
    return {
      writes: [
        upsert(PEOPLE, withoutVersion(changed)),
        ...[...unique.values()].map((photo) => upsert(PERSON_PHOTOS, photo)),
      ],
      result: changed,
      changes: 'names',
    };
  }

  private async checkName(name: string, id: string | null, recognizer: RecognizerId): Promise<void> {
    const other = (await this.gallery_.people.find({ recognizer, name }, { limit: 1 })).items[0];
    if (other && other.id !== id)
      throw new KinoscopeError(
        'conflict',
        `There is somebody named ${name} already (${other.id}): merge the two, or add to their photos`,
      );
  }
}
