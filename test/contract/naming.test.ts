import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CAST_SEGMENTS, segmentWrites } from '../../src/cast/segments.js';
import { KinoscopeError } from '../../src/core/errors.js';
import type { FacesResult } from '../../src/faces/analyzer.js';
import { CALIBRATIONS, NAMED_PRIOR } from '../../src/people/calibration.js';
import type { Constraint } from '../../src/people/constraints.js';
import { Naming } from '../../src/people/naming.js';
import { Suggestions } from '../../src/people/suggestions.js';
import { billedWrites } from '../../src/titles/billed.js';
import type { Title } from '../../src/titles/documents.js';
import { faceOf, Library, photo, seconds, seen, watched } from '../library/library.js';

const [ADA, GRACE, STRANGER, OTHER] = [0, 1, 2, 3];

let library: Library;
beforeEach(async () => {
  library = await Library.open();
});
afterEach(() => library.close());

const enrol = (name: string, person: number) =>
  library.people.enrol({ name, photos: [photo(name.slice(0, 4).padEnd(4, 'x'), faceOf(person))], mean: null });

/** A film in which these people are seen, one after the other. */
const filmOf = (...people: number[]) =>
  watched(people.flatMap((person, i) => seconds(i * 5, i * 5 + 3).map((t) => seen(t, faceOf(person, 0.8, 20 + i)))));

