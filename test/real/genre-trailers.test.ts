import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  DESCRIPTOR,
  extractFeatures,
  featureCollection,
  NETWORKS,
  storedRows,
} from '../../notebooks-ts/genre/features.js';
import { fetchWhileUsed, readTrailerItems } from '../../notebooks-ts/genre/trailers.js';
import { createDownloader } from '../../src/download/downloader.js';
import { createModels } from '../../src/inference/registry.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';

const videos = resolve(process.env['KINOSCOPE_DATA'] ?? '../shared/data', 'video');
const there = existsSync(videos);
if (!there) console.warn(`LEFT OUT: features of a trailer list need ${videos}`);

const listOfTrailers = (): void => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinoscope-genre-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('features of what can be fetched are stored once, what cannot is named, and no video stays', async () => {
    const { items, faults } = readTrailerItems(
      [
        'title,link,genres',
        `The Silent One,${join(videos, 'chaplin.mp4')},Comedy|Short`,
        `Gone,${join(videos, 'no-such-trailer.mp4')},Drama`,
        `No Such Genre,${join(videos, 'trailer-joker.mp4')},Mumblecore`,
      ].join('\n'),
    );
    expect(faults).toEqual([{ line: 4, message: 'unknown genre: Mumblecore' }]);
    expect(items.map(({ title, genres }) => [title, genres])).toEqual([
      ['silent one', ['Comedy', 'Short']],
      ['gone', ['Drama']],
    ]);

    const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
    const downloader = createDownloader({ roots: null, ytDlp: null });
    const store = await openSqliteStore(join(folder, 'features.sqlite'));
    try {
      const networks = await Promise.all(NETWORKS.map((id) => models.load(id)));
      const failures = await extractFeatures(items, networks, store, undefined, fetchWhileUsed(downloader, folder));
      expect(failures.map(({ item }) => item.title)).toEqual(['gone']);
      const collection = await featureCollection(store);
      const rows = await storedRows(collection, items[0]!);
      // Both networks' values, the last of the last picture too.
      expect(rows!.length % DESCRIPTOR).toBe(0);
      expect(rows!.length / DESCRIPTOR + (await collection.find({})).items[0]!.dropped).toBeGreaterThanOrEqual(9);
      expect(
        rows!
          .subarray(-DESCRIPTOR)
          .slice(0, 2048)
          .some((value) => value > 0),
      ).toBe(true);
      expect(rows!.subarray(-1024).some((value) => value > 0)).toBe(true);
      expect(await storedRows(collection, items[1]!)).toBeNull();

      // A second run asks for nothing that is there.
      const asked: string[] = [];
      await extractFeatures(items, networks, store, undefined, (video) =>
        Promise.reject(new Error(String(asked.push(video)))),
      );
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
