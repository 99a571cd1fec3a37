import { describe, expect, test } from '@jest/globals';
import { createBodiesAnalyzer } from '../../src/bodies/analyzer.js';
import {
  BINS,
  type ColourLayout,
  colourLayoutOf,
  decodeLayout,
  encodeLayout,
  layoutDistance,
  meanLayout,
} from '../../src/bodies/colour-layout.js';
import { eachRegion, headOf } from '../../src/bodies/parts.js';
import { decodePersons, type Person } from '../../src/bodies/persons.js';
import { type BodyDetection, linkBodies } from '../../src/bodies/tracks.js';
import { type Dressed, type Likeness, likenessOf, likenessOfPerson, whoWearsIt } from '../../src/cast/clothing.js';
import type { Box, Point } from '../../src/core/boxes.js';
import type { RgbImage } from '../../src/frames/types.js';
import type { Models } from '../../src/inference/types.js';

type Rgb = readonly [number, number, number];
const [BLUE, RED, SKIN, BLACK]: Rgb[] = [
  [60, 70, 160],
  [170, 30, 30],
  [200, 150, 130],
  [20, 20, 20],
];
const WIDE: Box = [0.3, 0.1, 0.4, 0.8];

/** Somebody who stands upright in a box: head, shoulders, hips and feet where they are on people. */
function standing([x, y, w, h]: Box): Person {
  const at = (across: number, down: number): Point => [x + across * w, y + down * h];
  const face = [0.5, 0.55, 0.45, 0.6, 0.4].map((across) => at(across, 0.08));
  // Shoulders, elbows, wrists, hips, knees, ankles.
  const limbs = [0.2, 0.35, 0.45, 0.5, 0.75, 0.95].flatMap((down) => [at(0.3, down), at(0.7, down)]);
  return { box: [x, y, w, h], score: 1, points: [...face, ...limbs] };
}

/** A grey frame with such people, dressed from the neck to the hips and from there on. */
function frame(
  people: readonly { readonly box: Box; readonly torso: Rgb; readonly legs: Rgb; readonly arms?: Rgb }[],
): RgbImage {
  const [width, height] = [160, 90];
  const data = new Uint8Array(width * height * 3).fill(120);
  for (const { box, torso, legs, arms } of people)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const [across, down] = [(column / width - box[0]) / box[2], (row / height - box[1]) / box[3]];
        if (across < 0 || across >= 1 || down < 0 || down >= 1) continue;
        const isArm = arms !== undefined && Math.abs(across - 0.5) > 0.17;
        const upper = isArm ? arms : torso;
        data.set(down < 0.18 ? SKIN! : down < 0.5 ? upper : legs, (row * width + column) * 3);
      }
  return { width, height, data };
}

const dressed = (torso: Rgb, legs: Rgb, box: Box = [0.4, 0.1, 0.2, 0.8]): ColourLayout =>
  colourLayoutOf(frame([{ box, torso, legs }]), standing(box));

describe('persons', () => {
  test('are the peaks of the map, with boxes and points about them', () => {
    const [columns, rows] = [8, 6];
    const maps = {
      centers: new Float32Array(columns * rows),
      sizes: new Float32Array(columns * rows * 2),
      offsets: new Float32Array(columns * rows * 2),
      points: new Float32Array(columns * rows * 34),
    };
    const cell = 2 * columns + 3;
    maps.centers.set([0.9, 0.8], cell);
    maps.centers[5 * columns + 7] = 0.2;
    maps.sizes.set([4, 2], cell * 2);
    maps.offsets.set([0.5, 0.25], cell * 2);
    maps.points.set([-1, 0.5], cell * 34);
    const [one, ...more] = decodePersons(maps, columns, rows, 0.3);
    expect(more).toEqual([]);
    expect(one!.score).toBeCloseTo(0.9, 5);
    // Centre (3.25, 2.5) cells of 4 pixels, 2 x 4 cells large; the nose half a cell right of the cell and one above.
    expect(one!.box).toEqual([9, 2, 8, 16]);
    expect(one!.points[0]).toEqual([14, 4]);
    expect(decodePersons(maps, columns, rows, 0.1)).toHaveLength(2);
  });

  test('have a head above their shoulders', () => {
    const [x, y, w, h] = headOf(standing([0.4, 0.1, 0.2, 0.8]), 16 / 9);
    expect(x + w / 2).toBeCloseTo(0.5, 5);
    expect(y).toBeLessThan(0.164);
    expect(y + h).toBeGreaterThan(0.164);
    expect(y + h).toBeLessThan(0.3);
  });
});

