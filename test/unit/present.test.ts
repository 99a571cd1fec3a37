import { describe, expect, test } from '@jest/globals';
import { withAppearances } from '../../src/cast/bodies.js';
import type { Names, Who } from '../../src/cast/names.js';
import { presentTrackSteps } from '../../src/cast/present-tracks.js';
import { presentAt } from '../../src/cast/present.js';
import {
  boxAt,
  type CastChunk,
  CHUNK_SECONDS,
  chunkWrites,
  joinBodies,
  type StoredBody,
  type StoredTrack,
} from '../../src/cast/stored.js';
import { atOnce } from '../../src/core/slices.js';

const track = (id: string, appearance: string, x: number, quality = 0.8, more: Partial<StoredTrack> = {}): StoredTrack => ({
  id,
  appearance,
  shot: 0,
  start: 0,
  end: 4,
  samples: [[1, x, 0.1, 0.1, 0.1, quality]],
  clear: quality >= 0.5,
  ...more,
}); // prettier-ignore

const body = (id: string, x: number, more: Partial<StoredBody> = {}): StoredBody => ({
  id,
  shot: 0,
  start: 0,
  end: 10,
  samples: [[1, x, 0, 0.2, 0.9, x + 0.05, 0.02, 0.1, 0.2]],
  faces: [],
  worn: [],
  ...more,
});

const who = (name: string, confidence = 0.95): Who => ({
  personId: name.toLowerCase(),
  name,
  label: null,
  confidence,
  hidden: false,
});
const names: Names = {
  u1: who('Ada'),
  u2: who('Bob'),
  u3: { personId: null, name: null, label: null, confidence: 0.4, hidden: false },
  u4: who('Ada', 0.6),
};
const face = (id: string, appearance: string, clear = true, known = true) => ({ track: id, appearance, clear, known });
const worn = (appearance: string, probability: number) => ({ track: 't9', appearance, probability });

/** Names with what they rest on; a question mark where it is only perhaps somebody. */
const said = (tracks: readonly StoredTrack[], bodies: readonly StoredBody[], time = 2): string[] =>
  presentAt({ tracks, bodies }, names, time).map(({ name, by, perhaps }) =>
    name ? `${name} ${by}` : `${perhaps?.name ?? 'nobody'}?`,
  );

