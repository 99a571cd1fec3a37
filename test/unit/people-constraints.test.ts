import { describe, expect, test } from '@jest/globals';
import type { StoredTrack } from '../../src/cast/stored.js';
import {
  anchored,
  type Constraint,
  markOf,
  newConstraint,
  partTracks,
  peopleOf,
  statedOf,
  withoutTracks,
} from '../../src/people/constraints.js';
import { newPerson } from '../../src/people/gallery-unit-of-work.js';
import { labelOf, whoIs } from '../../src/people/naming.js';

/** A statement about tracks. */
const said = (
  kind: Constraint['kind'],
  personId: string,
  tracks: readonly string[],
  about: Partial<Constraint> = {},
): Constraint => ({
  ...newConstraint({ kind, personId, tracks: tracks.map((id) => ({ id, time: 0, box: [0, 0, 1, 1] })) }),
  version: 1,
  ...about,
});
const shows = (tracks: readonly string[], about: Partial<Parameters<typeof statedOf>[0]> = {}) => ({
  tracks,
  mustLink: false,
  personId: null,
  cannotLink: [],
  ...about,
});

describe('what is said of an appearance', () => {
  test.each([
    ['nothing', shows(['t1']), [], null, []],
    ['whom it shows', shows(['t1']), [said('mustLink', 'ada', ['t1', 't2'])], 'ada', []],
    [
      'the last, where it was said again',
      shows(['t1']),
      [said('mustLink', 'ada', ['t1']), said('mustLink', 'bo', ['t1'])],
      'bo',
      [],
    ],
    [
      'nothing, where it was said of some of its tracks',
      shows(['t1', 't2']),
      [said('mustLink', 'ada', ['t1'])],
      null,
      [],
    ],
    ['nothing of an appearance without tracks', shows([]), [said('mustLink', 'ada', ['t1'])], null, []],
    [
      'whom it does not show, once',
      shows(['t1'], { cannotLink: ['bo'] }),
      [said('cannotLink', 'bo', ['t1']), said('cannotLink', 'ada', ['t1'])],
      null,
      ['bo', 'ada'],
    ],
    ['not both of one person', shows(['t1'], { cannotLink: ['ada'] }), [said('mustLink', 'ada', ['t1'])], 'ada', []],
    ['what was stored with it', shows(['t1'], { mustLink: true, personId: 'ada' }), [], 'ada', []],
    ['no name that nobody gave', shows(['t1'], { personId: 'ada' }), [], null, []],
    [
      'the statement rather than what was stored',
      shows(['t1'], { mustLink: true, personId: 'ada' }),
      [said('mustLink', 'bo', ['t1'])],
      'bo',
      [],
    ],
  ] as const)('%s', (_, appearance, statements, personId, cannotLink) => {
    expect(statedOf(appearance, statements)).toEqual({ personId, cannotLink });
  });
});

test('a statement names whom it is about and who said it', () => {
  const one = newConstraint({ kind: 'cannotLink', personId: 'ada', otherId: 'bo' });
  expect(one).toMatchObject({
    people: ['ada', 'bo'],
    by: 'cli',
    tracks: [],
    faces: [],
    merged: null,
    contentHash: null,
  });
  expect(one.id).toMatch(/^c-[\da-f]{16}$/);
  expect(newConstraint({ kind: 'cannotLink', personId: 'ada' }).id).not.toBe(one.id);
  expect(peopleOf('ada', null)).toEqual(['ada']);
});

test('statements no longer about tracks lose these, and end without any', () => {
  const [both, one, other, faces] = [
    said('mustLink', 'ada', ['t1', 't2']),
    said('cannotLink', 'bo', ['t1']),
    said('mustLink', 'cy', ['t3']),
    said('cannotLink', 'ada', []),
  ];
  const writes = withoutTracks([both, one, other, faces], new Set(['t1']));
  expect(writes).toMatchObject([
    { kind: 'upsert', document: { id: both.id, tracks: [{ id: 't2' }] } },
    { kind: 'delete', filter: { id: one.id } },
  ]);
  expect(writes).toHaveLength(2);
});

