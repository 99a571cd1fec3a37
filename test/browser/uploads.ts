import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { TestService } from '../e2e/service.js';
import { anotherFilm, shortFilm } from '../films/film.js';
import { program, until } from './chromium.js';
import { Studio } from './studio.js';

const studio = new Studio(import.meta.url);
const { faults } = studio;
let service: TestService;
let page: Page;
const at = (name: string): string => studio.at(name);

interface Kept {
  readonly id: string;
  readonly size: number;
  readonly offset: number;
}
const unfinished = async (): Promise<Kept[]> => (await service.get<{ items: Kept[] }>('/v1/uploads')).items;
const titles = async (): Promise<{ name: string; contentHash: string }[]> =>
  (await service.get<{ items: { name: string; contentHash: string }[] }>('/v1/titles')).items;

async function makeFilms(): Promise<void> {
  const film = await shortFilm();
  await copyFile(film, at('One.mp4'));
  await anotherFilm(film, at('Large.mp4'), 12 * 2 ** 20);
  await mkdir(at('Films/Season 1'), { recursive: true });
  await anotherFilm(film, at('Films/Two.mp4'));
  await anotherFilm(film, at('Films/Season 1/Three.mp4'));
  await writeFile(at('Films/notes.txt'), 'no film');
  await writeFile(at('Broken.mp4'), 'no film either');
}

describe('uploads', () => {
  beforeAll(async () => {
    await studio.start({ role: 'api', films: makeFilms });
    ({ service, page } = studio);
  }, 120_000);
  afterAll(() => studio.stop());

  describe('uploads', () => {
    if (!program) {
      it.todo('pause and go on: needs Chromium');
      return;
    }
    const uploads = () => page.getByRole('region', { name: 'Uploads' });
    const choose = async (...names: string[]): Promise<void> => {
      if (!(await page.getByRole('dialog').isVisible()))
        await page.getByRole('banner').getByRole('button', { name: 'Add films' }).click();
      await page.locator('input[name=file]').setInputFiles(names.map(at));
    };
    /** Seconds that the line takes for what is sent now. */
    const slow = async (bytesPerSecond: number): Promise<() => Promise<void>> => {
      const session = await page.context().newCDPSession(page);
      const set = (rate: number) =>
        session.send('Network.emulateNetworkConditions', {
          offline: false,
          latency: 0,
          downloadThroughput: -1,
          uploadThroughput: rate,
        });
      await session.send('Network.enable');
      await set(bytesPerSecond);
      return async () => {
        await set(-1);
        await session.detach();
      };
    };

    it('go on where they were after a pause, a reload of the page and a restart of the service', async () => {
      await page.goto(service.url);
      const fast = await slow(2 * 2 ** 20);
      await choose('Large.mp4');
      await until(async () => ((await unfinished())[0]?.offset ?? 0) > 2 ** 20);
      await uploads().getByRole('button', { name: 'Pause Large.mp4' }).click();
      await uploads()
        .getByText(/Paused at \d+ %/)
        .waitFor();
      await until(async () => {
        const [before] = await unfinished();
        await page.waitForTimeout(200);
        return (await unfinished())[0]?.offset === before?.offset;
      });
      const [paused] = await unfinished();
      expect(paused!.offset).toBeLessThan(paused!.size);
      await uploads().getByRole('button', { name: 'Resume Large.mp4' }).click();
      await until(async () => ((await unfinished())[0]?.offset ?? 0) > paused!.offset);

      await page.reload();
      await uploads()
        .getByText(/Broken off at \d+ % of/)
        .waitFor();
      const [left] = await unfinished();
      expect([left!.id, left!.offset > paused!.offset]).toEqual([paused!.id, true]);
      await fast();
      let sent = 0;
      page.on('request', (request) => {
        if (request.method() === 'PATCH') sent = Number(request.headers()['upload-offset']);
      });
      await choose('Large.mp4');
      await uploads().getByText('In the library').waitFor();
      expect(sent).toBeGreaterThanOrEqual(left!.offset);
      expect(await unfinished()).toEqual([]);
      const hash = createHash('sha256')
        .update(await readFile(at('Large.mp4')))
        .digest('hex');
      expect(await titles()).toMatchObject([{ name: 'Large', contentHash: hash }]);
      expect(await page.evaluate(`Object.keys(localStorage).filter((key) => key.startsWith('tus::'))`)).toEqual([]);
    }, 120_000);

    it('come from files and folders that are dropped, two at a time, and say why one is refused', async () => {
      await page.goto(service.url);
      let [under, most] = [0, 0];
      await page.route('**/v1/uploads/*', async (route) => {
        if (route.request().method() !== 'PATCH') return route.continue();
        most = Math.max(most, ++under);
        await page.waitForTimeout(300);
        await route.continue();
        under--;
      });
      // a drop of a folder, as the system gives it, cannot be made by a page
      const session = await page.context().newCDPSession(page);
      const drag = (type: 'dragEnter' | 'dragOver' | 'drop') =>
        session.send('Input.dispatchDragEvent', {
          type,
          x: 400,
          y: 400,
          data: { items: [], files: ['One.mp4', 'Films', 'Broken.mp4'].map(at), dragOperationsMask: 1 },
        });
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await drag(type);
      await uploads().getByText('Broken.mp4 is not a video file that can be read').waitFor();
      await until(async () => (await uploads().getByText('In the library').count()) === 3);
      expect(most).toBe(2);
      expect((await titles()).map(({ name }) => name).sort()).toEqual(['Large', 'One', 'Three', 'Two']);
      expect(await unfinished()).toEqual([]);
      await page.unroute('**/v1/uploads/*');
    }, 120_000);

    it('that are cancelled leave nothing', async () => {
      await page.goto(service.url);
      const fast = await slow(2 ** 20);
      await anotherFilm(await shortFilm(), at('Cancelled.mp4'), 12 * 2 ** 20);
      await choose('Cancelled.mp4');
      await until(async () => ((await unfinished())[0]?.offset ?? 0) > 0);
      await uploads().getByRole('button', { name: 'Cancel Cancelled.mp4' }).click();
      await until(async () => (await unfinished()).length === 0);
      await fast();
      expect(faults.filter((fault) => !/422|poster/.test(fault))).toEqual([]);
    }, 60_000);
  });
});
