import { afterEach, describe, expect, test } from '@jest/globals';
import type { Binary } from 'mongodb';
import { encodeEmbedding } from '../../src/faces/embedding-text.js';
import type { CollectionSpec, Document, Store, Write } from '../../src/storage/collection.js';
import { openMongoStore } from '../../src/storage/mongo-store.js';
import { freePort } from '../contract/redis-server.js';
import { type Command, type Reply, WireServer } from '../contract/mongodb-wire.js';

interface Film extends Document {
  readonly name: string;
}

/** What every acknowledged write must ask for, and every command of one write. */
const DURABLE = { w: 'majority', j: true, wtimeout: 30_000 };
const LIMITED = { maxTimeMS: 30_000 };

let server: WireServer;
let store: Store;
afterEach(async () => {
  await store.close();
  await server.stop();
});

/** A store whose server gives these answers, by the name of the command. */
async function opened(answers: Readonly<Record<string, Command>> = {}): Promise<Store> {
  server = await WireServer.start((command) => {
    const name = Object.keys(command)[0] ?? '';
    return answers[name] ?? DEFAULTS[name] ?? {};
  });
  store = await openMongoStore(`mongodb://${server.address}/films`);
  return store;
}

const documents = (...firstBatch: Command[]): Command => ({ cursor: { id: 0n, ns: 'films.films', firstBatch } });
const noDocuments = documents();
const DEFAULTS: Readonly<Record<string, Command>> = {
  find: noDocuments,
  aggregate: noDocuments,
  listCollections: noDocuments,
  listIndexes: noDocuments,
  insert: { n: 1 },
  update: { n: 1, nModified: 1 },
  delete: { n: 1 },
  findAndModify: { value: { _id: 'a', version: 2, name: 'A' } },
};

/** The commands of these names, without what sessions and clocks add. */
function sent(...names: string[]): Command[] {
  const added = new Set(['lsid', '$clusterTime', '$db', '$readPreference']);
  return server.commands
    .filter((command) => names.includes(Object.keys(command)[0] ?? ''))
    .map((command) => Object.fromEntries(Object.entries(command).filter(([key]) => !added.has(key))));
}

