import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { KinoscopeError } from '../../src/core/errors.js';
import { encodeEmbedding } from '../../src/faces/embedding-text.js';
import type { Person } from '../../src/people/documents.js';
import type { Store, Write } from '../../src/storage/collection.js';
import { everything } from '../../src/storage/pages.js';
import { faceOf, filmWithNames, Library, photo, portraitOf, seconds, seen, watched } from '../library/library.js';

/** Somebody is deleted, and all others keep what is theirs. */

const [ADA, GRACE, EDSGER, STRANGER] = [0, 1, 2, 3];

let home: string;
let library: Library;
let ada: Person;
let grace: Person;
let edsger: Person;
/** What happens before a commit. */
let before: (writes: readonly Write[]) => Promise<void>;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kinoscope-erasing-'));
  before = () => Promise.resolve();
  const through = (store: Store): Store => ({
    kind: store.kind,
    collection: (spec) => store.collection(spec),
    check: () => store.check(),
    purge: () => store.purge(),
    close: () => store.close(),
    commit: async (writes) => {
      await before(writes);
      await store.commit(writes);
    },
  });
  library = await Library.open(':memory:', undefined, { home, through });
  [ada, grace, edsger] = [await enrol('Ada', ADA), await enrol('Grace', GRACE), await enrol('Edsger', EDSGER)];
});
afterEach(async () => {
  await library.close();
  await rm(home, { recursive: true });
});

const enrol = (name: string, person: number) =>
  library.people.enrol({ name, photos: [photo(name.slice(0, 4).padEnd(4, 'x'), faceOf(person))], mean: null });
const add = (film: string, ...people: number[]) =>
  library.add(
    film,
    watched(people.flatMap((person, i) => seconds(i * 5, i * 5 + 3).map((t) => seen(t, faceOf(person, 0.8, 20 + i))))),
  );
const at = async (film: string, ...times: number[]) => ({
  contentHash: film,
  tracks: await Promise.all(times.map(async (time) => (await library.first(film, time)).track)),
});
const deletes = (id: string) => (one: Write) =>
  one.kind === 'delete' && one.collection === 'people' && one.filter['id'] === id;

test('all that is of others stays as it was', async () => {
  await add('hers', ADA);
  await add('both', GRACE, ADA);
  await add('others', GRACE, EDSGER, STRANGER);
  await library.corrections.give(edsger.id, [await at('others', 11)]);
  await library.corrections.reject(grace.id, await at('others', 6));
  await library.people.reject(edsger.id, faceOf(GRACE));
  await library.corrections.keepApart(grace.id, edsger.id);
  await library.naming.refreshAllNames();
  const all = await library.stored();
  expect(await library.erasure.erase(ada.id)).toEqual({ photos: 1, appearances: 2, titles: 2 });
  const left = await library.stored();
  const ofOthers = (collection: string): readonly object[] =>
    all[collection]!.filter((one) => !JSON.stringify(one).includes(ada.id));
  for (const collection of ['people', 'person_photos', 'constraints'])
    expect(left[collection]).toEqual(ofOthers(collection));
  const faceless = { embedding: null, personId: null, mustLink: false, cannotLink: [] };
  expect(left['appearances']).toEqual(
    all['appearances']!.map((one) => (ofOthers('appearances').includes(one) ? one : { ...one, ...faceless })),
  );
  const faces = (await everything(library.gallery.embeddings, {})).map(({ contentHash, embeddings }) => [
    contentHash,
    Object.values(embeddings).length,
  ]);
  expect(faces.toSorted()).toEqual([
    ['both', 1],
    ['hers', 0],
    ['others', 3],
  ]);
  expect([await library.who('both', 1), await library.who('both', 6)]).toEqual([['Grace'], [null]]);
});

test('pictures and films that show them go, no others', async () => {
  await add('hers', ADA);
  await add('others', GRACE);
  const files = ['hers', 'others'].flatMap((film) => [portraitOf(home, film), filmWithNames(home, film)]);
  for (const file of files) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, '');
  }
  await library.erasure.erase(ada.id);
  expect(files.map((file) => existsSync(file))).toEqual([false, false, true, true]);
});

test('what was said of others keeps neither their face nor their name', async () => {
  await add('film', ADA, EDSGER, STRANGER);
  await library.corrections.reject(grace.id, await at('film', 1, 6));
  await library.corrections.reject(grace.id, await at('film', 11));
  await library.people.reject(edsger.id, faceOf(GRACE));
  // What somebody who is merged was said not to be is kept to be said again.
  const zoe = await enrol('Zoë', 7);
  await library.corrections.keepApart(zoe.id, ada.id);
  await library.corrections.keepApart(zoe.id, grace.id);
  await library.corrections.reject(zoe.id, await at('film', 1));
  await library.people.merge(edsger.id, zoe.id);
  const [about, other, face, ...kept] = await everything(library.gallery.constraints, {}, 'createdAt');
  await library.erasure.erase(ada.id);
  const left = await everything(library.gallery.constraints, {}, 'createdAt');
  expect(left.slice(0, 3)).toEqual([
    {
      ...about,
      version: expect.any(Number),
      faces: [encodeEmbedding(faceOf(EDSGER, 0.8, 21))],
      machine: { ...about!.machine, tracks: [about!.machine!.tracks[1]] },
    },
    other,
    face,
  ]);
  expect(left).toHaveLength(3 + kept.length - 1);
  const text = JSON.stringify(left);
  for (const trace of [ada.id, encodeEmbedding(faceOf(ADA, 0.8, 20))]) expect(text).not.toContain(trace);
  await library.corrections.remove(left.find(({ merged }) => merged)!.id);
  expect((await library.corrections.page({ personId: zoe.id }, {})).items.map(({ otherId }) => otherId)).toEqual([grace.id, null]); // prettier-ignore
});

