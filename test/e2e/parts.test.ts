import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Documents } from '../../src/titles/collections.js';
import { shortFilm } from '../films/film.js';
import { type JobView, TestService } from './service.js';

type NamedJob = JobView & { readonly name: string };

let service: TestService;
let title: string;
beforeAll(async () => {
  const path = await shortFilm();
  service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: dirname(path), KINOSCOPE_PART_SECONDS: '7' });
  ({
    title: { id: title },
  } = (await (await service.post('/v1/titles', { path })).json()) as { title: { id: string } });
});
afterAll(() => service.stop());

const jobs = async (name: string): Promise<NamedJob[]> =>
  (await service.get<{ items: NamedJob[] }>('/v1/jobs?limit=1000')).items.filter((job) => job.name === name);
const kept = (): Promise<number> => service.part(Documents).castSegments.count();

it('an analysis in parts that is cancelled ends its parts and leaves nothing of them, and can be tried again', async () => {
  const answer = await service.post(`/v1/titles/${title}/analyses`, { kinds: ['cast'] });
  const { job } = (await answer.json()) as { job: JobView };
  while (!(await jobs('faces')).some(({ state }) => state === 'done')) await sleep(20);
  expect(await kept()).toBeGreaterThan(0);
  await service.fetch(`/v1/jobs/${job.id}`, { method: 'DELETE' });
  const [clear] = await jobs('clear');
  expect((await service.follow(clear!.id)).at(-1)).toMatchObject({ state: 'done' });
  expect(new Set((await jobs('faces')).map(({ state }) => state))).toEqual(new Set(['done', 'cancelled']));
  expect(await kept()).toBe(0);

  // The stretch that was done and removed is watched once more.
  await service.post(`/v1/jobs/${job.id}/retry`, {});
  expect((await service.follow(job.id)).at(-1)).toMatchObject({ state: 'done', error: null });
  expect(await kept()).toBe(0);
  const { scenes } = await service.get<{ scenes: readonly { readonly end: number }[] }>(`/v1/titles/${title}/cast`);
  expect(scenes.at(-1)!.end).toBeGreaterThan(28);
}, 180_000);
