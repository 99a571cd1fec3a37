import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { type FrameConsumer, runPass } from '../../src/frames/pass.js';
import { frameStream } from '../../src/frames/stream.js';
import type { DecodeSummary, Frame, FrameRequest, FrameSize, FrameSource } from '../../src/frames/types.js';

const SMALL: FrameSize = { width: 4, height: 2, fit: 'fill' };
const LARGE: FrameSize = { width: 8, height: 4, fit: 'inside' };

/** A source of `count` frames, one a second, that tells what it was asked for and how far it got. */
function countingSource(count: number) {
  const state = { given: 0, ended: false, requests: [] as FrameRequest[] };
  async function* pass({ sizes, signal }: FrameRequest): AsyncGenerator<Frame, DecodeSummary, undefined> {
    try {
      for (let time = 0; time < count; time++) {
        signal?.throwIfAborted();
        state.given++;
        const images = sizes.map(({ width, height }) => ({
          width,
          height,
          data: new Uint8Array(width * height * 3).fill(time),
        }));
        yield { time, containerTime: time, keyframe: false, images };
      }
      return { frames: count, lastTime: count - 1, duration: count, truncated: false, warnings: [] };
    } finally {
      state.ended = true;
    }
  }
  const source: FrameSource = {
    name: 'node-av',
    frames(_file, request) {
      state.requests.push(request);
      return frameStream(pass(request));
    },
    expect: () => () => undefined,
    countBefore: (_file, time) => Promise.resolve(Math.ceil(time)),
  };
  return { source, state };
}

function collector(sizes: readonly FrameSize[], delay = 0): FrameConsumer & { readonly seen: Frame[] } {
  const seen: Frame[] = [];
  return {
    sizes,
    seen,
    async push(frame) {
      seen.push(frame);
      if (delay > 0) await sleep(delay);
    },
  };
}

const plan = { kind: 'everySecond' } as const;

describe('one decoding pass', () => {
  test('asks for the sizes that the consumer wants, and tells what the source says of the film', async () => {
    const { source, state } = countingSource(3);
    const consumer = collector([LARGE, SMALL]);
    const summary = await runPass(source, 'film', { plan, consumer });
    expect(state.requests).toEqual([{ plan, sizes: [LARGE, SMALL] }]);
    expect(consumer.seen.map(({ images }) => images.map(({ width }) => width))).toEqual([
      [8, 4],
      [8, 4],
      [8, 4],
    ]);
    expect(summary).toEqual({ frames: 3, lastTime: 2, duration: 3, truncated: false, warnings: [] });
  });

  test('gives frames in order of time, and only wanted ones', async () => {
    const { source } = countingSource(6);
    const odd = { ...collector([SMALL], 3), wants: (time: number) => time % 2 === 1 };
    const progress: number[] = [];
    await runPass(source, 'film', { plan, consumer: odd, onProgress: (time) => progress.push(time) });
    expect(odd.seen.map(({ time }) => time)).toEqual([1, 3, 5]);
    expect(progress).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('decoding goes on while the consumer is busy, and waits when it falls behind', async () => {
    const { source, state } = countingSource(50);
    let release = (): void => undefined;
    const gate = new Promise<void>((open) => (release = open));
    const stuck: FrameConsumer = { sizes: [SMALL], push: () => gate };
    const pass = runPass(source, 'film', { plan, consumer: stuck, inFlight: 5 });
    while (state.given < 5) await sleep(5);
    // More would come meanwhile.
    await sleep(50);
    const whileStuck = state.given;
    release();
    await pass;
    expect(whileStuck).toBe(5);
    expect(state.given).toBe(50);
  });

  test('the first failure ends decoding, and comes out', async () => {
    const { source, state } = countingSource(1000);
    let busy = 0;
    const failing: FrameConsumer = {
      sizes: [SMALL],
      async push({ time }) {
        busy++;
        await sleep(time === 3 ? 1 : 5);
        busy--;
        if (time === 3) throw new Error('no room left');
      },
    };
    await expect(runPass(source, 'film', { plan, consumer: failing })).rejects.toThrow('no room left');
    expect(state.ended).toBe(true);
    expect(state.given).toBeLessThan(50);
    expect(busy).toBe(0);
  });

  test('aborting ends decoding', async () => {
    const { source, state } = countingSource(1000);
    const controller = new AbortController();
    const consumer: FrameConsumer = {
      sizes: [SMALL],
      push({ time }) {
        if (time === 3) controller.abort();
      },
    };
    const pass = runPass(source, 'film', { plan, consumer, signal: controller.signal });
    await expect(pass).rejects.toMatchObject({ code: 'cancelled' });
    expect(state.ended).toBe(true);
    expect(state.given).toBeLessThan(50);
  });
});
