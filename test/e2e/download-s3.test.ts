import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ApiKeys } from '../../src/access/keys.js';
import { KinoscopeError } from '../../src/core/errors.js';
import { createDownloader, type Downloader, type DownloadSettings } from '../../src/download/downloader.js';
import { shortFilm } from '../films/film.js';
import { makeFilm } from '../servers/media-server.js';
import { type S3Server, signatureOf, startS3Server } from '../servers/s3-server.js';
import { TestService, type JobView } from './service.js';

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'se/cret+key', region: 'eu-north-1' };

let server: S3Server;
beforeAll(async () => {
  server = await startS3Server(KEYS);
});
afterAll(() => server.close());
beforeEach(() => {
  server.requests.length = 0;
  server.objects.clear();
});

test("the test server checks signatures as AWS's own example says", () => {
  const link = new URL(
    'https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256' +
      '&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z' +
      '&X-Amz-Expires=86400&X-Amz-SignedHeaders=host',
  );
  expect(signatureOf(link, { secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' })).toBe(
    'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  );
});

describe('the downloader', () => {
  let dir: string;
  const open: Downloader[] = [];
  const downloader = (s3: Partial<NonNullable<DownloadSettings['s3']>> = {}): Downloader => {
    const made = createDownloader({
      roots: [],
      ytDlp: null,
      minFreeBytes: 0,
      maxRetries: 2,
      backoffMs: 10,
      s3: { ...KEYS, endpoint: server.origin, sessionToken: null, buckets: ['films', 'mixed/series'], ...s3 },
    });
    open.push(made);
    return made;
  };
  const failure = async (work: Promise<unknown>): Promise<Record<string, unknown>> => {
    const error = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(KinoscopeError);
    return { code: (error as KinoscopeError).code, ...(error as KinoscopeError).details };
  };
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kinoscope-s3-'));
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((made) => made.close()));
    await rm(dir, { recursive: true, force: true });
  });

  test.each([
    ['films/plain.mp4', { title: 'plain' }],
    ['mixed/series/Lost/Season 1/Lost S01E02 Pilot.mkv', { title: 'Pilot', series: 'Lost', season: 1, episode: 2 }],
    ["films/a+b & c=d/100 %?#é'(x)!*.mp4", { title: expect.any(String) }],
  ])('fetches %s, whatever signs its key has', async (path, metadata) => {
    const film = makeFilm(50_000);
    server.objects.set(`/${path}`, film);
    const fetched = await downloader({ sessionToken: 'of a while/+=' }).fetch(`s3://${path}`, { dir });
    expect(fetched).toMatchObject({
      sha256: createHash('sha256').update(film).digest('hex'),
      size: 50_000,
      kept: true,
      metadata,
    });
    expect(await readFile(fetched.file)).toEqual(film);
  });

  test('goes on where it was cut', async () => {
    const film = makeFilm(400_000);
    server.objects.set('/films/long.mp4', film);
    server.cutAfter.push(150_000);
    const { file } = await downloader().fetch('s3://films/long.mp4', { dir });
    expect(await readFile(file)).toEqual(film);
    expect(server.requests.map(({ status }) => status)).toEqual([200, 206]);
  });

  test('asks for nothing outside the buckets that it was given', async () => {
    server.objects.set('/other/film.mp4', makeFilm(1000));
    for (const link of [
      's3://other/film.mp4',
      's3://mixed/films/x.mp4',
      's3://mixed/seriesx/x.mp4',
      's3://films/../other/film.mp4',
      's3://films',
      's3:///x',
    ]) {
      expect(await failure(downloader().fetch(link, { dir }))).toMatchObject({
        code: 'not-allowed',
        reason: 'bad-link',
      });
    }
    expect(server.requests).toEqual([]);
    expect((await downloader({ buckets: null }).fetch('s3://other/film.mp4', { dir })).size).toBe(1000);
  });

  test('says what the storage refuses, and leaves nothing', async () => {
    expect(await failure(downloader().fetch('s3://films/none.mp4', { dir }))).toMatchObject({ code: 'not-found' });
    server.objects.set('/films/film.mp4', makeFilm(1000));
    expect(await failure(downloader({ secretAccessKey: 'wrong' }).fetch('s3://films/film.mp4', { dir }))).toMatchObject(
      { reason: 'forbidden' },
    );
    const without = createDownloader({ roots: [], ytDlp: null });
    open.push(without);
    expect(await failure(without.fetch('s3://films/film.mp4', { dir }))).toMatchObject({ code: 'not-allowed' });
    expect(() => without.check('s3://films/film.mp4')).toThrow('AWS_ACCESS_KEY_ID');
    // the storage's address is let in for the storage alone
    expect(await failure(downloader().fetch(`${server.origin}/films/film.mp4`, { dir }))).toMatchObject({
      reason: 'private-address',
    });
    expect(await readdir(dir)).toEqual([]);
  });
});

test('over REST a film of the named buckets is fetched and analysed, for the default tenant alone', async () => {
  const service = await TestService.start({
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    AWS_REGION: KEYS.region,
    KINOSCOPE_S3_ENDPOINT: server.origin,
    KINOSCOPE_S3_BUCKETS: 'films',
  });
  try {
    server.objects.set('/films/The Film (2019).mp4', await readFile(await shortFilm()));
    expect((await service.post('/v1/titles', { link: 's3://elsewhere/film.mp4' })).status).toBe(403);
    const { text } = await service.part(ApiKeys).create({ name: 'ann', scopes: ['read', 'write'], tenant: 'ann' });
    const ann = { authorization: `Bearer ${text}` };
    expect((await service.post('/v1/titles', { link: 's3://films/The Film (2019).mp4' }, ann)).status).toBe(403);
    const made = await service.post('/v1/titles', { link: 's3://films/The Film (2019).mp4' });
    const { title, job } = (await made.json()) as { title: { id: string }; job: JobView };
    expect((await service.follow(job.id)).at(-1)).toMatchObject({ state: 'done' });
    expect(await service.get(`/v1/titles/${title.id}`)).toMatchObject({
      name: 'The Film',
      metadata: { year: 2019 },
      duration: expect.any(Number),
    });
  } finally {
    await service.stop();
  }
}, 60_000);
