import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import {
  createKinoscopeClient,
  dataOf,
  followJob,
  type KinoscopeClient,
  type Schemas,
} from '../../src/client/index.js';
import type { paths } from '../../src/client/schema.js';
import { SHORT_FILM, shortFilm } from '../films/film.js';
import { checkAnswer } from './answers.js';
import { TestService } from './service.js';

type Query = NonNullable<paths['/v1/titles']['get']['parameters']['query']>;

let service: TestService;
let client: KinoscopeClient;
let film: Blob;
let folder: string;

beforeAll(async () => {
  film = new Blob([await readFile(await shortFilm())]);
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-films-'));
  service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: folder, KINOSCOPE_ALLOW_HOSTS: '127.0.0.1' });
  client = createKinoscopeClient({
    url: service.url,
    fetch: async (request) => {
      const response = await fetch(request);
      await checkAnswer(request.method, request.url, response);
      return response;
    },
  });
});

afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true });
});

/** Another title of the same pictures. */
async function upload(name: string, padding: number): Promise<Schemas['Title']> {
  const file = new File([film, new Uint8Array(padding)], `${name}.mp4`);
  return (await dataOf(client.POST('/v1/titles', { body: { name, file } }))).title;
}

/** What a program of twenty lines does: everything typed by what the service says of itself. */
async function askEverything(url: string, file: Blob) {
  const kinoscope = createKinoscopeClient({ url });
  const { title } = await dataOf(kinoscope.POST('/v1/titles', { body: { name: 'A film', file } }));
  const params = { path: { id: title.id } };
  const kinds: Schemas['AnalysisKind'][] = ['genre', 'credits', 'cast', 'shots'];
  const { job } = await dataOf(kinoscope.POST('/v1/titles/{id}/analyses', { params, body: { kinds } }));
  const stages: string[] = [];
  if (job) for await (const { stage } of followJob(kinoscope, job.id)) stages.push(stage);
  const { top3 } = await dataOf(kinoscope.GET('/v1/titles/{id}/genre', { params }));
  const { creditsStart, sure } = await dataOf(kinoscope.GET('/v1/titles/{id}/credits', { params }));
  const { shots } = await dataOf(kinoscope.GET('/v1/titles/{id}/shots', { params }));
  const cast = await dataOf(kinoscope.GET('/v1/titles/{id}/cast', { params }));
  const paused = { ...params, query: { t: 0.5 } };
  const now = await dataOf(kinoscope.GET('/v1/titles/{id}/cast', { params: paused }));
  const scenes = 'scenes' in cast ? cast.scenes : [];
  const onScreen = 'at' in now ? now.cast.map(({ track, box }) => ({ track, box })) : [];
  return { id: title.id, stages, genres: top3.map(({ genre }) => genre), creditsStart, sure, shots, scenes, onScreen };
}

