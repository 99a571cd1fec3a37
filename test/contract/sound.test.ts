import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openMedia } from '../../src/frames/media.js';
import { createModels } from '../../src/inference/registry.js';
import { hearFilm } from '../../src/sound/hear.js';
import type { SoundResult } from '../../src/sound/types.js';
import { frameAdapters } from '../clips/adapters.js';
import { sparseMatroska } from '../films/hostile.js';

const models = createModels({
  modelsDir: fileURLToPath(new URL('../../models', import.meta.url)),
  provider: 'cpu',
  threads: 1,
});
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-sound-'));
});
afterAll(async () => {
  await models.close();
  await rm(folder, { recursive: true, force: true });
});

const RATE = 48_000;
type Wave = (seconds: number, channel: number) => number;

/** A film of a picture a second whose sound is this, -1 to 1. */
async function film(name: string, seconds: number, channels: number, wave: Wave): Promise<string> {
  const file = join(folder, name);
  const times = (count: number, each: number): number[] => Array.from({ length: count }, (_, k) => k * each);
  const bytes = await sparseMatroska(times(seconds + 1, 1), {
    sound: times(seconds * 10, 0.1),
    rate: RATE,
    channels,
    tenth: (start) => {
      const samples = new Int16Array((RATE / 10) * channels);
      const first = Math.round(start * RATE);
      samples.forEach((_, k) => {
        const value = wave((first + Math.floor(k / channels)) / RATE, k % channels);
        samples[k] = Math.round(Math.max(-1, Math.min(1, value)) * 32767);
      });
      return Buffer.from(samples.buffer);
    },
  });
  await writeFile(file, bytes);
  return file;
}

const decibels = (level: number): number => 10 ** (level / 20);
const sine =
  (level: number, hertz = 1000): Wave =>
  (seconds) =>
    decibels(level) * Math.sin(2 * Math.PI * hertz * seconds);

describe.each(frameAdapters())('sound by %s', (kind) => {
  const media = openMedia({ kind });

  async function soundOf(file: string): Promise<SoundResult> {
    const { audio } = await media.probe(file);
    const { result, truncated } = await hearFilm({ file, track: audio, media, models });
    expect(truncated).toBe(false);
    return result;
  }

  test('a sine of 1 kHz in both channels is as loud as it is high (EBU Tech 3341, cases 1 and 2)', async () => {
    const loud = await soundOf(await film('loud.mkv', 6, 2, sine(-23)));
    expect(loud).toMatchObject({ reason: '', speech: 0, silence: 0, track: { sampleRate: RATE, channels: 2 } });
    expect(loud.loudness).toBeCloseTo(-23, 0.9);
    expect(loud.truePeak).toBeCloseTo(-23, 0.9);
    expect(loud.loudnessRange).toBeCloseTo(0, 0.9);
    expect(Math.abs(loud.duration - 6)).toBeLessThan(0.15);
    // one channel alone is half of that
    expect((await soundOf(await film('mono.mkv', 6, 1, sine(-23)))).loudness).toBeCloseTo(-26, 0.9);
  });

  test('steps of loudness give its range, silence its share (EBU Tech 3342, case 1)', async () => {
    const steps: Wave = (seconds, channel) => sine(seconds < 10 ? -20 : seconds < 20 ? -30 : -120)(seconds, channel);
    const heard = await soundOf(await film('steps.mkv', 30, 2, steps));
    expect(Math.abs(heard.loudnessRange! - 10)).toBeLessThanOrEqual(1.5);
    expect(Math.abs(heard.silence! - 1 / 3)).toBeLessThan(0.03);
    expect(heard.truePeak).toBeCloseTo(-20, 0.9);
  });

  test('six channels are weighed as BS.1770 has it: surround more, effects not at all', async () => {
    const only =
      (channel: number): Wave =>
      (seconds, one) =>
        one === channel ? sine(-23)(seconds, one) : 0;
    const front = await soundOf(await film('front.mkv', 5, 6, only(0)));
    const surround = await soundOf(await film('surround.mkv', 5, 6, only(4)));
    const effects = await soundOf(await film('effects.mkv', 5, 6, only(3)));
    expect(front.loudness).toBeCloseTo(-26, 0.9);
    expect(surround.loudness! - front.loudness!).toBeCloseTo(1.5, 0.9);
    expect(effects).toMatchObject({ loudness: null, silence: 1 });
  });

  test('silence has no loudness, a film without sound says so', async () => {
    const silent = await soundOf(await film('silent.mkv', 4, 2, () => 0));
    expect(silent).toMatchObject({ reason: '', loudness: null, loudnessRange: null, truePeak: null });
    expect([silent.silence, silent.speech]).toEqual([1, 0]);
    const file = join(folder, 'mute.mkv');
    await writeFile(file, await sparseMatroska([0, 1, 2]));
    expect(await soundOf(file)).toMatchObject({
      track: null,
      reason: 'the film has no sound',
      duration: 0,
      speech: null,
    });
  });

  test('noise and tones are no speech', async () => {
    let seed = 1;
    const noise: Wave = () => ((seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5) * 0.3;
    expect((await soundOf(await film('noise.mkv', 10, 1, noise))).speech).toBeLessThan(0.05);
    const chords: Wave = (seconds) => [220, 277, 330].reduce((sum, hertz) => sum + sine(-20, hertz)(seconds, 0), 0);
    expect((await soundOf(await film('chords.mkv', 10, 1, chords))).speech).toBeLessThan(0.05);
  });
});

/** A synthesizer's voice, where the system's ffmpeg has one. */
const SAID = "flite=voice=slt:text='The quick brown fox jumps over the lazy dog near the river'";
const { stdout: voice } = spawnSync('ffmpeg', [
  ...['-v', 'error', '-f', 'lavfi', '-i', SAID, '-ac', '1', '-ar', `${RATE}`, '-f', 's16le', '-'],
]);
if (!voice?.length)
  process.stderr.write('sound.test.ts: no ffmpeg with flite here, the case with a voice is left out\n');
else
  test('a voice is found for as long as it speaks', async () => {
    const samples = new Int16Array(Uint8Array.from(voice).buffer);
    const seconds = samples.length / RATE;
    const said: Wave = (at) => (at >= 2 ? (samples[Math.floor((at - 2) * RATE)] ?? 0) / 32768 : 0);
    const file = await film('voice.mkv', Math.ceil(2 * seconds + 2), 1, said);
    const media = openMedia({ kind: 'node-av' });
    const { result } = await hearFilm({ file, track: (await media.probe(file)).audio, media, models });
    expect(Math.abs(result.speech! * result.duration - seconds)).toBeLessThan(0.6);
  });
