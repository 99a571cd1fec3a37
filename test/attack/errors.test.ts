import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TestService } from '../e2e/service.js';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start({}, 'api');
}, 60_000);
afterAll(() => service.stop());

function form(field: string, name: string, text: string): FormData {
  const made = new FormData();
  made.append('name', 'Somebody');
  made.append(field, new Blob([text]), name);
  return made;
}

it.each([
  ['a film', '/v1/titles', 'file', 'My holiday.mp4'],
  ['a picture of somebody', '/v1/people', 'photos', 'My aunt.png'],
  ['a picture to be identified', '/v1/identify', 'photo', 'My screen.png'],
])(
  "says what is wrong with %s by its sender's name, and nothing of this machine",
  async (_what, path, field, name) => {
    const response = await service.fetch(path, { method: 'POST', body: form(field, name, 'nothing of the kind') });
    const { detail } = (await response.json()) as { detail: string };
    expect([response.status, detail]).toEqual([422, expect.stringContaining(name)]);
    expect(detail).not.toMatch(/[0-9a-f]{32}|incoming|photos-|\/tmp\//);
    expect(detail).not.toContain(service.home);
  },
  60_000,
);

it.each([
  ['10000 characters of a description', '竜'.repeat(10_000), 422, /My film/],
  ['more than that', '竜'.repeat(10_001), 400, /at most 10000 characters/],
  ['far more than that', 'x'.repeat(50_000), 413, /description is too long/],
])('counts characters, not bytes: %s', async (_what, description, status, expected) => {
  const body = new FormData();
  body.append('description', description);
  body.append('file', new Blob(['nothing of the kind']), 'My film.mp4');
  const response = await service.fetch('/v1/titles', { method: 'POST', body });
  expect([response.status, await response.json()]).toEqual([
    status,
    expect.objectContaining({ detail: expect.stringMatching(expected) as unknown }),
  ]);
});

const { paths } = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, object>>;
};

it('refuses a method that a path does not have, and names those that it has', async () => {
  const wrong: unknown[] = [];
  const matches = (pattern: string, path: string): boolean =>
    new RegExp(`^${pattern.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
  for (const path of Object.keys(paths).map((pattern) => pattern.replace(/\{\w+\}/g, 'none'))) {
    const routes = Object.entries(paths).filter(([pattern]) => matches(pattern, path));
    const known = routes.flatMap(([, methods]) => Object.keys(methods)).map((method) => method.toUpperCase());
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !known.includes(one))) {
      const response = await service.fetch(path, { method });
      const { type } = (await response.json()) as { type: string };
      const allowed = response.headers.get('allow')?.split(', ').sort();
      const expected = [...new Set([...known, ...(known.includes('GET') ? ['HEAD'] : [])])].sort();
      if (response.status !== 405 || type !== 'urn:kinoscope:no-such-method' || String(allowed) !== String(expected))
        wrong.push([method, path, response.status, type, allowed]);
    }
  }
  expect(wrong).toEqual([]);
});

it.each([
  [404, 'not-found', '/v1/nothing', {}],
  [404, 'not-found', '/v1/jobs/nothing', {}],
  [400, 'usage', '/v1/titles?limit=0', {}],
  [400, 'usage', '/v1/titles?nothing=1', {}],
  [400, 'usage', '/v1/titles', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }],
  [404, 'not-found', '/', { method: 'POST' }],
])('answers %s with one kind of type: %s', async (status, code, path, request) => {
  const response = await service.fetch(path, request);
  expect(await response.json()).toMatchObject({ status, type: `urn:kinoscope:${code}` });
  expect(response.status).toBe(status);
});

const sent = (method: string, body: string): RequestInit => ({
  method,
  body,
  headers: { 'content-type': 'application/json' },
});

it.each<[path: string, body: [method: string, json: unknown] | null, detail: string]>([
  ['/v1/titles?limit=abc', null, 'limit must be a whole number from 1 to 1000'],
  ['/v1/titles?limit=1.5', null, 'limit must be a whole number from 1 to 1000'],
  ['/v1/titles?foo=1', null, 'foo is not known here'],
  ['/v1/doctor?foo=1&bar=2', null, 'foo, bar are not known here'],
  ['/v1/titles?hash=12', null, 'hash must be 64 or 16 hexadecimal digits'],
  ['/v1/titles?status=odd', null, 'status must be one of new, running, failed, done'],
  ['/v1/titles/none/still', null, 't is missing'],
  ['/v1/titles/none/still?t=', null, 't must be a number of at least 0'],
  ['/v1/people/none/broadcasts?at=noon', null, 'at must be a time such as 2026-01-31T20:15:00Z'],
  ['/v1/constraints', ['POST', { kind: 'x' }], 'kind must be one of mustLink, cannotLink; person is missing'],
  ['/v1/constraints', ['POST', { kind: 'mustLink', person: 'a' }], 'Give either other, or title and tracks'],
  ['/v1/people/none', ['PATCH', { name: '  ' }], 'name must not be empty'],
  ['/v1/people/none', ['PATCH', { name: 'x'.repeat(201) }], 'name must have at most 200 characters'],
  ['/v1/people/none', ['PATCH', { name: 7, hidden: 'no' }], 'name must be text; hidden must be true or false'],
  ['/v1/people/none/merge', ['POST', {}], 'people is missing'],
  ['/v1/people/none/merge', ['POST', []], 'The body must be a JSON object'],
  ['/v1/titles/none/corrections/genre', ['PUT', { genres: [] }], 'genres must not be empty'],
  [
    '/v1/titles/none/corrections/credits',
    ['PUT', { segments: [{ kind: 'roll', start: -1, end: 2 }] }],
    'start of item 1 of segments must be a number of at least 0',
  ],
  [
    '/v1/titles/none/analyses',
    ['POST', { kinds: ['genre', 'plot'] }],
    'item 2 of kinds must be one of genre, credits, billing, cast, sound, shots',
  ],
  ['/v1/titles', ['POST', { link: 'file:///etc' }], 'link must be a link that begins with http://, https:// or s3://'],
  ['/v1/titles', ['POST', {}], 'Give either path, link or upload'],
  ['/v1/webhooks', ['POST', { url: 'x' }], 'url must be a link that begins with http:// or https://'],
  ['/v1/keys', ['POST', { name: 'a', days: 0 }], 'days must be a number above 0 and up to 36500'],
])('says in plain words what is wrong with %s %j', async (path, body, detail) => {
  const response = await service.fetch(path, body ? sent(body[0], JSON.stringify(body[1])) : undefined);
  expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ detail })]);
});

it('tells some of many faults, and how many there are', async () => {
  const cast = Array.from({ length: 900 }, () => ({ name: '' }));
  const response = await service.fetch('/v1/titles/none/cast-list', sent('PUT', JSON.stringify({ cast })));
  const { detail } = (await response.json()) as { detail: string };
  expect(detail).toMatch(/^name of item 1 of cast must not be empty; .*; and 895 more$/);
});

it.each([
  ['{oops', 400, 'The body is no JSON object'],
  ['7', 400, 'The body is no JSON object'],
  [' '.repeat(2 ** 21), 413, 'The body is too large'],
])('says in plain words that a body cannot be read', async (body, status, detail) => {
  const response = await service.fetch('/v1/titles', sent('POST', body));
  expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ detail })]);
});
