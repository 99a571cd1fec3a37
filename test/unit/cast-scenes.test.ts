import { describe, expect, test } from '@jest/globals';
import { type DescribedShot, joinScenes, likeness } from '../../src/cast/scenes.js';

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

describe('how alike two shots are', () => {
  const [red, blue] = [colours({ 1: 1 }), colours({ 2: 1 })];

  test.each([
    ['the same colours, nobody in them', red, '', red, '', 1],
    ['no colour in common, nobody in them', red, '', blue, '', 0],
    ['a quarter of the colours in common', red, '', colours({ 1: 0.25, 3: 0.75 }), '', 0.25],
    ['no picture of one of them', null, '', red, '', 0],
    ['nobody in one of them: colours alone', red, 'a', red, '', 1],
    ['the same people elsewhere', red, 'a', blue, 'a', 0.35],
    ['other people at the same place', red, 'a', red, 'b', 0.65],
    ['one of two people again', red, 'ab', blue, 'ac', 0.175],
    ['somebody of a group alone', red, 'abcd', blue, 'c', 0.35],
    ['no picture, but the same people', null, 'ab', null, 'ab', 0.35],
  ])('%s', (_, first, people, second, others, expected) => {
    const [a, b] = [shot(0, 1, first, people), shot(1, 2, second, others)];
    expect(likeness(a, b)).toBeCloseTo(expected, 6);
    expect(likeness(b, a)).toBeCloseTo(expected, 6);
  });
});

describe('where a scene ends', () => {
  /** Shots of 5 s, each named by its place; `|` in what is expected stands between scenes. */
  const scenesOf = (places: string, from = 0): string => {
    const shots = [...places].map((place, i) =>
      shot(from + i * 5, from + i * 5 + 5, colours({ [place.charCodeAt(0) % 64]: 1 })),
    );
    return joinScenes(shots)
      .map(({ firstShot, lastShot }) => places.slice(firstShot, lastShot + 1))
      .join('|');
  };

  test.each([
    ['every place is another', 'abc', 'a|b|c'],
    ['a place comes again after 5 others', 'a12345a', 'a12345a'],
    ['a place comes again after 6 others: somewhere else meanwhile', 'a123456a', 'a|1|2|3|4|5|6|a'],
    ['two dialogues that overlap', 'ababcbcd', 'ababcbc|d'],
    ['two dialogues after each other', 'abacdc', 'aba|cdc'],
  ])('%s', (_, places, expected) => {
    expect(scenesOf(places)).toBe(expected);
    expect(scenesOf(places, 5000)).toBe(expected);
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
    ['half of the colours in common', 0.5, '', '', 1],
    ['less than half', 0.4375, '', '', 2],
    ['less than half, but the same person', 0.4375, 'a', 'a', 1],
    ['more than half, but other people', 0.625, 'a', 'b', 2],
  ])('%s', (_, share, people, others, expected) => {
    const second = colours({ 1: share, 2: 1 - share });
    expect(joinScenes([shot(0, 5, colours({ 1: 1 }), people), shot(5, 10, second, others)])).toHaveLength(expected);
  });
});
