import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { inContext } from '../../src/core/context.js';
import { KinoscopeError } from '../../src/core/errors.js';
import { normalize } from '../../src/faces/embed.js';
import type { People } from '../../src/people/people.js';
import type { Enrolled, Photo } from '../../src/people/photo.js';
import { separateTenants } from '../../src/storage/tenant-store.js';
import { faceOf, Library, seconds, seen, watched } from '../library/library.js';

/** A face near the axis of its person. */
function face(axis: number, grain = 9): Float32Array {
  return normalize(Float32Array.from({ length: 16 }, (_, i) => (i === axis ? 1 : i === grain ? 0.2 : 0)));
}

function photo(hash: string, axis: number, options: Partial<Photo> = {}): Photo {
  return {
    file: `${hash}.jpg`,
    hash: hash.repeat(16),
    flag: null,
    faces: 1,
    box: [0.1, 0.1, 0.5, 0.5],
    quality: 0.7,
    embedding: face(axis),
    ...options,
  };
}

const enrolled = (name: string, photos: Photo[]): Enrolled => ({ name, photos, mean: null });

describe.each([
  ['compared with everybody', undefined],
  ['compared with the nearest', 0],
])('the gallery in a store, a face %s', (_, many) => {
  let library: Library;
  let people: People;
  beforeEach(async () => {
    library = await Library.open(':memory:', many);
    people = library.people;
  });
  afterEach(() => library.close());

  test('a photo that was found by name is confirmed, or teaches nothing, until it is said otherwise', async () => {
    const found = photo('f', 1, { proposedFrom: 'the web' });
    const { id, mean } = await people.enrol(enrolled('Ada', [photo('g', 0), found]));
    const at = (letter: string) => `${id}:${letter.repeat(16).slice(0, 32)}`;
    const confirmed = await people.judgePhoto(id, at('f'), true);
    expect(confirmed.mean).not.toBe(mean);
    expect(await people.photosOf(id)).toContainEqual(expect.objectContaining({ id: at('f'), flag: null, confirmed: true })); // prettier-ignore
    const rejected = await people.judgePhoto(id, at('f'), false);
    expect(rejected).toMatchObject({ photos: 1 });
    expect((await people.gallery()).identify(face(1), 1)[0]?.confidence ?? 0).toBeLessThan(0.5);
    expect((await people.judgePhoto(id, at('f'), true)).mean).toBe(confirmed.mean);
    await expect(people.judgePhoto(id, at('g'), false)).rejects.toMatchObject({ code: 'conflict' });
    await expect(people.judgePhoto(id, 'nothing', true)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('anyone who was enrolled is recognised, anyone else is not', async () => {
    await people.enrol(enrolled('Ada', [photo('aaaa', 0), photo('bbbb', 0)]));
    await people.enrol(enrolled('Grace', [photo('cccc', 1)]));
    const gallery = await people.gallery();
    expect((await people.list()).map(({ name, photos }) => [name, photos])).toEqual([
      ['Ada', 2],
      ['Grace', 1],
    ]);
    expect(gallery.identify(face(0, 8))[0]).toMatchObject({ name: 'Ada' });
    expect(gallery.identify(face(0, 8))[0]!.confidence).toBeGreaterThan(0.9);
    expect(gallery.identify(face(5, 8))[0]!.confidence).toBeLessThan(0.5);
  });

  test('flagged photos are kept and do not count', async () => {
    const { id, photos } = await people.enrol(
      enrolled('Ada', [
        photo('aaaa', 0),
        photo('bbbb', 3, { flag: 'outlier' }),
        photo('cccc', 0, { flag: 'no-face', embedding: null, box: null }),
      ]),
    );
    expect(photos).toBe(1);
    expect((await people.photosOf(id)).map(({ flag }) => flag).sort()).toEqual([null, 'no-face', 'outlier'].sort());
    expect((await people.gallery()).identify(face(3))[0]!.confidence).toBeLessThan(0.5);
  });

  test('enrolling again adds the new photos to the same person', async () => {
    const first = await people.enrol(enrolled('Ada', [photo('aaaa', 0)]));
    const again = await people.enrol(enrolled('Ada', [photo('aaaa', 0), photo('bbbb', 0)]));
    expect(again.id).toBe(first.id);
    expect(again.photos).toBe(2);
    expect(await people.list()).toHaveLength(1);
  });

  test('a new name holds everywhere; a name that is taken is refused', async () => {
    const ada = await people.enrol(enrolled('Ada', [photo('aaaa', 0)]));
    await people.enrol(enrolled('Grace', [photo('cccc', 1)]));
    await people.rename(ada.id, 'Ada Lovelace');
    expect((await people.gallery()).identify(face(0))[0]!.name).toBe('Ada Lovelace');
    await expect(people.rename(ada.id, 'Grace')).rejects.toMatchObject({ code: 'conflict' });
    // Photos under the new name still find the same person.
    expect((await people.enrol(enrolled('Ada Lovelace', [photo('bbbb', 0)]))).id).toBe(ada.id);
  });

  test('two that were one person merge with their photos', async () => {
    const ada = await people.enrol(enrolled('Ada', [photo('aaaa', 0)]));
    const twin = await people.enrol(enrolled('A. Lovelace', [photo('bbbb', 0), photo('aaaa', 0)]));
    expect(await people.merge(ada.id, twin.id)).toMatchObject({ name: 'Ada', photos: 2 });
    expect(await people.list()).toHaveLength(1);
    await expect(people.get(twin.id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(people.merge(ada.id, ada.id)).rejects.toMatchObject({ code: 'usage' });
  });

  test('"not this person" is remembered', async () => {
    const ada = await people.enrol(enrolled('Ada', [photo('aaaa', 0)]));
    const looksLikeAda = normalize(Float32Array.from({ length: 16 }, (_, i) => (i === 0 ? 0.7 : i === 12 ? 0.7 : 0)));
    expect((await people.gallery()).identify(looksLikeAda)[0]!.name).toBe('Ada');
    await people.reject(ada.id, looksLikeAda);
    expect((await people.gallery()).identify(looksLikeAda)).toEqual([]);
    expect((await people.gallery()).identify(face(0))).toHaveLength(1);
  });

  test('anyone who is deleted is recognised no more, and everybody else still is', async () => {
    const ada = await people.enrol(enrolled('Ada', [photo('aaaa', 0)]));
    await people.enrol(enrolled('Grace', [photo('cccc', 1)]));
    // The graph has had time to take them in.
    for (let gallery = await people.gallery(), rounds = 0; rounds < 5; rounds++) {
      expect(gallery.identify(face(0))[0]!.name).toBe('Ada');
      await sleep(5);
    }
    await library.erasure.erase(ada.id);
    const gallery = await people.gallery();
    expect(gallery.identify(face(0)).map(({ name }) => name)).toEqual(['Grace']);
    expect(gallery.identify(face(1))[0]!.name).toBe('Grace');
  });

  test('a gallery that shrinks and grows again knows the people of today', async () => {
    const ids: string[] = [];
    for (const [i, name] of ['Ada', 'Grace', 'Edsger', 'Barbara'].entries())
      ids.push((await people.enrol(enrolled(name, [photo(`${i}aaa`, i)]))).id);
    await people.gallery();
    await sleep(10);
    for (const id of ids.slice(0, 3)) await library.erasure.erase(id);
    await people.enrol(enrolled('Donald', [photo('dddd', 2)]));
    const named = async (axis: number): Promise<string[]> =>
      (await people.gallery()).identify(face(axis)).map(({ name }) => name);
    expect([(await named(2))[0], (await named(3))[0]]).toEqual(['Donald', 'Barbara']);
    expect((await named(0)).sort()).toEqual(['Barbara', 'Donald']);
  });

  test('a photo can be taken away again', async () => {
    const ada = await people.enrol(enrolled('Ada', [photo('aaaa', 0), photo('bbbb', 3)]));
    const wrong = (await people.photosOf(ada.id)).find(({ file }) => file === 'bbbb.jpg')!;
    expect((await people.removePhoto(ada.id, wrong.id)).photos).toBe(1);
    expect((await people.gallery()).identify(face(3))[0]!.confidence).toBeLessThan(0.5);
    await expect(people.removePhoto(ada.id, wrong.id)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('somebody renamed and somebody who gets their former name are two people', async () => {
    const ada = await people.enrol(enrolled('Ada', [photo('aaaa', 0)]));
    await people.rename(ada.id, 'Ada Lovelace');
    expect((await people.enrol(enrolled('Ada', [photo('cccc', 1)]))).id).not.toBe(ada.id);
  });
});

describe('somebody of the gallery', () => {
  let library: Library;
  let people: People;
  beforeEach(async () => {
    library = await Library.open();
    people = library.people;
  });
  afterEach(() => library.close());

  const film = (...axes: number[]) =>
    watched(axes.flatMap((axis, i) => seconds(i * 5, i * 5 + 3).map((t) => seen(t, faceOf(axis, 0.8, 20 + i)))));
  const enrol = (name: string, axis: number, letter: string) =>
    people.enrol(enrolled(name, [photo(letter, 0, { embedding: faceOf(axis) })]));
  const names = (items: readonly { readonly name: string | null; readonly number: number | null }[]) =>
    items.map(({ name, number }) => name ?? number);

  test('is made once by a request, whatever becomes of it, and refused where the name is taken', async () => {
    await enrol('Grace', 1, 'g');
    const request = { tenant: 'default', actor: 'studio', once: 'request' };
    const create = () => inContext(request, () => people.create(enrolled('Ada', [photo('a', 0)])));
    const made = await create();
    expect(made).toMatchObject({
      id: expect.stringMatching(/^p-[0-9a-f]{16}$/),
      name: 'Ada',
      number: null,
      photos: 1,
      exemplars: [],
      cannotLinkFaces: [],
      cannotLink: [],
      hidden: false,
    });
    const before = await library.gallery.state();
    expect(await create()).toMatchObject({ id: made.id, name: 'Ada' });
    expect(await library.gallery.state()).toEqual(before);
    await expect(people.create(enrolled('Ada', []))).rejects.toMatchObject({ code: 'conflict' });
    const zoe = await people.create(enrolled('Zoë', []));
    expect(zoe).toMatchObject({ id: expect.stringMatching(/^p-[0-9a-f]{16}$/), mean: null, photos: 0 });
    expect(names(await people.list())).toEqual(['Ada', 'Grace', 'Zoë']);
  });

  test('gets photos under a name alone, copies of one file once', async () => {
    await library.add('film', film(2));
    const { personId } = await library.first('film', 1);
    await expect(people.addPhotos(personId, [photo('a', 2)])).rejects.toMatchObject({ code: 'conflict' });
    await expect(people.addPhotos('p-none', [photo('a', 2)])).rejects.toMatchObject({ code: 'not-found' });
    await people.rename(personId, 'Ada');
    const copies = [photo('a', 2), photo('a', 2, { flag: 'no-face', embedding: null }), photo('b', 2)];
    expect(await people.addPhotos(personId, copies)).toMatchObject({ photos: 2 });
    expect((await people.photosOf(personId)).map(({ flag }) => flag)).toEqual([null, null]);
  });

  test('is listed by name; with strangers, the oldest first, a page at a time', async () => {
    await library.add('film', film(2, 3));
    await library.who('film', 1);
    const grace = await enrol('Grace', 1, 'g');
    await enrol('Ada', 0, 'a');
    await people.change(grace.id, { hidden: true });
    for (const [i, { id }] of (await people.page({}, {})).items.entries())
      await library.store.commit([{ kind: 'patch', collection: 'people', id, patch: { $set: { createdAt: `2026-01-0${9 - i}` } } }]); // prettier-ignore
    await people.change(grace.id, { hidden: true });
    expect(names(await people.list())).toEqual(['Ada', 'Grace']);
    const dates = async (...wanted: Parameters<typeof people.page>) =>
      (await people.page(...wanted)).items.map(({ createdAt }) => createdAt.slice(-1));
    expect(await dates({}, {})).toEqual(['6', '7', '8', '9']);
    const listed = async (filter: Parameters<typeof people.page>[0]) => {
      const found = (await people.page(filter, {})).items;
      const called = await people.called('', filter, { limit: 10 });
      expect(called).toEqual({ items: found, nextCursor: null });
      return names(found).toSorted();
    };
    expect(await listed({})).toEqual([1, 2, 'Ada', 'Grace']);
    expect(await listed({ named: true })).toEqual(['Ada', 'Grace']);
    expect(await listed({ named: false })).toEqual([1, 2]);
    expect(await listed({ hidden: true })).toEqual(['Grace']);
    expect(await listed({ hidden: false, named: true })).toEqual(['Ada']);
    const first = await people.page({}, { limit: 3 });
    expect((await people.page({}, { limit: 3, cursor: first.nextCursor! })).items).toHaveLength(1);
    const two = await people.called('', {}, { limit: 2 });
    const next = await people.called('', {}, { limit: 2, cursor: two.nextCursor! });
    expect([...two.items, ...next.items]).toEqual((await people.page({}, {})).items);
    expect(next.nextCursor).toBeNull();
    expect((await people.called('a', {}, { limit: 10 })).items).toHaveLength(1);
    await expect(people.called('', {}, { limit: 2, cursor: 'p-none' })).rejects.toMatchObject({ code: 'usage' });
  });

  test('who has no usable face, or no name, is nobody who is recognised', async () => {
    await people.enrol(enrolled('Ada', [photo('a', 0, { flag: 'no-face', embedding: null })]));
    await library.add('film', film(2));
    await library.who('film', 1);
    await enrol('Grace', 1, 'g');
    const gallery = await people.gallery();
    expect(gallery.people.map(({ name }) => name)).toEqual(['Grace']);
    // Nobody has changed: what was read of them is used again.
    expect(await people.gallery()).toBe(gallery);
  });

  test('keeps their own name; that of a stranger can be taken back, that of photos cannot', async () => {
    const ada = await enrol('Ada', 0, 'a');
    await library.add('film', film(2));
    await library.add('hers', film(0));
    await library.who('hers', 1);
    const { personId } = await library.first('film', 1);
    expect(await people.rename(ada.id, 'Ada')).toMatchObject({ id: ada.id, name: 'Ada' });
    await expect(people.rename('p-none', 'Grace')).rejects.toMatchObject({ code: 'not-found' });
    await expect(people.change(ada.id, { name: null })).rejects.toMatchObject({ code: 'conflict' });
    await people.rename(personId, 'Grace');
    const pinned = async () => (await library.naming.appearancesOf('film')).map(({ mustLink }) => mustLink);
    expect([await pinned(), (await people.appearancesOf(ada.id)).map(({ mustLink }) => mustLink)]).toEqual([[true], [false]]); // prettier-ignore
    expect((await library.at('film', 1))[0]).toMatchObject({ name: 'Grace', label: null });
    await people.change(personId, { hidden: true });
    await people.change(personId, { hidden: false });
    await people.rename(personId, 'Grace Hopper');
    expect(await pinned()).toEqual([true]);
    expect(await people.change(personId, { name: null })).toMatchObject({ name: null, number: 1 });
    expect([await pinned(), await library.who('film', 1)]).toEqual([[false], ['person 1']]);
    await people.rename(personId, 'Grace');
    await people.addPhotos(personId, [photo('b', 0, { embedding: faceOf(2) })]);
    await expect(people.change(personId, { name: null })).rejects.toMatchObject({ code: 'conflict' });
  });

  test('is told in titles that were named before a photo was judged or taken away', async () => {
    const ada = await people.enrol(
      enrolled('Ada', [photo('a', 0, { embedding: faceOf(0), proposedFrom: 'the web' }), photo('b', 0, { embedding: faceOf(5) })]), // prettier-ignore
    );
    await people.removePhoto(ada.id, `${ada.id}:${'b'.repeat(16)}`);
    await library.add('film', film(0));
    expect(await library.who('film', 1)).toEqual(['Ada']);
    const [one] = await people.photosOf(ada.id);
    await people.judgePhoto(ada.id, one!.id, false);
    expect((await people.photosOf(ada.id)).map(({ flag }) => flag)).toEqual(['rejected']);
    expect(await library.who('film', 1)).not.toEqual(['Ada']);
    await people.judgePhoto(ada.id, one!.id, true);
    expect(await library.who('film', 1)).toEqual(['Ada']);
    await people.removePhoto(ada.id, one!.id);
    expect(await library.who('film', 1)).not.toEqual(['Ada']);
    expect(await people.get(ada.id)).toMatchObject({ photos: 0, mean: null });
  });

  test('is learnt again when others were faster, and a change that others always come before is given up', async () => {
    let rounds = 0;
    const added = library.gallery.change(async () => {
      if (rounds++ < 3) await enrol('Ada', 0, `${rounds}`);
      const { id } = (await people.list())[0]!;
      return { writes: [{ kind: 'patch', collection: 'people', id, patch: { $set: { hidden: true } } }], result: rounds, changes: 'people' }; // prettier-ignore
    });
    expect(await added).toBe(4);
    expect(await people.list()).toMatchObject([{ name: 'Ada', photos: 3, hidden: true }]);
    const never = library.gallery.change(async () => {
      await people.rename((await people.list())[0]!.id, `Ada ${rounds++}`);
      return { writes: [{ kind: 'delete', collection: 'people', filter: {} }], result: null, changes: 'people' };
    });
    await expect(never).rejects.toMatchObject({ code: 'unavailable', message: expect.stringMatching(/too fast/) });
    expect(await people.list()).toHaveLength(1);
    expect(rounds).toBeLessThan(100);
  });

  test('is not learnt where the database refuses, which is told', async () => {
    const refused = new KinoscopeError('unavailable', 'The disk of the database is full');
    let full = true;
    const other = await Library.open(':memory:', undefined, {
      through: (store) => ({
        kind: store.kind,
        collection: (spec) => store.collection(spec),
        check: () => store.check(),
        purge: () => store.purge(),
        close: () => store.close(),
        commit: (writes) => (full ? Promise.reject(refused) : store.commit(writes)),
      }),
    });
    const ada = enrolled('Ada', [photo('a', 0)]);
    await expect(other.people.enrol(ada)).rejects.toBe(refused);
    full = false;
    expect(await other.people.enrol(ada)).toMatchObject({ photos: 1 });
    await other.close();
  });

  test('of one tenant is nobody of another, in the same film either', async () => {
    const both = await Library.open(':memory:', undefined, { through: (store) => separateTenants(store, { strict: false }) }); // prettier-ignore
    const as = <T>(tenant: string, work: () => T): T => inContext({ tenant, actor: 'test' }, work);
    const named = async () => Object.values((await both.naming.namesOf('film'))!).map(({ name }) => name);
    for (const [tenant, name] of [
      ['one', 'Ada'],
      ['two', 'Grace'],
    ] as const)
      // prettier-ignore
      await as(tenant, async () => {
        await both.people.enrol(enrolled(name, [photo('a', 0, { embedding: faceOf(0) })]));
        await both.add('film', film(0));
      });
    expect([await as('one', named), await as('two', named)]).toEqual([['Ada'], ['Grace']]);
    expect([await as('one', () => both.who('film', 1)), await as('two', () => both.who('film', 1))]).toEqual([['Ada'], ['Grace']]); // prettier-ignore
    const known = async () => names((await both.people.gallery()).people.map(({ name }) => ({ name, number: null })));
    expect([await as('one', known), await as('two', known)]).toEqual([['Ada'], ['Grace']]);
    await both.close();
  });
});
