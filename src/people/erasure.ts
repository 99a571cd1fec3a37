import type { Audit } from '../access/audit.js';
import { APPEARANCES } from '../cast/appearances.js';
import { partRemovals } from '../cast/parts.js';
import { TRACK_EMBEDDINGS } from '../cast/stored.js';
import type { ExportedFiles } from '../exports/exported-files.js';
import { KEPT_ANSWERS, type KeptAnswer } from '../kept-answers.js';
import type { Collection, Write } from '../storage/collection.js';
import { PEOPLE, type Person, PERSON_PHOTOS, removal, upsert } from './documents.js';
import { type Change, everything, type GalleryStore, withoutVersion } from './gallery-store.js';
import { Naming } from './naming.js';
import type { Portraits, Portrayed } from './portraits.js';

/** How much there was. */
export interface Erased {
  readonly photos: number;
  readonly appearances: number;
  readonly titles: number;
}

/** What is left to be deleted once it is committed. */
interface Traces {
  readonly counts: Erased;
  readonly places: Omit<Portrayed, 'file'>[];
  /** Contents of the films that they are in. */
  readonly titles: string[];
}

/** Deletes all that is known of somebody's face and name, in the gallery and in every title. */
export class Erasure {
  private readonly naming: Naming;

  constructor(
    private readonly gallery: GalleryStore,
    private readonly audit: Audit,
    private readonly portraits: Pick<Portraits, 'remove'>,
    private readonly films: Pick<ExportedFiles, 'remove'>,
    private readonly answers: Collection<KeptAnswer>,
  ) {
    this.naming = new Naming(gallery);
  }

  /**
   * The person, their photos, and the embeddings of all tracks that show them are gone; the tracks stay, as unknown
   * faces that can be recognised no more. Only a new analysis of a film sees them anew. Answers that are kept for clients
   * that repeat a request are gone where they hold the name, and so are films of theirs that were written with names; what
   * analyses that still go on have stored so far, of whomever, is gone too: they watch those stretches again.
   * The audit trail tells that it was done and how much there was, never whose it was.
   * @throws KinoscopeError `not-found`
   */
  async erase(id: string): Promise<Erased> {
    await this.gallery.person(id);
    // Who is who must be told everywhere before it can be said where they are.
    await this.naming.settleAll();
    const erased = await this.gallery.change(async (state): Promise<Change<Traces>> => {
      const person = await this.gallery.person(id);
      const appearances = await everything(this.gallery.appearances, { personId: id });
      const tracks = new Set(appearances.flatMap(({ contentHash, tracks: ids }) => ids.map((track) => `${contentHash}:${track}`)));
      const titles = [...new Set(appearances.map(({ contentHash }) => contentHash))];
      const faces = new Set([...appearances.flatMap(({ embedding }) => embedding ?? []), ...person.exemplars.map(({ embedding }) => embedding)]);
      const writes: Write[] = [...partRemovals(), removal(PEOPLE, id), { kind: 'delete', collection: PERSON_PHOTOS.name, filter: { personId: id } }];
      for (const contentHash of titles)
        for (const part of await everything(this.gallery.embeddings, { contentHash })) {
          const kept = Object.fromEntries(Object.entries(part.embeddings).filter(([track]) => !tracks.has(`${contentHash}:${track}`)));
          writes.push(upsert(TRACK_EMBEDDINGS, withoutVersion({ ...part, embeddings: kept })));
        }
      for (const one of appearances)
        writes.push(upsert(APPEARANCES, withoutVersion({ ...one, embedding: null, personId: null, pinned: false, not: [] })));
      for (const { person: other } of await this.gallery.everybody(state)) {
        const rejected = other.rejected.filter((face) => !faces.has(face));
        const apart = other.apart.filter((one) => one !== id);
        const changed = rejected.length !== other.rejected.length || apart.length !== other.apart.length;
        if (other.id !== id && changed) writes.push(upsert(PEOPLE, withoutVersion({ ...other, rejected, apart })));
      }
      for (const { id: key, body } of await everything(this.answers, { status: { $ne: null } }))
        if (tellsOf(body, person)) writes.push(removal(KEPT_ANSWERS, key));
      const places = appearances.map(({ contentHash, bestFrame }) => ({ contentHash, ...bestFrame }));
      const counts = {
        photos: await this.gallery.photos.count({ personId: id }),
        appearances: appearances.length,
        titles: titles.length,
      };
      return { writes: [...writes, this.audit.line('person.deleted', { person: id, ...counts })], result: { counts, places, titles }, changes: 'names' };
    });
    await this.portraits.remove(erased.places);
    // The names that titles were given still hold theirs until they are given anew.
    await this.naming.settleAll();
    // From now on whoever writes one finds the names of now.
    for (const contentHash of erased.titles) await this.films.remove(contentHash);
    return erased.counts;
  }
}

function tellsOf(answer: unknown, { id, name }: Person): boolean {
  const text = JSON.stringify(answer) ?? '';
  return text.includes(id) || (name !== null && text.includes(JSON.stringify(name)));
}
