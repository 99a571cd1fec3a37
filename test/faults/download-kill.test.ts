import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hasRedisServer, RedisServer } from '../contract/redis-server.js';
import { shortFilm } from '../films/film.js';
import { startMediaServer, type MediaServer } from '../servers/media-server.js';

const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

interface JobView {
  readonly id: string;
  readonly state: string;
  readonly progress: number;
  readonly attempts: number;
}

let server: MediaServer;
beforeAll(async () => {
  server = await startMediaServer();
  server.replaceFilm(await readFile(await shortFilm()));
}, 120_000);
afterAll(() => server.close());

async function start(home: string, variables: Record<string, string>): Promise<{ service: ChildProcess; url: string }> {
  const service = spawn(process.execPath, [PROGRAM, 'serve'], {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      KINOSCOPE_HOME: home,
      KINOSCOPE_PORT: '0',
      KINOSCOPE_ALLOW_HOSTS: '127.0.0.1',
      KINOSCOPE_YT_DLP: 'none',
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of service.stdout) {
    const found = /listening on (http:\S+)/.exec((said += String(chunk)));
    if (found) return { service, url: found[1]! };
  }
  throw new Error(`The service ended: ${said}`);
}

async function get<T>(url: string): Promise<T> {
  return (await (await fetch(url)).json()) as T;
}

/** Kills the service in mid-download, starts it again, and looks at what becomes of the download. */
async function killAndResume(variables: Record<string, string>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'kinoscope-kill-'));
  const media = join(home, 'media');
  let { service, url } = await start(home, variables);
  try {
    const response = await fetch(`${url}/v1/titles`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ link: `${server.origin}/half` }),
    });
    const { title, job, analysis } = (await response.json()) as {
      title: { id: string };
      job: JobView;
      analysis: JobView;
    };
    await fetch(`${url}/v1/jobs/${analysis.id}`, { method: 'DELETE' });
    const half = Math.floor(server.film.length / 2);
    const bytes = async (): Promise<number> => {
      const [part] = await readdir(media).catch(() => []);
      return part
        ? readFile(join(media, part, 'media')).then(
            (data) => data.length,
            () => 0,
          )
        : 0;
    };
    while ((await bytes()) < half) await sleep(20);
    service.kill('SIGKILL');
    await once(service, 'exit');
    expect(await readdir(media)).toEqual([expect.stringMatching(/^\.part-/)]);

    server.requests.length = 0;
    ({ service, url } = await start(home, variables));
    let seen: JobView;
    do {
      await sleep(100);
      seen = await get<JobView>(`${url}/v1/jobs/${job.id}`);
    } while (seen.state === 'queued' || seen.state === 'running');
    expect(seen).toMatchObject({ state: 'done', attempts: 2 });
    expect(server.requests.map(({ range }) => range)).toEqual([`bytes=${half}-`]);
    expect(await get(`${url}/v1/titles/${title.id}`)).toMatchObject({ contentHash: server.sha256 });
    expect(await readdir(media)).toEqual([`${server.sha256}.mp4`]);
    expect(
      createHash('sha256')
        .update(await readFile(join(media, `${server.sha256}.mp4`)))
        .digest('hex'),
    ).toBe(server.sha256);
  } finally {
    if (service.exitCode === null && service.signalCode === null) {
      service.kill('SIGTERM');
      await once(service, 'exit');
    }
    await rm(home, { recursive: true, force: true });
  }
}

test('a download whose service was killed goes on where it was', () => killAndResume({}), 180_000);

const ON_REDIS = 'a download whose service was killed goes on where it was, with the queue on Redis';
if (hasRedisServer()) {
  test(
    ON_REDIS,
    async () => {
      const redis = await RedisServer.start();
      try {
        await killAndResume({ REDIS_URL: redis.url });
      } finally {
        await redis.stop();
      }
    },
    180_000,
  );
} else {
  process.stderr.write('SKIPPED: a download on a Redis queue needs a redis-server program (1 test)\n');
  test.todo(ON_REDIS);
}