const track = (id: string, appearance: string, start: number, end: number, x = 0): StoredTrack => ({
  id,
  appearance,
  shot: 0,
  start,
  end,
  samples: [
    [start, x, 0, 0.1, 0.2, 0.3],
    [(start + end) / 2, x + 0.1, 0, 0.1, 0.2, 0.9],
    [end, x + 0.2, 0, 0.1, 0.2, 0.3],
  ],
});

describe('a track in a new analysis', () => {
  test('is marked where its face is seen best', () => {
    expect(markOf(track('t1', 'u1', 0, 10))).toEqual({ id: 't1', time: 5, box: [0.1, 0, 0.1, 0.2] });
  });

  const mark = { id: 't1', time: 5, box: [0.1, 0, 0.1, 0.2] as const };
  const found = (...tracks: StoredTrack[]): string =>
    anchored([said('mustLink', 'ada', [], { tracks: [mark] })], tracks)[0]!.tracks[0]!.id;

  test.each([
    ['the one at its place then', [track('t8', 'u1', 0, 10, 0.6), track('t9', 'u1', 0, 10)], 't9'],
    ['not one that began later', [track('t9', 'u1', 5.1, 10, -0.1)], ''],
    ['one that begins then', [track('t9', 'u1', 5, 10, 0.1)], 't9'],
    ['not one that had ended', [track('t9', 'u1', 0, 5, -0.1)], ''],
    ['one that is a little aside', [track('t9', 'u1', 0, 10, 0.03)], 't9'],
    ['not further', [track('t9', 'u1', 0, 10, 0.034)], ''],
    ['nothing', [], ''],
  ])('is found again: %s', (_, tracks, expected) => {
    expect(found(...tracks)).toBe(expected);
  });

  test('and keeps its mark for the next one', () => {
    expect(anchored([said('mustLink', 'ada', [], { tracks: [mark] })], [])[0]!.tracks).toEqual([{ ...mark, id: '' }]);
  });
});

describe('tracks of which something is said', () => {
  const tracks = [track('t1', 'u1', 0, 1), track('t2', 'u1', 2, 3), track('t3', 'u7', 4, 5), track('t4', 'u2', 6, 7), track('t5', 'u2', 8, 9)]; // prettier-ignore
  const parted = (...chosen: string[]) => {
    const { tracks: after, origin } = partTracks(tracks, new Set(chosen));
    return [after.map(({ appearance }) => appearance).join(' '), Object.fromEntries(origin)];
  };

  test.each([
    ['none of them: all stay', [], 'u1 u1 u7 u2 u2', {}],
    ['all of an appearance: it stays', ['t1', 't2'], 'u1 u1 u7 u2 u2', {}],
    ['one of two: it parts, under a new name', ['t2'], 'u1 u8 u7 u2 u2', { u8: 'u1' }],
    ['one of each of two', ['t1', 't5'], 'u8 u1 u7 u2 u9', { u8: 'u1', u9: 'u2' }],
    ['an only one', ['t3'], 'u1 u1 u7 u2 u2', {}],
  ])('%s', (_, chosen, appearances, origin) => {
    expect(parted(...chosen)).toEqual([appearances, origin]);
  });

  test('of no tracks at all', () => {
    expect(partTracks([], new Set()).tracks).toEqual([]);
  });
});

test('whom an answer names: a name, a stranger’s number, or nobody', () => {
  const [ada, seventh] = [newPerson('face-embed-512', 'Ada', null, 'p1'), newPerson('face-embed-512', null, 7, 'p7')];
  expect([labelOf(ada), labelOf(seventh), labelOf({ name: 'Bo', number: 7 })]).toEqual([null, 'person 7', null]);
  expect(whoIs(ada, 0.9)).toEqual({ personId: 'p1', name: 'Ada', label: null, confidence: 0.9, hidden: false });
  expect(whoIs({ ...seventh, hidden: true }, 0.4)).toMatchObject({ personId: 'p7', label: 'person 7', hidden: true });
  expect(whoIs(undefined, 0.2)).toEqual({ personId: null, name: null, label: null, confidence: 0.2, hidden: false });
});
