import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { detectCredits } from '../../src/credits/detect.js';
import { createFrameSource } from '../../src/frames/frame-source.js';
import { openMedia } from '../../src/frames/media.js';
import { probe } from '../../src/frames/probe.js';
import type { DecodeSummary, MediaInfo, SamplingPlan } from '../../src/frames/types.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';
import { frameAdapters } from '../clips/adapters.js';

const data = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const reports = join(data, 'reports');
const there = existsSync(reports);
if (!there) process.stderr.write('reports-time.test.ts: SKIPPED, no real data at KINOSCOPE_DATA\n');
const PATIENCE = 180_000;

const FILMS = there
  ? readdirSync(reports, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|mkv|mp4|avi|mov|webm|vob)$/.test(name))
      .sort()
  : [];

interface Found {
  readonly info: Pick<MediaInfo, 'duration' | 'startTime' | 'width' | 'height' | 'codec'>;
  readonly keys: readonly number[];
  readonly exact: readonly number[];
  readonly tail: readonly number[];
  readonly summary: Pick<DecodeSummary, 'duration' | 'truncated'>;
}

const known = new Map<string, Promise<Found>>();

/** Each film is read once by each decoder. */
function find(kind: 'node-av' | 'ffmpeg', file: string): Promise<Found> {
  const found = known.get(`${kind} ${file}`) ?? read(kind, file);
  known.set(`${kind} ${file}`, found);
  return found;
}

/** Times in milliseconds. */
async function read(kind: 'node-av' | 'ffmpeg', file: string): Promise<Found> {
  const { duration, startTime, width, height, codec } = await probe(file, { kind });
  const source = createFrameSource({ kind });
  const take = async (plan: SamplingPlan): Promise<{ times: number[]; summary: DecodeSummary }> => {
    const stream = source.frames(file, { plan, sizes: [{ width: 32, height: 32, fit: 'inside' }] });
    const times: number[] = [];
    for await (const { time } of stream) times.push(Math.round(time * 1000));
    return { times, summary: await stream.summary };
  };
  const keys = await take({ kind: 'keyframes' });
  const exact = await take({
    kind: 'exactAt',
    times: [1.21, duration / 3, duration / 1.7, duration - 0.4, duration + 1000],
  });
  const tail = await take({ kind: 'every', window: { start: duration - 2.02, end: duration + 10 } });
  const rounded = (value: number): number => Math.round(value * 1000);
  return {
    info: { duration: rounded(duration), startTime: rounded(startTime), width, height, codec },
    keys: keys.times,
    exact: exact.times,
    tail: tail.times,
    summary: { duration: rounded(keys.summary.duration), truncated: keys.summary.truncated },
  };
}

if (there && frameAdapters().length > 1)
  describe('both decoders say the same of a reported film', () => {
    test.each(FILMS)(
      '%s',
      async (name) => {
        const file = join(reports, name);
        const found = await find('node-av', file);
        expect(found.keys.length).toBeGreaterThan(0);
        expect(found.tail.length).toBeGreaterThan(5);
        expect(await find('ffmpeg', file)).toEqual(found);
      },
      PATIENCE,
    );
  });

/** Its length in seconds, key frames where known, and whether it is cut off by what its header says. */
const KNOWN: readonly [string, { duration: number; keys?: number; truncated?: boolean; width?: number }][] = [
  ['clock-restarts/joined-clock-restarts.ts', { duration: 145 }],
  ['header-duration-wrong/duration-long2h.mkv', { duration: 145, truncated: true }],
  ['avi-b-frames/xvid-bframes.avi', { duration: 20, keys: 8 }],
  ['ffmpeg-decoder/poster-track.mp4', { duration: 12.012, width: 640 }],
  ['../broken/three-frames-in-ten-years.mov', { duration: 210_240_300, keys: 3 }],
];

if (there)
  describe.each(frameAdapters())('time of reported films through %s', (kind) => {
    test.each(KNOWN)(
      '%s',
      async (name, { duration, keys, truncated = false, width }) => {
        const found = await find(kind, join(reports, name));
        expect(found.info.duration / 1000).toBeCloseTo(duration, 1);
        expect(found.summary).toEqual({ duration: found.info.duration, truncated });
        if (keys) expect(found.keys).toHaveLength(keys);
        if (width) expect(found.info.width).toBe(width);
      },
      PATIENCE,
    );
  });

if (there)
  describe('credits where the time is not what the container says', () => {
    let models: ModelRegistry;
    beforeAll(() => {
      models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
    });
    afterAll(() => models.close());

    test.each(['clock-restarts/joined-clock-restarts.ts', 'header-duration-wrong/duration-long2h.mkv'])(
      '%s',
      async (name) => {
        const { source, probe: ask } = openMedia({});
        const file = join(reports, name);
        const { creditsStart, confidence } = await detectCredits({ file, info: await ask(file), source, models });
        expect(Math.abs(creditsStart! - 105.25)).toBeLessThan(0.1);
        expect(confidence).toBeGreaterThan(0.5);
      },
      PATIENCE,
    );
  });

if (!there) test('needs the reports', () => expect(there).toBe(false));
