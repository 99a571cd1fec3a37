import { describe, expect, test } from '@jest/globals';
import { agreeOnEpisodes, withAgreement } from '../../src/credits/agree.js';
import { isSure, nextEpisode, placeOf, segmentsForPlayers, SURE, whyNotSure } from '../../src/credits/answer.js';
import type { CreditsSegment } from '../../src/credits/types.js';
import { clockOf } from '../../src/frames/timecode.js';

const segment = (kind: CreditsSegment['kind'], start: number, end: number): CreditsSegment => ({
  kind,
  start,
  end,
  confidence: 0.9,
  evidence: '',
});
const ROLL = segment('roll', 500, 560);
const SCENE = segment('scene-after', 561, 580);

describe('when the next episode may be offered', () => {
  test('at the start of the credits when nothing follows', () => {
    for (const policy of ['start', 'afterLastScene', 'neverWhenSceneFollows'] as const) {
      expect(nextEpisode(500, 0.9, [ROLL], 560, policy).nextEpisodeAt).toBe(500);
    }
  });

  test('with a scene after the credits it is the policy that decides, and the reason names the scene', () => {
    const with_ = (policy: 'start' | 'afterLastScene' | 'neverWhenSceneFollows') =>
      nextEpisode(500, 0.9, [ROLL, SCENE], 590, policy);
    expect(with_('start').nextEpisodeAt).toBe(500);
    expect(with_('afterLastScene').nextEpisodeAt).toBe(580);
    expect(with_('neverWhenSceneFollows').nextEpisodeAt).toBeNull();
    expect(with_('neverWhenSceneFollows').reason).toContain('00:09:21.000');
  });

  test('never when the scene lasts until the file ends, when nothing is sure, and without credits', () => {
    expect(nextEpisode(500, 0.9, [ROLL, SCENE], 580.5, 'afterLastScene').nextEpisodeAt).toBeNull();
    expect(nextEpisode(500, 0.3, [ROLL], 560, 'start')).toEqual({
      nextEpisodeAt: null,
      reason: 'credits may start at 00:08:20.000, but that is not sure (30 %, at least 50 % needed)',
    });
    expect(nextEpisode(null, 0.9, [], 560, 'start').nextEpisodeAt).toBeNull();
  });
});

describe('what a player may act on', () => {
  const answer = (confidence: number, own = confidence) => ({
    creditsStart: 500,
    confidence,
    segments: [
      { ...ROLL, confidence: own },
      { ...SCENE, confidence },
    ],
  });

  test('nothing of an answer below certainty, all of one that is sure', () => {
    expect(segmentsForPlayers(answer(SURE))).toHaveLength(2);
    expect(segmentsForPlayers(answer(SURE - 0.001))).toEqual([]);
    expect(segmentsForPlayers({ ...answer(1), creditsStart: null })).toEqual([]);
    expect([isSure(answer(0.5)), isSure(answer(0.49)), isSure({ creditsStart: null, confidence: 1 })]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('more where somebody lowers the limit knowingly, less where it is raised', () => {
    expect(segmentsForPlayers(answer(0.3), 0.3)).toHaveLength(2);
    expect(segmentsForPlayers(answer(0.9), 0.95)).toEqual([]);
    expect(segmentsForPlayers(answer(0.9, 0.2)).map(({ kind }) => kind)).toEqual(['scene-after']);
  });

  test('the reason says how sure it would have to be', () => {
    expect(whyNotSure(answer(0.499))).toContain('(49 %, at least 50 % needed)');
    expect(whyNotSure({ creditsStart: null, confidence: 0.9 })).toBe('no closing credits were found');
  });

  test('segments of an answer that other episodes vouch for are as sure as the answer', () => {
    const others = [1200, 1300].map((start) => ({
      result: { creditsStart: start, confidence: 0.6 },
      duration: start + 60,
    }));
    const [agreement] = agreeOnEpisodes([{ result: answer(0.3), duration: 560 }, ...others]);
    const agreed = withAgreement(answer(0.3), agreement!, { duration: 560, frameRate: 25 }, 'start');
    expect(segmentsForPlayers(agreed)).toHaveLength(2);
  });
});

test('a place without a frame rate has no frame number and no SMPTE timecode', () => {
  expect(placeOf(490.5, 24)).toEqual({
    creditsStart: 490.5,
    frame: 11_772,
    timecode: '00:08:10.500',
    smpte: '00:08:10:12',
  });
  expect(placeOf(12.5, null)).toEqual({ creditsStart: 12.5, frame: null, timecode: '00:00:12.500', smpte: null });
});

test('timecodes carry over', () => {
  expect(clockOf(490.5)).toBe('00:08:10.500');
  expect(clockOf(3599.9996)).toBe('01:00:00.000');
});

describe('agreement between episodes', () => {
  const episode = (creditsStart: number | null, duration: number, confidence = 0.6) => ({
    result: { creditsStart, confidence },
    duration,
  });

  test('credits of one length make each other surer', () => {
    const [first] = agreeOnEpisodes([episode(1200, 1230), episode(1300, 1331), episode(1250, 1281)]);
    expect(first).toMatchObject({ creditsStart: 1200, agreeing: 2 });
    expect(first!.confidence).toBeCloseTo(0.9);
  });

  test('an episode without an answer, or with an unsure one that differs, takes the show’s', () => {
    const found = agreeOnEpisodes([
      episode(null, 1240),
      episode(1200, 1230),
      episode(1300, 1331),
      episode(1250, 1281),
      episode(1100, 1300, 0.5),
    ]);
    expect(found[0]!.creditsStart).toBeCloseTo(1209, 0);
    expect(found[4]!.creditsStart).toBeCloseTo(1269, 0);
  });

  test('an answer that other episodes move keeps its scene, and says why', () => {
    const segments = [
      { kind: 'cards', start: 1280, end: 1296, confidence: 0.5, evidence: '' },
      { kind: 'scene-after', start: 1296, end: 1299, confidence: 0.5, evidence: '' },
    ] as const;
    const others = [episode(1200, 1230), episode(1300, 1330), episode(1250, 1280)];
    const [agreement] = agreeOnEpisodes([episode(1280, 1300, 0.5), ...others]);
    const moved = withAgreement(
      { creditsStart: 1280, segments },
      agreement!,
      { duration: 1300, frameRate: 25 },
      'start',
    );
    expect(moved).toMatchObject({
      creditsStart: 1270,
      frame: 31_750,
      smpte: '00:21:10:00',
      nextEpisodeAt: 1270,
      episodes: { agreeing: 3 },
    });
    expect(moved.segments.map(({ kind, start, end }) => [kind, start, end])).toEqual([
      ['cards', 1270, 1280],
      ['cards', 1280, 1296],
      ['scene-after', 1296, 1299],
    ]);
    expect(moved.episodes.reason).toContain('3 other episodes');
  });

  test('a sure episode stands alone, and two strangers do not overrule anybody', () => {
    const sure = agreeOnEpisodes([
      episode(1100, 1300, 0.97),
      episode(1200, 1230),
      episode(1300, 1331),
      episode(1250, 1281),
    ]);
    expect(sure[0]!.creditsStart).toBe(1100);
    expect(agreeOnEpisodes([episode(1200, 1230, 0.5), episode(1200, 1300), episode(1000, 1300)])[0]!.creditsStart).toBe(
      1200,
    );
  });
});
