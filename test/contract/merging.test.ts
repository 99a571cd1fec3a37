import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { inContext } from '../../src/core/context.js';
import type { FacesResult } from '../../src/faces/analyzer.js';
import { encodeEmbedding } from '../../src/faces/embedding-text.js';
import type { Constraint } from '../../src/people/constraints.js';
import type { Person } from '../../src/people/documents.js';
import { faceOf, Library, photo, seconds, seen, watched } from '../library/library.js';

/** Two people who are one, and the way back, beside others whom it does not concern. */

const [ADA, GRACE, EDSGER, STRANGER] = [0, 1, 2, 3];

let library: Library;
beforeEach(async () => {
  library = await Library.open();
});
afterEach(() => library.close());

/** A photo that two people have. */
const SHARED = 'ffff';
const enrol = (name: string, person: number, ...hashes: string[]) =>
  library.people.enrol({
    name,
    photos: hashes.map((hash) => photo(hash, hash === SHARED ? faceOf(GRACE, 0.5, ADA) : faceOf(person))),
    mean: null,
  });
const add = (film: string, ...people: number[]) => library.add(film, filmOf(...people));
/** A film in which these people are seen, one after the other. */
const filmOf = (...people: number[]): FacesResult =>
  watched(people.flatMap((person, i) => seconds(i * 5, i * 5 + 3).map((t) => seen(t, faceOf(person, 0.8, 20 + i)))));
/** A film that shows two in each frame. */
const together = (one: number, other: number): FacesResult =>
  watched(seconds(1, 4).flatMap((t) => [seen(t, faceOf(one, 0.9)), seen(t, faceOf(other, 0.9), 0.7)]));
const trackAt = async (film: string, time: number) => ({
  contentHash: film,
  tracks: [(await library.first(film, time)).track],
});
const said = async (personId?: string): Promise<readonly Constraint[]> =>
  (await library.corrections.page({ personId }, {})).items;
const filmsOf = async ({ id }: Person) =>
  (await library.people.appearancesOf(id)).map(({ contentHash }) => contentHash).toSorted();
const stored = async () => {
  await library.naming.refreshAllNames();
  return library.stored();
};
/** Takes back the last merge into somebody. */
async function unmerge({ id }: Person): Promise<void> {
  const merge = (await said(id)).findLast(({ merged }) => merged)!;
  expect(merge).toMatchObject({ kind: 'mustLink', personId: id });
  await library.corrections.remove(merge.id);
}

