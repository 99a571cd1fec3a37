import { describe, expect, test } from '@jest/globals';
import { BINS, type ColourLayout } from '../../src/bodies/colour-layout.js';
import { eachRegion } from '../../src/bodies/parts.js';
import { describeBodies } from '../../src/cast/bodies.js';
import { buildCast } from '../../src/cast/cast.js';
import type { StoredTrack } from '../../src/cast/stored.js';
import { wholeBodies } from '../../src/cast/torn-bodies.js';
import type { Watched, WatchedBody, WatchedTrack } from '../../src/cast/watched.js';
import { faceOf } from '../library/library.js';

/** Everything of one colour. */
const dressed = (colour: number): ColourLayout =>
  eachRegion(() => Float32Array.from({ length: BINS }, (_, i) => Number(i === colour)));
const [BLUE, RED] = [dressed(3), dressed(40)];
/** What all shots look like: they are of one scene. */
const GREY = new Float32Array(64).fill(1 / 64);

/** A body that stands at `x` throughout a shot of ten seconds. */
const body = (id: string, shot: number, x: number, colours: ColourLayout): WatchedBody => ({
  id,
  shot,
  start: shot * 10,
  end: shot * 10 + 10,
  samples: [1, 3, 5, 7, 9].map((s) => [shot * 10 + s, x, 0, 0.2, 0.9, x + 0.05, 0.05, 0.1, 0.15] as const),
  colours,
});

/** A face on the head of a body at `x`, in these seconds of its shot. */
const face = (id: string, appearance: string, shot: number, x: number, from: number, to: number, quality = 0.8): StoredTrack => ({
  id,
  appearance,
  shot,
  start: shot * 10 + from,
  end: shot * 10 + to,
  samples: [from + 0.5, to - 0.5].map((s) => [shot * 10 + s, x + 0.06, 0.06, 0.08, 0.12, quality] as const),
  clear: quality >= 0.5,
}); // prettier-ignore

const describedBy = (
  bodies: readonly WatchedBody[],
  tracks: readonly StoredTrack[],
  scenes: readonly (readonly [number, number])[],
  embeddings: ReadonlyMap<string, Float32Array> = new Map(),
) =>
  describeBodies(
    bodies,
    tracks,
    scenes.map(([firstShot, lastShot]) => ({ firstShot, lastShot })),
    embeddings,
  );
const worn = (described: ReturnType<typeof describedBy>, id: string): string[] =>
  described
    .find((one) => one.id === id)!
    .worn.filter(({ probability }) => probability > 0.7)
    .map(({ appearance }) => appearance);

describe('names by clothes', () => {
  // Two people in shot 0 whose faces are clear, both from behind in shot 1, one of them in shot 2.
  const bodies = [
    body('b1', 0, 0.1, BLUE),
    body('b2', 0, 0.6, RED),
    body('b3', 1, 0.3, RED),
    body('b4', 1, 0.7, BLUE),
    body('b5', 2, 0.4, BLUE),
  ];
  const tracks = [face('t1', 'ada', 0, 0.1, 0, 4), face('t2', 'bob', 0, 0.6, 0, 4)];

  test('are handed on within a scene and never to another one', () => {
    const one = describedBy(bodies, tracks, [[0, 2]]);
    expect([worn(one, 'b3'), worn(one, 'b4'), worn(one, 'b5')]).toEqual([['bob'], ['ada'], ['ada']]);
    const two = describedBy(bodies, tracks, [[0, 1], [2, 2]]); // prettier-ignore
    expect([worn(two, 'b3'), worn(two, 'b4'), worn(two, 'b5')]).toEqual([['bob'], ['ada'], []]);
  });

  test('know somebody by what nobody else of the scene wears, though all others are dressed alike', () => {
    const others = ['ada', 'eve', 'ida', 'una'];
    const shown = [...others.map((_, i) => body(`b${i}`, 0, i / 4, BLUE)), body('bob1', 1, 0.4, RED)];
    const faces = [...others.map((who, i) => face(who, who, 0, i / 4, 0, 4)), face('bob', 'bob', 1, 0.4, 0, 4)];
    // Nearly as he was, and nearly as they were.
    const nearly = (colour: number): ColourLayout =>
      eachRegion(() => Float32Array.from({ length: BINS }, (_, i) => (i === colour ? 0.81 : i === 60 ? 0.19 : 0)));
    const looking = [...shown, body('red', 2, 0.1, nearly(40)), body('blue', 2, 0.6, nearly(3))];
    const described = describedBy(looking, faces, [[0, 2]]);
    expect([worn(described, 'red'), worn(described, 'blue')]).toEqual([['bob'], []]);
  });

  test('are not contended for by fair faces of the same person, who are an appearance of their own', () => {
    const fair = face('t3', 'u9', 1, 0.7, 0, 10, 0.45);
    const alike = new Map([['t1', faceOf(1)], ['t3', faceOf(1, 0.3)]]); // prettier-ignore
    const told = describedBy(bodies, [...tracks, fair], [[0, 2]], alike);
    expect([worn(told, 'b4'), worn(told, 'b5')]).toEqual([['ada'], ['ada']]);
    // Somebody else: one frame shows both, or they wear something else.
    const beside = describedBy(
      [...bodies, body('b6', 1, 0.05, BLUE)],
      [...tracks, fair, face('t4', 'ada', 1, 0.05, 0, 10)],
      [[0, 2]],
      alike,
    );
    expect(worn(beside, 'b4')).toEqual(['u9']);
    const green = [...bodies, body('b6', 1, 0.05, dressed(60)), body('b7', 2, 0.8, dressed(60))];
    const own = describedBy(green, [...tracks, face('t3', 'u9', 1, 0.05, 0, 10, 0.45)], [[0, 2]], alike);
    expect([worn(own, 'b6'), worn(own, 'b7')]).toEqual([['u9'], ['u9']]);
  });

  test('are withdrawn where a clear face contradicts them, on the body or elsewhere in the frame', () => {
    const own = describedBy(bodies, [...tracks, face('t3', 'eve', 1, 0.7, 6, 10)], [[0, 2]]);
    expect(worn(own, 'b4')).toEqual([]);
    const elsewhere = [...bodies, body('b6', 1, 0.05, BLUE)];
    const seen = describedBy(elsewhere, [...tracks, face('t3', 'ada', 1, 0.05, 6, 10)], [[0, 2]]);
    expect(worn(seen, 'b4')).toEqual([]);
  });

  test('enter no gallery: what is known of faces is the same without bodies', () => {
    const seenTracks = tracks.map(({ appearance, clear: _clear, ...track }): WatchedTrack => ({
      ...track,
      embedding: faceOf(appearance === 'ada' ? 1 : 2),
    }));
    const shots = [0, 1, 2].map((shot) => ({ start: shot * 10, end: shot * 10 + 10, colours: GREY }));
    const watched: Watched = { shots, tracks: seenTracks, bodies };
    const [withBodies, without] = [buildCast(watched), buildCast({ ...watched, bodies: [] })];
    expect(withBodies.bodies.some((one) => one.worn.length > 0)).toBe(true);
    const { bodies: _bodies, ...known } = withBodies;
    expect({ ...known, bodies: [] }).toEqual(without);
  });
});

