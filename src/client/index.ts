import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema.js';

/** The typed REST client, for pages and programs: `client.GET('/v1/titles/{id}/genre', { params: { path: { id } } })`. */
export type KinoscopeClient = Client<paths>;

/** What the service sends and takes, by name. */
export type Schemas = components['schemas'];
export type Job = Schemas['Job'];

export interface ClientOptions {
  /** Where the service is; a page of its own leaves it out. */
  readonly url?: string;
  /** An API key, ks_... */
  readonly key?: string;
  readonly fetch?: (request: Request) => Promise<Response>;
}

export function createKinoscopeClient({ url = '', key, fetch }: ClientOptions = {}): KinoscopeClient {
  return createClient<paths>({
    baseUrl: url,
    ...(key !== undefined && { headers: { Authorization: `Bearer ${key}` } }),
    ...(fetch && { fetch }),
    bodySerializer: (body: unknown) => (hasFiles(body) ? formOf(body) : JSON.stringify(body)),
  });
}

/** A failure that the service told of. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(readonly problem: Schemas['Problem']) {
    super(problem.detail);
  }
}

interface Answered {
  readonly data?: unknown;
  readonly error?: Schemas['Problem'];
}
/** Of the answer that is no failure. */
type DataOf<Answer extends Answered> = Answer extends { readonly data: infer Data } ? Data : never;

/** The data of an answer. @throws ProblemError */
export async function dataOf<Answer extends Answered>(answer: Promise<Answer>): Promise<DataOf<Answer>> {
  const { data, error } = await answer;
  if (error !== undefined) throw new ProblemError(error);
  return data as DataOf<Answer>;
}

/** A job after every change, until it has ended. @throws ProblemError */
export async function* followJob(client: KinoscopeClient, id: string): AsyncGenerator<Job> {
  const stream = await dataOf(client.GET('/v1/jobs/{id}/events', { params: { path: { id } }, parseAs: 'stream' }));
  if (!stream) return;
  let rest = '';
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let { value, done } = await reader.read(); !done; { value, done } = await reader.read()) {
      const events = (rest + value).split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data !== undefined) yield JSON.parse(data) as Job;
      }
    }
  } finally {
    await reader.cancel();
  }
}

type Form = Readonly<Record<string, unknown>>;

const isFile = (value: unknown): value is Blob => value instanceof Blob;

function hasFiles(body: unknown): body is Form {
  return typeof body === 'object' && body !== null && Object.values(body).flat().some(isFile);
}

/** Fields first: a server that reads a file as it comes knows them by then. */
function formOf(body: Form): FormData {
  const form = new FormData();
  const entries = Object.entries(body).sort(([, a], [, b]) => Number(hasFiles({ a })) - Number(hasFiles({ b })));
  for (const [name, value] of entries)
    for (const one of [value].flat())
      if (isFile(one)) form.append(name, one);
      else if (one !== undefined) form.append(name, String(one));
  return form;
}
