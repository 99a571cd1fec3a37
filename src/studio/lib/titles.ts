import { answer, client, optional } from './api.js';
import { jobs } from './jobs.svelte.js';
import type { Billing, Cast, Credits, Genre, Job, Kind, ListedTitle, Segments, Sound, Title, Track } from './types.js';

export type Sorting = '-added' | 'added' | 'name' | '-year';
export type Status = ListedTitle['status'];
export interface Wanted {
  readonly q: string;
  readonly sort: Sorting;
  readonly genre: string;
  readonly person: string;
  readonly status: Status | '';
}

/** A part of the library, in the service's order. */
export async function listTitles(
  wanted: Wanted,
  cursor: string | null,
  limit: number,
  signal: AbortSignal,
): Promise<{ items: ListedTitle[]; nextCursor: string | null }> {
  const { q, sort, genre, person, status } = wanted;
  const query = {
    limit,
    sort,
    ...(q !== '' && { q }),
    ...(genre !== '' && { genre }),
    ...(person !== '' && { person }),
    ...(status !== '' && { status }),
    ...(cursor !== null && { cursor }),
  };
  return answer(client.GET('/v1/titles', { params: { query }, signal }));
}

export const readTitle = (id: string): Promise<Title> =>
  answer(client.GET('/v1/titles/{id}', { params: { path: { id } } }));

/** What is stored of a title, by kind. */
export interface Answers {
  readonly genre: Genre | null;
  readonly credits: Credits | null;
  readonly billing: Billing | null;
  readonly cast: Cast | null;
  readonly sound: Sound | null;
  readonly truncated: boolean;
}

export async function readAnswers(id: string): Promise<Answers> {
  const { analyses } = await answer(client.GET('/v1/titles/{id}/analyses', { params: { path: { id } } }));
  const resultOf = <T>(kind: Kind): T | null =>
    (analyses.find((one) => one.kind === kind)?.result as T | undefined) ?? null;
  return {
    genre: resultOf<Genre>('genre'),
    credits: resultOf<Credits>('credits'),
    billing: resultOf<Billing>('billing'),
    cast: resultOf<Cast>('cast'),
    sound: resultOf<Sound>('sound'),
    truncated: analyses.some(({ truncated }) => truncated),
  };
}

/** All that a title has beside its film itself, in order of time; null before its film is there. */
export const readSegments = (id: string): Promise<Segments | null> =>
  optional(answer(client.GET('/v1/titles/{id}/segments', { params: { path: { id } } })));

/** Who is where in the whole film, or one person with their places. */
export async function readTracks(id: string, personId?: string): Promise<Track[]> {
  const query = personId === undefined ? { samples: 'false' as const } : { personId };
  const asked = answer(client.GET('/v1/titles/{id}/tracks', { params: { path: { id }, query } }));
  return (await optional(asked))?.items ?? [];
}

const USUAL: readonly Kind[] = ['genre', 'credits', 'cast', 'sound'];

export async function analyze(id: string, kinds = USUAL, force = false): Promise<Job | null> {
  const body = { force, priority: 0, kinds: [...kinds] };
  const { job } = await answer(client.POST('/v1/titles/{id}/analyses', { params: { path: { id } }, body }));
  if (job) jobs.take(job);
  return job;
}

export const rename = (id: string, name: string): Promise<Title> =>
  answer(client.PATCH('/v1/titles/{id}', { params: { path: { id } }, body: { name } }));

/** Characters of a description, as the service counts them. */
export const MOST_DESCRIPTION = 10_000;

/** What was typed of a description; null where that is nothing. @throws Error, in words, when it is too long */
export function descriptionIn(typed: string): string | null {
  const text = typed.trim();
  const most = MOST_DESCRIPTION.toLocaleString('en');
  if (text.length > MOST_DESCRIPTION)
    throw new Error(`A description has at most ${most} characters; this one has ${text.length.toLocaleString('en')}.`);
  return text || null;
}

/** What is told of a film; null: nothing. */
export const describe = (id: string, description: string | null): Promise<Title> =>
  answer(client.PATCH('/v1/titles/{id}', { params: { path: { id } }, body: { description } }));

export async function deleteTitle(id: string): Promise<void> {
  await answer(client.DELETE('/v1/titles/{id}', { params: { path: { id } } }));
}

export const retryJob = async (id: string): Promise<void> =>
  jobs.take(await answer(client.POST('/v1/jobs/{id}/retry', { params: { path: { id } } })));

export const cancelJob = async (id: string): Promise<void> =>
  jobs.take(await answer(client.DELETE('/v1/jobs/{id}', { params: { path: { id } } })));

/** Links of pictures. */
export const posterOf = (id: string): string => `/v1/titles/${id}/poster?width=480`;
export const stillOf = (id: string, at: number, width = 320): string =>
  `/v1/titles/${id}/still?t=${at.toFixed(2)}&width=${width}`;
export const faceOf = (personId: string): string => `/v1/people/${personId}/face`;
