import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Binary } from 'mongodb';
import { encodeEmbedding } from '../../src/faces/embedding-text.js';
import type { Document, Store, Write } from '../../src/storage/collection.js';
import { openMongoStore } from '../../src/storage/mongo-store.js';
import { type Command, documents, nameOf, type Reply, replying, WireServer } from '../contract/mongodb-wire.js';
import { freePort } from '../contract/redis-server.js';

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
  return openedWith(replying(answers));
}

async function openedWith(reply: Reply): Promise<Store> {
  server = await WireServer.start(reply);
  store = await openMongoStore(`mongodb://${server.address}/films`);
  return store;
}

const sent = (...names: string[]): Command[] => server.sent(...names);

describe('the commands that MongoDB is sent', () => {
  test('make a collection with its validator and indexes', async () => {
    const indexes = [{ paths: ['cast.name', 'year'] }, { paths: ['hash'], unique: true }];
    await (await opened()).collection({ name: 'films', indexes, fields: { name: 'string', year: ['number', 'null'] } });
    expect(sent('create')).toEqual([
      {
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
      },
    ]);
    expect(sent('createIndexes')).toEqual([
      {
        createIndexes: 'films',
        writeConcern: DURABLE,
        indexes: [
          { name: 'index|cast.name|year', key: { 'cast.name': 1, year: 1, _id: 1 } },
          { name: 'index|hash', key: { hash: 1, _id: 1 } },
          {
            name: 'unique|hash',
            key: { hash: 1 },
            unique: true,
            partialFilterExpression: { hash: { $type: ['string', 'number', 'bool'] } },
          },
        ],
      },
    ]);
    expect(server.commands.every((command) => command['$db'] === 'films' || command['$db'] === 'admin')).toBe(true);
  });

  test('write durably, once, to the document that is meant', async () => {
    const films = await (await opened()).collection<Film>({ name: 'films' });
    await films.insert({ id: 'a', name: 'A' });
    await films.replace({ id: 'a', name: 'B' }, 4);
    await films.patch('a', {
      $set: { name: '$x' },
      $unset: ['old'],
      $inc: { n: 2 },
      $push: { list: [1] },
      $addToSet: { tags: 'war' },
      $pull: { cast: { name: 'Ann' }, seen: 'x' },
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
        findAndModify: 'films',
        query: { _id: 'a', version: 4 },
        new: true,
        remove: false,
        upsert: false,
        update: { _id: 'a', name: 'B', version: 5 },
        ...write,
      },
      {
        findAndModify: 'films',
        query: { _id: { $eq: 'a' } },
        sort: { _id: 1 },
        new: true,
        remove: false,
        upsert: false,
        update: {
          $inc: { version: 1, n: 2 },
          $set: { name: '$x' },
          $unset: { old: '' },
          $push: { list: { $each: [[1]] } },
          $addToSet: { tags: { $each: ['war'] } },
          $pull: { cast: { $eq: { name: 'Ann' } }, seen: 'x' },
        },
        ...write,
      },
      {
        findAndModify: 'films',
        query: { $and: [{ owner: { $eq: null } }, { n: { $gt: 1 } }] },
        sort: { rank: -1, _id: -1 },
        new: true,
        remove: false,
        upsert: false,
        update: { $inc: { version: 1 }, $set: { owner: 'me' } },
        ...write,
      },
    ]);
    expect(sent('delete')).toEqual([
      { delete: 'films', ordered: true, deletes: [{ q: { _id: 'a' }, limit: 1 }], ...write },
      {
        delete: 'films',
        ordered: true,
        deletes: [{ q: { name: { $regex: '^A\\.' } }, limit: 0 }],
        writeConcern: DURABLE,
        ...LIMITED,
      },
    ]);
  });

  test('read from a majority, a page at a time, and go on where a page ended', async () => {
    const page = [
      { _id: 'a', version: 1, rank: 5 },
      { _id: 'b', version: 1, rank: 6 },
    ];
    const films = await (await opened({ find: documents(...page) })).collection<Film>({ name: 'films' });
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
          $and: [
            {},
            {
              $or: [
                { rank: { $eq: 5 }, _id: { $gt: 'a' } },
                { rank: { $gt: 5 } },
                { rank: { $type: ['string', 'bool'] } },
              ],
            },
          ],
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
      q: { _id: document['_id'] },
      upsert: true,
      u: [
        {
          $replaceWith: {
            $mergeObjects: [
              { $literal: { ...document, version: 0 } },
              { version: { $add: [{ $ifNull: ['$version', 0] }, 1] } },
            ],
          },
        },
      ],
    });
    expect(sent('find', 'update', 'delete', 'commitTransaction')).toEqual([
      {
        update: 'jobs',
        ordered: true,
        readConcern: { level: 'snapshot' },
        startTransaction: true,
        ...inside,
        updates: [
          {
            q: { $and: [{ owner: { $eq: 'me' } }, { _id: { $eq: 'j' } }] },
            u: { $inc: { version: 1 }, $set: { done: true } },
          },
        ],
      },
      {
        update: 'jobs',
        ordered: true,
        updates: [{ q: { _id: { $eq: 'k' } }, u: { $inc: { version: 1, n: 1 } } }],
        ...inside,
      },
      { delete: 'films', ordered: true, deletes: [{ q: { old: { $eq: true } }, limit: 0 }], ...inside },
      {
        update: 'films',
        ordered: true,
        ...inside,
        updates: [
          upsert({ _id: 'a', name: '$x' }),
          upsert({ _id: 'b' }),
          { q: { _id: { $eq: 'c' } }, u: { $inc: { version: 1, n: 1 } } },
        ],
      },
      { commitTransaction: 1, writeConcern: DURABLE, ...LIMITED, ...inside },
    ]);
  });

  test('do not grow in number with a film: the documents of one collection travel together', async () => {
    await opened();
    const films = (n: number): Write[] =>
      Array.from({ length: n }, (_, i) => ({ kind: 'upsert', collection: 'films', document: { id: `${i}` } }));
    await store.collection({ name: 'films' });
    await store.commit(films(10));
    const few = server.commands.length;
    await store.commit(films(2_000));
    expect(sent('update')[1]!['updates']).toHaveLength(2_000);
    expect(server.commands.length - few).toBe(2);
  });

  test('undo a batch whose expectation does not hold', async () => {
    await (await opened({ update: { n: 0, nModified: 0 } })).collection({ name: 'films' });
    await expect(
      store.commit([{ kind: 'patch', collection: 'films', id: 'b', patch: {}, where: { owner: 'me' } }]),
    ).rejects.toMatchObject({ name: 'PreconditionError', collection: 'films', id: 'b' });
    expect(sent('abortTransaction')).toHaveLength(1);
    expect(sent('commitTransaction')).toEqual([]);
  });

  test('repeat a batch that another transaction was faster than', async () => {
    let conflicts = 2;
    server = await WireServer.start((command) =>
      'update' in command && conflicts-- > 0
        ? { ok: 0, code: 112, errmsg: 'conflict', errorLabels: ['TransientTransactionError'] }
        : replying({})(command),
    );
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
    const person = {
      id: 'p',
      name: text,
      mean: text,
      exemplars: [{ embedding: text, weight: 1 }],
      rejected: [text, text],
      tracks: { t1: text },
    };
    expect(await people.insert(person)).toEqual({ ...person, version: 1 });
    await people.patch('p', {
      $set: { mean: null, 'tracks.t2': text, exemplars: [{ embedding: text }] },
      $addToSet: { rejected: text },
    });
    await store.commit([{ kind: 'upsert', collection: 'people', document: { id: 'p', mean: text } as { id: string } }]);
    const [inserted] = sent('insert')[0]!['documents'] as Record<string, Binary>[];
    expect(inserted).toEqual({
      _id: 'p',
      version: 1,
      name: text,
      mean: vector,
      exemplars: [{ embedding: vector, weight: 1 }],
      rejected: [vector, vector],
      tracks: { t1: vector },
    });
    expect(inserted!['mean']!.toInt8Array()).toHaveLength(512);
    expect(sent('findAndModify')[0]!['update']).toMatchObject({
      $set: { mean: null, 'tracks.t2': vector, exemplars: [{ embedding: vector }] },
      $addToSet: { rejected: { $each: [vector] } },
    });
    expect(JSON.stringify(sent('update')[0]!['updates'])).toContain(
      JSON.stringify({ mean: inserted!['mean'] }).slice(1, -1),
    );
  });

  test('come back as they were handed in, to the last character', async () => {
    const answers: Record<string, Command> = {};
    const people = await (await opened(answers)).collection<Document & Record<string, unknown>>(spec);
    const person = {
      id: 'p',
      mean: text,
      exemplars: [{ embedding: text }],
      rejected: [text],
      tracks: { t1: text, t2: 'not one' },
    };
    await people.insert(person);
    const [stored] = sent('insert')[0]!['documents'] as Command[];
    answers['find'] = documents(stored!);
    expect(await people.get('p')).toEqual({ ...person, version: 1 });
    expect((await people.find()).items).toEqual([{ ...person, version: 1 }]);
  });
});

