import { createHash } from 'node:crypto';
import { KinoscopeError } from '../errors.js';
import { decodeEmbedding, encodeEmbedding } from '../faces/embedding-text.js';
import type { Box } from '../faces/geometry.js';
import { DEFAULT_RECOGNIZER, type RecognizerId } from '../faces/recognizers.js';
import type { Collection, CollectionSpec, Document, Store, Write } from '../storage/collection.js';
import type { Enrolled, PhotoFlag } from './enrol.js';
import type { Gallery } from './gallery.js';
import { galleryMean } from './mean.js';

/** Someone of the gallery. */
export interface Person extends Document {
  readonly name: string;
  readonly recognizer: RecognizerId;
  /** Mean of the photos without a flag; null when there is none. */
  readonly mean: string | null;
  /** Photos that count. */
  readonly photos: number;
  /** Faces of which a user said "not this person". */
  readonly rejected: readonly string[];
  readonly createdAt: string;
}

/** A photo of someone of the gallery: what was learnt from it, never the picture. */
export interface PersonPhoto extends Document {
  readonly personId: string;
  readonly file: string;
  readonly hash: string;
  readonly flag: PhotoFlag | null;
  readonly faces: number;
  /** Fractions of the photo. */
  readonly box: Box | null;
  readonly quality: number;
  readonly embedding: string | null;
}

export const PEOPLE: CollectionSpec = { name: 'people', indexes: [{ paths: ['recognizer', 'name'], unique: true }] };
export const PERSON_PHOTOS: CollectionSpec = { name: 'person_photos', indexes: [{ paths: ['personId'] }] };

/** Two enrolments of one name are one person. */
function personId(name: string, recognizer: RecognizerId): string {
  return `p${createHash('sha256').update(`${recognizer}\n${name}`).digest('hex').slice(0, 16)}`;
}

/** The gallery in the store. */
export class People {
  private constructor(
    private readonly store: Store,
    private readonly people: Collection<Person>,
    private readonly photos: Collection<PersonPhoto>,
  ) {}

  static async open(store: Store): Promise<People> {
    return new People(
      store,
      await store.collection<Person>(PEOPLE),
      await store.collection<PersonPhoto>(PERSON_PHOTOS),
    );
  }

  /** Everybody who was learnt with this recogniser, by name. */
  async list(recognizer: RecognizerId = DEFAULT_RECOGNIZER): Promise<Person[]> {
    return everything(this.people, { recognizer }, 'name');
  }

  /** @throws KinoscopeError `not-found` */
  async get(id: string): Promise<Person> {
    const person = await this.people.get(id);
    if (!person) throw new KinoscopeError('not-found', `There is no person ${id}`);
    return person;
  }

  photosOf(id: string): Promise<PersonPhoto[]> {
    return everything(this.photos, { personId: id });
  }

  /** What `identify` needs. */
  async gallery(recognizer: RecognizerId = DEFAULT_RECOGNIZER): Promise<Gallery> {
    const people = await this.list(recognizer);
    return {
      recognizer,
      people: people.flatMap(({ id, name, mean, rejected }) =>
        mean === null ? [] : [{ id, name, mean: decodeEmbedding(mean), rejected: rejected.map(decodeEmbedding) }],
      ),
    };
  }

  /** Adds photos to the person of this name, or makes them; a photo that is there already is replaced. */
  async enrol({ name, photos }: Enrolled, recognizer: RecognizerId = DEFAULT_RECOGNIZER): Promise<Person> {
    const named = (await this.people.find({ recognizer, name }, { limit: 1 })).items[0];
    const id = named?.id ?? personId(name, recognizer);
    const added = photos.map(({ embedding, ...photo }): Omit<PersonPhoto, 'version'> => ({
      id: `${id}:${photo.hash.slice(0, 32)}`,
      personId: id,
      ...photo,
      embedding: embedding && encodeEmbedding(embedding),
    }));
    // Copies of one file come once, as the one that counts.
    const unique = new Map([...added].reverse().map((photo) => [photo.id, photo]));
    const kept = named ? (await this.photosOf(id)).filter((photo) => !unique.has(photo.id)) : [];
    const person: Omit<Person, 'version'> = {
      id,
      name,
      recognizer,
      ...summary([...kept, ...unique.values()]),
      rejected: named?.rejected ?? [],
      createdAt: named?.createdAt ?? new Date().toISOString(),
    };
    await this.store.commit([
      upsert(PEOPLE, person),
      ...[...unique.values()].map((photo) => upsert(PERSON_PHOTOS, photo)),
    ]);
    return this.get(id);
  }

