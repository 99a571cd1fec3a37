/**
 * npm run studio:shots [-- FOLDER [URL]]: pictures of the studio's pages, on a desktop and a phone, light and dark, to be looked at.
 * Without a URL a service is started on the demo's home (npm run demo makes it).
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ROOT, setUp } from './setup.mjs';

const [folder = join(ROOT, '.kinoscope', 'shots'), given] = process.argv.slice(2);
const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
if (!program) {
  process.stderr.write('studio:shots: no Chromium on this machine\n');
  process.exit(1);
}

function startService() {
  const home = process.env.KINOSCOPE_HOME ?? join(ROOT, '.kinoscope', 'demo');
  const service = spawn(process.execPath, [join(ROOT, 'dist', 'main.js'), 'serve'], {
    env: { ...process.env, KINOSCOPE_HOME: home, KINOSCOPE_PORT: '0', KINOSCOPE_HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    service.stdout.on('data', (text) => {
      const found = /listening on (http:\S+)/.exec(String(text));
      if (found) resolve({ url: found[1], stop: () => service.kill('SIGTERM') });
    });
    service.once('exit', (code) => reject(new Error(`the service ended with status ${code}`)));
  });
}

const DEVICES = {
  desktop: { viewport: { width: 1360, height: 860 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
};

async function pagesOf(url) {
  const get = async (path) => (await fetch(url + path)).json();
  const { items: titles } = await get('/v1/titles?limit=100');
  const { items: people } = await get('/v1/people?limit=200');
  const title = titles.find(({ name }) => /demo/i.test(name)) ?? titles[0];
  const person = people.filter(({ titles: count }) => count > 0).sort((a, b) => b.screenTime - a.screenTime)[0];
  const seconds = Number(process.env.SHOT_SECOND ?? 3);
  return {
    'library': '/',
    ...(title && {
      'title': `/titles/${title.id}`,
      'title-paused': `/titles/${title.id}?t=${seconds}`,
      'title-corrected': `/titles/${title.id}?t=${seconds}`,
    }),
    'people': '/people',
    'strangers': '/people',
    'map': '/people/map',
    ...(person && { 'person': `/people/${person.id}`, 'split': `/people/${person.id}` }),
    'find': '/find',
    'jobs': '/jobs',
    'settings': '/settings',
  };
}

setUp();
mkdirSync(folder, { recursive: true });
const { url, stop } = given ? { url: given, stop: () => undefined } : await startService();
const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const pages = await pagesOf(url);
  for (const [device, options] of Object.entries(DEVICES))
    for (const colorScheme of ['dark', 'light']) {
      const context = await browser.newContext({ ...options, colorScheme });
      const page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error')
          process.stderr.write(`studio:shots: ${message.text()} ${message.location().url}\n`);
      });
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(url + path);
        if (name === 'title-corrected')
          for (const what of ['credits', 'genre'])
            await page.getByRole('button', { name: `Correct the ${what}` }).click();
        if (name === 'strangers') await page.getByRole('button', { name: 'Strangers' }).click();
        if (name === 'split') await page.getByRole('button', { name: 'Split' }).click();
        if (name === 'map')
          await page
            .getByRole('application')
            .click({ position: { x: 120, y: 200 } })
            .catch(() => undefined);
        // pictures of films take a moment to be cut
        await page.waitForTimeout(1500);
        await page.screenshot({
          path: join(folder, `${name}-${device}-${colorScheme}.png`),
          fullPage: name !== 'library',
        });
      }
      await context.close();
    }
} finally {
  await browser.close();
  stop();
}
process.stderr.write(`studio:shots: the pictures are in ${folder}\n`);
