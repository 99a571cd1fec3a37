/**
 * npm run demo [-- FILE_OR_LINK] [--no-serve]: sets up what is missing, answers the three questions about a film, and
 * serves the studio page. Without a film it makes a short one of its own, with two of its faces in the gallery.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { ROOT, setUp } from './setup.mjs';

const DEFAULT_PORT = 3000;
const home = process.env.KINOSCOPE_HOME ?? join(ROOT, '.kinoscope', 'demo');
const environment = { ...process.env, KINOSCOPE_HOME: home };
const serve = !process.argv.includes('--no-serve');
const given = process.argv.slice(2).find((argument) => !argument.startsWith('--'));

const say = (line) => process.stderr.write(`demo: ${line}\n`);

/** Runs a kinoscope command; its progress shows on our terminal, its answer is returned. */
function kinoscope(...args) {
  const done = spawnSync(process.execPath, [join(ROOT, 'dist', 'cli.js'), ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (done.status !== 0) process.exit(done.status ?? 1);
  return done.stdout;
}

async function ownFilm() {
  const film = join(home, 'demo-film.mp4');
  const notes = join(home, 'demo-film.json');
  const gallery = join(home, 'gallery');
  mkdirSync(home, { recursive: true });
  if (!existsSync(film) || !existsSync(notes)) {
    const { makeDemoFilm, makeDemoGallery } = await import('./demo-film.mjs');
    const { openVideoWriter } = await import('../dist/frames/writer.js');
    let shown = 0;
    const truth = await makeDemoFilm(film, openVideoWriter, (fraction) => {
      if (fraction < shown) return;
      say(`making a film of sample photos, ${Math.round(fraction * 100)} %`);
      shown += 0.25;
    });
    await makeDemoGallery(gallery);
    writeFileSync(notes, JSON.stringify(truth));
  }
  kinoscope('people', 'enroll', gallery);
  return { film, truth: JSON.parse(readFileSync(notes, 'utf8')) };
}

/** The usual port, or a free one when something listens there already. */
function choosePort() {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(Number(process.env.KINOSCOPE_PORT ?? DEFAULT_PORT), '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function openBrowser(url) {
  if (!process.stdout.isTTY || (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY))
    return;
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform] ?? 'xdg-open';
  spawn(opener, [url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}

async function serveStudio(title) {
  const port = await choosePort();
  const service = spawn(process.execPath, [join(ROOT, 'dist', 'main.js'), 'serve'], {
    env: { ...environment, KINOSCOPE_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => service.kill(signal));
  let announced = false;
  service.stdout.on('data', (chunk) => {
    const found = /listening on (http:\S+)/.exec(String(chunk));
    if (!found || announced) return;
    announced = true;
    const page = `${found[1]}/titles/${title}`;
    process.stdout.write(`\nStudio: ${page}\nAPI:    ${found[1]}/docs\nCtrl-C ends the service.\n`);
    openBrowser(page);
  });
  process.exitCode = await new Promise((resolve) => service.once('exit', (code) => resolve(code ?? 0)));
}

/** A link to YouTube takes a current yt-dlp: says so where there is none, and on a terminal gets one if that is wanted. */
async function offerYtDlp() {
  if (!given || !/^https?:\/\/([\w-]+\.)*(youtube(-nocookie)?\.com|youtu\.be)\//i.test(given)) return;
  const missing = JSON.parse(kinoscope('doctor', '--json')).programs.find(
    ({ name, advice }) => name.startsWith('yt-dlp') && advice,
  );
  if (!missing) return;
  say(`yt-dlp: ${missing.advice}`);
  if (!process.stdin.isTTY) return;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('demo: get yt-dlp and deno now, from their release pages on GitHub? [Y/n] ');
  terminal.close();
  if (!/^(y|yes)?$/i.test(answer.trim())) return;
  spawnSync(process.execPath, [join(ROOT, 'dist', 'cli.js'), 'doctor', '--fix'], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

setUp();
await offerYtDlp();
const { film, truth } = given ? { film: given, truth: null } : await ownFilm();
say(`analysing ${film}`);
const started = Date.now();
process.stdout.write(kinoscope('analyze', film));
say(`answered in ${((Date.now() - started) / 1000).toFixed(1)} s`);
if (truth) {
  say(
    `the film was made with credits from ${truth.creditsStart.toFixed(1)} s to ${truth.creditsEnd.toFixed(1)} s and a scene after them`,
  );
}
if (serve) {
  const { title } = JSON.parse(kinoscope('analyze', film, '--json'));
  await serveStudio(title);
}
