import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createEmbeddedQueue } from '../../src/jobs/embedded-queue.js';
import { JobWorker } from '../../src/jobs/worker.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';

const NAME = 'a job whose result does not fit on the disk leaves nothing of it, and ends once there is space';
const folder = await mkdtemp(join(tmpdir(), 'kinoscope-full-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', folder]).status === 0;

if (!mounted) {
  process.stderr.write('SKIPPED: a full disk needs the right to mount a tmpfs (1 test)\n');
  await rm(folder, { recursive: true });
  test.todo(NAME);
} else {
  test(NAME, async () => {
    const store = await openSqliteStore(join(folder, 'test.db'));
    const results = await store.collection<{ id: string; version: number; text: string }>({ name: 'results' });
    const queue = await createEmbeddedQueue(store, { leaseMs: 500, backoffMs: 50, pollMs: 20 });
    const { id } = await queue.enqueue({ name: 'work', data: {}, maxAttempts: 1000 });
    const { bavail, bsize } = await statfs(folder);
    await writeFile(join(folder, 'ballast'), new Uint8Array(bavail * bsize - 600_000));
    const errors: unknown[] = [];
    const worker = new JobWorker(
      queue,
      ['work'],
      [
        [
          'work',
          async () =>
            ['left', 'right'].map((side) => ({
              kind: 'upsert',
              collection: 'results',
              document: { id: side, text: side.repeat(100_000) },
            })),
        ],
      ],
      { pollMs: 20, onError: (error) => errors.push(error) },
    );
    worker.start();
    const tried = async (): Promise<boolean> => errors.length > 0 || ((await queue.get(id))?.attempts ?? 0) > 2;
    while (!(await tried())) {
      expect(await results.count()).toBe(0);
      await delay(20);
    }
    expect(await results.count()).toBe(0);
    expect((await queue.get(id))?.state).not.toBe('done');

    await rm(join(folder, 'ballast'));
    while ((await queue.get(id))?.state !== 'done') await delay(20);
    expect(await results.count()).toBe(2);
    await worker.stop();
    await queue.close();
    await store.close();
    // libsql closes its file once its statements are garbage
    expect(spawnSync('umount', ['-l', folder]).status).toBe(0);
    await rm(folder, { recursive: true });
  });
}
