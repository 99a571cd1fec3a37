import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createDownloader, DownloadPaused, type DownloadSettings } from '../../src/download/downloader.js';
import { openMedia } from '../../src/frames/media.js';
import { shortFilm } from '../films/film.js';
import { sparseMatroska } from '../films/hostile.js';
import { startMediaServer, type MediaServer } from '../servers/media-server.js';
import { inParts, VIDEO_ID, youtubeFetch } from '../servers/youtube-answers.js';
import { type JobView, TestService } from './service.js';

/** Films whose pictures and sound a site gives apart. */

const LINK = `https://www.youtube.com/watch?v=${VIDEO_ID}`;
const RATE = 48_000;
const media = openMedia({});
let server: MediaServer;
let dir: string;
let pictures: Buffer;
let sound: Buffer;
const open: ReturnType<typeof createDownloader>[] = [];

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const loud = (seconds: number): Promise<Buffer> =>
  sparseMatroska([0], {
    sound: Array.from({ length: seconds * 10 }, (_, k) => k / 10),
    rate: RATE,
    // 1 kHz of -20 dBFS
    tenth: () =>
      Buffer.from(
        Int16Array.from({ length: RATE / 10 }, (_, k) => 3276.7 * Math.sin((2 * Math.PI * 1000 * k) / RATE)).buffer,
      ),
  });

function downloader(settings: Partial<DownloadSettings>): ReturnType<typeof createDownloader> {
  const made = createDownloader({
    ...{ roots: [], ytDlp: null, allowHosts: ['127.0.0.1'], minFreeBytes: 1_000_000, maxRetries: 1, backoffMs: 10 },
    ...settings,
  });
  open.push(made);
  return made;
}

/** A master playlist of pictures and of sound beside them. */
function playlist(origin: string, track = '/sound.mkv'): string {
  const list = (of: string): string => `#EXTM3U\n#EXTINF:29,\n${origin}${of}\n#EXT-X-ENDLIST\n`;
  server.serve('/pictures.m3u8', list('/pictures.mp4'), 'application/vnd.apple.mpegurl');
  server.serve('/sound.m3u8', list(track), 'application/vnd.apple.mpegurl');
  const lines = [
    '#EXTM3U',
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",LANGUAGE="en",DEFAULT=YES,URI="/sound.m3u8"',
    '#EXT-X-STREAM-INF:BANDWIDTH=1000000,RESOLUTION=640x360,CODECS="avc1.64001f,mp4a.40.2",AUDIO="a"',
    '/pictures.m3u8\n',
  ];
  server.serve('/film.m3u8', lines.join('\n'), 'application/vnd.apple.mpegurl');
  return `${origin}/film.m3u8`;
}

beforeAll(async () => {
  server = await startMediaServer(1_000_000);
  [pictures, sound] = [await readFile(await shortFilm()), await loud(20)];
  server.serve('/pictures.mp4', pictures);
  server.serve('/sound.mkv', sound, 'audio/x-matroska');
}, 120_000);
afterAll(() => server.close());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kinoscope-parts-'));
  server.requests.length = 0;
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((made) => made.close()));
  await rm(dir, { recursive: true, force: true });
});

const links = (track = '/sound.mkv'): [string, string] => [
  `${server.origin}/pictures.mp4`,
  track.startsWith('/') ? `${server.origin}${track}` : track,
];
const youtube = (track?: string, settings: Partial<DownloadSettings> = {}): ReturnType<typeof createDownloader> =>
  downloader({ youtubeFetch: youtubeFetch(inParts(...links(track))), ...settings });
const asked = (): string[] => server.requests.map(({ path }) => path);