describe('what MongoDB answers', () => {
  const indexes = [
    { paths: ['number.season'], unique: true },
    { paths: ['number.season', 'show'], unique: true },
    { paths: ['show'] },
  ];
  const refusal = (...paths: string[]) => ({ name: 'DuplicateKeyError', collection: 'films', paths });

  test('names the paths of a violated index', async () => {
    const duplicate = { code: 11_000, errmsg: 'E11000', keyPattern: { 'number.season': 1, _id: 1 } };
    const films = await (
      await opened({
        insert: { n: 0, writeErrors: [{ index: 0, ...duplicate }] },
        findAndModify: { ok: 0, ...duplicate },
      })
    ).collection<Film>({ name: 'films' });
    await expect(films.insert({ id: 'a', name: 'A' })).rejects.toMatchObject(refusal('number.season', 'id'));
    await expect(films.patch('a', { $set: { name: 'B' } })).rejects.toMatchObject(refusal('number.season', 'id'));
  });

  test.each([
    [
      "mongod's",
      'E11000 duplicate key error collection: films.films index: unique|number.season dup key: { number.season: "unique|number.season|show" }',
      ['number.season'],
    ],
    [
      "mongod's, of the id",
      'E11000 duplicate key error collection: films.films index: _id_ dup key: { _id: "unique|number.season" }',
      ['id'],
    ],
    [
      "DocumentDB's",
      "Duplicate key violation on the requested collection: Index 'unique|number.season|show'",
      ['number.season', 'show'],
    ],
  ])('tells duplicates apart by %s message alone', async (_, errmsg, paths) => {
    const duplicate = { index: 0, code: 11_000, errmsg };
    const films = await (
      await opened({ insert: { n: 0, writeErrors: [duplicate] }, update: { n: 0, writeErrors: [duplicate] } })
    ).collection<Film>({ name: 'films', indexes });
    await expect(films.insert({ id: 'a', name: 'A' })).rejects.toMatchObject(refusal(...paths));
    if (paths[0] === 'id') return;
    const put: Write = { kind: 'upsert', collection: 'films', document: { id: 'a' } };
    await expect(store.commit([put])).rejects.toMatchObject(refusal(...paths));
    expect(sent('update')).toHaveLength(1);
  });

  test('is asked again when two batches put one document in at once', async () => {
    let races = 2;
    await openedWith((command) =>
      'update' in command && races-- > 0
        ? {
            n: 0,
            writeErrors: [
              {
                index: 0,
                code: 11_000,
                errmsg: 'E11000 duplicate key error collection: films.films index: _id_ dup key: { _id: "a" }',
              },
            ],
          }
        : replying({})(command),
    );
    await store.collection({ name: 'films' });
    await store.commit([{ kind: 'upsert', collection: 'films', document: { id: 'a' } }]);
    expect(sent('update')).toHaveLength(3);
  });

  test('is that a document is too large, which no other try will change', async () => {
    const films = await (
      await opened({
        insert: {
          ok: 0,
          code: 10_334,
          errmsg: 'BSONObj size: 17000000 is invalid. Size must be between 0 and 16793600(16MB)',
        },
      })
    ).collection<Film>({ name: 'films' });
    await expect(films.insert({ id: 'a', name: 'A' })).rejects.toMatchObject({ code: 'too-large', mayPass: false });
    await expect(films.insert({ id: 'a', name: 'A'.repeat(17 << 20) })).rejects.toMatchObject({ code: 'too-large' });
    const put = { kind: 'upsert', collection: 'films', document: { id: 'a', name: 'A'.repeat(17 << 20) } } as const;
    await expect(store.commit([put])).rejects.toMatchObject({ code: 'too-large' });
  });

  test('is asked again after a lost connection, without writing twice', async () => {
    let lost = false;
    await openedWith((command) => {
      if (!('findAndModify' in command) || lost) return replying({})(command);
      lost = true;
      return { ok: 0, code: 11_600, errmsg: 'shutting down', errorLabels: ['RetryableWriteError'] };
    });
    const films = await store.collection<Film>({ name: 'films' });
    expect(await films.patch('a', { $set: { name: 'A' } })).toEqual({ id: 'a', version: 2, name: 'A' });
    const [first, again] = sent('findAndModify');
    expect(again).toEqual(first);
    expect(server.commands.find((command) => 'findAndModify' in command)?.['txnNumber']).toBeDefined();
  });

  test.each(['update', 'commitTransaction'])('repeats a batch whose connection breaks at %s', async (name) => {
    let breaks = 1;
    await openedWith((command) => (nameOf(command) === name && breaks-- > 0 ? 'break' : replying({})(command)));
    await store.collection({ name: 'films' });
    await store.commit([{ kind: 'upsert', collection: 'films', document: { id: 'a' } }]);
    expect(sent(name)).toHaveLength(2);
  });

  test.each([
    ['steps down', { ok: 0, code: 10_107, errmsg: 'not primary' }],
    ['shuts down', { ok: 0, code: 91, errmsg: 'shutting down' }],
    ['has no time', { ok: 0, code: 50, errmsg: 'operation exceeded time limit' }],
    ['breaks the connection', 'break' as const],
  ])('is unavailable, not a fault of ours, when it %s again and again', async (_, answer) => {
    let broken = false;
    await openedWith((command) =>
      broken && ['find', 'insert', 'delete', 'update', 'aggregate'].includes(nameOf(command))
        ? answer
        : replying({})(command),
    );
    const films = await store.collection<Film>({ name: 'films' });
    broken = true;
    const away = { code: 'unavailable', httpStatus: 503, mayPass: true };
    await expect(films.get('a')).rejects.toMatchObject(away);
    await expect(films.insert({ id: 'a', name: 'A' })).rejects.toMatchObject(away);
    await expect(films.deleteMany({ name: 'A' })).rejects.toMatchObject(away);
  });
});