describe('names', () => {
  test('are given to films that were analysed before somebody was enrolled, and after', async () => {
    await library.add('past', filmOf(ADA, STRANGER));
    expect(await library.who('past', 1)).toEqual(['person 1']);
    await enrol('Ada', ADA);
    expect(await library.who('past', 1)).toEqual(['Ada']);
    expect(await library.who('past', 6)).toEqual(['person 2']);
    await library.add('future', filmOf(ADA));
    expect(await library.who('future', 1)).toEqual(['Ada']);
    // Nobody is left under the number that Ada had as a stranger.
    const { items } = await library.people.page({ named: false }, {});
    expect(items.map(({ number }) => number)).toEqual([2]);
  });

  test('are told, and nobody is made up, where nothing can be written', async () => {
    let full = false;
    await library.close();
    library = await Library.open(':memory:', undefined, {
      through: (store) => ({
        kind: store.kind,
        collection: (spec) => store.collection(spec),
        check: () => store.check(),
        purge: () => store.purge(),
        close: () => store.close(),
        commit: (writes) =>
          full
            ? Promise.reject(new KinoscopeError('unavailable', 'The disk of the database is full'))
            : store.commit(writes),
      }),
    });
    await library.add('film', filmOf(ADA, STRANGER));
    await enrol('Ada', ADA);
    full = true;
    const read = Object.values((await library.naming.namesOf('film')) ?? {});
    expect(read.map(({ name }) => name)).toEqual(['Ada', null]);
    expect(read[1]).toMatchObject({ label: null, personId: null });
    full = false;
    expect(await library.people.page({ named: false }, {})).toMatchObject({ items: [] });
    expect(await library.who('film', 6)).toEqual(['person 1']);
  });

  test('of two people of one frame are never the same: the surer one has it', async () => {
    await enrol('Ada', ADA);
    await library.add(
      'film',
      watched(seconds(1, 4).flatMap((t) => [seen(t, faceOf(ADA, 0.95)), seen(t, faceOf(ADA, 0.6, 30), 0.7)])),
    );
    const names = await library.who('film', 2);
    expect(names).toHaveLength(2);
    expect(names.filter((name) => name === 'Ada')).toHaveLength(1);
  });

  test('of those who are in the film for certain are given to poorer faces like theirs there, unless both are in one frame', async () => {
    await enrol('Ada', ADA);
    // Too little like her photo for a name; a little like what the film shows of her besides.
    const poor = new Float32Array(32);
    [poor[ADA], poor[20], poor[25]] = [0.34, 0.25, Math.sqrt(1 - 0.34 ** 2 - 0.25 ** 2)];
    const sure = seconds(1, 4).map((t) => seen(t, faceOf(ADA, 0.8, 20)));
    const poorly = (t: number) => ({ ...seen(t, poor, 0.7), quality: 0.5 });
    const later = seconds(11, 14).map(poorly);
    await library.add('without her', watched(later));
    await library.add('with her', watched([...sure, ...later]));
    await library.add('beside her', watched([...sure, ...later, poorly(15), seen(15, faceOf(ADA, 0.8, 20))]));
    expect(await library.who('without her', 12)).toEqual(['person 1']);
    expect(await library.who('with her', 12)).toEqual(['Ada']);
    expect(await library.who('beside her', 12)).toEqual(['person 1']);
  });

  test('change everywhere when somebody is renamed, hidden or shown again', async () => {
    const { id } = await enrol('Ada', ADA);
    await library.add('film', filmOf(ADA));
    expect(await library.who('film', 1)).toEqual(['Ada']);
    await library.people.change(id, { name: 'Ada Lovelace' });
    expect(await library.who('film', 1)).toEqual(['Ada Lovelace']);
    await library.people.change(id, { hidden: true });
    expect(await library.who('film', 1)).toEqual([]);
    expect((await library.cast('film')).people).toEqual([]);
    await library.people.change(id, { hidden: false });
    expect(await library.who('film', 1)).toEqual(['Ada Lovelace']);
  });

  test('given by other rules are given again', async () => {
    await enrol('Ada', ADA);
    await library.add('film', filmOf(ADA));
    expect(await library.who('film', 1)).toEqual(['Ada']);
    await library.store.commit([
      { kind: 'patch', collection: 'title_names', id: 'film', patch: { $set: { rules: 'naming-0', who: {} } } },
    ]);
    expect(await library.who('film', 1)).toEqual(['Ada']);
  });

  test('are read without writing any, and the same as are written afterwards', async () => {
    await enrol('Ada', ADA);
    await library.add('film', filmOf(ADA, STRANGER));
    const before = await library.gallery.names.get('film');
    const read = await library.naming.namesOf('film');
    expect(await library.naming.namesOf('film')).toBe(read);
    expect(await library.gallery.names.get('film')).toEqual(before);
    expect((await library.people.page({}, {})).items.map(({ name }) => name)).toEqual(['Ada']);
    const written = await library.naming.refreshNames('film');
    expect(Object.values(written!).map(({ name }) => name)).toEqual(Object.values(read!).map(({ name }) => name));
    expect((await library.people.page({}, {})).items).toHaveLength(2);
    expect(await library.naming.namesOf('film')).toEqual(written);
  });

  test('are known of a film only once it was analysed', async () => {
    expect(await library.naming.namesOf('never')).toBeNull();
  });

  test('are the same for two that ask at the same time', async () => {
    await library.add('a', filmOf(STRANGER));
    await library.add('b', filmOf(STRANGER));
    await Promise.all([library.who('a', 1), library.who('b', 1), library.who('a', 2), library.who('b', 2)]);
    expect((await library.people.page({}, {})).items).toHaveLength(1);
  });
});

