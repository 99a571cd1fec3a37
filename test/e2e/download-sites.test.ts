import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readdir, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { KinoscopeError } from '../../src/core/errors.js';
import { createDownloader, type DownloadSettings } from '../../src/download/downloader.js';
import { evaluateInChild } from '../../src/download/player-evaluator.js';
import { AllSourcesFailed } from '../../src/download/source-error.js';
import { CHILD_LOADER } from '../children/program.js';
import { startMediaServer, type MediaServer } from '../servers/media-server.js';
import {
  LIVE,
  LONG,
  playable,
  SABR_ONLY,
  VIDEO_ID,
  youtubeFetch,
  type PlayerAnswer,
} from '../servers/youtube-answers.js';

const LINK = `https://www.youtube.com/watch?v=${VIDEO_ID}`;
let server: MediaServer;
let dir: string;
const open: ReturnType<typeof createDownloader>[] = [];

function downloader(settings: Partial<DownloadSettings>): ReturnType<typeof createDownloader> {
  const made = createDownloader({
    roots: [],
    ytDlp: null,
    allowHosts: ['127.0.0.1'],
    maxBytes: 5_000_000,
    minFreeBytes: 1_000_000,
    maxRetries: 1,
    backoffMs: 10,
    ...settings,
  });
  open.push(made);
  return made;
}

beforeAll(async () => {
  server = await startMediaServer(1_000_000);
});
afterAll(() => server.close());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kinoscope-sites-'));
  server.requests.length = 0;
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((made) => made.close()));
  await rm(dir, { recursive: true, force: true });
});

async function failure(work: Promise<unknown>): Promise<KinoscopeError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(KinoscopeError);
  return error as KinoscopeError;
}

