import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createFrameSource } from '../../src/frames/frame-source.js';
import { probe } from '../../src/frames/probe.js';
import type { DecodeSummary, SamplingPlan } from '../../src/frames/types.js';
import { frameAdapters } from '../clips/adapters.js';
import { readNumber, steady, writeClip } from '../clips/bar-code.js';
import { claimMatroska, claimMp4, joinStreams } from '../films/claims.js';

/** 30 s and 20 s at 4 frames a second, a key frame every 2 s. */
const RATE = 4;
const FIRST = 120;
const SECOND = 80;
const KEYS = 8;
const OPTIONS = { encoderOptions: { g: `${KEYS}`, bf: '2', sc_threshold: '0' } };

interface Row {
  readonly name: string;
  readonly file: string;
  /** Frames, and what of them is the second clip, whose numbers begin at 0 again. */
  readonly frames: number;
  readonly joined: boolean;
  readonly truncated: boolean;
}

const whole = (name: string, file: string, truncated = false): Row => ({
  name,
  file,
  frames: FIRST,
  joined: false,
  truncated,
});
const joined = (name: string, file: string): Row => ({
  name,
  file,
  frames: FIRST + SECOND,
  joined: true,
  truncated: false,
});
const ROWS: readonly Row[] = [
  joined('a transport stream whose clock starts again', 'again.ts'),
  joined('a transport stream whose clock jumps an hour', 'hour.ts'),
  joined('a transport stream whose clock goes back a little', 'back.ts'),
  joined('a transport stream whose clock goes back by hours', 'far-back.ts'),
  whole('a Matroska header of two hours', 'long.mkv', true),
  whole('a Matroska header of 1e12 seconds', 'absurd.mkv', true),
  whole('a Matroska header of a second', 'short.mkv'),
  // Its list of samples says otherwise, and libav believes that.
  whole('an MP4 header of 13 hours', 'long.mp4'),
  whole('an MP4 header of no duration', 'none.mp4'),
  whole('an AVI file without presentation times', 'plain.avi'),
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-clock-'));
  const at = (name: string): string => join(folder, name);
  const first = (name: string, start = 0) => writeClip(at(name), steady(FIRST, RATE, start), OPTIONS);
  const second = (name: string, start = 0) => writeClip(at(name), steady(SECOND, RATE, start), OPTIONS);
  await Promise.all([first('a.ts', 2), first('late.ts', 90_000)]);
  await Promise.all([second('b.ts'), second('c.ts', 3632), second('d.ts', 25)]);
  await joinStreams([at('a.ts'), at('b.ts')], at('again.ts'));
  await joinStreams([at('a.ts'), at('c.ts')], at('hour.ts'));
  await joinStreams([at('a.ts'), at('d.ts')], at('back.ts'));
  await joinStreams([at('late.ts'), at('b.ts')], at('far-back.ts'));
  await Promise.all([first('a.mkv'), first('a.mp4'), first('plain.avi')]);
  await claimMatroska(at('a.mkv'), at('long.mkv'), 7200);
  await claimMatroska(at('a.mkv'), at('absurd.mkv'), 1e12);
  await claimMatroska(at('a.mkv'), at('short.mkv'), 1);
  await claimMp4(at('a.mp4'), at('long.mp4'), 47_000);
  await claimMp4(at('a.mp4'), at('none.mp4'), 0);
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(frameAdapters())('clocks and lengths through %s', (kind) => {
  const source = createFrameSource({ kind });

  async function take(
    file: string,
    plan: SamplingPlan,
  ): Promise<{ times: number[]; numbers: number[]; summary: DecodeSummary }> {
    const stream = source.frames(join(folder, file), { plan, sizes: [{ width: 80, height: 80, fit: 'inside' }] });
    const times: number[] = [];
    const numbers: number[] = [];
    for await (const { time, images } of stream) {
      times.push(time);
      numbers.push(readNumber(images[0]!) ?? -1);
    }
    return { times, numbers, summary: await stream.summary };
  }

  describe.each(ROWS)('$name', ({ file, frames, joined: isJoined, truncated }) => {
    const indexOf = (time: number): number => Math.round(time * RATE);
    const shown = (index: number): number => (isJoined && index >= FIRST ? index - FIRST : index);

    test('its length is that of its pictures', async () => {
      const info = await probe(join(folder, file), { kind });
      expect(Math.abs(info.duration - frames / RATE)).toBeLessThan(0.8);
      const { summary } = await take(file, { kind: 'exactAt', times: [0] });
      expect(summary.truncated).toBe(truncated);
      expect(summary.duration).toBeCloseTo(info.duration, 3);
    });

    test('every key frame has the time at which it is shown', async () => {
      const { times, numbers } = await take(file, { kind: 'keyframes' });
      const keys = Array.from({ length: frames / KEYS }, (_, k) => k * KEYS);
      expect(times.map(indexOf)).toEqual(keys);
      expect(numbers).toEqual(keys.map(shown));
    });

    test('frames are found by their times, before and behind', async () => {
      const wanted = [3.1, frames / RATE - 17.9, frames / RATE - 0.9];
      const { times, numbers } = await take(file, { kind: 'exactAt', times: wanted });
      const indices = wanted.map((time) => Math.floor(time * RATE));
      expect(times.map(indexOf)).toEqual(indices);
      expect(numbers).toEqual(indices.map(shown));
      const tail = await take(file, {
        kind: 'every',
        window: { start: frames / RATE - 3.1, end: frames / RATE - 1.1 },
      });
      const last = Array.from({ length: 8 }, (_, k) => frames - 12 + k);
      expect(tail.times.map(indexOf)).toEqual(last);
      expect(tail.numbers).toEqual(last.map(shown));
    });
  });

  test('a file that is cut off has the length of what is there', async () => {
    const bytes = await readFile(join(folder, 'a.mkv'));
    await writeFile(join(folder, 'cut.mkv'), bytes.subarray(0, bytes.length * 0.6));
    const { duration } = await probe(join(folder, 'cut.mkv'), { kind });
    const { times, summary } = await take('cut.mkv', { kind: 'every' });
    expect(summary.truncated).toBe(true);
    expect(duration).toBeLessThan(27);
    expect(Math.abs(duration - times.at(-1)!)).toBeLessThan(0.8);
  });

  test('more than a hundred frames by their times', async () => {
    const times = Array.from({ length: 115 }, (_, k) => k / RATE + 0.01);
    expect((await take('a.mp4', { kind: 'exactAt', times })).times).toHaveLength(115);
  });
});
