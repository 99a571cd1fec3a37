import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { normalize } from '../../src/faces/embed.js';
import { encodeEmbedding } from '../../src/faces/embedding-text.js';
import { Naming } from '../../src/people/naming.js';
import { faceOf, Library, photo, seconds, seen, watched } from '../library/library.js';

/** People without a name: who they are from film to film, and when they are nobody any more. */

const [ADA, GRACE, STRANGER, OTHER] = [0, 1, 2, 3];

let library: Library;
beforeEach(async () => {
  library = await Library.open();
});
afterEach(() => library.close());

const enrol = (name: string, person: number) =>
  library.people.enrol({ name, photos: [photo(name.slice(0, 4).padEnd(4, 'x'), faceOf(person))], mean: null });
const filmOf = (...people: number[]) =>
  watched(people.flatMap((person, i) => seconds(i * 5, i * 5 + 3).map((t) => seen(t, faceOf(person, 0.8, 20 + i)))));
const shows = (face: Float32Array, { from = 0, x = 0.2, quality = 0.7 } = {}) =>
  seconds(from, from + 3).map((t) => ({ ...seen(t, face, x), quality }));
const strangers = async () => (await library.people.page({ named: false }, {})).items;
const forget = (contentHash: string) => library.naming.forget(() => Promise.resolve({ contentHash, writes: [] }));