describe('the commands that MongoDB is sent', () => {
  test('make a collection with its validator and indexes', async () => {
    const indexes = [{ paths: ['cast.name', 'year'] }, { paths: ['hash'], unique: true }];
    await (await opened()).collection({ name: 'films', indexes, fields: { name: 'string', year: ['number', 'null'] } });
    expect(sent('create')).toEqual([{
      create: 'films',
      writeConcern: DURABLE,
      validationLevel: 'moderate',
      validator: {
        $jsonSchema: {
          bsonType: 'object',
          required: ['_id', 'version', 'name', 'year'],
          properties: {
            _id: { bsonType: 'string', minLength: 1 },
            version: { bsonType: ['int', 'long', 'double'], minimum: 1 },
            name: { bsonType: ['string'] },
            year: { bsonType: ['int', 'long', 'double', 'null'] },
          },
        },
      },
    }]);
    expect(sent('createIndexes')).toEqual([{
      createIndexes: 'films',
      writeConcern: DURABLE,
      indexes: [
        { name: 'index|cast.name|year', key: { 'cast.name': 1, year: 1, _id: 1 } },
        { name: 'index|hash', key: { hash: 1, _id: 1 } },
        {
          name: 'unique|hash', key: { hash: 1 }, unique: true,
          partialFilterExpression: { hash: { $type: ['string', 'number', 'bool'] } },
        },
      ],
    }]);
    expect(server.commands.every((command) => command['$db'] === 'films' || command['$db'] === 'admin')).toBe(true);
  });

  test('write durably, once, to the document that is meant', async () => {
    const films = await (await opened()).collection<Film>({ name: 'films' });
    await films.insert({ id: 'a', name: 'A' });
    await films.replace({ id: 'a', name: 'B' }, 4);
    await films.patch('a', {
      $set: { name: '$x' }, $unset: ['old'], $inc: { n: 2 }, $push: { list: [1] },
      $addToSet: { tags: 'war' }, $pull: { cast: { name: 'Ann' }, seen: 'x' },
    });
    await films.claim({ owner: null, n: { $gt: 1 } }, { $set: { owner: 'me' } }, { path: 'rank', order: 'desc' });
    await films.delete('a');
    await films.deleteMany({ name: { $prefix: 'A.' } });
    const write = { writeConcern: DURABLE, txnNumber: expect.anything(), ...LIMITED };
    expect(sent('insert')).toEqual([
      { insert: 'films', documents: [{ _id: 'a', name: 'A', version: 1 }], ordered: true, ...write },
    ]);
    expect(sent('findAndModify')).toEqual([
      {
        findAndModify: 'films', query: { _id: 'a', version: 4 }, new: true, remove: false, upsert: false,
        update: { _id: 'a', name: 'B', version: 5 }, ...write,
      },
      {
        findAndModify: 'films', query: { _id: { $eq: 'a' } }, sort: { _id: 1 }, new: true, remove: false, upsert: false,
        update: {
          $inc: { version: 1, n: 2 }, $set: { name: '$x' }, $unset: { old: '' }, $push: { list: { $each: [[1]] } },
          $addToSet: { tags: { $each: ['war'] } }, $pull: { cast: { $eq: { name: 'Ann' } }, seen: 'x' },
        },
        ...write,
      },
      {
        findAndModify: 'films', query: { $and: [{ owner: { $eq: null } }, { n: { $gt: 1 } }] },
        sort: { rank: -1, _id: -1 }, new: true, remove: false, upsert: false,
        update: { $inc: { version: 1 }, $set: { owner: 'me' } }, ...write,
      },
    ]);
    expect(sent('delete')).toEqual([
      { delete: 'films', ordered: true, deletes: [{ q: { _id: 'a' }, limit: 1 }], ...write },
      { delete: 'films', ordered: true, deletes: [{ q: { name: { $regex: '^A\\.' } }, limit: 0 }], writeConcern: DURABLE, ...LIMITED },
    ]);
  });

  test('read from a majority, a page at a time, and go on where a page ended', async () => {
    const page = [{ _id: 'a', version: 1, rank: 5 }, { _id: 'b', version: 1, rank: 6 }];
    const films = await (await opened({ find: documents(...page) }))
      .collection<Film>({ name: 'films' });
    const sort = { path: 'rank', order: 'asc' } as const;
    const { items, nextCursor } = await films.find({ id: { $in: ['a', 'b'] } }, { sort, limit: 1 });
    expect(items).toEqual([{ id: 'a', version: 1, rank: 5 }]);
    await films.find({}, { sort, limit: 1, cursor: nextCursor ?? '' });
    const read = { find: 'films', sort: { rank: 1, _id: 1 }, limit: 2, readConcern: { level: 'majority' }, ...LIMITED };
    expect(sent('find')).toEqual([
      { ...read, filter: { _id: { $in: ['a', 'b'] } } },
      {
        ...read,
        filter: {
          $and: [{}, {
            $or: [
              { rank: { $eq: 5 }, _id: { $gt: 'a' } },
              { rank: { $gt: 5 } },
              { rank: { $type: ['string', 'bool'] } },
            ],
          }],
        },
      },
    ]);
  });

  test('commit a batch in one transaction, with one round trip for neighbours of a collection', async () => {
    await opened();
    for (const name of ['films', 'jobs']) await store.collection({ name });
    await store.commit([
      { kind: 'patch', collection: 'jobs', id: 'j', patch: { $set: { done: true } }, where: { owner: 'me' } },
      { kind: 'delete', collection: 'films', filter: { old: true } },
      { kind: 'upsert', collection: 'films', document: { id: 'a', name: '$x' } as { id: string } },
      { kind: 'patch', collection: 'jobs', id: 'k', patch: { $inc: { n: 1 } } },
      { kind: 'upsert', collection: 'films', document: { id: 'b' } },
      { kind: 'patch', collection: 'films', id: 'c', patch: { $inc: { n: 1 } } },
    ]);
    const inside = { txnNumber: expect.anything(), autocommit: false };
    const upsert = (document: Command) => ({
      q: { _id: document['_id'] }, upsert: true,
      u: [{ $replaceWith: { $mergeObjects: [{ $literal: { ...document, version: 0 } }, { version: { $add: [{ $ifNull: ['$version', 0] }, 1] } }] } }],
    });
    expect(sent('find', 'update', 'delete', 'commitTransaction')).toEqual([
      {
        update: 'jobs', ordered: true, readConcern: { level: 'snapshot' }, startTransaction: true, ...inside,
        updates: [{ q: { $and: [{ owner: { $eq: 'me' } }, { _id: { $eq: 'j' } }] }, u: { $inc: { version: 1 }, $set: { done: true } } }],
      },
      { update: 'jobs', ordered: true, updates: [{ q: { _id: { $eq: 'k' } }, u: { $inc: { version: 1, n: 1 } } }], ...inside },
      { delete: 'films', ordered: true, deletes: [{ q: { old: { $eq: true } }, limit: 0 }], ...inside },
      {
        update: 'films', ordered: true, ...inside,
        updates: [upsert({ _id: 'a', name: '$x' }), upsert({ _id: 'b' }), { q: { _id: { $eq: 'c' } }, u: { $inc: { version: 1, n: 1 } } }],
      },
      { commitTransaction: 1, writeConcern: DURABLE, ...LIMITED, ...inside },
    ]);
  });

  test('do not grow in number with a film: the documents of one collection travel together', async () => {
    await opened();
    const documents = (n: number): Write[] => Array.from({ length: n }, (_, i) => ({ kind: 'upsert', collection: 'films', document: { id: `${i}` } }));
    await store.collection({ name: 'films' });
    await store.commit(documents(10));
    const few = server.commands.length;
    await store.commit(documents(2_000));
    expect(sent('update')[1]!['updates']).toHaveLength(2_000);
    expect(server.commands.length - few).toBe(2);
  });

  test('undo a batch whose expectation does not hold', async () => {
    await (await opened({ update: { n: 0, nModified: 0 } })).collection({ name: 'films' });
    await expect(store.commit([{ kind: 'patch', collection: 'films', id: 'b', patch: {}, where: { owner: 'me' } }]))
      .rejects.toMatchObject({ name: 'PreconditionError', collection: 'films', id: 'b' });
    expect(sent('abortTransaction')).toHaveLength(1);
    expect(sent('commitTransaction')).toEqual([]);
  });

  test('repeat a batch that another transaction was faster than', async () => {
    let conflicts = 2;
    server = await WireServer.start((command) => {
      if ('update' in command && conflicts-- > 0) {
        return { ok: 0, code: 112, errmsg: 'conflict', errorLabels: ['TransientTransactionError'] };
      }
      return DEFAULTS[Object.keys(command)[0] ?? ''] ?? {};
    });
    store = await openMongoStore(`mongodb://${server.address}`);
    await store.collection({ name: 'films' });
    await store.commit([{ kind: 'patch', collection: 'films', id: 'b', patch: { $inc: { n: 1 } } }]);
    expect(sent('update')).toHaveLength(3);
    expect(sent('commitTransaction')).toHaveLength(1);
    // without a database in its address it is kinoscope
    expect(server.commands.filter((command) => 'update' in command)[0]?.['$db']).toBe('kinoscope');
  });
});

