import { APPEARANCES } from '../cast/appearances.js';
import { staleNames } from '../cast/title-names.js';
import { KinoscopeError } from '../core/errors.js';
import { withoutVersion, type Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { CONSTRAINTS, type MergedPerson, peopleOf } from './constraints.js';
import { PEOPLE, type Person, PERSON_PHOTOS, removal, upsert } from './documents.js';
import { type GalleryStore } from './gallery-store.js';
import { learn } from './mean.js';

/** The title in which two people were seen in one frame; null: nowhere. */
export async function meetAnywhere(gallery: GalleryStore, a: string, b: string): Promise<string | null> {
  const ofA = await everything(gallery.appearances, { personId: a });
  const meets = new Set(ofA.flatMap(({ contentHash, meets: keys }) => keys.map((key) => `${contentHash}:${key}`)));
  const ofB = await everything(gallery.appearances, { personId: b });
  return ofB.find(({ contentHash, key }) => meets.has(`${contentHash}:${key}`))?.contentHash ?? null;
}

/** What a merge is to be undone with. */
export async function mergedOf(gallery: GalleryStore, into: Person, from: Person): Promise<MergedPerson> {
  const own = new Set((await everything(gallery.photos, { personId: into.id })).map(({ hash }) => hash));
  const photos = (await everything(gallery.photos, { personId: from.id })).map(({ hash }) => hash);
  return {
    person: withoutVersion(from),
    photos,
    shared: {
      photos: photos.filter((hash) => own.has(hash)),
      aliases: (into.aliases ?? []).filter((alias) => from.aliases?.includes(alias)),
    },
    appearances: (await everything(gallery.appearances, { personId: from.id })).map(({ id, mustLink }) => ({
      id,
      mustLink,
    })),
    constraints: (await everything(gallery.constraints, { people: from.id })).map(withoutVersion),
    gaveName: into.name === null && from.name !== null,
  };
}

/** The writes by which a person who was merged is somebody again. @throws KinoscopeError `conflict` when the name is taken */
export async function unmergePeople(gallery: GalleryStore, intoId: string, merged: MergedPerson): Promise<Write[]> {
  const { person: from, photos: hashes, shared, appearances, constraints, gaveName } = merged;
  const into = await gallery.person(intoId);
  const kept: Person = {
    ...into,
    name: gaveName && into.name === from.name ? null : into.name,
    aliases: (into.aliases ?? []).filter((alias) => !from.aliases?.includes(alias) || shared?.aliases.includes(alias)),
  };
  const [taken] =
    from.name === null
      ? []
      : (await gallery.people.find({ name: from.name, recognizer: from.recognizer }, { limit: 1 })).items;
  if (taken && !(taken.id === intoId && kept.name === null))
    throw new KinoscopeError('conflict', `There is somebody named ${from.name} (${taken.id}): rename them first`);
  const theirs = new Set(hashes);
  const photos = await everything(gallery.photos, { personId: intoId });
  const moved = photos.filter(({ hash }) => theirs.has(hash));
  const faces = new Set(from.exemplars.map(({ embedding }) => embedding));
  const stayed = photos.filter(({ hash }) => !theirs.has(hash) || shared?.photos.includes(hash));
  const left = into.exemplars.filter(({ embedding }) => !faces.has(embedding));
  const back = new Map(appearances.map((one) => [one.id, one]));
  const shown = (await everything(gallery.appearances, { personId: intoId })).filter(({ id }) => back.has(id));
  const said = new Map((await everything(gallery.constraints, { people: intoId })).map((one) => [one.id, one]));
  const theirsAgain = constraints.flatMap((one) => {
    const present = said.get(one.id);
    return present || one.people.includes(intoId) ? { ...one, tracks: present?.tracks ?? one.tracks } : [];
  });
  return [
    // First: the name is free then.
    upsert(PEOPLE, withoutVersion({ ...kept, ...learn(stayed, left) })),
    upsert(PEOPLE, from),
    ...moved.flatMap((photo): Write[] => [
      ...(stayed.includes(photo) ? [] : [removal(PERSON_PHOTOS, photo.id)]),
      upsert(PERSON_PHOTOS, withoutVersion({ ...photo, id: photoId(from.id, photo.hash), personId: from.id })),
    ]),
    ...shown.map((one) =>
      upsert(APPEARANCES, withoutVersion({ ...one, personId: from.id, mustLink: back.get(one.id)!.mustLink })),
    ),
    ...theirsAgain.map((one) => upsert(CONSTRAINTS, one)),
  ];
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
    cannotLinkFaces: [...into.cannotLinkFaces, ...from.cannotLinkFaces],
    cannotLink: [...new Set([...into.cannotLink, ...from.cannotLink])].filter((id) => id !== into.id && id !== from.id),
    aliases: [...new Set([...(into.aliases ?? []), ...(from.aliases ?? [])])],
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
    ...(await everything(gallery.constraints, { people: from.id })).map((one) => {
      const [personId, otherId] = [one.personId, one.otherId].map((id) => (id === from.id ? into.id : id));
      // nobody is kept apart from themselves
      if (!personId || personId === otherId) return removal(CONSTRAINTS, one.id);
      return upsert(
        CONSTRAINTS,
        withoutVersion({ ...one, personId, otherId: otherId ?? null, people: peopleOf(personId, otherId ?? null) }),
      );
    }),
    ...staleNames(appearances.map(({ contentHash }) => contentHash)),
  ];
}

/** A photo is one person's once. */
export function photoId(personId: string, hash: string): string {
  return `${personId}:${hash.slice(0, 32)}`;
}