describe('a stranger', () => {
  test('is found anew only where nothing is known: telling the same again changes nobody', async () => {
    const { id } = await enrol('Ada', ADA);
    const ada = await library.people.get(id);
    await library.add('one', filmOf(ADA, STRANGER));
    await library.add('two', filmOf(STRANGER));
    expect([await library.who('one', 6), await library.who('two', 1)]).toEqual([['person 1'], ['person 1']]);
    const { revision, changes } = await library.gallery.state();
    const before = [await library.stored(), await library.gallery.names.get('one')];
    // A title in which nobody new is seen changes nobody, and one with somebody new changes no name of another.
    await library.add('three', filmOf(ADA));
    await library.who('three', 1);
    expect(await library.gallery.state()).toMatchObject({ revision, changes });
    await library.add('four', filmOf(OTHER));
    expect(await library.who('four', 1)).toEqual(['person 2']);
    expect(await library.gallery.state()).toMatchObject({ revision, changes: changes + 1 });
    await library.naming.refreshAllNames();
    expect([await library.people.get(id), await library.gallery.names.get('one')]).toEqual([ada, before[1]]);
    // Names are given anew.
    await enrol('Zoë', 9);
    await library.naming.refreshAllNames();
    const after = (await library.stored())['people']!;
    expect(after).toEqual(expect.arrayContaining((before[0] as Awaited<ReturnType<Library['stored']>>)['people'] as object[])); // prettier-ignore
  });

  test('of a film that is deleted keeps what other films show, and others what is theirs', async () => {
    const ada = await enrol('Ada', ADA);
    await library.add('one', filmOf(STRANGER, ADA));
    await library.add('other', filmOf(OTHER));
    await library.naming.refreshAllNames();
    await library.corrections.give(ada.id, [{ contentHash: 'one', tracks: [(await library.first('one', 6)).track] }]);
    await library.naming.refreshAllNames();
    const before = await library.stored();
    const hers = await library.people.get(ada.id);
    await library.add('two', filmOf(ADA, STRANGER, OTHER, 7));
    expect(await library.who('two', 6)).toEqual(['person 1']);
    const { personId } = await library.first('two', 6);
    expect((await library.people.get(personId)).exemplars).toHaveLength(2);
    await library.corrections.give(ada.id, [{ contentHash: 'two', tracks: [(await library.first('two', 1)).track] }]);
    await forget('two');
    const left = await library.stored();
    expect(left['appearances']).toEqual(before['appearances']);
    expect(left['constraints']).toEqual(before['constraints']);
    expect(await library.people.get(personId)).toMatchObject({ number: 1, exemplars: [expect.anything()] });
    expect((await strangers()).map(({ number }) => number)).toEqual([1, 2]);
    // Somebody who has a name keeps what they were said to look like.
    expect((await library.people.get(ada.id)).exemplars.length).toBeGreaterThan(hers.exemplars.length);
    expect([await library.naming.namesOf('two'), await library.naming.appearancesOf('two')]).toEqual([null, []]);
    expect(await library.who('one', 1)).toEqual(['person 1']);
    await forget('one');
    expect((await strangers()).map(({ number }) => number)).toEqual([2]);
    expect((await library.people.called('', {}, { limit: 10 })).items.map(({ name }) => name)).toEqual(['Ada', null]);
  });

  test('who is seen no more in a film that is analysed again is nobody at once', async () => {
    await library.add('film', filmOf(STRANGER));
    expect(await library.who('film', 1)).toEqual(['person 1']);
    await library.add('other', filmOf(8));
    expect(await library.who('other', 1)).toEqual(['person 2']);
    // Whoever is seen in another film stays, and nobody asks between two analyses.
    await library.add('film', watched([...shows(faceOf(STRANGER)), ...shows(faceOf(8), { from: 6 })]));
    expect(await library.who('film', 7)).toEqual(['person 2']);
    await library.add('film', watched(shows(faceOf(9))));
    await library.add('film', watched(shows(faceOf(OTHER), { from: 12 })));
    const everybody = async () => (await library.people.called('', {}, { limit: 10 })).items;
    expect((await everybody()).map(({ number }) => number)).toEqual([1, 2]);
    expect(await library.who('film', 13)).toEqual(['person 3']);
    const items = (await everybody()).filter(({ number }) => number !== 2);
    expect(await library.who('other', 1)).toEqual(['person 2']);
    expect(items.map(({ number, exemplars }) => [number, exemplars.map(({ embedding }) => embedding)])).toEqual([
      [3, [encodeEmbedding(faceOf(OTHER))]],
    ]);
    await library.add('film', watched([]));
    await forget('film');
    expect((await everybody()).map(({ number }) => number)).toEqual([2]);
  });

  test('who is recognised later leaves their face to nobody', async () => {
    await library.add('one', filmOf(ADA));
    await library.add('two', watched([...shows(faceOf(ADA, 0.2, 20)), ...shows(faceOf(OTHER), { from: 12 })]));
    expect([await library.who('one', 1), await library.who('two', 1)]).toEqual([['person 1'], ['person 1']]);
    await enrol('Ada', ADA);
    expect([await library.who('one', 1), await library.who('two', 1)]).toEqual([['Ada'], ['person 1']]);
    expect((await strangers()).map(({ exemplars }) => exemplars.map(({ embedding }) => embedding))).toEqual([
      [encodeEmbedding(faceOf(ADA, 0.2, 20))],
      [encodeEmbedding(faceOf(OTHER))],
    ]);
  });

  test('who was named is known at the same moment of a film that is analysed again, whatever the face looks like', async () => {
    await library.add('film', watched(shows(faceOf(STRANGER))));
    await library.people.rename((await library.first('film', 1)).personId, 'Grace');
    const again = async (...looks: Parameters<typeof shows>) => {
      await library.add('film', watched(shows(...looks)));
      return library.who('film', (looks[1]?.from ?? 0) + 1);
    };
    expect(await again(faceOf(OTHER))).toEqual(['Grace']);
    expect(await again(faceOf(OTHER), { x: 0.21 })).toEqual(['Grace']);
    // Elsewhere in the picture, or at another time, it is somebody else.
    expect(await again(faceOf(OTHER), { x: 0.6 })).not.toEqual(['Grace']);
    await library.add('film', watched(shows(faceOf(STRANGER))));
    expect(await library.who('film', 1)).toEqual(['Grace']);
    expect(await again(faceOf(7), { from: 12 })).not.toEqual(['Grace']);
  });

  test('what is said of a film stays when another one is analysed again', async () => {
    const ada = await enrol('Ada', ADA);
    for (const film of ['one', 'two']) {
      await library.add(film, filmOf(STRANGER));
      await library.corrections.give(ada.id, [{ contentHash: film, tracks: [(await library.first(film, 1)).track] }]);
    }
    const [one, two] = (await library.corrections.page({}, {})).items;
    await library.add('two', watched(shows(faceOf(STRANGER), { x: 0.6, from: 12 })));
    expect((await library.corrections.page({}, {})).items).toEqual([one, expect.objectContaining({ id: two!.id })]);
    await library.add('one', filmOf(STRANGER));
    expect(await library.who('one', 1)).toEqual(['Ada']);
  });
});

describe('two strangers', () => {
  const between = (share: number): Float32Array => {
    const face = new Float32Array(32);
    // The second is 62 degrees from the first.
    const angle = (share * 62 * Math.PI) / 180;
    [face[STRANGER], face[OTHER]] = [Math.cos(angle), Math.sin(angle)];
    return normalize(face);
  };

  test.each([
    ['the first', 0.4],
    ['the second', 0.6],
  ])('whom a face shows to be one are the older one, the face being more like %s', async (_, share) => {
    await library.add('one', watched(shows(between(0))));
    // A poor picture, in which they are not known again.
    await library.add('two', watched(shows(between(1), { quality: 0.3 })));
    expect([await library.who('one', 1), await library.who('two', 1)]).toEqual([['person 1'], ['person 2']]);
    const { personId } = await library.first('one', 1);
    await library.add('three', watched(shows(between(share), { quality: 0.9 })));
    expect(await library.who('three', 1)).toEqual(['person 1']);
    expect((await library.first('two', 1)).personId).toBe(personId);
    expect((await strangers()).map(({ number }) => number)).toEqual([1]);
    expect(await library.people.appearancesOf(personId)).toHaveLength(3);
  });

  test('who were seen in one frame stay two, whatever a face shows', async () => {
    await library.add('one', watched(shows(between(0))));
    await library.add('two', watched(shows(between(1), { quality: 0.3 })));
    expect([await library.who('one', 1), await library.who('two', 1)]).toEqual([['person 1'], ['person 2']]);
    await library.add('both', watched([...shows(between(0)), ...shows(between(1), { x: 0.7 })]));
    expect((await library.who('both', 1)).toSorted()).toEqual(['person 1', 'person 2']);
    await library.add('three', watched(shows(between(0.5), { quality: 0.9 })));
    expect(await library.who('three', 1)).toHaveLength(1);
    expect((await strangers()).map(({ number }) => number)).toEqual([1, 2]);
  });
});

