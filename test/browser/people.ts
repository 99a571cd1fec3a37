import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { buildCast } from '../../src/cast/cast.js';
import { chunkWrites, embeddingWrites } from '../../src/cast/stored.js';
import { watchedOf } from '../../src/cast/watched.js';
import { normalize } from '../../src/faces/embed.js';
import { Naming } from '../../src/people/naming.js';
import { People } from '../../src/people/people.js';
import { Documents } from '../../src/titles/collections.js';
import { ANALYSES, analysisId, TITLES } from '../../src/titles/documents.js';
import type { TestService } from '../e2e/service.js';
import { shortFilm } from '../films/film.js';
import { photo, seconds, seen, watched } from '../library/library.js';
import { accessible, open, PHONE, program, until } from './chromium.js';
import { Studio } from './studio.js';

const studio = new Studio(import.meta.url);
const { faults } = studio;
let service: TestService;
let browser: Browser;
let page: Page;
let rachel = '';

interface PersonView {
  readonly id: string;
  readonly name: string | null;
  readonly seenIn: readonly { readonly tracks: readonly string[] }[];
}
const personOf = (id: string): Promise<PersonView> => service.get(`/v1/people/${id}`);
const tracksOf = async (id: string): Promise<number> =>
  (await personOf(id)).seenIn.reduce((sum, { tracks }) => sum + tracks.length, 0);
const named = async (): Promise<string[]> =>
  (await service.get<{ items: { name: string }[] }>('/v1/people?named=true')).items.map(({ name }) => name).sort();

/** A face along one axis, with a little of another. */
function face(axis: number, rest: number): Float32Array {
  const vector = new Float32Array(512);
  vector[axis] = 1;
  vector[100 + rest] = 0.5;
  return normalize(vector);
}

/** Rachel twice in a film, Ross once; a photo of Ross lies among hers. */
async function storePeople(title: string): Promise<void> {
  const people = service.part(People);
  const made = [];
  for (const [axis, name] of ['Rachel Green', 'Ross Geller'].entries()) {
    const photos = [1, 2, 3].map((n) => photo(`${axis}${n}`.repeat(8), face(axis, 10 * axis + n)));
    if (axis === 0) photos.push(photo('wrong'.repeat(4), face(1, 19)));
    made.push(await people.enrol({ name, photos, mean: null }));
  }
  rachel = made[0]!.id;
  const { contentHash } = (await service.part(Documents).titles.get(title))!;
  const cast = buildCast(
    watchedOf(
      watched([
        ...seconds(0, 3).map((t) => seen(t, face(0, 40))),
        ...seconds(5, 8).map((t) => seen(t, face(1, 42), 0.5)),
        ...seconds(12, 15).map((t) => seen(t, face(0, 41), 0.4)),
      ]),
    ),
  );
  const naming = service.part(Naming);
  const { tracks, writes } = await naming.replace(contentHash!, cast);
  const { scenes, shots } = cast;
  const analysis = {
    id: analysisId(contentHash!, 'cast'),
    kind: 'cast',
    contentHash: contentHash!,
    detectorVersion: 'test',
    truncated: false,
    result: { scenes, shots },
    finishedAt: new Date().toISOString(),
  };
  await service
    .part(Documents)
    .store.commit([
      { kind: 'upsert', collection: ANALYSES.name, document: analysis },
      ...chunkWrites(contentHash!, tracks),
      ...embeddingWrites(contentHash!, tracks, cast.embeddings),
      ...writes,
    ]);
  await naming.refreshNames(contentHash!);
}