describe('who is on screen', () => {
  test('is told by a face in view, and by the body after it has turned away', () => {
    const [tracks, bodies] = [[track('t1', 'u1', 0.4)], [body('b1', 0.35, { faces: [face('t1', 'u1')] })]];
    expect(said(tracks, bodies)).toEqual(['Ada face']);
    expect(said(tracks, bodies, 6)).toEqual(['Ada body']);
    const [seen, turned] = [2, 6].map((time) => presentAt({ tracks, bodies }, names, time)[0]!);
    expect(seen).toMatchObject({ box: [0.4, 0.1, 0.1, 0.1], body: [0.35, 0, 0.2, 0.9], track: 't1' });
    expect(turned).toMatchObject({ body: [0.35, 0, 0.2, 0.9], track: 't1' });
    // The head's box.
    [0.4, 0.02, 0.1, 0.2].forEach((side, i) => expect(turned!.box[i]).toBeCloseTo(side, 5));
    expect(turned!.confidence).toBeLessThan(seen!.confidence);
  });

  test('is told by clothes, where they are sure enough', () => {
    expect(said([], [body('b1', 0.1, { worn: [worn('u2', 0.9)] })])).toEqual(['Bob scene']);
    expect(said([], [body('b1', 0.1, { worn: [worn('u2', 0.6)] })])).toEqual(['Bob?']);
    expect(said([], [body('b1', 0.1)])).toEqual(['nobody?']);
  });

  test('clothes that are theirs for certain give the name that their clear face has, though that is not as sure', () => {
    // .95 of .6
    expect(said([], [body('b1', 0.1, { worn: [worn('u4', 0.95)] })])).toEqual(['Ada scene']);
    const [told] = presentAt({ tracks: [], bodies: [body('b1', 0.1, { worn: [worn('u4', 0.95)] })] }, names, 2);
    expect(told!.confidence).toBeCloseTo(0.57, 5);
    expect(said([], [body('b1', 0.1, { worn: [worn('u4', 0.8)] })])).toEqual(['Ada?']);
  });

  test('two appearances of one person count together', () => {
    expect(said([], [body('b1', 0.1, { worn: [worn('u1', 0.5), worn('u4', 0.48)] })])).toEqual(['Ada scene']);
  });

  test('clothes never outweigh a clear face; clear faces that contradict each other name nobody', () => {
    const both = body('b1', 0.35, { faces: [face('t1', 'u1')], worn: [worn('u2', 0.99)] });
    expect(said([track('t1', 'u1', 0.4)], [both])).toEqual(['Ada face']);
    const torn = body('b1', 0.35, { faces: [face('t1', 'u1'), face('t2', 'u2')] });
    expect(said([track('t1', 'u1', 0.4)], [torn], 6)).toEqual(['nobody?']);
    expect(said([track('t1', 'u1', 0.4)], [torn], 2)).toEqual(['Ada face']);
    const stranger = body('b1', 0.35, { faces: [face('t1', 'u3')], worn: [worn('u2', 0.99)] });
    expect(said([track('t1', 'u3', 0.4)], [stranger])).toEqual(['nobody?']);
  });

  test('a poor face alone is perhaps somebody, with clothes that agree it is', () => {
    const poor = track('t1', 'u1', 0.4, 0.3);
    expect(said([poor], [])).toEqual(['Ada?']);
    expect(said([{ ...poor, clear: true }], [])).toEqual(['Ada face']);
    expect(said([poor], [body('b1', 0.35, { faces: [face('t1', 'u1', false)] })])).toEqual(['Ada?']);
    const agreed = body('b1', 0.35, { faces: [face('t1', 'u1', false)], worn: [worn('u1', 0.6)] });
    expect(said([poor], [agreed])).toEqual(['Ada face']);
  });

  test('poor faces of strangers do not outweigh clothes: they are alike because they are poor', () => {
    const stranger: Names = {
      ...names,
      u5: { personId: 's1', name: null, label: 'person 1', confidence: 1, hidden: false },
    };
    const told = (known: boolean) =>
      presentAt(
        {
          tracks: [],
          bodies: [body('b1', 0.35, { faces: [face('t1', 'u5', false, known)], worn: [worn('u2', 0.9)] })],
        },
        stranger,
        2,
      )[0]!;
    expect(told(false)).toMatchObject({ name: 'Bob', by: 'scene' });
    expect(told(true)).toMatchObject({ name: null, perhaps: { personId: 's1' } });
  });

  test('nobody is there twice: the better evidence has the name', () => {
    const bodies = [body('b1', 0.35, { faces: [face('t1', 'u1')] }), body('b2', 0.7, { worn: [worn('u1', 0.99)] })];
    expect(said([track('t1', 'u1', 0.4)], bodies)).toEqual(['Ada face', 'nobody?']);
    // nor perhaps
    const doubtful = [0.4, 0.5, 0.3].map((share, i) => body(`b${i}`, 0.2 * i, { worn: [worn('u2', share)] }));
    expect(said([], doubtful).sort()).toEqual(['Bob?', 'nobody?', 'nobody?']);
    const likeliest = presentAt({ tracks: [], bodies: doubtful }, names, 2).find(({ perhaps }) => perhaps);
    expect(likeliest!.perhaps!.confidence).toBeCloseTo(0.5 * 0.95, 5);
    expect(said([], [body('b1', 0.1, { worn: [worn('u2', 0.9)] }), doubtful[0]!])).toEqual(['Bob scene', 'nobody?']);
  });

  test('pieces of a body that lie on each other are one person, unless a look has shown both', () => {
    const known = body('b1', 0.35, { faces: [face('t1', 'u1')] });
    const at = (time: number, x = 0.37): StoredBody['samples'] => [[time, x, 0, 0.2, 0.9, x + 0.05, 0.02, 0.1, 0.2]];
    expect(said([], [body('b2', 0.37, { samples: at(3) }), known])).toEqual(['Ada body']);
    expect(said([], [body('b2', 0.37, { samples: at(1) }), known])).toEqual(['Ada body', 'nobody?']);
    expect(said([], [body('b2', 0.37, { samples: at(3, 0.5) }), known])).toEqual(['Ada body', 'nobody?']);
    const other = body('b2', 0.37, { samples: at(3), faces: [face('t2', 'u2')] });
    expect(said([], [other, known]).sort()).toEqual(['Ada body', 'Bob body']);
  });

  test('a large face and the body under it that nobody is known on are one person; a small face on it may be another', () => {
    const large = track('t1', 'u1', 0.4, 0.8, { samples: [[1, 0.42, 0.1, 0.1, 0.3, 0.8]] });
    const bare = body('b1', 0.35);
    expect(presentAt({ tracks: [large], bodies: [bare] }, names, 2)).toMatchObject([
      { name: 'Ada', by: 'face', box: [0.42, 0.1, 0.1, 0.3], body: [0.35, 0, 0.2, 0.9] },
    ]);
    expect(said([track('t1', 'u1', 0.4)], [bare])).toEqual(['Ada face', 'nobody?']);
    // Somebody else's: their own face was seen on it, or their clothes are known.
    expect(said([large], [body('b1', 0.35, { faces: [face('t2', 'u2')] })])).toEqual(['Ada face', 'Bob body']);
    expect(said([large], [body('b1', 0.35, { worn: [worn('u2', 0.9)] })])).toEqual(['Ada face', 'Bob scene']);
    // A stranger's face keeps what the clothes say.
    const nobody = { ...large, appearance: 'u3' };
    expect(said([nobody], [body('b1', 0.35, { worn: [worn('u2', 0.6)] })])).toEqual(['Bob?']);
  });

  test('hidden people are left out, body and all; films of before have faces alone', () => {
    const hidden: Names = { u1: { ...names['u1']!, hidden: true } };
    const bodies = [body('b1', 0.35, { faces: [face('t1', 'u1')] })];
    expect(presentAt({ tracks: [track('t1', 'u1', 0.4)], bodies }, hidden, 2)).toEqual([]);
    const { clear: _clear, ...before } = track('t1', 'u1', 0.4, 0.3);
    expect(presentAt({ tracks: [before] }, names, 2)).toMatchObject([{ name: 'Ada', by: 'face', body: null }]);
    expect(presentAt(null, names, 2)).toEqual([]);
  });
});

