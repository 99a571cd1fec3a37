import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { makeDemoGallery } from '../../scripts/demo-film.mjs';
import { ApiKeys } from '../../src/access/keys.js';
import { TestService } from '../e2e/service.js';
import { anotherFilm, shortFilm } from '../films/film.js';
import { accessible, open, PHONE, program, until } from './chromium.js';
import { closeBrowser, Studio } from './studio.js';

interface Shown {
  readonly name: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}
interface OnScreen {
  readonly name: string | null;
  readonly label: string | null;
  readonly personId: string | null;
  readonly by: 'face' | 'body' | 'scene';
  readonly perhaps: { readonly name: string | null } | null;
  readonly box: readonly [number, number, number, number];
}

const GUIDE = `<tv><channel id="1"><display-name>One</display-name></channel>
  <programme start="20260402213000 +0000" stop="20260402223000 +0000" channel="1"><title>The late show</title>
    <credits><guest>Ada Ábel</guest></credits></programme></tv>`;

/** A second of the film's first shot, which shows several faces. */
const AT = 1;
const studio = new Studio(import.meta.url);
const { faults } = studio;
let service: TestService;
let film: string;
let site: Server;
let otherSite = '';
let otherPage = '';
let browser: Browser;
let page: Page;
let title = '';
/** The episode after it. */
let next = '';

/** The boxes that are drawn over the film, in pixels of the window. */
const BOXES = `[...document.querySelector('kinoscope-overlay').shadowRoot.querySelectorAll('.box')].map((box) => {
  const { left, top, width, height } = box.getBoundingClientRect();
  return { name: box.textContent, left, top, width, height };
})`;
const VIDEO = `(() => {
  const video = document.querySelector('video');
  const { left, top, width, height } = video.getBoundingClientRect();
  return { left, top, width, height, across: video.videoWidth, down: video.videoHeight };
})()`;

const boxes = (of: Page): Promise<Shown[]> => of.evaluate(BOXES) as Promise<Shown[]>;
const castAt = async (t: number): Promise<OnScreen[]> =>
  (await service.get<{ cast: OnScreen[] }>(`/v1/titles/${title}/cast?t=${t}`)).cast
    // of people with their back turned of whom nothing can be said, nothing is shown
    .filter(({ by, personId, perhaps }) => by === 'face' || personId !== null || perhaps !== null);

/** What a box says. */
const said = ({ name, label, perhaps }: Pick<OnScreen, 'name' | 'label' | 'perhaps'>): string =>
  (name ?? (perhaps?.name ? `Perhaps ${perhaps.name}` : (label ?? 'somebody'))).toLowerCase();

/** That every face has its box, whatever the player's size is, told from the service's fractions and the picture's place. */
async function facesHaveTheirBoxes(of: Page, t: number): Promise<void> {
  const cast = await castAt(t);
  expect(cast.length).toBeGreaterThan(1);
  await of.locator('video').waitFor({ state: 'attached' });
  const right = async (): Promise<boolean> => {
    const video = (await of.evaluate(VIDEO)) as Shown & { across: number; down: number };
    const scale = Math.min(video.width / video.across, video.height / video.down);
    const [width, height] = [video.across * scale, video.down * scale];
    const [left, top] = [video.left + (video.width - width) / 2, video.top + (video.height - height) / 2];
    const shown = await boxes(of);
    return (
      shown.length === cast.length &&
      cast.every(({ box: [x, y, w, h], ...who }) =>
        shown.some(
          (one) =>
            one.name.toLowerCase() === said(who) &&
            Math.abs(one.left - (left + x * width)) < 1.5 &&
            Math.abs(one.top - (top + y * height)) < 1.5 &&
            Math.abs(one.width - w * width) < 1.5 &&
            Math.abs(one.height - h * height) < 1.5,
        ),
      )
    );
  };
  await until(right, 10);
}

