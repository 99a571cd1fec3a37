import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectQueue } from './jobs-openers.js';
import { jobsContract } from './jobs.js';
import { findMongoServer } from './mongodb-server.js';
import { freePort, hasRedisServer, RedisServer } from './redis-server.js';

test('a Redis that cannot be reached fails at start, in one clear line', async () => {
  const port = await freePort();
  const line = new RegExp(`^Cannot reach Redis at 127.0.0.1:${port}: (?!.*secret).*ECONNREFUSED.*$`);
  const redis = { redisUrl: `redis://user:secret@127.0.0.1:${port}`, prefix: 'test' };
  await expect(connectQueue({ database: ':memory:', timing: {}, redis })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(line),
  });
});

if (!hasRedisServer()) {
  process.stderr.write('SKIPPED: the jobs contract on BullMQ needs a redis-server program (1 suite)\n');
  test.todo('the jobs contract on BullMQ: needs a redis-server program');
} else {
  const mongo = await findMongoServer();

  describe('on a Redis', () => {
    const timing = { leaseMs: 800, backoffMs: 60, pollMs: 50 };
    let server: RedisServer;
    let queues = 0;
    const redis = () => ({ redisUrl: server.url, prefix: `test${++queues}` });
    beforeAll(async () => {
      server = await RedisServer.start();
    });
    afterAll(async () => {
      await server.stop();
      await mongo?.stop();
    });

    if (mongo) {
      jobsContract('BullMQ with MongoDB', async () => {
        const config = { database: mongo.uri(`kinoscope_jobs_${process.pid}_${++queues}`), timing, redis: redis() };
        return { config, dispose: () => mongo.drop(config.database) };
      });
    } else {
      jobsContract('BullMQ', async () => {
        const folder = await mkdtemp(join(tmpdir(), 'kinoscope-bullmq-'));
        return {
          config: { database: join(folder, 'test.db'), timing, redis: redis() },
          dispose: () => rm(folder, { recursive: true }),
        };
      });
    }
  });
}
