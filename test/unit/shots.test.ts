import { describe, expect, test } from '@jest/globals';
import { createShotDetector } from '../../src/frames/shots.js';

const [WIDTH, HEIGHT, FPS] = [64, 36, 25];

/** A picture of its own for each seed, smooth, that moves with `t`. */
function scene(seed: number, t: number): Float64Array {
  const { sin, cos } = Math;
  const across = Array.from(
    { length: WIDTH * 3 },
    (_, i) => 90 * sin((Math.floor(i / 3) * (1 + (seed % 3)) + t * 0.3) / 9 + seed * 2.1 + (i % 3)),
  );
  const picture = new Float64Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) {
    const down = cos((y * (1 + (seed % 2))) / 7 + seed * 1.3);
    for (let i = 0; i < WIDTH * 3; i++) picture[y * WIDTH * 3 + i] = 128 + across[i]! * down;
  }
  return picture;
}

const mix = (a: Float64Array, b: Float64Array, share: number): Float64Array =>
  a.map((value, i) => value * (1 - share) + b[i]! * share);
const scaled = (a: Float64Array, gain: number): Float64Array => a.map((value) => value * gain);

function shotsOf(pictures: readonly Float64Array[]): { startFrame: number; transition: string }[] {
  const detector = createShotDetector();
  pictures.forEach((values, i) => {
    const image = { width: WIDTH, height: HEIGHT, data: Uint8Array.from(Uint8ClampedArray.from(values)) };
    detector.push({ time: i / FPS, containerTime: i / FPS, keyframe: false, images: [image] });
  });
  return detector.finish().shots.map(({ startFrame, transition }) => ({ startFrame, transition }));
}

const frames = (count: number, make: (i: number) => Float64Array): Float64Array[] =>
  Array.from({ length: count }, (_, i) => make(i));

describe('shots', () => {
  test('a cut is found at its frame', () => {
    const film = [...frames(40, (i) => scene(1, i)), ...frames(40, (i) => scene(2, i))];
    expect(shotsOf(film)).toEqual([
      { startFrame: 0, transition: 'cut' },
      { startFrame: 40, transition: 'cut' },
    ]);
  });

  test('a cut in a dark film is found too', () => {
    const film = [...frames(40, (i) => scaled(scene(1, i), 0.25)), ...frames(40, (i) => scaled(scene(2, i), 0.25))];
    expect(shotsOf(film).map(({ startFrame }) => startFrame)).toEqual([0, 40]);
  });

  test('fast motion is no cut', () => {
    expect(shotsOf(frames(80, (i) => scene(1, i * 20)))).toHaveLength(1);
  });

  test('a flash is no cut', () => {
    const film = frames(80, (i) => (i === 40 || i === 41 ? scene(1, i).map((value) => value + 110) : scene(1, i)));
    expect(shotsOf(film)).toHaveLength(1);
  });

  test('a dissolve begins a shot at its middle', () => {
    const film = frames(100, (i) => mix(scene(1, 0), scene(2, 0), Math.max(0, Math.min(1, (i - 38) / 24))));
    const [, second, ...more] = shotsOf(film);
    expect(more).toEqual([]);
    expect(second!.transition).toBe('dissolve');
    expect(Math.abs(second!.startFrame - 50)).toBeLessThanOrEqual(2);
  });

  test('light that changes is no dissolve', () => {
    expect(
      shotsOf(frames(100, (i) => scaled(scene(1, i), i < 38 ? 0.5 : i > 62 ? 1 : 0.5 + (i - 38) / 48))),
    ).toHaveLength(1);
  });

  test('between two fades the shot begins in the middle of the black', () => {
    const gain = (i: number): number => (i < 30 ? 1 : i < 40 ? (40 - i) / 10 : i < 50 ? 0 : i < 60 ? (i - 50) / 10 : 1);
    const [, second, ...more] = shotsOf(frames(100, (i) => scaled(scene(i < 45 ? 1 : 2, i), gain(i))));
    expect(more).toEqual([]);
    expect(second!.transition).toBe('fade');
    expect(Math.abs(second!.startFrame - 45)).toBeLessThanOrEqual(1);
  });

  test("shots cover the film, and times are the frames' own", () => {
    const detector = createShotDetector();
    // A variable rate: slow, then twice as fast.
    const times = Array.from({ length: 80 }, (_, i) => (i < 40 ? i / 12.5 : 3.2 + (i - 40) / 25));
    times.forEach((time, i) => {
      const data = Uint8Array.from(Uint8ClampedArray.from(scene(i < 40 ? 1 : 2, i)));
      detector.push({ time, containerTime: time, keyframe: false, images: [{ width: WIDTH, height: HEIGHT, data }] });
    });
    const { shots } = detector.finish();
    expect(shots.map(({ start }) => start)).toEqual([0, 3.2]);
    expect(shots[0]!.end).toBe(shots[1]!.start);
    expect(shots[1]!.end).toBeGreaterThan(times.at(-1)!);
  });

  test('the last shot ends with the film, also where frames are left out', () => {
    const endOf = (duration: number): number => {
      const detector = createShotDetector([], duration);
      // Every third and every fourth frame of 25 a second, as where those are left out that no other one needs.
      const times = Array.from({ length: 39 }, (_, i) => Math.round((2.96 * 25 * i) / 38) / 25);
      times.forEach((time, i) => {
        const data = Uint8Array.from(Uint8ClampedArray.from(scene(1, i)));
        detector.push({ time, containerTime: time, keyframe: false, images: [{ width: WIDTH, height: HEIGHT, data }] });
      });
      return detector.finish().shots.at(-1)!.end;
    };
    expect(endOf(3)).toBe(3);
    // A header's claim may end before the last frame, or long after it.
    expect(endOf(2)).toBe(2.96);
    expect(endOf(60)).toBeLessThan(3.1);
  });

  test('a film without frames has no shots', () => {
    expect(createShotDetector().finish()).toEqual({ fps: 0, shots: [] });
  });
});