describe('names', () => {
  test('of two titles are told apart, before they are written and after', async () => {
    await enrol('Ada', ADA);
    await enrol('Grace', GRACE);
    await library.add('one', filmOf(ADA));
    await library.add('two', filmOf(GRACE));
    const told = async (film: string) => Object.values((await library.naming.namesOf(film))!).map(({ name }) => name);
    expect([await told('one'), await told('two')]).toEqual([['Ada'], ['Grace']]);
    await library.naming.refreshAllNames();
    const written = await library.gallery.names.get('one');
    expect([await told('one'), await told('two')]).toEqual([['Ada'], ['Grace']]);
    await library.naming.refreshNames('one');
    expect(await library.gallery.names.get('one')).toEqual(written);
  });

  test('that could not be told are told the next time', async () => {
    await enrol('Ada', ADA);
    await library.add('film', filmOf(ADA));
    let broken = true;
    const naming = new Naming(library.gallery, {
      keysOf: () => (broken ? Promise.reject(new Error('The list is not there')) : Promise.resolve(new Set())),
    });
    await expect(naming.namesOf('film')).rejects.toThrow('The list is not there');
    broken = false;
    expect(Object.values((await naming.namesOf('film'))!).map(({ name }) => name)).toEqual(['Ada']);
  });

  test('are nobody of a title that was never analysed, and of somebody who is not there any more', async () => {
    expect(await library.naming.refreshNames('never')).toBeNull();
    await library.add('film', filmOf(STRANGER, OTHER));
    await library.who('film', 1);
    const [one] = await library.naming.appearancesOf('film');
    await library.store.commit([
      {
        kind: 'patch',
        collection: 'appearances',
        id: one!.id,
        patch: { $set: { personId: 'p-gone', mustLink: true } },
      },
      { kind: 'patch', collection: 'title_names', id: 'film', patch: { $set: { revision: 0 } } },
    ]);
    expect([await library.who('film', 1), await library.who('film', 6)]).toEqual([[null], ['person 2']]);
  });

  test('lead to those who are called so, however it is written, unless several are', async () => {
    const ada = await enrol('Ada Löwe', ADA);
    const grace = await enrol('Grace', GRACE);
    await library.people.change(grace.id, { aliases: ['Amazing', 'Twin'] });
    await library.people.change(ada.id, { aliases: ['Twin'] });
    expect(await library.naming.called(['LOWE, Ada', 'amazing', 'Twin', 'Nobody'])).toEqual([ada.id, grace.id, null, null]); // prettier-ignore
    // Who has given up a name is not called so any more.
    await library.people.change(ada.id, { aliases: [] });
    await library.people.rename(ada.id, 'Ada');
    expect(await library.naming.called(['Ada Löwe', 'Ada', 'Twin'])).toEqual([null, ada.id, grace.id]);
  });
});

describe('a title that is forgotten', () => {
  test('takes with it what is written in the same commit, or nothing where that is not to be', async () => {
    await library.add('film', filmOf(STRANGER));
    await library.who('film', 1);
    const before = [await library.stored(), await library.gallery.state()];
    await library.naming.forget(() => Promise.resolve(null));
    expect([await library.stored(), await library.gallery.state()]).toEqual(before);
    const kept = { request: '', status: 201, createdAt: '', body: {} };
    await library.answers.insert({ ...kept, id: 'one' });
    await library.answers.insert({ ...kept, id: 'two' });
    const also = (id: string) => [{ kind: 'delete', collection: library.answers.name, filter: { id } } as const];
    await library.naming.forget(() => Promise.resolve({ contentHash: null, writes: also('one') }));
    expect((await library.answers.find()).items.map(({ id }) => id)).toEqual(['two']);
    expect(await library.stored()).toEqual(before[0]);
    await library.naming.forget(() => Promise.resolve({ contentHash: 'film', writes: also('two') }));
    expect((await library.answers.find()).items).toEqual([]);
    expect(await library.naming.appearancesOf('film')).toEqual([]);
  });
});
