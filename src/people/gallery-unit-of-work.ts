import { randomUUID } from 'node:crypto';
import { onceId } from '../core/context.js';
import type { RecognizerId } from '../faces/recognizers.js';
import { withoutVersion, type Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { type Exemplar, PEOPLE, type Person, removal, upsert } from './documents.js';
import { type GalleryStore } from './gallery-store.js';
import { learn } from './mean.js';

/** Of the person whom this request makes, the same when it comes again; undefined unless it may. */
export function idOfRequest(): string | undefined {
  const id = onceId('person');
  return id === null ? undefined : `p-${id.slice(0, 16)}`;
}

export function newPersonId(): string {
  return `p-${randomUUID().replaceAll('-', '').slice(0, 16)}`;
}

/** Somebody of whom nothing was learnt yet; a stranger has a number instead of a name. */
export function newPerson(
  recognizer: RecognizerId,
  name: string | null,
  number: number | null,
  id = newPersonId(),
): Person {
  return {
    id,
    version: 0,
    name,
    number,
    recognizer,
    mean: null,
    photos: 0,
    exemplars: [],
    cannotLinkFaces: [],
    cannotLink: [],
    hidden: false,
    createdAt: new Date().toISOString(),
  };
}

/** The people as one change of the gallery makes them, and the writes that it comes to. */
export class GalleryUnitOfWork {
  private readonly people: Map<string, Person>;
  private readonly changed = new Set<string>();
  private readonly relearn = new Set<string>();
  private readonly removed = new Set<string>();
  /** Strangers who were added. */
  strangers = 0;

  constructor(
    private readonly gallery: GalleryStore,
    people: readonly Person[],
    private readonly lastStranger: number,
  ) {
    this.people = new Map(people.map((person) => [person.id, person]));
  }

  get(id: string): Person | undefined {
    return this.people.get(id);
  }

  add(name: string | null, id?: string): Person {
    if (name === null) this.strangers++;
    const number = name === null ? this.lastStranger + this.strangers : null;
    const person = newPerson(this.gallery.recognizer, name, number, id);
    this.put(person);
    return person;
  }

  put(person: Person): void {
    this.people.set(person.id, person);
    this.changed.add(person.id);
  }

  addFaces(id: string, faces: readonly Exemplar[]): void {
    const person = this.people.get(id);
    if (!person || faces.length === 0) return;
    this.put({ ...person, exemplars: [...person.exemplars, ...faces] });
    this.relearn.add(id);
  }

  dropFaces(id: string, embeddings: ReadonlySet<string>): void {
    const person = this.people.get(id);
    if (!person?.exemplars.some(({ embedding }) => embeddings.has(embedding))) return;
    this.put({ ...person, exemplars: person.exemplars.filter(({ embedding }) => !embeddings.has(embedding)) });
    this.relearn.add(id);
  }

  remove(id: string): void {
    this.people.delete(id);
    this.changed.delete(id);
    this.removed.add(id);
  }

  get touched(): boolean {
    return this.changed.size > 0 || this.removed.size > 0;
  }

  async writes(): Promise<Write[]> {
    const writes: Write[] = [...this.removed].map((id) => removal(PEOPLE, id));
    for (const id of this.changed) {
      const person = this.people.get(id)!;
      writes.push(upsert(PEOPLE, withoutVersion(this.relearn.has(id) ? await this.learnt(person) : person)));
    }
    return writes;
  }

  private async learnt(person: Person): Promise<Person> {
    const photos = person.photos === 0 ? [] : await everything(this.gallery.photos, { personId: person.id });
    return { ...person, ...learn(photos, person.exemplars) };
  }
}
