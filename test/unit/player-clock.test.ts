import { describe, expect, test } from '@jest/globals';
import { playerStart } from '../../src/frames/timecode.js';
import type { AnalysisAnswer, Title } from '../../src/titles/documents.js';
import { onPlayersClock, playerOffset, playingTime, shifted, shiftedTracks } from '../../src/titles/player-clock.js';

/** A film whose sound begins six seconds before its pictures. */
const title = { media: { duration: 145, videoStart: 6 } } as Title;
const analysis = (kind: string, result: object): AnalysisAnswer => ({ kind, result }) as AnalysisAnswer;
const credits = {
  creditsStart: 105.25,
  nextEpisodeAt: null,
  frame: 1263,
  timecode: '00:01:45.250',
  smpte: '00:01:45:03',
  confidence: 0.9,
  segments: [
    { kind: 'roll', start: 105.25, end: 135, confidence: 0.9, evidence: 'luma 0' },
    { kind: 'scene-after', start: 135, end: 145, confidence: 0.9, evidence: 'luma 90' },
  ],
  reason: 'a scene follows after the credits at 00:02:15.000',
};

describe("a player's clock", () => {
  test('begins with the earliest stream: pictures show later than that, never earlier', () => {
    expect(playerStart(6.023, 0)).toBeCloseTo(6.023, 9);
    expect(playerStart(36_001.5, 36_000)).toBe(1.5);
    expect(playerStart(1.4, null)).toBe(0);
    expect(playerStart(0, 0.02)).toBe(0);
    expect(playerOffset(null)).toBe(0);
    expect(playingTime({ duration: 10 })).toBe(10);
    expect(playingTime(title.media!)).toBe(151);
  });

  test('credits are told on it, with the reason that names a time, and the frame as it is', () => {
    expect(onPlayersClock(analysis('credits', credits), title, 'neverWhenSceneFollows').result).toEqual({
      ...credits,
      creditsStart: 111.25,
      timecode: '00:01:51.250',
      reason: 'a scene follows after the credits at 00:02:21.000',
      segments: [
        { ...credits.segments[0], start: 111.25, end: 141 },
        { ...credits.segments[1], start: 141, end: 151 },
      ],
    });
    expect(onPlayersClock(analysis('credits', credits), title, 'start').result).toMatchObject({
      nextEpisodeAt: 111.25,
    });
    const said = { ...credits, creditsStart: 100, corrected: true, machine: credits };
    expect(onPlayersClock(analysis('credits', said), title, 'start').result).toMatchObject({
      creditsStart: 106,
      nextEpisodeAt: 106,
      machine: { creditsStart: 111.25, timecode: '00:01:51.250', nextEpisodeAt: 111.25 },
    });
    const none = { ...credits, creditsStart: null, timecode: null, segments: [], reason: 'none of 20 frames' };
    expect(onPlayersClock(analysis('credits', none), title, 'start').result).toEqual(none);
  });

  test('scenes, people and shots are told on it; lengths and numbers stay', () => {
    const cast = {
      scenes: [{ start: 0, end: 8, shots: 2, cast: [{ screenTime: 3, firstSeen: 1, lastSeen: 5, confidence: 0.9 }] }],
      people: [{ bestFrame: { time: 2, box: [0.1, 0.2, 0.3, 0.4] }, tracks: 1 }],
    };
    expect(onPlayersClock(analysis('cast', cast), title, 'start').result).toEqual({
      scenes: [{ start: 6, end: 14, shots: 2, cast: [{ screenTime: 3, firstSeen: 7, lastSeen: 11, confidence: 0.9 }] }],
      people: [{ bestFrame: { time: 8, box: [0.1, 0.2, 0.3, 0.4] }, tracks: 1 }],
    });
    const genre = { evidence: [{ genre: 'Drama', times: [2, 5] }], frames: 7 };
    expect(onPlayersClock(analysis('genre', genre), title, 'start').result).toEqual({
      evidence: [{ genre: 'Drama', times: [8, 11] }],
      frames: 7,
    });
    const [track] = shiftedTracks(
      [{ id: 'a', start: 1, end: 3, samples: [[1, 0.1, 0.1, 0.2, 0.2, 40]] } as never],
      6,
    ) as { start: number; samples: number[][] }[];
    expect([track!.start, track!.samples]).toEqual([7, [[7, 0.1, 0.1, 0.2, 0.2, 40]]]);
  });

  test("is the film's own where both begin together", () => {
    const same = analysis('credits', credits);
    expect(onPlayersClock(same, { media: { duration: 145, videoStart: 0 } } as Title, 'start')).toBe(same);
    expect(shifted(credits, 0)).toBe(credits);
  });
});
