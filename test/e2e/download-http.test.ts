import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lookup as dnsLookup } from 'node:dns';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { KinoscopeError } from '../../src/core/errors.js';
import { createDownloader, DownloadPaused, type DownloadSettings } from '../../src/download/downloader.js';
import { CHILD_LOADER } from '../children/program.js';
import { makeFilm, startMediaServer, type MediaServer } from '../servers/media-server.js';

const SIZE = 1_000_000;
const BASE: DownloadSettings = {
  roots: [],
  ytDlp: null,
  allowHosts: ['127.0.0.1'],
  maxBytes: 2_000_000,
  minFreeBytes: 1_000_000,
  maxRetries: 2,
  backoffMs: 10,
  maxRedirects: 4,
  stallSeconds: 5,
};

let server: MediaServer;
let dir: string;
const open: ReturnType<typeof createDownloader>[] = [];

function downloader(settings: Partial<DownloadSettings> = {}): ReturnType<typeof createDownloader> {
  const made = createDownloader({ ...BASE, ...settings });
  open.push(made);
  return made;
}

beforeAll(async () => {
  server = await startMediaServer(SIZE);
});
afterAll(() => server.close());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kinoscope-download-'));
  server.replaceFilm(makeFilm(SIZE));
  server.requests.length = 0;
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((made) => made.close()));
  await rm(dir, { recursive: true, force: true });
});

interface Outcome {
  readonly code: string;
  readonly reason: string | undefined;
}

async function failure(work: Promise<unknown>): Promise<Outcome & { message: string }> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(KinoscopeError);
  const { code, message } = error as KinoscopeError;
  return { code, reason: (error as { reason?: string }).reason, message };
}

const sha256 = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

/** What each server does, and what becomes of it: `film` is a byte-identical file. */
const TABLE: readonly [what: string, path: string, outcome: 'film' | Outcome, settings?: Partial<DownloadSettings>][] =
  [
    ['a server as it should be', '/film.mp4', 'film'],
    ['flaky: cut every 200 kB', '/flaky', 'film'],
    ['flaky, and says nothing that tells versions apart', '/flaky-without-validator', 'film'],
    ['slow', '/slow', 'film'],
    ['a byte now and then, for ever', '/trickle', { code: 'unavailable', reason: 'too-slow' }, { maxSeconds: 1 }],
    [
      'silent in the middle',
      '/stall',
      { code: 'unavailable', reason: 'network' },
      { stallSeconds: 0.2, maxRetries: 0 },
    ],
    [
      'silent from the start',
      '/silent',
      { code: 'unavailable', reason: 'network' },
      { stallSeconds: 0.2, maxRetries: 0 },
    ],
    ['no Range', '/no-range', 'film'],
    ['no Range, and cut every 200 kB', '/no-range-flaky', { code: 'unavailable', reason: 'network' }],
    ['no length: ends with the connection', '/until-close', 'film'],
    ['no length, read slower than it is sent', '/until-close', 'film', { bytesPerSecond: 5_000_000 }],
    [
      'closes after the last byte, read slower than it is sent',
      '/close-after-length',
      'film',
      { bytesPerSecond: 5_000_000 },
    ],
    ['wrong length: announces more than it sends', '/length-too-long', { code: 'unavailable', reason: 'network' }],
    ['wrong part: another range than it was asked for', '/wrong-part', { code: 'unavailable', reason: 'network' }],
    ['nothing but headers', '/empty', { code: 'unavailable', reason: 'network' }],
    ['redirects, and then the film', '/chain', 'film'],
    ['redirect loop', '/loop', { code: 'unavailable', reason: 'redirect-loop' }],
    [
      'redirect to a private address',
      '/to?url=http://10.1.2.3/film.mp4',
      { code: 'not-allowed', reason: 'private-address' },
    ],
    [
      'redirect to another loopback address',
      '/to?url=http://127.0.0.2/film.mp4',
      { code: 'not-allowed', reason: 'private-address' },
    ],
    [
      'redirect to the metadata of a cloud',
      '/to?url=http://169.254.169.254/latest',
      { code: 'not-allowed', reason: 'private-address' },
    ],
    [
      'redirect to IPv4 in IPv6',
      '/to?url=http://[::ffff:10.0.0.1]/',
      { code: 'not-allowed', reason: 'private-address' },
    ],
    ['redirect to a file', '/to?url=file:///etc/passwd', { code: 'not-allowed', reason: 'bad-link' }],
    ['redirect with a password', '/to?url=http://me:secret@example.org/', { code: 'not-allowed', reason: 'bad-link' }],
    ['HTML instead of video', '/page', { code: 'unreadable', reason: 'not-a-video' }],
    ['HTML that is called video', '/page-as-video', { code: 'unreadable', reason: 'not-a-video' }],
    ['a playlist that is called video', '/playlist', { code: 'unreadable', reason: 'not-a-video' }],
    ['401', '/401', { code: 'not-allowed', reason: 'forbidden' }],
    ['403', '/403', { code: 'not-allowed', reason: 'forbidden' }],
    ['404', '/404', { code: 'not-found', reason: 'not-found' }],
    ['410', '/410', { code: 'not-found', reason: 'not-found' }],
    ['500, again and again', '/500', { code: 'unavailable', reason: 'network' }],
    ['503 twice, and then the film', '/busy-twice', 'film'],
    ['endless body', '/endless', { code: 'too-large', reason: undefined }],
    ['announces a petabyte', '/announced-too-large', { code: 'too-large', reason: undefined }],
    ['gzip bomb', '/gzip-bomb', { code: 'unreadable', reason: 'not-a-video' }],
    ['a full disk', '/film.mp4', { code: 'unavailable', reason: undefined }, { minFreeBytes: Number.MAX_SAFE_INTEGER }],
  ];

