import { APPEARANCES, type StoredAppearance } from '../cast/appearances.js';
import { withoutVersion, type Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { type Constraint, CONSTRAINTS, type SplitTracks } from './constraints.js';
import { type Person, removal, upsert } from './documents.js';
import type { GalleryStore } from './gallery-store.js';
import type { GalleryUnitOfWork } from './gallery-unit-of-work.js';
import { faceOf } from './naming.js';

/** What was said of tracks, and what that replaces. */
export interface Linked {
  readonly writes: readonly Write[];
  readonly link: Omit<Constraint, 'version'>;
  /** The appearances of the tracks as they were, and which of them were parted from others for it. */
  readonly before: readonly StoredAppearance[];
  readonly parted: ReadonlySet<string>;
  readonly former: readonly Constraint[];
}

/** What a split is to be undone with. @param made the other person came to be by it */
export function splitOf(from: Person, other: Person, made: boolean, linked: readonly Linked[]): SplitTracks {
  const between = new Set([from.id, other.id]);
  return {
    person: withoutVersion(from),
    made,
    appearances: linked.flatMap(({ before, parted }) =>
      before.map(({ id, personId, mustLink, cannotLink }) => ({
        id,
        theirs: personId === from.id,
        // its face alone may not say what it said together with the others
        mustLink: mustLink || parted.has(id),
        cannotLink: cannotLink.filter((one) => between.has(one)),
      })),
    ),
    links: linked.map(({ link }) => link.id),
    // what was said of others is erased with them, and must not be kept here
    constraints: linked
      .flatMap(({ former }) => former)
      .filter(({ people }) => people.every((id) => between.has(id)))
      .map(withoutVersion),
  };
}

/** The writes by which tracks show again whom they showed before a split. */
export async function unsplit(
  gallery: GalleryStore,
  { personId, otherId }: Constraint,
  { person, made, appearances, links, constraints }: SplitTracks,
  unit: GalleryUnitOfWork,
): Promise<Write[]> {
  if (otherId === null) return [];
  const before = new Map(appearances.map((one) => [one.id, one]));
  const shown = await everything(gallery.appearances, { personId: otherId });
  const back = shown.filter(({ id }) => before.has(id));
  const theirs = back.filter(({ id }) => before.get(id)!.theirs);
  // a stranger whom nothing showed any more
  if (!unit.get(personId) && person.id === personId) unit.put({ ...person, version: 0 });
  unit.dropFaces(otherId, new Set(back.flatMap(({ embedding }) => embedding ?? [])));
  unit.addFaces(personId, theirs.flatMap(faceOf));
  const writes: Write[] = [
    ...links.map((link) => removal(CONSTRAINTS, link)),
    ...constraints.map((one) => upsert(CONSTRAINTS, one)),
    ...back.map((one) => {
      const { theirs: was, mustLink, cannotLink } = before.get(one.id)!;
      return upsert(APPEARANCES, withoutVersion({ ...one, personId: was ? personId : null, mustLink, cannotLink }));
    }),
  ];
  const other = unit.get(otherId);
  const nobody = other && (made || other.name === null) && shown.length === back.length;
  if (nobody && (await gallery.photos.count({ personId: otherId })) === 0) {
    unit.remove(otherId);
    writes.push({ kind: 'delete', collection: CONSTRAINTS.name, filter: { people: otherId } });
  }
  return [...writes, ...(await unit.writes())];
}