describe('a body on which clear faces of two people were seen', () => {
  const bodies = [body('b1', 0, 0.1, BLUE), body('b2', 0, 0.7, RED), body('b3', 1, 0.4, BLUE)];
  const tracks = [face('t1', 'ada', 0, 0.1, 0, 4), face('t2', 'bob', 0, 0.1, 6, 10), face('t3', 'eve', 0, 0.7, 0, 10)];
  const described = describedBy(bodies, tracks, [[0, 1]]);

  test('is cut between them, each with its own face', () => {
    expect(
      described.map(({ id, start, end, faces }) => [id, start, end, ...faces.map(({ appearance }) => appearance)]),
    ).toEqual([
      ['b1', 0, 5, 'ada'],
      ['b1.2', 5, 10, 'bob'],
      ['b2', 0, 10, 'eve'],
      ['b3', 10, 20],
    ]);
    expect(described[1]!.samples.map(([time]) => time)).toEqual([5, 7, 9]);
  });

  test('teaches nobody its clothes', () => {
    expect(described.find(({ id }) => id === 'b3')!.worn).toEqual([]);
    expect(worn(describedBy(bodies, [tracks[0]!, tracks[2]!], [[0, 1]]), 'b3')).toEqual(['ada']);
  });

  test('is whole again where what was watched is read', () => {
    const { colours: _colours, ...watched } = bodies[0]!;
    expect(wholeBodies(described)[0]).toMatchObject(watched);
    expect(wholeBodies(described).map(({ id }) => id)).toEqual(['b1', 'b2', 'b3']);
  });

  test('of one person, seen twice, stays whole', () => {
    const twice = describedBy(bodies, [tracks[0]!, face('t2', 'ada', 0, 0.1, 6, 10)], [[0, 1]]);
    expect(twice.map(({ id }) => id)).toEqual(['b1', 'b2', 'b3']);
  });
});

test('a face that fills the picture is on its body, whose head is told too small', () => {
  const close: StoredTrack = { ...face('t1', 'ada', 0, 0.3, 0, 10), samples: [[3, 0.3, 0.02, 0.16, 0.32, 0.9]] };
  const [shown] = describedBy([body('b1', 0, 0.3, BLUE)], [close], [[0, 0]]);
  expect(shown!.faces.map(({ track }) => track)).toEqual(['t1']);
  const poster: StoredTrack = { ...close, samples: [[3, 0.2, 0, 0.3, 0.6, 0.9]] };
  expect(describedBy([body('b1', 0, 0.3, BLUE)], [poster], [[0, 0]])[0]!.faces).toEqual([]);
});

describe('a body on which a clear face and a fair one of somebody else were seen', () => {
  const bodies = [body('b1', 0, 0.1, BLUE), body('b2', 1, 0.4, BLUE)];
  const cutBy = (quality: number, other: Float32Array): string[] =>
    describedBy(
      bodies,
      [face('t1', 'bob', 0, 0.1, 0, 4, quality), face('t2', 'ada', 0, 0.1, 6, 10)],
      [[0, 1]],
      new Map([['t1', other], ['t2', faceOf(1)]]),
    ).map(({ id }) => id); // prettier-ignore

  test('is cut where the faces have nothing in common, so that the name does not go back to who was there before', () => {
    expect(cutBy(0.32, faceOf(2))).toEqual(['b1', 'b1.2', 'b2']);
  });

  test('stays whole where they may be one person, or the other is too poor to tell', () => {
    expect(cutBy(0.32, faceOf(1, 0.2))).toEqual(['b1', 'b2']);
    expect(cutBy(0.2, faceOf(2))).toEqual(['b1', 'b2']);
  });
});
