import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { inContext } from '../../src/core/context.js';
import { encodeEmbedding } from '../../src/faces/embedding-text.js';
import type { Constraint } from '../../src/people/constraints.js';
import type { Person } from '../../src/people/documents.js';
import { faceOf, Library, photo, seconds, seen, watched } from '../library/library.js';

/** What users say of faces: kept once, of these faces alone, and taken back. */

const [ADA, GRACE, STRANGER] = [0, 1, 2];

let library: Library;
let ada: Person;
let grace: Person;
beforeEach(async () => {
  library = await Library.open();
  [ada, grace] = [await enrol('Ada', ADA), await enrol('Grace', GRACE)];
});
afterEach(() => library.close());

const enrol = (name: string, person: number) =>
  library.people.enrol({ name, photos: [photo(name.slice(0, 4).padEnd(4, 'x'), faceOf(person))], mean: null });
const filmOf = (...people: number[]) =>
  watched(people.flatMap((person, i) => seconds(i * 5, i * 5 + 3).map((t) => seen(t, faceOf(person, 0.8, 20 + i)))));
/** One who is seen in both shots, a little differently, as one appearance of two tracks. */
const twice = (person: number, look = 0.9) =>
  watched([
    ...seconds(0, 3).map((t) => seen(t, faceOf(person, look, 20))),
    ...seconds(12, 15).map((t) => seen(t, faceOf(person, look, 21), 0.6)),
  ]);
const trackAt = async (film: string, time: number) => (await library.first(film, time)).track;
const at = async (film: string, ...times: number[]) => ({
  contentHash: film,
  tracks: await Promise.all(times.map((time) => trackAt(film, time))),
});
const said = async (wanted: Parameters<typeof library.corrections.page>[0] = {}): Promise<readonly Constraint[]> =>
  (await library.corrections.page(wanted, {})).items;
/** Kind, person and tracks of what is said. */
const short = async (wanted?: Parameters<typeof library.corrections.page>[0]) =>
  (await said(wanted)).map(({ kind, personId, tracks }) => [kind, personId, ...tracks.map(({ id }) => id)]);
const facesOf = async ({ id }: Person) => (await library.people.get(id)).exemplars.map(({ embedding }) => embedding);

