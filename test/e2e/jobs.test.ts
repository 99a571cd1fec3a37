import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { shortFilm } from '../films/film.js';
import { type JobView, TestService } from './service.js';

let folder: string;
let service: TestService;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-films-'));
  service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: folder });
});
afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

const failed = async (): Promise<string[]> =>
  (await service.get<{ items: JobView[] }>('/v1/jobs?state=failed')).items.map(({ id }) => id);

it('shows the jobs that failed, and tries one again once its cause is gone', async () => {
  const film = join(folder, 'film.mp4');
  await copyFile(await shortFilm(), film);
  const { title } = (await (await service.post('/v1/titles', { path: film })).json()) as { title: { id: string } };
  await rm(film);
  const answer = await service.post(`/v1/titles/${title.id}/analyses`, { kinds: ['credits'], priority: 3 });
  const { job } = (await answer.json()) as { job: JobView };
  expect((await service.follow(job.id)).at(-1)).toMatchObject({
    state: 'failed',
    priority: 3,
    error: { code: 'not-found' },
  });
  expect(await failed()).toEqual([job.id]);

  await copyFile(await shortFilm(), film);
  // the title knows the file by its size and its time of change
  await service.post('/v1/titles', { path: film });
  const again = await service.post(`/v1/jobs/${job.id}/retry`, {});
  expect(again.status).toBe(202);
  expect(await again.json()).toMatchObject({ id: job.id, error: null, finishedAt: null });
  expect((await service.follow(job.id)).at(-1)).toMatchObject({ state: 'done' });
  expect(await failed()).toEqual([]);
  expect((await service.fetch(`/v1/titles/${title.id}/credits`)).status).toBe(200);

  expect((await service.post(`/v1/jobs/${job.id}/retry`, {})).status).toBe(409);
  expect((await service.post('/v1/jobs/unknown/retry', {})).status).toBe(404);
  expect((await service.fetch('/v1/jobs?state=odd')).status).toBe(400);
});

it('has no events of a job that there is not, but a problem', async () => {
  const response = await service.fetch('/v1/jobs/unknown/events');
  expect([response.status, response.headers.get('content-type')]).toEqual([
    404,
    'application/problem+json; charset=utf-8',
  ]);
  expect(await response.json()).toMatchObject({ type: 'urn:kinoscope:not-found', detail: 'There is no job unknown' });
});
