import { afterEach, describe, expect, test } from '@jest/globals';
import { JobRecords } from '../../src/jobs/job-records.js';
import type { CollectionSpec, Store } from '../../src/storage/collection.js';
import { openMongoStore } from '../../src/storage/mongo-store.js';
import { separateTenants } from '../../src/storage/tenant-store.js';
import { type Command, documents, replying, WireServer } from '../contract/mongodb-wire.js';

/** What a start finds in MongoDB, and what it changes there. */

let server: WireServer;
let store: Store;
afterEach(async () => {
  await store.close();
  await server.stop();
});

async function start(spec: CollectionSpec, answers: Readonly<Record<string, Command>>): Promise<void> {
  server = await WireServer.start(replying(answers));
  store = await openMongoStore(`mongodb://${server.address}/films`);
  await store.collection(spec);
}

const CHANGES = ['create', 'collMod', 'createIndexes', 'dropIndexes'];
const changes = (): Command[] => server.sent(...CHANGES);

type Types = Readonly<Record<string, readonly string[]>>;

/** A collection as an earlier kinoscope made it. */
const collection = (required: readonly string[], types: Types): Command =>
  documents({ name: 'films', type: 'collection', options: { validator: validator(required, types) } });
const validator = (required: readonly string[], types: Types): Command => ({
  $jsonSchema: {
    bsonType: 'object',
    required: ['_id', 'version', ...required],
    properties: {
      _id: { bsonType: 'string', minLength: 1 },
      version: { bsonType: ['int', 'long', 'double'], minimum: 1 },
      ...Object.fromEntries(Object.entries(types).map(([name, bsonType]) => [name, { bsonType }])),
    },
  },
});
const NUMBER = ['int', 'long', 'double'];

describe('the rules of a collection that is there', () => {
  const spec = { name: 'films', fields: { name: 'string', year: ['number', 'null'] } } as const;

  test.each<[string, readonly string[], Types]>([
    ['are the same', ['name', 'year'], { name: ['string'], year: [...NUMBER, 'null'] }],
    ['are the same in another order', ['year', 'name'], { year: ['null', ...NUMBER], name: ['string'] }],
    ['let in more, as those of a newer one may', ['name'], { name: ['string', 'null'] }],
  ])('stay as they are when they %s', async (_, required, types) => {
    await start(spec, { listCollections: collection(required, types) });
    expect(changes()).toEqual([]);
  });

  test("stay as they are when they are somebody else's, and when there are none", async () => {
    await start(spec, {
      listCollections: documents({
        name: 'films',
        type: 'collection',
        options: { validator: { year: { $gt: 1900 } } },
      }),
    });
    expect(changes()).toEqual([]);
    await store.close();
    await server.stop();
    await start(spec, { listCollections: documents({ name: 'films', type: 'collection', options: {} }) });
    expect(changes()).toEqual([]);
  });

  test('let in our documents besides those of an older one, and existing ones be changed', async () => {
    await start(spec, {
      listCollections: collection(['name', 'gone'], { name: ['string', 'null'], year: ['string'], gone: ['bool'] }),
    });
    expect(changes()).toEqual([
      {
        collMod: 'films',
        validationLevel: 'moderate',
        validator: validator(['name'], { name: ['string', 'null'], year: ['string', ...NUMBER, 'null'] }),
      },
    ]);
  });

  test('end the start with one line when they have to change and the user may not', async () => {
    const refusal = { ok: 0, code: 13, errmsg: 'not authorized on films to execute command' };
    await expect(
      start(spec, { listCollections: collection(['gone'], { gone: ['bool'] }), collMod: refusal }),
    ).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(/^The rules of the collection films refuse .*dbAdmin\)$/),
    });
  });
});

test("a start that is in another's way tries again", async () => {
  let conflicts = 2;
  const deadlock = { ok: 0, code: 112, errmsg: 'deadlock detected' };
  server = await WireServer.start((command) =>
    'create' in command && conflicts-- > 0 ? deadlock : replying({})(command),
  );
  store = await openMongoStore(`mongodb://${server.address}/films`);
  await store.collection({ name: 'films' });
  expect(server.sent('create')).toHaveLength(3);
});

