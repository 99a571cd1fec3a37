import { isDeepStrictEqual } from 'node:util';
import type { Audit } from '../access/audit.js';
import { APPEARANCES, type StoredAppearance } from '../cast/appearances.js';
import { segmentRemovals } from '../cast/segments.js';
import { TRACK_EMBEDDINGS } from '../cast/stored.js';
import { TITLE_NAMES } from '../cast/title-names.js';
import { KEPT_ANSWERS, type KeptAnswer } from '../http/kept-answers.js';
import { withoutVersion, type Collection, type Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import type { ExportedFiles } from '../titles/exported-files.js';
import type { FileRemoval } from '../titles/file-removal.js';
import { type Constraint, CONSTRAINTS, type MergedPerson, type SplitTracks } from './constraints.js';
import { type GalleryState, PEOPLE, type Person, PERSON_PHOTOS, removal, upsert } from './documents.js';
import { type Change, type GalleryStore } from './gallery-store.js';
import { withoutPerson } from './map-documents.js';
import { type Naming, whoIs } from './naming.js';
import type { Portraits } from './portraits.js';

/** How much there was. */
export interface Erased {
  readonly photos: number;
  readonly appearances: number;
  readonly titles: number;
}

/** Deletes all that is known of somebody's face and name, in the gallery and in every title. */
export class Erasure {
  constructor(
    private readonly gallery: GalleryStore,
    private readonly naming: Naming,
    private readonly audit: Audit,
    private readonly portraits: Pick<Portraits, 'pathOf'>,
    private readonly films: Pick<ExportedFiles, 'pathOf'>,
    private readonly answers: Collection<KeptAnswer>,
    private readonly files: Pick<FileRemoval, 'note' | 'carryOut'>,
  ) {}

  /**
   * The person, their photos, and the embeddings of all tracks that show them are gone; the tracks stay, as unknown
   * faces that can be recognised no more. Only a new analysis of a film sees them again. Answers that are kept for clients
   * that repeat a request are gone where they hold the name, and so are films that were written with names, and pictures
   * of the face; what analyses that still go on have stored so far, of anyone, is gone too: they watch those stretches
   * again. One commit deletes all that and notes the files, so a process that dies then leaves them to the next.
   * The audit trail tells that it was done and how much there was, never whose it was.
   * @throws KinoscopeError `not-found`
   */
  async erase(id: string): Promise<Erased> {
    await this.gallery.person(id);
    // Who is who must be told everywhere before it can be said where they are.
    await this.naming.refreshAllNames();
    const erased = await this.gallery.change((state) => this.deletion(id, state));
    // A title that was named at the same moment.
    while (await this.gallery.appearances.count({ personId: id }))
      await this.gallery.change(async () => ({
        writes: await this.faceless(await this.appearancesOf(id), id),
        result: null,
        changes: 'names',
      }));
    await this.files.carryOut();
    await this.naming.refreshAllNames();
    return erased;
  }

  private async deletion(id: string, state: GalleryState): Promise<Change<Erased>> {
    const person = await this.gallery.person(id);
    const appearances = await this.appearancesOf(id);
    const faces = new Set([
      ...appearances.flatMap(({ embedding }) => embedding ?? []),
      ...person.exemplars.map(({ embedding }) => embedding),
    ]);
    const writes: Write[] = [
      ...segmentRemovals(),
      removal(PEOPLE, id),
      { kind: 'delete', collection: PERSON_PHOTOS.name, filter: { personId: id } },
      ...(await this.faceless(appearances, id)),
      ...(await this.unsaid(id, faces)),
      ...(await withoutPerson(this.gallery.maps, id)),
    ];
    for (const { person: other } of await this.gallery.everybody(state)) {
      const changed = unlinked(other, id, faces);
      if (other.id !== id && !isDeepStrictEqual(changed, other)) writes.push(upsert(PEOPLE, withoutVersion(changed)));
    }
    for (const { id: key, body } of await everything(this.answers, { status: { $ne: null } }))
      if (tellsOf(body, person)) writes.push(removal(KEPT_ANSWERS, key));
    const result = {
      photos: await this.gallery.photos.count({ personId: id }),
      appearances: appearances.length,
      titles: titlesOf(appearances).length,
    };
    return {
      writes: [...writes, this.audit.line('person.deleted', { person: id, ...result })],
      result,
      changes: 'names',
    };
  }

  /** The writes after which no constraint tells of the person or keeps one of their faces. */
  private async unsaid(id: string, faces: ReadonlySet<string>): Promise<Write[]> {
    const said = await everything(this.gallery.constraints, {});
    const before = new Map(said.map((one) => [one.id, one]));
    return [
      { kind: 'delete', collection: CONSTRAINTS.name, filter: { people: id } },
      ...silent(said, id, faces)
        .filter((one) => !isDeepStrictEqual(before.get(one.id), one))
        .map((one) => upsert(CONSTRAINTS, withoutVersion(one))),
    ];
  }

  private appearancesOf(id: string): Promise<StoredAppearance[]> {
    return everything(this.gallery.appearances, { personId: id });
  }

  /** The writes after which these appearances show nobody who can be recognised, and their titles name the person no more. */
  private async faceless(appearances: readonly StoredAppearance[], id: string): Promise<Write[]> {
    const tracks = new Set(
      appearances.flatMap(({ contentHash, tracks: ids }) => ids.map((track) => `${contentHash}:${track}`)),
    );
    const titles = titlesOf(appearances);
    const writes: Write[] = [
      this.files.note({
        files: [
          ...appearances.map(({ contentHash, bestFrame }) => this.portraits.pathOf({ contentHash, ...bestFrame })),
          ...titles.map((contentHash) => this.films.pathOf(contentHash)),
        ],
      }),
    ];
    for (const contentHash of titles) {
      for (const part of await everything(this.gallery.embeddings, { contentHash })) {
        const kept = Object.fromEntries(
          Object.entries(part.embeddings).filter(([track]) => !tracks.has(`${contentHash}:${track}`)),
        );
        writes.push(upsert(TRACK_EMBEDDINGS, withoutVersion({ ...part, embeddings: kept })));
      }
      const names = await this.gallery.names.get(contentHash);
      if (!names) continue;
      const who = Object.fromEntries(
        Object.entries(names.who).map(([key, one]) => [key, one.personId === id ? whoIs(undefined, 0) : one]),
      );
      // they are given again when somebody asks
      writes.push(upsert(TITLE_NAMES, withoutVersion({ ...names, revision: 0, who })));
    }
    for (const one of appearances)
      writes.push(
        upsert(
          APPEARANCES,
          withoutVersion({ ...one, embedding: null, personId: null, mustLink: false, cannotLink: [] }),
        ),
      );
    return writes;
  }
}

/** Statements, and those that they bring back when they are undone, without what tells of a person. */
function silent<Said extends Omit<Constraint, 'version'>>(
  said: readonly Said[],
  id: string,
  faces: ReadonlySet<string>,
): Said[] {
  const undone = <Kept extends MergedPerson | SplitTracks>(kept: Kept): Kept => ({
    ...kept,
    person: unlinked(kept.person, id, faces),
    constraints: silent(kept.constraints, id, faces),
  });
  return said
    .filter(({ people }) => !people.includes(id))
    .map((one) => ({
      ...one,
      faces: one.faces.filter((face) => !faces.has(face)),
      ...(one.machine && {
        machine: { ...one.machine, tracks: one.machine.tracks.filter(({ personId }) => personId !== id) },
      }),
      ...(one.merged && { merged: undone(one.merged) }),
      ...(one.split && { split: undone(one.split) }),
    }));
}

/** Somebody of whom release 0.1.0 may have stored who they are not, without what tells of a person. */
const unlinked = <One extends Omit<Person, 'version'>>(one: One, id: string, faces: ReadonlySet<string>): One => ({
  ...one,
  cannotLinkFaces: one.cannotLinkFaces.filter((face) => !faces.has(face)),
  cannotLink: one.cannotLink.filter((other) => other !== id),
});

const titlesOf = (appearances: readonly StoredAppearance[]): string[] => [
  ...new Set(appearances.map(({ contentHash }) => contentHash)),
];

function tellsOf(answer: unknown, { id, name, aliases = [] }: Person): boolean {
  const text = JSON.stringify(answer) ?? '';
  return text.includes(id) || [name, ...aliases].some((one) => one !== null && text.includes(JSON.stringify(one)));
}