describe('people', () => {
  beforeAll(async () => {
    const film = await shortFilm();
    await studio.start({ variables: { KINOSCOPE_MEDIA_ROOTS: dirname(film), KINOSCOPE_QUEUES: 'map' } });
    if (!program) return;
    ({ service, browser, page } = studio);
  }, 120_000);
  afterAll(() => studio.stop());

  describe('people in the studio', () => {
    if (!program) {
      it.todo('are on a map and are split: needs Chromium');
      return;
    }
    const map = (of: Page) => of.getByRole('application', { name: /^Map of \d+ faces/ });

    it('a gallery without faces says so instead of a map', async () => {
      await page.goto(`${service.url}/people`);
      await page.getByRole('link', { name: 'Map', exact: true }).click();
      await page.getByText('No faces yet').waitFor();
      expect(await map(page).count()).toBe(0);
    });

    it('the map is drawn by a job, is walked through by keys, and tells its outliers in words', async () => {
      await storePeople(await studio.titleOf(await shortFilm()));
      await page.goto(`${service.url}/people/map`);
      await map(page).waitFor();
      expect(await map(page).getAttribute('aria-label')).toMatch(/^Map of 9 faces/);
      const outliers = page.getByRole('region', { name: 'Outliers' }).getByRole('listitem');
      await until(async () => (await outliers.count()) === 1);
      expect(await outliers.innerText()).toMatch(/Rachel Green\s+photo wrong.*\s+more like\s+Ross Geller/);
      const chosen = page.getByRole('region', { name: 'Chosen face' });
      await map(page).focus();
      await page.keyboard.press('ArrowRight');
      await chosen.waitFor();
      // every face can be come to
      const met = new Set<string>();
      for (let turn = 0; turn < 40; turn++) {
        await page.keyboard.press(['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp'][Math.floor(turn / 10)]!);
        met.add((await chosen.innerText()).trim());
      }
      expect(met.size).toBeGreaterThan(4);
      const name = await chosen.getByRole('link').first().innerText();
      await map(page).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name }).waitFor();
    }, 60_000);

    it('a face on the map opens with the pointer, where it lies', async () => {
      await page.goto(`${service.url}/people/map`);
      await map(page).waitFor();
      const { people } = await service.get<{ people: { name: string; points: { x: number; y: number }[] }[] }>(
        '/v1/gallery/map',
      );
      const ross = people.find(({ name }) => name === 'Ross Geller')!;
      const box = (await map(page).boundingBox())!;
      const side = Math.min(box.width, box.height) - 36;
      const across = Math.min(box.width - 36, side * 1.8);
      const [{ x, y }] = ross.points as [{ x: number; y: number }];
      await map(page).click({
        position: { x: box.width / 2 + (x - 0.5) * across, y: box.height / 2 + (y - 0.5) * side },
      });
      await page.getByRole('region', { name: 'Chosen face' }).getByRole('link', { name: 'Ross Geller' }).click();
      await page.getByRole('heading', { level: 1, name: 'Ross Geller' }).waitFor();
    }, 60_000);

    it('who is on screen stands above who else is in the scene, with roles; the line shows stills where the pointer rests', async () => {
      const { items } = await service.get<{ items: { id: string }[] }>('/v1/titles');
      const title = items[0]!.id;
      const { store, titles } = service.part(Documents);
      const known = (await titles.get(title))!;
      const cast = [{ name: 'Ross Geller', role: 'the brother' }];
      const document = { ...known, metadata: { ...known.metadata, cast } };
      await store.commit([{ kind: 'upsert', collection: TITLES.name, document }]);
      for (const device of [{}, PHONE]) {
        const one = await open(browser, faults, device);
        await one.goto(`${service.url}/titles/${title}?t=6`);
        const here = one.getByRole('region', { name: 'Cast information' });
        await here.getByText(/^the brother · (certain|likely|perhaps)$/).waitFor();
        await here.getByRole('heading', { name: 'In this scene' }).waitFor();
        expect(await here.getByRole('link').allTextContents()).toEqual(['Ross Geller', 'Rachel Green']);
        expect(await one.locator('section[aria-label=Timeline] svg.person').count()).toBe(2);
        if (device !== PHONE) {
          const line = (await one.locator('section[aria-label=Timeline] .field').boundingBox())!;
          await one.mouse.move(line.x + line.width / 2, line.y + 10);
          await until(async () => Number(await one.evaluate(`document.querySelector('.tip img')?.naturalWidth`)) > 0);
        }
        await here.getByRole('link', { name: 'Ross Geller' }).click();
        await one.getByRole('heading', { level: 1, name: 'Ross Geller' }).waitFor();
        await one
          .getByRole('link', { name: /^Go to 0:0\d in / })
          .first()
          .click();
        await one.getByRole('region', { name: 'Timeline' }).waitFor();
        expect(Number(new URL(one.url()).searchParams.get('t'))).toBeGreaterThanOrEqual(5);
        await one.context().close();
      }
    }, 60_000);

    it('faces of somebody are split off to a new person or to another one, by their pictures, and given back', async () => {
      const dialog = page.getByRole('dialog', { name: 'Who of these is somebody else?' });
      const undo = () => page.getByRole('status').getByRole('button', { name: 'Undo' }).first().click();
      await page.goto(`${service.url}/people/${rachel}`);
      await page.getByRole('button', { name: 'Split' }).click();
      await until(async () => (await dialog.locator('ul[aria-label] img').count()) === 2);
      expect(await dialog.getByRole('button', { name: 'Split' }).isDisabled()).toBe(true);
      await dialog.getByRole('checkbox', { name: /^The face at 0:1\d in .* is somebody else$/ }).check();
      await dialog.getByText('1 face is a stranger’s').waitFor();
      await dialog.getByRole('combobox', { name: 'Who they are' }).fill('Amy Green');
      await page.keyboard.press('Enter');
      await dialog.getByText('a new person’s: Amy Green').waitFor();
      await dialog.getByRole('button', { name: 'Split' }).click();
      await page.getByText('1 face is Amy Green now').waitFor();
      expect([await named(), await tracksOf(rachel)]).toEqual([['Amy Green', 'Rachel Green', 'Ross Geller'], 1]);
      await undo();
      await until(async () => (await tracksOf(rachel)) === 2);
      expect(await named()).toEqual(['Rachel Green', 'Ross Geller']);
      expect(await service.get('/v1/constraints')).toMatchObject({ items: [] });

      // by keys alone, and to somebody who is there: case aside, by a part of the name
      await page.reload();
      await page.getByRole('checkbox', { name: /^Choose the face at 0:0/ }).check();
      await page.getByRole('region', { name: 'Chosen faces' }).getByRole('button', { name: 'Somebody else' }).focus();
      await page.keyboard.press('Enter');
      await dialog.getByText('1 face is a stranger’s').waitFor();
      await dialog.getByRole('combobox', { name: 'Who they are' }).fill('gell');
      await dialog.getByRole('option', { name: 'Ross Geller' }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await dialog.getByRole('button', { name: 'Split' }).focus();
      await page.keyboard.press('Enter');
      await page.getByText('1 face is Ross Geller now').waitFor();
      expect(await tracksOf(rachel)).toBe(1);
      await undo();
      await until(async () => (await tracksOf(rachel)) === 2);
    }, 60_000);

    it('are accessible, on desktops and phones, light and dark', async () => {
      for (const [colorScheme, device] of [
        ['dark', {}],
        ['light', PHONE],
      ] as const) {
        const one = await open(browser, faults, { ...device, colorScheme, bypassCSP: true });
        await one.goto(`${service.url}/people/map`);
        await map(one).waitFor();
        // the gallery has changed since, and says so
        await one.getByRole('button', { name: 'Draw it again' }).waitFor();
        await accessible(one, `map ${colorScheme}`);
        await one.goto(`${service.url}/people/${rachel}`);
        await one.getByRole('button', { name: 'Split' }).click();
        await one.getByRole('dialog').getByText('No face is chosen').waitFor();
        await accessible(one, `split ${colorScheme}`);
        const across = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
        expect(await one.evaluate(across)).toBe(0);
        await one.context().close();
      }
      expect(faults.filter((fault) => !/404 .*\/face$/.test(fault))).toEqual([]);
    }, 60_000);
  });
});