test('what a split of others is to be undone with does not tell of them', async () => {
  await add('film', ADA);
  await library.corrections.give(edsger.id, [await at('film', 1)]);
  await library.corrections.split(edsger.id, [await at('film', 1)], { into: grace.id });
  const said = async () => (await library.corrections.page({}, {})).items;
  const [split] = (await said()).filter((one) => one.split);
  expect(JSON.stringify(split)).toContain(ada.id);
  await library.erasure.erase(ada.id);
  expect(JSON.stringify(await said())).not.toContain(ada.id);
  await library.corrections.remove(split!.id);
  expect(await said()).toMatchObject([{ kind: 'mustLink', personId: edsger.id }]);
  expect((await said())[0]).not.toHaveProperty('split');
  expect(await library.who('film', 1)).toEqual(['Edsger']);
});

test('what release 0.1.0 has stored of others keeps neither their face nor their id', async () => {
  await add('film', ADA);
  await library.corrections.give(ada.id, [await at('film', 1)]);
  const embedding = (await library.people.get(ada.id)).exemplars[0]!.embedding;
  await library.naming.forget(() => Promise.resolve({ contentHash: 'film', writes: [] }));
  const other = encodeEmbedding(faceOf(STRANGER));
  const says = (id: string, $set: Record<string, unknown>): Write => ({ kind: 'patch', collection: 'people', id, patch: { $set } }); // prettier-ignore
  await library.store.commit([
    says(grace.id, { cannotLinkFaces: [embedding, other] }),
    says(edsger.id, { cannotLink: [ada.id, grace.id] }),
  ]);
  await library.people.rename(grace.id, 'Grace Hopper');
  await library.erasure.erase(ada.id);
  expect(await library.people.get(grace.id)).toMatchObject({ cannotLinkFaces: [other], cannotLink: [] });
  expect(await library.people.get(edsger.id)).toMatchObject({ cannotLinkFaces: [], cannotLink: [grace.id] });
});

test('a title that is named at the same moment does not know them either', async () => {
  await add('before', ADA);
  let late = false;
  before = async (writes) => {
    if (late || !writes.some(deletes(ada.id))) return;
    late = true;
    await add('late', ADA, GRACE);
    expect(await library.who('late', 1)).toEqual(['Ada']);
  };
  await library.erasure.erase(ada.id);
  expect(late).toBe(true);
  expect(await library.people.appearancesOf(ada.id)).toEqual([]);
  expect(JSON.stringify([await library.stored(), await everything(library.gallery.names, {})])).not.toContain(ada.id);
  expect([await library.who('late', 1), await library.who('late', 6)]).toEqual([[null], ['Grace']]);
});

test('one commit leaves no name of theirs, whatever fails after it', async () => {
  await add('film', ADA, GRACE);
  await library.who('film', 1);
  let deleted = false;
  before = (writes) => {
    if (deleted) return Promise.reject(new KinoscopeError('unavailable', 'The disk of the database is full'));
    deleted = writes.some(deletes(ada.id));
    return Promise.resolve();
  };
  await expect(library.erasure.erase(ada.id)).rejects.toMatchObject({ code: 'unavailable' });
  const told = Object.values((await library.gallery.names.get('film'))!.who).map(({ personId, name }) => [personId, name]); // prettier-ignore
  expect(told).toEqual([
    [null, null],
    [grace.id, 'Grace'],
  ]);
});

test('answers that are kept go with an alias as well, and others stay', async () => {
  await library.people.change(ada.id, { aliases: ['Countess', 'Lovelace'] });
  await add('film', STRANGER);
  const { personId } = await library.first('film', 1);
  const kept = { request: '', status: 201, createdAt: new Date().toISOString() };
  await library.answers.insert({ ...kept, id: 'alias', body: { name: 'Lovelace' } });
  await library.answers.insert({ ...kept, id: 'other', body: { name: 'Grace', label: null } });
  await library.answers.insert({ ...kept, id: 'stranger', body: { who: [personId] } });
  const ids = async () => (await library.answers.find()).items.map(({ id }) => id);
  await library.erasure.erase(personId);
  expect(await ids()).toEqual(['alias', 'other']);
  await library.erasure.erase(ada.id);
  expect(await ids()).toEqual(['other']);
  await expect(library.erasure.erase(ada.id)).rejects.toMatchObject({ code: 'not-found' });
});
