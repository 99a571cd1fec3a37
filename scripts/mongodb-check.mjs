/**
 * Runs what a database matters to on a real one that speaks MongoDB's protocol: the contracts of storage, tenants, jobs and
 * people, the service end to end, and jobs while the engine is stopped and killed.
 *
 *   node scripts/mongodb-check.mjs
 *
 * On the server that MONGODB_URI names, or on the engine that the programs `start` and `stop` in the folder DOCUMENTDB (or
 * ../shared/tools/documentdb) bring up; without either it says so.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup.mjs';

const SUITES = [
  'test/contract/storage-mongodb',
  'test/contract/storage-tenants',
  'test/contract/jobs',
  'test/contract/people',
  'test/contract/naming',
  'test/contract/cast-again',
  'test/contract/another-network',
  'test/contract/last-release',
  'test/e2e/rest',
  'test/e2e/corrections',
];
/** They stop the engine: nothing else may run on it. */
const ALONE = ['test/faults/mongodb-engine'];

function jest(suites, environment) {
  const options = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join('node_modules', 'jest', 'bin', 'jest.js'),
    '--silent',
    ...suites,
  ];
  return (
    spawnSync(process.execPath, options, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...environment } })
      .status ?? 1
  );
}

function onNamedServer() {
  return jest(SUITES, {});
}

function onEngine(folder) {
  // what a client that died has left open ends after this
  const started = spawnSync(join(folder, 'start'), {
    env: { ...process.env, TXN_SECONDS: '5' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (started.status !== 0) throw new Error(`${join(folder, 'start')} ended with status ${started.status}`);
  const MONGODB_URI = started.stdout.trim().split('\n').at(-1);
  try {
    return jest(SUITES, { MONGODB_URI, DOCUMENTDB: folder }) || jest(ALONE, { MONGODB_URI, DOCUMENTDB: folder });
  } finally {
    spawnSync(join(folder, 'stop'), { stdio: 'inherit' });
  }
}

const folder = process.env.DOCUMENTDB ?? join(ROOT, '..', 'shared', 'tools', 'documentdb');
if (process.env.MONGODB_URI) process.exitCode = onNamedServer();
else if (!existsSync(join(folder, 'start')))
  process.stdout.write('MongoDB: not run, neither MONGODB_URI nor DOCUMENTDB names one\n');
else if (process.getuid?.() !== 0) process.stdout.write(`MongoDB: not run, ${join(folder, 'start')} needs root\n`);
else process.exitCode = onEngine(folder);
