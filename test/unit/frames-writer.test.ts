import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { probe } from '../../src/frames/probe.js';
import { openVideoWriter } from '../../src/frames/writer.js';
import { drawNumber } from '../clips/bar-code.js';
import { childProcesses } from '../clips/processes.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-writer-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const size = { width: 64, height: 48, frameRate: 25 };

test('a video stands under its name only when it is whole', async () => {
  const writer = await openVideoWriter(join(folder, 'new', 'film.mp4'), size);
  for (let number = 0; number < 50; number++) await writer.write(drawNumber(number, 64, 48));
  expect(await readdir(join(folder, 'new'))).not.toContain('film.mp4');
  await writer.close();
  expect(await readdir(join(folder, 'new'))).toEqual(['film.mp4']);
  expect(await probe(join(folder, 'new', 'film.mp4'))).toMatchObject({
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
