import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Portraits } from '../../src/people/portraits.js';
import { ExportedFiles } from '../../src/titles/exported-files.js';
import { FileRemoval } from '../../src/titles/file-removal.js';
import { type JobView, TestService } from '../e2e/service.js';
import { shortFilm } from '../films/film.js';
import { filesThatHold } from '../library/bytes.js';

let service: TestService;
beforeEach(async () => {
  service = await TestService.start({}, 'api');
}, 120_000);
afterEach(() => service.stop());

async function upload(key?: string): Promise<{ id: string; contentHash: string }> {
  const form = new FormData();
  form.append('file', new Blob([await readFile(await shortFilm())]), 'film.mp4');
  const response = await service.fetch('/v1/titles', {
    method: 'POST',
    body: form,
    headers: key ? { 'idempotency-key': key } : {},
  });
  return ((await response.json()) as { title: { id: string; contentHash: string } }).title;
}

/** A title with everything that a title may have; its files. */
async function whole(): Promise<{ id: string; files: string[] }> {
  const { id, contentHash } = await upload('made');
  await service.post(`/v1/titles/${id}/analyses`, { kinds: ['credits'] }, { 'idempotency-key': 'asked' });
  const portrait = `${service.part(Portraits).prefixOf(contentHash)}-1-2-3.jpg`;
  const exported = service.part(ExportedFiles).pathOf(contentHash);
  for (const file of [portrait, exported]) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'a picture');
  }
  return { id, files: [portrait, exported, join(service.home, 'media', `${contentHash}.mp4`)] };
}

const remove = (id: string): Promise<Response> => service.fetch(`/v1/titles/${id}`, { method: 'DELETE' });

test('a title takes along its film, pictures, film with names, kept answers and ended jobs, and ends those that run', async () => {
  const { id, files } = await whole();
  const jobs = async (): Promise<JobView[]> => (await service.get<{ items: JobView[] }>('/v1/jobs')).items;
  expect([(await jobs()).map(({ state }) => state), files.filter(existsSync).length]).toEqual([['queued'], 3]);
  expect((await remove(id)).status).toBe(204);
  expect(files.filter(existsSync)).toEqual([]);
  expect((await jobs()).map(({ state }) => state)).toEqual(['cancelled']);
  // made again under the same key: the first answer spoke of a title that is gone
  expect((await upload('made')).id).toBe(id);
  expect((await remove(id)).status).toBe(204);
  expect(await jobs()).toEqual([]);
}, 60_000);

test('a process that dies right after the commit leaves the files to the next that starts', async () => {
  const { id, files } = await whole();
  service.part(FileRemoval).carryOut = () => Promise.reject(new Error('the process has died'));
  expect((await remove(id)).status).toBe(500);
  expect(files.filter(existsSync)).toHaveLength(3);
  await service.restart();
  expect(files.filter(existsSync)).toEqual([]);
  expect(filesThatHold(join(service.home, 'media'), 'mp4')).toEqual([]);
  expect((await service.fetch(`/v1/titles/${id}`)).status).toBe(404);
}, 60_000);

test('a film that was given again before it could be removed stays', async () => {
  const { id, files } = await whole();
  const removal = service.part(FileRemoval);
  const { carryOut } = removal;
  removal.carryOut = () => Promise.resolve();
  expect((await remove(id)).status).toBe(204);
  removal.carryOut = carryOut;
  await upload();
  await removal.carryOut();
  expect(files.filter(existsSync)).toEqual([files[2]]);
}, 60_000);
