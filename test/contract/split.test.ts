import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Constraint } from '../../src/people/constraints.js';
import { faceOf, Library, photo, seconds, seen, watched } from '../library/library.js';

/** Faces of one person that are somebody else's, and the way back. */

const [ADA, GRACE, STRANGER] = [0, 1, 2];

let library: Library;
beforeEach(async () => {
  library = await Library.open();
});
afterEach(() => library.close());

const said = async (): Promise<readonly Constraint[]> => (await library.corrections.page({}, {})).items;
const enrol = (name: string, person: number) =>
  library.people.enrol({ name, photos: [photo(name.slice(0, 4).padEnd(4, 'x'), faceOf(person))], mean: null });
/** One who is seen twice, a little differently. */
const twice = (person: number) =>
  watched([
    ...seconds(0, 3).map((t) => seen(t, faceOf(person, 0.8, 20))),
    ...seconds(12, 15).map((t) => seen(t, faceOf(person, 0.8, 21), 0.6)),
  ]);
const personAt = async (film: string, time: number) => (await library.at(film, time))[0]?.personId;
const trackAt = async (film: string, time: number) => ({
  contentHash: film,
  tracks: [(await library.first(film, time)).track],
});
async function back(personId: string): Promise<void> {
  const one = (await said()).find((each) => each.kind === 'cannotLink' && each.personId === personId);
  await library.corrections.remove(one!.id);
}

describe('a split', () => {
  test('of some faces makes a new person, and is taken back with all that it said', async () => {
    const ada = await enrol('Ada', ADA);
    await library.add('film', twice(ADA));
    expect(await library.who('film', 13)).toEqual(['Ada']);
    const other = await library.corrections.split(ada.id, [await trackAt('film', 13)], { name: 'Adas sister' });
    expect([await library.who('film', 1), await library.who('film', 13)]).toEqual([['Ada'], ['Adas sister']]);
    await library.add('film', twice(ADA));
    expect(await library.who('film', 13)).toEqual(['Adas sister']);
    await back(ada.id);
    expect([await library.who('film', 1), await library.who('film', 13)]).toEqual([['Ada'], ['Ada']]);
    await expect(library.people.get(other.id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await said()).toEqual([]);
  });

  test('gives the faces to somebody who is there, who keeps what else is theirs when it is taken back', async () => {
    const [ada, grace] = [await enrol('Ada', ADA), await enrol('Grace', GRACE)];
    await library.add('film', twice(ADA));
    await library.add('graces', watched(seconds(0, 3).map((t) => seen(t, faceOf(GRACE, 0.9)))));
    await library.who('graces', 1);
    const before = await library.people.get(grace.id);
    await library.corrections.split(ada.id, [await trackAt('film', 1)], { into: grace.id });
    expect([await library.who('film', 1), await library.who('film', 13)]).toEqual([['Grace'], ['Ada']]);
    await back(ada.id);
    expect([await library.who('film', 1), await library.who('graces', 1)]).toEqual([['Ada'], ['Grace']]);
    expect((await library.people.get(grace.id)).mean).toBe(before.mean);
    expect(await said()).toEqual([]);
  });

  test('of all that a stranger has brings the stranger back when it is taken back', async () => {
    await library.add('film', twice(STRANGER));
    const { personId } = await library.first('film', 1);
    const grace = await enrol('Grace', GRACE);
    const tracks = [...(await trackAt('film', 1)).tracks, ...(await trackAt('film', 13)).tracks];
    await library.corrections.split(personId, [{ contentHash: 'film', tracks }], { into: grace.id });
    expect(await library.who('film', 13)).toEqual(['Grace']);
    await back(personId);
    expect([await personAt('film', 1), await personAt('film', 13)]).toEqual([personId, personId]);
  });

  test('restores what was said of the faces before', async () => {
    const ada = await enrol('Ada', ADA);
    await library.add('film', twice(STRANGER));
    await library.corrections.give(ada.id, [await trackAt('film', 1)]);
    expect(await library.who('film', 1)).toEqual(['Ada']);
    const before = await said();
    await library.corrections.split(ada.id, [await trackAt('film', 1)], { name: null });
    expect(await library.who('film', 1)).not.toEqual(['Ada']);
    await back(ada.id);
    expect(await library.who('film', 1)).toEqual(['Ada']);
    expect((await said()).map(({ id, tracks }) => [id, tracks])).toEqual(before.map(({ id, tracks }) => [id, tracks]));
  });

  test('is refused where it cannot be', async () => {
    const [ada, grace] = [await enrol('Ada', ADA), await enrol('Grace', GRACE)];
    const both = seconds(1, 4).flatMap((t) => [seen(t, faceOf(ADA, 0.9)), seen(t, faceOf(GRACE, 0.9), 0.7)]);
    await library.add('both', watched(both));
    const of = async (name: string) => (await library.at('both', 2)).find((one) => one.name === name)!.track;
    const tracks = [{ contentHash: 'both', tracks: [await of('Ada')] }];
    const split = (to: Parameters<typeof library.corrections.split>[2]) =>
      library.corrections.split(ada.id, tracks, to);
    await expect(split({ name: 'Grace' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(split({ into: ada.id })).rejects.toMatchObject({ code: 'usage' });
    await expect(split({ into: 'p-none' })).rejects.toMatchObject({ code: 'not-found' });
    expect(await said()).toEqual([]);
    // somebody said that she is the one beside
    await library.corrections.give(grace.id, [{ contentHash: 'both', tracks: [await of('Grace')] }]);
    await expect(split({ into: grace.id })).rejects.toMatchObject({ code: 'conflict' });
    expect(await said()).toHaveLength(1);
  });
});
