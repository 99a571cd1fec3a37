import { called } from './format.js';
import { messages } from './messages.svelte.js';
import {
  createPerson,
  denyTracks,
  giveTracks,
  mergePeople,
  patchPerson,
  readPerson,
  splitPerson,
} from './people.svelte.js';
import type { OnScreen } from './player.svelte.js';

/** Corrections of who a face shows. Each is remembered by the service, for all films, and can be taken back. */

type Undo = () => Promise<unknown>;
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
    const { seenIn } = await readPerson(personId);
    await mergePeople(id, [personId]);
    return () =>
      splitPerson(
        id,
        seenIn.map(({ title, tracks }) => ({ title, tracks })),
      );
  }
  const into = id ?? (await createPerson(name, [])).id;
  await giveTracks(into, here);
  return personId === null ? () => denyTracks(into, here) : () => giveTracks(personId, here);
}

/** This face does not show whom it was said to show. */
export async function denyFace(titleId: string, face: OnScreen, after: () => void): Promise<void> {
  const { personId } = face;
  if (personId === null) return;
  const here = { title: titleId, tracks: tracksOf(face) };
  if (!(await messages.attempt(() => denyTracks(personId, here)))) return;
  after();
  messages.say(
    `This face is not ${called(face)}`,
    then(() => giveTracks(personId, here), after),
  );
}

const then = (undo: Undo | null, after: () => void): Undo | null =>
  undo &&
  (async () => {
    await undo();
    after();
  });