describe('a server that stops answering', () => {
  const stopped = (command: Command): Command | Promise<Command> =>
    ['find', 'update', 'insert'].includes(nameOf(command)) ? new Promise(() => undefined) : replying({})(command);

  test.each([
    ['by our limit', '', 300],
    ['by the limit of its address', 'timeoutMS=300', 60_000],
  ])('keeps nobody waiting, %s', async (_, options, limit) => {
    server = await WireServer.start(stopped);
    store = await openMongoStore(`mongodb://${server.address}/films?${options}`, limit);
    const films = await store.collection<Film>({ name: 'films' });
    const late = { code: 'unavailable', message: 'The database has not answered within 0.3 s' };
    await expect(films.get('a')).rejects.toMatchObject(late);
    await expect(films.insert({ id: 'a', name: 'A' })).rejects.toMatchObject(late);
    await expect(store.commit([{ kind: 'upsert', collection: 'films', document: { id: 'a' } }])).rejects.toMatchObject(
      late,
    );
    expect(sent('find')[0]).toMatchObject({ maxTimeMS: 300 });
    expect(sent('insert')[0]).toMatchObject({ maxTimeMS: 300, writeConcern: { wtimeout: 300 } });
  });

  test('keeps nobody waiting for a connection of the pool', async () => {
    server = await WireServer.start(stopped);
    store = await openMongoStore(
      `mongodb://${server.address}/films?maxPoolSize=1&waitQueueTimeoutMS=50&timeoutMS=60000`,
    );
    const films = await store.collection<Film>({ name: 'films' });
    const first = films.get('a').catch(() => null);
    await expect(films.get('b')).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The database does not answer',
    });
    await server.stop();
    await store.close();
    await first;
    server = await WireServer.start(stopped);
  });
});

