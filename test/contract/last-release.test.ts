import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BSON, MongoClient } from 'mongodb';
import { ApiKeys } from '../../src/access/keys.js';
import { KEPT_ANSWERS, type KeptAnswer } from '../../src/http/kept-answers.js';
import { JobRecords } from '../../src/jobs/job-records.js';
import { GalleryStore } from '../../src/people/gallery-store.js';
import { Naming } from '../../src/people/naming.js';
import { People } from '../../src/people/people.js';
import type { Store } from '../../src/storage/collection.js';
import { openMongoStore } from '../../src/storage/mongo-store.js';
import { separateTenants } from '../../src/storage/tenant-store.js';
import { Documents } from '../../src/titles/collections.js';
import { drop, newDatabase } from './mongodb-server.js';

/** What release 0.1.0 left in MongoDB: the rules of its collections, and a document or two of each. */
type Release = Readonly<
  Record<string, { readonly validator: object; readonly documents: readonly { readonly _id: string }[] }>
>;
const release = BSON.EJSON.parse(
  readFileSync(new URL('../library/release-0.1.0.json', import.meta.url), 'utf8'),
) as Release;

const uri = newDatabase();

if (uri === null) {
  test.todo('a database of release 0.1.0 on MongoDB: needs MONGODB_URI');
} else {
  describe('a database of release 0.1.0 on MongoDB', () => {
    let client: MongoClient;
    let store: Store;
    beforeAll(async () => {
      client = await new MongoClient(uri).connect();
      for (const [name, { validator, documents }] of Object.entries(release)) {
        const collection = await client.db().createCollection<{ _id: string }>(name, { validator });
        await collection.insertMany(documents.map((document) => ({ ...document })));
      }
      store = separateTenants(await openMongoStore(uri), { strict: false });
    });
    afterAll(async () => {
      await store.close();
      await client.close();
      await drop(uri);
    });

    test('is served as it is: every document is found, and can be changed', async () => {
      const { titles, analyses, castChunks, castSegments, castShots, trackEmbeddings } = await Documents.open(store);
      const gallery = await GalleryStore.open(store);
      const answers = await store.collection<KeptAnswer>(KEPT_ANSWERS);
      expect((await titles.find()).items.map(({ name }) => name)).toEqual(['A film']);
      expect((await new People(gallery).list()).map(({ name }) => name)).toContain('Ada');
      expect(Object.values((await new Naming(gallery).namesOf('film')) ?? {}).map(({ name }) => name)).toContain('Ada');
      expect((await (await ApiKeys.open(store)).list()).map(({ name }) => name)).toEqual(['studio']);
      const jobs = await JobRecords.open(store);
      expect((await jobs.list()).items.map(({ name }) => name).sort()).toEqual(['analyze', 'clear']);
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

    test('goes on to take what a process of that release writes', async () => {
      for (const [name, { documents }] of Object.entries(release)) {
        const [document] = documents;
        const its = { ...document!, _id: `another/${document!._id}`, tenant: 'another', activeKey: null };
        await expect(client.db().collection<{ _id: string }>(name).insertOne(its)).resolves.toMatchObject({
          acknowledged: true,
        });
      }
    });
  });
}
