import { describe, expect, test } from '@jest/globals';
import type { RgbImage } from '../../src/frames/types.js';
import { GenreAnalyzer } from '../../src/genre/analyzer.js';
import type { FeatureExtractor } from '../../src/genre/feature-extractor.js';
import type { GenreModel } from '../../src/genre/genre-model.js';
import { effectiveSampleSize } from '../../src/genre/shrinkage.js';
import type { GenreResult } from '../../src/genre/types.js';

const GENRES = ['Action', 'Comedy', 'Drama'];

/** Networks that see in a picture what it is said to show, and a model whose scores are that. */
function watching(shown: readonly number[]) {
  let sampleSize = NaN;
  const left = [...shown];
  const extractor: FeatureExtractor = {
    version: 'networks',
    extract: () => Promise.resolve({ one: { a: { dims: [1], data: Float32Array.of(left.shift()!) } } }),
  };
  const model = {
    meta: { genres: GENRES, sureFrom: { film: 0.5, still: 0.5, poster: 0.5 } },
    version: 'model',
    score: (seen: Parameters<GenreModel['score']>[0]) =>
      seen.map((features) => {
        const [score] = features['one']!['a']!.data as Float32Array;
        return Float32Array.of(score!, -score!, 0);
      }),
    logits: (scores: Float32Array, _domain: string, size: number) => {
      sampleSize = size;
      return scores;
    },
  } as unknown as GenreModel;
  return { analyzer: new GenreAnalyzer(extractor, model, {}), sampleSize: () => sampleSize };
}

/** Of many colours, each number another picture. */
function picture(seed: number): RgbImage {
  const [width, height] = [64, 36];
  let state = seed + 1;
  const data = Uint8Array.from({ length: width * height * 3 }, () => (state = (state * 48271) % 2147483647) % 256);
  return { width, height, data };
}
const black: RgbImage = { width: 64, height: 36, data: new Uint8Array(64 * 36 * 3) };

/** Frames a second, each with what it shows of the first genre. */
async function answerTo(
  shown: readonly number[],
  times: readonly number[] = shown.map((_, i) => i),
): Promise<GenreResult & { readonly sampleSize: number }> {
  const { analyzer, sampleSize } = watching(shown);
  for (const [i, time] of times.entries()) await analyzer.push({ time, images: [picture(i)] });
  return { ...(await analyzer.finish()), sampleSize: sampleSize() };
}

const turns = (count: number): number[] => Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 1 : 3));

describe('the answer of a film', () => {
  test('is that of the mean of its frames', async () => {
    // 2 on average: the odds of e squared.
    const { top3, model, frames, dropped } = await answerTo(turns(20));
    expect(top3).toEqual([
      { genre: 'Action', probability: 0.8808 },
      { genre: 'Drama', probability: 0.5 },
      { genre: 'Comedy', probability: 0.1192 },
    ]);
    expect([model, frames, dropped]).toEqual(['networks model', 20, 0]);
  });

  test('is sure of seven independent frames or more', async () => {
    expect((await answerTo(turns(7))).sure).toBe(true);
    expect((await answerTo(turns(6))).sure).toBe(false);
    // Of ten frames of two shots hardly more than one says something new.
    expect((await answerTo([1, 1, 1, 1, 1, 3, 3, 3, 3, 3])).sure).toBe(false);
    expect((await answerTo(turns(20).map((score) => -score / 100))).sure).toBe(true);
    expect((await answerTo(turns(0))).sure).toBe(false);
  });

  test('counts frames in order of time, whatever order they come in', async () => {
    const shown = [0, 0, 0, 0, 4, 4, 4, 4];
    const expected = effectiveSampleSize(shown.map((score) => Float32Array.of(score, -score, 0)));
    expect((await answerTo(shown)).sampleSize).toBeCloseTo(expected, 6);
    const mixed = [0, 4, 1, 5, 2, 6, 3, 7];
    expect((await answerTo(mixed.map((i) => shown[i]!), mixed)).sampleSize).toBeCloseTo(expected, 6); // prettier-ignore
  });

  test('names the frames that speak most for each genre, apart from each other', async () => {
    const { evidence } = await answerTo([1, 9, 8, 7, 0, 6, 2, 5]);
    expect(evidence).toEqual([
      { genre: 'Action', times: [1, 3, 5] },
      { genre: 'Drama', times: [0, 2, 4] },
      { genre: 'Comedy', times: [4, 0, 6] },
    ]);
    expect((await answerTo([1, 2])).evidence[0]!.times).toEqual([1]);
  });

  test('leaves out black and repeated pictures, and counts them', async () => {
    const { analyzer } = watching([1, 1, 1]);
    for (const image of [picture(1), black, picture(2), picture(2), picture(3)])
      await analyzer.push({ time: 0, images: [image] });
    expect(await analyzer.finish()).toMatchObject({ frames: 3, dropped: 2 });
    await expect(analyzer.push({ time: 0, images: [] })).rejects.toThrow(RangeError);
  });
});

describe('a second look', () => {
  /** Whether a film of which so many frames were looked at is looked at every second as well. */
  const again = async (duration: number, looked: number): Promise<boolean> => {
    const { analyzer } = watching(Array.from({ length: looked }, () => 1));
    for (let i = 0; i < looked; i++) await analyzer.push({ time: (i * duration) / looked, images: [black] });
    return analyzer.secondLook(duration) !== null;
  };

  test.each([
    ['a key frame in three seconds', 30, 10, false],
    ['fewer', 30, 9, true],
    ['half of all frames that are wanted', 7200, 120, false],
    ['fewer than half of a long film', 7200, 119, true],
  ])('%s', async (_, duration, looked, expected) => {
    expect(await again(duration, looked)).toBe(expected);
  });

  test('fills what the first look left empty', async () => {
    const { analyzer } = watching([]);
    expect(analyzer.wants(0)).toBe(true);
    for (const time of [0, 100]) await analyzer.push({ time, images: [black] });
    expect(analyzer.secondLook(480)).toEqual({ kind: 'everySecond' });
    // 240 slots of two seconds.
    expect([0, 1, 2, 3, 100, 101, 102].filter((time) => analyzer.wants(time))).toEqual([2, 102]);
  });
});
