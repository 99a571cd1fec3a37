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