describe('youtubei.js', () => {
  test('fetches the smallest track as well, and makes one file of both', async () => {
    const heard: number[] = [];
    const fetched = await youtube().fetch(LINK, { dir, onProgress: (fraction) => heard.push(fraction!) });
    expect(fetched.soundMissing).toBeUndefined();
    expect(await media.probe(fetched.file)).toMatchObject({
      codec: 'h264',
      audio: { codec: 'pcm_s16le', sampleRate: RATE, channels: 1 },
      duration: (await media.probe(await shortFilm())).duration,
    });
    expect(fetched.sha256).toBe(sha256(await readFile(fetched.file)));
    expect(await readdir(dir)).toEqual(expect.arrayContaining([basename(fetched.file), '.videos']));
    expect(heard).toEqual(heard.toSorted((a, b) => a - b));
    expect([heard[0]! < 0.9, heard.at(-1)]).toEqual([true, 1]);
    // the same film gives the same file: a title is found by its content
    expect((await youtube().fetch(LINK, { dir: join(dir, 'again') })).sha256).toBe(fetched.sha256);
  });

  const failures: [string, string, RegExp][] = [
    ['is refused', '/403', /the server refuses it/],
    ['breaks off again and again', '/500', /HTTP 500/],
    ['lies in a private network', 'http://10.0.0.1/sound.m4a', /private network address refused/],
    ['is a page', '/page', /not a video/],
    ['is none', '/pictures.mp4', /has no sound/],
    ['is no film at all', '/film.mp4', /not a video file/],
  ];
  test.each(failures)('where its sound %s the film comes without, and says why', async (_what, track, why) => {
    const fetched = await youtube(track).fetch(LINK, { dir });
    expect(fetched).toMatchObject({ sha256: sha256(pictures), size: pictures.length });
    expect(fetched.soundMissing).toMatch(why);
    expect((await readdir(dir)).sort()).toEqual(['.videos', basename(fetched.file)].sort());
  });

  test('the limit of size is that of both', async () => {
    const fetched = await youtube('/sound.mkv', { maxBytes: pictures.length + sound.length - 1 }).fetch(LINK, { dir });
    expect(fetched).toMatchObject({ sha256: sha256(pictures), soundMissing: expect.stringMatching(/larger than/) });
    expect(
      await youtube('/sound.mkv', { maxBytes: pictures.length + sound.length }).fetch(LINK, { dir: join(dir, 'b') }),
    ).not.toHaveProperty('soundMissing');
  });

  test('cancelled during the sound, it leaves nothing', async () => {
    const abort = new AbortController();
    const work = youtube('/trickle').fetch(LINK, { dir, signal: abort.signal });
    while (!asked().includes('/trickle')) await sleep(20);
    abort.abort();
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(dir)).toEqual([]);
  });

  test('paused during the sound, it goes on with that', async () => {
    server.replaceFilm(sound);
    const abort = new AbortController();
    const work = youtube('/half').fetch(LINK, {
      dir,
      signal: abort.signal,
      onProgress: (fraction) => {
        if (fraction! > 0.97) abort.abort(new DownloadPaused());
      },
    });
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    server.requests.length = 0;
    const fetched = await youtube('/half').fetch(LINK, { dir });
    expect(fetched).not.toHaveProperty('soundMissing');
    expect(asked()).toEqual(['/half']);
    expect(server.requests[0]!.range).toMatch(/^bytes=[1-9]/);
    expect((await media.probe(fetched.file)).audio).not.toBeNull();
  });
});

