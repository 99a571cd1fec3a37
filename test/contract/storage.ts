import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { encodeEmbedding } from '../../src/faces/embedding-text.js';
import { renamed } from '../../src/storage/changed-documents.js';
import {
  DuplicateKeyError,
  PreconditionError,
  type Collection,
  type NewDocument,
  type Sort,
  type Store,
  type Write,
} from '../../src/storage/collection.js';
import { INDEXES, queriesContract, type Thing } from './storage-queries.js';

/** A fresh, empty database. */
export interface Database {
  readonly store: Store;
  /** A further connection to the same database, as another process has it. */
  connect(): Promise<Store>;
  /** A process changes `n` of this thing in a transaction and is killed before it has ended it. */
  abandon(id: string): Promise<void>;
  /** Closes all connections and removes the database. */
  dispose(): Promise<void>;
}

export interface Differences {
  /** `$pull` from a path that is not there makes objects on the way to it. */
  readonly pullsFromNothing?: boolean;
}

/** What every adapter of `Store` must do. */
export function storageContract(
  name: string,
  open: () => Promise<Database>,
  { pullsFromNothing = false }: Differences = {},
): void {
  describe(`${name}: the storage contract`, () => {
    let database: Database;
    let store: Store;
    let things: Collection<Thing>;

    beforeEach(async () => {
      database = await open();
      store = database.store;
      things = await store.collection<Thing>({ name: 'things', indexes: INDEXES });
    });
    afterEach(() => database.dispose());

    const insertAll = async (documents: readonly NewDocument<Thing>[]) => {
      for (const document of documents) await things.insert(document);
    };

    describe('documents', () => {
      test.each([
        ['quotes and markup', { text: `it's "quoted" \\ <b>$.x; DROP TABLE things; --` }],
        ['unicode', { text: 'Amélie 千と千尋 🎬 \u0000 \u2028', 'ключ': { '名前': 1 } }],
        ['numbers', { values: [0, 1, -1, 1.5, 0.1 + 0.2, 1e300, 5e-324, 2 ** 53, -47401217498833330] }],
        ['booleans, null and empty values', { yes: true, no: false, nothing: null, text: '', list: [], object: {} }],
        ['nesting', { a: [{ b: [[1, 2], [{ c: null }]] }], 'not.a.path': { 'x y': 1 } }],
      ])('keeps %s as they are', async (_, fields) => {
        const inserted = await things.insert({ id: 'a.b"\'$é', ...fields });
        expect(inserted).toEqual({ id: 'a.b"\'$é', version: 1, ...fields });
        expect(await things.get('a.b"\'$é')).toEqual(inserted);
        expect((await things.find({ id: 'a.b"\'$é' })).items).toEqual([inserted]);
      });

      test('have the fields that their collection asks for, of the types that it names', async () => {
        const films = await store.collection<Thing>({
          name: 'films',
          fields: { name: 'string', year: ['number', 'null'], tags: 'array', more: 'object', seen: 'boolean' },
        });
        const good = { name: 'A', year: null, tags: [], more: {}, seen: true };
        await films.insert({ id: 'a', ...good, other: 1 });
        await films.patch('a', { $set: { year: 1999 }, $push: { tags: 'war' } });
        const bad = [
          { name: 1 },
          { name: null },
          { year: '1999' },
          { tags: {} },
          { more: [] },
          { more: null },
          { seen: 0 },
        ];
        for (const fields of bad) {
          await expect(films.insert({ id: 'b', ...good, ...fields })).rejects.toThrow();
          await expect(films.patch('a', { $set: fields })).rejects.toThrow();
          await expect(
            store.commit([{ kind: 'upsert', collection: 'films', document: { id: 'a', ...good, ...fields } }]),
          ).rejects.toThrow();
        }
        await expect(films.patch('a', { $unset: ['name'] })).rejects.toThrow();
        expect((await films.find()).items).toEqual([
          { id: 'a', version: 2, ...good, year: 1999, tags: ['war'], other: 1 },
        ]);
      });

      test('keeps a document of 5 MB', async () => {
        const scores = Array.from({ length: 270_000 }, (_, i) => i / 7);
        await things.insert({ id: 'large', rank: 1, scores });
        await things.patch('large', { $set: { rank: 2 } });
        const stored = await things.get('large');
        expect(stored?.['rank']).toBe(2);
        expect(stored?.['scores']).toEqual(scores);
      });

      test('leaves undefined fields out, as JSON does', async () => {
        const inserted = await things.insert({ id: 'a', b: undefined, c: { d: undefined } });
        expect(inserted).toEqual({ id: 'a', version: 1, c: {} });
        expect(await things.count({ b: { $exists: true } })).toBe(0);
      });

      test('gives null for an unknown id, and no document twice the same id', async () => {
        expect(await things.get('a')).toBeNull();
        await things.insert({ id: 'a', n: 1 });
        const again = things.insert({ id: 'a', n: 2 });
        await expect(again).rejects.toMatchObject({ name: 'DuplicateKeyError', paths: ['id'] });
        expect(await things.get('a')).toEqual({ id: 'a', version: 1, n: 1 });
      });

      test('refuses a document without an id', async () => {
        await expect(things.insert({ id: '' })).rejects.toThrow(TypeError);
        await expect(things.insert({} as { id: string })).rejects.toThrow(TypeError);
      });

      test('keeps collections apart, and opening one again keeps its documents', async () => {
        const others = await store.collection<Thing>({ name: 'others' });
        await things.insert({ id: 'a', n: 1 });
        await others.insert({ id: 'a', n: 2 });
        const again = await store.collection<Thing>({ name: 'things', indexes: [...INDEXES, { paths: ['n'] }] });
        expect(await again.get('a')).toEqual({ id: 'a', version: 1, n: 1 });
        expect((await again.find({ n: 1 })).items).toHaveLength(1);
      });

      test.each(['Things', 'a-b', 'a;b', '', 'ä'])('refuses %j as a name of a collection', async (bad) => {
        await expect(store.collection({ name: bad })).rejects.toThrow(TypeError);
      });

      test('is seen by another connection, and kept when the first is closed', async () => {
        const other = await (await database.connect()).collection<Thing>({ name: 'things', indexes: INDEXES });
        await things.insert({ id: 'a', rank: 1 });
        expect((await other.find({ rank: 1 })).items).toEqual([{ id: 'a', version: 1, rank: 1 }]);
        await store.close();
        expect(await other.get('a')).toEqual({ id: 'a', version: 1, rank: 1 });
      });
    });

    describe('versions', () => {
      test('replaces a document only while its version is the one that was read', async () => {
        const read = await things.insert({ id: 'a', n: 1, old: true });
        expect(await things.replace({ id: 'a', n: 2 }, read.version)).toEqual({ id: 'a', version: 2, n: 2 });
        expect(await things.replace({ id: 'a', n: 3 }, read.version)).toBeNull();
        expect(await things.replace({ id: 'b', n: 3 }, 1)).toBeNull();
        expect(await things.get('a')).toEqual({ id: 'a', version: 2, n: 2 });
        expect(await things.count()).toBe(1);
      });

      test('lets one of many concurrent replacers win', async () => {
        const other = await (await database.connect()).collection<Thing>({ name: 'things' });
        await things.insert({ id: 'a' });
        const attempts = Array.from({ length: 10 }, (_, n) => (n % 2 ? things : other).replace({ id: 'a', n }, 1));
        expect((await Promise.all(attempts)).filter((won) => won !== null)).toHaveLength(1);
      });
    });

    describe('patches', () => {
      test('changes nested fields and leaves the others', async () => {
        const lists = { tags: ['x', 'y', 'x'], cast: [{ name: 'A' }] };
        await things.insert({ id: 'a', n: 1, gone: 1, deep: { keep: 1, gone: 2 }, ...lists });
        const patched = await things.patch('a', {
          $set: { 'deep.new.er': [1], text: `'"`, 'cast.0.name': 'B', 'Sci-Fi & more': 1 },
          $unset: ['gone', 'deep.gone', 'never.there'],
          $inc: { n: 2.5, 'deep.count': -1 },
          $push: { list: { a: 1 } },
          $pull: { tags: 'x', ...(!pullsFromNothing && { 'never.here': 1 }) },
        });
        expect(patched).toEqual({
          id: 'a',
          version: 2,
          n: 3.5,
          deep: { keep: 1, new: { er: [1] }, count: -1 },
          text: `'"`,
          'Sci-Fi & more': 1,
          tags: ['y'],
          cast: [{ name: 'B' }],
          list: [{ a: 1 }],
        });
        expect(await things.get('a')).toEqual(patched);
      });

      test('adds to sets and pulls by equal value, objects included', async () => {
        await things.insert({ id: 'a', set: [1, '1', true, null, { k: 1 }, [2]] });
        for (const value of [1, '1', true, null, { k: 1 }, [2]]) await things.patch('a', { $addToSet: { set: value } });
        expect((await things.get('a'))?.['set']).toEqual([1, '1', true, null, { k: 1 }, [2]]);
        await things.patch('a', { $addToSet: { set: false } });
        for (const value of [1, { k: 1 }, { k: 2 }, null]) await things.patch('a', { $pull: { set: value } });
        expect((await things.get('a'))?.['set']).toEqual(['1', true, [2], false]);
      });

      test('counts the versions, even when nothing else changes', async () => {
        await things.insert({ id: 'a', n: 1 });
        await things.patch('a', { $set: { n: 1 } });
        expect(await things.get('a')).toEqual({ id: 'a', version: 2, n: 1 });
        expect(await things.patch('b', { $set: { n: 1 } })).toBeNull();
        expect(await things.count()).toBe(1);
      });

      test('loses no increment of concurrent patches', async () => {
        const other = await (await database.connect()).collection<Thing>({ name: 'things' });
        await things.insert({ id: 'a' });
        const patches = Array.from({ length: 40 }, (_, i) => (i % 2 ? things : other).patch('a', { $inc: { n: 1 } }));
        await Promise.all(patches);
        expect(await things.get('a')).toEqual({ id: 'a', version: 41, n: 40 });
      });

      test.each([
        ['the id', { $set: { id: 'b' } }],
        ['the version', { $inc: { version: 1 } }],
        ['one path twice', { $set: { n: 1 }, $inc: { n: 1 } }],
        ['a path and what is in it', { $set: { 'deep.n': 1 }, $unset: ['deep'] }],
        ['an empty step', { $set: { 'deep..n': 1 } }],
        ['an operator as a path', { $set: { $set: 1 } }],
        ['the prototype', { $set: { '__proto__.polluted': 1 } }],
        ['by no number', { $inc: { n: Number.NaN } }],
      ])('refuses to change %s', async (_, patch) => {
        await things.insert({ id: 'a', n: 1 });
        await expect(things.patch('a', patch)).rejects.toThrow(TypeError);
        expect(await things.get('a')).toEqual({ id: 'a', version: 1, n: 1 });
      });

      test.each([
        ['a field of a number', { $set: { 'n.x': 1 } }],
        ['a number onto text', { $inc: { text: 1 } }],
        ['a value into a number', { $push: { n: 1 } }],
        ['a named field of an array', { $set: { 'list.name': 1 } }],
      ])('fails, and changes nothing, when it puts %s', async (_, patch) => {
        await things.insert({ id: 'a', n: 1, text: 't', list: [] });
        await expect(things.patch('a', { ...patch })).rejects.toThrow();
        expect(await things.get('a')).toEqual({ id: 'a', version: 1, n: 1, text: 't', list: [] });
      });
    });

    queriesContract(() => ({ store, things }));

    describe('deleting', () => {
      test('removes one, or all that match', async () => {
        await insertAll([
          { id: 'a', n: 1 },
          { id: 'b', n: 1 },
          { id: 'c', n: 2 },
        ]);
        expect(await things.delete('a')).toBe(true);
        expect(await things.delete('a')).toBe(false);
        expect(await things.deleteMany({ n: { $gt: 0 } })).toBe(2);
        expect(await things.count()).toBe(0);
      });
    });

    describe('unique indexes', () => {
      const unique = [
        { paths: ['key'], unique: true },
        { paths: ['show', 'number.season'], unique: true },
      ];

      test('name their paths when they refuse, in whatever way', async () => {
        const episodes = await store.collection<Thing>({ name: 'episodes', indexes: unique });
        const first = { show: 's', number: { season: 1 } };
        await episodes.insert({ id: 'a', key: 'k', ...first });
        await episodes.insert({ id: 'b', key: 'l', show: 's', number: { season: 2 } });
        const refusal = (paths: string[]) => ({ name: 'DuplicateKeyError', collection: 'episodes', paths });
        await expect(episodes.insert({ id: 'c', key: 'k' })).rejects.toMatchObject(refusal(['key']));
        await expect(episodes.insert({ id: 'c', ...first })).rejects.toMatchObject(refusal(['show', 'number.season']));
        await expect(episodes.patch('b', { $set: { key: 'k' } })).rejects.toMatchObject(refusal(['key']));
        await expect(episodes.replace({ id: 'b', key: 'k' }, 1)).rejects.toBeInstanceOf(DuplicateKeyError);
        await expect(episodes.claim({ key: 'l' }, { $set: { key: 'k' } })).rejects.toMatchObject(refusal(['key']));
        expect(await episodes.count()).toBe(2);
        await episodes.patch('a', { $unset: ['key'] });
        expect(await episodes.patch('b', { $set: { key: 'k' } })).toMatchObject({ key: 'k' });
      });

      test('do not constrain documents without a value there, nor values of other types', async () => {
        const episodes = await store.collection<Thing>({ name: 'episodes', indexes: unique });
        const keys = [undefined, undefined, null, null, 1, '1', true, false, 0];
        for (const [i, key] of keys.entries()) await episodes.insert({ id: `d${i}`, key, show: 's' });
        expect(await episodes.count()).toBe(keys.length);
        expect((await episodes.find({ key: '1' })).items.map((item) => item.id)).toEqual(['d5']);
        await expect(episodes.insert({ id: 'x', key: true })).rejects.toBeInstanceOf(DuplicateKeyError);
      });
    });

    describe('claims', () => {
      test('take the first by sort, and show it as it is afterwards', async () => {
        await insertAll([
          { id: 'a', rank: 3 },
          { id: 'b', rank: 1 },
          { id: 'c', rank: 2 },
        ]);
        const sort: Sort = { path: 'rank', order: 'asc' };
        const claimed = await things.claim({ owner: null }, { $set: { owner: 'me' }, $inc: { tries: 1 } }, sort);
        expect(claimed).toEqual({ id: 'b', version: 2, rank: 1, owner: 'me', tries: 1 });
        expect(await things.claim({ rank: { $gt: 3 } }, { $set: { owner: 'me' } })).toBeNull();
        expect(await things.claim({ id: 'a', rank: 4 }, { $set: { owner: 'me' } })).toBeNull();
        expect((await things.claim({ id: 'a', rank: 3 }, { $set: { owner: 'me' } }))?.id).toBe('a');
      });

      test('never give one document to two claimants', async () => {
        await insertAll(Array.from({ length: 20 }, (_, i) => ({ id: `d${i}`, rank: i % 3 })));
        const other = await (await database.connect()).collection<Thing>({ name: 'things', indexes: INDEXES });
        const sort: Sort = { path: 'rank', order: 'desc' };
        const claims = Array.from({ length: 30 }, (_, i) =>
          (i % 2 ? things : other).claim({ owner: null }, { $set: { owner: `w${i}` } }, sort),
        );
        const won = (await Promise.all(claims)).filter((claim) => claim !== null);
        expect(new Set(won.map((claim) => claim.id)).size).toBe(20);
        expect(won).toHaveLength(20);
      });
    });

    describe('batches', () => {
      test('are visible as a whole', async () => {
        const others = await store.collection<Thing>({ name: 'others' });
        await insertAll([
          { id: 'a', n: 1 },
          { id: 'b', n: 1, old: 1 },
          { id: 'c', n: 5 },
        ]);
        await store.commit([
          { kind: 'patch', collection: 'things', id: 'a', patch: { $inc: { n: 1 } } },
          { kind: 'upsert', collection: 'things', document: { id: 'b', n: 2 } as { id: string } },
          { kind: 'upsert', collection: 'others', document: { id: 'x', version: 7, text: '$n' } as { id: string } },
          { kind: 'delete', collection: 'things', filter: { n: { $gte: 5 } } },
          { kind: 'patch', collection: 'things', id: 'gone', patch: { $set: { n: 1 } } },
        ]);
        expect((await things.find()).items).toEqual([
          { id: 'a', version: 2, n: 2 },
          { id: 'b', version: 2, n: 2 },
        ]);
        expect((await others.find()).items).toEqual([{ id: 'x', version: 1, text: '$n' }]);
      });

      test('see their own writes, in order', async () => {
        await store.commit([
          { kind: 'upsert', collection: 'things', document: { id: 'a', n: 1 } as { id: string } },
          { kind: 'patch', collection: 'things', id: 'a', patch: { $inc: { n: 1 } }, where: { n: 1 } },
          { kind: 'delete', collection: 'things', filter: { n: 1 } },
        ]);
        expect(await things.get('a')).toEqual({ id: 'a', version: 2, n: 2 });
      });

      test('write nothing when one write fails', async () => {
        await store.collection({ name: 'unique', indexes: [{ paths: ['key'], unique: true }] });
        await things.insert({ id: 'a', n: 1 });
        const change = { kind: 'patch', collection: 'things', id: 'a', patch: { $set: { n: 2 } } } as const;
        const unique = [
          { id: 'x', key: 'k' },
          { id: 'y', key: 'k' },
        ];
        const puts = unique.map((document): Write => ({ kind: 'upsert', collection: 'unique', document }));
        await expect(store.commit([change, ...puts])).rejects.toMatchObject({
          name: 'DuplicateKeyError',
          paths: ['key'],
        });
        await expect(store.commit([change, { ...change, patch: { $inc: { 'n.x': 1 } } }])).rejects.toThrow();
        await expect(store.commit([change, { ...change, collection: 'unopened' }])).rejects.toThrow(TypeError);
        expect(await things.get('a')).toEqual({ id: 'a', version: 1, n: 1 });
        await store.commit([]);
      });

      test('are refused unless the document is as expected', async () => {
        await things.insert({ id: 'a', owner: 'me' });
        const put = { kind: 'upsert', collection: 'things', document: { id: 'result' } } as const;
        const patch = { kind: 'patch', collection: 'things', patch: { $set: { done: true } } } as const;
        for (const unmet of [
          { id: 'a', where: { owner: 'you' } },
          { id: 'gone', where: {} },
        ]) {
          await expect(store.commit([put, { ...patch, ...unmet }])).rejects.toBeInstanceOf(PreconditionError);
        }
        expect(await things.count()).toBe(1);
        await store.commit([put, { ...patch, id: 'a', where: { owner: 'me' } }]);
        expect((await things.find({ done: true })).items).toHaveLength(1);
        expect(await things.count()).toBe(2);
      });
    });

    describe('documents of an earlier release', () => {
      const VECTORS = ['faces', 'cannotLinkFaces'];
      const SPEC = {
        name: 'old',
        vectors: VECTORS,
        fields: { mustLink: 'boolean' },
        indexes: [{ paths: ['mustLink'] }],
        changes: [
          renamed('constraints', { pinned: 'mustLink', faces: 'cannotLinkFaces', 'data.flow': 'data.parentJob' }),
        ],
      } as const;
      const face = encodeEmbedding(new Float32Array(32).fill(1 / Math.sqrt(32)));
      const old = (id: string, fields: object = {}): { id: string; n: number; pinned: boolean } => ({
        id,
        n: 1,
        pinned: true,
        ...fields,
      });
      const leave = async (...documents: { id: string }[]): Promise<void> => {
        await store.collection({ name: 'old', vectors: VECTORS });
        await store.commit(documents.map((document) => ({ kind: 'upsert', collection: 'old', document })));
      };

      test('have the names of today as soon as they are read', async () => {
        await leave(
          old('a', { faces: [face], data: { flow: 'j', other: 2 } }),
          // by a process of today, before this one
          { id: 'b', mustLink: false, pinned: true } as { id: string },
          { id: 'c', mustLink: false } as { id: string },
        );
        const documents = await (await database.connect()).collection(SPEC);
        expect((await documents.find()).items).toEqual([
          { id: 'a', version: 2, n: 1, mustLink: true, cannotLinkFaces: [face], data: { parentJob: 'j', other: 2 } },
          { id: 'b', version: 2, mustLink: false },
          { id: 'c', version: 1, mustLink: false },
        ]);
        expect((await documents.find({ mustLink: true })).items.map(({ id }) => id)).toEqual(['a']);
        expect(await documents.patch('a', { $set: { mustLink: false } })).toMatchObject({ version: 3 });
      });

      test('are changed once, however many there are and whoever starts at the same time', async () => {
        await leave(...Array.from({ length: 45 }, (_, i) => old(String(i))));
        const others = [await database.connect(), await database.connect()];
        const [documents] = await Promise.all(others.map((other) => other.collection(SPEC)));
        await (await database.connect()).collection(SPEC);
        const { items } = await documents!.find({}, { limit: 100 });
        expect(items).toHaveLength(45);
        for (const item of items) expect(item).toEqual({ id: item.id, version: 2, n: 1, mustLink: true });
      });
    });

    describe('batches of several processes at once', () => {
      let others: Store[];
      beforeEach(async () => {
        others = [store, await database.connect(), await database.connect()];
        for (const other of others.slice(1)) await other.collection({ name: 'things', indexes: INDEXES });
        for (const other of others) await other.collection({ name: 'results' });
      });
      const committed = (count: number, writesOf: (i: number) => Write[]) =>
        Promise.allSettled(Array.from({ length: count }, (_, i) => others[i % others.length]!.commit(writesOf(i))));
      const put = (collection: string, id: string): Write => ({ kind: 'upsert', collection, document: { id } });
      const add = (id: string): Write => ({ kind: 'patch', collection: 'things', id, patch: { $inc: { n: 1 } } });

      test('lose no change, in whatever order they change the same', async () => {
        await insertAll([
          { id: 'a', n: 0 },
          { id: 'b', n: 0 },
        ]);
        const ends = await committed(12, (i) => [
          ...(i % 2 ? [add('a'), add('b')] : [add('b'), add('a')]),
          put('results', `${i}`),
        ]);
        expect(ends.map(({ status }) => status)).toEqual(Array(12).fill('fulfilled'));
        expect((await things.find()).items).toEqual([
          { id: 'a', version: 13, n: 12 },
          { id: 'b', version: 13, n: 12 },
        ]);
        expect(await (await store.collection({ name: 'results' })).count()).toBe(12);
      });

      test('that put in one document all do so, one after the other', async () => {
        const ends = await committed(9, () => [put('things', 'new')]);
        expect(ends.map(({ status }) => status)).toEqual(Array(9).fill('fulfilled'));
        expect(await things.get('new')).toEqual({ id: 'new', version: 9 });
      });

      test('that expect the same, and end it, are refused but for one, and nothing of them is written', async () => {
        await insertAll([{ id: 'a', owner: null }]);
        const take = (i: number): Write => ({
          kind: 'patch',
          collection: 'things',
          id: 'a',
          patch: { $set: { owner: `${i}` } },
          where: { owner: null },
        });
        const ends = await committed(9, (i) => [put('results', `${i}`), take(i)]);
        const won = ends.flatMap(({ status }, i) => (status === 'fulfilled' ? [`${i}`] : []));
        expect(won).toHaveLength(1);
        for (const end of ends) if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(PreconditionError);
        expect((await (await store.collection({ name: 'results' })).find()).items.map(({ id }) => id)).toEqual(won);
        expect(await things.get('a')).toMatchObject({ owner: won[0] });
      });

      test('go on after one whose process died in the middle of it, of which nothing is seen', async () => {
        await insertAll([{ id: 'a', n: 0 }]);
        await database.abandon('a');
        expect(await things.get('a')).toMatchObject({ n: 0 });
        // a server may notice late, and the database be busy until then
        for (let done = false; !done;) {
          done = await store.commit([add('a'), put('results', 'r')]).then(
            () => true,
            (error: unknown) => {
              expect(error).toMatchObject({ code: 'unavailable' });
              return false;
            },
          );
        }
        expect(await things.patch('a', { $inc: { n: 1 } })).toMatchObject({ n: 2 });
      }, 120_000);
    });
  });
}
