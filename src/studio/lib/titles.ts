import { answer, client, optional, send } from './api.js';
import { jobs } from './jobs.svelte.js';
import type { Cast, Credits, Genre, Job, Kind, Title, Track } from './types.js';

export type Sorting = 'newest' | 'oldest' | 'name' | 'duration';
export interface Wanted {
  readonly q: string;
  readonly sort: Sorting;
  readonly genre: string;
  readonly person: string;
  readonly status: string;
}

/** A part of the library, in the service's order. */
export async function listTitles(
  wanted: Wanted,
  cursor: string | null,
  limit: number,
  signal: AbortSignal,
): Promise<{ items: Title[]; nextCursor: string | null }> {
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== ''));
  const query = { ...given, limit, ...(cursor !== null && { cursor }) };
  return answer(client.GET('/v1/titles', { params: { query: query as { limit?: number } }, signal }));
}

export const readTitle = (id: string): Promise<Title> =>
  answer(client.GET('/v1/titles/{id}', { params: { path: { id } } }));

/** What is stored of a title, by kind. */
export interface Answers {
  readonly genre: Genre | null;
  readonly credits: Credits | null;
  readonly cast: Cast | null;
  readonly truncated: boolean;
}

export async function readAnswers(id: string): Promise<Answers> {
  const { analyses } = await answer(client.GET('/v1/titles/{id}/analyses', { params: { path: { id } } }));
  const resultOf = <T>(kind: Kind): T | null =>
    (analyses.find((one) => one.kind === kind)?.result as T | undefined) ?? null;
  return {
    genre: resultOf<Genre>('genre'),
    credits: resultOf<Credits>('credits'),
    cast: resultOf<Cast>('cast'),
    truncated: analyses.some(({ truncated }) => truncated),
  };
}

/** Who is where in the whole film, or one person with their places. */
export async function readTracks(id: string, personId?: string): Promise<Track[]> {
  const query = personId === undefined ? { samples: 'false' as const } : { personId };
  const asked = answer(client.GET('/v1/titles/{id}/tracks', { params: { path: { id }, query } }));
  return (await optional(asked))?.items ?? [];
}

export async function analyze(id: string, kinds?: readonly Kind[], force = false): Promise<Job | null> {
  const body = { force, priority: 0, ...(kinds ? { kinds: [...kinds] } : {}) };
  const { job } = await answer(
    client.POST('/v1/titles/{id}/analyses', { params: { path: { id } }, body: body as never }),
  );
  if (job) jobs.take(job);
  return job;
}

export const rename = (id: string, name: string): Promise<Title> => patch(id, { name });

export async function deleteTitle(id: string): Promise<void> {
  await send('DELETE', `/v1/titles/${id}`);
}

interface TitlePatch {
  readonly name?: string;
}
function patch(id: string, body: TitlePatch): Promise<Title> {
  return send('PATCH', `/v1/titles/${id}`, body);
}

export const retryJob = async (id: string): Promise<void> =>
  jobs.take(await answer(client.POST('/v1/jobs/{id}/retry', { params: { path: { id } } })));

export const cancelJob = async (id: string): Promise<void> =>
  jobs.take(await answer(client.DELETE('/v1/jobs/{id}', { params: { path: { id } } })));

/** Links of pictures. */
export const posterOf = (id: string): string => `/v1/titles/${id}/poster`;
export const stillOf = (id: string, at: number): string => `/v1/titles/${id}/still?t=${at.toFixed(2)}`;
export const faceOf = (personId: string): string => `/v1/people/${personId}/face`;
