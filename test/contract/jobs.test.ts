import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jobsContract } from './jobs.js';

jobsContract('the embedded queue', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kinoscope-jobs-'));
  return {
    config: {
      database: join(folder, 'test.db'),
      timing: { leaseMs: 800, backoffMs: 60, pollMs: 20 },
    },
    dispose: () => rm(folder, { recursive: true }),
  };
});
