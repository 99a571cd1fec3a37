import { called } from './format.js';
import { messages } from './messages.svelte.js';
import { constrain, createPerson, deletePerson, patchPerson, type Undo } from './people.svelte.js';
import type { OnScreen } from './player.svelte.js';

/** Corrections of who a face shows. Each is remembered by the service, for all films, and can be taken back. */

interface Choice {
  readonly id: string | null;
  readonly name: string;
}

const tracksOf = ({ track }: OnScreen): string[] => (track === null ? [] : [track]);

/** This face shows somebody. @param after shows what is true now */
export async function nameFace(titleId: string, face: OnScreen, choice: Choice, after: () => void): Promise<void> {
  let undo: Undo | null = null;
  const done = await messages.attempt(async () => {
    undo = await nameIt(titleId, face, choice);
  });
  if (!done) return;
  after();
  messages.say(`${face.name === null ? called(face) : 'This face'} is ${choice.name}`, then(undo, after));
}

async function nameIt(titleId: string, face: OnScreen, { id, name }: Choice): Promise<Undo | null> {
  const here = { title: titleId, tracks: tracksOf(face) };
  const { personId } = face;
  if (personId !== null && face.name === null) {
    if (id === null) {
      await patchPerson(personId, { name });
      return () => patchPerson(personId, { name: null });
    }
    return constrain('mustLink', id, personId);
  }
  if (id !== null) return constrain('mustLink', id, here);
  const made = await createPerson(name, []);
  const undo = await constrain('mustLink', made.id, here);
  return async () => {
    await undo();
    await deletePerson(made.id);
  };
}

/** This face does not show whom it was said to show. */
export async function denyFace(titleId: string, face: OnScreen, after: () => void): Promise<void> {
  const { personId } = face;
  if (personId === null) return;
  const here = { title: titleId, tracks: tracksOf(face) };
  let undo: Undo | null = null;
  const done = await messages.attempt(async () => {
    undo = await constrain('cannotLink', personId, here);
  });
  if (!done) return;
  after();
  messages.say(`This face is not ${called(face)}`, then(undo, after));
}

const then = (undo: Undo | null, after: () => void): Undo | null =>
  undo &&
  (async () => {
    await undo();
    after();
  });
