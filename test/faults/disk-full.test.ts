import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { TestService } from '../e2e/service.js';

const NAME = 'a service whose disk is full says so, answers what is only asked, and goes on when there is space';
const home = await mkdtemp(join(tmpdir(), 'kinoscope-full-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'none', home]).status === 0;

if (!mounted) {
  process.stderr.write('SKIPPED: a full disk needs the right to mount a tmpfs (1 test)\n');
  await rm(home, { recursive: true });
  test.todo(NAME);
} else {
  test(
    NAME,
    async () => {
      const service = await TestService.start({ KINOSCOPE_HOME: home }, 'api');
      const add = (name: string): Promise<Response> => service.post('/v1/people', { name });
      expect((await add('Ada')).status).toBe(201);
      const { bavail, bsize } = await statfs(home);
      await writeFile(join(home, 'ballast'), new Uint8Array(bavail * bsize));

      let refused = await add('Somebody 0');
      for (let n = 1; refused.status === 201; n++) refused = await add(`Somebody ${n} ${'x'.repeat(150)}`);
      expect([refused.status, await refused.json()]).toEqual([
        503,
        expect.objectContaining({ type: 'urn:kinoscope:unavailable', detail: expect.stringMatching(/disk.*full/) }),
      ]);
      const ready = await service.fetch('/readyz');
      expect([ready.status, await ready.json()]).toEqual([
        503,
        expect.objectContaining({
          checks: expect.objectContaining({ database: 'failing' }),
          reasons: expect.objectContaining({ database: expect.stringMatching(/disk.*full/) }),
        }),
      ]);
      for (const path of ['/healthz', '/v1/titles', '/v1/people', '/v1/jobs'])
        expect([path, (await service.fetch(path)).status]).toEqual([path, 200]);

      await rm(join(home, 'ballast'));
      expect((await add('Grace')).status).toBe(201);
      await service.stop().catch(() => undefined);
      spawnSync('umount', ['-l', home]);
      await rm(home, { recursive: true, force: true });
    },
    120_000,
  );
}
