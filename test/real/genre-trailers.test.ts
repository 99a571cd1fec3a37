import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { extractFeatures, featureCollection, unpack } from '../../notebooks-ts/genre/features.js';
import { fetchWhileUsed, readTrailerItems } from '../../notebooks-ts/genre/trailers.js';
import { createDownloader } from '../../src/download/downloader.js';
import { createModels } from '../../src/inference/registry.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';

const videos = resolve(process.env['KINOSCOPE_DATA'] ?? '../shared/data', 'video');
const there = existsSync(videos);
if (!there) console.warn(`LEFT OUT: features of a trailer list need ${videos}`);

const listOfTrailers = (): void => {
  let folder: string;
  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'kinoscope-genre-')); });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('features of what can be fetched are stored once, what cannot is named, and no video stays', async () => {
    const { items, faults } = readTrailerItems([
      'title,link,genres',
      `The Silent One,${join(videos, 'chaplin.mp4')},Comedy|Short`,
      `Gone,${join(videos, 'no-such-trailer.mp4')},Drama`,
      `No Such Genre,${join(videos, 'trailer-joker.mp4')},Mumblecore`,
    ].join('\n'));
    expect(faults).toEqual([{ line: 4, message: 'unknown genre: Mumblecore' }]);
    expect(items.map(({ title, genres }) => [title, genres])).toEqual([['silent one', ['Comedy', 'Short']], ['gone', ['Drama']]]);

    const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
    const downloader = createDownloader({ roots: null, ytDlp: null });
    const store = await openSqliteStore(join(folder, 'features.sqlite'));
    try {
      const network = await models.load('inception-v3.int8');
      const failures = await extractFeatures(items, network, store, undefined, fetchWhileUsed(downloader, folder));
      expect(failures.map(({ item }) => item.title)).toEqual(['gone']);
      const stored = await (await featureCollection(store)).get(items[0]!.id);
      expect(stored!.rows + stored!.dropped).toBeGreaterThanOrEqual(9);
      expect(unpack(stored!).some((value) => value > 0)).toBe(true);

      // A second run asks for nothing that is there.
      const asked: string[] = [];
      await extractFeatures(items, network, store, undefined, (video) => Promise.reject(new Error(String(asked.push(video)))));
      expect(asked).toEqual([join(videos, 'no-such-trailer.mp4')]);
      expect((await readdir(folder)).filter((name) => name.startsWith('kinoscope-trailer-'))).toEqual([]);
    } finally {
      await store.close();
      await downloader.close();
      await models.close();
    }
  }, 240_000);
};

if (there) describe('a list of trailers', listOfTrailers);
// A file without a case would fail.
else test.todo('a list of trailers: needs the real data');