describe('the indexes of a collection that is there', () => {
  const there = { listCollections: documents({ name: 'films', type: 'collection', options: {} }) };
  const id = { v: 2, name: '_id_', key: { _id: 1 } };
  const year = { v: 2, name: 'index|year', key: { year: 1, _id: 1 } };
  const present = { $type: ['string', 'number', 'bool'] };
  const hash = [
    { v: 2, name: 'index|hash', key: { hash: 1, _id: 1 } },
    { v: 2, name: 'unique|hash', key: { hash: 1 }, unique: true, partialFilterExpression: { hash: present } },
  ];
  const spec: CollectionSpec = { name: 'films', indexes: [{ paths: ['year'] }, { paths: ['hash'], unique: true }] };

  test('are left alone when they are all there, ours and others', async () => {
    await start(spec, {
      ...there,
      listIndexes: documents(id, year, ...hash, { v: 2, name: 'theirs', key: { country: 1 } }),
    });
    expect(changes()).toEqual([]);
  });

  test("are made when they were dropped, and accepted under a name of somebody's own", async () => {
    await start(spec, { ...there, listIndexes: documents(id, { ...year, name: 'by year' }, hash[0]!) });
    expect(changes()).toEqual([
      expect.objectContaining({
        createIndexes: 'films',
        indexes: [expect.objectContaining({ name: 'unique|hash', unique: true })],
      }),
    ]);
  });

  test('are made again when an earlier version made them otherwise', async () => {
    const other = { ...hash[1]!, partialFilterExpression: { hash: { $exists: true } } };
    await start(spec, { ...there, listIndexes: documents(id, { ...year, key: { year: 1 } }, hash[0]!, other) });
    expect(
      changes().map((command) => command['index'] ?? (command['indexes'] as Command[]).map(({ name }) => name)),
    ).toEqual(['index|year', 'unique|hash', ['index|year', 'unique|hash']]);
  });

  test('are dropped when they are needed no more, unless another process was faster', async () => {
    const retired = [{ paths: ['year'] }, { paths: ['hash'], unique: true }, { paths: ['never'] }];
    await start(
      { name: 'films', retired },
      {
        ...there,
        listIndexes: documents(id, year, ...hash),
        dropIndexes: { ok: 0, code: 27, errmsg: 'index not found' },
      },
    );
    expect(changes().map((command) => command['index'])).toEqual(['index|year', 'index|hash', 'unique|hash']);
  });

  test("are a tenant's, also those that are needed no more", async () => {
    const ofTenants = { ...year, name: 'index|tenant|year', key: { tenant: 1, year: 1, _id: 1 } };
    server = await WireServer.start(replying({ ...there, listIndexes: documents(id, ofTenants) }));
    store = separateTenants(await openMongoStore(`mongodb://${server.address}/films`), { strict: false });
    await store.collection({ name: 'films', retired: [{ paths: ['year'] }] });
    expect(changes().map((command) => command['index'])).toEqual(['index|tenant|year']);
  });
});

test('the lists of jobs have indexes that begin with what is asked for and go on in their order', async () => {
  server = await WireServer.start(replying({}));
  store = await openMongoStore(`mongodb://${server.address}/films`);
  const jobs = await JobRecords.open(store);
  const opening = server.sent('find').length;
  await jobs.list({ tenant: 'a' });
  await jobs.list({ tenant: 'a', state: 'failed' });
  await jobs.list({ state: 'failed' });
  const keys = server
    .sent('createIndexes')
    .flatMap((command) => (command['indexes'] as { key: object }[]).map(({ key }) => Object.keys(key)));
  for (const { filter, sort } of server.sent('find').slice(opening) as {
    filter: { $and?: object[] };
    sort: object;
  }[]) {
    const fields = (filter.$and ?? [filter]).flatMap(Object.keys);
    const serves = (key: string[]): boolean =>
      key.slice(fields.length).join() === Object.keys(sort).join() &&
      key.slice(0, fields.length).sort().join() === fields.sort().join();
    const serving = keys.filter(serves);
    expect([fields, serving.length]).toEqual([fields, 1]);
  }
});