describe('what people wear', () => {
  test('is alike wherever they stand, and unlike on others', () => {
    const here = dressed(BLUE!, RED!);
    expect(layoutDistance(here, dressed(BLUE!, RED!, [0.1, 0.2, 0.15, 0.6]))).toBeLessThan(0.1);
    expect(layoutDistance(here, dressed(RED!, RED!))).toBeGreaterThan(0.4);
    expect(layoutDistance(here, dressed(RED!, BLUE!))!).toBeGreaterThan(layoutDistance(here, dressed(RED!, RED!))!);
  });

  test('below the frame is not compared; where next to nothing is to be seen nothing is', () => {
    const close = dressed(BLUE!, RED!, [0.3, 0.2, 0.4, 1.6]);
    expect(close.lowerLegs).toBeNull();
    expect(layoutDistance(close, dressed(BLUE!, RED!))).toBeLessThan(0.25);
    const nothing = { chest: null, sides: null, belly: null, upperArms: null, forearms: null };
    expect(layoutDistance({ ...close, ...nothing }, close)).toBeNull();
  });

  test('is told by sleeves where shirts are alike', () => {
    const [sleeves, bare] = [BLACK!, SKIN!].map((arms) =>
      colourLayoutOf(frame([{ box: WIDE, torso: BLACK!, legs: BLACK!, arms }]), standing(WIDE)),
    );
    expect(layoutDistance(sleeves!, bare!)).toBeGreaterThan(0.2);
    expect(layoutDistance({ ...sleeves!, upperArms: null, forearms: null }, bare!)).toBeLessThan(0.1);
  });

  test('is stored as bytes, and means are over those that show a region', () => {
    const one = dressed(BLUE!, RED!);
    expect(layoutDistance(decodeLayout(encodeLayout(one)), one)).toBeLessThan(0.02);
    expect(decodeLayout(encodeLayout({ ...one, belly: null })).belly).toBeNull();
    expect(meanLayout([one, { ...one, belly: null }]).belly).toEqual(one.belly);
  });
});

const detection = (time: number, x: number, colours: ColourLayout): BodyDetection => ({
  time,
  box: [x, 0.1, 0.2, 0.8],
  head: [x + 0.05, 0.1, 0.1, 0.15],
  score: 0.8,
  colours,
});

const EMPTY = { dims: [], data: new Float32Array(56 * 96 * 34) };
const NOTHING = { centers: EMPTY, sizes: EMPTY, offsets: EMPTY, points: EMPTY };

