import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openMedia } from '../../src/frames/media.js';
import { probe } from '../../src/frames/probe.js';
import { openVideoWriter } from '../../src/frames/writer.js';
import { drawNumber } from '../clips/bar-code.js';
import { childProcesses } from '../clips/processes.js';
import { sparseMatroska } from '../films/hostile.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-writer-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const size = { width: 64, height: 48, frameRate: 25 };

test('a video stands under its name only when it is whole', async () => {
  const writer = await openVideoWriter(join(folder, 'film.mp4'), size);
  for (let number = 0; number < 50; number++) await writer.write(drawNumber(number, 64, 48));
  expect(await readdir(folder)).not.toContain('film.mp4');
  await writer.close();
  expect(await readdir(folder)).toEqual(['film.mp4']);
  expect(await probe(join(folder, 'film.mp4'))).toMatchObject({
    width: 64,
    height: 48,
    duration: 2,
    codec: 'h264',
    frameRate: 25,
  });
});

test('giving up leaves no file and no process', async () => {
  const before = await readdir(folder);
  const processes = await childProcesses();
  const writer = await openVideoWriter(join(folder, 'given-up.mp4'), size);
  await writer.write(drawNumber(1, 64, 48));
  await writer.abort();
  expect(await readdir(folder)).toEqual(before);
  expect(await childProcesses()).toEqual(processes);
});

test('what cannot be written is refused in one line, and leaves nothing', async () => {
  const before = await readdir(folder);
  await expect(openVideoWriter(join(folder, 'odd.mp4'), { ...size, width: 63 })).rejects.toMatchObject({
    code: 'usage',
  });
  const writer = await openVideoWriter(join(folder, 'wrong.mp4'), { ...size, encoderOptions: { preset: 'unheard' } });
  const write = async (): Promise<void> => {
    await writer.write(drawNumber(1, 64, 48));
    await writer.close();
  };
  await expect(write()).rejects.toMatchObject({ code: 'internal', message: /^[^\n]*preset[^\n]*$/ });
  const other = await openVideoWriter(join(folder, 'other.mp4'), size);
  await expect(other.write(drawNumber(1, 32, 48))).rejects.toMatchObject({ code: 'usage' });
  await other.abort();
  expect(await readdir(folder)).toEqual(before);
});

/** Seconds from the first picture on until something is heard in a film. */
async function quietFor(film: string): Promise<number> {
  let samples = 0;
  for await (const blocks of openMedia({}).hear(film)) {
    const at = blocks.samples.findIndex((value) => Math.abs(value) > 0.01);
    if (at >= 0) return (samples + at) / 16_000;
    samples += blocks.samples.length;
  }
  return Infinity;
}

test.each([
  ['one clock for both, which keeps what is between them', 10.4, 0.4],
  ['clocks of their own, which begin together', 0, 0],
])('pictures and sound are joined by %s', async (_what, from, quiet) => {
  const media = openMedia({});
  const [pictures, sound, output] = ['pictures.mkv', 'sound.mkv', 'joined.mp4'].map((name) => join(folder, name));
  const seconds = (start: number, count: number, each: number): number[] =>
    Array.from({ length: count }, (_, k) => start + k * each);
  await writeFile(pictures!, await sparseMatroska(seconds(10, 5, 1)));
  const tenth = (): Buffer => Buffer.from(Int16Array.from({ length: 800 }, (_, k) => 9000 * Math.sin(k / 3)).buffer);
  await writeFile(sound!, await sparseMatroska([from], { sound: seconds(from, 30, 0.1), tenth }));
  await media.join(pictures!, { sound: sound!, output: output! });
  expect(await media.probe(output!)).toMatchObject({ codec: 'mjpeg', audio: { codec: 'pcm_s16le', channels: 1 } });
  expect(Math.abs((await quietFor(output!)) - quiet)).toBeLessThan(0.05);
  const bytes = await readFile(output!);
  await media.join(pictures!, { sound: sound!, output: output! });
  expect(await readFile(output!)).toEqual(bytes);
});
