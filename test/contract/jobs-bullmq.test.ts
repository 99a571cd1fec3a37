import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createBullQueue } from '../../src/jobs/bullmq-queue.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';
import { jobsContract } from './jobs.js';
import { freePort, hasRedisServer, RedisServer } from './redis-server.js';

test('a Redis that cannot be reached fails at start, in one clear line', async () => {
  const port = await freePort();
  const store = await openSqliteStore(':memory:');
  await expect(createBullQueue({ redisUrl: `redis://user:secret@127.0.0.1:${port}`, store })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(new RegExp(`^Cannot reach Redis at 127\\.0\\.0\\.1:${port}: (?!.*secret).*ECONNREFUSED.*$`)),
  });
  await store.close();
});

if (!hasRedisServer()) {
  process.stderr.write('SKIPPED: the jobs contract on BullMQ needs a redis-server program (apt-get install redis-server)\n');
  test.todo('the jobs contract on BullMQ: needs a redis-server program');
} else {
  describe('on a Redis', () => {
    let server: RedisServer;
    let queues = 0;
    beforeAll(async () => {
      server = await RedisServer.start();
    });
    afterAll(() => server.stop());

    jobsContract('BullMQ', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'kinoscope-bullmq-'));
      return {
        config: {
          databasePath: join(folder, 'test.db'),
          timing: { leaseMs: 800, backoffMs: 60, pollMs: 50 },
          redis: { redisUrl: server.url, prefix: `test${++queues}` },
        },
        dispose: () => rm(folder, { recursive: true }),
      };
    });
  });
}