describe('the way of everybody', () => {
  const samples = Array.from({ length: 20 }, (_, i) => [i * 2, i / 100, 0, 0.2, 0.9, i / 100, 0, 0.1, 0.1] as const);
  const tracks = [track('t1', 'u1', 0.1), track('t2', 'u2', 0.8, 0.8, { start: 20, end: 26 })];
  const bodies = [
    body('b1', 0, { end: 40, samples, faces: [face('t1', 'u1')] }),
    body('b2', 0.7, { start: 13, end: 31, worn: [worn('u2', 0.9)] }),
  ];
  const chunks = chunkWrites('film', tracks, bodies).flatMap((write) =>
    write.kind === 'upsert' ? [write.document as CastChunk] : [],
  );
  const everybody = atOnce(presentTrackSteps(chunks, names));

  test('is what is said at each moment, in stretches that no border of what is stored cuts', () => {
    expect(everybody.map(({ id, start, end, name, by }) => [id, start, end, name, by])).toEqual([
      ['b1@0', 0, 4, 'Ada', 'face'],
      ['b1@4', 4, 40, 'Ada', 'body'],
      ['b2@13', 13, 20, 'Bob', 'scene'],
      ['t2@20', 20, 26, 'Bob', 'face'],
      ['b2@20', 20, 26, null, 'scene'],
      ['b2@26', 26, 31, 'Bob', 'scene'],
    ].sort((a, b) => (a[1] as number) - (b[1] as number) || (a[0]! < b[0]! ? -1 : 1))); // prettier-ignore
    for (let time = 0.5; time < 45; time++) {
      const chunk = chunks.find(({ index }) => index === Math.floor(time / CHUNK_SECONDS)) ?? null;
      const said = presentAt(chunk, names, time).map(({ name, by }) => [name, by]);
      const there = everybody.filter(({ start, end }) => start <= time && time < end);
      expect(there.map(({ name, by }) => [name, by]).sort()).toEqual(said.sort());
    }
  });

  test('has the box of the face that is in view, else of the head, where it lies in the picture', () => {
    expect(boxAt(everybody[0]!.samples, 1)).toEqual([0.1, 0.1, 0.1, 0.1]);
    expect(boxAt(everybody[1]!.samples, 21)[0]).toBeCloseTo(0.105, 5);
    const above = body('b3', 0, { samples: [[1, 0.3, 0.1, 0.2, 0.9, 0.3, -0.4, 0.1, 0.3]], worn: [worn('u1', 0.9)] });
    const [headless] = atOnce(presentTrackSteps([{ index: 0, tracks: [], bodies: [above] }], names));
    expect(boxAt(headless!.samples, 1)).toEqual([0.3, 0.1, 0.2, 0.9]);
  });
});

test('bodies are stored in stretches, joined again, and follow their faces to another appearance', () => {
  const samples = Array.from({ length: 20 }, (_, i) => [i * 2, i / 100, 0, 0.2, 0.9, 0, 0, 0.1, 0.1] as const);
  const long = body('b1', 0, { end: 40, samples, faces: [face('t1', 'u1')], worn: [worn('u2', 0.9)] });
  const chunks = chunkWrites('film', [track('t1', 'u1', 0.4)], [long]).flatMap((write) =>
    write.kind === 'upsert' ? [write.document as CastChunk] : [],
  );
  expect(chunks).toHaveLength(3);
  expect(joinBodies(chunks)).toEqual([long]);
  const [moved] = withAppearances([long], [track('t1', 'u7', 0.4)]);
  expect(moved!.faces[0]!.appearance).toBe('u7');
  expect(moved!.worn[0]!.appearance).toBe('u2');
});
