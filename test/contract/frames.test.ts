import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { createFrameSource } from '../../src/frames/frame-source.js';
import { probe } from '../../src/frames/probe.js';
import type { DecodeSummary, Frame, FrameRequest, SamplingPlan } from '../../src/frames/types.js';
import { openVideoWriter } from '../../src/frames/writer.js';
import { frameAdapters } from '../clips/adapters.js';
import { type Clip, readNumber, steady, writeClip } from '../clips/bar-code.js';
import { childProcesses } from '../clips/processes.js';

/** Seconds by which a time may be off: Matroska and WebM store milliseconds. */
const ROUNDING = 0.0011;
/** Frames that nothing refers to, at most, one after the other: every-second sampling may be late by as many. */
const LATE = 3;

/** Irregular frames, some of them close together, some with more than a second in between. */
const IRREGULAR = [
  0, 0.04, 0.05, 0.5, 0.99, 1, 1.01, 2.7, 2.71, 2.72, 4.9, 5, 5.02, 5.04, 5.06, 5.3, 6.6, 7.5, 7.51, 9,
];
const X264 = { g: '40', bf: '3', sc_threshold: '0' };

const grey = sharp({ create: { width: 64, height: 48, channels: 3, background: '#456' } });
const [jpeg, avif] = [await grey.clone().jpeg().toBuffer(), await grey.clone().avif().toBuffer()];

interface Row {
  readonly name: string;
  readonly file: string;
  readonly times: readonly number[];
  readonly options: Parameters<typeof writeClip>[2];
  /** Numbers of the key frames. */
  readonly keys: readonly number[];
}

const ROWS: readonly Row[] = [
  {
    name: 'H.264 with B-frames',
    file: 'h264.mp4',
    times: steady(400, 25),
    options: { encoderOptions: X264 },
    keys: [0, 40, 80, 120, 160, 200, 240, 280, 320, 360],
  },
  {
    name: 'VP9',
    file: 'vp9.webm',
    times: steady(90, 30),
    options: { codec: 'vp9', encoderOptions: { g: '40' } },
    keys: [0, 40, 80],
  },
  {
    name: 'HEVC with open groups of pictures',
    file: 'hevc.mp4',
    times: steady(90, 24),
    options: {
      codec: 'hevc',
      encoderOptions: { 'x265-params': 'open-gop=1:keyint=30:min-keyint=30:scenecut=0:bframes=4:log-level=none' },
    },
    keys: [0, 30, 60],
  },
  {
    name: 'AV1',
    file: 'av1.mp4',
    times: steady(90, 30_000 / 1001),
    options: { codec: 'av1', encoderOptions: { g: '40' } },
    keys: [0, 40, 80],
  },
  {
    name: 'a variable frame rate',
    file: 'vfr.mp4',
    times: IRREGULAR,
    options: { encoderOptions: { ...X264, g: '8' } },
    keys: [0, 8, 16],
  },
  {
    name: 'a picture turned by 90 degrees',
    file: 'turned.mp4',
    times: steady(60, 25),
    options: { orientation: { mirrored: false, rotation: 90 }, encoderOptions: X264 },
    keys: [0, 40],
  },
  {
    name: 'a transport stream that starts late',
    file: 'late.ts',
    times: steady(90, 25, 12.52),
    options: { encoderOptions: X264 },
    keys: [0, 40, 80],
  },
  {
    name: 'a Matroska file that starts late',
    file: 'late.mkv',
    times: steady(90, 25, 7.3),
    options: { encoderOptions: X264 },
    keys: [0, 40, 80],
  },
];

