import { describe, expect, test } from '@jest/globals';
import { createFacesAnalyzer, type FacesSeen } from '../../src/faces/analyzer.js';
import type { Measured } from '../../src/frames/shots.js';
import type { Models } from '../../src/inference/types.js';
import { faceOf, seconds } from '../library/library.js';

/** No network is asked for what others have seen. */
const models = {} as Models;

/** Every frame's thumbnail, 25 a second for so many seconds, with cuts at these. */
const thumbnails = (length: number, cuts: readonly number[] = []): Measured[] =>
  Array.from({ length: length * 25 }, (_, i) => {
    const since = (frames: number): boolean =>
      cuts.some((cut) => i / 25 > cut - 0.01 && (i - frames) / 25 < cut - 0.01);
    return { time: i / 25, change: since(1) ? 80 : 1, change3: since(3) ? 80 : 1, black: false, dissolve: null };
  });

const colours = (place: number): Float32Array => Float32Array.from({ length: 64 }, (_, i) => Number(i === place));
const samples = (times: readonly number[], place: (time: number) => number = () => 0): FacesSeen['samples'] =>
  times.map((time) => ({ time, histogram: colours(place(time)) }));

const seen = (time: number, quality: number, score = 1, person = 0): FacesSeen['detections'][number] => ({
  time,
  box: [0.1, 0.1, 0.2, 0.2],
  score,
  quality,
  embedding: faceOf(person),
});

const again = (film: Partial<FacesSeen>): Promise<number[]> =>
  createFacesAnalyzer({
    models,
    seen: [{ samples: samples(seconds(0, 9)), detections: [], thumbnails: thumbnails(10), ...film }],
  }).secondLook();

const rounded = (times: readonly number[]): number[] => times.map((time) => Math.round(time * 1000) / 1000);

describe('a second look', () => {
  test('is not wanted where every shot was looked at in time', async () => {
    expect(await again({})).toEqual([]);
    expect(await again({ thumbnails: thumbnails(10, [3.6, 7]) })).toEqual([]);
  });

  test.each([
    ['half a second after the cut, or sooner', 3.48, [3.58]],
    ['in time', 3.52, []],
    ['just behind the cut, where a sample lies on it', 4, []],
  ])('is taken of a shot that was not looked at %s', async (_, cut, expected) => {
    expect(rounded(await again({ thumbnails: thumbnails(10, [cut]) }))).toEqual(expected);
  });

  test('is taken of every shot between two samples', async () => {
    // A shot lasts .4 s at least.
    const found = await again({ samples: samples([0, 5, 9.8]), thumbnails: thumbnails(10, [2, 2.44]) });
    expect(rounded(found)).toEqual([2.1, 2.54]);
  });

  test.each([
    ['once and badly: before and after', [seen(5, 0.79)], [4.6, 5.4]],
    ['well enough', [seen(5, 0.8)], []],
    ['several times, together well enough', [seen(5, 0.4), seen(6, 0.4)], []],
    ['several times, but badly: beside the best', [seen(5, 0.3), seen(6, 0.4)], [5.6, 6.4]],
    ['in the first frame', [seen(0, 0.3)], [0.4]],
    ['two of them in one frame: once', [seen(5, 0.3), seen(5, 0.2, 0.9, 3)], [4.6, 5.4]],
  ])('is taken of a face that was seen %s', async (_, detections, expected) => {
    expect(rounded(await again({ detections }))).toEqual(expected);
  });

  test('stays in the shot of the face, behind the blur of its cut', async () => {
    const times = samples([...seconds(0, 9), 5.62]);
    const look = async (cuts: number[]): Promise<number[]> =>
      rounded(await again({ samples: times, detections: [seen(5, 0.3)], thumbnails: thumbnails(10, cuts) }));
    expect(await look([4.68])).toEqual([4.78, 5.4]);
    expect(await look([4.68, 5.24])).toEqual([4.78]);
  });

  test('is not taken beside what was looked at already', async () => {
    const film = { samples: samples([...seconds(0, 9), 4.45, 5.55]), detections: [seen(5, 0.3)] };
    expect(await again(film)).toEqual([]);
    expect(rounded(await again({ ...film, samples: samples([...seconds(0, 9), 4.35, 5.65]) }))).toEqual([4.6, 5.4]);
  });
});

describe('what others have seen', () => {
  const stretch = (from: number, place: number): FacesSeen => ({
    samples: samples(seconds(from, from + 4), () => place).toReversed(),
    detections: seconds(from, from + 4)
      .map((time) => seen(time, 0.6))
      .toReversed(),
    thumbnails: [],
  });

  test('is linked in order of time, whatever order it was seen in', async () => {
    const analyzer = createFacesAnalyzer({ models, seen: [stretch(5, 0), stretch(0, 0)] });
    const { samples: all, shots, tracks } = await analyzer.finish();
    expect(all.map(({ time }) => time)).toEqual(seconds(0, 9));
    expect(tracks.map(({ detections }) => detections.map(({ time }) => time))).toEqual([seconds(0, 9)]);
    // Without thumbnails jumps of colour stand for cuts.
    expect(shots).toEqual([{ start: 0, end: 10 }]);
    const other = await createFacesAnalyzer({ models, seen: [stretch(0, 0), stretch(5, 1)] }).finish();
    expect(other.shots).toEqual([
      { start: 0, end: 5 },
      { start: 5, end: 10 },
    ]);
    expect(other.tracks.map(({ shot, detections }) => [shot, detections.length])).toEqual([
      [0, 5],
      [1, 5],
    ]);
  });

  test('has shots from thumbnails, where there are any', async () => {
    const film = { samples: samples(seconds(0, 9)), detections: [], thumbnails: thumbnails(10, [3]) };
    const { shots } = await createFacesAnalyzer({ models, seen: [film] }).finish();
    expect(shots.map(({ start, end }) => [start, end])).toEqual([
      [0, 3],
      [3, expect.closeTo(10, 1)],
    ]);
    expect(createFacesAnalyzer({ models, seen: [film] }).seen.thumbnails).toHaveLength(250);
  });

  test('a frame in too few sizes is refused', async () => {
    const picture = { width: 2, height: 2, data: new Uint8Array(12) };
    const frame = { time: 0, containerTime: 0, keyframe: true, images: [picture] };
    await expect(createFacesAnalyzer({ models }).push(frame)).rejects.toThrow(RangeError);
  });
});
