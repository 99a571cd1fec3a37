import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { Documents } from '../../src/titles/collections.js';
import { ANALYSES, analysisId } from '../../src/titles/documents.js';
import { shortFilm } from '../films/film.js';
import { accessible, open, PHONE, program, until } from './chromium.js';
import { Studio } from './studio.js';

interface Genre {
  readonly top3: readonly { readonly genre: string; readonly probability: number }[];
  readonly witnesses: { readonly words: { readonly top3: readonly { readonly genre: string }[] } | null };
}

const HORROR =
  'A masked killer stalks teenagers through an abandoned asylum, where the ghosts of its murdered patients haunt the bloody corridors. ' +
  'One by one the terrified friends are slaughtered by a demonic evil that has been waiting for them in the dark.';
const PICTURES = { Drama: 0.45, Romance: 0.3, Comedy: 0.25, Horror: 0.003 };

const studio = new Studio(import.meta.url);
let page: Page;
let title = '';
const told = async (): Promise<string | undefined> =>
  (await studio.service.get<{ metadata: { description?: string } }>(`/v1/titles/${title}`)).metadata.description;
const genre = (): Promise<Genre> => studio.service.get(`/v1/titles/${title}/genre`);

/** What the pictures of four frames say. */
async function storeGenre(contentHash: string): Promise<void> {
  const result = {
    top3: Object.entries(PICTURES)
      .slice(0, 3)
      .map(([name, probability]) => ({ genre: name, probability })),
    genres: PICTURES,
    sure: false,
    frames: 4,
    dropped: 0,
    evidence: [],
    model: 'test',
  };
  const common = { contentHash, detectorVersion: 'test', truncated: false, finishedAt: new Date().toISOString() };
  const document = { id: analysisId(contentHash, 'genre'), kind: 'genre' as const, result, ...common };
  await studio.service.part(Documents).store.commit([{ kind: 'upsert' as const, collection: ANALYSES.name, document }]);
}

