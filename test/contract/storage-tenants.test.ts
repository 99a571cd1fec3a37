import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { inContext } from '../../src/core/context.js';
import type { Collection, Document, Store } from '../../src/storage/collection.js';
import { openMongoStore } from '../../src/storage/mongo-store.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';
import { separateTenants } from '../../src/storage/tenant-store.js';
import { ABANDON_MONGO, ABANDON_SQLITE, killedMidway } from './abandon.js';
import { drop, findMongoServer, newDatabase } from './mongodb-server.js';
import { storageContract } from './storage.js';

const opened: Store[] = [];
let folder: string;
/** On the server that MONGODB_URI names, if any. */
let uri: string | null;

async function create(): Promise<void> {
  uri = newDatabase();
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-tenants-'));
}

async function open(): Promise<Store> {
  const store = await (uri === null ? openSqliteStore(join(folder, 'test.db')) : openMongoStore(uri));
  opened.push(store);
  return store;
}

async function dispose(): Promise<void> {
  for (const store of opened.splice(0)) await store.close();
  if (uri !== null) await drop(uri);
  await rm(folder, { recursive: true });
}

const server = await findMongoServer();

// For one tenant alone nothing is different.
storageContract(
  `${server ? 'MongoDB' : 'SQLite'}, by tenant`,
  async () => {
    await create();
    const connect = async () => separateTenants(await open(), { strict: false });
    const abandon = (id: string): Promise<void> =>
      uri === null
        ? killedMidway(ABANDON_SQLITE, [join(folder, 'test.db'), `default/${id}`])
        : killedMidway(ABANDON_MONGO, [uri, `default/${id}`]);
    return { store: await connect(), connect, abandon, dispose };
  },
  server ?? {},
);

interface Film extends Document {
  readonly name: string;
  readonly seen?: boolean;
}

const as = <T>(tenant: string, work: () => T): T => inContext({ tenant, actor: 'test' }, work);

describe('two tenants of one database', () => {
  let store: Store;
  let films: Collection<Film>;

  beforeEach(async () => {
    await create();
    store = separateTenants(await open(), { strict: true });
    films = await store.collection<Film>({ name: 'films', indexes: [{ paths: ['name'], unique: true }] });
    await as('a', () => films.insert({ id: '1', name: 'Alien' }));
    await as('b', () => films.insert({ id: '1', name: 'Alien' }));
    await as('b', () => films.insert({ id: '2', name: 'Brazil' }));
  });
  afterEach(dispose);

  test('have each their own documents of one id, and their own unique names', async () => {
    await as('a', () => films.patch('1', { $set: { seen: true } }));
    expect(await as('a', () => films.get('1'))).toEqual({ id: '1', version: 2, name: 'Alien', seen: true });
    expect(await as('b', () => films.get('1'))).toEqual({ id: '1', version: 1, name: 'Alien' });
    await expect(as('b', () => films.insert({ id: '3', name: 'Brazil' }))).rejects.toMatchObject({
      name: 'DuplicateKeyError',
      paths: ['name'],
    });
    expect((await as('a', () => films.insert({ id: '3', name: 'Brazil' }))).version).toBe(1);
  });

  test("find, count, claim, change and delete nothing of each other's", async () => {
    const a = async <T>(work: () => Promise<T>) => as('a', work);
    expect((await a(() => films.find())).items.map(({ id }) => id)).toEqual(['1']);
    expect((await a(() => films.find({ id: { $gt: '' } }))).items.map(({ id }) => id)).toEqual(['1']);
    expect(await a(() => films.count({ name: 'Brazil' }))).toBe(0);
    expect(await a(() => films.distinct('name'))).toEqual(['Alien']);
    expect((await as('b', () => films.distinct('id', { id: { $nin: ['1'] } }))).sort()).toEqual(['2']);
    expect(await a(() => films.get('2'))).toBeNull();
    expect(await a(() => films.get('b/2'))).toBeNull();
    expect(await a(() => films.claim({ name: 'Brazil' }, { $set: { seen: true } }))).toBeNull();
    expect(await a(() => films.replace({ id: '2', name: 'x' }, 1))).toBeNull();
    expect(await a(() => films.delete('2'))).toBe(false);
    await a(() =>
      store.commit([
        { kind: 'patch', collection: 'films', id: '2', patch: { $set: { name: 'x' } } },
        { kind: 'upsert', collection: 'films', document: { id: '2', name: 'of a' } as { id: string } },
        { kind: 'delete', collection: 'films', filter: { name: { $exists: true } } },
      ]),
    );
    expect(await a(() => films.count())).toBe(0);
    expect((await as('b', () => films.find())).items).toEqual([
      { id: '1', version: 1, name: 'Alien' },
      { id: '2', version: 1, name: 'Brazil' },
    ]);
  });

  test("cannot continue each other's lists", async () => {
    const { nextCursor } = await as('b', () => films.find({}, { limit: 1 }));
    expect((await as('a', () => films.find({}, { cursor: nextCursor! }))).items).toEqual([]);
  });

  test('are not mixed up where nobody is named: the work is refused', async () => {
    await expect(films.find()).rejects.toThrow('nobody');
    await expect(films.insert({ id: '9', name: 'x' })).rejects.toThrow('nobody');
    await expect(store.commit([{ kind: 'delete', collection: 'films', filter: {} }])).rejects.toThrow('nobody');
    expect(await as('a', () => films.count())).toBe(1);
  });

  test('share what is said to be shared', async () => {
    const notes = await store.collection<Film>({ name: 'notes', shared: true });
    await notes.insert({ id: '1', name: 'n' });
    expect(await as('a', () => notes.get('1'))).toEqual(await as('b', () => notes.get('1')));
  });
});