test('a server that is away for longer than a start may take is waited for', async () => {
  await opened({ find: documents({ _id: 'a', version: 1, name: 'A' }) });
  const films = await store.collection<Film>({ name: 'films' });
  await server.stop();
  const found = films.get('a');
  await delay(6_000);
  server = await WireServer.start(
    replying({ find: documents({ _id: 'a', version: 1, name: 'A' }) }),
    {},
    Number(server.address.split(':')[1]),
  );
  expect(await found).toEqual({ id: 'a', version: 1, name: 'A' });
});

describe('opening', () => {
  test('asks for nothing that the address asks for otherwise', async () => {
    server = await WireServer.start(replying({}));
    store = await openMongoStore(
      `mongodb://${server.address}/films?w=1&JOURNAL=false&wtimeoutMS=7&readConcernLevel=local&readPreference=secondaryPreferred`,
    );
    const films = await store.collection<Film>({ name: 'films' });
    await films.insert({ id: 'a', name: 'A' });
    await films.get('a');
    await store.commit([{ kind: 'upsert', collection: 'films', document: { id: 'a' } }]);
    const concern = { w: 1, j: false, wtimeout: 7 };
    expect(sent('insert')[0]).toMatchObject({ writeConcern: concern });
    expect(sent('find')[0]).toMatchObject({ readConcern: { level: 'local' } });
    expect(sent('commitTransaction')[0]).toMatchObject({ writeConcern: concern });
  });

  const opening = (uri: string) => expect(openMongoStore(uri)).rejects;

  test('fails in one clear line when nothing answers, without the password', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    await opening(`mongodb://user:secret@${address}/films?serverSelectionTimeoutMS=300`).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(new RegExp(`^Cannot reach MongoDB at ${address}: (?!.*secret).*ECONNREFUSED.*$`)),
    });
    await opening('films').toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^Not a MongoDB address: [^\n]+$/),
    });
  });

  test('refuses a lone server, which has no transactions', async () => {
    const lone = await WireServer.start(() => ({}), { setName: undefined, hosts: undefined });
    await opening(`mongodb://${lone.address}`).toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/is a lone server; kinoscope needs a replica set$/),
    });
    await lone.stop();
  });
});
