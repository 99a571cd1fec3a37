import { APPEARANCES } from '../cast/appearances.js';
import { CAST_SHOTS, type StoredShots } from '../cast/watched.js';
import type { RecognizerId } from '../faces/recognizers.js';
import { withoutVersion, type Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { type Constraint, CONSTRAINTS, type MergedPerson, type SplitTracks } from './constraints.js';
import { PEOPLE, type Person, PERSON_PHOTOS, removal, upsert } from './documents.js';
import type { GalleryStore } from './gallery-store.js';

export interface ForgottenFaces {
  /** People whose photos are to be given again. */
  readonly people: number;
  /** People without a name, who are gone: nothing but faces told them apart. */
  readonly strangers: number;
}

/** What {@link forgetFaces} would forget now. */
export async function forgettable({ people }: Pick<GalleryStore, 'people'>): Promise<ForgottenFaces> {
  const all = await everything(people, {});
  const strangers = all.filter(({ name }) => name === null).length;
  return { people: all.length - strangers, strangers };
}

const faceless = (person: Omit<Person, 'version'>, recognizer: RecognizerId): Omit<Person, 'version'> => ({
  ...person,
  recognizer,
  mean: null,
  photos: 0,
  exemplars: [],
  cannotLinkFaces: [],
});

/** A statement, and those that it brings back when it is undone, without a face. */
function unseen<Said extends Omit<Constraint, 'version'>>(one: Said, recognizer: RecognizerId): Said {
  const undone = <Kept extends MergedPerson | SplitTracks>(kept: Kept): Kept => ({
    ...kept,
    person: faceless(kept.person, recognizer),
    constraints: kept.constraints.map((said) => unseen(said, recognizer)),
  });
  const { merged, split } = one;
  return { ...one, faces: [], ...(merged && { merged: undone(merged) }), ...(split && { split: undone(split) }) };
}

/**
 * Forgets every embedding that another network made, so that people can be learnt by the one that is there now. Names, and what
 * was said of tracks, stay. Photos are not kept, so theirs have to be given again; films show strangers again once they were watched
 * again, which a new network makes due anyway.
 */
export async function forgetFaces(gallery: GalleryStore): Promise<ForgottenFaces> {
  const network = await gallery.network();
  const shots = await gallery.store.collection<StoredShots>(CAST_SHOTS);
  return gallery.change(async () => {
    const watched = (await everything(shots, {})).filter(({ watchedBy }) => {
      const versions = watchedBy.split(' ');
      return (network ?? '').split(' ').every((version) => versions.includes(version));
    });
    const current = new Set(watched.map(({ contentHash }) => contentHash));
    const people = await everything(gallery.people, {});
    const gone = new Set(people.filter(({ name }) => name === null).map(({ id }) => id));
    const writes: Write[] = [{ kind: 'delete', collection: PERSON_PHOTOS.name, filter: {} }];
    for (const person of people)
      writes.push(
        gone.has(person.id)
          ? removal(PEOPLE, person.id)
          : upsert(PEOPLE, faceless(withoutVersion(person), gallery.recognizer)),
      );
    for (const one of await everything(gallery.constraints, {}))
      writes.push(
        one.people.some((id) => gone.has(id))
          ? removal(CONSTRAINTS, one.id)
          : upsert(CONSTRAINTS, withoutVersion(unseen(one, gallery.recognizer))),
      );
    for (const one of await everything(gallery.appearances, {})) {
      const embedding = current.has(one.contentHash) ? one.embedding : null;
      const personId = one.personId !== null && gone.has(one.personId) ? null : one.personId;
      writes.push(upsert(APPEARANCES, withoutVersion({ ...one, embedding, personId })));
    }
    return {
      writes,
      result: { people: people.length - gone.size, strangers: gone.size },
      changes: 'names',
      ...(network !== null && { network }),
    };
  });
}