describe('descriptions', () => {
  beforeAll(async () => {
    if (!program) return;
    const film = await shortFilm();
    await studio.start({ role: 'api', variables: { KINOSCOPE_MEDIA_ROOTS: dirname(film) } });
    page = studio.page;
    title = await studio.titleOf(film);
    await storeGenre((await studio.service.part(Documents).titles.get(title))!.contentHash!);
  }, 120_000);

  afterAll(() => studio.stop());

  const panel = (of: Page, name: string) => of.getByRole('region', { name, exact: true });
  const dialog = (of: Page) => of.getByRole('dialog', { name: 'Description' });
  const field = (of: Page) => dialog(of).getByRole('textbox', { name: 'Description' });

  async function write(text: string): Promise<void> {
    await panel(page, 'Description').getByRole('button').first().click();
    await field(page).fill(text);
    await dialog(page).getByRole('button', { name: 'Save' }).click();
  }

  describe('descriptions in the studio', () => {
    if (!program) {
      it.todo('are written and removed: needs Chromium');
      return;
    }

    it('one that is written by keys speaks for the genre; removed it does not, and that can be taken back', async () => {
      await page.goto(`${studio.url}/titles/${title}`);
      const [description, answer] = [panel(page, 'Description'), panel(page, 'Genre')];
      await answer.getByText('Drama 45 %, Romance 30 %, Comedy 25 % (not sure)').waitFor();
      await answer.getByText('nothing: no description').waitFor();
      await answer.getByText('Not sure: there are too few different pictures to tell.').waitFor();
      const add = description.getByRole('button', { name: 'Add the description' });
      await add.focus();
      await page.keyboard.press('Enter');
      await field(page).waitFor();
      await page.keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'detached' });
      await page.keyboard.press('Enter');
      await field(page).focus();
      await page.keyboard.insertText(HORROR);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await description.getByText(HORROR).waitFor();
      expect(await told()).toBe(HORROR);
      await answer.getByText('nothing: no description').waitFor({ state: 'detached' });
      const { top3, witnesses } = await genre();
      expect(top3[0]!.genre).toBe('Horror');
      const words = answer.getByRole('definition').nth(1);
      expect(await words.textContent()).toMatch(/^\s*Horror \d+ %, /);
      expect(witnesses.words!.top3[0]!.genre).toBe('Horror');
      await answer.getByRole('meter', { name: 'Horror' }).waitFor();
      // the words stand beside the pictures now, so few pictures are no reason any more
      await answer.getByText('Not sure: pictures and words together make no genre likely enough.').waitFor();
      await answer.getByText('Drama 45 %, Romance 30 %, Comedy 25 % (not sure)').waitFor();
      await until(
        async () =>
          (await page.evaluate('document.activeElement?.getAttribute("aria-label")')) === 'Edit the description',
      );

      await page.keyboard.press('Enter');
      expect(await field(page).inputValue()).toBe(HORROR);
      await dialog(page).getByRole('button', { name: 'Remove' }).click();
      await answer.getByText('nothing: no description').waitFor();
      expect(await told()).toBeUndefined();
      await description.getByText('None yet.').waitFor();
      expect((await genre()).top3.map(({ genre: name }) => name)).toEqual(['Drama', 'Romance', 'Comedy']);
      await page.getByText('The description is removed').waitFor();
      await page.getByRole('status').getByRole('button', { name: 'Undo' }).last().click();
      await description.getByText(HORROR).waitFor();
      expect(await told()).toBe(HORROR);
    }, 60_000);

    it('says of a text in another language that it speaks for no genre', async () => {
      await write('Un tueur masqué poursuit des adolescents dans un asile abandonné depuis des années.');
      await panel(page, 'Genre').getByText('nothing was told that speaks for a genre').waitFor();
      await panel(page, 'Genre').getByText('Not sure: there are too few different pictures to tell.').waitFor();
    }, 30_000);

    it('shows markup as it was typed and drops control characters', async () => {
      await write(
        'A <b>masked</b> <img src=x onerror=alert(1)> killer\u0007\u001b[31m strikes\u202e again.\nSecond line',
      );
      const description = panel(page, 'Description');
      const shown = 'A <b>masked</b> <img src=x onerror=alert(1)> killer[31m strikes again.\nSecond line';
      await until(async () => (await description.locator('p').first().textContent()) === shown);
      expect(await told()).toBe(shown);
      expect(await description.locator('b, img').count()).toBe(0);
      await write('\u0007\u001b');
      await dialog(page).getByRole('alert').getByText('description must not be empty').waitFor();
      expect(await told()).toBe(shown);
    }, 30_000);

    it('takes 10,000 characters, folded until they are asked for, and says that 10,001 are too many', async () => {
      const long = 'word '.repeat(2000).slice(0, -1) + '!';
      const description = panel(page, 'Description');
      await page.reload();
      await write(`${long}!`);
      const refused = dialog(page).getByRole('alert');
      expect(await refused.textContent()).toBe('A description has at most 10,000 characters; this one has 10,001.');
      await dialog(page).getByText('10,001 of at most 10,000 characters').waitFor();
      expect(await field(page).inputValue()).toHaveLength(10_001);
      expect(await told()).not.toContain('word');
      await field(page).fill(long);
      await dialog(page).getByRole('button', { name: 'Save' }).click();
      await description.getByText(/^word word/).waitFor();
      expect(await told()).toBe(long);
      const height = async () => (await description.boundingBox())!.height;
      const folded = await height();
      expect(folded).toBeLessThan(260);
      await description.getByRole('button', { name: 'Show all' }).click();
      await description.getByRole('button', { name: 'Show less', expanded: true }).click();
      expect(await height()).toBe(folded);
    }, 30_000);

    it('is written in the library too, and with a film that is added', async () => {
      await page.goto(studio.url);
      await page.getByRole('button', { name: /^What to do with/ }).click();
      await page.getByRole('button', { name: 'Edit description', exact: true }).click();
      await dialog(page).getByRole('button', { name: 'Remove' }).click();
      await page.getByText('The description is removed').waitFor();
      expect(await told()).toBeUndefined();
      await page.getByRole('button', { name: 'Add films' }).first().click();
      const adding = page.getByRole('dialog', { name: 'Add films' });
      await adding.getByRole('textbox', { name: /A link/ }).fill(await shortFilm());
      await adding.getByText('Description, if you have one').click();
      await adding.getByRole('textbox', { name: 'Description' }).fill(HORROR);
      await adding.getByRole('button', { name: 'Add', exact: true }).click();
      await panel(page, 'Description').getByText(HORROR).waitFor();
      expect(await told()).toBe(HORROR);
    }, 30_000);

    it('is accessible and fits, on desktops and phones, light and dark', async () => {
      for (const [colorScheme, device] of [
        ['dark', PHONE],
        ['light', {}],
      ] as const) {
        const one = await open(studio.browser, studio.faults, { ...device, colorScheme, bypassCSP: true });
        await one.goto(`${studio.url}/titles/${title}`);
        await panel(one, 'Genre').getByText('Words', { exact: true }).waitFor();
        await accessible(one, `description ${colorScheme}`);
        await panel(one, 'Description').getByRole('button', { name: 'Edit' }).click();
        await field(one).fill('x'.repeat(10_001));
        await dialog(one).getByRole('button', { name: 'Save' }).click();
        await dialog(one).getByRole('alert').waitFor();
        await accessible(one, `description's dialog ${colorScheme}`);
        expect(await one.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(
          0,
        );
        await one.context().close();
      }
      expect(studio.faults.filter((fault) => !/400 .*\/v1\/titles\/|poster/.test(fault))).toEqual([]);
    }, 60_000);
  });
});