describe('embeddings', () => {
  const text = encodeEmbedding(Float32Array.from({ length: 512 }, (_, i) => Math.sin(i * i)));
  const spec = { name: 'people', vectors: ['mean', 'exemplars.embedding', 'rejected', 'tracks.*'] };
  const vector = expect.objectContaining({ sub_type: 9 });

  test('are sent as binary vectors of 8-bit integers, wherever they stand', async () => {
    const people = await (await opened()).collection<Document & Record<string, unknown>>(spec);
    const person = { id: 'p', name: text, mean: text, exemplars: [{ embedding: text, weight: 1 }], rejected: [text, text], tracks: { t1: text } };
    expect(await people.insert(person)).toEqual({ ...person, version: 1 });
    await people.patch('p', { $set: { mean: null, 'tracks.t2': text, exemplars: [{ embedding: text }] }, $addToSet: { rejected: text } });
    await store.commit([{ kind: 'upsert', collection: 'people', document: { id: 'p', mean: text } as { id: string } }]);
    const [inserted] = sent('insert')[0]!['documents'] as Record<string, Binary>[];
    expect(inserted).toEqual({
      _id: 'p', version: 1, name: text, mean: vector, exemplars: [{ embedding: vector, weight: 1 }], rejected: [vector, vector], tracks: { t1: vector },
    });
    expect(inserted!['mean']!.toInt8Array()).toHaveLength(512);
    expect(sent('findAndModify')[0]!['update']).toMatchObject({
      $set: { mean: null, 'tracks.t2': vector, exemplars: [{ embedding: vector }] }, $addToSet: { rejected: { $each: [vector] } },
    });
    expect(JSON.stringify(sent('update')[0]!['updates'])).toContain(JSON.stringify({ mean: inserted!['mean'] }).slice(1, -1));
  });

  test('come back as they were handed in, to the last character', async () => {
    const answers: Record<string, Command> = {};
    const people = await (await opened(answers)).collection<Document & Record<string, unknown>>(spec);
    const person = { id: 'p', mean: text, exemplars: [{ embedding: text }], rejected: [text], tracks: { t1: text, t2: 'not one' } };
    await people.insert(person);
    const [stored] = sent('insert')[0]!['documents'] as Command[];
    answers['find'] = documents(stored!);
    expect(await people.get('p')).toEqual({ ...person, version: 1 });
    expect((await people.find()).items).toEqual([{ ...person, version: 1 }]);
  });
});

