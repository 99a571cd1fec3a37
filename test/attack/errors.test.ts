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
