import { describe, expect, test } from '@jest/globals';
import type { Model } from '../../src/inference/types.js';
import { LoudnessHistogram } from '../../src/sound/loudness.js';
import { SpeechClock, SpeechDetector } from '../../src/sound/speech.js';

/** Windows of these loudnesses, so many of each. */
function heard(...windows: readonly (readonly [loudness: number, count: number])[]): LoudnessHistogram {
  const histogram = new LoudnessHistogram();
  for (const [loudness, count] of windows) for (let k = 0; k < count; k++) histogram.push(loudness);
  return histogram;
}

describe('loudness of windows', () => {
  test('is the mean of their energy', () => {
    expect(heard([-23, 200]).integrated()).toBeCloseTo(-23, 1);
    // 10 lg((10^-2 + 10^-2.3) / 2)
    expect(heard([-20, 100], [-23, 100]).integrated()).toBeCloseTo(-21.25, 1);
  });

  test('leaves out what is 10 LU below the mean, and silence (EBU Tech 3341, cases 3 and 4)', () => {
    expect(heard([-36, 100], [-23, 600], [-36, 100]).integrated()).toBeCloseTo(-23, 1);
    expect(heard([-72, 100], [-36, 100], [-23, 600], [-36, 100], [-72, 100]).integrated()).toBeCloseTo(-23, 1);
  });

  test('ranges from the 10th to the 95th percentile (EBU Tech 3342, cases 1 to 4)', () => {
    expect(heard([-20, 200], [-30, 200]).range()).toBeCloseTo(10, 1);
    expect(heard([-20, 200], [-15, 200]).range()).toBeCloseTo(5, 1);
    expect(heard([-40, 200], [-20, 200]).range()).toBeCloseTo(20, 1);
    expect(heard([-50, 200], [-35, 200], [-20, 200], [-35, 200], [-50, 200]).range()).toBeCloseTo(15, 1);
  });

  test('is none where all is silent, and never above what can be counted', () => {
    const silence = heard([-120.7, 50], [-70, 50], [Number.NaN, 1]);
    expect([silence.integrated(), silence.range(), silence.silent, silence.count]).toEqual([null, null, 101, 101]);
    expect([heard().integrated(), heard().range()]).toEqual([null, null]);
    expect(heard([400, 3]).integrated()).toBeCloseTo(20, 1);
  });
});

/** Seconds of speech in chunks of 32 ms of these probabilities. */
function spoken(...stretches: readonly (readonly [probability: number, chunks: number])[]): number {
  const clock = new SpeechClock();
  for (const [probability, chunks] of stretches) for (let k = 0; k < chunks; k++) clock.push(probability);
  return clock.finish();
}

describe('stretches of speech', () => {
  test('begin at a half, end at .35, and have 30 ms before and after', () => {
    expect(spoken([0, 50], [0.9, 50], [0, 50])).toBeCloseTo(50 * 0.032 + 0.06, 5);
    expect(spoken([0.45, 100])).toBe(0);
    expect(spoken([0, 50], [0.9, 10], [0.45, 40], [0, 50])).toBeCloseTo(50 * 0.032 + 0.06, 5);
  });

  test('go on over pauses of less than a tenth of a second, and are none below a quarter', () => {
    expect(spoken([0, 9], [0.9, 20], [0, 3], [0.9, 20], [0, 9])).toBeCloseTo(43 * 0.032 + 0.06, 5);
    expect(spoken([0, 9], [0.9, 7], [0, 9])).toBe(0);
    expect(spoken([0.9, 100])).toBeCloseTo(3.2, 5);
  });
});

test('speech is found where it is, however long the film, in whichever pieces it comes', async () => {
  // a network that takes a chunk for speech by its first sample, where the sample before it is that of the chunk before
  const runs: number[] = [];
  const network = {
    run: ({ input }: Parameters<Model['run']>[0]) => {
      const [lanes = 0, width = 0] = input!.dims;
      runs.push(lanes);
      const data = Float32Array.from({ length: lanes }, (_, lane) => {
        const [before, first] = [input!.data[lane * width + 63], input!.data[lane * width + 64]];
        return first === 1 && Number(before) >= 0 ? 0.9 : 0;
      });
      return Promise.resolve({
        probability: { dims: [lanes, 1], data },
        state: { dims: [2, lanes, 128], data: new Float32Array(256 * lanes) },
      });
    },
  } as unknown as Model;
  const detector = new SpeechDetector(network);
  const [rate, length] = [16_000, 600];
  // from 10 to 20 s, over the end of the first page (256 s), and the last 5 s
  const isSpeech = (second: number): boolean =>
    (second >= 9.984 && second < 20) || (second >= 250 && second < 262) || second >= 595;
  const sound = Float32Array.from({ length: rate * length }, (_, k) => (isSpeech(k / rate) ? 1 : 0));
  for (let at = 0, step = 1; at < sound.length; at += step, step = (step * 7 + 1000) % 50_000)
    await detector.push(sound.subarray(at, at + step));
  expect(await detector.finish()).toBeCloseTo(10.016 + 12 + 5 + 0.15, 1);
  // side by side, with a second before each stretch
  expect(Math.max(...runs)).toBe(16);
  expect(runs.length).toBeLessThan(3 * (500 + 32));
});
