import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeys } from '../../src/access/keys.js';
import { createEmbeddedQueue } from '../../src/jobs/embedded-queue.js';
import type { Store } from '../../src/storage/collection.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';
import { separateTenants } from '../../src/storage/tenant-store.js';
import { Catalogue } from '../../src/titles/catalogue.service.js';
import { Documents } from '../../src/titles/collections.js';
import { ANALYSES, analysisId, TITLES } from '../../src/titles/documents.js';
import { PictureCache } from '../../src/titles/picture-cache.js';
import { TitlesQuery } from '../../src/titles/schemas.js';

const MANY = 10_000;
const { parse } = JSON;
const GENRES = ['Drama', 'Comedy', 'Western', 'Horror'];

/** Every fourth title is of one genre; one of ten was not analysed; their names count. */
const titleOf = (index: number) => ({
  id: `t${index}`,
  name: `The Film ${index}`,
  source: { kind: 'path', location: `/f/${index}`, file: `/f/${index}`, kept: false, size: 1, modified: 1 },
  contentHash: `h${index}`,
  media: null,
  metadata: { year: 1900 + (index % 100) },
  createdAt: new Date(index * 1000).toISOString(),
});

describe('a library of ten thousand titles', () => {
  let store: Store;
  let catalogue: Catalogue;
  /** Documents that were read whole. */
  let read = 0;

  beforeAll(async () => {
    store = separateTenants(await openSqliteStore(':memory:'), { strict: false });
    const documents = await Documents.open(store);
    const genres = (index: number) => ({ top3: [{ genre: GENRES[index % 4]!, probability: 0.5 }] });
    await store.commit(
      Array.from({ length: MANY }, (_, index) => index).flatMap((index) => [
        { kind: 'upsert' as const, collection: TITLES.name, document: titleOf(index) },
        ...(index % 10 === 0
          ? []
          : [
              {
                kind: 'upsert' as const,
                collection: ANALYSES.name,
                document: {
                  id: analysisId(`h${index}`, 'genre'),
                  contentHash: `h${index}`,
                  kind: 'genre',
                  detectorVersion: 'x',
                  truncated: false,
                  result: genres(index),
                  finishedAt: 'x',
                },
              },
            ]),
      ]),
    );
    const queue = await createEmbeddedQueue(store);
    catalogue = new Catalogue(documents, await ApiKeys.open(store), queue);
    // titles of an earlier version have no words
    await catalogue.onApplicationBootstrap();
    JSON.parse = (text: string) => {
      read++;
      return parse.call(JSON, text) as unknown;
    };
    await queue.enqueue({ name: 'analyze', data: { titleId: 't7' }, announced: true });
    await queue.enqueue({ name: 'segment', data: { titleId: 't8' } });
  }, 120_000);

  afterAll(async () => {
    JSON.parse = parse;
    await store.close();
  });

  const list = async (query: Record<string, string>) => {
    read = 0;
    const { items } = await catalogue.list(TitlesQuery.parse({ limit: '3', ...query }));
    // a page and the job: nothing is walked
    expect(read).toBeLessThan(20);
    return items.map(({ title }) => title.id);
  };

  it.each([
    [{}, ['t9999', 't9998', 't9997']],
    [{ sort: 'added' }, ['t0', 't1', 't2']],
    [{ sort: 'name', q: 'film' }, ['t0', 't1', 't10']],
    [{ sort: '-year' }, ['t9999', 't999', 't99']],
    [{ genre: 'Western' }, ['t9998', 't9994', 't9986']],
    [{ genre: 'Western', q: 'fi 99' }, ['t9998', 't9994', 't9986']],
    [{ q: 'nothing' }, []],
    [{ path: '/f/123' }, ['t1239', 't1238', 't1237']],
    [{ status: 'new' }, ['t9990', 't9980', 't9970']],
    [{ status: 'done' }, ['t9999', 't9998', 't9997']],
    [{ status: 'new', sort: 'added' }, ['t0', 't10', 't20']],
    [{ status: 'done', sort: 'added', q: 'film' }, ['t1', 't2', 't3']],
    [{ status: 'running' }, ['t7']],
    [{ status: 'failed' }, []],
    [{ person: 'nobody' }, []],
  ])('is asked for %j and tells the first of them, reading no more than those', async (query, expected) => {
    expect(await list(query)).toEqual(expected);
  });
});

describe('kept pictures', () => {
  it('are no more, and no larger together, than is allowed; those that were asked for last stay', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kinoscope-pictures-'));
    try {
      const few = new PictureCache(join(folder, 'few'), { files: 10, bytes: 1e6 });
      for (let index = 0; index < 40; index++) await few.put(`a/${index}`, Buffer.alloc(10));
      expect((await readdir(join(folder, 'few', 'a'))).length).toBeLessThanOrEqual(10);
      const small = new PictureCache(join(folder, 'small'), { files: 1000, bytes: 1000 });
      for (let index = 0; index < 40; index++) await small.put(`${index}`, Buffer.alloc(100));
      expect((await readdir(join(folder, 'small'))).length).toBeLessThanOrEqual(10);
      expect(await small.get('39')).toEqual(Buffer.alloc(100));
      expect(await small.get('0')).toBeNull();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