describe('who is named of a title', () => {
  const { slope, middle } = CALIBRATIONS['face-embed-512'].identify;
  /** Too little like her photo for a name, were she not named of the title. */
  const UNSURE = middle - NAMED_PRIOR / slope / 2;
  const unsure = () => watched(seconds(1, 4).map((t) => seen(t, faceOf(ADA, UNSURE))));
  const title = async (id: string, about: Partial<Title> = {}): Promise<Title> => {
    const document = { id: `title-${id}`, name: id, source: { kind: 'path' }, contentHash: id, media: null, metadata: {}, createdAt: '', ...about }; // prettier-ignore
    await library.store.commit([{ kind: 'upsert', collection: 'titles', document }]);
    return { ...document, version: 1 } as unknown as Title;
  };
  const cast = (...names: string[]) => names.map((name) => ({ name, role: null }));

  test('gets the name sooner, however it is written, and whoever names them', async () => {
    await enrol('Ada Löwe', ADA);
    const films: [string, Partial<Title>, string][] = [
      ['unnamed', {}, 'person 1'],
      ['source', { metadata: { cast: cast('LOWE, Ada') } }, 'Ada Löwe'],
      ['given', { givenCast: cast('ada lowe') }, 'Ada Löwe'],
      ['others', { givenCast: cast('Ada', 'Ada Löwe Abel') }, 'person 1'],
    ];
    for (const [film, about, expected] of films) {
      await title(film, about);
      await library.add(film, unsure());
      expect([film, await library.who(film, 2)]).toEqual([film, [expected]]);
    }
    await title('credits');
    const read = { character: null, actor: 'ADA LÖWE', confidence: 0.9, start: 1, end: 2 };
    await library.store.commit(billedWrites('credits', { cast: [read], crew: [] }));
    await library.add('credits', unsure());
    expect(await library.who('credits', 2)).toEqual(['Ada Löwe']);
  });

  test('is found by an alias as well', async () => {
    const { id } = await enrol('Ada', ADA);
    await library.people.change(id, { aliases: ['Ada Löwe'] });
    await title('film', { givenCast: cast('Ada Löwe') });
    await library.add('film', unsure());
    expect(await library.who('film', 2)).toEqual(['Ada']);
  });

  test('is nobody who is not of the gallery, and nobody whom a face is not like', async () => {
    await enrol('Grace', GRACE);
    await title('film', { givenCast: cast('Grace', 'Zoë Nobody') });
    await library.add('film', watched(seconds(1, 4).map((t) => seen(t, faceOf(GRACE, middle - (2 * NAMED_PRIOR) / slope))))); // prettier-ignore
    expect(await library.who('film', 2)).toEqual(['person 1']);
    expect((await library.people.list()).map(({ name }) => name)).toEqual(['Grace']);
  });

  test('changes, and names that were given are given anew', async () => {
    await enrol('Ada', ADA);
    const film = await title('film');
    await library.add('film', unsure());
    expect(await library.who('film', 2)).toEqual(['person 1']);
    const names = async () => Object.values((await library.naming.namesOf('film'))!).map(({ name }) => name);
    expect(await names()).toEqual([null]);
    await library.castLists.give(film, cast('Ada'));
    expect(await names()).toEqual(['Ada']);
    expect(await library.who('film', 2)).toEqual(['Ada']);
    await library.castLists.give(film, []);
    expect(await names()).not.toEqual(['Ada']);
    await library.store.commit(billedWrites('film', { cast: [{ character: null, actor: 'Ada', confidence: 0.9, start: 1, end: 2 }], crew: [] })); // prettier-ignore
    await library.naming.refreshAllNames();
    expect((await library.gallery.names.get('film'))?.revision).toBeGreaterThan(0);
    expect(await names()).toEqual(['Ada']);
  });

  test('while names are being given, is not lost', async () => {
    await enrol('Ada', ADA);
    const film = await title('film');
    await library.add('film', unsure());
    const { castLists } = library;
    let read = 0;
    const late = new Naming(library.gallery, {
      keysOf: async (hash) => {
        const keys = await castLists.keysOf(hash);
        if (read++ === 0) await castLists.give(film, cast('Ada'));
        return keys;
      },
    });
    expect(Object.values((await late.refreshNames('film'))!).map(({ name }) => name)).toEqual(['Ada']);
    expect(read).toBe(2);
  });
});

