import type { Schemas } from '../../client/index.js';
import { answer, client, send, sendForm } from './api.js';
import { fold } from './format.js';
import type { Identified, Job, Person, PersonDetail } from './types.js';

export interface PeopleView {
  readonly named?: boolean;
  readonly hidden?: boolean;
}

/** Everybody of a view, those with the most screen time first. */
export async function listPeople({ named, hidden }: PeopleView): Promise<Person[]> {
  const people: Person[] = [];
  let cursor: string | null = null;
  const flag = (value: boolean): 'true' | 'false' => (value ? 'true' : 'false');
  do {
    const query = {
      limit: 1000,
      ...(named !== undefined && { named: flag(named) }),
      ...(hidden !== undefined && { hidden: flag(hidden) }),
      ...(cursor !== null && { cursor }),
    };
    const page: { items: Person[]; nextCursor: string | null } = await answer(
      client.GET('/v1/people', { params: { query } }),
    );
    people.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return people.sort((a, b) => b.screenTime - a.screenTime);
}

/** What somebody is called, and their aliases: without case and accents. */
export const namesOf = ({ name, aliases }: Pick<Person, 'name' | 'aliases'>): string[] =>
  [name ?? '', ...aliases].map(fold).filter(Boolean);

/** Everybody with a name, for those who type one: asked for when first wanted, and again after a change. */
class Known {
  people = $state.raw<Person[]>([]);
  private asked: Promise<void> | null = null;

  load(): Promise<void> {
    this.asked ??= listPeople({ named: true })
      .then((people) => void (this.people = people))
      .catch(() => void (this.asked = null));
    return this.asked;
  }

  forget(): void {
    this.asked = null;
  }

  /** Those of whose names and aliases one has all the words that were typed, case and accents aside; who begins so comes first. */
  matching(text: string, most = 8): Person[] {
    const words = fold(text).split(/\s+/).filter(Boolean);
    const found = this.people.flatMap((person) => {
      const name = namesOf(person).find((one) => words.every((word) => one.includes(word)));
      return name === undefined ? [] : [{ person, name }];
    });
    const begins = (name: string): number => (words.length > 0 && name.startsWith(words[0] ?? '') ? 0 : 1);
    return found
      .sort((a, b) => begins(a.name) - begins(b.name))
      .slice(0, most)
      .map(({ person }) => person);
  }

  /** Who is called exactly so, case and accents aside. */
  called(name: string): Person | undefined {
    const wanted = fold(name.trim());
    const those = this.people.filter((person) => namesOf(person).includes(wanted));
    // an alias may be another one's name
    return those.find((person) => fold(person.name ?? '') === wanted) ?? those[0];
  }
}
export const known = new Known();

const path = (id: string): { params: { path: { id: string } } } => ({ params: { path: { id } } });

export const readPerson = (id: string): Promise<PersonDetail> => answer(client.GET('/v1/people/{id}', path(id)));

async function changed<T>(work: Promise<T>): Promise<T> {
  const result = await work;
  known.forget();
  return result;
}

export const patchPerson = (
  id: string,
  body: { name?: string | null; hidden?: boolean; aliases?: readonly string[] },
): Promise<PersonDetail> => changed(send('PATCH', `/v1/people/${id}`, body));

export type Suggestion = Schemas['ConstraintSuggestion'];

/** Pairs who may be one person, the most alike first. */
export async function suggestMerges(): Promise<readonly Suggestion[]> {
  return (await answer(client.GET('/v1/constraints/suggestions', { params: { query: { limit: 40 } } }))).items;
}

export interface TracksOf {
  readonly title: string;
  readonly tracks: readonly string[];
}
/** Takes back what was said. */
export type Undo = () => Promise<unknown>;

const unsaid = (id: string): Undo => {
  return () => changed(answer(client.DELETE('/v1/constraints/{id}', path(id))));
};

/** Two are one person, or tracks show somebody, or not. */
export async function constrain(
  kind: 'mustLink' | 'cannotLink',
  person: string,
  about: string | TracksOf,
): Promise<Undo> {
  const body =
    typeof about === 'string'
      ? { kind, person, other: about }
      : { kind, person, title: about.title, tracks: [...about.tracks] };
  return unsaid((await changed(answer(client.POST('/v1/constraints', { body })))).id);
}

/** Some faces of a person show somebody else: one who is there, or a new one of a name or of none. */
export async function splitPerson(
  id: string,
  tracks: readonly TracksOf[],
  to: { readonly id: string | null; readonly name: string } | null,
): Promise<{ readonly other: PersonDetail; readonly undo: Undo }> {
  const body = {
    tracks: tracks.map(({ title, tracks: own }) => ({ title, tracks: [...own] })),
    ...(to && (to.id === null ? { name: to.name } : { into: to.id })),
  };
  const other = await changed(answer(client.POST('/v1/people/{id}/split', { ...path(id), body })));
  const query = { person: other.id, limit: 1000 };
  const { items } = await answer(client.GET('/v1/constraints', { params: { query } }));
  const said = items.findLast((one) => one.kind === 'cannotLink' && one.person === id && one.other === other.id);
  return { other, undo: said ? unsaid(said.id) : () => Promise.resolve() };
}

export const deletePerson = (id: string): Promise<null> => changed(send('DELETE', `/v1/people/${id}`));

function photosForm(photos: readonly File[]): FormData {
  const form = new FormData();
  for (const photo of photos) form.append('photos', photo);
  return form;
}

export function createPerson(name: string, photos: readonly File[]): Promise<PersonDetail> {
  const form = new FormData();
  form.append('name', name);
  for (const [, photo] of photosForm(photos)) form.append('photos', photo);
  return changed(photos.length > 0 ? sendForm('/v1/people', form) : send('POST', '/v1/people', { name }));
}

export const addPhotos = (id: string, photos: readonly File[]): Promise<PersonDetail> =>
  changed(sendForm(`/v1/people/${id}/photos`, photosForm(photos)));

export const removePhoto = (id: string, photo: string): Promise<null> =>
  changed(send('DELETE', `/v1/people/${id}/photos/${photo}`));

/** Whether a photo that was found by name shows them. */
export const judgePhoto = (id: string, photo: string, confirmed: boolean): Promise<PersonDetail> =>
  changed(send('PATCH', `/v1/people/${id}/photos/${photo}`, { confirmed }));

/** Has photos looked for of who is named of a title, or of all titles. */
export const findPhotos = (title?: string): Promise<Job> =>
  answer(client.POST('/v1/people/fetch', { body: title === undefined ? {} : { title } }));

/** Who a picture shows. */
export function identify(
  photo: Blob,
  limits: { title?: string; at?: string; place?: string; useExif?: string } = {},
  signal?: AbortSignal,
): Promise<Identified> {
  const form = new FormData();
  for (const [name, value] of Object.entries(limits)) if (value) form.append(name, value);
  form.append('photo', photo, 'photo.jpg');
  return sendForm('/v1/identify', form, signal);
}