describe('a merge', () => {
  let [ada, grace, edsger]: Person[] = [];
  beforeEach(async () => {
    ada = await enrol('Ada', ADA, 'aaaa', SHARED);
    grace = await enrol('Grace', GRACE, 'gggg', SHARED);
    edsger = await enrol('Edsger', EDSGER, 'eeee');
    await library.people.change(ada.id, { aliases: ['Countess'] });
    await library.people.change(grace.id, { aliases: ['Amazing', 'Countess'] });
    // Both are seen beside Edsger, and each is a name that somebody gave to a face.
    await library.add('a', together(ADA, EDSGER));
    await library.add('g', together(GRACE, EDSGER));
    for (const film of ['given a', 'given g', 'strangers']) await add(film, STRANGER);
    await library.corrections.give(ada.id, [await trackAt('given a', 1)]);
    await library.corrections.give(grace.id, [await trackAt('given g', 1)]);
    await library.corrections.reject(grace.id, await trackAt('strangers', 1));
    await library.corrections.keepApart(edsger.id, grace.id);
    await library.corrections.reject(edsger.id, await trackAt('given g', 1));
    await library.naming.refreshAllNames();
  });

  test('gives all that one has to the other, and nothing of anybody else', async () => {
    const before = await library.people.get(edsger!.id);
    expect(await library.people.merge(ada!.id, grace!.id)).toMatchObject({ name: 'Ada', photos: 3 });
    expect((await library.people.get(ada!.id)).aliases).toEqual(['Countess', 'Amazing']);
    expect(await filmsOf(ada!)).toEqual(['a', 'g', 'given a', 'given g']);
    expect([await filmsOf(grace!), await filmsOf(edsger!)]).toEqual([[], ['a', 'g']]);
    expect((await library.people.photosOf(ada!.id)).map(({ id }) => id)).toEqual(
      ['a', 'f', 'g'].map((letter) => `${ada!.id}:${letter.repeat(32)}`),
    );
    expect(await library.people.photosOf(grace!.id)).toEqual([]);
    expect(await library.people.get(edsger!.id)).toEqual(before);
    expect(await library.people.photosOf(edsger!.id)).toHaveLength(1);
    expect([await library.who('given g', 1), await library.who('given a', 1)]).toEqual([['Ada'], ['Ada']]);
    // What was said of the one is said of the other.
    const theirs = (await said(ada!.id)).map(({ kind, contentHash, people }) => [kind, contentHash, ...people]);
    expect(theirs).toEqual([
      ['mustLink', 'given a', ada!.id],
      ['mustLink', 'given g', ada!.id],
      ['cannotLink', 'strangers', ada!.id],
      ['cannotLink', null, edsger!.id, ada!.id],
      ['mustLink', null, ada!.id, grace!.id],
    ]);
    expect((await said(edsger!.id)).map(({ contentHash }) => contentHash)).toEqual([null, 'given g']);
    expect((await said(grace!.id)).map(({ merged }) => merged?.person.name)).toEqual(['Grace']);
  });

  test('leaves everything as it was when it is taken back', async () => {
    const before = await stored();
    await library.people.merge(ada!.id, grace!.id);
    await library.naming.refreshAllNames();
    await unmerge(ada!);
    expect(await stored()).toEqual(before);
    expect([await library.who('given g', 1), await library.who('given a', 1)]).toEqual([['Grace'], ['Ada']]);
  });

  test('brings back what was said of the one who was merged, unless it was taken back meanwhile', async () => {
    await library.corrections.keepApart(ada!.id, grace!.id);
    await library.people.merge(ada!.id, grace!.id);
    expect((await said()).filter(({ kind, otherId }) => kind === 'cannotLink' && otherId === grace!.id)).toEqual([]);
    const [{ id }] = (await said()).filter(({ contentHash }) => contentHash === 'strangers') as [Constraint];
    await library.corrections.remove(id);
    // What is said of the one who stayed is so as it is said now.
    const own = async () => (await said(ada!.id)).filter(({ contentHash }) => contentHash === 'given a');
    const [link] = await own();
    await library.store.commit([{ kind: 'patch', collection: 'constraints', id: link!.id, patch: { $set: { by: 'somebody' } } }]); // prettier-ignore
    await unmerge(ada!);
    expect((await said(grace!.id)).map(({ contentHash, people }) => [contentHash, ...people])).toEqual([
      ['given g', grace!.id],
      [null, edsger!.id, grace!.id],
      [null, ada!.id, grace!.id],
    ]);
    expect(await own()).toMatchObject([{ by: 'somebody' }]);
  });

  test('and its end know the tracks of a film that was analysed again between them', async () => {
    await library.people.merge(ada!.id, grace!.id);
    const { tracks, ...others } = filmOf(STRANGER);
    await library.add('given g', { ...others, tracks: tracks.map((track) => ({ ...track, id: 't100' })) });
    await unmerge(ada!);
    const links = (await said(grace!.id)).filter(({ kind }) => kind === 'mustLink');
    expect(links.map((link) => link.tracks.map(({ id }) => id))).toEqual([['t100']]);
    expect(await library.who('given g', 1)).toEqual(['Grace']);
  });

  test('is not taken back while somebody has the name that would come back', async () => {
    await library.people.merge(ada!.id, grace!.id);
    await library.naming.refreshAllNames();
    const merged = await stored();
    const other = await enrol('Grace', 5, 'ssss');
    await expect(unmerge(ada!)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(other.id) });
    await library.erasure.erase(other.id);
    await library.people.rename(ada!.id, 'Grace');
    await expect(unmerge(ada!)).rejects.toMatchObject({ code: 'conflict' });
    await library.people.rename(ada!.id, 'Ada');
    expect((await stored())['people']).toEqual(merged['people']);
    await unmerge(ada!);
    expect((await library.people.list()).map(({ name }) => name)).toEqual(['Ada', 'Edsger', 'Grace']);
  });

  test('of several makes them one; nobody is merged with themselves, or with somebody of other networks', async () => {
    await expect(library.people.merge(ada!.id, 'p-none')).rejects.toMatchObject({ code: 'not-found' });
    await expect(library.people.merge('p-none', ada!.id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(library.people.merge(ada!.id, ada!.id)).rejects.toMatchObject({ code: 'usage' });
    await expect(library.people.merge(ada!.id, edsger!.id)).rejects.toMatchObject({ code: 'conflict' });
    const zoe = await enrol('Zoë', STRANGER, 'zzzz');
    expect(await library.people.merge(ada!.id, grace!.id, zoe.id)).toMatchObject({ photos: 4 });
    await library.store.commit([
      { kind: 'patch', collection: 'people', id: edsger!.id, patch: { $set: { recognizer: 'face-embed-128' } } },
    ]);
    const before = await library.stored();
    await expect(library.people.merge(ada!.id, edsger!.id)).rejects.toMatchObject({ code: 'usage' });
    expect(await library.stored()).toEqual(before);
  });

  test('that a process began and another one ends is done once', async () => {
    const request = { tenant: 'default', actor: 'studio', once: 'request' };
    await inContext(request, () => library.people.merge(ada!.id, grace!.id));
    const once = await library.stored();
    await expect(inContext(request, () => library.people.merge(ada!.id, grace!.id))).rejects.toMatchObject({
      code: 'not-found',
    });
    const zoe = await enrol('Zoë', STRANGER, 'zzzz');
    const again = inContext({ ...request, repeated: true }, () => library.people.merge(ada!.id, grace!.id, zoe.id));
    expect(await again).toMatchObject({ name: 'Ada', photos: 4 });
    expect((await library.stored())['constraints']).toHaveLength(once['constraints']!.length + 1);
  });
});

test('a merge that an earlier release has stored is taken back with what the one had who was merged', async () => {
  const ada = await enrol('Ada', ADA, 'aaaa', SHARED);
  const grace = await enrol('Grace', GRACE, 'gggg', SHARED);
  await library.people.change(ada.id, { aliases: ['Countess'] });
  await library.people.merge(ada.id, grace.id);
  const [merge] = await said();
  await library.store.commit([
    { kind: 'patch', collection: 'constraints', id: merge!.id, patch: { $unset: ['merged.shared', 'merged.person.aliases'] } }, // prettier-ignore
  ]);
  await unmerge(ada);
  expect(await library.people.get(ada.id)).toMatchObject({ name: 'Ada', photos: 1, aliases: ['Countess'] });
  expect(await library.people.get(grace.id)).toMatchObject({ name: 'Grace', photos: 2 });
});

describe('a stranger who is merged', () => {
  let stranger: string;
  beforeEach(async () => {
    await add('film', STRANGER);
    stranger = (await library.first('film', 1)).personId;
  });

  test('has the name for good, however little the face is like the photos, until it is taken back', async () => {
    const { id } = await enrol('Ada', ADA, 'aaaa');
    const ada = await library.people.change(id, { aliases: [] });
    await add('adas', ADA, GRACE);
    const { personId: grace } = await library.first('adas', 6);
    const before = await stored();
    await library.people.merge(ada.id, stranger);
    // Names are given anew, and the film is analysed anew.
    await library.people.change(grace, { hidden: true });
    expect(await library.who('film', 1)).toEqual(['Ada']);
    await add('film', STRANGER);
    expect(await library.who('film', 1)).toEqual(['Ada']);
    await library.people.change(grace, { hidden: false });
    await unmerge(ada);
    expect(await library.who('film', 1)).toEqual(['person 1']);
    expect(await stored()).toEqual(before);
    // Who was recognised by her face alone is so no more once her photos are gone.
    const [one] = await library.people.photosOf(ada.id);
    await library.people.removePhoto(ada.id, one!.id);
    expect(await library.who('adas', 1)).not.toContain('Ada');
  });

  test('with somebody else who has no name is a stranger still, and each is one again', async () => {
    await library.people.change(stranger, { aliases: [] });
    await add('other', GRACE);
    await add('third', EDSGER);
    const { personId: other } = await library.first('other', 1);
    expect(await library.who('third', 1)).toEqual(['person 3']);
    const before = await stored();
    await library.people.merge(stranger, other);
    expect([await library.who('other', 1), await library.who('third', 1)]).toEqual([['person 1'], ['person 3']]);
    expect((await library.people.appearancesOf(stranger)).map(({ mustLink }) => mustLink)).toEqual([false, false]);
    await unmerge(await library.people.get(stranger));
    expect(await stored()).toEqual(before);
  });

  test('into with somebody who has a name gets the name, and keeps one that is given later', async () => {
    const ada = await enrol('Ada', ADA, 'aaaa');
    const into = await library.people.merge(stranger, ada.id);
    expect(into).toMatchObject({ id: stranger, name: 'Ada', aliases: [] });
    await unmerge(into);
    expect(await library.people.get(stranger)).toMatchObject({ name: null });
    await library.people.merge(stranger, ada.id);
    await library.people.rename(stranger, 'Ada Lovelace');
    await unmerge(into);
    const people = [await library.people.get(stranger), await library.people.get(ada.id)];
    expect(people.map(({ name, photos }) => [name, photos])).toEqual([
      ['Ada Lovelace', 0],
      ['Ada', 1],
    ]);
  });
});

test('what release 0.1.0 has stored of two who are merged is said of the one', async () => {
  const ada = await enrol('Ada', ADA, 'aaaa');
  const [grace, edsger] = [await enrol('Grace', GRACE, 'gggg'), await enrol('Edsger', EDSGER, 'eeee')];
  const [one, other] = [faceOf(7), faceOf(8)].map(encodeEmbedding);
  const says = (id: string, $set: object) => ({ kind: 'patch', collection: 'people', id, patch: { $set: { ...$set } } }) as const; // prettier-ignore
  await library.store.commit([
    says(ada.id, { cannotLink: [grace.id, edsger.id], cannotLinkFaces: [one] }),
    says(grace.id, { cannotLink: [ada.id, edsger.id], cannotLinkFaces: [other] }),
  ]);
  await library.people.merge(ada.id, grace.id);
  expect(await library.people.get(ada.id)).toMatchObject({ cannotLink: [edsger.id], cannotLinkFaces: [one, other] });
});
