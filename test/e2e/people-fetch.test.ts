import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { makeDemoGallery } from '../../scripts/demo-film.mjs';
import { AnalysesService } from '../../src/analyses/analyses.service.js';
import { PhotoSearch } from '../../src/people/photos/photo-search.service.js';
import { BILLED } from '../../src/titles/billed.js';
import { Documents } from '../../src/titles/collections.js';
import { TitlesService } from '../../src/titles/titles.service.js';
import { shortFilm } from '../films/film.js';
import { type JobView, TestService } from './service.js';

/** A film whose people are named without anybody enrolled by hand: by who is billed, and by photos beside the film. */

const library = mkdtempSync(join(tmpdir(), 'kinoscope-people-fetch-'));
const film = join(library, 'Film.mp4');
const actors = join(library, '.actors');
let service: TestService;
let id: string;

/** The service computes in this process: a kept connection may lapse meanwhile. */
const get = async <T>(path: string): Promise<T> => service.get<T>(path).catch(() => service.get<T>(path));

beforeAll(async () => {
  copyFileSync(await shortFilm(), film);
  const gallery = join(library, 'gallery');
  await makeDemoGallery(gallery);
  mkdirSync(actors);
  for (const name of ['Ada Abel', 'Carla Castel', 'Ines Ilves'])
    copyFileSync(join(gallery, name, '1.jpg'), join(actors, `${name.replace(' ', '_')}.jpg`));
  // three people on one picture
  const group = fileURLToPath(new URL('../../node_modules/@vladmandic/face-api/demo/sample3.jpg', import.meta.url));
  copyFileSync(group, join(actors, 'Bruno_Brandt.jpg'));
  rmSync(gallery, { recursive: true });
  writeFileSync(
    join(library, 'Film.nfo'),
    '<movie><title>Film</title><actor><name>Ines Ilves</name></actor><actor><name>Bruno Brandt</name></actor></movie>',
  );
  service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: library, KINOSCOPE_QUEUES: 'photos' });
  ({
    title: { id },
  } = (await (await service.post('/v1/titles', { path: film })).json()) as { title: { id: string } });
  const { contentHash } = await service.part(TitlesService).get(id);
  // As the credits were read.
  const billed = ['Ada Abel', 'CARLA CASTEL'].map((name, index) => ({
    id: `${contentHash}:${index}`,
    contentHash,
    kind: 'cast',
    name,
    role: null,
    department: null,
    confidence: 0.95,
    start: 20,
    end: 22,
    nameWords: name.toLowerCase().split(' '),
    roleWords: [],
  }));
  await service
    .part(Documents)
    .store.commit(billed.map((document) => ({ kind: 'upsert', collection: BILLED.name, document })));
}, 60_000);
afterAll(async () => {
  await service.stop();
  rmSync(library, { recursive: true, force: true });
});

it('photos beside a film name its people, and say where they were found', async () => {
  let job = (await (await service.post('/v1/people/fetch', { title: id })).json()) as JobView;
  for (let looks = 0; looks < 600 && job.state !== 'done' && job.state !== 'failed'; looks++) {
    await sleep(100);
    job = await get<JobView>(`/v1/jobs/${job.id}`);
  }
  expect(job).toMatchObject({ state: 'done', error: null });
  const { items } = await get<{ items: { id: string; name: string }[] }>('/v1/people?named=true');
  expect(items.map(({ name }) => name).toSorted()).toEqual(['Ada Abel', 'CARLA CASTEL', 'Ines Ilves']);
  const ada = items.find(({ name }) => name === 'Ada Abel')!;
  expect(await get(`/v1/people/${ada.id}`)).toMatchObject({
    photoList: [{ file: 'Ada_Abel.jpg', proposedFrom: join(actors, 'Ada_Abel.jpg') }],
  });

  const title = await service.part(TitlesService).get(id);
  await service.part(AnalysesService).answer(title, ['cast'], false, {});
  const { people } = await get<{ people: { name: string | null }[] }>(`/v1/titles/${id}/cast`);
  expect(people.flatMap(({ name }) => name ?? []).toSorted()).toEqual(['Ada Abel', 'CARLA CASTEL', 'Ines Ilves']);

  // Who was found and why not; the same again changes nothing, and whom somebody has enrolled is looked for no more.
  const again = await service.part(PhotoSearch).fetch(title);
  expect(again.find(({ name }) => name === 'Bruno Brandt')).toEqual({
    name: 'Bruno Brandt',
    learnt: [],
    passedOver: [
      { from: join(actors, 'Bruno_Brandt.jpg'), reason: expect.stringMatching(/^\d faces in it/) as unknown },
    ],
  });
  expect(again.find(({ name }) => name === 'Ada Abel')?.learnt).toEqual([join(actors, 'Ada_Abel.jpg')]);
  expect((await get<{ items: unknown[] }>('/v1/people?named=true')).items).toHaveLength(3);
}, 300_000);
