import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SHORT_FILM, shortFilm } from '../films/film.js';
import { TestService, type JobView } from './service.js';

interface TitleView {
  readonly id: string;
  readonly name: string;
  readonly metadata: Record<string, unknown>;
  readonly duration: number | null;
}

interface ProblemView {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

let film: string;
let folder: string;
let service: TestService;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-films-'));
  film = join(folder, 'short.mp4');
  await copyFile(await shortFilm(), film);
  service = await TestService.start({
    KINOSCOPE_MEDIA_ROOTS: folder,
    KINOSCOPE_MAX_UPLOAD_BYTES: String(50 * 2 ** 20),
  });
});

afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

async function problem(response: Response): Promise<ProblemView> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const body = (await response.json()) as ProblemView;
  expect(body.status).toBe(response.status);
  return body;
}

async function upload(bytes: Uint8Array, name: string, fields: Record<string, string> = {}): Promise<Response> {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append('file', new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
  return service.fetch('/v1/titles', { method: 'POST', body: form });
}

describe('a title', () => {
  it('is one title, whether the same film comes by path, under another name, or as an upload', async () => {
    const byPath = await service.post('/v1/titles', { path: film, name: 'The Film' });
    expect(byPath.status).toBe(201);
    const { title } = (await byPath.json()) as { title: TitleView };
    expect(title.name).toBe('The Film');
    expect(title.duration).toBeCloseTo(SHORT_FILM.duration, 0);

    const copy = join(folder, 'copy.mp4');
    await copyFile(film, copy);
    const again = (await (await service.post('/v1/titles', { path: copy })).json()) as { title: TitleView };
    const uploaded = (await (await upload(await readFile(film), 'upload.mp4')).json()) as { title: TitleView };
    expect([again.title.id, uploaded.title.id]).toEqual([title.id, title.id]);
    expect(await service.kept()).toEqual([]);
  });

  it("is kept in the library's own folder when it was uploaded, and goes with the title", async () => {
    const other = Buffer.concat([await readFile(film), Buffer.alloc(64)]);
    const response = await upload(other, 'Other Film.mp4', { description: 'A girl searches for her dragon.' });
    const { title } = (await response.json()) as { title: TitleView };
    expect(title.metadata).toMatchObject({ description: 'A girl searches for her dragon.' });
    expect(title.name).toBe('Other Film');
    expect(await service.kept()).toHaveLength(1);
    const range = await service.fetch(`/v1/titles/${title.id}/media`, { headers: { range: 'bytes=4-7' } });
    expect([range.status, await range.text()]).toEqual([206, 'ftyp']);
    expect((await service.fetch(`/v1/titles/${title.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await service.kept()).toEqual([]);
    expect((await service.fetch(`/v1/titles/${title.id}`)).status).toBe(404);
  });

  it('is called and described as fields say that come after the film', async () => {
    const form = new FormData();
    form.append('file', new Blob([Buffer.concat([await readFile(film), Buffer.alloc(72)])]), 'late.mp4');
    form.append('name', 'Called later');
    form.append('description', 'A girl searches for her dragon.');
    const response = await service.fetch('/v1/titles', { method: 'POST', body: form });
    const { title } = (await response.json()) as { title: TitleView };
    expect([response.status, title.name]).toEqual([201, 'Called later']);
    const kept = await service.get<TitleView>(`/v1/titles/${title.id}`);
    expect(kept).toMatchObject({ name: 'Called later', metadata: { description: 'A girl searches for her dragon.' } });
    expect((await service.fetch(`/v1/titles/${title.id}`, { method: 'DELETE' })).status).toBe(204);
  });

  it('is refused, with nothing left behind, when the upload is no film or too large', async () => {
    const text = await upload(Buffer.from('not a film at all'), 'film.mp4');
    expect(text.status).toBe(422);
    await problem(text);
    const large = await upload(Buffer.alloc(51 * 2 ** 20), 'large.mp4');
    expect(large.status).toBe(413);
    await problem(large);
    expect(await service.kept()).toEqual([]);
  });

  it('is refused outside the media roots, where nothing is, and without a source', async () => {
    const outside = join(dirname(folder), `${basename(folder)}-outside.mp4`);
    await writeFile(outside, 'x');
    try {
      expect((await problem(await service.post('/v1/titles', { path: outside }))).status).toBe(403);
      expect(
        (await problem(await service.post('/v1/titles', { path: join(folder, '..', basename(outside)) }))).status,
      ).toBe(403);
    } finally {
      await rm(outside);
    }
    expect((await problem(await service.post('/v1/titles', { path: join(folder, 'missing.mp4') }))).status).toBe(404);
    expect((await problem(await service.post('/v1/titles', {}))).detail).toMatch(/path, link or upload/);
    const broken = await service.fetch('/v1/titles', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect((await problem(broken)).status).toBe(400);
  });
});

describe('a list of titles', () => {
  it('pages through all titles once, the newest first', async () => {
    const bytes = await readFile(film);
    const ids: string[] = [];
    for (let index = 1; index <= 3; index++) {
      const response = await upload(Buffer.concat([bytes, Buffer.alloc(index * 8)]), `list ${index}.mp4`);
      ids.push(((await response.json()) as { title: TitleView }).title.id);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: TitleView[]; nextCursor: string | null } = await service.get(
        `/v1/titles?limit=1${cursor ? `&cursor=${cursor}` : ''}`,
      );
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => ids.includes(id))).toEqual(ids.toReversed());
    for (const id of ids) await service.fetch(`/v1/titles/${id}`, { method: 'DELETE' });
    expect((await problem(await service.fetch('/v1/titles?limit=0'))).status).toBe(400);
    expect((await problem(await service.fetch('/v1/titles?cursor=nonsense'))).status).toBe(400);
  });
});

describe('an analysis', () => {
  it('runs as a job that reports its progress, and answers the three questions', async () => {
    const { title } = (await (await service.post('/v1/titles', { path: film })).json()) as { title: TitleView };
    expect((await problem(await service.fetch(`/v1/titles/${title.id}/genre`))).status).toBe(404);

    const started = await service.post(`/v1/titles/${title.id}/analyses`, {});
    expect(started.status).toBe(202);
    const { job } = (await started.json()) as { job: JobView };
    const events = await service.follow(job.id);
    const last = events.at(-1);
    expect([last?.state, last?.error]).toEqual(['done', null]);
    const progress = events.map((event) => event.progress);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.some((value) => value > 0 && value < 1)).toBe(true);

    const genre = await service.get<{ top3: { genre: string; probability: number }[] }>(`/v1/titles/${title.id}/genre`);
    expect(new Set(genre.top3.map((entry) => entry.genre)).size).toBe(3);
    const credits = await service.get<{ creditsStart: number; segments: { kind: string; start: number }[] }>(
      `/v1/titles/${title.id}/credits`,
    );
    expect(Math.abs(credits.creditsStart - SHORT_FILM.creditsStart)).toBeLessThan(1.5);
    const cast = await service.get<{ scenes: { start: number; cast: { screenTime: number }[] }[] }>(
      `/v1/titles/${title.id}/cast`,
    );
    expect(cast.scenes.flatMap((scene) => scene.cast).length).toBeGreaterThan(2);
    const moment = await service.get<{ cast: { box: number[] }[] }>(`/v1/titles/${title.id}/cast?t=0.5`);
    expect(moment.cast.length).toBeGreaterThan(0);
    for (const { box } of moment.cast) expect(box.every((side) => side >= 0 && side <= 1)).toBe(true);
    const roll = await service.get<{ cast: unknown[] }>(`/v1/titles/${title.id}/cast?t=20`);
    expect(roll.cast).toEqual([]);

    const again = await service.post(`/v1/titles/${title.id}/analyses`, {});
    expect(again.status).toBe(200);
    const stored = (await again.json()) as { job: null; analyses: { kind: string }[] };
    expect(stored.job).toBeNull();
    expect(stored.analyses.map(({ kind }) => kind).toSorted()).toEqual(['cast', 'credits', 'genre', 'sound']);
  }, 180_000);

  it('that is asked for twice at once is one job', async () => {
    const { title } = (await (await service.post('/v1/titles', { path: film })).json()) as { title: TitleView };
    const body = { kinds: ['credits'], force: true };
    const answers = await Promise.all([1, 2].map(() => service.post(`/v1/titles/${title.id}/analyses`, body)));
    const jobs = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { job: JobView }).job.id));
    expect(jobs[0]).toBe(jobs[1]);
    expect((await service.follow(jobs[0]!)).at(-1)?.state).toBe('done');
  }, 120_000);

  it('can be cancelled, and leaves no answer', async () => {
    const response = await upload(Buffer.concat([await readFile(film), Buffer.alloc(1024)]), 'cancelled.mp4');
    const { title } = (await response.json()) as { title: TitleView };
    const { job } = (await (await service.post(`/v1/titles/${title.id}/analyses`, {})).json()) as { job: JobView };
    const cancelled = (await (await service.fetch(`/v1/jobs/${job.id}`, { method: 'DELETE' })).json()) as JobView;
    expect(cancelled.state).toBe('cancelled');
    expect((await service.follow(job.id)).at(-1)?.state).toBe('cancelled');
    expect(await service.get(`/v1/titles/${title.id}/analyses`)).toEqual({ job: null, analyses: [] });
  }, 60_000);

  it('refuses an unknown kind, title and job', async () => {
    const { title } = (await (await service.post('/v1/titles', { path: film })).json()) as { title: TitleView };
    expect((await problem(await service.post(`/v1/titles/${title.id}/analyses`, { kinds: ['plot'] }))).status).toBe(
      400,
    );
    expect((await problem(await service.post('/v1/titles/000000000000000000000000/analyses', {}))).status).toBe(404);
    expect((await problem(await service.fetch('/v1/jobs/none'))).status).toBe(404);
    expect((await problem(await service.fetch('/v1/jobs/none/events'))).status).toBe(404);
    expect((await problem(await service.fetch(`/v1/titles/${title.id}/cast?t=-1`))).status).toBe(400);
    expect((await problem(await service.fetch('/v1/nothing'))).status).toBe(404);
  });
});

describe('an Idempotency-Key', () => {
  it('gives a repeated request its first answer, and refuses another request', async () => {
    const headers = { 'idempotency-key': 'once' };
    const first = await service.post('/v1/titles', { path: film }, headers);
    const repeated = await service.post('/v1/titles', { path: film }, headers);
    expect([repeated.status, await repeated.text()]).toEqual([first.status, await first.text()]);
    expect((await problem(await service.post('/v1/titles', { path: film, name: 'x' }, headers))).status).toBe(422);
    const failed = await service.post(
      '/v1/titles',
      { path: join(folder, 'later.mp4') },
      { 'idempotency-key': 'failed' },
    );
    expect(failed.status).toBe(404);
    await copyFile(film, join(folder, 'later.mp4'));
    expect(
      (await service.post('/v1/titles', { path: join(folder, 'later.mp4') }, { 'idempotency-key': 'failed' })).status,
    ).toBe(201);
  });
});