let folder: string;
const clips = new Map<string, Clip>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-frames-'));
  for (const { file, times, options } of ROWS) clips.set(file, await writeClip(join(folder, file), times, options));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(frameAdapters())('frames through %s', (kind) => {
  const source = createFrameSource({ kind });

  const plain = new Map<string, ReturnType<typeof take>>();
  /** A frame a second, decoded once for the tests that want it. */
  function everySecond(file: string): ReturnType<typeof take> {
    const taken = plain.get(file) ?? take(file, { kind: 'everySecond' });
    plain.set(file, taken);
    return taken;
  }

  async function take(
    file: string,
    plan: SamplingPlan,
    sizes?: FrameRequest['sizes'],
  ): Promise<{ frames: Frame[]; summary: DecodeSummary }> {
    const stream = source.frames(file, { plan, sizes: sizes ?? [{ width: 80, height: 80, fit: 'inside' }] });
    const frames: Frame[] = [];
    for await (const frame of stream) frames.push(frame);
    return { frames, summary: await stream.summary };
  }

  /** The numbers that the frames show; every frame must have the time at which that number was written. */
  function numbers(frames: readonly Frame[], times: readonly number[]): number[] {
    return frames.map((frame) => {
      const number = readNumber(frame.images[0]!) ?? -1;
      expect(Math.abs(frame.containerTime - times[number]!)).toBeLessThan(ROUNDING);
      expect(Math.abs(frame.time - (times[number]! - times[0]!))).toBeLessThan(ROUNDING);
      return number;
    });
  }

  describe.each(ROWS)('$name', ({ file, times, keys }) => {
    const since = times.map((time) => time - times[0]!);
    const longestGap = Math.max(...since.slice(1).map((time, index) => time - since[index]!));
    const path = (): string => clips.get(file)!.file;

    test('every second gives the first kept frame of each second', async () => {
      const { frames, summary } = await everySecond(path());
      const given = numbers(frames, times);
      expect(new Set(given.map((number) => Math.floor(since[number]! + ROUNDING))).size).toBe(given.length);
      for (let second = 0; second <= since.at(-1)!; second++) {
        const first = since.findIndex((time) => time >= second - ROUNDING);
        const found = given.find((number) => number >= first) ?? since.length;
        expect(found - first).toBeLessThanOrEqual(LATE);
      }
      expect(summary).toMatchObject({ frames: given.length, truncated: false });
    });

    test('thumbnails show the frames in between, small, where the decoder gives them', async () => {
      const size = { width: 32, height: 20, fit: 'fill' } as const;
      const usual = await everySecond(path());
      const { frames, summary } = await take(path(), { kind: 'everySecond', thumbnail: size });
      const wanted = frames.filter(({ images }) => images.length > 0);
      expect(wanted.map(({ time }) => time)).toEqual(usual.frames.map(({ time }) => time));
      expect(summary.frames).toBe(wanted.length);
      expect(frames.map(({ time }) => time)).toEqual(frames.map(({ time }) => time).sort((a, b) => a - b));
      if (kind === 'ffmpeg') {
        expect(frames.every(({ thumbnail }) => thumbnail === undefined)).toBe(true);
        return;
      }
      expect(frames.length).toBeGreaterThan(wanted.length);
      for (const { thumbnail } of frames) expect([thumbnail?.width, thumbnail?.height]).toEqual([32, 20]);
    });

    test('keyframes gives all of them', async () => {
      const { frames } = await take(path(), { kind: 'keyframes' });
      expect(numbers(frames, times)).toEqual(keys);
      expect(frames.every(({ keyframe }) => keyframe)).toBe(true);
    });

    test('keyframes gives the first at or after each of some times, once', async () => {
      const all = keys.map((key) => since[key]!);
      const between = (all[0]! + all[1]!) / 2;
      const asked = [all.at(-1)! + 1, between, between + 0.01];
      const { frames } = await take(path(), { kind: 'keyframes', times: asked });
      expect(numbers(frames, times)).toEqual([keys[1]]);
    });

    test('keyframes gives the first in each of some stretches of the file, whose length it finds out', async () => {
      const { frames, summary } = await take(path(), { kind: 'keyframes', most: 2 });
      expect(Math.abs(summary.duration - since.at(-1)!)).toBeLessThan(longestGap + 0.02);
      const stretches = keys.map((key) => Math.floor((since[key]! * 2) / summary.duration));
      expect(numbers(frames, times)).toEqual(keys.filter((_, k) => stretches[k] !== stretches[k - 1]));
      expect(frames).toHaveLength(2);
    });

    test('exact times give the frames that are on screen then', async () => {
      const wanted = [since.at(-1)! + 5, -1, 0.502, 1.016, 1.022, since[19]! + 0.002, 2.352];
      const { frames } = await take(path(), { kind: 'exactAt', times: wanted });
      const shown = wanted.map((time) =>
        Math.max(
          0,
          since.findLastIndex((at) => at <= time),
        ),
      );
      expect(numbers(frames, times)).toEqual([...new Set(shown)].sort((a, b) => a - b));
    });

    test('every frame of a window, in all sizes', async () => {
      const window = { start: since[3]! + 0.001, end: since[12]! + 0.001 };
      const { frames } = await take(path(), { kind: 'every', window }, [
        { width: 64, height: 40, fit: 'fill' },
        { width: 80, height: 80, fit: 'inside' },
        { width: 999, height: 999, fit: 'inside' },
      ]);
      expect(numbers(frames, times)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12]);
      for (const { images } of frames) {
        expect(images.map(({ width, height }) => [width, height])).toEqual([
          [64, 40],
          [80, 48],
          [160, 96],
        ]);
        for (const image of images) {
          expect(image.data).toHaveLength(image.width * image.height * 3);
          expect(readNumber(image)).toBe(readNumber(images[0]!));
        }
      }
    });

    test('frames before a time are counted, at any rate', async () => {
      for (const number of [7, since.length - 1]) expect(await source.countBefore(path(), since[number]!)).toBe(number);
      expect(await source.countBefore(path(), since.at(-1)! + 9)).toBe(since.length);
    });

    test('probing tells size, times and rate', async () => {
      const info = await probe(path(), { kind });
      expect(info).toMatchObject({
        width: 160,
        height: 96,
        rotation: file === 'turned.mp4' ? 90 : 0,
        audio: null,
        chapters: [],
      });
      expect(Math.abs(info.startTime - times[0]!)).toBeLessThan(ROUNDING);
      // Containers count the last frame's own time in; MP4 counts in decoding order, where the last gap may be another.
      expect(Math.abs(info.duration - since.at(-1)!)).toBeLessThan(longestGap + 0.02);
    });
  });

  test.each([
    [false, 180],
    [false, 270],
    [true, 0],
    [true, 90],
    [true, 180],
    [true, 270],
  ] as const)('pictures come upright: mirrored %s, turned by %d degrees', async (mirrored, rotation) => {
    const { file, times } = await writeClip(join(folder, `turned-${kind}-${mirrored}-${rotation}.mp4`), steady(3, 25), {
      orientation: { mirrored, rotation },
    });
    const { frames } = await take(file, { kind: 'every' });
    expect(numbers(frames, times)).toEqual([0, 1, 2]);
    expect(frames[0]!.images[0]).toMatchObject({ width: 80, height: 48 });
  });

  // Both need the system's ffmpeg to be made.
  if (frameAdapters().includes('ffmpeg')) {
    test("the first picture's place on a player's clock is told: sound may start before it", async () => {
      const file = join(folder, `sound-first-${kind}.mkv`);
      const { status } = spawnSync('ffmpeg', [
        '-v',
        'error',
        '-f',
        'lavfi',
        '-i',
        'sine=duration=8',
        '-itsoffset',
        '2.5',
        '-i',
        clips.get('h264.mp4')!.file,
        '-map',
        '0:a',
        '-map',
        '1:v',
        '-c:v',
        'copy',
        '-c:a',
        'flac',
        '-t',
        '8',
        '-copyts',
        '-avoid_negative_ts',
        'disabled',
        file,
      ]);
      expect(status).toBe(0);
      const { videoStart } = await probe(file, { kind });
      expect(Math.abs(videoStart! - 2.5)).toBeLessThan(0.01);
      for (const name of ['h264.mp4', 'late.ts', 'late.mkv'])
        expect((await probe(clips.get(name)!.file, { kind })).videoStart).toBeCloseTo(0, 6);
    });

    test('a poster beside the film is not taken for it, whichever is larger, comes first or is marked', async () => {
      const poster = join(folder, 'poster.png');
      await sharp({ create: { width: 400, height: 600, channels: 3, background: 'navy' } })
        .png()
        .toFile(poster);
      for (const [index, extra] of [
        ['-disposition:0', 'default', '-disposition:1', '0'],
        ['-disposition:1', 'default'],
      ].entries()) {
        const file = join(folder, `poster-${kind}-${index}.mp4`);
        const { status } = spawnSync('ffmpeg', [
          '-v',
          'error',
          '-i',
          poster,
          '-i',
          clips.get('h264.mp4')!.file,
          '-map',
          '0',
          '-map',
          '1',
          '-c:v:0',
          'mjpeg',
          '-c:v:1',
          'copy',
          ...extra,
          file,
        ]);
        expect(status).toBe(0);
        expect(await probe(file, { kind })).toMatchObject({ width: 160, height: 96, codec: 'h264' });
        expect((await take(file, { kind: 'keyframes' })).frames).toHaveLength(10);
      }
    });
  }

  test.each(['smpte2084', 'arib-std-b67'])('high dynamic range comes as SDR: %s', async (transfer) => {
    const file = join(folder, `hdr-${kind}-${transfer}.mkv`);
    // Half the picture black, half at the code of diffuse white (203 cd/m2), which is 58 % in PQ and 75 % in HLG (BT.2408).
    const white = Math.round(255 * (transfer === 'smpte2084' ? 0.58 : 0.75));
    const writer = await openVideoWriter(file, {
      width: 160,
      height: 96,
      frameRate: 25,
      codec: 'hevc',
      encoderOptions: { 'x265-params': `log-level=none:colorprim=bt2020:transfer=${transfer}:colormatrix=bt2020nc` },
    });
    const data = Buffer.alloc(160 * 96 * 3, white).fill(0, 0, 160 * 48 * 3);
    for (let frame = 0; frame < 3; frame++) await writer.write({ width: 160, height: 96, data });
    await writer.close();
    const {
      frames: [frame],
    } = await take(file, { kind: 'keyframes' }, [{ width: 31, height: 31, fit: 'fill' }]);
    const grey = (row: number): number => frame!.images[0]!.data[(row * 31 + 15) * 3]!;
    expect(grey(4)).toBeLessThan(8);
    expect(grey(26)).toBeGreaterThan(205);
  });

  test('frames that lie far apart are found by their times', async () => {
    const { file, times } = clips.get('h264.mp4')!;
    const { frames } = await take(file, { kind: 'exactAt', times: [0.1, 1.7, 14, 15.96] });
    expect(numbers(frames, times)).toEqual([2, 42, 350, 399]);
    const again = await take(file, { kind: 'exactAt', times: frames.map(({ time }) => time) });
    expect(again.frames.map(({ time }) => time)).toEqual(frames.map(({ time }) => time));
    const keys = await take(file, { kind: 'keyframes', window: { start: 11.2, end: 14.4 } });
    expect(numbers(keys.frames, times)).toEqual([280, 320]);
    const late = await take(file, { kind: 'every', window: { start: 14.5, end: 14.7 } });
    expect(numbers(late.frames, times)).toEqual([363, 364, 365, 366, 367]);
    const seconds = await take(file, { kind: 'everySecond', window: { start: 12.5, end: 14 } });
    expect(seconds.frames.map(({ time }) => Math.floor(time))).toEqual([13]);
  });

  test.each(['h264.mp4', 'late.mkv'])('a file that was cut off is read as far as it goes: %s', async (name) => {
    const { file, times } = clips.get(name)!;
    const cut = join(folder, `cut-${kind}-${name}`);
    const whole = await readFile(file);
    await writeFile(cut, whole.subarray(0, whole.length * 0.6));
    const { frames, summary } = await take(cut, { kind: 'everySecond' });
    expect(numbers(frames, times).length).toBeGreaterThan(0);
    expect(summary.truncated).toBe(true);
  });

  test('a reader that is slower than the decoder gets everything', async () => {
    const stream = source.frames(clips.get('late.mkv')!.file, {
      plan: { kind: 'keyframes' },
      sizes: [{ width: 300, height: 300, fit: 'fill' }],
    });
    let frames = 0;
    for await (const frame of stream) {
      frames += frame.images.length;
      // Frames wait in the pipe meanwhile, and the decoder for them.
      await sleep(200);
    }
    expect(await stream.summary).toMatchObject({ frames });
  });

  test('leaving the loop ends the decoder', async () => {
    const before = await childProcesses();
    const stream = source.frames(clips.get('h264.mp4')!.file, {
      plan: { kind: 'every', window: { start: 0, end: 100 } },
      sizes: [{ width: 160, height: 96, fit: 'fill' }],
    });
    for await (const frame of stream) {
      expect((await childProcesses()).length).toBeGreaterThan(before.length);
      if (frame.time > 0.1) break;
    }
    expect(await childProcesses()).toEqual(before);
    expect(await stream.summary).toMatchObject({ frames: 4, truncated: false });
  });

  test('aborting ends the decoder and the iteration', async () => {
    const before = await childProcesses();
    const controller = new AbortController();
    const stream = source.frames(clips.get('h264.mp4')!.file, {
      plan: { kind: 'every', window: { start: 0, end: 100 } },
      sizes: [{ width: 160, height: 96, fit: 'fill' }],
      signal: controller.signal,
    });
    const iterate = async (): Promise<void> => {
      for await (const frame of stream) if (frame.time > 0.1) controller.abort();
    };
    await expect(iterate()).rejects.toMatchObject({ code: 'cancelled' });
    await expect(stream.summary).rejects.toMatchObject({ code: 'cancelled' });
    expect(await childProcesses()).toEqual(before);
  });

  test.each([
    ['a missing file', 'missing.mp4', null, 'not-found', /missing\.mp4 does not exist/],
    ['an empty file', 'empty.mp4', '', 'unreadable', /empty\.mp4 is empty/],
    ['text', 'text.mp4', 'Once upon a time.\n'.repeat(200), 'unreadable', /text\.mp4 is not a video file.*it is text$/],
    ['a picture', 'picture.mkv', jpeg, 'unreadable', /picture\.mkv is not a video file.*it is a picture \(JPEG\)$/],
    ['a lone AVIF', 'avif.mp4', avif, 'unreadable', /avif\.mp4 is not a video file.*it is a picture \(AVIF\)$/],
    ['sound', 'sound.mp4', 'RIFF\x24\0\0\0WAVEfmt ', 'unreadable', /not a video file.*it is sound without pictures$/],
    ['noise', 'noise.mp4', Buffer.alloc(4096, 0xa7), 'unreadable', /noise\.mp4 is not a video file[\w :,()]+$/],
    [
      'a cut MP4',
      'cut.mp4',
      Buffer.from('\0\0\0\x10ftypisom\0\0\0\0\0\0\xff\0mdat'),
      'unreadable',
      /its index is missing/,
    ],
    ['a folder', '', null, 'unreadable', /is a directory/],
  ])('%s is refused in one line', async (_, name, content, code, message) => {
    const file = join(folder, name);
    if (content !== null) await writeFile(file, content);
    await expect(probe(file, { kind })).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await expect(take(file, { kind: 'everySecond' })).rejects.toMatchObject({ code });
  });

  test('pictures that are too large are refused', async () => {
    const { file } = clips.get('h264.mp4')!;
    await expect(probe(file, { kind, maxPixels: 100 * 96 })).rejects.toMatchObject({
      code: 'unreadable',
      message: /160 x 96/,
    });
  });

  test('no playlist is followed', async () => {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const link = `http://127.0.0.1:${(server.address() as AddressInfo).port}/part.ts`;
    const { file } = clips.get('late.ts')!;
    // A file that is older than its last access was would show that it was read.
    await utimes(file, new Date('2001-01-01'), new Date('2002-01-01'));
    const playlists = {
      hls: `#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n${file}\n#EXTINF:4,\n${link}\n#EXT-X-ENDLIST\n`,
      concat: `ffconcat version 1.0\nfile '${file}'\nfile '${link}'\n`,
      dash: `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><BaseURL>${link}</BaseURL></Period></MPD>`,
      sdp: `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
    };
    try {
      for (const [name, text] of Object.entries(playlists)) {
        for (const extension of ['mp4', 'm3u8']) {
          const playlist = join(folder, `${name}.${extension}`);
          await writeFile(playlist, text);
          await expect(probe(playlist, { kind })).rejects.toMatchObject({ code: 'unreadable' });
        }
      }
      expect(requests).toEqual([]);
      expect((await stat(file)).atime).toEqual(new Date('2001-01-01'));
    } finally {
      server.close();
    }
  });
});
