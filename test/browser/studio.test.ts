import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ApiKeys } from '../../src/access/keys.js';
import { TestService } from '../e2e/service.js';
import { shortFilm } from '../films/film.js';

const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
if (!program) process.stderr.write('studio.test.ts: SKIPPED, no Chromium on this machine\n');

let service: TestService;
let browser: Browser;
let page: Page;
const faults: string[] = [];

beforeAll(async () => {
  if (!program) return;
  const film = await shortFilm();
  service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: film.slice(0, film.lastIndexOf('/')) });
  browser = await chromium.launch({
    executablePath: program,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // A 404 for an answer that is not there yet is how the page learns that; the browser logs it all the same.
    if (message.type() === 'error' && !message.text().includes('404')) faults.push(message.text());
  });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

describe('the studio page', () => {
  if (!program) {
    it.todo('shows the answers: needs Chromium');
    return;
  }

  it('takes a film, follows its analysis and shows the answers', async () => {
    await page.goto(service.url);
    await page.fill('input[name=source]', await shortFilm());
    await page.click('text=Add');
    await page.waitForSelector('#genre .bar', { timeout: 150_000 });
    const {
      items: [title],
    } = await service.get<{ items: { id: string }[] }>('/v1/titles');
    const genre = await service.get<{ top3: { genre: string }[]; sure: boolean }>(`/v1/titles/${title!.id}/genre`);
    expect(await page.locator('#genre .bar:not(.minor) span').allTextContents()).toEqual(
      genre.top3.map((one) => one.genre),
    );
    expect((await page.textContent('#genre'))!.includes('Not sure')).toBe(!genre.sure);
    expect(await page.textContent('#credits')).toMatch(/Credits start at 00:1\d/);
    expect(await page.locator('#cast tr').count()).toBeGreaterThan(0);

    // A click into the first shot: the film is paused there, and the boxes of its faces are drawn.
    await page.click('#timeline', { position: { x: 20, y: 5 } });
    await page.waitForSelector('#boxes div');
    expect(await page.textContent('#now')).toMatch(/^00:0\d: \S/);
    expect(faults).toEqual([]);
  }, 180_000);

  it('names a stranger of the moment where the film is paused, and takes a name back', async () => {
    const faces = page.locator('#faces li');
    const stranger = faces.filter({ has: page.locator('form') }).first();
    const label = await stranger.locator('span').textContent();
    expect(label).toMatch(/^person \d+$/);
    await stranger.locator('input').fill('Ada Abel');
    await stranger.locator('button').click();
    await page.waitForSelector('#faces button:text("Not this person")');
    expect(await page.textContent('#now')).toContain('Ada Abel');
    expect(await page.locator('#boxes span').allTextContents()).toContain('Ada Abel');
    await page.waitForSelector('#cast td:has-text("Ada Abel")');

    await page.click('#faces button:text("Not this person")');
    await page.waitForSelector('#now:not(:has-text("Ada Abel"))');
    // That is remembered: the film paused there again still does not show them.
    await page.reload();
    await page.waitForSelector('#timeline .scene');
    await page.click('#timeline', { position: { x: 20, y: 5 } });
    await page.waitForSelector('#boxes div');
    expect(await page.textContent('#now')).not.toContain('Ada Abel');
    expect(faults).toEqual([]);
  }, 60_000);

  it('has a film with names written, and gives it', async () => {
    await page.click('text=Write a film with names');
    await page.waitForSelector('#annotated a', { timeout: 100_000 });
    // The film is paused there still, and says so.
    await page.waitForSelector('#boxes div');
    const path = await page.getAttribute('#annotated a', 'href');
    expect((await service.fetch(path!)).headers.get('content-type')).toBe('video/mp4');
    expect(faults).toEqual([]);
  }, 120_000);

  it("shows the service's own words when a source is refused", async () => {
    await page.fill('input[name=source]', '/etc/hostname');
    await page.click('text=Add');
    await page.waitForSelector('#message:not(:empty)');
    expect(await page.textContent('#message')).toMatch(/not|outside|only/i);
  }, 30_000);

  it("asks for an API key where one is needed, and shows the API's description", async () => {
    const locked = await TestService.start({ KINOSCOPE_REQUIRE_KEYS: 'true' });
    try {
      const { text } = await locked.part(ApiKeys).create({ name: 'studio', scopes: ['read', 'write'] });
      const fresh = await browser.newPage();
      const refused: string[] = [];
      fresh.on('console', (message) => {
        if (/Content Security Policy|Refused/.test(message.text())) refused.push(message.text());
      });
      await fresh.goto(locked.url);
      await fresh.waitForSelector('#key:not([hidden])');
      await fresh.fill('#key input', text);
      await fresh.click('#key button');
      await fresh.waitForSelector('#key', { state: 'hidden' });
      expect(await fresh.evaluate('fetch("/v1/titles").then((response) => response.status)')).toBe(200);
      expect(await fresh.evaluate('document.cookie')).toBe('');
      await fresh.goto(`${locked.url}/docs`);
      await fresh.waitForSelector('.opblock');
      expect(refused).toEqual([]);
      await fresh.close();
    } finally {
      await locked.stop();
    }
  }, 60_000);
});