const YT_DLP = process.env['KINOSCOPE_YT_DLP'] || 'yt-dlp';
const program = ((): string | null => {
  try {
    return execFileSync('sh', ['-c', `command -v ${YT_DLP}`], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
})();
if (program === null) process.stderr.write('\n*** yt-dlp is NOT INSTALLED: sound through it is NOT TRIED. ***\n\n');

if (program !== null)
  describe('yt-dlp', () => {
    const ytDlp = (settings: Partial<DownloadSettings> = {}): ReturnType<typeof createDownloader> =>
      downloader({ ytDlp: program, ytDlpHosts: ['127.0.0.1'], stallSeconds: 5, ...settings });

    test('fetches both and needs no ffmpeg to join them', async () => {
      const path = process.env['PATH'];
      await mkdir(join(dir, 'programs'));
      // all that it finds on PATH
      await writeFile(join(dir, 'programs', 'python3'), '#!/bin/sh\nexec /usr/bin/python3 "$@"\n', { mode: 0o755 });
      process.env['PATH'] = join(dir, 'programs');
      try {
        const heard: number[] = [];
        const kept = join(dir, 'kept');
        const onProgress = (fraction: number | null): void => void heard.push(fraction!);
        const fetched = await ytDlp().fetch(playlist(server.origin), { dir: kept, onProgress });
        expect(fetched).toMatchObject({ metadata: { title: 'film' } });
        expect(fetched.soundMissing).toBeUndefined();
        expect(await media.probe(fetched.file)).toMatchObject({ codec: 'h264', audio: { codec: 'pcm_s16le' } });
        expect(await readdir(kept)).toEqual([basename(fetched.file)]);
        expect(heard).toEqual(heard.toSorted((a, b) => a - b));
        expect(heard.at(-1)).toBe(1);
      } finally {
        process.env['PATH'] = path;
      }
    }, 30_000);

    const failures: [string, string, RegExp][] = [
      ['is not there', '/404', /download failed|not found/],
      ['lies in a private network', 'http://10.0.0.1/sound.ts', /private network address refused/],
      ['never comes', '/stall', /download failed|took too long/],
    ];
    test.each(failures)(
      'where its sound %s the film comes without, and says why',
      async (_what, track, why) => {
        const origin = server.origin;
        const link = playlist(origin, track);
        if (!track.startsWith('/'))
          server.serve(
            '/sound.m3u8',
            `#EXTM3U\n#EXTINF:29,\n${track}\n#EXT-X-ENDLIST\n`,
            'application/vnd.apple.mpegurl',
          );
        const fetched = await ytDlp({ stallSeconds: 1, maxSeconds: 20 }).fetch(link, { dir });
        expect(fetched).toMatchObject({ sha256: sha256(pictures), soundMissing: expect.stringMatching(why) });
        expect(await readdir(dir)).toEqual([basename(fetched.file)]);
      },
      60_000,
    );

    test('the limit of size is that of both', async () => {
      const link = playlist(server.origin);
      const maxBytes = pictures.length + sound.length - 1;
      const fetched = await ytDlp({ maxBytes }).fetch(link, { dir });
      expect(fetched).toMatchObject({ sha256: sha256(pictures), soundMissing: expect.stringMatching(/larger than/) });
      expect(await readdir(dir)).toEqual([basename(fetched.file)]);
    }, 30_000);

    test('cancelled during the sound, it leaves nothing', async () => {
      const abort = new AbortController();
      const work = ytDlp().fetch(playlist(server.origin, '/trickle'), { dir, signal: abort.signal });
      while (!asked().includes('/trickle')) await sleep(20);
      abort.abort();
      await expect(work).rejects.toMatchObject({ code: 'cancelled' });
      expect(await readdir(dir)).toEqual([]);
    }, 30_000);

    test('the sound of a link is an answer of its title, or why it is missing', async () => {
      const service = await TestService.start({
        ...{ KINOSCOPE_ALLOW_HOSTS: '127.0.0.1', KINOSCOPE_YT_DLP: program, KINOSCOPE_YT_DLP_HOSTS: '127.0.0.1' },
      });
      try {
        const soundOf = async (link: string): Promise<Record<string, unknown>> => {
          const { title, job, analysis } = (await (await service.post('/v1/titles', { link })).json()) as {
            title: { id: string };
            job: JobView;
            analysis: JobView;
          };
          // the other answers take longer
          await service.fetch(`/v1/jobs/${analysis.id}`, { method: 'DELETE' });
          expect((await service.follow(job.id)).at(-1)).toMatchObject({ state: 'done' });
          const at = `/v1/titles/${title.id}`;
          const asked = (await (await service.post(`${at}/analyses`, { kinds: ['sound'] })).json()) as { job: JobView };
          expect((await service.follow(asked.job.id)).at(-1)).toMatchObject({ state: 'done' });
          return service.get(`${at}/sound`);
        };
        expect(await soundOf(playlist(server.origin))).toMatchObject({ reason: '', duration: 20, loudness: -23 });
        const missing = await soundOf(`${playlist(server.origin, '/404')}?again`);
        expect(missing).toMatchObject({ track: null, duration: 0 });
        expect(missing['reason']).toMatch(/^it was fetched without its sound: .*(failed|not found)/);
      } finally {
        await service.stop();
      }
    }, 120_000);
  });
