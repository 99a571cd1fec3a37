import { existsSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createFrameSource } from '../../src/frames/frame-source.js';
import { probe } from '../../src/frames/probe.js';
import type { Frame, SamplingPlan } from '../../src/frames/types.js';
import { frameAdapters } from '../clips/adapters.js';
import { childProcesses } from '../clips/processes.js';

const data = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const present = existsSync(data);
if (!present) process.stderr.write('frames.test.ts: SKIPPED, no real data at KINOSCOPE_DATA\n');

/** What each broken file is: the reason why it cannot be read, or its length in seconds and its frames of whole seconds. */
const BROKEN: readonly [string, RegExp | { duration: number; seconds: number }][] = [
  ['audio-only.mp4', /no video stream/],
  ['empty.mp4', /is empty/],
  ['playlist-renamed.mp4', /not a video file.*: it is text$/],
  ['text-renamed.mp4', /not a video file.*: it is text$/],
  // Its index, which MP4 keeps at the end, was cut off.
  ['truncated.mp4', /not a video file that can be read \(its index is missing/],
  ['no_duration.webm', { duration: 4.9, seconds: 5 }],
  ['video_with_failing_audio.mp4', { duration: 11.2, seconds: 12 }],
];

/** Needs no data. */
const MISSING: typeof BROKEN = [['missing.mp4', /does not exist/]];

describe.each(frameAdapters())('real files through %s', (kind) => {
  const take = async (file: string, plan: SamplingPlan): Promise<Frame[]> => {
    const frames: Frame[] = [];
    const sizes = [{ width: 32, height: 32, fit: 'fill' as const }];
    for await (const frame of createFrameSource({ kind }).frames(file, { plan, sizes })) frames.push(frame);
    return frames;
  };

  test.each(present ? BROKEN : MISSING)('%s', async (name, expected) => {
    const file = `${data}/broken/${name}`;
    const before = await childProcesses();
    if (expected instanceof RegExp) {
      await expect(probe(file, { kind })).rejects.toMatchObject({ message: expect.stringMatching(expected) });
      await expect(take(file, { kind: 'everySecond' })).rejects.toMatchObject({
        code: present ? 'unreadable' : 'not-found',
      });
    } else {
      expect((await probe(file, { kind })).duration).toBeCloseTo(expected.duration, 1);
      expect(await take(file, { kind: 'everySecond' })).toHaveLength(expected.seconds);
    }
    expect(await childProcesses()).toEqual(before);
  });

  if (present)
    test('a whole film: its tail by key frames, and single frames', async () => {
      const file = `${data}/video/big-buck-bunny-360p.mp4`;
      expect(await probe(file, { kind })).toMatchObject({ width: 640, height: 360, codec: 'h264', startTime: 0 });
      const tail = await take(file, { kind: 'keyframes', window: { start: 560, end: 570 } });
      expect(tail.map(({ time }) => time)).toEqual([560, 562, 564, 566, 568]);
      // The picture is black just before the first credit card, which stands at 490.5 s.
      const [black, card] = await take(file, { kind: 'exactAt', times: [490.2, 491] });
      const brightest = (frame: Frame | undefined): number => Math.max(...(frame?.images[0]?.data ?? []));
      expect(brightest(black)).toBeLessThan(40);
      expect(brightest(card)).toBeGreaterThan(100);
    });
});
