import { describe, expect, test } from '@jest/globals';
import { saidCredits, startingAt, whyNotSaid } from '../../src/credits/corrected.js';

const MACHINE = [
  { kind: 'cards', start: 100, end: 110 },
  { kind: 'roll', start: 110, end: 150 },
  { kind: 'scene-after', start: 150, end: 170 },
] as const;

describe('credits that start at another second', () => {
  test('are longer or shorter at their beginning, and nothing else of them moves', () => {
    expect(startingAt(MACHINE, 90, 180)).toEqual([{ kind: 'cards', start: 90, end: 110 }, ...MACHINE.slice(1)]);
    expect(startingAt(MACHINE, 105, 180)).toEqual([{ kind: 'cards', start: 105, end: 110 }, ...MACHINE.slice(1)]);
    expect(startingAt(MACHINE, 120, 180)).toEqual([{ kind: 'roll', start: 120, end: 150 }, MACHINE[2]]);
  });

  test('have a part of the credits first, although the machine saw a scene or nothing there', () => {
    expect(startingAt(MACHINE, 160, 180)).toEqual([{ kind: 'cards', start: 160, end: 170 }]);
    expect(startingAt([MACHINE[2]], 140, 180)).toEqual([{ kind: 'cards', start: 140, end: 150 }, MACHINE[2]]);
    expect(startingAt(MACHINE, 175, 180)).toEqual([{ kind: 'roll', start: 175, end: 180 }]);
    expect(startingAt([], 90, 180)).toEqual([{ kind: 'roll', start: 90, end: 180 }]);
  });

  test('can be said, whatever the second inside the film', () => {
    for (let start = 0; start < 180; start += 2.5) {
      const segments = startingAt(MACHINE, start, 180);
      expect(whyNotSaid({ creditsStart: start, segments }, 180)).toBeNull();
      expect(saidCredits({ creditsStart: start, segments }, { duration: 180, frameRate: 24 }, 'start')).toMatchObject({
        creditsStart: start,
        nextEpisodeAt: start,
        frame: Math.round(start * 24),
        confidence: 1,
      });
    }
    expect(whyNotSaid({ creditsStart: 180, segments: startingAt(MACHINE, 180, 180) }, 180)).not.toBeNull();
  });

  test('are told by the frame that was counted where the rate varies, and by none where nobody could', () => {
    const said = { creditsStart: 90, segments: startingAt(MACHINE, 90, 180) };
    const film = { duration: 180, frameRate: 24, variableRate: true };
    expect(saidCredits(said, film, 'start', 1234).frame).toBe(1234);
    expect(saidCredits(said, film, 'start').frame).toBeNull();
    expect(saidCredits(said, { ...film, variableRate: false }, 'start', 1234).frame).toBe(90 * 24);
  });

  test('where there are none, there is no frame, no segment and no next episode at them', () => {
    const film = { duration: 180, frameRate: 24, variableRate: true };
    expect(saidCredits({ creditsStart: null, segments: [] }, film, 'start', 1234)).toMatchObject({
      creditsStart: null,
      frame: null,
      timecode: null,
      confidence: 1,
      segments: [],
      reason: 'none: a person said so',
    });
    const said = saidCredits({ creditsStart: 100, segments: MACHINE }, film, 'start');
    expect(said.reason).not.toMatch(/^none/);
    expect(said.segments.map(({ kind, start, end, confidence }) => [kind, start, end, confidence])).toEqual(
      MACHINE.map(({ kind, start, end }) => [kind, start, end, 1]),
    );
    for (const { evidence } of said.segments) expect(evidence).toBe('set by hand');
  });
});

describe('what is said of credits is refused', () => {
  type Segment = { readonly kind: 'cards' | 'roll' | 'scene-after'; readonly start: number; readonly end: number };
  const segment = (start: number, end: number, kind: Segment['kind'] = 'roll'): Segment => ({ kind, start, end });
  test.each<[string, number | null, Segment[], RegExp | null]>([
    ['nothing at all is fine', null, [], null],
    ['one that reaches the end is fine', 100, [segment(100, 180)], null],
    ['those that touch are fine', 100, [segment(100, 120), segment(120, 180, 'cards')], null],
    ['a start without a segment', 100, [], /have a segment/],
    ['segments without a start', null, [segment(100, 180)], /no credits/],
    ['a scene first', 100, [segment(100, 180, 'scene-after')], /not a scene/],
    ['a first segment elsewhere', 100, [segment(101, 180)], /starts where/],
    ['one that ends before it starts', 100, [segment(100, 99)], /ends after/],
    ['one of no length', 100, [segment(100, 100)], /ends after/],
    ['one past the end of the film', 100, [segment(100, 181)], /ends at 180\.000 s, before 181 s/],
    ['a start past the end of the film', 200, [segment(200, 180)], /ends at 180\.000 s, before 200 s/],
    ['two that overlap', 100, [segment(100, 120), segment(119, 130)], /order of time/],
    ['two in another order', 100, [segment(100, 180), segment(20, 30)], /order of time/],
  ])('%s', (_, creditsStart, segments, expected) => {
    const why = whyNotSaid({ creditsStart, segments }, 180);
    if (expected === null) expect(why).toBeNull();
    else expect(why).toMatch(expected);
  });
});
