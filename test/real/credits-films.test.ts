import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { filmMedia, makeFilm } from '../../notebooks-ts/credits-films/film-maker.js';
import { Footage } from '../../notebooks-ts/credits-films/footage.js';
import { detectCredits } from '../../src/credits/detect.js';
import { openMedia } from '../../src/frames/media.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';

const data = resolve(process.env['KINOSCOPE_DATA'] ?? '../shared/data');
const there = existsSync(join(data, 'video/big-buck-bunny-360p.mp4'));
if (!there) console.warn(`SKIPPED: films made from real footage need ${data}/video`);

(there ? describe : describe.skip)('films made from real footage, of each a kind that was once answered wrong', () => {
  let [models, footage, folder]: [ModelRegistry?, Footage?, string?] = [];
  beforeAll(async () => {
    models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
    folder = await mkdtemp(join(tmpdir(), 'kinoscope-films-'));
    footage = new Footage(openMedia({}), data, folder);
  });
  afterAll(async () => {
    await models?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  test.each([
    ['a roll after remarks all through', 'remarks, then a roll', 23_136],
    ['names over a bright picture, read in part', 'small names over the story', 23_088],
  ])(
    '%s',
    async (_, kind, seed) => {
      const film = await makeFilm(footage!, seed);
      const { source, probe } = filmMedia(film);
      const { creditsStart } = await detectCredits({ file: '', info: await probe(''), source, models: models! });
      expect(film.truth.archetype).toBe(kind);
      expect(Math.abs((creditsStart ?? -Infinity) - film.truth.creditsStart!)).toBeLessThan(1);
    },
    240_000,
  );
});