describe('youtubei.js', () => {
  test('fetches the format that is best analysed, with what is known of the video', async () => {
    const fetched = await downloader({
      youtubeFetch: youtubeFetch(playable({ url: `${server.origin}/film.mp4` })),
    }).fetch(LINK, { dir });
    expect(fetched.sha256).toBe(server.sha256);
    expect(fetched.metadata).toEqual({
      site: 'youtube',
      videoId: VIDEO_ID,
      title: 'Sintel, a trailer',
      channel: 'Blender',
      duration: 52,
      thumbnail: 'https://i.ytimg.example/1.jpg',
      description: 'A girl searches for the dragon that she raised.',
      tags: ['dragon', 'fantasy'],
    });
  });

  test("a link that has to be deciphered goes through the site's own script", async () => {
    const hidden = `${server.origin}/film.mp4?n=321cba`;
    const signatureCipher = new URLSearchParams({ s: 'ERUTANGIS', sp: 'sig', url: hidden }).toString();
    const links: string[] = [];
    server.watch((link) => links.push(link));
    const made = downloader({ youtubeFetch: youtubeFetch(playable({ signatureCipher })), poToken: 'token' });
    expect((await made.fetch(LINK, { dir })).sha256).toBe(server.sha256);
    expect(Object.fromEntries(new URL(links[0]!, server.origin).searchParams)).toMatchObject({
      n: 'abc123',
      sig: 'SIGNATURE',
      pot: 'token',
    });
  });

  const refusals: [string, PlayerAnswer, string, string][] = [
    [
      'login required',
      { playabilityStatus: { status: 'LOGIN_REQUIRED', reason: 'Please sign in' } },
      'not-allowed',
      'login-required',
    ],
    [
      'bot check',
      { playabilityStatus: { status: 'LOGIN_REQUIRED', reason: 'Sign in to confirm you’re not a bot' } },
      'unavailable',
      'bot-check',
    ],
    [
      'age limit',
      { playabilityStatus: { status: 'LOGIN_REQUIRED', reason: 'Sign in to confirm your age' } },
      'not-allowed',
      'age-limit',
    ],
    [
      'private',
      { playabilityStatus: { status: 'LOGIN_REQUIRED', reason: 'This video is private' } },
      'not-allowed',
      'private',
    ],
    [
      'geo block',
      {
        playabilityStatus: {
          status: 'UNPLAYABLE',
          reason: 'The uploader has not made this video available in your country',
        },
      },
      'not-allowed',
      'geo-block',
    ],
    [
      'removed',
      { playabilityStatus: { status: 'ERROR', reason: 'This video has been removed by the uploader' } },
      'not-found',
      'removed',
    ],
    [
      'not yet live',
      { playabilityStatus: { status: 'LIVE_STREAM_OFFLINE', reason: 'Premieres in 2 hours' } },
      'unreadable',
      'live',
    ],
    ['live', LIVE, 'unreadable', 'live'],
    ['too long', LONG, 'too-large', 'too-long'],
    ['SABR only', SABR_ONLY, 'unavailable', 'sabr-only'],
    ['403', playable({ url: '/403' }), 'not-allowed', 'forbidden'],
    ['too large', playable({ url: '/endless' }), 'too-large', 'undefined'],
  ];
  test.each(refusals)('%s', async (_what, answer, code, reason) => {
    const text = JSON.stringify(answer).replace(/"url":"\//g, `"url":"${server.origin}/`);
    const error = await failure(
      downloader({ youtubeFetch: youtubeFetch(JSON.parse(text) as PlayerAnswer) }).fetch(LINK, { dir }),
    );
    expect({ code: error.code, reason: String((error as { reason?: string }).reason) }).toEqual({ code, reason });
    expect(await readdir(dir)).toEqual([]);
  });

  test("where one of YouTube's clients gets nothing the next one is tried", async () => {
    const fetch = youtubeFetch(SABR_ONLY, playable({ url: `${server.origin}/film.mp4` }));
    expect((await downloader({ youtubeFetch: fetch }).fetch(LINK, { dir })).sha256).toBe(server.sha256);
    expect(new Set(fetch.asked).size).toBe(2);
  });

  test('a link into the private network is refused, even from YouTube', async () => {
    const made = downloader({ youtubeFetch: youtubeFetch(playable({ url: 'http://10.0.0.1/film.mp4' })) });
    expect(await failure(made.fetch(LINK, { dir }))).toMatchObject({ code: 'not-allowed', reason: 'private-address' });
  });

  test('a video is not fetched again while its file is kept, under whatever link', async () => {
    const fetch = youtubeFetch(playable({ url: `${server.origin}/film.mp4` }));
    const made = downloader({ youtubeFetch: fetch });
    const [first, second] = await Promise.all([
      made.fetch(LINK, { dir }),
      made.fetch(`https://youtu.be/${VIDEO_ID}`, { dir }),
    ]);
    expect(second).toEqual(first);
    expect(
      await downloader({ youtubeFetch: fetch }).fetch(`https://m.youtube.com/shorts/${VIDEO_ID}`, { dir }),
    ).toEqual(first);
    expect(server.requests).toHaveLength(1);
    await rm(first.file);
    expect((await made.fetch(LINK, { dir })).file).toBe(first.file);
    expect(server.requests).toHaveLength(2);
  });
});

