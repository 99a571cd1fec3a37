import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Binary, BSON, MongoClient } from 'mongodb';
import { ApiKeys } from '../../src/access/keys.js';
import { readSegments } from '../../src/cast/segments.js';
import { KEPT_ANSWERS, type KeptAnswer } from '../../src/http/kept-answers.js';
import { JobRecords } from '../../src/jobs/job-records.js';
import { GalleryStore } from '../../src/people/gallery-store.js';
import { Naming } from '../../src/people/naming.js';
import { People } from '../../src/people/people.js';
import type { Store } from '../../src/storage/collection.js';
import { openMongoStore } from '../../src/storage/mongo-store.js';
import { fromVectors } from '../../src/storage/mongo-vectors.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';
import { separateTenants } from '../../src/storage/tenant-store.js';
import { CastLists } from '../../src/titles/cast-lists.js';
import { Documents } from '../../src/titles/collections.js';
import { drop, newDatabase } from './mongodb-server.js';

/** What release 0.1.0 left in MongoDB: the rules of its collections, and a document or two of each. */
type Release = Readonly<
  Record<
    string,
    { readonly validator: object; readonly documents: readonly ({ readonly _id: string } & Record<string, unknown>)[] }
  >
>;
const release = BSON.EJSON.parse(
  readFileSync(new URL('../library/release-0.1.0.json', import.meta.url), 'utf8'),
) as Release;

const [ada, stranger] = release['people']!.documents.map(({ _id }) => _id.slice('default/'.length));
const [, faceOfStranger] = release['people']!.documents.map(({ mean }) => mean);
/** What users had said there: that this is Ada, that the other one is not, and a question about a long film that waits. */
Object.assign(release['appearances']!.documents[0]!, { pinned: true });
Object.assign(release['appearances']!.documents[1]!, { not: [ada] });
Object.assign(release['people']!.documents[0]!, { rejected: [faceOfStranger], apart: [stranger] });
Object.assign(release['jobs']!.documents[1]!, { data: { flow: 'j', parts: [] } });

const uri = newDatabase();

/** A database as that release has left it. */
async function leftBehind(folder: string): Promise<Store> {
  if (uri === null) {
    const store = await openSqliteStore(join(folder, 'kinoscope.db'));
    for (const [name, { documents }] of Object.entries(release)) {
      await store.collection({ name });
      await store.commit(
        documents.map(({ _id: id, ...fields }) => ({
          kind: 'upsert',
          collection: name,
          document: { ...(asText(fields) as object), id },
        })),
      );
    }
    await store.close();
    return openSqliteStore(join(folder, 'kinoscope.db'));
  }
  const client = await new MongoClient(uri).connect();
  for (const [name, { validator, documents }] of Object.entries(release)) {
    const collection = await client.db().createCollection<{ _id: string }>(name, { validator });
    await collection.insertMany(documents.map((document) => ({ ...document })));
  }
  await client.close();
  return openMongoStore(uri);
}

/** Embeddings as SQLite has them. */
function asText(value: unknown): unknown {
  if (value instanceof Binary) return (fromVectors({ value }, [['value']]) as { value: string }).value;
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asText(inner)]));
}

describe(`a database of release 0.1.0 on ${uri === null ? 'SQLite' : 'MongoDB'}`, () => {
  let folder: string;
  let store: Store;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinoscope-release-'));
    store = separateTenants(await leftBehind(folder), { strict: false });
  });
  afterAll(async () => {
    await store.close();
    if (uri !== null) await drop(uri);
    await rm(folder, { recursive: true });
  });

  test('is served: every document is found, and can be changed', async () => {
    const documents = await Documents.open(store);
    const { titles, analyses, castChunks, castSegments, castShots, trackEmbeddings } = documents;
    const gallery = await GalleryStore.open(store);
    const answers = await store.collection<KeptAnswer>(KEPT_ANSWERS);
    expect((await titles.find()).items.map(({ name }) => name)).toEqual(['A film']);
    expect((await new People(gallery).list()).map(({ name }) => name)).toContain('Ada');
    expect(
      Object.values((await new Naming(gallery, new CastLists(documents)).namesOf('film')) ?? {}).map(
        ({ name }) => name,
      ),
    ).toContain('Ada');
    expect((await (await ApiKeys.open(store)).list()).map(({ name }) => name)).toEqual(['studio']);
    const jobs = await JobRecords.open(store);
    const waiting = (await jobs.list()).items;
    expect(waiting.map(({ name }) => name).sort()).toEqual(['analyze', 'clear']);
    expect(waiting.find(({ name }) => name === 'clear')?.data).toEqual({ parentJob: 'j', parts: [] });
    expect(await jobs.startDue(['analyze'], 1_000)).toMatchObject({ name: 'analyze', state: 'running', attempts: 1 });
    const { people, photos, names, appearances } = gallery;
    const collections = [
      titles,
      analyses,
      castChunks,
      castSegments,
      castShots,
      trackEmbeddings,
      people,
      photos,
      names,
      appearances,
      answers,
    ];
    for (const collection of collections) {
      for (const { id, version } of (await collection.find()).items) {
        expect(await collection.patch(id, { $set: { touched: true } })).toMatchObject({ id, version: version + 1 });
      }
    }
  });

  test('keeps what users have said in it, under the names of today', async () => {
    const { castSegments } = await Documents.open(store);
    const { people, appearances } = await GalleryStore.open(store);
    const [first, second] = (await appearances.find()).items;
    expect([first, second]).toEqual([
      expect.objectContaining({ key: 'u1', mustLink: true, cannotLink: [] }),
      expect.objectContaining({ key: 'u2', mustLink: false, cannotLink: [ada] }),
    ]);
    const known = (await people.find({ name: 'Ada' })).items[0]!;
    expect(known).toMatchObject({ cannotLink: [stranger], cannotLinkFaces: [asText(faceOfStranger)] });
    const { items: segments } = await castSegments.find({ parentJob: 'flow' });
    expect(readSegments(segments)[0]!.detections).toMatchObject([{ time: 1, quality: 0.7 }]);
    for (const document of [first, second, known, ...segments])
      for (const name of ['pinned', 'not', 'rejected', 'apart', 'flow', 'glimpses', 'sightings'])
        expect(document).not.toHaveProperty(name);
  });

  if (uri !== null)
    test('goes on to take what a process of that release writes', async () => {
      const client = await new MongoClient(uri).connect();
      for (const [name, { documents }] of Object.entries(release)) {
        const [document] = documents;
        const its = { ...document!, _id: `another/${document!._id}`, tenant: 'another', activeKey: null };
        await expect(client.db().collection<{ _id: string }>(name).insertOne(its)).resolves.toMatchObject({
          acknowledged: true,
        });
      }
      await client.close();
    });
});