describe('bodies', () => {
  const [blue, red] = [dressed(BLUE!, BLUE!), dressed(RED!, RED!)];
  const shots = [
    { start: 0, end: 10 },
    { start: 10, end: 20 },
  ];
  const tracksOf = (seen: readonly BodyDetection[]) =>
    linkBodies(seen, shots).map(({ shot, detections }) => [shot, ...detections.map(({ time, box }) => [time, box[0]])]);

  test('are followed when they walk, told apart by colour when they pass', () => {
    expect(tracksOf([0, 2, 4].flatMap((time) => [detection(time, 0.1 + time / 20, blue), detection(time, 0.35 - time / 20, red)]))).toEqual([
      [0, [0, 0.1], [2, 0.2], [4, 0.1 + 4 / 20]],
      [0, [0, 0.35], [2, 0.35 - 2 / 20], [4, 0.35 - 4 / 20]],
    ]); // prettier-ignore
  });

  test('are told apart by colours that are not quite others, where each comes to stand beside the place of the other', () => {
    // Shares of four colours: either is a little otherwise lit a moment later, and the other's distance is not much more.
    const shares = (...of: number[]): ColourLayout =>
      eachRegion(() => Float32Array.from({ length: BINS }, (_, i) => of[i] ?? 0));
    const [navy, lit, black, shaded] = [shares(1), shares(0.9, 0.1), shares(0.9, 0, 0.1), shares(0.74, 0, 0.2, 0.06)];
    const narrow = (time: number, x: number, colours: ColourLayout): BodyDetection => ({
      ...detection(time, x, colours),
      box: [x, 0.1, 0.1, 0.5],
    });
    const seen = [narrow(0, 0.41, navy!), narrow(0, 0.5, black!), narrow(1, 0.53, lit!), narrow(1, 0.44, shaded!)];
    expect(tracksOf(seen)).toEqual([
      [0, [0, 0.41], [1, 0.53]],
      [0, [0, 0.5], [1, 0.44]],
    ]);
  });

  test('end with their shot, and where somebody else stands in their place', () => {
    expect(tracksOf([detection(8, 0.1, blue), detection(10, 0.1, blue)]).map(([shot]) => shot)).toEqual([0, 1]);
    expect(tracksOf([detection(2, 0.1, blue), detection(4, 0.1, red)])).toHaveLength(2);
    expect(tracksOf([detection(1, 0.1, blue), detection(6, 0.1, blue)])).toHaveLength(2);
  });

  test('are looked for in every other frame, and in every shot', async () => {
    const looked: number[] = [];
    const model = { runImage: () => Promise.resolve(NOTHING) };
    const models = { load: () => Promise.resolve(model) } as unknown as Models;
    const analyzer = createBodiesAnalyzer({ models });
    const image = frame([]);
    const push = async (time: number): Promise<void> => {
      const before = analyzer.seen.times.length;
      await analyzer.push({ time, containerTime: time, keyframe: false, images: [image] });
      if (analyzer.seen.times.length > before) looked.push(time);
    };
    for (const time of [0, 1.01, 2.02, 3, 4]) await push(time);
    expect(looked).toEqual([0, 2.02, 4]);
    const again = analyzer.secondLook(
      [
        { start: 0, end: 2.5 },
        { start: 2.5, end: 3.5 },
        { start: 3.5, end: 4.5 },
        { start: 4.5, end: 6 },
      ],
      [2.7],
    );
    expect(again).toEqual([2.7, 4.6]);
    for (const time of [2.7, 3.2, 4.6]) await push(time);
    expect(looked.slice(3)).toEqual([2.7, 4.6]);
  });

  test('are looked for in frames of the second look that show something new', () => {
    const model = { runImage: () => Promise.resolve(NOTHING) };
    const models = { load: () => Promise.resolve(model) } as unknown as Models;
    const before = { times: [2, 6], detections: [detection(2, 0.1, blue)] };
    const analyzer = createBodiesAnalyzer({ models, seen: [before] });
    const all = [
      { start: 0, end: 3 },
      { start: 3, end: 5 },
      { start: 5, end: 8 },
    ];
    // Beside one that was looked at, beside one that is taken, in another shot, in one that showed nobody.
    const coming = [0.5, 0.7, 1.8, 2.2, 2.9, 3.1, 7];
    expect(analyzer.secondLook(all, coming)).toEqual([0.5, 2.9, 3.1]);
    const face = { time: 6, box: [0.4, 0.1, 0.1, 0.2] as Box };
    expect(analyzer.secondLook(all, coming, [face])).toEqual([0.5, 2.9, 3.1, 7]);
  });

  test('are none where they lie on a face that is as tall', async () => {
    const analyzer = createBodiesAnalyzer({ models: {} as Models, seen: [{ times: [1], detections: [detection(1, 0.3, blue), detection(1, 0.7, red)] }] });
    const face = { time: 1, box: [0.28, 0.05, 0.24, 0.9] as Box };
    const left = (await analyzer.finish(shots, [face])).tracks.map(({ detections: [one] }) => one!.box[0]);
    expect(left).toEqual([0.7]);
    const whole = { time: 1, box: [0.36, 0.12, 0.08, 0.2] as Box };
    expect((await analyzer.finish(shots, [whole])).tracks).toHaveLength(2);
  }); // prettier-ignore

  test('are looked for seldom where nothing moves, and in every frame where the camera does', async () => {
    const model = { runImage: () => Promise.resolve(NOTHING) };
    const models = { load: () => Promise.resolve(model) } as unknown as Models;
    const looksAt = async (grey: number): Promise<readonly number[]> => {
      const changes: { time: number; change: number }[] = [];
      const analyzer = createBodiesAnalyzer({ models, changes });
      for (const time of [0, 1, 2, 3, 4, 5, 6]) {
        for (let i = 9; i >= 0; i--) changes.push({ time: time - i / 10, change: grey / 10 });
        await analyzer.push({ time, containerTime: time, keyframe: false, images: [frame([])] });
      }
      return analyzer.seen.times;
    };
    expect(await looksAt(2)).toEqual([0, 4]);
    expect(await looksAt(20)).toEqual([0, 2, 4, 6]);
    expect(await looksAt(60)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

const far = (pairs: number, distance: number): number[] => Array.from({ length: pairs }, () => distance);

describe('clothes in a scene', () => {
  const [blue, red] = [dressed(BLUE!, BLUE!), dressed(RED!, RED!)];
  const body = (id: string, colours: ColourLayout, more: Partial<Dressed> = {}): Dressed => ({
    id,
    colours,
    notThem: new Set(),
    meets: new Set(),
    faceSays: () => 0,
    ...more,
  });
  const likeness = likenessOf(far(5, 0.2), far(20, 0.6));
  const wearers = [
    { person: 'ada', outfits: [blue], likeness },
    { person: 'bob', outfits: [red], likeness },
  ];
  const first = (bodies: readonly Dressed[]) =>
    [...whoWearsIt(bodies, wearers).values()].map(([best]) => (best && best.probability > 0.5 ? best.person : null));

  test('tell who a body without a face shows, or nobody of the scene', () => {
    const green = dressed([20, 200, 20], [20, 200, 20]);
    expect(first([body('b1', red), body('b2', blue), body('b3', green)])).toEqual(['bob', 'ada', null]);
  });

  test('show nobody twice in a frame, and nobody whose face is elsewhere in it', () => {
    const twins = [
      body('b1', blue, { meets: new Set(['b2']), faceSays: () => 1 }),
      body('b2', blue, { meets: new Set(['b1']) }),
    ];
    expect(first(twins)).toEqual(['ada', null]);
    expect(first([body('b1', blue, { notThem: new Set(['ada']) })])).toEqual([null]);
  });

  test('that two people wear leave it open, unless the face says something', () => {
    const alike = [
      { person: 'ada', outfits: [blue], likeness },
      { person: 'eve', outfits: [blue], likeness },
    ];
    const [one] = whoWearsIt([body('b1', blue)], alike).values();
    expect(one!.map(({ probability }) => Math.round(probability * 10))).toEqual([5, 5]);
    const faces = body('b1', blue, { faceSays: (person) => (person === 'eve' ? 3 : 0) });
    expect([...whoWearsIt([faces], alike).values()][0]![0]).toMatchObject({ person: 'eve' });
  });

  test('that nobody else wears tell somebody whom a scene of look-alikes leaves open', () => {
    const scene = likenessOf(far(2, 0.3), far(9, 0.4));
    const [usual, alone] = [likenessOfPerson([], far(4, 0.35), scene), likenessOfPerson([], far(4, 0.7), scene)];
    expect(alone.slope).toBeGreaterThan(2 * usual.slope);
    // Of whom no pairs are known the scene's count.
    expect(likenessOfPerson([], [], scene).slope).toBeCloseTo(scene.slope, 6);
    const who = (one: Likeness): string | undefined =>
      [...whoWearsIt([body('b1', red)], [{ person: 'bob', outfits: [red], likeness: one }]).values()][0]!.find(
        ({ probability }) => probability > 0.9,
      )?.person;
    expect([who(usual), who(alone)]).toEqual([undefined, 'bob']);
  });

  test('say less where the people of a scene are dressed alike', () => {
    const [plain, uniform] = [likenessOf([], far(9, 0.7)), likenessOf([], far(30, 0.4))];
    expect(plain.slope).toBeGreaterThan(3 * uniform.slope);
    expect(plain.middle).toBeGreaterThan(uniform.middle);
  });

  test('say nothing where people change them: one person is no more alike than two', () => {
    const changing = likenessOf(far(10, 0.5), far(30, 0.42));
    expect(changing.slope).toBe(0);
    expect(
      [
        ...whoWearsIt(
          [body('b1', red)],
          wearers.map((one) => ({ ...one, likeness: changing })),
        ).values(),
      ][0]!.map(({ probability }) => probability),
    ).toEqual([expect.closeTo(1 / 3, 5), expect.closeTo(1 / 3, 5)]);
  });
});
