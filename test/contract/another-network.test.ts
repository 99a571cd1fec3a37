import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { encodeEmbedding } from '../../src/faces/embedding-text.js';
import type { RecognizerId } from '../../src/faces/recognizers.js';
import { createModels } from '../../src/inference/registry.js';
import { DATA } from '../../src/parameters/learnt.js';
import { embeddingVersion } from '../../src/people/embedding-version.js';
import type { Store } from '../../src/storage/collection.js';
import { everything } from '../../src/storage/pages.js';
import { faceOf, Library, photo, seconds, seen, watched } from '../library/library.js';

/** The network that makes embeddings was exchanged: those of the two have nothing in common. */

const OLD = 'face-embed-512@000000000001';
const NEW = 'face-embed-512@000000000002';
const [ADA, STRANGER, NOBODY] = [0, 1, 2];

let network: string;
let library: Library;
beforeEach(async () => {
  network = OLD;
  library = await Library.open(':memory:', undefined, { network: () => network });
  await library.people.enrol({ name: 'Ada', photos: [photo('aaaa', faceOf(ADA))], mean: null });
  await library.add('film', filmOf(ADA, STRANGER));
  expect([await library.who('film', 1), await library.who('film', 6)]).toEqual([['Ada'], ['person 1']]);
  network = NEW;
});
afterEach(() => library.close());

const filmOf = (...people: number[]) =>
  watched(people.flatMap((person, i) => seconds(i * 5, i * 5 + 3).map((t) => seen(t, faceOf(person, 0.8, 20 + i)))));

const REFUSED = { code: 'conflict', message: expect.stringMatching(new RegExp(`${OLD}.*${NEW}.*forget-faces`)) };

test('nobody is looked up, learnt or corrected across the two, and nothing is written', async () => {
  expect(await library.people.learntByAnother()).toEqual({ theirs: OLD, ours: NEW, named: true });
  const [before] = await library.people.list();
  await expect(library.people.gallery()).rejects.toMatchObject(REFUSED);
  const photos = [photo('bbbb', faceOf(NOBODY))];
  for (const name of ['Ada', 'Grace'])
    await expect(library.people.enrol({ name, photos, mean: null })).rejects.toMatchObject(REFUSED);
  await expect(library.people.addPhotos(before!.id, photos)).rejects.toMatchObject(REFUSED);
  const [{ id: track } = { id: '' }] = (await everything(library.gallery.chunks, { contentHash: 'film' })).flatMap(
    ({ tracks }) => tracks,
  );
  await expect(library.corrections.reject(before!.id, { contentHash: 'film', tracks: [track] })).rejects.toMatchObject(
    REFUSED,
  );
  expect(await library.people.list()).toEqual([before]);
});

test('names that were given stay, and a film that is watched now shows nobody who is known', async () => {
  // what the other network makes of Ada's face is, for this one, somebody's; of a stranger's, hers
  await library.add('new', filmOf(STRANGER, ADA));
  await library.people.rename((await library.people.list())[0]!.id, 'Ada Abel');
  await library.naming.refreshAllNames();
  expect(await library.who('new', 1)).toEqual([null]);
  expect(await library.who('new', 6)).toEqual([null]);
  expect(await library.who('film', 1)).toEqual(['Ada']);
  expect((await library.people.page({ named: false }, {})).items).toHaveLength(1);
});

test('with the old network back all is as before', async () => {
  network = OLD;
  expect(await library.people.learntByAnother()).toBeNull();
  await library.add('new', filmOf(ADA));
  expect(await library.who('new', 1)).toEqual(['Ada']);
});

test('a person can be deleted all the same; where nobody else has a name, nobody is said to have been learnt', async () => {
  const [{ id } = { id: '' }] = await library.people.list();
  await library.erasure.erase(id);
  expect(await library.people.list()).toEqual([]);
  expect(await library.people.learntByAnother()).toEqual({ theirs: OLD, ours: NEW, named: false });
  const enrolled = library.people.enrol({ name: 'Ada', photos: [photo('bbbb', faceOf(ADA))], mean: null });
  await expect(enrolled).rejects.toMatchObject({ ...REFUSED, message: expect.stringMatching(/^Nobody is enrolled/) });
});

test('a title says why nobody is named where another network has read its faces than the people, and what to do', async () => {
  const readBy = (network: string): Promise<string | null> => library.naming.whyNobody(`faces@1 ${network} people@1`);
  expect(await readBy(OLD)).toBeNull();
  expect(await readBy(NEW)).toMatch(new RegExp(`${OLD}.*${NEW}.*KINOSCOPE_FACES.*forget-faces --yes`));
  await library.people.forgetFaces();
  expect(await readBy(NEW)).toBeNull();
  expect(await readBy(OLD)).toMatch(new RegExp(`${NEW}.*analyse it again.*--force`));
});

test('once the faces are forgotten nothing is left of them, names stay, and people are learnt anew', async () => {
  await library.add('new', filmOf(NOBODY));
  const counted = await library.people.forgettable();
  expect(counted).toEqual({ people: 1, strangers: 1 });
  expect(await library.people.forgetFaces()).toEqual(counted);
  const stored = JSON.stringify([
    await everything(library.gallery.people, {}),
    await everything(library.gallery.photos, {}),
    await everything(library.gallery.constraints, {}),
    await everything(library.gallery.appearances, { contentHash: 'film' }),
  ]);
  for (const face of [faceOf(ADA), faceOf(ADA, 0.8, 20), faceOf(STRANGER, 0.8, 21)])
    expect(stored).not.toContain(encodeEmbedding(face));
  expect(await library.people.list()).toMatchObject([{ name: 'Ada', photos: 0, mean: null, exemplars: [] }]);
  expect(await library.who('film', 1)).toEqual([null]);
  // the new film was watched by this network already
  await library.people.enrol({ name: 'Ada', photos: [photo('cccc', faceOf(NOBODY))], mean: null });
  expect(await library.who('new', 1)).toEqual(['Ada']);
  expect(await library.people.learntByAnother()).toBeNull();
  await library.add('film', filmOf(NOBODY));
  expect(await library.who('film', 1)).toEqual(['Ada']);
});