describe('what is said', () => {
  test('is listed by person and by title, the oldest first, a page at a time', async () => {
    await library.add('one', filmOf(ADA, STRANGER));
    await library.add('two', filmOf(ADA));
    const [one, two] = [await at('one', 1), await at('two', 1)];
    await library.corrections.give(grace.id, [one]);
    await library.corrections.reject(ada.id, two);
    await library.corrections.keepApart(grace.id, ada.id);
    // Ids are random: their order tells nothing.
    for (const [i, { id }] of (await said()).entries())
      await library.store.commit([{ kind: 'patch', collection: 'constraints', id, patch: { $set: { createdAt: `2026-01-0${9 - i}` } } }]); // prettier-ignore
    const told = async (wanted: Parameters<typeof said>[0]) => (await said(wanted)).map(({ createdAt }) => createdAt);
    expect(await told({})).toEqual(['2026-01-07', '2026-01-08', '2026-01-09']);
    expect(await told({ personId: ada.id })).toEqual(['2026-01-07', '2026-01-08']);
    expect(await told({ personId: grace.id })).toEqual(['2026-01-07', '2026-01-09']);
    expect(await told({ contentHash: 'two' })).toEqual(['2026-01-08']);
    expect(await told({ contentHash: 'two', personId: grace.id })).toEqual([]);
    const first = await library.corrections.page({}, { limit: 2 });
    expect(first.items).toHaveLength(2);
    const rest = await library.corrections.page({}, { limit: 2, cursor: first.nextCursor! });
    expect([rest.items.map(({ createdAt }) => createdAt), rest.nextCursor]).toEqual([['2026-01-09'], null]);
  });

  test('last is found by what it is about', async () => {
    await library.add('one', filmOf(ADA));
    await library.add('two', filmOf(ADA));
    for (const film of ['one', 'two']) await library.corrections.reject(grace.id, await at(film, 1));
    await library.corrections.keepApart(grace.id, ada.id);
    const [one, two, apart] = await said();
    const last = (about: Partial<Constraint>) => library.corrections.last('cannotLink', grace.id, about);
    expect(await last({ contentHash: 'one' })).toEqual(one);
    expect(await last({ contentHash: 'two', otherId: null })).toEqual(two);
    expect(await last({ otherId: ada.id })).toEqual(apart);
    await library.store.commit([{ kind: 'patch', collection: 'constraints', id: one!.id, patch: { $set: { createdAt: '2999' } } }]); // prettier-ignore
    expect([(await last({})).id, (await last({ otherId: ada.id })).id]).toEqual([one!.id, apart!.id]);
    expect((await last({ contentHash: 'two' })).id).toBe(two!.id);
    for (const { id } of [one!, two!, apart!]) await library.corrections.remove(id);
    await expect(last({})).rejects.toMatchObject({ code: 'not-found' });
    await expect(library.corrections.remove(one!.id)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('twice by one request is said once', async () => {
    await library.add('film', filmOf(ADA, STRANGER));
    const tracks = await at('film', 1);
    const request = { tenant: 'default', actor: 'studio', once: 'request' };
    const split = () => inContext(request, () => library.corrections.split(ada.id, [tracks], { name: 'Adas sister' }));
    const made = await split();
    const before = [await library.stored(), await library.gallery.state()];
    expect(await split()).toMatchObject({ id: made.id, name: 'Adas sister' });
    expect([await library.stored(), await library.gallery.state()]).toEqual(before);
    expect(await said()).toMatchObject([{ by: 'studio' }, { by: 'studio' }]);
  });

  test('of one title is not said of the tracks of another that are called the same', async () => {
    await library.add('one', twice(STRANGER));
    await library.add('two', twice(ADA));
    expect(await at('one', 1, 13)).toMatchObject({ tracks: (await at('two', 1, 13)).tracks });
    await library.corrections.give(grace.id, [await at('one', 1)]);
    const [first] = await said();
    await library.corrections.give(grace.id, [await at('two', 1)]);
    const [again, second] = await said();
    expect([again, second!.tracks.length]).toEqual([first, 1]);
    expect(second!.machine!.tracks).toMatchObject([{ personId: ada.id }]);
    expect(await facesOf(grace)).toEqual([faceOf(STRANGER, 0.9, 20), faceOf(ADA, 0.9, 20)].map(encodeEmbedding));
    await library.corrections.remove(second!.id);
    expect(await facesOf(grace)).toEqual([encodeEmbedding(faceOf(STRANGER, 0.9, 20))]);
    expect([await library.who('one', 1), await library.who('two', 1)]).toEqual([['Grace'], ['Ada']]);
  });
});

describe('a face that somebody names', () => {
  test('is learnt at once, for this track and none of the same person besides', async () => {
    await library.add('film', watched(both()));
    expect([await library.who('film', 13), await library.who('film', 8)]).toEqual([['Ada'], ['person 1']]);
    expect(await library.corrections.give(grace.id, [await at('film', 13)])).toMatchObject({
      name: 'Grace',
      photos: 1,
    });
    expect(await facesOf(grace)).toEqual([encodeEmbedding(faceOf(ADA, 0.9, 21))]);
    const shown = (await library.naming.appearancesOf('film')).map(({ personId, tracks }) => [personId, tracks.length]);
    expect(shown.toSorted()).toEqual(
      [[ada.id, 1], [grace.id, 1], [(await library.first('film', 8)).personId, 1]].toSorted(), // prettier-ignore
    );
    expect([await library.who('film', 1), await library.who('film', 13), await library.who('film', 8)]).toEqual([
      ['Ada'],
      ['Grace'],
      ['person 1'],
    ]);
  });

  test('leaves the one who was named before', async () => {
    await library.add('film', filmOf(STRANGER));
    await library.add('other', filmOf(STRANGER));
    const face = encodeEmbedding(faceOf(STRANGER, 0.8, 20));
    await library.corrections.give(ada.id, [await at('film', 1)]);
    expect([await facesOf(ada), await facesOf(grace)]).toEqual([[face], []]);
    const { mean } = await library.people.get(ada.id);
    expect(mean).not.toBe(ada.mean);
    await library.corrections.give(grace.id, [await at('film', 1)]);
    expect([await facesOf(ada), await facesOf(grace)]).toEqual([[], [face]]);
    expect((await library.people.get(ada.id)).mean).toBe(ada.mean);
    expect(await short()).toEqual([['mustLink', grace.id, await trackAt('film', 1)]]);
  });

  test('is given back whole: nobody keeps it once that is taken back', async () => {
    await library.add('film', twice(ADA));
    await library.add('other', filmOf(STRANGER));
    await library.corrections.give(grace.id, [await at('film', 1)]);
    await library.corrections.give(grace.id, [await at('other', 1)]);
    const [first] = await said();
    await library.corrections.remove(first!.id);
    expect(await facesOf(grace)).toEqual([encodeEmbedding(faceOf(STRANGER, 0.8, 20))]);
    expect([await library.who('film', 1), await library.who('other', 1)]).toEqual([['Ada'], ['Grace']]);
    // She is recognised there by her photo, and no longer when it is gone.
    const [one] = await library.people.photosOf(ada.id);
    await library.people.removePhoto(ada.id, one!.id);
    expect(await library.who('film', 1)).not.toContain('Ada');
  });

  test('is one of those that were said together', async () => {
    await library.add('film', filmOf(ADA, STRANGER));
    await library.corrections.give(grace.id, [await at('film', 1, 6)]);
    expect(await short()).toHaveLength(1);
    await library.corrections.give(ada.id, [await at('film', 1)]);
    expect(await short()).toEqual([
      ['mustLink', grace.id, await trackAt('film', 6)],
      ['mustLink', ada.id, await trackAt('film', 1)],
    ]);
    expect([await library.who('film', 1), await library.who('film', 6)]).toEqual([['Ada'], ['Grace']]);
    const [first] = await said();
    await library.corrections.remove(first!.id);
    expect([await library.who('film', 1), await library.who('film', 6)]).toEqual([['Ada'], ['person 2']]);
  });

  test('is refused where there is none, and where one frame shows the person twice', async () => {
    const both = seconds(1, 4).flatMap((t) => [seen(t, faceOf(5)), seen(t, faceOf(6), 0.7)]);
    await library.add('film', watched([...both, ...seconds(6, 9).map((t) => seen(t, faceOf(7)))]));
    const [one, other] = (await library.at('film', 2)).map(({ track }) => track) as [string, string];
    const third = await trackAt('film', 7);
    const give = (...tracks: string[]) => library.corrections.give(ada.id, [{ contentHash: 'film', tracks }]);
    await expect(give()).rejects.toMatchObject({ code: 'not-found' });
    await expect(give(one, 't99')).rejects.toMatchObject({ code: 'not-found', message: expect.stringMatching('t99') });
    await expect(library.corrections.give('p-none', [await at('film', 7)])).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(give(one, other)).rejects.toMatchObject({ code: 'conflict' });
    expect(await said()).toEqual([]);
    await give(one);
    await expect(give(third, other)).rejects.toMatchObject({ code: 'conflict' });
    await give(one, third);
    expect(await short()).toEqual([['mustLink', ada.id, one, third]]);
  });

  test('of somebody who was deleted teaches nothing', async () => {
    await library.add('film', filmOf(ADA));
    const tracks = await at('film', 1);
    await library.erasure.erase(ada.id);
    await library.corrections.give(grace.id, [tracks]);
    expect(await library.who('film', 1)).toEqual(['Grace']);
    expect(await library.people.get(grace.id)).toMatchObject({ exemplars: [], mean: grace.mean });
  });

  test('as a stranger who has nothing else leaves nobody when it is taken back', async () => {
    await library.add('film', filmOf(STRANGER));
    await library.add('other', filmOf(7));
    const tracks = await at('film', 1);
    const { personId } = await library.first('film', 1);
    const { personId: other } = await library.first('other', 1);
    await library.corrections.give(personId, [tracks]);
    await library.corrections.keepApart(other, personId);
    await library.corrections.keepApart(other, ada.id);
    const [first] = await said();
    await library.corrections.remove(first!.id);
    await expect(library.people.get(personId)).rejects.toMatchObject({ code: 'not-found' });
    expect((await said()).map(({ people }) => people)).toEqual([[other, ada.id]]);
    expect(await library.who('other', 1)).toEqual(['person 2']);
    // A person stays who has a name, or another face.
    await library.corrections.give(other, [await at('film', 1)]);
    await library.corrections.remove((await said()).at(-1)!.id);
    expect(await library.who('other', 1)).toEqual(['person 2']);
    await library.corrections.give(ada.id, [await at('film', 1)]);
    await library.corrections.remove((await said()).at(-1)!.id);
    expect(await library.people.get(ada.id)).toMatchObject({ name: 'Ada' });
  });
});

describe('"not this person"', () => {
  test('takes back what was said of them and this track, and leaves what was said of others', async () => {
    await library.add('film', filmOf(ADA, STRANGER));
    const [first, both] = [await at('film', 1), await at('film', 1, 6)];
    await library.corrections.reject(grace.id, first);
    await library.corrections.give(ada.id, [both]);
    await library.corrections.reject(ada.id, first);
    await library.corrections.reject(ada.id, first);
    expect(await short()).toEqual([
      ['cannotLink', grace.id, first.tracks[0]],
      ['mustLink', ada.id, both.tracks[1]],
      ['cannotLink', ada.id, first.tracks[0]],
    ]);
    expect([await library.who('film', 6), await library.who('film', 1)]).toEqual([['Ada'], ['person 2']]);
    expect(await facesOf(ada)).toEqual([encodeEmbedding(faceOf(STRANGER, 0.8, 21))]);
    // Nobody else's: what is given to a third is not taken from those that it is not.
    const zoe = await enrol('Zoë', 9);
    await library.corrections.give(zoe.id, [first]);
    expect((await said()).map(({ kind, personId }) => [kind, personId])).toEqual([
      ['cannotLink', grace.id],
      ['mustLink', ada.id],
      ['cannotLink', ada.id],
      ['mustLink', zoe.id],
    ]);
    expect(await library.who('film', 1)).toEqual(['Zoë']);
  });

  test('said of somebody else leaves a name that a stranger was given; said of them it takes it', async () => {
    await library.add('film', filmOf(STRANGER));
    const { personId } = await library.first('film', 1);
    await library.people.rename(personId, 'Zoë');
    await library.corrections.reject(ada.id, await at('film', 1));
    await library.add('film', watched(seconds(0, 3).map((t) => seen(t, faceOf(9)))));
    expect(await library.who('film', 1)).toEqual(['Zoë']);
    await library.corrections.reject(personId, await at('film', 1));
    expect(await library.who('film', 1)).not.toContain('Zoë');
  });

  test('of a face alone is remembered at once, for titles that were named before', async () => {
    await library.add('film', watched(seconds(0, 3).map((t) => seen(t, faceOf(ADA, 0.7, 25)))));
    expect(await library.who('film', 1)).toEqual(['Ada']);
    expect(await library.people.reject(ada.id, faceOf(ADA, 0.7, 25))).toMatchObject({ name: 'Ada' });
    expect(await library.who('film', 1)).toEqual(['person 1']);
    expect(await said()).toMatchObject([{ kind: 'cannotLink', personId: ada.id, contentHash: null, faces: [expect.any(String)] }]); // prettier-ignore
    await expect(library.people.reject('p-none', faceOf(ADA))).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a split', () => {
  test('with a name makes somebody who has no number, and leaves strangers theirs', async () => {
    await library.add('film', twice(ADA));
    const other = await library.corrections.split(ada.id, [await at('film', 13)], { name: 'Zoë' });
    expect(other).toMatchObject({ name: 'Zoë', number: null, hidden: false });
    expect(other.id).toMatch(/^p-[0-9a-f]{16}$/);
    await library.add('strangers', filmOf(STRANGER));
    expect(await library.who('strangers', 1)).toEqual(['person 1']);
    const stranger = await library.first('strangers', 1);
    const next = await library.corrections.split(stranger.personId, [await at('strangers', 1)], { name: null });
    expect(next).toMatchObject({ name: null, number: 2 });
    await library.add('more', filmOf(9));
    expect(await library.who('more', 1)).toEqual(['person 3']);
  });
});

describe('the end of a split', () => {
  test('gives back a face that would not be known without the others of the person', async () => {
    const looks = [
      ...seconds(0, 3).map((t) => seen(t, faceOf(ADA, 0.9, 20))),
      ...seconds(12, 15).map((t) => seen(t, faceOf(ADA, 0.25, 20), 0.6)),
    ];
    await library.add('film', watched(looks));
    expect([await library.who('film', 1), await library.who('film', 13)]).toEqual([['Ada'], ['Ada']]);
    await library.corrections.split(ada.id, [await at('film', 13)], { name: 'Zoë' });
    const [split] = (await said()).filter((one) => one.split);
    await library.corrections.remove(split!.id);
    expect([await library.who('film', 1), await library.who('film', 13)]).toEqual([['Ada'], ['Ada']]);
  });

  test('restores what was said of several faces together', async () => {
    await library.add('film', filmOf(STRANGER, 9));
    await library.corrections.give(ada.id, [await at('film', 1, 6)]);
    await library.corrections.keepApart(ada.id, grace.id);
    const before = await short();
    await library.corrections.split(ada.id, [await at('film', 1)], { into: grace.id });
    expect([await library.who('film', 1), await library.who('film', 6)]).toEqual([['Grace'], ['Ada']]);
    const [split] = (await said()).filter((one) => one.split);
    await library.corrections.remove(split!.id);
    expect(await short()).toEqual(before);
    expect([await library.who('film', 1), await library.who('film', 6)]).toEqual([['Ada'], ['Ada']]);
  });
});

/** Ada in both shots, and a stranger between. */
const both = () => [
  ...seconds(0, 3).map((t) => seen(t, faceOf(ADA, 0.9, 20))),
  ...seconds(6, 9).map((t) => seen(t, faceOf(STRANGER, 0.9, 22), 0.4)),
  ...seconds(12, 15).map((t) => seen(t, faceOf(ADA, 0.9, 21), 0.6)),
];
