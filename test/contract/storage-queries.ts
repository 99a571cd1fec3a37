import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Collection, Document, Filter, NewDocument, Sort, Store } from '../../src/storage/collection.js';
import { matches, randomSource, sorted } from './oracle.js';

export interface Thing extends Document {
  readonly [field: string]: unknown;
}

/** The indexes of the collection of things. */
export const INDEXES = [['rank'], ['kind', 'rank'], ['tags'], ['cast.name']].map((paths) => ({ paths }));

/** The part of the storage contract about finding. `under` gives the store and an empty collection of things. */
export function queriesContract(under: () => { store: Store; things: Collection<Thing> }): void {
  let store: Store;
  let things: Collection<Thing>;
  beforeEach(() => {
    ({ store, things } = under());
  });

  const insertAll = async (documents: readonly NewDocument<Thing>[]) => {
    for (const document of documents) await things.insert(document);
  };
  const ids = async (filter: Filter, sort?: Sort) =>
    (await things.find(filter, { limit: 1000, ...(sort && { sort }) })).items.map((item) => item.id);

  // every test runs on paths that are indexed and on paths that are not
  describe.each([
    ['indexed', 'rank', 'tags', 'cast.name'],
    ['not indexed', 'free.rank', 'free.tags', 'free.cast.name'],
  ])('filters on paths that are %s', (_, rank, tags, castName) => {
    const nest = (path: string, value: unknown) =>
      path.split('.').reduceRight((inner, segment) => ({ [segment]: inner }), value) as Record<string, unknown>;
    const within = castName.split('.').slice(0, -1).join('.');
    const insertRanks = (...ranks: unknown[]) =>
      insertAll(ranks.map((value, i) => ({ id: `d${i}`, ...(value === undefined ? {} : nest(rank, value)) })));

    test('tells types apart', async () => {
      await insertRanks(1, '1', true, 0, false, '', null, undefined, { a: 1 });
      expect(await ids({ [rank]: 1 })).toEqual(['d0']);
      expect(await ids({ [rank]: '1' })).toEqual(['d1']);
      expect(await ids({ [rank]: true })).toEqual(['d2']);
      expect(await ids({ [rank]: 0 })).toEqual(['d3']);
      expect(await ids({ [rank]: false })).toEqual(['d4']);
      expect(await ids({ [rank]: '' })).toEqual(['d5']);
    });

    test('takes missing for null, and knows what exists', async () => {
      await insertRanks(0, null, undefined, 'x');
      expect(await ids({ [rank]: null })).toEqual(['d1', 'd2']);
      expect(await ids({ [rank]: { $ne: null } })).toEqual(['d0', 'd3']);
      expect(await ids({ [rank]: { $in: [null, 0] } })).toEqual(['d0', 'd1', 'd2']);
      expect(await ids({ [rank]: { $exists: true } })).toEqual(['d0', 'd1', 'd3']);
      expect(await ids({ [rank]: { $exists: false } })).toEqual(['d2']);
    });

    test('compares like with like in ranges', async () => {
      await insertRanks(-5, 5, 5.5, 'a', 'ab', 'b', true, null, undefined, '');
      expect(await ids({ [rank]: { $gt: -5 } })).toEqual(['d1', 'd2']);
      expect(await ids({ [rank]: { $gte: -5, $lte: 5 } })).toEqual(['d0', 'd1']);
      expect(await ids({ [rank]: { $lt: 5.5 } })).toEqual(['d0', 'd1']);
      expect(await ids({ [rank]: { $gt: 'a' } })).toEqual(['d4', 'd5']);
      expect(await ids({ [rank]: { $lt: 'b' } })).toEqual(['d3', 'd4', 'd9']);
      expect(await ids({ [rank]: { $gte: '' } })).toEqual(['d3', 'd4', 'd5', 'd9']);
    });

    test('finds what is not equal, in a list, or starts with', async () => {
      await insertRanks('ab', 'abc', 'Ab', 'a_c', 'a%', 3, undefined, 'ac');
      expect(await ids({ [rank]: { $ne: 'ab' } })).toEqual(['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7']);
      expect(await ids({ [rank]: { $in: ['ab', 3, 'x'] } })).toEqual(['d0', 'd5']);
      expect(await ids({ [rank]: { $in: [] } })).toEqual([]);
      expect(await ids({ [rank]: { $nin: ['ab', 3, null] } })).toEqual(['d1', 'd2', 'd3', 'd4', 'd7']);
      expect(await ids({ [rank]: { $nin: [] } })).toHaveLength(8);
      expect(await ids({ [rank]: { $prefix: 'ab' } })).toEqual(['d0', 'd1']);
      expect(await ids({ [rank]: { $prefix: 'a_' } })).toEqual(['d3']);
      expect(await ids({ [rank]: { $prefix: '' } })).toEqual(['d0', 'd1', 'd2', 'd3', 'd4', 'd7']);
    });

    test('takes prefixes by character, also at the ends of planes', async () => {
      await insertRanks('\u{1F3AC}x', '\u{1F3AD}', '\uD7FFz', '\uE000', '\u{10FFFF}\u{10FFFF}', '(.*)', '(.*)\n');
      expect(await ids({ [rank]: { $prefix: '\u{1F3AC}' } })).toEqual(['d0']);
      expect(await ids({ [rank]: { $prefix: '\uD7FF' } })).toEqual(['d2']);
      expect(await ids({ [rank]: { $prefix: '\u{10FFFF}' } })).toEqual(['d4']);
      expect(await ids({ [rank]: { $prefix: '(.*)' } })).toEqual(['d5', 'd6']);
    });

    test('finds fractions and large numbers exactly as they were put in', async () => {
      const values = [0.1 + 0.2, 1 / 3, -47401217498833330, 1.7976931348623157e308, 5e-324, 2 ** 60, 5e11 + 0.3];
      await insertRanks(...values);
      for (const [i, value] of values.entries()) expect(await ids({ [rank]: value })).toEqual([`d${i}`]);
    });

    test('takes lists longer than a statement has values', async () => {
      await insertRanks('name 7', 'name 39999', 'other', "it's", 7);
      const many = [...Array.from({ length: 40_000 }, (_, i) => `name ${i}`), "it's"];
      expect(await ids({ [rank]: { $in: many } })).toEqual(['d0', 'd1', 'd3']);
      expect(await ids({ [rank]: { $nin: many } })).toEqual(['d2', 'd4']);
    });

    test('tells the different strings at a path', async () => {
      await insertRanks('a', 'b', 'a', null, 3, undefined, '');
      expect((await things.distinct(rank)).sort()).toEqual(['', 'a', 'b']);
      expect(await things.distinct(rank, { id: { $in: ['d0', 'd2', 'd4'] } })).toEqual(['a']);
      expect((await things.distinct('id', { [rank]: 'a' })).sort()).toEqual(['d0', 'd2']);
    });

    test('looks into arrays of values', async () => {
      const lists = [['drama', 'war'], ['war'], 'war', [], [1, 'drama', null], [['war']], undefined];
      await insertAll(lists.map((list, i) => ({ id: `d${i}`, ...(list === undefined ? {} : nest(tags, list)) })));
      expect(await ids({ [tags]: 'war' })).toEqual(['d0', 'd1', 'd2']);
      expect(await ids({ [tags]: { $ne: 'war' } })).toEqual(['d3', 'd4', 'd5', 'd6']);
      expect(await ids({ [tags]: { $in: ['drama', 'war'] } })).toEqual(['d0', 'd1', 'd2', 'd4']);
      expect(await ids({ [tags]: { $prefix: 'dra' } })).toEqual(['d0', 'd4']);
      expect(await ids({ [tags]: { $prefix: ['dra', 'w'] } })).toEqual(['d0']);
      expect(await ids({ [tags]: { $nin: ['drama', 'x'] } })).toEqual(['d1', 'd2', 'd3', 'd5', 'd6']);
      expect(await ids({ [tags]: { $gt: 0 } })).toEqual(['d4']);
      expect(await ids({ [tags]: null })).toEqual(['d4', 'd6']);
      expect(await ids({ [tags]: { $exists: true } })).toEqual(['d0', 'd1', 'd2', 'd3', 'd4', 'd5']);
    });

    test('looks into arrays of objects, and follows their changes', async () => {
      await insertAll([
        { id: 'd0', ...nest(within, [{ name: 'Ann' }, { name: 'Bob' }]) },
        { id: 'd1', ...nest(within, { name: 'Bob' }) },
        { id: 'd2', ...nest(within, [{ name: ['Ann', 'Cid'] }]) },
      ]);
      expect(await ids({ [castName]: 'Bob' })).toEqual(['d0', 'd1']);
      expect(await ids({ [castName]: 'Ann' })).toEqual(['d0', 'd2']);
      // two conditions may be met by two elements
      expect(await ids({ [castName]: { $gt: 'Ann', $lt: 'Bob' } })).toEqual(['d0', 'd2']);
      await things.patch('d0', { $pull: { [within]: { name: 'Bob' } } });
      await things.patch('d1', { $set: { [within]: [{ name: 'Eve' }] } });
      expect(await ids({ [castName]: 'Bob' })).toEqual([]);
      expect(await ids({ [castName]: 'Eve' })).toEqual(['d1']);
      expect(await things.deleteMany({ [castName]: 'Ann' })).toBe(2);
      await things.insert({ id: 'd0' });
      expect(await ids({ [castName]: { $in: ['Ann', 'Eve'] } })).toEqual(['d1']);
    });

    test('agrees with a plain search over random documents, page by page', async () => {
      const random = randomSource(rank.length);
      const pick = <T>(...from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
      const value = () => pick<unknown>(1, 2, 2.5, -1, 'a', 'ab', 'b', '', true, false, null);
      const documents = Array.from({ length: 150 }, (_, i) => {
        const fields: [string, unknown][] = [];
        if (random() < 0.85) fields.push([rank, value()]);
        if (random() < 0.8) fields.push([tags, pick<unknown>([value(), value()], value(), [value()])]);
        if (random() < 0.8) {
          const name = () => ({ name: pick<unknown>(value(), [value(), value()]) });
          fields.push([within, pick<unknown>([name(), name()], name())]);
        }
        const document: Record<string, unknown> = {};
        for (const [path, one] of fields) merge(document, nest(path, one));
        return { id: `d${(i * 37) % 150}`, kind: pick<unknown>('x', 'y', true), ...document };
      });
      await insertAll(documents);
      const condition = () => {
        const bound = pick<number | string>(1, 2, 2.2, 'a', 'ab');
        return pick<() => Filter[string]>(
          () => value() as string,
          () => ({ $ne: value() as string }),
          () => ({ $in: [value() as string, value() as string] }),
          () => ({ $gt: bound }),
          () => ({ $gte: bound, $ne: value() as string }),
          () => ({ $lte: bound }),
          () => ({ $prefix: pick<string>('a', '', 'b') }),
        )();
      };
      for (let round = 0; round < 120; round++) {
        const filter: Record<string, Filter[string]> = {};
        for (const path of [rank, tags, castName, 'kind']) if (random() < 0.45) filter[path] = condition();
        const sort: Sort = { path: pick(rank, 'id', 'kind'), order: pick<Sort['order']>('asc', 'desc') };
        const expected = sorted(
          documents.filter((one) => matches(one, filter)),
          sort,
        ).map((one) => one.id);
        const found: string[] = [];
        let cursor: string | null | undefined;
        do {
          const limit = pick<number>(1, 7, 50, 1000);
          const page = await things.find(filter, { sort, limit, ...(cursor && { cursor }) });
          found.push(...page.items.map((item) => item.id));
          cursor = page.nextCursor;
        } while (cursor);
        expect({ filter, sort, found }).toEqual({ filter, sort, found: expected });
        expect(await things.count(filter)).toBe(expected.length);
      }
    });
  });

  describe('pages', () => {
    test('sort null before numbers before text before booleans, and ties by id', async () => {
      const ranks = [true, 'b', 'B', 10, 9, null, undefined, 9, false, 0.5];
      await insertAll(ranks.map((rank, i) => ({ id: `d${i}`, rank })));
      const ascending = ['d5', 'd6', 'd9', 'd4', 'd7', 'd3', 'd2', 'd1', 'd8', 'd0'];
      expect(await ids({}, { path: 'rank', order: 'asc' })).toEqual(ascending);
      expect(await ids({}, { path: 'rank', order: 'desc' })).toEqual([...ascending].reverse());
      expect(await ids({})).toEqual(ranks.map((_, i) => `d${i}`));
    });

    test('neither repeat nor skip while documents come and go', async () => {
      await insertAll(Array.from({ length: 30 }, (_, i) => ({ id: `d${10 + i}`, rank: Math.floor(i / 10) })));
      const sort: Sort = { path: 'rank', order: 'desc' };
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await things.find({}, { sort, limit: 4, ...(cursor && { cursor }) });
        seen.push(...page.items.map((item) => item.id));
        cursor = page.nextCursor;
        await things.delete(page.items[0]?.id ?? '');
        await things.insert({ id: `new${seen.length}`, rank: 9 });
      } while (cursor);
      expect(new Set(seen).size).toBe(seen.length);
      expect([...seen].sort()).toEqual(Array.from({ length: 30 }, (_, i) => `d${10 + i}`));
    });

    test('end exactly', async () => {
      await insertAll([{ id: 'a' }, { id: 'b' }]);
      expect((await things.find({}, { limit: 2 })).nextCursor).toBeNull();
      expect((await things.find({}, { limit: 1 })).nextCursor).not.toBeNull();
      expect(await things.find({ x: 1 })).toEqual({ items: [], nextCursor: null });
    });

    test('default to 50 documents and refuse other sizes than 1 to 1,000', async () => {
      await insertAll(Array.from({ length: 51 }, (_, i) => ({ id: `d${i}` })));
      expect((await things.find()).items).toHaveLength(50);
      for (const limit of [0, -1, 1001, 1.5, Number.NaN]) {
        await expect(things.find({}, { limit })).rejects.toMatchObject({ code: 'usage' });
      }
    });

    test('refuse a damaged cursor, and one of another sort', async () => {
      await insertAll([
        { id: 'a', rank: 1 },
        { id: 'b', rank: 2 },
      ]);
      const sort: Sort = { path: 'rank', order: 'asc' };
      const { nextCursor } = await things.find({}, { limit: 1, sort });
      for (const cursor of ['', 'x', 'e30', `${nextCursor}x`.slice(1)]) {
        await expect(things.find({}, { cursor, sort })).rejects.toMatchObject({ code: 'usage' });
      }
      await expect(things.find({}, { cursor: nextCursor ?? '' })).rejects.toMatchObject({ code: 'usage' });
    });
  });

  describe('what no path or condition may be', () => {
    const quotes = `a' OR 1=1 --`;
    const paths = ['', 'a..b', '.a', quotes, 'a"b', '$where', 'a.$gt', 'a\u0000b', 'cast.0'];
    test.each(paths)('refuses the path %j', async (path) => {
      await things.insert({ id: 'a' });
      await expect(things.find({ [path]: 1 })).rejects.toThrow(TypeError);
      await expect(things.deleteMany({ [path]: { $ne: 1 } })).rejects.toThrow(TypeError);
      await expect(things.find({}, { sort: { path, order: 'asc' } })).rejects.toThrow(TypeError);
      await expect(store.collection({ name: 'bad', indexes: [{ paths: [path] }] })).rejects.toThrow(TypeError);
      expect(await things.count()).toBe(1);
    });

    const conditions = [undefined, {}, { $gt: null }, { $in: 'a' }, { $where: '1' }, Number.NaN, { $eq: 1 }, [1]];
    test.each(conditions.map((one) => [one]))('refuses the condition %j', async (condition) => {
      const filter = { a: condition } as unknown as Filter;
      await things.insert({ id: 'a' });
      await expect(things.deleteMany(filter)).rejects.toThrow(TypeError);
      await expect(things.find(filter)).rejects.toThrow(TypeError);
      expect(await things.count()).toBe(1);
    });

    test('values are only ever values', async () => {
      await things.insert({ id: 'a', text: 'x' });
      for (const value of [quotes, `' || 1 || '`, '$text', '{"$ne":1}', '%']) {
        expect(await ids({ text: value })).toEqual([]);
        expect(await ids({ text: { $prefix: value } })).toEqual([]);
      }
    });
  });
}

function merge(into: Record<string, unknown>, from: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(from)) {
    const old = into[key];
    const nested = [old, value].every((one) => one !== null && typeof one === 'object' && !Array.isArray(one));
    if (nested) merge(old as Record<string, unknown>, value as Record<string, unknown>);
    else into[key] = value;
  }
}
