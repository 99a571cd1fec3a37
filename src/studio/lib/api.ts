import { createKinoscopeClient } from '../../client/index.js';

/** The service's own refusal: `detail` is what a person is told. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Called whenever a key is wanted and none, or a wrong one, was sent. */
export const onLocked = { call: (): void => undefined };

export const client = createKinoscopeClient({ url: location.origin });

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The body of an answer. @throws Refusal in the service's words */
export async function answer<T>(asked: Promise<Answer<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await asked;
  if (!response.ok) throw refusalOf(response.status, error);
  return data as NonNullable<T>;
}

export function refusalOf(status: number, body: unknown): Refusal {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (status === 401) onLocked.call();
  const message = problem['detail'] ?? problem['title'] ?? `The service answered ${status}`;
  return new Refusal(status, String(problem['code'] ?? problem['type'] ?? ''), String(message));
}

/** An answer that may not be there yet: null instead of a 404. */
export async function optional<T>(asked: Promise<T>): Promise<T | null> {
  return asked.catch((error: unknown) => {
    if (error instanceof Refusal && error.status === 404) return null;
    throw error;
  });
}

/** A route that the generated client does not know yet. @throws Refusal */
export async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const answered: unknown = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw refusalOf(response.status, answered);
  return answered as T;
}

/** Sends a form: what the client's types say of files is not what a browser has. @throws Refusal */
export async function sendForm<T>(path: string, form: FormData, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, { method: 'POST', body: form, ...(signal && { signal }) });
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw refusalOf(response.status, body);
  return body as T;
}

/** What went wrong, in words for a person. */
export const wordsOf = (error: unknown): string =>
  error instanceof TypeError ? 'The service cannot be reached' : error instanceof Error ? error.message : String(error);
