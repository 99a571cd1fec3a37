/**
 * npm test [-- KIND ... | jest options]: sets up what is missing, then runs the tests. A kind is a folder of test/.
 * Closes with one plain line of counts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, setUp } from './setup.mjs';

const KINDS = ['unit', 'contract', 'e2e', 'browser', 'faults', 'attack', 'real'];
const kinds = process.argv.slice(2).filter((argument) => KINDS.includes(argument));
const options = process.argv.slice(2).filter((argument) => !KINDS.includes(argument));
const wants = (kind) => kinds.length === 0 || kinds.includes(kind);

const programs = [];
if (wants('contract')) programs.push('ffmpeg', 'redis-server');
if (wants('e2e') && !process.env.KINOSCOPE_YT_DLP) programs.push('yt-dlp');
if (wants('browser')) programs.push('chromium');
setUp({ programs });

const data = process.env.KINOSCOPE_DATA ?? join(ROOT, '..', 'shared', 'data');
if (wants('real') && !existsSync(data)) {
  process.stderr.write(`test: NO REAL DATA at KINOSCOPE_DATA: every test that needs it is skipped\n`);
}

const folder = mkdtempSync(join(tmpdir(), 'kinoscope-test-'));
const report = join(folder, 'report.json');
const jest = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'),
    '--json',
    `--outputFile=${report}`,
    ...kinds.map((kind) => join('test', kind) + '/'),
    ...options,
  ],
  { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, KINOSCOPE_DATA: data } },
);
let status = jest.status ?? 1;
if (existsSync(report)) {
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  const skipped = counts.numPendingTests + counts.numTodoTests;
  const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
  process.stdout.write(
    `Tests: ${counts.numPassedTests} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`,
  );
  if (counts.numPassedTests === 0) status = 1;
} else {
  process.stdout.write('Tests: 0 passed, 1 failed\n');
}
rmSync(folder, { recursive: true, force: true });
process.exit(status);
