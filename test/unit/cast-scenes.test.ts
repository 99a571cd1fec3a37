import { describe, expect, test } from '@jest/globals';
import { type DescribedShot, joinScenes, kinship } from '../../src/cast/scenes.js';

/** Colours as shares of a picture, by place in the histogram. */
function colours(shares: Record<number, number>): Float32Array {
  const histogram = new Float32Array(64);
  for (const [place, share] of Object.entries(shares)) histogram[Number(place)] = share;
  return histogram;
}

const shot = (start: number, end: number, histogram: Float32Array | null, cast = ''): DescribedShot => ({
  start,
  end,
  colours: histogram,
  cast: new Set(cast),
});

describe('how much two shots speak for one scene', () => {
  const [red, blue] = [colours({ 1: 1 }), colours({ 2: 1 })];

  test.each([
    ['the same colours, nobody in them', red, '', red, '', 0.26],
    ['no colour in common: a dialogue has such shots, they say little', red, '', blue, '', -0.04],
    ['three quarters of the colours in common', red, '', colours({ 1: 0.75, 3: 0.25 }), '', 0.01],
    ['no picture of one of them', null, '', red, '', 0],
    ['nobody in one of them: colours alone', red, 'a', red, '', 0.26],
    ['somebody in both, two thirds of the colours', red, 'ab', colours({ 1: 0.65, 3: 0.35 }), 'bc', 0.01],
    ['other people at the same place', red, 'a', red, 'b', 0.26],
    ['the same people elsewhere', red, 'a', blue, 'a', -0.04],
    ['no picture, but the same people', null, 'ab', null, 'ab', 0.1],
  ])('%s', (_, first, people, second, others, expected) => {
    const [a, b] = [shot(0, 1, first, people), shot(1, 2, second, others)];
    expect(kinship(a, b)).toBeCloseTo(expected, 6);
    expect(kinship(b, a)).toBeCloseTo(expected, 6);
  });
});

describe('where a scene ends', () => {
  /** Shots of 5 s, each named by its place; `|` in what is expected stands between scenes. */
  const scenesOf = (places: string, from = 0): string => {
    const shots = [...places].map((place, i) =>
      shot(from + i * 5, from + i * 5 + 5, colours({ [place.charCodeAt(0) % 64]: 1 })),
    );
    return cutBy(joinScenes(shots), places);
  };
  const cutBy = (scenes: ReturnType<typeof joinScenes>, places: string): string =>
    scenes.map(({ firstShot, lastShot }) => places.slice(firstShot, lastShot + 1)).join('|');

  test.each([
    ['every place is another', 'abc', 'a|b|c'],
    ['a place with another between', 'aba', 'aba'],
    ['a dialogue of three', 'abcabcabc', 'abcabcabc'],
    ['a place comes again after two others', 'aa12aa', 'aa12aa'],
    ['a place comes again after three others: somewhere else meanwhile', 'aa123aa', 'aa|1|2|3|aa'],
    ['two dialogues after each other', 'ababcdcd', 'abab|cdcd'],
    ['a dialogue, then a place that stays', 'abababccc', 'ababab|ccc'],
  ])('%s', (_, places, expected) => {
    expect(scenesOf(places)).toBe(expected);
    expect(scenesOf(places, 5000)).toBe(expected);
  });

  test('dark shots of a trailer, each of which resembles one further on, are scenes of their own', () => {
    // Half of each picture is black; what is left resembles the shot two on, not those around it.
    const places = 'abcdefgh';
    const shots = [...places].map((_, i) => shot(i * 2, i * 2 + 2, colours({ 0: 0.5, [i + 1]: 0.27, [i + 3]: 0.23 })));
    expect(cutBy(joinScenes(shots), places)).toBe('a|b|c|d|e|f|g|h');
  });

  test('a shot without a picture belongs to the scene around it', () => {
    const red = colours({ 1: 1 });
    const shots = [shot(0, 5, red), shot(5, 6, null), shot(6, 9, red), shot(9, 10, null)];
    expect(cutBy(joinScenes(shots), 'abcd')).toBe('abc|d');
  });

  test('a place seen again a minute later is the same scene, after more it is another', () => {
    const scenes = (pause: number): number =>
      joinScenes([
        shot(1000, 1005, colours({ 1: 1 })),
        shot(1005, 1005 + pause, colours({ 2: 1 })),
        shot(1005 + pause, 1010 + pause, colours({ 1: 1 })),
      ]).length;
    expect(scenes(60)).toBe(1);
    expect(scenes(60.5)).toBe(3);
  });

  test.each([
    ['three quarters of the colours in common', 0.75, '', '', 1],
    ['less', 0.73, '', '', 2],
    ['less, but the same person', 0.73, 'a', 'a', 1],
    ['much less, and the same person', 0.6, 'a', 'a', 2],
  ])('%s', (_, share, people, others, expected) => {
    const second = colours({ 1: share, 2: 1 - share });
    expect(joinScenes([shot(0, 5, colours({ 1: 1 }), people), shot(5, 10, second, others)])).toHaveLength(expected);
  });

  test('a film of many shots is cut in one pass over it', () => {
    const shots = Array.from({ length: 10_000 }, (_, i) => shot(i, i + 1, colours({ [Math.floor(i / 10) % 64]: 1 })));
    expect(joinScenes(shots)).toHaveLength(1000);
    expect(joinScenes([])).toEqual([]);
  });
});
