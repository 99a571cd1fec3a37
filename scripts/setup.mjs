/**
 * Sets up what is missing and nothing else: npm packages, the programs of data/*.wasm, the built service (dist), the networks
 * (models/.cache) and, on request, system programs. Idempotent: a warm run takes about a second.
 *
 *   node scripts/setup.mjs [--with ffmpeg,redis-server,chromium,yt-dlp]
 *
 * Plain JavaScript without dependencies, because it runs before there are any.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isAssembled } from './assemble.mjs';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Debian package -> the program that shows it is there. */
const PROGRAMS = { ffmpeg: 'ffmpeg', 'redis-server': 'redis-server', chromium: 'chromium', 'yt-dlp': 'yt-dlp' };

const say = (line) => process.stderr.write(`set-up: ${line}\n`);

/** Runs a program to its end, its output on our stderr; false when it failed. */
function run(program, args, environment = {}) {
  const done = spawnSync(program, args, {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...environment },
  });
  return done.status === 0;
}

function fail(line) {
  say(line);
  process.exit(1);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node 20.19 or later is needed, this is ${process.versions.node}`);
  }
}

function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  const stamp = join(ROOT, 'node_modules', '.kinoscope-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('installing the npm packages (about a minute)');
  // npm versions write lock files differently; with --no-save the committed one is followed and never written.
  if (!run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']))
    fail('npm install failed; see above');
  writeFileSync(stamp, lock);
}

/** The newest change below a folder, milliseconds. */
function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

const BUILT = join(ROOT, 'dist', '.built');

/** Whether the built service is as new as its sources. */
export function isBuilt() {
  const sources = Math.max(
    newest(join(ROOT, 'src')),
    ...['tsconfig.json', 'tsconfig.build.json', 'tsconfig.client.json', 'nest-cli.json'].map(
      (name) => statSync(join(ROOT, name)).mtimeMs,
    ),
  );
  return existsSync(BUILT) && statSync(BUILT).mtimeMs > sources;
}

function build() {
  if (isBuilt()) return;
  say('building the service');
  if (!run(process.execPath, [join('node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build']))
    fail('the build failed; see above');
  if (!run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.client.json']))
    fail("the client's types could not be written; see above");
  if (!run(process.execPath, [join('scripts', 'bundle.mjs')])) fail('the programs could not be bundled; see above');
  say('building the studio page');
  const vite = join('node_modules', 'vite', 'bin', 'vite.js');
  const options = ['--config', join('src', 'studio', 'vite.config.ts'), '--logLevel', 'warn'];
  if (!run(process.execPath, [vite, 'build', ...options])) fail('the studio page could not be built; see above');
  writeFileSync(BUILT, '');
}

function buildModels() {
  if (!run(process.execPath, [join('dist', 'inference', 'build-models.js')]))
    fail('the networks could not be built; see above');
}

function onPath(program) {
  return (process.env.PATH ?? '').split(':').some((folder) => folder && existsSync(join(folder, program)));
}

/** Installs Debian packages where that is possible; says in one line what could not be had. Nothing of it is vital. */
function installPrograms(names) {
  const missing = names.filter((name) => !onPath(PROGRAMS[name]));
  if (missing.length === 0) return;
  const possible = process.platform === 'linux' && process.getuid?.() === 0 && onPath('apt-get');
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  if (possible) {
    say(`about to install ${missing.join(', ')} by apt-get (npm test -- --no-install does without)`);
    const options = ['-qq', '-o', 'Dpkg::Use-Pty=0'];
    run('apt-get', [...options, 'update'], environment);
    run('apt-get', [...options, 'install', '-y', '--no-install-recommends', ...missing], environment);
  }
  const absent = missing.filter((name) => !onPath(PROGRAMS[name]));
  if (absent.length > 0)
    say(`not installed: ${absent.join(', ')}; what needs them is skipped (install them by hand to have it)`);
}

/** The programs of data/*.wasm. */
function assemblePrograms() {
  if (!isAssembled() && !run(process.execPath, [join('scripts', 'assemble.mjs')]))
    fail('the programs of data/ could not be assembled; see above');
}

/** What tests of single units need: the npm packages and the programs of data. */
export function setUpUnits() {
  checkNode();
  installPackages();
  assemblePrograms();
}

/** Everything the service needs, then the programs that were asked for. */
export function setUp({ programs = [] } = {}) {
  setUpUnits();
  build();
  buildModels();
  installPrograms(programs);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const at = process.argv.indexOf('--with');
  const programs = at > 0 ? (process.argv[at + 1] ?? '').split(',').filter(Boolean) : [];
  const unknown = programs.filter((name) => !(name in PROGRAMS));
  if (unknown.length > 0) {
    say(`unknown program: ${unknown.join(', ')} (known: ${Object.keys(PROGRAMS).join(', ')})`);
    process.exit(2);
  }
  setUp({ programs });
  say('ready');
}
