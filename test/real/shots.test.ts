import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createFrameSource } from '../../src/frames/frame-source.js';
import { runPass } from '../../src/frames/pass.js';
import { createShotDetector, type Shot } from '../../src/frames/shots.js';

const folder = join(process.env['KINOSCOPE_DATA'] ?? '../shared/data', 'shots');
const present = existsSync(folder);
if (!present) process.stderr.write('shots.test.ts: SKIPPED, no real data at KINOSCOPE_DATA\n');

async function shotsOf(name: string): Promise<readonly Shot[]> {
  const detector = createShotDetector();
  await runPass(createFrameSource(), join(folder, name), {
    plan: { kind: 'every', window: { start: 0, end: 1e6 } },
    consumer: detector,
  });
  return detector.finish().shots;
}

describe('shots of real clips', () => {
  const expected = present
    ? (JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<
        string,
        { first_frames_of_shots: number[] }
      >)
    : {};

  for (const name of Object.keys(expected)) {
    it(`begin where they are known to: ${name}`, async () => {
      const shots = await shotsOf(name);
      // The dissolve of testvideo.mp4 about frame 547 is to be seen, but not on its list, which was made for fades.
      const found = shots
        .filter(({ transition }) => name !== 'testvideo.mp4' || transition !== 'dissolve')
        .map(({ startFrame }) => startFrame);
      const wanted = expected[name]!.first_frames_of_shots;
      expect(found).toHaveLength(wanted.length);
      found.forEach((frame, i) => expect(Math.abs(frame - wanted[i]!)).toBeLessThanOrEqual(1));
    }, 120_000);
  }

  if (present) {
    it('a dissolve is named as one', async () => {
      expect(
        (await shotsOf('testvideo.mp4'))
          .filter(({ transition }) => transition === 'dissolve')
          .map(({ startFrame }) => startFrame),
      ).toEqual([547]);
    }, 120_000);
  }
});

// A file without a case would fail.
if (!present) it.todo('shots of real clips: needs the real data');
