import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PresentTrack } from '../../src/cast/present-tracks.js';
import { annotate } from '../../src/exports/annotate.js';
import { openMedia } from '../../src/frames/media.js';
import { childProcesses } from '../clips/processes.js';

const film = join(process.env['KINOSCOPE_DATA'] ?? '../shared/data', 'video/credits-cards-10s.mp4');
const present = existsSync(film);
if (!present) process.stderr.write('annotate.test.ts: SKIPPED, no real data at KINOSCOPE_DATA\n');

const media = openMedia({ kind: 'node-av', threads: 1 });
const MAX_PIXELS = 8192 * 4320;

/** A face that crosses the picture within 4 seconds. */
const track: PresentTrack = {
  id: 't1',
  track: 't1',
  by: 'face',
  perhaps: null,
  appearance: 'u1',
  shot: 0,
  start: 1,
  end: 5,
  name: 'Zoe <Z> & Co',
  personId: 'p',
  label: null,
  confidence: 1,
  samples: [
    [1, 0.1, 0.3, 0.2, 0.3, 1],
    [5, 0.7, 0.3, 0.2, 0.3, 1],
  ],
};

describe('an annotated film', () => {
  if (!present) {
    it.todo('needs real data');
    return;
  }
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinoscope-annotate-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has the frames and the sound of the film, and boxes that move with the face', async () => {
    const info = await media.probe(film);
    const output = join(folder, 'out.mp4');
    const { frames, marked } = await annotate(media, {
      file: film,
      info,
      tracks: [track],
      output,
      maxPixels: MAX_PIXELS,
    });
    const written = await media.probe(output);
    expect(written.audio).toEqual(info.audio);
    expect(Math.abs(written.duration - info.duration)).toBeLessThan(0.1);
    expect(frames).toBe(Math.round(info.duration * info.frameRate!));
    expect(Math.abs(marked / info.frameRate! - 4)).toBeLessThan(0.1);
    expect(await readdir(folder)).toEqual(['out.mp4']);

    // The left edge of the box, yellow, is where the face is at that time; without one there is no yellow.
    const sizes = [{ width: info.width, height: info.height, fit: 'fill' as const }];
    const edges: (number | null)[] = [];
    for await (const {
      images: [image],
    } of media.source.frames(output, { plan: { kind: 'exactAt', times: [0.5, 2, 4, 6] }, sizes })) {
      const row = Math.round(0.45 * image!.height) * image!.width;
      const found = Array.from({ length: image!.width }, (_, x) => x).find((x) => {
        const [r, g, b] = image!.data.subarray((row + x) * 3, (row + x) * 3 + 3) as unknown as [number, number, number];
        return r > 200 && g > 160 && b < 150;
      });
      edges.push(found === undefined ? null : found / image!.width);
    }
    expect([edges[0], edges[3]]).toEqual([null, null]);
    expect(edges[1]!).toBeCloseTo(0.25, 1);
    expect(edges[2]!).toBeCloseTo(0.55, 1);
  }, 120_000);

  it('carries the same sound, packet for packet', () => {
    const packets = (file: string): string =>
      spawnSync('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:a', '-c', 'copy', '-f', 'md5', '-']).stdout.toString();
    if (spawnSync('ffmpeg', ['-version']).status !== 0) return;
    expect(packets(join(folder, 'out.mp4'))).toBe(packets(film));
  }, 60_000);

  it('that is broken off leaves no file and no process', async () => {
    const before = await readdir(folder);
    const processes = await childProcesses();
    const abort = new AbortController();
    const work = annotate(media, {
      file: film,
      info: await media.probe(film),
      tracks: [track],
      output: join(folder, 'broken-off.mp4'),
      maxPixels: MAX_PIXELS,
      signal: abort.signal,
      onProgress: (fraction) => fraction > 0.3 && abort.abort(),
    });
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(folder)).toEqual(before);
    expect(await childProcesses()).toEqual(processes);
  }, 60_000);
});
