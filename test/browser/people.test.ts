import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { makeDemoGallery } from '../../scripts/demo-film.mjs';
import { type JobView, TestService } from '../e2e/service.js';
import { shortFilm } from '../films/film.js';

const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
if (!program) process.stderr.write('people.test.ts: SKIPPED, no Chromium on this machine\n');

let service: TestService;
let browser: Browser;
let page: Page;
let folder: string;
let title: string;
const faults: string[] = [];

beforeAll(async () => {
  if (!program) return;
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-gallery-'));
  await makeDemoGallery(folder);
  const film = await shortFilm();
  service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: film.slice(0, film.lastIndexOf('/')) });
  ({
    title: { id: title },
  } = (await (await service.post('/v1/titles', { path: film })).json()) as { title: { id: string } });
  const { job } = (await (await service.post(`/v1/titles/${title}/analyses`, { kinds: ['cast'] })).json()) as {
    job: JobView;
  };
  await service.follow(job.id);
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
  page.on('dialog', (dialog) => void dialog.accept());
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await service?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

describe('the page of people', () => {
  if (!program) {
    it.todo('shows people: needs Chromium');
    return;
  }

  async function until(holds: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 60_000; Date.now() < end;) {
      if (await holds()) return;
      await delay(100);
    }
    throw new Error('It did not come to hold within 60 s');
  }
  const loaded = (): Promise<void> =>
    until(() =>
      page.locator('#people img').evaluateAll((all: unknown[]) => {
        const pictures = all as { readonly complete: boolean; readonly naturalWidth: number }[];
        return pictures.length > 3 && pictures.every(({ complete, naturalWidth }) => complete && naturalWidth === 160);
      }),
    );
  const shows = (count: number): Promise<void> =>
    until(async () => (await page.locator('#people li').count()) === count);

  it('shows strangers with their faces, and a name given to one holds', async () => {
    await page.goto(`${service.url}/people.html`);
    await loaded();
    const before = await page.locator('#people li').count();
    const id = await page.locator('#people li').first().getAttribute('id');
    await page.locator('#people li form input').first().fill('Zoe');
    await page.locator('#people li form input').first().press('Enter');
    await shows(before - 1);
    await page.click('text=Known people');
    await page.waitForSelector(`#people li[id="${id}"]`);
    expect(await page.locator('#people li form input').first().inputValue()).toBe('Zoe');
  }, 90_000);

  it('hides and shows again, adds with photos, and says why two cannot be merged', async () => {
    await page.click('text=Hide');
    await page.waitForSelector('#empty:not([hidden])');
    await page.click('#views >> text=Hidden');
    await page.click('#people >> text=Show');
    await page.waitForSelector('#empty:not([hidden])');

    await page.fill('#new input[name=name]', 'Ada Abel');
    await page.setInputFiles('#new input[name=photos]', join(folder, 'Ada Abel', '1.jpg'));
    await shows(2);

    await page.click('text=Strangers');
    await loaded();
    const moments = await Promise.all(
      [3, 5, 7, 9].map((t) =>
        service.get<{ cast: { name: string | null; personId: string | null }[] }>(`/v1/titles/${title}/cast?t=${t}`),
      ),
    );
    const together =
      moments
        .map(({ cast }) => cast.filter(({ name, personId }) => name === null && personId !== null).slice(0, 2))
        .find(({ length }) => length === 2) ?? [];
    expect(together).toHaveLength(2);
    for (const { personId } of together) await page.check(`#people li[id="${personId}"] label input`);
    await page.click('#merge');
    await page.waitForSelector('#message:not(:empty)');
    expect(await page.textContent('#message')).toMatch(/one frame/);
    expect(faults).toEqual([]);
  }, 90_000);
});