describe('a client that is made from openapi.json', () => {
  it('uploads a film, follows its analysis, reads every answer and finds the title again', async () => {
    const answers = await askEverything(service.url, film);
    expect(answers.stages.at(-1)).toBe('done');
    expect(new Set(answers.genres).size).toBe(3);
    expect(Math.abs(answers.creditsStart! - SHORT_FILM.creditsStart)).toBeLessThan(1.5);
    expect(answers.shots.length).toBeGreaterThan(5);
    expect(answers.scenes.flatMap(({ cast }) => cast).length).toBeGreaterThan(2);
    expect(answers.onScreen.length).toBeGreaterThan(0);

    const list = async (query: Query): Promise<string[]> =>
      (await dataOf(client.GET('/v1/titles', { params: { query } }))).items.map(({ id }) => id);
    const other = await upload('Another one', 8);
    expect(await list({ genre: answers.genres[0]! })).toEqual([answers.id]);
    expect(await list({ genre: 'Game-Show' })).toEqual([]);
    const [member] = answers.scenes.flatMap(({ cast }) => cast);
    expect(await list({ person: member!.personId })).toEqual([answers.id]);
    expect(await list({ status: 'done' })).toEqual([answers.id]);
    expect(await list({ status: 'new' })).toEqual([other.id]);
    expect(await list({ status: 'done', q: 'another' })).toEqual([]);
    const { items } = await dataOf(client.GET('/v1/titles', {}));
    expect(items.map(({ id, status, kinds, error }) => ({ id, status, kinds, error }))).toEqual([
      { id: other.id, status: 'new', kinds: [], error: null },
      { id: answers.id, status: 'done', kinds: ['genre', 'credits', 'cast', 'shots'], error: null },
    ]);
  }, 180_000);

  it('says of a title what its source does not know, and finds it by that', async () => {
    const { id } = await upload('Holiday', 24);
    const params = { path: { id } };
    const body = { name: 'Déjà vu', year: 1999, series: 'The Ones', season: 2, episode: 3 };
    const changed = await dataOf(client.PATCH('/v1/titles/{id}', { params, body }));
    expect(changed).toMatchObject({ name: 'Déjà vu', metadata: { year: 1999, series: 'The Ones', season: 2 } });
    const query = { q: 'deja ONE' };
    const { items } = await dataOf(client.GET('/v1/titles', { params: { query } }));
    expect(items.map((title) => title.id)).toEqual([id]);
    const { metadata } = await dataOf(client.PATCH('/v1/titles/{id}', { params, body: { year: null } }));
    expect([metadata.year, metadata.series]).toEqual([undefined, 'The Ones']);
    for (const wrong of [{}, { year: 12 }, { size: 3 }] as object[])
      expect((await client.PATCH('/v1/titles/{id}', { params, body: wrong })).response.status).toBe(400);
  });

  it('keeps what was said when the source says otherwise later, and finds films below a folder', async () => {
    const path = join(folder, 'shows', 'The Show S01E02.mp4');
    await mkdir(join(folder, 'shows'));
    await writeFile(path, Buffer.concat([Buffer.from(await film.arrayBuffer()), Buffer.alloc(72)]));
    const { title } = await dataOf(client.POST('/v1/titles', { body: { path } }));
    expect(title.metadata).toMatchObject({ season: 1, episode: 2 });
    const params = { path: { id: title.id } };
    await dataOf(client.PATCH('/v1/titles/{id}', { params, body: { season: 5, episode: null } }));
    const again = (await dataOf(client.POST('/v1/titles', { body: { path } }))).title;
    expect([again.id, again.metadata.season, again.metadata.episode]).toEqual([title.id, 5, undefined]);
    const below = async (where: string) =>
      (await dataOf(client.GET('/v1/titles', { params: { query: { path: where } } }))).items.map(({ id }) => id);
    expect(await below(join(folder, 'shows/'))).toEqual([title.id]);
    expect(await below(join(folder, 'others/'))).toEqual([]);
  });

  it('shows what is being done about a title, and why the last job failed', async () => {
    const missing = await dataOf(client.POST('/v1/titles', { body: { link: `${service.url}/missing.mp4` } }));
    const states: string[] = [];
    for await (const { state } of followJob(client, missing.analysis!.id)) states.push(state);
    expect(states.at(-1)).toBe('failed');
    const failed = await dataOf(client.GET('/v1/titles', { params: { query: { status: 'failed' } } }));
    expect(failed.items).toMatchObject([
      { id: missing.title.id, status: 'failed', poster: null, error: { code: 'not-found', at: expect.any(String) } },
    ]);
    const { id } = await upload('Cancelled', 40);
    const params = { path: { id } };
    const { job } = await dataOf(client.POST('/v1/titles/{id}/analyses', { params, body: {} }));
    const busy = await dataOf(client.GET('/v1/titles', { params: { query: { status: 'running' } } }));
    expect(busy.items.map((title) => [title.id, title.status, title.job?.id])).toEqual([[id, 'running', job!.id]]);
    const { items } = await dataOf(client.GET('/v1/jobs', { params: { query: { titleId: id } } }));
    expect(items.map((one) => one.id)).toEqual([job!.id]);
    await dataOf(client.DELETE('/v1/jobs/{id}', { params: { path: { id: job!.id } } }));
    expect((await dataOf(client.GET('/v1/titles', { params: { query: { status: 'running' } } }))).items).toEqual([]);
  });

  it('gets a poster and the picture at a second, no larger than it asks for', async () => {
    const { id } = await upload('Pictures', 56);
    const picture = async (path: string) => {
      const response = await service.fetch(`/v1/titles/${id}/${path}`);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/webp']);
      return Buffer.from(await response.arrayBuffer());
    };
    const poster = await picture('poster?width=200');
    expect(await sharp(poster).metadata()).toMatchObject({ format: 'webp', width: 200 });
    const still = await picture('still?t=20&width=64');
    expect(await sharp(still).metadata()).toMatchObject({ format: 'webp', width: 64 });
    // the credits are dark, the first shot is not
    const luma = async (data: Buffer) => (await sharp(data).greyscale().stats()).channels[0]!.mean;
    expect(await luma(await picture('still?t=0.5'))).toBeGreaterThan(2 * (await luma(still)));
    expect(await picture('still?t=20&width=64')).toEqual(still);
    for (const wrong of ['still', 'still?t=', 'still?t=1e9', 'still?t=1&width=5000', 'poster?size=3'])
      expect((await service.fetch(`/v1/titles/${id}/${wrong}`)).status).toBe(400);
  });
});

describe('a query parameter that a route does not know', () => {
  it.each(['titles?name=x', 'titles/none?x=1', 'jobs?status=failed', 'people?nmaed=true', 'webhooks?limit=3'])(
    'is an error: %s',
    async (path) => {
      const response = await service.fetch(`/v1/${path}`);
      expect(response.status).toBe(400);
      expect(((await response.json()) as { detail: string }).detail).toMatch(/name|x|status|nmaed|limit/);
    },
  );
});
