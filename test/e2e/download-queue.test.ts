import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { shortFilm } from '../films/film.js';
import { startMediaServer, type MediaServer } from '../servers/media-server.js';
import { TestService, type JobView } from './service.js';

interface TitleView {
  readonly id: string;
  readonly name: string;
  readonly contentHash: string | null;
  readonly duration: number | null;
  readonly metadata: Record<string, unknown>;
}

interface Posted {
  readonly title: TitleView;
  readonly job: JobView & { name: string; after: string[] };
  readonly analysis: JobView & { name: string; after: string[] };
}

let server: MediaServer;
let service: TestService;

beforeAll(async () => {
  server = await startMediaServer();
  server.replaceFilm(await readFile(await shortFilm()));
}, 120_000);

afterAll(() => server.close());

async function start(variables: Record<string, string> = {}, role: 'serve' | 'api' = 'serve'): Promise<void> {
  service = await TestService.start(
    { KINOSCOPE_ALLOW_HOSTS: '127.0.0.1', KINOSCOPE_YT_DLP: 'none', ...variables },
    role,
  );
}
afterEach(() => service.stop());

async function post(path: string): Promise<Posted> {
  const response = await service.post('/v1/titles', { link: `${server.origin}${path}` });
  expect(response.status).toBe(202);
  return (await response.json()) as Posted;
}

const cancel = (job: { id: string }): Promise<Response> => service.fetch(`/v1/jobs/${job.id}`, { method: 'DELETE' });
const titleOf = ({ title }: Posted): Promise<TitleView> => service.get(`/v1/titles/${title.id}`);

async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await sleep(20);
}

describe('a link', () => {
  it('is answered with 202 before anything is fetched, and asking twice is one download', async () => {
    await start({}, 'api');
    server.requests.length = 0;
    const [first, second] = [await post('/film.mp4'), await post('/film.mp4')];
    expect(first.title).toMatchObject({ contentHash: null, duration: null, name: `${server.origin}/film.mp4` });
    expect(first.job).toMatchObject({ name: 'download', state: 'queued', after: [] });
    expect(first.analysis).toMatchObject({ name: 'analyze', state: 'queued', after: [first.job.id] });
    expect([second.title.id, second.job.id, second.analysis.id]).toEqual([
      first.title.id,
      first.job.id,
      first.analysis.id,
    ]);
    expect(server.requests).toEqual([]);
  });

  it('is fetched, told of by events, and then analysed', async () => {
    await start();
    const posted = await post('/slow');
    const events = await service.follow(posted.job.id);
    expect(events.at(-1)).toMatchObject({ state: 'done', progress: 1, error: null });
    expect(events.some(({ state, progress }) => state === 'running' && progress > 0 && progress < 1)).toBe(true);
    const title = await titleOf(posted);
    expect(title).toMatchObject({ name: 'slow', contentHash: server.sha256, metadata: { title: 'slow' } });
    expect(title.duration).toBeGreaterThan(20);
    expect((await service.follow(posted.analysis.id)).at(-1)).toMatchObject({ state: 'done' });
    expect(await service.get(`/v1/titles/${title.id}/genre`)).toMatchObject({ top3: expect.any(Array) });
    expect(await service.kept()).toEqual([`${server.sha256}.mp4`]);
  }, 180_000);

  it('that was not fetched yet is fetched before it is analysed', async () => {
    await start();
    const { title, job, analysis } = await post('/404');
    expect((await service.follow(job.id)).at(-1)).toMatchObject({
      state: 'failed',
      error: { code: 'not-found', details: { reason: 'not-found' } },
    });
    expect((await service.follow(analysis.id)).at(-1)).toMatchObject({ state: 'failed', error: { code: 'not-found' } });
    const again = await service.post(`/v1/titles/${title.id}/analyses`, { kinds: ['genre'] });
    expect(again.status).toBe(202);
    const [after = ''] = ((await again.json()) as { job: { after: string[] } }).job.after;
    expect(after).not.toBe(job.id);
    expect((await service.follow(after)).at(-1)).toMatchObject({ state: 'failed' });
    expect(await service.kept()).toEqual([]);
  });

  it('can be cancelled, which ends its analysis and leaves nothing', async () => {
    await start();
    const { job, analysis, title } = await post('/trickle');
    await until(async () => (await service.get<JobView>(`/v1/jobs/${job.id}`)).progress > 0);
    expect(await service.kept()).toHaveLength(1);
    expect((await cancel(job)).status).toBe(200);
    expect((await service.follow(analysis.id)).at(-1)).toMatchObject({ state: 'cancelled' });
    await until(async () => (await service.kept()).length === 0);
    expect((await service.get<TitleView>(`/v1/titles/${title.id}`)).contentHash).toBeNull();
  });
});

describe('the queue of downloads', () => {
  it('works on so many at a time, and keeps no analysis waiting', async () => {
    await start({ KINOSCOPE_DOWNLOAD_CONCURRENCY: '2' });
    const downloads = [await post('/trickle?1'), await post('/trickle?2'), await post('/trickle?3')];
    const states = (): Promise<string[]> =>
      Promise.all(downloads.map(async ({ job }) => (await service.get<JobView>(`/v1/jobs/${job.id}`)).state));
    await until(async () => (await states()).filter((state) => state === 'running').length === 2);
    // Another kind of work goes on beside them.
    const form = new FormData();
    form.append('file', new Blob([server.film as Uint8Array<ArrayBuffer>]), 'upload.mp4');
    const { title } = (await (await service.fetch('/v1/titles', { method: 'POST', body: form })).json()) as {
      title: TitleView;
    };
    const { job } = (await (await service.post(`/v1/titles/${title.id}/analyses`, { kinds: ['genre'] })).json()) as {
      job: JobView;
    };
    expect((await service.follow(job.id)).at(-1)).toMatchObject({ state: 'done' });
    expect((await states()).toSorted()).toEqual(['queued', 'running', 'running']);
    await cancel(downloads[0]!.job);
    await until(async () => (await states()).filter((state) => state === 'running').length === 2);
    await Promise.all(downloads.map(({ job: one }) => cancel(one)));
  }, 120_000);

  it('puts a download that is under way aside when the service stops, and goes on with it afterwards', async () => {
    await start();
    const { job, analysis, title } = await post('/half');
    await cancel(analysis);
    await until(async () => (await service.get<JobView>(`/v1/jobs/${job.id}`)).progress > 0.4);
    server.requests.length = 0;
    await service.restart();
    expect((await service.follow(job.id)).at(-1)).toMatchObject({ state: 'done' });
    expect(await service.get(`/v1/titles/${title.id}`)).toMatchObject({ contentHash: server.sha256 });
    expect(server.requests.map(({ range }) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]))).toEqual([
      Math.floor(server.film.length / 2),
    ]);
    const [name] = await service.kept();
    expect(
      createHash('sha256')
        .update(await readFile(`${service.home}/media/${name}`))
        .digest('hex'),
    ).toBe(server.sha256);
    expect(await service.kept()).toHaveLength(1);
  }, 60_000);
});
