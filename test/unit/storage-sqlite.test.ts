import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Filter, Sort } from '../../src/storage/collection.js';
import { parseFilter } from '../../src/storage/query.js';
import { SqliteConnection } from '../../src/storage/sqlite-connection.js';
import { createCollection } from '../../src/storage/sqlite-schema.js';
import { afterSql, both, orderSql, whereSql, type PathShape } from '../../src/storage/sqlite-sql.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-sqlite-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('query plans', () => {
  let db: SqliteConnection;
  beforeEach(() => {
    db = new SqliteConnection(join(folder, 'plans.db'));
    const indexes = [['rank'], ['kind', 'rank'], ['tags']].map((paths) => ({ paths }));
    createCollection(db, { name: 'things', indexes: [...indexes, { paths: ['key'], unique: true }] });
  });
  afterEach(() => db.close());

  const byId: Sort = { path: 'id', order: 'asc' };
  const plan = (filter: Filter, sort = byId, after?: number, shape: PathShape = 'plain'): string => {
    const where = whereSql(parseFilter(filter), () => shape, 'e_things');
    const condition = after === undefined ? where : both(where, afterSql(sort, { value: after, id: 'a' }));
    const sql = `SELECT body FROM c_things WHERE ${condition.text} ORDER BY ${orderSql(sort)} LIMIT 50`;
    const steps = db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, condition.values);
    return steps.map((step) => step.detail).join('\n');
  };
  const byRank = (order: Sort['order']): Sort => ({ path: 'rank', order });

  test('equality, lists, ranges and prefixes search an index', () => {
    const conditions = [1, 'x', true, null, { $in: [1, 'x', null] }, { $gt: 1 }, { $lte: 'x' }, { $prefix: 'x' }];
    for (const condition of conditions) {
      expect(plan({ rank: condition })).toMatch(/SEARCH c_things USING INDEX things\|index\|rank/);
    }
    expect(plan({ key: 'x' })).toMatch(/SEARCH c_things USING INDEX things\|unique\|key/);
    expect(plan({ id: 'x' })).toMatch(/SEARCH c_things USING INDEX \S+ \(id=\?\)/);
    expect(plan({ other: 1 })).toMatch(/^SCAN c_things/);
  });

  test('a compound index serves equality, range and order at once', () => {
    const text = plan({ kind: 'x', rank: { $gte: 1, $lt: 9 } }, byRank('desc'));
    expect(text).toBe('SEARCH c_things USING INDEX things|index|kind|rank (<expr>=? AND <expr>>? AND <expr><?)');
  });

  test('pages continue from the index, in both directions, without sorting', () => {
    for (const order of ['asc', 'desc'] as const) {
      expect(plan({}, byRank(order), 5)).toMatch(/^SEARCH c_things USING INDEX things\|index\|rank \(<expr>[<>]\?\)$/);
      expect(plan({}, byRank(order))).toBe('SCAN c_things USING INDEX things|index|rank');
    }
  });

  test('elements of arrays are found by index', () => {
    const text = plan({ tags: 'war' }, undefined, undefined, 'elements');
    expect(text).toMatch(/MULTI-INDEX OR/);
    expect(text).toMatch(/SEARCH c_things USING INDEX things\|index\|tags/);
    expect(text).toMatch(/SEARCH e_things USING PRIMARY KEY \(path=\? AND value=\?\)/);
    expect(text).not.toMatch(/SCAN/);
  });
});

describe('the file', () => {
  test('is made with its folder, and belongs to its documents after closing', async () => {
    const path = join(folder, 'a', 'b', 'kinoscope.db');
    const store = await openSqliteStore(path);
    await (await store.collection({ name: 'things' })).insert({ id: 'x' });
    await store.close();
    await store.close();
    const again = await openSqliteStore(path);
    expect(await (await again.collection({ name: 'things' })).get('x')).toEqual({ id: 'x', version: 1 });
    await again.close();
  });

  test('fails in one clear line when it is no database or cannot be made', async () => {
    const path = join(folder, 'film.mp4');
    await writeFile(path, 'ftypisom'.repeat(1000));
    await expect(openSqliteStore(path)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/^Cannot open the database .*film\.mp4: [^\n]*$/),
    });
    await expect(openSqliteStore(join(path, 'below.db'))).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('is refused after closing', async () => {
    const store = await openSqliteStore(join(folder, 'x.db'));
    const things = await store.collection({ name: 'things' });
    await store.close();
    await expect(things.get('x')).rejects.toMatchObject({ code: 'unavailable', message: 'The database is closed' });
  });

  test('is opened by many at the same time, while it is made', async () => {
    const path = join(folder, 'x.db');
    const stores = await Promise.all(Array.from({ length: 8 }, () => openSqliteStore(path)));
    const spec = { name: 'things', indexes: [{ paths: ['a'], unique: true }, { paths: ['b'] }] };
    const collections = await Promise.all(stores.map((store) => store.collection(spec)));
    await Promise.all(collections.map((things, i) => things.insert({ id: `${i}` })));
    expect(await collections[0]?.count()).toBe(8);
    for (const store of stores) await store.close();
  });

  test('gets new indexes over the documents it has, arrays included', async () => {
    const store = await openSqliteStore(join(folder, 'x.db'));
    const things = await store.collection<{ id: string; version: number; tags: unknown }>({ name: 'things' });
    await things.insert({ id: 'a', tags: ['war', 'war', 1] });
    await things.insert({ id: 'b', tags: 'war' });
    const later = await store.collection({ name: 'things', indexes: [{ paths: ['tags'] }] });
    expect((await later.find({ tags: 'war' })).items).toHaveLength(2);
    await things.patch('a', { $set: { tags: ['peace'] } });
    expect((await later.find({ tags: 'war' })).items).toHaveLength(1);
    await things.insert({ id: 'c', tags: 'peace' });
    await store.collection({ name: 'things', indexes: [{ paths: ['tags'], unique: true }] });
    await things.insert({ id: 'd', tags: ['peace'] });
    await expect(things.insert({ id: 'e', tags: 'peace' })).rejects.toMatchObject({ paths: ['tags'] });
  });
});
