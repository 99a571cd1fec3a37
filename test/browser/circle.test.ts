import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { makeDemoFilm, makeDemoGallery } from '../../scripts/demo-film.mjs';
import { openVideoWriter } from '../../src/frames/writer.js';
import { program, until } from './chromium.js';
import { closeBrowser, Studio } from './studio.js';

/** The demo's people, named by the film's own credits and the photos beside it: nobody is enrolled by hand. */

const CAST = ['Ada Abel', 'Carla Castel', 'Ines Ilves'];
const studio = new Studio(import.meta.url);
let title = '';

beforeAll(async () => {
  await studio.start({
    films: async (folder) => {
      await makeDemoFilm(join(folder, 'Demo.mp4'), openVideoWriter, undefined, { shot: 2, roll: 12, lines: 8 });
      const [gallery, actors] = [join(folder, 'gallery'), join(folder, '.actors')];
      await makeDemoGallery(gallery);
      mkdirSync(actors);
      for (const name of CAST)
        copyFileSync(join(gallery, name, '1.jpg'), join(actors, `${name.replace(' ', '_')}.jpg`));
      // somebody who is not billed
      copyFileSync(join(gallery, CAST[0]!, '1.jpg'), join(actors, 'Nobody_Else.jpg'));
      rmSync(gallery, { recursive: true });
    },
  });
  if (program) title = await studio.titleOf(studio.at('Demo.mp4'));
}, 120_000);
afterAll(() => studio.stop());
afterAll(closeBrowser);

interface Whole {
  readonly people: readonly { readonly name: string | null }[];
}
/** The service computes in this process: a kept connection may lapse meanwhile. */
const get = <T>(path: string): Promise<T> => studio.service.get<T>(path).catch(() => studio.service.get<T>(path));
const named = async (): Promise<string[]> =>
  (await get<Whole>(`/v1/titles/${title}/cast`)).people.flatMap(({ name }) => name ?? []).toSorted();

if (!program) it.todo('closes the circle: needs Chromium');
else {
  it('reads the credits, finds photos of who is in it, names them, and says where they were', async () => {
    const { page, service } = studio;
    const { job } = (await (await service.post(`/v1/titles/${title}/analyses`, { kinds: ['credits', 'cast'] })).json()) as { job: { id: string } }; // prettier-ignore
    await until(async () => (await get<{ state: string }>(`/v1/jobs/${job.id}`)).state === 'done', 120);
    expect(await named()).toEqual([]);
    await page.goto(`${studio.url}/titles/${title}`);
    const credits = page.getByRole('region', { name: 'Names in the credits' });
    await credits.getByRole('button', { name: 'Read the credits' }).click();
    await credits.getByRole('button', { name: 'Ada Abel' }).first().waitFor({ timeout: 120_000 });
    await credits.getByRole('button', { name: 'Find photos' }).click();
    await until(async () => (await named()).length === CAST.length, 120);
    expect(await named()).toEqual(CAST);
    await page.getByRole('link', { name: 'Ada Abel' }).first().waitFor();

    await page.goto(`${studio.url}/people`);
    await page.getByRole('link', { name: /Carla Castel/ }).click();
    const photo = page.getByRole('listitem').filter({ hasText: 'Carla_Castel.jpg' });
    await photo.getByText(`found: ${studio.at('.actors/Carla_Castel.jpg')}`).waitFor();
    await photo.getByText('counts less').waitFor();
    await photo.getByRole('button', { name: /shows them$/ }).click();
    await photo.getByText('counts', { exact: true }).waitFor();
    expect(await named()).toEqual(CAST);
  }, 1_120_000);

  it('a photo that is not theirs is said so: the name goes, and it is not proposed again', async () => {
    const { page } = studio;
    await page.goto(`${studio.url}/people`);
    await page.getByRole('link', { name: /Ines Ilves/ }).click();
    const photo = page.getByRole('listitem').filter({ hasText: 'Ines_Ilves.jpg' });
    await photo.getByRole('button', { name: /does not show them$/ }).click();
    await photo.getByText('not them', { exact: true }).waitFor();
    await until(async () => (await named()).length === 2);
    await page.goto(`${studio.url}/people`);
    await page.getByRole('button', { name: 'Find photos' }).click();
    await page.getByRole('status', { name: 'Looking for photos' }).waitFor();
    await page.getByRole('button', { name: 'Find photos' }).waitFor({ timeout: 90_000 });
    expect(await named()).toEqual(['Ada Abel', 'Carla Castel']);
    expect(studio.faults.filter((fault) => !/404 .*\/face$/.test(fault))).toEqual([]);
  }, 120_000);
}
