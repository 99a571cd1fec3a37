import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from '@jest/globals';
import { hasRedisServer, RedisServer } from '../contract/redis-server.js';
import { shortFilm } from '../films/film.js';
import { ServiceProcess } from './process.js';

const name = 'a job that one api process has enqueued is followed at another, from its start over its progress to its end';

if (hasRedisServer()) {
  it(name, async () => {
    const [redis, film, home] = [await RedisServer.start(), await shortFilm(), await mkdtemp(join(tmpdir(), 'kinoscope-e2e-'))];
    const variables = { KINOSCOPE_HOME: home, KINOSCOPE_MEDIA_ROOTS: dirname(film), REDIS_URL: redis.url };
    const roles = ['api', 'api', 'worker'] as const;
    const processes = await Promise.all(roles.map((role) => ServiceProcess.start(role, variables)));
    try {
      const [one, other] = processes as [ServiceProcess, ServiceProcess];
      const { title } = await one.post<{ title: { id: string } }>('/v1/titles', { path: film });
      const { job } = await one.post<{ job: { id: string } }>(`/v1/titles/${title.id}/analyses`, { kinds: ['genre', 'cast'] });
      const events = await other.follow(job.id);
      expect(events.map(({ id }) => id)).toEqual(events.map(() => job.id));
      expect(events.filter(({ state, progress }) => state === 'running' && progress > 0 && progress < 1).length).toBeGreaterThan(0);
      expect(events.at(-1)).toMatchObject({ state: 'done', progress: 1, error: null });
    } finally {
      for (const one of processes) await one.stop();
      await redis.stop();
      await rm(home, { recursive: true });
    }
  }, 120_000);
} else {
  process.stderr.write('SKIPPED: following a job at another api needs redis-server (1 test)\n');
  it.todo(name);
}
