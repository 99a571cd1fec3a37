import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { createFrameSource } from '../../src/frames/frame-source.js';
import { openVideoWriter } from '../../src/frames/writer.js';

it('a reader slower than the decoder gets every frame, and the pass ends', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kinoscope-slow-'));
  try {
    const file = join(folder, 'clip.mp4');
    const writer = await openVideoWriter(file, { width: 64, height: 36, frameRate: 10 });
    for (let index = 0; index < 30; index++)
      await writer.write({ width: 64, height: 36, data: new Uint8Array(64 * 36 * 3).fill(index * 8) });
    await writer.close();
    const window = { start: 0, end: 10 };
    const stream = createFrameSource().frames(file, {
      plan: { kind: 'every', window },
      sizes: [{ width: 64, height: 36, fit: 'fill' }],
    });
    const times: number[] = [];
    for await (const { time } of stream) {
      times.push(Math.round(time * 10));
      // The decoder has written all of it, and is gone, long before the reader is through.
      await delay(40);
    }
    expect(times).toEqual(Array.from({ length: 30 }, (_, index) => index));
    expect((await stream.summary).frames).toBe(30);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 30_000);