  /** @throws KinoscopeError `not-found`, `conflict` when somebody else has the name: merge them instead */
  async rename(id: string, name: string): Promise<Person> {
    const { recognizer } = await this.get(id);
    const other = (await this.people.find({ recognizer, name }, { limit: 1 })).items[0];
    if (other && other.id !== id)
      throw new KinoscopeError('conflict', `There is somebody named ${name} already: merge the two`);
    return (await this.people.patch(id, { $set: { name } })) ?? this.get(id);
  }

  /** Gives all photos of `from` to `into` and removes `from`. @throws KinoscopeError `not-found`, `usage` */
  async merge(into: string, from: string): Promise<Person> {
    if (into === from) throw new KinoscopeError('usage', 'A person cannot be merged with themselves');
    const [target, source] = [await this.get(into), await this.get(from)];
    if (target.recognizer !== source.recognizer)
      throw new KinoscopeError('usage', 'The two were learnt by different recognisers');
    const [kept, moved] = [await this.photosOf(into), await this.photosOf(from)];
    const renewed = moved.map((photo) => ({
      ...withoutVersion(photo),
      id: `${into}:${photo.hash.slice(0, 32)}`,
      personId: into,
    }));
    const all = [...kept.filter(({ id }) => !renewed.some((photo) => photo.id === id)), ...renewed];
    const merged: Person = { ...target, ...summary(all), rejected: [...target.rejected, ...source.rejected] };
    await this.store.commit([
      upsert(PEOPLE, withoutVersion(merged)),
      { kind: 'delete', collection: PERSON_PHOTOS.name, filter: { personId: from } },
      { kind: 'delete', collection: PEOPLE.name, filter: { id: from } },
      ...renewed.map((photo) => upsert(PERSON_PHOTOS, photo)),
    ]);
    return this.get(into);
  }

  /** Remembers that this face (of unit length) is not this person's. @throws KinoscopeError `not-found` */
  async reject(id: string, face: Float32Array): Promise<Person> {
    const patched = await this.people.patch(id, { $addToSet: { rejected: encodeEmbedding(face) } });
    return patched ?? this.get(id);
  }

  /** @returns whether there was such a person */
  async remove(id: string): Promise<boolean> {
    const there = (await this.people.get(id)) !== null;
    await this.store.commit([
      { kind: 'delete', collection: PERSON_PHOTOS.name, filter: { personId: id } },
      { kind: 'delete', collection: PEOPLE.name, filter: { id } },
    ]);
    return there;
  }
}

function upsert({ name }: CollectionSpec, document: { readonly id: string }): Write {
  return { kind: 'upsert', collection: name, document };
}

/** The store numbers versions itself. */
function withoutVersion<T extends Document>({
  version: _version,
  ...document
}: T): Omit<T, 'version'> & { readonly id: string } {
  return document as unknown as Omit<T, 'version'> & { readonly id: string };
}

function summary(
  photos: readonly Pick<PersonPhoto, 'flag' | 'embedding' | 'quality'>[],
): Pick<Person, 'mean' | 'photos'> {
  const good = photos.flatMap(({ flag, embedding, quality }) =>
    flag === null && embedding !== null ? [{ embedding, quality }] : [],
  );
  const mean =
    good.length === 0
      ? null
      : galleryMean(
          good.map(({ embedding }) => decodeEmbedding(embedding)),
          good.map(({ quality }) => quality),
        );
  return { mean: mean && encodeEmbedding(mean), photos: good.length };
}

async function everything<T extends Document>(
  collection: Collection<T>,
  filter: Record<string, string>,
  sortBy?: string,
): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null | undefined = undefined; cursor !== null;) {
    const page: { items: T[]; nextCursor: string | null } = await collection.find(filter, {
      limit: 1000,
      ...(sortBy ? { sort: { path: sortBy, order: 'asc' } as const } : {}),
      ...(cursor ? { cursor } : {}),
    });
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}
