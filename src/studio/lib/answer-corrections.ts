import { answer, client } from './api.js';
import { messages } from './messages.svelte.js';
import type { Credits, EpisodePart, Genre, Segments } from './types.js';

/** Corrections of a film's credits, genre, opening titles, recap and preview. The machine's answer stays beside them, so each can be taken back. */

type Said = Pick<Credits, 'creditsStart'> & {
  readonly segments: readonly {
    readonly kind: Credits['segments'][number]['kind'];
    readonly start: number;
    readonly end: number;
  }[];
};

const of = (id: string) => ({ path: { id } });

const putCredits = (id: string, { creditsStart, segments }: Said, locked: boolean): Promise<unknown> =>
  answer(
    client.PUT('/v1/titles/{id}/corrections/credits', {
      params: of(id),
      body: { creditsStart, segments: segments.map(({ kind, start, end }) => ({ kind, start, end })), locked },
    }),
  );

const unlock = (id: string): Promise<unknown> =>
  answer(client.PUT('/v1/titles/{id}/corrections/credits', { params: of(id), body: { locked: false } }));

const putGenre = (id: string, genres: readonly string[]): Promise<unknown> =>
  answer(client.PUT('/v1/titles/{id}/corrections/genre', { params: of(id), body: { genres: [...genres] } }));

const deleteCredits = (id: string): Promise<unknown> =>
  answer(client.DELETE('/v1/titles/{id}/corrections/credits', { params: of(id) }));
const deleteGenre = (id: string): Promise<unknown> =>
  answer(client.DELETE('/v1/titles/{id}/corrections/genre', { params: of(id) }));

/** The genres that a person has set, the first three in their order. */
export function genresOf({ top3, genres }: Genre): string[] {
  const first = top3.map(({ genre }) => genre);
  return [...first, ...Object.keys(genres).filter((name) => genres[name] === 1 && !first.includes(name))];
}

/** Does it, tells so, and offers the way back to what was answered before. */
async function correct(
  text: string,
  work: () => Promise<unknown>,
  back: () => Promise<unknown>,
  after: () => void,
): Promise<boolean> {
  if (!(await messages.attempt(work))) return false;
  after();
  messages.say(text, async () => {
    await back();
    after();
  });
  return true;
}

/** As they were answered: a person's, or the machine's. */
async function restoreCredits(id: string, before: Credits): Promise<void> {
  // what is locked cannot be deleted, and the machine's answer has no lock
  if (before.corrected) await putCredits(id, before, before.correction?.locked ?? false);
  else {
    await unlock(id);
    await deleteCredits(id);
  }
}

export const setCredits = (
  id: string,
  before: Credits,
  said: Said,
  locked: boolean,
  after: () => void,
): Promise<boolean> =>
  correct(
    'The credits are set by hand',
    async () => {
      if (before.correction?.locked) await unlock(id);
      await putCredits(id, said, locked);
    },
    async () => {
      if (locked) await unlock(id);
      await restoreCredits(id, before);
    },
    after,
  );

/** Back to the machine's answer. */
export const undoCredits = (id: string, before: Credits, after: () => void): Promise<boolean> =>
  correct(
    'The credits are the machine’s again',
    async () => {
      if (before.correction?.locked) await unlock(id);
      await deleteCredits(id);
    },
    () => putCredits(id, before, before.correction?.locked ?? false),
    after,
  );

export const setGenre = (id: string, before: Genre, genres: readonly string[], after: () => void): Promise<boolean> =>
  correct(
    `The genre is ${genres.join(', ')}`,
    () => putGenre(id, genres),
    () => (before.corrected ? putGenre(id, genresOf(before)) : deleteGenre(id)),
    after,
  );

/** Back to the machine's answer. */
export const undoGenre = (id: string, before: Genre, after: () => void): Promise<boolean> =>
  correct(
    'The genre is the machine’s again',
    () => deleteGenre(id),
    () => putGenre(id, genresOf(before)),
    after,
  );

type SaidPart = Pick<EpisodePart, 'kind' | 'start' | 'end'>;

const isPart = (kind: Segments['segments'][number]['kind']): kind is EpisodePart['kind'] =>
  kind === 'intro' || kind === 'recap' || kind === 'preview';

/** Opening titles, recap and preview as they are answered now. */
export const partsOf = ({ segments }: Segments): SaidPart[] =>
  segments.flatMap(({ kind, start, end }) => (isPart(kind) ? [{ kind, start, end }] : []));

const putParts = (id: string, body: { segments?: SaidPart[]; locked: boolean }): Promise<unknown> =>
  answer(client.PUT('/v1/titles/{id}/corrections/segments', { params: of(id), body }));
const unlockParts = (id: string): Promise<unknown> => putParts(id, { locked: false });
const deleteParts = (id: string): Promise<unknown> =>
  answer(client.DELETE('/v1/titles/{id}/corrections/segments', { params: of(id) }));
const restoreParts = (id: string, before: Segments): Promise<unknown> =>
  before.correction ? putParts(id, { segments: partsOf(before), locked: before.correction.locked }) : deleteParts(id);

export const setParts = (
  id: string,
  before: Segments,
  segments: SaidPart[],
  locked: boolean,
  after: () => void,
): Promise<boolean> =>
  correct(
    'Opening titles, recap and preview are set by hand',
    async () => {
      if (before.correction?.locked) await unlockParts(id);
      await putParts(id, { segments, locked });
    },
    async () => {
      if (locked) await unlockParts(id);
      await restoreParts(id, before);
    },
    after,
  );

/** Back to what the season says. */
export const undoParts = (id: string, before: Segments, after: () => void): Promise<boolean> =>
  correct(
    'Opening titles, recap and preview are the season’s again',
    async () => {
      if (before.correction?.locked) await unlockParts(id);
      await deleteParts(id);
    },
    () => restoreParts(id, before),
    after,
  );
