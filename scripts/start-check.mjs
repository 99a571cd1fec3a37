/**
 * Starts the built service once for real (faults of ES modules pass tests and throw at run time): it must answer, stop on
 * SIGTERM with status 0, and serve exactly the API that openapi.json describes.
 *
 *   node scripts/start-check.mjs [--write]    --write renews openapi.json instead of comparing
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

try {
  for (const path of ['/healthz', '/readyz', '/', '/studio.js', '/docs']) await get(path);
  const served = `${JSON.stringify(JSON.parse(await get('/docs-json')), null, 2)}\n`;
  const file = join(ROOT, 'openapi.json');
  if (process.argv.includes('--write')) {
    writeFileSync(file, served);
  } else if (readFileSync(file, 'utf8') !== served) {
    throw new Error('openapi.json is not what the service serves: run node scripts/start-check.mjs --write');
  }
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