describe('a stranger', () => {
  test('is the same person in every film, with an id that stays', async () => {
    await library.add('one', filmOf(STRANGER, OTHER));
    const [first] = await library.at('one', 1);
    await library.add('two', filmOf(OTHER, STRANGER));
    expect((await library.at('two', 6))[0]).toMatchObject({ personId: first!.personId, label: 'person 1', name: null });
    expect(await library.who('two', 1)).toEqual(['person 2']);
    await library.add('one', filmOf(STRANGER, OTHER));
    expect((await library.at('one', 1))[0]?.personId).toBe(first!.personId);
  });

  test('gets a name everywhere at once, and keeps it although they are hard to recognise', async () => {
    await library.add('one', filmOf(STRANGER));
    await library.add('two', filmOf(STRANGER, ADA));
    const { personId } = await library.first('one', 1);
    await library.people.change(personId, { name: 'Grace' });
    expect([await library.who('one', 1), await library.who('two', 1)]).toEqual([['Grace'], ['Grace']]);
    expect(await library.who('two', 6)).not.toContain('Grace');
    await library.add('three', filmOf(ADA, STRANGER));
    expect(await library.who('three', 6)).toEqual(['Grace']);
  });

  test('who turns out to be two is split, and stays two', async () => {
    await library.add('one', filmOf(STRANGER));
    await library.add('two', filmOf(STRANGER));
    const { personId, track } = await library.first('two', 1);
    expect((await library.at('one', 1))[0]?.personId).toBe(personId);
    const other = await library.corrections.split(personId, [{ contentHash: 'two', tracks: [track] }], { name: null });
    expect((await library.at('one', 1))[0]?.personId).toBe(personId);
    expect((await library.at('two', 1))[0]?.personId).toBe(other.id);
    await enrol('Ada', ADA);
    expect((await library.at('two', 1))[0]?.personId).toBe(other.id);
  });

  test('who was taken for two is merged, unless the two are seen together', async () => {
    await library.add('one', filmOf(STRANGER));
    await library.add('two', filmOf(OTHER));
    const [a, b] = [(await library.at('one', 1))[0]!.personId!, (await library.at('two', 1))[0]!.personId!];
    await library.people.merge(a, b);
    expect((await library.at('two', 1))[0]?.personId).toBe(a);
    await expect(library.people.get(b)).rejects.toMatchObject({ code: 'not-found' });

    await library.add('both', watched(seconds(1, 4).flatMap((t) => [seen(t, faceOf(5)), seen(t, faceOf(6), 0.7)])));
    const together = (await library.at('both', 2)).map(({ personId }) => personId!);
    await expect(library.people.merge(together[0]!, together[1]!)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('who was in a deleted film only is nobody any more', async () => {
    await library.add('one', filmOf(STRANGER));
    await library.who('one', 1);
    await library.naming.forget(() => Promise.resolve({ contentHash: 'one', writes: [] }));
    expect((await library.people.page({}, {})).items).toEqual([]);
  });
});

describe('"not this person"', () => {
  test('is remembered for the track, for faces like it, and when the film is analysed again', async () => {
    const { id } = await enrol('Ada', ADA);
    const lookAlike = () => watched(seconds(1, 4).map((t) => seen(t, faceOf(ADA, 0.7, 25))));
    await library.add('film', lookAlike());
    const { track } = await library.first('film', 2);
    expect(await library.who('film', 2)).toEqual(['Ada']);
    await library.corrections.reject(id, { contentHash: 'film', tracks: [track] });
    expect(await library.who('film', 2)).not.toContain('Ada');
    await library.add('film', lookAlike());
    expect(await library.who('film', 2)).not.toContain('Ada');
    await library.add('other', filmOf(ADA));
    expect(await library.who('other', 1)).toEqual(['Ada']);
  });

  test('said of one track leaves the name with the others of the same person', async () => {
    const { id } = await enrol('Ada', ADA);
    const looks = [
      ...seconds(1, 4).map((t) => seen(t, faceOf(ADA, 0.9, 20))),
      ...seconds(11, 14).map((t) => seen(t, faceOf(ADA, 0.7, 21))),
    ];
    await library.add('film', watched(looks));
    const { track } = await library.first('film', 12);
    await library.corrections.reject(id, { contentHash: 'film', tracks: [track] });
    expect([await library.who('film', 2), (await library.who('film', 12)).includes('Ada')]).toEqual([['Ada'], false]);
    const { people } = await library.cast('film');
    expect(people.map(({ tracks }) => tracks)).toEqual([1, 1]);
  });

  test('of a track that is not there is refused', async () => {
    const { id } = await enrol('Ada', ADA);
    await library.add('film', filmOf(ADA));
    await expect(library.corrections.reject(id, { contentHash: 'film', tracks: ['t99'] })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(library.corrections.reject('p-none', { contentHash: 'film', tracks: ['t1'] })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('a name given to a track', () => {
  test('outweighs what the face looks like', async () => {
    await enrol('Ada', ADA);
    const grace = await enrol('Grace', GRACE);
    await library.add('film', filmOf(ADA));
    const { track } = await library.first('film', 1);
    await library.corrections.give(grace.id, [{ contentHash: 'film', tracks: [track] }]);
    expect(await library.who('film', 1)).toEqual(['Grace']);
  });

  test('is refused where that person is on screen beside it', async () => {
    const ada = await enrol('Ada', ADA);
    await library.add('film', watched(seconds(1, 4).flatMap((t) => [seen(t, faceOf(5)), seen(t, faceOf(6), 0.7)])));
    const [one, other] = (await library.at('film', 2)).map(({ track }) => track);
    await library.corrections.give(ada.id, [{ contentHash: 'film', tracks: [one!] }]);
    await expect(library.corrections.give(ada.id, [{ contentHash: 'film', tracks: [other!] }])).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

describe('a constraint', () => {
  const said = async () => (await library.corrections.page({}, {})).items;
  /** The same film as an analysis of another version sees it: a track more comes first, so that all have other ids. */
  const seenAgain = async (faces: FacesResult) => {
    const { tracks, ...others } = faces;
    const renamed = tracks.map((track, i) => ({ ...track, id: `t${i + 100}` }));
    await library.add('film', { ...others, tracks: renamed });
  };

  test('that a track shows somebody outlives a new analysis with other tracks, and its end gives the face back', async () => {
    await enrol('Ada', ADA);
    const grace = await enrol('Grace', GRACE);
    await library.add('film', filmOf(ADA));
    const { track } = await library.first('film', 1);
    await library.corrections.give(grace.id, [{ contentHash: 'film', tracks: [track] }]);
    expect(await said()).toMatchObject([{ kind: 'mustLink', personId: grace.id, contentHash: 'film', by: 'cli' }]);
    await seenAgain(filmOf(ADA));
    expect(await library.who('film', 1)).toEqual(['Grace']);
    const [{ id, tracks }] = (await said()) as [Constraint];
    expect([tracks.map((one) => one.id), (await library.first('film', 1)).track]).toEqual([['t100'], 't100']);
    await library.corrections.remove(id);
    expect(await library.who('film', 1)).toEqual(['Ada']);
    expect(await said()).toEqual([]);
    expect((await library.people.get(grace.id)).exemplars).toEqual([]);
  });

  test('of one track of somebody parts it from the others again in a new analysis', async () => {
    await enrol('Ada', ADA);
    const grace = await enrol('Grace', GRACE);
    const looks = () =>
      watched([
        ...seconds(1, 4).map((t) => seen(t, faceOf(ADA, 0.9, 20))),
        ...seconds(11, 14).map((t) => seen(t, faceOf(ADA, 0.9, 21))),
      ]);
    await library.add('film', looks());
    const { track } = await library.first('film', 12);
    await library.corrections.give(grace.id, [{ contentHash: 'film', tracks: [track] }]);
    await seenAgain(looks());
    expect([await library.who('film', 2), await library.who('film', 12)]).toEqual([['Ada'], ['Grace']]);
  });

  test('that a track does not show somebody ends with its deletion, for faces like it too', async () => {
    const { id } = await enrol('Ada', ADA);
    const lookAlike = () => watched(seconds(1, 4).map((t) => seen(t, faceOf(ADA, 0.7, 25))));
    await library.add('film', lookAlike());
    await library.add('other', lookAlike());
    const { track } = await library.first('film', 2);
    await library.corrections.reject(id, { contentHash: 'film', tracks: [track] });
    expect([await library.who('film', 2), await library.who('other', 2)].flat()).not.toContain('Ada');
    await library.corrections.remove((await said())[0]!.id);
    expect([await library.who('film', 2), await library.who('other', 2)]).toEqual([['Ada'], ['Ada']]);
  });

  test('replaces the one that said otherwise of the same track', async () => {
    const ada = await enrol('Ada', ADA);
    await library.add('film', filmOf(ADA));
    const { track } = await library.first('film', 1);
    await library.corrections.reject(ada.id, { contentHash: 'film', tracks: [track] });
    await library.corrections.give(ada.id, [{ contentHash: 'film', tracks: [track] }]);
    expect(await said()).toMatchObject([{ kind: 'mustLink', personId: ada.id }]);
    expect(await library.who('film', 1)).toEqual(['Ada']);
  });

  test('that two are one is undone with all that each had: name, photos and appearances', async () => {
    const ada = await enrol('Ada', ADA);
    await library.add('one', filmOf(STRANGER));
    const { personId: stranger } = await library.first('one', 1);
    const before = await library.people.get(stranger);
    await library.people.merge(stranger, ada.id);
    expect(await library.people.get(stranger)).toMatchObject({ name: 'Ada', photos: 1 });
    expect(await library.who('one', 1)).toEqual(['Ada']);
    await library.corrections.remove((await said())[0]!.id);
    expect(await library.people.get(ada.id)).toMatchObject({ name: 'Ada', photos: 1, mean: ada.mean });
    expect(await library.people.get(stranger)).toMatchObject({ name: null, photos: 0, mean: before.mean });
    expect(await library.who('one', 1)).toEqual(['person 1']);
    await library.add('two', filmOf(ADA));
    expect((await library.at('two', 1))[0]?.personId).toBe(ada.id);
  });

  test('that two are not one keeps strangers apart who look the same, until it is deleted', async () => {
    await library.add('one', filmOf(STRANGER));
    await library.add('two', watched(seconds(0, 3).map((t) => seen(t, faceOf(STRANGER, 0.8, 27)))));
    await library.who('one', 1);
    const { personId, track } = await library.first('two', 1);
    const other = await library.corrections.split(personId, [{ contentHash: 'two', tracks: [track] }], { name: null });
    const kinds = (await said()).map(({ kind, people }) => [kind, people.length]);
    expect(kinds.toSorted()).toEqual([
      ['cannotLink', 2],
      ['mustLink', 1],
    ]);
    expect((await library.at('two', 1))[0]?.personId).toBe(other.id);
    for (const { id, kind } of await said()) if (kind === 'mustLink') await library.corrections.remove(id);
    expect((await library.at('two', 1))[0]?.personId).toBe(personId);
    await expect(library.corrections.keepApart(personId, personId)).rejects.toMatchObject({ code: 'usage' });
    await expect(library.corrections.keepApart(personId, 'p-none')).rejects.toMatchObject({ code: 'not-found' });
  });

  test('goes with the person and with the title', async () => {
    const [ada, grace] = [await enrol('Ada', ADA), await enrol('Grace', GRACE)];
    await library.add('film', filmOf(ADA, GRACE));
    const { track } = await library.first('film', 1);
    await library.corrections.reject(grace.id, { contentHash: 'film', tracks: [track] });
    await library.corrections.keepApart(ada.id, grace.id);
    // The face that is not Grace's is Ada's: it goes with her, what was said of the track stays.
    expect((await said()).map(({ faces }) => faces.length).toSorted()).toEqual([0, 1]);
    await library.erasure.erase(ada.id);
    expect(await said()).toMatchObject([{ kind: 'cannotLink', personId: grace.id, faces: [] }]);
    await library.naming.forget(() => Promise.resolve({ contentHash: 'film', writes: [] }));
    expect(await said()).toEqual([]);
  });
});

describe('who is deleted', () => {
  test('is gone with photos, embeddings and names, in films that nobody has asked about too; a line says so', async () => {
    const { id } = await enrol('Ada', ADA);
    const grace = await enrol('Grace', GRACE);
    await library.add('film', filmOf(ADA, GRACE));
    await library.who('film', 1);
    await library.add('unasked', filmOf(ADA));
    const parts = await library.store.collection(CAST_SEGMENTS);
    const detections = seconds(1, 4).map((time) => seen(time, faceOf(ADA)));
    await library.store.commit(
      segmentWrites(
        'film',
        'job',
        { start: 0, end: 10 },
        { samples: [], thumbnails: [], detections, bodies: { times: [], detections: [] } },
        false,
      ),
    );
    const kept = { request: '', status: 201, createdAt: new Date().toISOString() };
    await library.answers.insert({ ...kept, id: 'by name', body: { faces: [{ candidates: [{ name: 'Ada' }] }] } });
    await library.answers.insert({ ...kept, id: 'by id', body: { id, name: 'A former name' } });
    await library.answers.insert({ ...kept, id: 'another', body: { id: grace.id, name: 'Grace' } });
    await library.answers.insert({ ...kept, id: 'unanswered', status: null, body: null });
    await library.erasure.erase(id);
    expect((await library.answers.find()).items.map((answer) => answer.id)).toEqual(['another', 'unanswered']);
    expect(await parts.count()).toBe(0);
    expect((await library.audit.list()).map(({ action, subject }) => ({ action, subject }))).toEqual([
      { action: 'person.deleted', subject: { person: id, photos: 1, appearances: 2, titles: 2 } },
    ]);

    expect(await library.who('film', 1)).toEqual([null]);
    expect(await library.who('film', 6)).toEqual(['Grace']);
    expect(await library.people.photosOf(id)).toEqual([]);
    await expect(library.people.get(id)).rejects.toMatchObject({ code: 'not-found' });
    const documents = [
      ...(await library.gallery.people.find()).items,
      ...(await library.gallery.names.find()).items,
      ...(await library.gallery.appearances.find()).items,
      ...(await library.gallery.embeddings.find()).items,
    ];
    const text = JSON.stringify(documents);
    expect(text).not.toContain('Ada');
    expect(text).not.toContain(id);
    expect(
      (await library.gallery.appearances.find({ embedding: { $ne: null } })).items.map(({ personId }) => personId),
    ).toEqual([grace.id]);
    const tracks = (await library.gallery.embeddings.find()).items.flatMap(({ embeddings }) => Object.keys(embeddings));
    expect(tracks).toHaveLength(1);
    await expect(library.erasure.erase(id)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('what the machine said of who is who', () => {
  test('is kept with what a person says, but for somebody who is deleted', async () => {
    const ada = await enrol('Ada', ADA);
    const grace = await enrol('Grace', GRACE);
    await library.add('film', filmOf(ADA));
    const { track } = await library.first('film', 1);
    await library.corrections.give(grace.id, [{ contentHash: 'film', tracks: [track] }]);
    const said = async () => (await library.corrections.page({ contentHash: 'film' }, {})).items[0]!;
    expect(await said()).toMatchObject({
      kind: 'mustLink',
      personId: grace.id,
      machine: {
        version: expect.stringMatching(/^naming/),
        tracks: [{ id: track, personId: ada.id }],
        similarity: null,
      },
    });
    expect((await said()).machine!.tracks[0]!.confidence).toBeGreaterThan(0.5);
    await library.corrections.keepApart(ada.id, grace.id);
    // Grace has learnt a face of Ada's
    const [pair] = (await library.corrections.page({ personId: ada.id }, {})).items;
    expect(pair!.machine).toMatchObject({ tracks: [], similarity: expect.closeTo(0.65, 1) });
    await library.erasure.erase(ada.id);
    expect(JSON.stringify((await library.corrections.page({}, {})).items)).not.toContain(ada.id);
    expect(await said()).toMatchObject({ personId: grace.id, machine: { tracks: [] } });
  });
});

describe('aliases', () => {
  const called = async (text: string): Promise<(string | null)[]> =>
    (await library.people.called(text, {}, { limit: 10 })).items.map(({ name }) => name);

  test('find somebody by the beginnings of words, whatever case and accents, a page at a time', async () => {
    const ross = await enrol('Ross Geller', ADA);
    await enrol('Zoë', GRACE);
    await library.people.change(ross.id, { aliases: ['David Schwimmer', 'David Schwimmer'] });
    expect(await called('ross geller')).toEqual(['Ross Geller']);
    expect(await called('SCHWIM dav')).toEqual(['Ross Geller']);
    expect(await called('zoe')).toEqual(['Zoë']);
    // words of two names are none of one
    expect(await called('ross schwimmer')).toEqual([]);
    const first = await library.people.called('', {}, { limit: 1 });
    const second = await library.people.called('', {}, { limit: 1, cursor: first.nextCursor! });
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(['Ross Geller', 'Zoë']);
    expect(second.nextCursor).toBeNull();
  });

  test('go along when two become one, and come back when they are two again', async () => {
    const ross = await enrol('Ross', ADA);
    const other = await enrol('Other', GRACE);
    await library.people.change(ross.id, { aliases: ['Schwimmer'] });
    await library.people.change(other.id, { aliases: ['Twin'] });
    await library.people.merge(ross.id, other.id);
    expect((await library.people.get(ross.id)).aliases).toEqual(['Schwimmer', 'Twin']);
    const [merge] = (await library.corrections.page({}, {})).items;
    await library.corrections.remove(merge!.id);
    expect((await library.people.get(ross.id)).aliases).toEqual(['Schwimmer']);
    expect((await library.people.get(other.id)).aliases).toEqual(['Twin']);
  });
});

describe('people who may be one', () => {
  const pairs = async (): Promise<string[]> =>
    (await new Suggestions(library.gallery).list(10)).map(({ person, other }) => `${person.name} ${other.name}`);
  const enrolLike = (name: string, likeness: number, rest: number) =>
    library.people.enrol({
      name,
      photos: [photo(name.slice(0, 4).padEnd(4, 'x'), faceOf(ADA, likeness, rest))],
      mean: null,
    });

  test('are those who look alike, the most alike first, until a person says otherwise', async () => {
    const ada = await enrolLike('Ada', 0.9, 10);
    const twin = await enrolLike('Twin', 0.9, 11);
    const cousin = await enrolLike('Cousin', 0.6, 12);
    await enrol('Grace', GRACE);
    expect(await pairs()).toEqual(['Ada Twin', expect.stringContaining('Cousin'), expect.stringContaining('Cousin')]);
    await library.corrections.keepApart(twin.id, ada.id);
    expect(await pairs()).not.toContain('Ada Twin');
    await library.people.change(cousin.id, { hidden: true });
    expect(await pairs()).toEqual([]);
  });

  test('are nobody who was seen in one frame with the other', async () => {
    const both = watched(
      seconds(0, 6).flatMap((t) => [seen(t, faceOf(ADA, 0.9, 20), 0.1), seen(t, faceOf(ADA, 0.9, 21), 0.7)]),
    );
    await library.add('film', both);
    expect(await library.who('film', 1)).toHaveLength(2);
    expect((await library.people.page({ named: false }, {})).items).toHaveLength(2);
    expect(await pairs()).toEqual([]);
  });
});
