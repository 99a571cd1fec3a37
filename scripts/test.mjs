/**
 * npm test [-- KIND ... | --no-install | jest options]: sets up what is missing, then runs the tests. A kind is a folder of test/.
 * `--no-install` does without system packages that are not there. `--fast` runs the units that need nothing but npm packages,
 * `--watch` those again whenever a file changes. Closes with one plain line of counts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, setUp, setUpUnits } from './setup.mjs';

const KINDS = ['unit', 'contract', 'e2e', 'browser', 'faults', 'attack', 'real'];
/** Units that start processes or servers, take networks, or compute for many seconds. */
const SLOW_UNITS = [
  'frames-(process|program|slow-reader|writer)',
  'inference-',
  'storage-mongodb',
  'answer-versions',
  'credits-overlays',
  'guide\\.',
  'people-map',
  'screen-photo',
];
const OWN = ['--fast', '--watch', '--no-install'];

const given = process.argv.slice(2);
const [watch, install] = [given.includes('--watch'), !given.includes('--no-install')];
const fast = watch || given.includes('--fast');
const kinds = fast ? ['unit'] : given.filter((argument) => KINDS.includes(argument));
const options = given.filter((argument) => !KINDS.includes(argument) && !OWN.includes(argument));
/** In the fast run a name stands for units whose file names hold it; what follows `-w` or `-t` is none. */
const paths = kinds.map((kind) => join('test', kind) + '/');
const isName = (option, at) => !option.startsWith('-') && !/^-[a-z]$/.test(options[at - 1] ?? '');
if (fast && options.some(isName)) {
  paths.length = 0;
  const names = options.map(isName);
  options.forEach((option, at) => {
    if (names[at]) options[at] = `test/unit/.*${option}`;
  });
}
const wants = (kind) => kinds.length === 0 || kinds.includes(kind);
if (fast) options.push(...SLOW_UNITS.map((name) => `--testPathIgnorePatterns=test/unit/${name}`));

const programs = [];
if (wants('contract')) programs.push('ffmpeg', 'redis-server');
if (wants('e2e') && !process.env.KINOSCOPE_YT_DLP) programs.push('yt-dlp');
if (wants('browser')) programs.push('chromium');
if (fast) setUpUnits();
else setUp({ programs: install ? programs : [] });

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
    // A suite loads some thousand modules anew. With room for them the garbage collector computes half as much.
    ...['--min-semi-space-size=32', '--max-semi-space-size=32', '--initial-old-space-size=512'],
    join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'),
    ...(watch ? ['--watch'] : ['--json', `--outputFile=${report}`]),
    ...paths,
    ...options,
  ],
  {
    cwd: ROOT,
    stdio: watch ? 'inherit' : ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, KINOSCOPE_DATA: data },
  },
);
let status = jest.status ?? 1;
if (watch) {
  // Jest has said all.
} else if (existsSync(report)) {
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