test('what merges and splits are to be undone with is forgotten as well, and they are undone all the same', async () => {
  network = OLD;
  const [ada] = await library.people.list();
  const grace = await library.people.enrol({ name: 'Grace', photos: [photo('gggg', faceOf(NOBODY))], mean: null });
  const at = async (time: number) => ({ contentHash: 'film', tracks: [(await library.first('film', time)).track] });
  await library.corrections.reject(grace.id, await at(6));
  await library.corrections.give(ada!.id, [await at(1)]);
  await library.corrections.split(ada!.id, [await at(1)], { name: 'Zoë' });
  await library.people.merge(ada!.id, grace.id);
  const said = () => everything(library.gallery.constraints, {});
  const faces = [faceOf(ADA), faceOf(NOBODY), faceOf(ADA, 0.8, 20), faceOf(STRANGER, 0.8, 21)].map(encodeEmbedding);
  for (const face of faces.slice(1)) expect(JSON.stringify(await said())).toContain(face);
  network = NEW;
  await library.people.forgetFaces();
  for (const face of faces) expect(JSON.stringify(await said())).not.toContain(face);
  for (const { id, merged, split } of await said()) if (merged ?? split) await library.corrections.remove(id);
  expect((await library.people.list()).map(({ name, mean }) => [name, mean])).toEqual([
    ['Ada', null],
    ['Grace', null],
  ]);
  expect(await library.who('film', 1)).toEqual(['Ada']);
});

test('a gallery of a release that did not say takes the network that it is changed with', async () => {
  const state = await library.gallery.state();
  await library.store.commit([
    { kind: 'patch', collection: 'gallery_state', id: state.id, patch: { $unset: ['network'] } },
  ]);
  await library.people.rename((await library.people.list())[0]!.id, 'Ada Abel');
  expect((await library.gallery.state()).network).toBe(NEW);
});

test('a gallery of the other set of networks is refused, also one of a release that did not say', async () => {
  const [theirs, ours] = ['face-embed-512', 'face-embed-128'] as const;
  const unused: Store[] = [];
  const open = (recognizer: RecognizerId, of?: Store): Promise<Library> =>
    Library.open(':memory:', undefined, {
      recognizer,
      network: () => `${recognizer}@000000000001`,
      through: (fresh) => (of === undefined ? fresh : (unused.push(fresh), of)),
    });
  const { people, store } = await open(theirs);
  await people.enrol({ name: 'Ada', photos: [photo('aaaa', faceOf(ADA))], mean: null });
  let now = await open(ours, store);
  const refused = { code: 'conflict', message: expect.stringMatching(new RegExp(`${theirs}.*${ours}.*forget-faces`)) };
  await expect(now.people.gallery()).rejects.toMatchObject(refused);
  await now.store.commit([
    { kind: 'patch', collection: 'gallery_state', id: (await now.gallery.state()).id, patch: { $unset: ['network'] } },
  ]);
  await expect(now.people.gallery()).rejects.toMatchObject(refused);
  expect(await now.people.list()).toMatchObject([{ name: 'Ada' }]);
  await now.people.forgetFaces();
  await now.people.enrol({ name: 'Ada', photos: [photo('bbbb', faceOf(NOBODY))], mean: null });
  expect((await now.people.gallery()).identify(faceOf(NOBODY))[0]!.name).toBe('Ada');
  // the setting is put back: now the gallery is the other's
  now = await open(theirs, store);
  await expect(now.people.gallery()).rejects.toMatchObject({ code: 'conflict' });
  await Promise.all([store, ...unused].map((one) => one.close()));
});

test('a gallery is of another network, too, when the table that embeddings go through was exchanged', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'whitening-'));
  const table = readFileSync(join(DATA, 'face-whitening.bin'));
  table[0]! ^= 1;
  writeFileSync(join(folder, 'face-whitening.bin'), table);
  const modelsDir = join(import.meta.dirname, '..', '..', 'models');
  const [ours, theirs] = (['clear', 'best'] as const).map((faces) =>
    createModels({ modelsDir, provider: 'cpu', threads: 1, faces }),
  );
  const [before, after] = [await embeddingVersion(ours!), await embeddingVersion(ours!, folder)];
  let made = before;
  const clear = await Library.open(':memory:', undefined, { recognizer: 'face-embed-128', network: () => made });
  await clear.people.enrol({ name: 'Ada', photos: [photo('aaaa', faceOf(ADA))], mean: null });
  await clear.add('film', filmOf(ADA));
  expect(await clear.people.learntByAnother()).toBeNull();
  made = after;
  await expect(clear.people.gallery()).rejects.toMatchObject({ code: 'conflict' });
  // watched through the new table: its faces stay
  await clear.add('new', filmOf(NOBODY));
  await clear.people.forgetFaces();
  const embeddingsOf = async (film: string): Promise<unknown[]> =>
    (await everything(clear.gallery.appearances, { contentHash: film })).map(({ embedding }) => embedding);
  expect([await embeddingsOf('film'), await embeddingsOf('new')]).toEqual([[null], [expect.any(String)]]);
  // the other network's go through none
  expect(await embeddingVersion(theirs!, folder)).toBe(await embeddingVersion(theirs!));
  await Promise.all([clear, ours!, theirs!].map((one) => one.close()));
  rmSync(folder, { recursive: true });
});
