import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jobsContract } from './jobs.js';
import { drop, newDatabase } from './mongodb-server.js';

jobsContract(`the embedded queue${newDatabase() === null ? '' : ' with MongoDB'}`, async () => {
  const uri = newDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'kinoscope-jobs-'));
  return {
    config: { database: uri ?? join(folder, 'test.db'), timing: { leaseMs: 800, backoffMs: 60, pollMs: 20 } },
    dispose: async () => {
      if (uri !== null) await drop(uri);
      await rm(folder, { recursive: true });
    },
  };
});
