/**
 * Starts the built service once for real (faults of ES modules pass tests and throw at run time): it must answer, stop on
 * SIGTERM with status 0, and serve exactly the API that openapi.json and the client's types describe.
 *
 *   node scripts/start-check.mjs [--write]    --write renews openapi.json and src/client/schema.ts instead of comparing
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { clientTypes } from './client.mjs';
import { ROOT } from './setup.mjs';

const home = mkdtempSync(join(tmpdir(), 'kinoscope-start-'));
const service = spawn(process.execPath, [join(ROOT, 'dist', 'main.js'), 'serve'], {
  env: { ...process.env, KINOSCOPE_HOME: home, KINOSCOPE_PORT: '0', KINOSCOPE_HOST: '127.0.0.1' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise((resolve) => service.once('exit', (code) => resolve(code)));
const address = new Promise((resolve, reject) => {
  let said = '';
  service.stdout.on('data', (chunk) => {
    said += chunk;
    const found = /listening on (http:\S+)/.exec(said);
    if (found) resolve(found[1]);
  });
  ended.then((code) => reject(new Error(`the service ended with status ${code}:\n${said}`)));
  setTimeout(() => reject(new Error(`the service did not start in 60 s:\n${said}`)), 60_000).unref();
});

async function get(path) {
  const response = await fetch(`${await address}${path}`);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.text();
}

/** Renews a file, or compares it. */
function keep(file, text) {
  if (process.argv.includes('--write')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text)
    throw new Error(`${basename(file)} is not what the service serves: run node scripts/start-check.mjs --write`);
}

try {
  for (const path of ['/healthz', '/readyz', '/', '/overlay.js', '/titles/any', '/docs']) await get(path);
  const served = JSON.parse(await get('/docs-json'));
  const types = join(ROOT, 'src', 'client', 'schema.ts');
  keep(join(ROOT, 'openapi.json'), `${JSON.stringify(served, null, 2)}\n`);
  keep(types, await clientTypes(served, types));
  service.kill('SIGTERM');
  const code = await ended;
  if (code !== 0) throw new Error(`the service ended with status ${code} on SIGTERM`);
  process.stderr.write('start check: the built service starts, answers and stops\n');
} catch (error) {
  process.stderr.write(`start check: ${error.message}\n`);
  process.exitCode = 1;
  service.kill('SIGKILL');
} finally {
  rmSync(home, { recursive: true, force: true });
}
