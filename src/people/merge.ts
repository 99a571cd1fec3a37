import { APPEARANCES, type StoredAppearance } from '../cast/appearances.js';
import { withoutVersion, type Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { PEOPLE, type Person, PERSON_PHOTOS, removal, TITLE_NAMES, upsert } from './documents.js';
import { type GalleryStore } from './gallery-store.js';
import { learn } from './mean.js';

/** The title in which two people were seen in one frame; null: nowhere. */
export async function meetAnywhere(gallery: GalleryStore, a: string, b: string): Promise<string | null> {
  const ofA = await everything(gallery.appearances, { personId: a });
  const meets = new Set(ofA.flatMap(({ contentHash, meets: keys }) => keys.map((key) => `${contentHash}:${key}`)));
  const ofB = await everything(gallery.appearances, { personId: b });
  return ofB.find(({ contentHash, key }) => meets.has(`${contentHash}:${key}`))?.contentHash ?? null;
}

/** The writes by which one person takes over all that another has, and the other is gone. */
export async function mergePeople(gallery: GalleryStore, into: Person, from: Person): Promise<Write[]> {
  const kept = await everything(gallery.photos, { personId: into.id });
  const moved = (await everything(gallery.photos, { personId: from.id })).map((photo) => ({
    ...photo,
    id: photoId(into.id, photo.hash),
    personId: into.id,
  }));
  const photos = [...kept.filter(({ id }) => !moved.some((photo) => photo.id === id)), ...moved];
  const merged: Person = {
    ...into,
    ...learn(photos, [...into.exemplars, ...from.exemplars]),
    rejected: [...into.rejected, ...from.rejected],
    apart: [...new Set([...into.apart, ...from.apart])].filter((id) => id !== into.id && id !== from.id),
  };
  const appearances = await everything(gallery.appearances, { personId: from.id });
  return [
    // First: the heir may take the name.
    removal(PEOPLE, from.id),
    upsert(PEOPLE, withoutVersion(merged)),
    { kind: 'delete', collection: PERSON_PHOTOS.name, filter: { personId: from.id } },
    ...moved.map((photo) => upsert(PERSON_PHOTOS, withoutVersion(photo))),
    ...appearances.map(({ id }): Write => ({
      kind: 'patch',
      collection: APPEARANCES.name,
      id,
      patch: { $set: { personId: into.id } },
    })),
    ...staleNames(appearances),
  ];
}

/** The names of these appearances' titles are given again when somebody asks. */
export function staleNames(appearances: readonly Pick<StoredAppearance, 'contentHash'>[]): Write[] {
  return [...new Set(appearances.map(({ contentHash }) => contentHash))].map((id): Write => ({
    kind: 'patch',
    collection: TITLE_NAMES.name,
    id,
    patch: { $set: { revision: 0 } },
  }));
}

/** A photo is one person's once. */
export function photoId(personId: string, hash: string): string {
  return `${personId}:${hash.slice(0, 32)}`;
}