describe("the evaluator of the site's script", () => {
  test('answers with what the script returns', async () => {
    expect(await evaluateInChild('var a = 6; return { n: String(a * 7) };')).toEqual({ n: '42' });
  });

  test.each([
    [
      'has no process',
      'return { n: typeof process + typeof require + typeof fetch };',
      { n: 'undefinedundefinedundefined' },
    ],
    [
      'cannot make code of strings',
      'try { return { n: new Function("return 1")() } } catch (e) { return { n: e.name } }',
      { n: 'EvalError' },
    ],
  ])('%s', async (_what, script, answer) => expect(await evaluateInChild(script)).toEqual(answer));

  test('a script that fails is an error, not an answer', async () => {
    await expect(evaluateInChild('throw new Error("no")')).rejects.toThrow("The player's script failed");
  });

  test('a script that never ends can be broken off', async () => {
    const abort = new AbortController();
    const work = evaluateInChild('for (;;);', abort.signal);
    abort.abort();
    await expect(work).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('yt-dlp is not there', () => {
  test('the error has a part for each way, and the most telling one decides', async () => {
    const removed = { playabilityStatus: { status: 'ERROR', reason: 'This video has been removed' } };
    const error = await failure(
      downloader({ ytDlp: 'no-such-yt-dlp', youtubeFetch: youtubeFetch(removed) }).fetch(LINK, { dir }),
    );
    expect(error).toBeInstanceOf(AllSourcesFailed);
    expect(error.code).toBe('not-found');
    expect(error.message).toBe(
      // Another yt-dlp would not bring it back: no next step.
      `Cannot get ${LINK}: yt-dlp: not installed; youtubei.js: removed or never there (This video has been removed)`,
    );
    expect(error.details).toEqual({
      reason: 'removed',
      attempts: [
        { source: 'yt-dlp', code: 'unavailable', reason: 'not-installed', message: 'not installed' },
        {
          source: 'youtubei.js',
          code: 'not-found',
          reason: 'removed',
          message: 'removed or never there (This video has been removed)',
        },
      ],
    });
  });

  test('where a current one might get it, the error tells how to get that', async () => {
    const error = await failure(
      downloader({ ytDlp: 'no-such-yt-dlp', youtubeFetch: youtubeFetch(SABR_ONLY) }).fetch(LINK, { dir }),
    );
    expect(error.message).toMatch(
      /: yt-dlp: not installed; youtubei\.js: SABR only: [^;]+ \(kinoscope doctor --fix gets a current yt-dlp\)$/,
    );
  });

  test('what a library says of the network is said in plain words', async () => {
    const fetch = (): Promise<never> =>
      Promise.reject(
        new TypeError('fetch failed', {
          cause: Object.assign(new Error('getaddrinfo ENOTFOUND x'), { code: 'ENOTFOUND' }),
        }),
      );
    const error = await failure(downloader({ youtubeFetch: fetch }).fetch(LINK, { dir }));
    expect(error.message).toContain('the download failed (no such host)');
  });

  test('the next way is taken', async () => {
    const fetch = youtubeFetch(playable({ url: `${server.origin}/film.mp4` }));
    expect((await downloader({ ytDlp: 'no-such-yt-dlp', youtubeFetch: fetch }).fetch(LINK, { dir })).sha256).toBe(
      server.sha256,
    );
  });

  test('a program that is something else is not taken for it', async () => {
    const error = await failure(
      downloader({ ytDlp: process.execPath, ytDlpHosts: ['127.0.0.1'] }).fetch(`${server.origin}/404`, { dir }),
    );
    expect((error as AllSourcesFailed).attempts.map(({ error: { message } }) => message)).toEqual([
      expect.stringContaining('not installed'),
      'not found (HTTP 404)',
    ]);
  });
});

describe('yt-dlp is too old', () => {
  test.each([
    ['for anything', '2021.12.27', 'too old (version 2021.12.27; 2023.03.04 or newer is needed)'],
    ['for YouTube', '2024.12.06', 'too old (version 2024.12.06; YouTube takes 2025.11.12 or newer)'],
  ])('%s', async (_what, version, message) => {
    const program = join(dir, 'yt-dlp');
    await writeFile(program, `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
    const error = await failure(
      downloader({ ytDlp: program, youtubeFetch: youtubeFetch(SABR_ONLY) }).fetch(LINK, { dir: join(dir, 'kept') }),
    );
    expect((error as AllSourcesFailed).attempts.map((attempt) => attempt.error.message)).toEqual([
      message,
      expect.stringContaining('SABR only'),
    ]);
  });
});

const YT_DLP = process.env['KINOSCOPE_YT_DLP'] || 'yt-dlp';
const installed = ((): boolean => {
  try {
    execFileSync(YT_DLP, ['--version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
})();
if (!installed) {
  process.stderr.write(
    '\n*** yt-dlp is NOT INSTALLED: its tests are NOT RUN. Install it (apt-get or pip install yt-dlp) or set KINOSCOPE_YT_DLP. ***\n\n',
  );
}
/** The processes whose working folder is in this one (Linux): other suites run yt-dlp as well. */
async function workingIn(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const at = await readlink(join('/proc', pid, 'cwd')).catch(() => '');
    if (at.startsWith(folder)) found.push(Number(pid));
  }
  return found;
}

if (installed)
  describe('yt-dlp', () => {
    const made = (settings: Partial<DownloadSettings> = {}): ReturnType<typeof createDownloader> =>
      downloader({ ytDlp: YT_DLP, ytDlpHosts: ['127.0.0.1'], stallSeconds: 5, ...settings });

    test('fetches a film through its generic extractor, with progress', async () => {
      const heard: (number | null)[] = [];
      const fetched = await made().fetch(`${server.origin}/film.mp4`, {
        dir,
        onProgress: (fraction) => heard.push(fraction),
      });
      expect(fetched).toMatchObject({
        sha256: server.sha256,
        size: 1_000_000,
        kept: true,
        metadata: { title: 'film' },
      });
      expect(heard.at(-1)).toBe(1);
      // yt-dlp asked for it, not our own downloader behind it: the page was looked at first.
      expect(server.requests.length).toBeGreaterThan(1);
      expect(await readdir(dir)).toEqual([`${server.sha256}.mp4`]);
    });

    test('of several sizes and codecs it takes 720 lines of H.264', async () => {
      const links: string[] = [];
      server.watch((link) => links.push(link));
      const fetched = await made().fetch(`${server.origin}/offers.m3u8`, { dir });
      expect(fetched.sha256).toBe(server.sha256);
      expect([...new Set(links.filter((link) => link.startsWith('/film.mp4')))]).toEqual(['/film.mp4?720-h264']);
    });

    test('what it says of a page without a film is part of the error', async () => {
      const error = await failure(made().fetch(`${server.origin}/page`, { dir }));
      expect(error).toMatchObject({ code: 'unreadable' });
      expect(error.message).toContain('yt-dlp: nothing that can be downloaded');
      expect(error.message).toContain('http: not a video');
      expect(await readdir(dir)).toEqual([]);
    });

    test('a film that grows beyond the limit is broken off', async () => {
      expect(await failure(made().fetch(`${server.origin}/endless`, { dir }))).toMatchObject({ code: 'too-large' });
      expect(await readdir(dir)).toEqual([]);
    });

    test('aborting kills it with all that it started, and leaves nothing', async () => {
      const abort = new AbortController();
      const work = made().fetch(`${server.origin}/trickle`, { dir, signal: abort.signal });
      while (server.requests.length < 2) await sleep(50);
      abort.abort();
      expect(await failure(work)).toMatchObject({ code: 'cancelled' });
      expect(await readdir(dir)).toEqual([]);
      expect(await workingIn(dir)).toEqual([]);
    });

    test('what a killed process left is gone on with, and its yt-dlp does not write on', async () => {
      const child = spawn(process.execPath, [
        ...CHILD_LOADER,
        join('test', 'servers', 'download-child.ts'),
        `${server.origin}/half`,
        dir,
        YT_DLP,
      ]);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const part = async (): Promise<number> => {
        const [work] = await readdir(dir);
        const name = work && (await readdir(join(dir, work))).find((entry) => entry.endsWith('.part'));
        return name ? (await stat(join(dir, work, name))).size : 0;
      };
      while ((await part()) < 100_000) await sleep(50);
      // One that has nothing to say does not hear that nobody listens any more.
      for (const pid of await workingIn(dir)) process.kill(pid, 'SIGSTOP');
      child.kill('SIGKILL');
      await ended;
      expect(await workingIn(dir)).not.toEqual([]);
      const fetched = await made().fetch(`${server.origin}/half`, { dir });
      expect(fetched.sha256).toBe(server.sha256);
      expect(Number(/^bytes=(\d+)-/.exec(server.requests.at(-1)!.range ?? '')?.[1])).toBeGreaterThanOrEqual(100_000);
      expect(await workingIn(dir)).toEqual([]);
      expect(await readdir(dir)).toEqual([basename(fetched.file)]);
    });

    test('it is not used for a site that is not on the list', async () => {
      const fetched = await made({ ytDlpHosts: ['youtube.com'] }).fetch(`${server.origin}/film.mp4`, { dir });
      expect(fetched.sha256).toBe(server.sha256);
      expect(server.requests).toHaveLength(1);
    });
  });