beforeAll(async () => {
  if (!program) return;
  site = createServer((request, response) => {
    if (request.url !== '/film.mp4') return void response.setHeader('content-type', 'text/html').end(otherPage);
    // without ranges a browser cannot seek
    const bytes = readFileSync(film);
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(206, {
      'content-type': 'video/mp4',
      'accept-ranges': 'bytes',
      'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
    });
    return void response.end(bytes.subarray(start));
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  otherSite = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  await studio.start({
    variables: { KINOSCOPE_CORS_ORIGINS: otherSite },
    guide: GUIDE,
    films: async () => {
      film = studio.at('Some Show S01E01.mp4');
      await copyFile(await shortFilm(), film);
      await anotherFilm(film, studio.at('Some Show S01E02.mp4'));
    },
  });
  ({ service, browser, page } = studio);
  next = await studio.titleOf(studio.at('Some Show S01E02.mp4'));
}, 120_000);

afterAll(() => studio.stop());
afterAll(closeBrowser);
afterAll(() => void site?.close());

describe('the studio', () => {
  if (!program) {
    it.todo('shows the answers: needs Chromium');
    return;
  }

  it('takes a film, finds its job again after a reload, and shows the answers', async () => {
    await page.goto(service.url);
    await page.getByRole('banner').getByRole('button', { name: 'Add films' }).click();
    await page.fill('input[name=source]', film);
    await page.keyboard.press('Enter');
    await page.getByText('Analysis', { exact: true }).waitFor();
    title = new URL(page.url()).pathname.split('/').at(-1)!;
    await page.reload();
    await page.getByRole('progressbar', { name: 'Analysis of this film' }).waitFor();
    const genres = page.getByRole('region', { name: 'Genre' }).locator('li:not(.minor) .bar span:first-child');
    await genres.first().waitFor({ timeout: 150_000 });
    const genre = await service.get<{ top3: { genre: string }[]; sure: boolean }>(`/v1/titles/${title}/genre`);
    expect(await genres.allTextContents()).toEqual(genre.top3.map((one) => one.genre));
    expect(await page.getByText('Not sure:').isVisible()).toBe(!genre.sure);
    const credits = page.getByRole('region', { name: 'Credits' });
    await credits
      .getByRole('button', { name: /^0:14\.\d/ })
      .first()
      .waitFor({ timeout: 60_000 });
    await page.getByRole('region', { name: 'People and scenes' }).locator('ol li').first().waitFor({ timeout: 60_000 });
    await page.getByRole('progressbar', { name: 'Analysis of this film' }).waitFor({ state: 'detached' });
  }, 200_000);

  it('shows a film in the library with its picture and what is done', async () => {
    await page.goto(`${service.url}/titles/${title}`);
    await page.getByRole('link', { name: 'To the library' }).click();
    const card = page.getByRole('article').filter({ has: page.locator(`a[href="/titles/${title}"]`) });
    await card.getByText('Cast', { exact: true }).waitFor();
    expect(await card.locator('.badge').allTextContents()).toEqual(
      expect.arrayContaining(['Genre', 'Credits', 'Cast']),
    );
    await until(async () => Number(await page.evaluate(`document.querySelector('article img')?.naturalWidth`)) > 0);
  }, 40_000);

  it('shows who is there when the film is paused, asking the service for nothing then', async () => {
    await page.goto(`${service.url}/titles/${title}?t=${AT}`);
    await facesHaveTheirBoxes(page, AT);
    await page.waitForLoadState('networkidle').catch(() => undefined);
    await page.route('**/tracks*', (route) => route.abort());
    // in the task of the pause itself: nothing is waited for
    const names = (await page.evaluate(`new Promise((resolve) => {
      const video = document.querySelector('video');
      const box = document.querySelector('kinoscope-overlay').shadowRoot;
      video.addEventListener('pause', () => queueMicrotask(() => resolve([...box.querySelectorAll('.box')].map((one) => one.textContent))));
      video.addEventListener('timeupdate', () => { if (video.currentTime > ${AT + 0.2}) video.pause(); });
      video.muted = true;
      void video.play();
    })`)) as string[];
    await page.unroute('**/tracks*');
    expect(names.length).toBeGreaterThan(1);
    const panel = page.getByRole('region', { name: 'Cast information' });
    expect((await panel.locator('.name').allTextContents()).sort()).toEqual([...names].sort());
  }, 60_000);

  it('moves nothing when names appear and go', async () => {
    await page.goto(`${service.url}/titles/${title}?t=${AT}`);
    await facesHaveTheirBoxes(page, AT);
    const layout = `[...document.querySelectorAll('.screen, .answers > div > section')].map((one) => JSON.stringify(one.getBoundingClientRect()))`;
    const paused = await page.evaluate(layout);
    await page.keyboard.press('k');
    await until(async () => (await boxes(page)).length === 0);
    expect(await page.evaluate(layout)).toEqual(paused);
    await page.keyboard.press('k');
    await until(async () => (await boxes(page)).length > 0);
    expect(await page.evaluate(layout)).toEqual(paused);
  }, 30_000);

  it('keeps the boxes on the faces in small windows, in full screen, and when a phone is turned', async () => {
    await page.goto(`${service.url}/titles/${title}?t=${AT}`);
    for (const size of [
      { width: 1280, height: 900 },
      { width: 500, height: 900 },
      { width: 900, height: 420 },
    ]) {
      await page.setViewportSize(size);
      await facesHaveTheirBoxes(page, AT);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.keyboard.press('f');
    await until(async () => (await page.evaluate('document.fullscreenElement !== null')) === true);
    await facesHaveTheirBoxes(page, AT);
    const panel = `document.querySelector('kinoscope-overlay').shadowRoot.querySelector('.panel').checkVisibility()`;
    expect(await page.evaluate(panel)).toBe(true);
    await page.keyboard.press('f');
    await until(async () => (await page.evaluate('document.fullscreenElement === null')) === true);
    await facesHaveTheirBoxes(page, AT);
    expect(await page.evaluate(panel)).toBe(false);

    const phone = await open(browser, faults, PHONE);
    await phone.goto(`${service.url}/titles/${title}?t=${AT}`);
    await facesHaveTheirBoxes(phone, AT);
    await phone.setViewportSize({ width: 844, height: 390 });
    await facesHaveTheirBoxes(phone, AT);
    await phone.context().close();
  }, 60_000);

  it('names a stranger by keys alone, takes that back, and remembers whom a face does not show', async () => {
    await page.goto(`${service.url}/titles/${title}?t=${AT}`);
    const panel = page.getByRole('region', { name: 'Cast information' });
    // who is known comes only after the name was typed
    const known = /\/v1\/people\?.*named=true/;
    await page.route(known, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await route.continue();
    });
    await panel.getByRole('button', { name: 'Name', exact: true }).first().focus();
    await page.keyboard.press('Enter');
    await panel.getByRole('combobox').waitFor();
    await page.keyboard.type('Ross');
    // names that are told anew meanwhile close nothing
    await page.evaluate(`new Promise((resolve) => {
      const overlay = document.querySelector('kinoscope-overlay');
      overlay.addEventListener('kinoscope-cast', () => requestAnimationFrame(resolve), { once: true });
      overlay.refresh();
    })`);
    await page.keyboard.type(' Geller');
    await page.keyboard.press('Enter');
    await panel.getByRole('link', { name: 'Ross Geller' }).waitFor();
    await page.unroute(known);
    await until(async () => (await boxes(page)).some(({ name }) => name === 'Ross Geller'));
    expect((await castAt(AT)).map(({ name }) => name)).toContain('Ross Geller');

    await page.getByRole('button', { name: 'Undo' }).first().click();
    await until(async () => (await castAt(AT)).every(({ name }) => name !== 'Ross Geller'));
    await until(async () => (await boxes(page)).every(({ name }) => name !== 'Ross Geller'));

    await panel.getByRole('button', { name: 'Name', exact: true }).first().click();
    await panel.getByRole('combobox').fill('Ross Geller');
    await page.keyboard.press('Enter');
    await panel.getByRole('link', { name: 'Ross Geller' }).waitFor();
    await panel.getByRole('button', { name: 'Correct' }).first().click();
    // the likeliest are offered before anything is typed, and case counts nothing
    await panel.getByRole('combobox').fill('ross geller');
    await panel.getByRole('option', { name: 'Ross Geller' }).waitFor();
    await panel.getByRole('button', { name: 'Not Ross Geller' }).click();
    await until(async () => (await castAt(AT)).every(({ name }) => name !== 'Ross Geller'));
    await page.reload();
    await facesHaveTheirBoxes(page, AT);
    expect((await boxes(page)).map(({ name }) => name)).not.toContain('Ross Geller');
  }, 60_000);

  it('steps by frames and scenes with keys', async () => {
    await page.goto(`${service.url}/titles/${title}?t=${AT}`);
    await facesHaveTheirBoxes(page, AT);
    const time = (): Promise<number> => page.evaluate(`document.querySelector('video').currentTime`) as Promise<number>;
    const before = await time();
    await page.keyboard.press('.');
    await until(async () => Math.abs((await time()) - before - 1 / 24) < 0.02);
    const { scenes } = await service.get<{ scenes: { start: number }[] }>(`/v1/titles/${title}/cast`);
    const next = scenes.find(({ start }) => start > before + 0.1)!.start;
    await page.keyboard.press(']');
    await until(async () => Math.abs((await time()) - next) < 0.05);
  }, 30_000);

  it('offers the next episode when the credits start, and opens it', async () => {
    const { nextEpisodeAt, sure } = await service.get<{ nextEpisodeAt: number; sure: boolean }>(
      `/v1/titles/${title}/credits`,
    );
    expect(sure).toBe(true);
    await page.goto(`${service.url}/titles/${title}?t=${(nextEpisodeAt - 1).toFixed(2)}`);
    const card = page.getByRole('status').filter({ hasText: 'Next episode in' });
    await until(async () => (await page.evaluate(`document.querySelector('video')?.readyState >= 2`)) === true);
    expect(await card.isVisible()).toBe(false);
    await page.evaluate(`document.querySelector('video').currentTime = ${nextEpisodeAt + 0.5}`);
    await card.getByRole('button', { name: 'Cancel' }).click();
    await card.waitFor({ state: 'hidden' });
    // from before the credits on it is offered again
    await page.evaluate(`document.querySelector('video').currentTime = ${AT}`);
    await until(async () => (await boxes(page)).length > 0);
    await page.evaluate(`document.querySelector('video').currentTime = ${nextEpisodeAt + 0.5}`);
    await card.getByRole('button', { name: 'Play now' }).click();
    await until(async () => page.url().includes(next));
  }, 30_000);

  it('offers the scene that follows the credits', async () => {
    await page.route(`**/v1/titles/${title}/analyses`, async (route) => {
      const answer = await route.fetch();
      const body = (await answer.json()) as {
        analyses: { kind: string; result: { segments?: unknown[]; nextEpisodeAt?: null } }[];
      };
      for (const { result } of body.analyses.filter(({ kind }) => kind === 'credits')) {
        result.segments?.push({ kind: 'scene-after', start: 26.5, end: 29, confidence: 1, evidence: '' });
        result.nextEpisodeAt = null;
      }
      await route.fulfill({ response: answer, json: body });
    });
    await page.goto(`${service.url}/titles/${title}?t=16`);
    const card = page.getByRole('status').filter({ hasText: 'A scene follows in 0:1' });
    await card.getByRole('button', { name: 'Jump to it' }).click();
    await until(async () => ((await page.evaluate(`document.querySelector('video').currentTime`)) as number) >= 26.4);
    await card.waitFor({ state: 'hidden' });
    await page.unroute(`**/v1/titles/${title}/analyses`);
  }, 30_000);

  it('has a copy written of a film that the browser refuses, and names who is in it', async () => {
    const odd = await open(browser, faults);
    // what a browser finds in a container or codec that it does not know
    await odd.route(`**/v1/titles/${title}/media`, (route) =>
      route.fulfill({ status: 200, contentType: 'video/x-matroska', body: 'no film' }),
    );
    await odd.goto(`${service.url}/titles/${title}?t=${AT}`);
    await until(async () => (await odd.evaluate(`document.querySelector('video')?.videoWidth`)) === 640, 90);
    const names = (await castAt(AT)).map(said).sort();
    await until(async () => {
      const shown = (await boxes(odd)).map(({ name }) => name.toLowerCase()).sort();
      return JSON.stringify(shown) === JSON.stringify(names);
    });
    await odd.getByText('This browser does not play the film’s format.').waitFor({ state: 'hidden' });
    await odd.context().close();
  }, 120_000);

  it('is accessible on every page, on desktops and phones, light and dark', async () => {
    const { items } = await service.get<{ items: { id: string }[] }>('/v1/people');
    const paths = [
      '/',
      `/titles/${title}?t=${AT}`,
      '/people',
      `/people/${items[0]!.id}`,
      '/find',
      '/jobs',
      '/settings',
    ];
    for (const [colorScheme, device] of [
      ['dark', {}],
      ['light', PHONE],
    ] as const) {
      // the tool that looks is put into the page, which its policy would refuse
      const one = await open(browser, faults, { ...device, colorScheme, bypassCSP: true });
      for (const path of paths) {
        await one.goto(service.url + path);
        await one.getByRole('heading', { level: 1 }).waitFor();
        await one.waitForLoadState('networkidle').catch(() => undefined);
        await accessible(one, `${path} ${colorScheme}`);
      }
      await one.context().close();
    }
  }, 90_000);

  it('makes and revokes keys, and asks for one where one is needed', async () => {
    const locked = await TestService.start({ KINOSCOPE_REQUIRE_KEYS: 'true' }, 'api');
    try {
      const { text } = await locked.part(ApiKeys).create({ name: 'studio', scopes: ['read', 'write', 'operate'] });
      const fresh = await open(browser, []);
      await fresh.goto(locked.url);
      await fresh.getByRole('textbox', { name: 'API key' }).fill(text);
      await fresh.keyboard.press('Enter');
      await fresh.getByRole('heading', { name: 'No films yet' }).waitFor();
      expect(await fresh.evaluate('document.cookie')).toBe('');
      await fresh.getByRole('link', { name: 'Settings' }).click();
      await fresh.getByText(/^\d+ settings in force$/).click();
      await fresh.getByText('KINOSCOPE_REQUIRE_KEYS').waitFor();
      await fresh.getByRole('textbox', { name: 'For what' }).fill('player');
      await fresh.getByRole('button', { name: 'Make a key' }).click();
      const made = await fresh.locator('code.made').textContent();
      const asked = async (): Promise<number> =>
        (await locked.fetch('/v1/titles', { headers: { authorization: `Bearer ${made}` } })).status;
      expect(await asked()).toBe(200);
      await fresh.getByRole('button', { name: 'Revoke player' }).click();
      await fresh.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
      await until(async () => (await asked()) === 401);
      await fresh.context().close();
    } finally {
      await locked.stop();
    }
  }, 60_000);

  it('is an overlay on pages of other sites, with a key that only reads, also where the video alone is full screen', async () => {
    const { text } = await service.part(ApiKeys).create({ name: 'player', scopes: ['read'] });
    otherPage = `<!doctype html><title>x</title>
      <script type="module" src="${service.url}/overlay.js"></script>
      <div style="position: relative; width: 640px"><video src="/film.mp4" width="640" height="360" muted></video>
      <kinoscope-overlay api="${service.url}" title="${title}" key="${text}"></kinoscope-overlay></div>`;
    const other = await open(browser, faults);
    await other.goto(otherSite);
    await until(async () => (await other.evaluate(`document.querySelector('video')?.readyState >= 1`)) === true);
    await other.evaluate(`document.querySelector('video').currentTime = ${AT}`);
    await facesHaveTheirBoxes(other, AT);
    await other.mouse.click(5, 500);
    await other.evaluate(`document.querySelector('video').requestFullscreen()`);
    await facesHaveTheirBoxes(other, AT);
    expect(await other.evaluate(`document.querySelector('kinoscope-overlay').matches(':popover-open')`)).toBe(true);
    await other.context().close();
  }, 40_000);

  it('finds the actor of a photo: the best name, two others, their titles and when they were last on air', async () => {
    const gallery = studio.at('gallery');
    await makeDemoGallery(gallery);
    for (const name of readdirSync(gallery)) {
      const form = new FormData();
      form.append('name', name);
      form.append('photos', new Blob([readFileSync(join(gallery, name, '1.jpg'))]), '1.jpg');
      expect((await service.fetch('/v1/people', { method: 'POST', body: form })).status).toBe(201);
    }
    await page.goto(`${service.url}/find`);
    await page.getByLabel('Choose a photo').setInputFiles(join(gallery, 'Ada Abel', '1.jpg'));
    const answer = page.getByRole('main');
    await answer.getByRole('heading', { level: 2, name: 'Ada Abel' }).waitFor({ timeout: 60_000 });
    expect(await answer.getByRole('list').getByRole('listitem').count()).toBe(3);
    expect(await page.getByRole('button', { name: 'Face 1, Ada Abel' }).getAttribute('aria-pressed')).toBe('true');
    await answer.getByText(/^\s*Last on air .*2026.*: The late show\s+\(One\)\s*$/).waitFor();
    const best = answer.getByRole('listitem').first();
    await best.locator('img').waitFor();
    // another photo is dropped in its place
    const bytes = readFileSync(join(gallery, 'Carla Castel', '1.jpg')).toString('base64');
    await page.evaluate(`(() => {
      const transfer = new DataTransfer();
      const content = Uint8Array.from(atob('${bytes}'), (one) => one.charCodeAt(0));
      transfer.items.add(new File([content], 'photo.jpg', { type: 'image/jpeg' }));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    })()`);
    await answer.getByRole('heading', { level: 2, name: 'Carla Castel' }).waitFor({ timeout: 60_000 });
    await best.getByRole('link', { name: 'Some Show' }).click();
    await page.getByRole('region', { name: 'Timeline' }).waitFor();
    expect(new URL(page.url()).searchParams.has('t')).toBe(true);
  }, 90_000);

  it('shows who is there although the page asks anew while the cast is on its way', async () => {
    const slow = await open(browser, faults);
    const held: (() => void)[] = [];
    let holding = true;
    await slow.route('**/tracks?everybody=true&start=0*', async (route) => {
      if (holding) await new Promise<void>((resolve) => held.push(resolve));
      await route.continue();
    });
    await slow.goto(`${service.url}/titles/${title}`);
    const ready = `document.querySelector('video')?.readyState >= 2`;
    await until(async () => held.length > 0 && (await slow.evaluate(ready)) === true);
    await slow.evaluate(`document.querySelector('video').currentTime = ${AT}`);
    await until(async () => (await slow.evaluate(`document.querySelector('video').seeking`)) === false);
    holding = false;
    await slow.evaluate(`document.querySelector('kinoscope-overlay').refresh()`);
    await facesHaveTheirBoxes(slow, AT);
    for (const go of held) go();
    await slow.context().close();
  }, 60_000);

  it('asks which of several faces is meant, and takes place and time from the browser', async () => {
    const photo = studio.at('two.png');
    const half = (name: string) =>
      sharp(join(studio.at('gallery'), name, '1.jpg'))
        .resize(300, 300, { fit: 'cover' })
        .toBuffer();
    const [one, two] = readdirSync(studio.at('gallery')) as [string, string];
    await sharp({ create: { width: 600, height: 300, channels: 3, background: '#000' } })
      .composite([
        { input: await half(one), left: 0, top: 0 },
        { input: await half(two), left: 300, top: 0 },
      ])
      .png()
      .toFile(photo);
    await page.context().grantPermissions(['geolocation'], { origin: service.url });
    await page.context().setGeolocation({ latitude: 48.8566, longitude: 2.3522 });
    await page.goto(`${service.url}/find`);
    await page.getByLabel('Choose a photo').setInputFiles(photo);
    for (const name of [two, one, two]) {
      const face = page.getByRole('button', { name: new RegExp(`^Face \\d, ${name}$`) });
      await face.click({ timeout: 60_000 });
      await page.getByRole('main').getByRole('heading', { level: 2, name }).waitFor();
      expect(await page.locator('.box[aria-pressed=true]').count()).toBe(1);
    }
    await page.getByText('A photo of a television: say where and when').click();
    await page.getByRole('button', { name: 'Here and now' }).click();
    await until(async () => (await page.getByLabel('Latitude, longitude').inputValue()) === '48.8566,2.3522');
    expect(await page.getByLabel('When').inputValue()).toMatch(/^20\d\d-/);
    await page.getByRole('button', { name: 'Look again' }).click();
    // nothing is broadcast now: nobody is named for the place and time
    await page.getByText('The guide knows of nothing on air there and then.').waitFor({ timeout: 60_000 });
  }, 90_000);

  it('learns somebody from photos and says which of them teach nothing', async () => {
    const [one, , somebody] = readdirSync(studio.at('gallery')) as [string, string, string];
    const folder = join(studio.at('more'), 'Zoe Young');
    await mkdir(folder, { recursive: true });
    const good = join(studio.at('gallery'), somebody, '1.jpg');
    await copyFile(good, join(folder, 'good.jpg'));
    await sharp(good).jpeg({ quality: 70 }).toFile(join(folder, 'again.jpg'));
    await copyFile(studio.at('two.png'), join(folder, 'two.png'));
    const sky = sharp({ create: { width: 200, height: 200, channels: 3, background: '#456' } });
    await sky.jpeg().toFile(join(folder, 'sky.jpg'));
    await page.goto(`${service.url}/people`);
    await page.getByRole('button', { name: 'Add people' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add people' });
    await dialog.getByLabel('Choose a folder of folders').setInputFiles(studio.at('more'));
    await dialog.getByText('learnt', { exact: true }).waitFor({ timeout: 60_000 });
    const hints = (await dialog.getByRole('listitem').locator('p').allTextContents())
      .map((hint) => hint.replace(/^good/, 'again'))
      .sort();
    expect(hints).toEqual(['again.jpg: there already', 'sky.jpg: no face seen', 'two.png: two faces or more']);

    // a photo out of focus, one with few pixels of the face, and one of a stranger, among others of the same person
    const other = join(studio.at('unclear'), 'Una Clear');
    await mkdir(other, { recursive: true });
    const { width, height } = await sharp(good).metadata();
    await copyFile(good, join(other, 'good.jpg'));
    const dim = sharp(good).flop().modulate({ brightness: 0.6, saturation: 0.3 }).rotate(8, { background: '#333' });
    await dim.jpeg().toFile(join(other, 'dim.jpg'));
    await sharp(good)
      .blur(Math.min(width, height) / 50)
      .jpeg()
      .toFile(join(other, 'blurred.jpg'));
    const far = { width: 400, height: 300, fit: 'contain', background: '#333' } as const;
    const small = await sharp(good).resize({ height: 44 }).toBuffer();
    await sharp(small)
      .resize({ ...far, withoutEnlargement: true })
      .jpeg()
      .toFile(join(other, 'small.jpg'));
    await copyFile(join(studio.at('gallery'), one, '1.jpg'), join(other, 'stranger.jpg'));
    await dialog.getByLabel('Choose a folder of folders').setInputFiles(studio.at('unclear'));
    const una = dialog.getByRole('listitem').filter({ hasText: 'Una Clear' });
    await una.getByText('learnt', { exact: true }).waitFor({ timeout: 60_000 });
    expect((await una.locator('p').allTextContents()).sort()).toEqual([
      'blurred.jpg: blurred',
      'small.jpg: the face is too small',
      'stranger.jpg: looks like somebody else',
    ]);
  }, 90_000);

  it('had no errors on any page, and asked no other host for anything', () => {
    expect([...new Set(faults)]).toEqual([]);
  });
});
