import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { hasRedisServer, RedisServer } from '../contract/redis-server.js';
import { shortFilm } from '../films/film.js';
import { startS3Server } from '../servers/s3-server.js';
import type { JobView } from './service.js';

const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
/** A path that means another folder to each process: the same as a disk of its own. */
const OWN_FOLDER = '/proc/self/cwd';

let folder: string;
let redis: RedisServer;
const running: ChildProcess[] = [];

function run(program: string, args: readonly string[], cwd: string, variables: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '', KINOSCOPE_HOME: OWN_FOLDER, REDIS_URL: redis.url, ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  return child;
}

/** What the process has said once that matches. */
async function says(child: ChildProcess, what: RegExp): Promise<string> {
  let said = '';
  for await (const chunk of child.stdout!) {
    const found = what.exec((said += String(chunk)));
    if (found) return found[1] ?? found[0];
  }
  throw new Error(`The process ended: ${said}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

const NAME = 'a worker with a disk of its own analyses a film that only the api has, and keeps nothing of it';
const S3_NAME = 'it reads a film of S3 from there, though it was fetched for the api already';
if (process.platform !== 'linux' || !hasRedisServer()) {
  process.stderr.write('SKIPPED: a worker with a disk of its own needs Linux and a redis-server program (2 tests)\n');
  for (const name of [NAME, S3_NAME]) test.todo(name);
} else {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinoscope-elsewhere-'));
    redis = await RedisServer.start();
  });
  // a worker of the test before would take the next one's jobs, and find nothing of them on its disk
  afterEach(() => Promise.all(running.splice(0).map(stop)));
  afterAll(async () => {
    await redis.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test(
    NAME,
    async () => {
      const [api, worker] = [join(folder, 'api'), join(folder, 'worker')];
      await mkdir(api);
      await mkdir(worker);
      const service = run(PROGRAM, ['api'], api, { KINOSCOPE_PORT: '0', KINOSCOPE_REQUIRE_KEYS: 'true' });
      const url = await says(service, /listening on (http:\S+)/);
      const newKey = (scopes: string, tenant: string): Promise<string> =>
        says(
          run(CLI, ['keys', 'create', tenant, '--scopes', scopes, '--tenant', tenant], api, {}),
          /ks_\w{12}_[\w-]{43}/,
        );
      const [key, reader] = [await newKey('read,write', 'ann'), await newKey('operate', 'default')];
      const ask = async <T>(path: string, init: RequestInit = {}): Promise<T> =>
        (await (
          await fetch(`${url}${path}`, { ...init, headers: { ...init.headers, authorization: `Bearer ${key}` } })
        ).json()) as T;

      const form = new FormData();
      form.append('file', new Blob([await readFile(await shortFilm())]), 'film.mp4');
      const { title } = await ask<{ title: { id: string } }>('/v1/titles', { method: 'POST', body: form });
      const path = `/v1/titles/${title.id}/file?tenant=ann`;
      expect((await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(403);
      const part = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${reader}`, range: 'bytes=4-7' } });
      expect([part.status, await part.text()]).toEqual([206, 'ftyp']);

      // the documents are shared, the films are not
      await symlink(join(api, 'kinoscope.db'), join(worker, 'kinoscope.db'));
      const { job } = await ask<{ job: JobView }>(`/v1/titles/${title.id}/analyses`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"kinds":["credits"]}',
      });
      // left by a worker that was killed in an analysis that has ended since
      await mkdir(join(worker, 'fetched', 'gone'), { recursive: true });
      const other = run(PROGRAM, ['worker'], worker, { KINOSCOPE_API_URL: url, KINOSCOPE_API_KEY: reader });
      await says(other, /waiting for jobs/);
      const fetched = new Set<string>();
      let seen: JobView;
      do {
        await sleep(50);
        for (const name of await readdir(join(worker, 'fetched', job.id)).catch(() => [])) fetched.add(name);
        seen = await ask<JobView>(`/v1/jobs/${job.id}`);
      } while (seen.state === 'queued' || seen.state === 'running');
      expect(seen).toMatchObject({ state: 'done', error: null });
      expect([...fetched].filter((name) => name.endsWith('.mp4'))).toEqual([
        expect.stringMatching(/^[0-9a-f]{64}\.mp4$/),
      ]);
      expect(await ask(`/v1/titles/${title.id}/credits`)).toMatchObject({ creditsStart: expect.any(Number) });
      expect(await readdir(join(worker, 'fetched'))).toEqual([]);
      expect(await readdir(worker)).not.toContain('media');
    },
    180_000,
  );

  test(
    S3_NAME,
    async () => {
      const keys = { accessKeyId: 'AKID', secretAccessKey: 'secret', region: 'eu-west-1' };
      const s3 = await startS3Server(keys);
      try {
        const [disk, other] = [join(folder, 's3-api'), join(folder, 's3-worker')];
        await mkdir(disk);
        await mkdir(other);
        const variables = {
          AWS_ACCESS_KEY_ID: keys.accessKeyId,
          AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
          AWS_REGION: keys.region,
          KINOSCOPE_S3_ENDPOINT: s3.origin,
          KINOSCOPE_S3_BUCKETS: 'films',
        };
        const service = run(PROGRAM, ['serve'], disk, { ...variables, KINOSCOPE_PORT: '0' });
        const url = await says(service, /listening on (http:\S+)/);
        const ask = async <T>(path: string, body?: object): Promise<T> =>
          (await (
            await fetch(
              `${url}${path}`,
              body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
            )
          ).json()) as T;
        s3.objects.set('/films/film.mp4', await readFile(await shortFilm()));
        const { title, analysis } = await ask<{ title: { id: string }; analysis: JobView }>('/v1/titles', {
          link: 's3://films/film.mp4',
        });
        const read = (): number => s3.requests.filter(({ status }) => status === 200).length;
        while (read() === 0) await sleep(20);
        await fetch(`${url}/v1/jobs/${analysis.id}`, { method: 'DELETE' });
        while (!(await ask<{ duration: number | null }>(`/v1/titles/${title.id}`)).duration) await sleep(20);
        await stop(service);

        await symlink(join(disk, 'kinoscope.db'), join(other, 'kinoscope.db'));
        const api = run(PROGRAM, ['api'], disk, { ...variables, KINOSCOPE_PORT: '0' });
        const again = await says(api, /listening on (http:\S+)/);
        // nobody listens where the api is said to be
        await says(
          run(PROGRAM, ['worker'], other, { ...variables, KINOSCOPE_API_URL: 'http://127.0.0.1:1' }),
          /waiting for jobs/,
        );
        const answer = await fetch(`${again}/v1/titles/${title.id}/analyses`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"kinds":["credits"]}',
        });
        const { job } = (await answer.json()) as { job: JobView };
        const events = await (await fetch(`${again}/v1/jobs/${job.id}/events`)).text();
        expect(events.trim().split('data: ').at(-1)).toContain('"state":"done"');
        expect(read()).toBe(2);
        expect(await readdir(join(other, 'fetched'))).toEqual([]);
      } finally {
        await s3.close();
      }
    },
    180_000,
  );
}
