import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from '@jest/globals';
import { ApiKeys } from '../../src/access/keys.js';
import { hasRedisServer, RedisServer } from '../contract/redis-server.js';
import { briefFilm } from '../films/film.js';
import { ServiceProcess } from './process.js';
import { TestService } from './service.js';

const name =
  'a job that one api process has enqueued is followed at another, from its start over its progress to its end';
const rates =
  'requests of one caller are counted by all api processes together, and by each for itself while Redis is away';

if (hasRedisServer()) {
  it(
    rates,
    async () => {
      const redis = await RedisServer.start();
      const variables = { REDIS_URL: redis.url, KINOSCOPE_RATE_LIMIT: '1' };
      const services = await Promise.all([TestService.start(variables, 'api'), TestService.start(variables, 'api')]);
      const ask = async (times: number): Promise<number[][]> =>
        Promise.all(
          services.map(async (service) => {
            const answers: number[] = [];
            for (let time = 0; time < times; time++) answers.push((await service.fetch('/v1/titles')).status);
            return answers;
          }),
        );
      try {
        const together = (await ask(8)).flat();
        expect(together.filter((status) => status === 200)).toHaveLength(10);
        expect(together.filter((status) => status === 429)).toHaveLength(6);
        await redis.kill();
        // who was refused just now stays so for the rest of the ten seconds; others are counted where they ask
        const texts = await Promise.all(
          services.map(async (service) => (await service.part(ApiKeys).create({ name: 'a', scopes: ['read'] })).text),
        );
        const answers = await Promise.all(
          services.map(
            async (service, which) =>
              (await service.fetch('/v1/titles', { headers: { authorization: `Bearer ${texts[which]}` } })).status,
          ),
        );
        expect(answers).toEqual([200, 200]);
      } finally {
        for (const service of services) await service.stop();
        await redis.stop();
      }
    },
    60_000,
  );

  it(
    name,
    async () => {
      const [redis, film, home] = [
        await RedisServer.start(),
        await briefFilm(),
        await mkdtemp(join(tmpdir(), 'kinoscope-e2e-')),
      ];
      const variables = { KINOSCOPE_HOME: home, KINOSCOPE_MEDIA_ROOTS: dirname(film), REDIS_URL: redis.url };
      const roles = ['api', 'api', 'worker'] as const;
      const processes = await Promise.all(roles.map((role) => ServiceProcess.start(role, variables)));
      try {
        const [one, other] = processes as [ServiceProcess, ServiceProcess];
        const { title } = await one.post<{ title: { id: string } }>('/v1/titles', { path: film });
        const { job } = await one.post<{ job: { id: string } }>(`/v1/titles/${title.id}/analyses`, {
          kinds: ['genre', 'cast'],
        });
        const events = await other.follow(job.id);
        expect(events.map(({ id }) => id)).toEqual(events.map(() => job.id));
        expect(
          events.filter(({ state, progress }) => state === 'running' && progress > 0 && progress < 1).length,
        ).toBeGreaterThan(0);
        expect(events.at(-1)).toMatchObject({ state: 'done', progress: 1, error: null });
      } finally {
        for (const one of processes) await one.stop();
        await redis.stop();
        await rm(home, { recursive: true });
      }
    },
    120_000,
  );
} else {
  process.stderr.write('SKIPPED: following a job at another api needs redis-server (2 tests)\n');
  it.todo(name);
  it.todo(rates);
}