describe('what MongoDB answers', () => {
  test('names the paths of a violated index', async () => {
    const duplicate = { code: 11_000, errmsg: 'E11000', keyPattern: { 'number.season': 1, _id: 1 } };
    const films = await (await opened({
      insert: { n: 0, writeErrors: [{ index: 0, ...duplicate }] },
      findAndModify: { ok: 0, ...duplicate },
    })).collection<Film>({ name: 'films' });
    const refusal = { name: 'DuplicateKeyError', collection: 'films', paths: ['number.season', 'id'] };
    await expect(films.insert({ id: 'a', name: 'A' })).rejects.toMatchObject(refusal);
    await expect(films.patch('a', { $set: { name: 'B' } })).rejects.toMatchObject(refusal);
  });

  test('is asked again after a lost connection, without writing twice', async () => {
    let lost = false;
    server = await WireServer.start((command) => {
      if (!('findAndModify' in command) || lost) return DEFAULTS[Object.keys(command)[0] ?? ''] ?? {};
      lost = true;
      return { ok: 0, code: 11_600, errmsg: 'shutting down', errorLabels: ['RetryableWriteError'] };
    });
    store = await openMongoStore(`mongodb://${server.address}/films`);
    const films = await store.collection<Film>({ name: 'films' });
    expect(await films.patch('a', { $set: { name: 'A' } })).toEqual({ id: 'a', version: 2, name: 'A' });
    const [first, again] = sent('findAndModify');
    expect(again).toEqual(first);
    expect(server.commands.find((command) => 'findAndModify' in command)?.['txnNumber']).toBeDefined();
  });
});

describe('opening', () => {
  const opening = (uri: string) => expect(openMongoStore(uri)).rejects;

  test('fails in one clear line when nothing answers, without the password', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    await opening(`mongodb://user:secret@${address}/films?serverSelectionTimeoutMS=300`).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(new RegExp(`^Cannot reach MongoDB at ${address}: (?!.*secret).*ECONNREFUSED.*$`)),
    });
    await opening('films').toMatchObject({
      code: 'usage', message: expect.stringMatching(/^Not a MongoDB address: [^\n]+$/),
    });
  });

  test('refuses a lone server, which has no transactions', async () => {
    const lone = await WireServer.start(() => ({}), { setName: undefined, hosts: undefined });
    await opening(`mongodb://${lone.address}`).toMatchObject({
      code: 'usage', message: expect.stringMatching(/is a lone server; kinoscope needs a replica set$/),
    });
    await lone.stop();
  });
});
