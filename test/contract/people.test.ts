import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { normalize } from '../../src/faces/embed.js';
import type { People } from '../../src/people/people.js';
import type { Enrolled, Photo } from '../../src/people/photo.js';
import { Library } from '../library/library.js';

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