describe('misbehaving servers', () => {
  // Row by row: test.each would take the fourth parameter of a row of three for a callback.
  for (const [what, path, outcome, settings] of TABLE)
    test(what, async () => {
      const work = downloader(settings).fetch(server.origin + path, { dir });
      if (outcome !== 'film') {
        const { message, ...got } = await failure(work);
        expect(got).toEqual(outcome);
        expect(message).not.toContain('\n');
        expect(await readdir(dir)).toEqual([]);
        return;
      }
      const fetched = await work;
      expect(fetched).toMatchObject({ sha256: server.sha256, size: SIZE, kept: true });
      expect(await sha256(fetched.file)).toBe(server.sha256);
      expect(await readdir(dir)).toEqual([`${server.sha256}.mp4`]);
    });

  test('a film that is exchanged in the middle arrives whole, in its new version', async () => {
    const { file, sha256: hash } = await downloader().fetch(`${server.origin}/updated`, { dir });
    expect(server.film).toHaveLength(SIZE / 2);
    expect(hash).toBe(server.sha256);
    expect(await sha256(file)).toBe(server.sha256);
  });

  test('a name that is public at first and private when asked again is refused', async () => {
    let asked = 0;
    const resolver = ((_host: string, _options: unknown, callback: (error: null, found: object[]) => void) => {
      asked++;
      // The first answer is public, and nothing answers on that port.
      callback(null, [{ address: asked === 1 ? '8.8.8.8' : '127.0.0.1', family: 4 }]);
    }) as unknown as typeof dnsLookup;
    const port = new URL(server.origin).port;
    const made = downloader({ allowHosts: [], resolver, stallSeconds: 0.3 });
    expect(await failure(made.fetch(`http://rebound.test:${port}/film.mp4`, { dir }))).toMatchObject({
      reason: 'private-address',
    });
    expect(asked).toBe(2);
    expect(server.requests).toEqual([]);
  });

  test('a name with one private address among public ones is refused before any connection', async () => {
    const resolver = ((_host: string, _options: unknown, callback: (error: null, found: object[]) => void) => {
      callback(null, [
        { address: '93.184.215.14', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]);
    }) as unknown as typeof dnsLookup;
    const port = new URL(server.origin).port;
    const made = downloader({ allowHosts: [], resolver });
    expect(await failure(made.fetch(`http://mixed.test:${port}/film.mp4`, { dir }))).toMatchObject({
      reason: 'private-address',
    });
    expect(server.requests).toEqual([]);
  });

  test('a name on the allow-list may be private', async () => {
    const resolver = ((_host: string, _options: unknown, callback: (error: null, found: object[]) => void) => {
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    }) as unknown as typeof dnsLookup;
    const made = downloader({ allowHosts: ['nas.test'], resolver });
    const port = new URL(server.origin).port;
    expect(await made.fetch(`http://nas.test:${port}/film.mp4`, { dir })).toMatchObject({ sha256: server.sha256 });
    expect(await failure(made.fetch(`http://other.test:${port}/film.mp4`, { dir }))).toMatchObject({
      reason: 'private-address',
    });
  });
});

describe('being interrupted', () => {
  test('aborting ends the download and leaves nothing', async () => {
    const abort = new AbortController();
    const work = downloader().fetch(`${server.origin}/slow`, {
      dir,
      signal: abort.signal,
      onProgress: (fraction) => {
        if (fraction! > 0.3) abort.abort();
      },
    });
    expect(await failure(work)).toMatchObject({ code: 'cancelled' });
    expect(await readdir(dir)).toEqual([]);
  });

  test('a paused download goes on where it was', async () => {
    const pause = new AbortController();
    const work = downloader().fetch(`${server.origin}/slow`, {
      dir,
      signal: pause.signal,
      onProgress: (fraction) => {
        if (fraction! > 0.3) pause.abort(new DownloadPaused());
      },
    });
    expect(await failure(work)).toMatchObject({ code: 'cancelled' });
    const fetched = await downloader().fetch(`${server.origin}/slow`, { dir });
    expect(fetched.sha256).toBe(server.sha256);
    expect(Number(/^bytes=(\d+)-$/.exec(server.requests.at(-1)!.range ?? '')?.[1])).toBeGreaterThan(SIZE * 0.3);
    expect(await readdir(dir)).toEqual([`${server.sha256}.mp4`]);
  });

  test('a download whose process was killed goes on in another one', async () => {
    server.replaceFilm(makeFilm(SIZE));
    const child = spawn(
      process.execPath,
      [...CHILD_LOADER, join('test', 'servers', 'download-child.ts'), `${server.origin}/half`, dir],
      { stdio: 'inherit' },
    );
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    for (;;) {
      const [part] = await readdir(dir);
      const bytes = part
        ? await readFile(join(dir, part, 'media')).then(
            (data) => data.length,
            () => 0,
          )
        : 0;
      if (bytes >= SIZE / 2) break;
      await sleep(20);
    }
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    expect(await readdir(dir)).toHaveLength(1);
    const fetched = await downloader().fetch(`${server.origin}/half`, { dir });
    expect(fetched.sha256).toBe(server.sha256);
    expect(await sha256(fetched.file)).toBe(server.sha256);
    expect(server.requests.map(({ range }) => range)).toEqual([null, `bytes=${SIZE / 2}-`]);
    expect(await readdir(dir)).toEqual([`${server.sha256}.mp4`]);
  });

  test('what was left of a film that has changed since is thrown away', async () => {
    const pause = new AbortController();
    const stop = (fraction: number | null): void => {
      if (fraction! > 0.3) pause.abort(new DownloadPaused());
    };
    await failure(downloader().fetch(`${server.origin}/slow`, { dir, signal: pause.signal, onProgress: stop }));
    server.replaceFilm(makeFilm(SIZE));
    const fetched = await downloader().fetch(`${server.origin}/slow`, { dir });
    expect(await sha256(fetched.file)).toBe(server.sha256);
  });
});

describe('progress and limits', () => {
  test('progress grows to 1, and is null where the size is not known', async () => {
    const heard: (number | null)[] = [];
    await downloader().fetch(`${server.origin}/slow`, { dir, onProgress: (fraction) => heard.push(fraction) });
    expect(heard.at(-1)).toBe(1);
    expect(heard).toEqual([...heard].sort((a, b) => a! - b!));
    const unknown: (number | null)[] = [];
    await downloader().fetch(`${server.origin}/until-close`, { dir, onProgress: (fraction) => unknown.push(fraction) });
    expect(new Set(unknown)).toEqual(new Set([null]));
  });

  test('the same content under two links is one file', async () => {
    const made = downloader();
    const [a, b] = await Promise.all([
      made.fetch(`${server.origin}/film.mp4`, { dir }),
      made.fetch(`${server.origin}/slow`, { dir }),
    ]);
    expect(a.file).toBe(b.file);
    expect(await readdir(dir)).toHaveLength(1);
  });

  test('a link is the title of its film until something better is known', async () => {
    expect((await downloader().fetch(`${server.origin}/film.mp4`, { dir })).metadata).toEqual({ title: 'film' });
  });
});
