import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openMedia } from '../../src/frames/media.js';
import { ExportedFiles } from '../../src/titles/exported-files.js';
import { BRIEF_FILM, briefFilm } from '../films/film.js';
import { type JobView, TestService } from './service.js';

let service: TestService;
let id: string;
let path: string;

beforeAll(async () => {
  const film = await briefFilm();
  service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: dirname(film), KINOSCOPE_KEEP_EXPORTS: '2' });
  const { title } = (await (await service.post('/v1/titles', { path: film })).json()) as { title: { id: string } };
  id = title.id;
  path = `/v1/titles/${id}/annotated`;
}, 60_000);
afterAll(() => service.stop());

const folder = (): string => join(service.home, 'exports', 'default');
const written = (): Promise<string[]> => readdir(folder()).catch(() => []);
const asked = async (): Promise<JobView> => {
  const answer = await service.post(path, {});
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { job: JobView }).job;
};
const ended = async ({ id: job }: JobView): Promise<JobView | undefined> => (await service.follow(job)).at(-1);
interface Cast {
  readonly scenes: readonly { readonly cast: readonly { readonly personId: string }[] }[];
}
const somebody = async (): Promise<string> =>
  (await service.get<Cast>(`/v1/titles/${id}/cast`)).scenes.flatMap(({ cast }) => cast)[0]!.personId;
const rename = (person: string, name: string): Promise<Response> =>
  service.fetch(`/v1/people/${person}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });

it('is written by a job, which has the cast analysed first, and can be had whole and in part', async () => {
  expect((await service.fetch(path)).status).toBe(404);
  const job = await asked();
  expect((await asked()).id).toBe(job.id);
  expect(await ended(job)).toMatchObject({ state: 'done', error: null });
  const [name, ...others] = await written();
  expect([name, others]).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.mp4$/), []]);
  const film = await openMedia({ kind: 'node-av', threads: 1 }).probe(join(folder(), name!));
  expect(Math.abs(film.duration - BRIEF_FILM.duration)).toBeLessThan(0.1);
  const answer = await service.fetch(path, { headers: { range: 'bytes=4-7' } });
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([206, 'video/mp4', 'ftyp']);
}, 240_000);

it('is written again when names change while it is written', async () => {
  const person = await somebody();
  const files = service.part(ExportedFiles);
  const write = files.write.bind(files);
  let times = 0;
  files.write = async (...what) => {
    await write(...what);
    if (++times === 1) expect((await rename(person, 'Zoe Zell')).status).toBe(200);
  };
  expect(await ended(await asked())).toMatchObject({ state: 'done', attempts: 2 });
  expect([times, (await written()).length]).toEqual([2, 1]);
  files.write = write;
}, 240_000);

it('leaves nothing behind when it is cancelled', async () => {
  expect((await service.fetch(path, { method: 'DELETE' })).status).toBe(204);
  const job = await asked();
  while (!(await written()).includes(`.${job.id}`)) await new Promise((resolve) => setTimeout(resolve, 5));
  await service.fetch(`/v1/jobs/${job.id}`, { method: 'DELETE' });
  expect(await ended(job)).toMatchObject({ state: 'cancelled' });
  while ((await written()).length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await service.fetch(path)).status).toBe(404);
}, 120_000);

it('goes after its days, and with what a process left that was killed', async () => {
  await mkdir(join(folder(), '.gone'), { recursive: true });
  const [young, old] = [join(folder(), `${'a'.repeat(64)}.mp4`), join(folder(), `${'b'.repeat(64)}.mp4`)];
  for (const file of [young, old, join(folder(), '.gone', 'film.mp4')]) await writeFile(file, 'film');
  const before = Date.now() / 1000 - 3 * 86_400;
  await utimes(old, before, before);
  await service.restart();
  expect(await written()).toEqual([`${'a'.repeat(64)}.mp4`]);
}, 60_000);

it('goes with somebody who is in it, and with its title', async () => {
  expect(await ended(await asked())).toMatchObject({ state: 'done' });
  const person = await somebody();
  expect((await service.fetch(`/v1/people/${person}`, { method: 'DELETE' })).status).toBe(204);
  expect((await service.fetch(path)).status).toBe(404);
  expect(await ended(await asked())).toMatchObject({ state: 'done' });
  expect((await service.fetch(path)).status).toBe(200);
  await service.fetch(`/v1/titles/${id}`, { method: 'DELETE' });
  expect((await written()).filter((name) => !name.startsWith('aaaa'))).toEqual([]);
}, 240_000);
